"""Courses to measure with: the assignments of this one, and a class that handed them in."""

import shutil
from collections.abc import Sequence
from itertools import chain, zip_longest
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from pawmark.authoring.answers import fill, read_answer, reference_cells
from pawmark.grading.course_folder import copy_course, run_nbgrader

COURSE = Path(__file__).resolve().parents[1]
STOCK = '''"""nbgrader as it comes: checks run in the student's kernel, by the hidden line."""

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "pawmark"
c.Execute.timeout = 600
'''


def build(folder: Path, assignments: Sequence[str]) -> Path:
    """Write a course with its gradebook and releases, in a folder that does not exist yet."""
    copy_course(COURSE, folder, assignments)
    for assignment in assignments:
        log = folder / "logs" / f"generate-{assignment}.log"
        if run_nbgrader(folder, "generate_assignment", assignment, "--force", log=log) != 0:
            raise RuntimeError(f"{assignment} could not be released; see {log}")
    return folder


def copy(course: Path, target: Path, stock: bool = False) -> Path:
    """Copy a course with all that is in it, for stock nbgrader if wanted."""
    shutil.copytree(course, target, symlinks=True)
    if stock:
        (target / "nbgrader_config.py").write_text(STOCK, encoding="utf-8")
    return target


def hand_in(course: Path, assignment: str, students: Sequence[str]) -> None:
    """Put a submission of each student where nbgrader collects them; no two are the same."""
    source = nbformat.read(course / "source" / assignment / f"{assignment}.ipynb", as_version=4)
    release = nbformat.read(course / "release" / assignment / f"{assignment}.ipynb", as_version=4)
    reference, bank = reference_cells(source), _bank(assignment)
    for place, student in enumerate(students):
        own = read_answer(bank[(place - 1) % len(bank)]).cells if place and bank else {}
        cells = {
            name: f"{text}\n# handed in by {student}" for name, text in (reference | own).items()
        }
        folder = course / "submitted" / student / assignment
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(fill(release, cells), folder / f"{assignment}.ipynb")


def hand_in_copies(course: Path, assignment: str, student: str, others: Sequence[str]) -> None:
    """Let others hand in what a student has handed in."""
    for other in others:
        shutil.copytree(
            course / "submitted" / student / assignment, course / "submitted" / other / assignment
        )


def require_full_points(course: Path, assignment: str, student: str) -> None:
    """Make sure that the reference was graded as what it is: else times say nothing.

    Raises
    ------
    RuntimeError
        When any check cell of that submission has less than its points.
    """
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "pawmark") as gradebook:
        (notebook,) = gradebook.find_submission(assignment, student).notebooks
        lost = [
            f"{grade.name}: {grade.auto_score} of {grade.max_score}"
            for grade in notebook.grades
            if grade.cell.cell_type == "code" and grade.auto_score != grade.max_score
        ]
    if lost:
        raise RuntimeError(
            f"the reference of {assignment} lost points in {course.name}, so something is broken "
            f"here, and no time is worth knowing: {'; '.join(lost)}"
        )


def _bank(assignment: str) -> list[Path]:
    """Return wrong and right answers of the bank, in turn."""
    folder = COURSE / "tests" / "answers" / assignment
    wrong, right = (sorted((folder / kind).glob("*.py")) for kind in ("wrong", "right"))
    return [path for path in chain(*zip_longest(wrong, right)) if path is not None]


# Other shares for the rows: what an instructor edits when corners should weigh more.
_SHARES = """

import dataclasses

from pawmark.checks import Shares

exercise = dataclasses.replace(exercise, shares=Shares(0.5, 0.4, 0.1))
"""


def edit_a_check(course: Path, assignment: str) -> None:
    """Let one thing of a check count for more: scores change, answers do not.

    In an exercise with a specification the corners get more of its points; where an assignment
    has none, one of its functions does.
    """
    folder = next((course / "grader_tests").glob(f"{assignment.split('_')[0]}_*"))
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(folder.glob("test_*.py"))}
    for path, text in texts.items():
        if "\nexercise = Exercise(" in text:
            path.write_text(text + _SHARES, encoding="utf-8")
            return
    path, text = next((path, text) for path, text in texts.items() if "pytest.mark.cell(" in text)
    head, mark, rest = text.partition("@pytest.mark.cell(")
    inside, end, rest = rest.partition(")")
    inside = f"{inside.split(', points')[0]}, points=7"
    path.write_text(head + mark + inside + end + rest, encoding="utf-8")
