"""Courses that were made for nbgrader alone, graded by it alone and by Pawmark."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from pawmark.authoring.answers import fill, reference_cells

COURSES = Path(__file__).resolve().parents[1] / "courses"
LINES = "\nfrom pawmark.grading.plugin import configure\n\nconfigure(c)  # noqa: F821\n"


def run(course: Path, *command: str) -> subprocess.CompletedProcess:
    """Run nbgrader or pawmark in the course folder, as an instructor does."""
    surroundings = {name: v for name, v in os.environ.items() if not name.startswith("PAWMARK_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, "-m", command[0], *command[1:]],
        cwd=course,
        env=surroundings | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


def copy(name: str, folder: Path, pawmark: bool) -> Path:
    """Copy a course, and give it the two lines that make nbgrader grade by Pawmark."""
    course = folder / ("pawmark" if pawmark else "plain")
    shutil.copytree(COURSES / name, course)
    if pawmark:
        with (course / "nbgrader_config.py").open("a", encoding="utf-8") as file:
            file.write(LINES)
    return course


def release(course: Path, assignment: str) -> None:
    """Make the release."""
    done = run(course, "nbgrader", "generate_assignment", assignment)
    assert done.returncode == 0, done.stderr


def hand_in(
    course: Path, assignment: str, student: str, changed: Mapping[str, str], leave_out: str = ""
) -> None:
    """Hand in the reference, with some cells changed; without one of the notebooks."""
    for path in sorted((course / "source" / assignment).glob("*.ipynb")):
        if path.stem == leave_out:
            continue
        source = nbformat.read(path, as_version=4)
        released = nbformat.read(course / "release" / assignment / path.name, as_version=4)
        cells = reference_cells(source) if changed is not RELEASED else {}
        mine = {name: text for name, text in changed.items() if name in cells}
        target = course / "submitted" / student / assignment / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(fill(released, cells | mine), target)
    for path in (course / "release" / assignment).rglob("*"):
        place = course / "submitted" / student / assignment
        if path.is_file() and path.suffix != ".ipynb":
            target = place / path.relative_to(course / "release" / assignment)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)


# For `hand_in`: nothing was done.
RELEASED: Mapping[str, str] = {}

Scores = dict[tuple[str, str, str], tuple[float | None, float, bool]]


def scores(course: Path, assignment: str) -> Scores:
    """Return automatic score, worth and whether a person is asked, by student, notebook, cell."""
    found: Scores = {}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions(assignment):
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    key = submission.student_id, notebook.name, grade.name
                    found[key] = grade.auto_score, grade.max_score, grade.needs_manual_grade
    return found


def records(course: Path, student: str, assignment: str) -> dict[str, dict]:
    """Return the records of a submission, by notebook."""
    folder = course / "autograded" / student / assignment
    return {
        path.name.removesuffix(".record.json"): json.loads(path.read_text())
        for path in folder.glob("*.record.json")
    }
