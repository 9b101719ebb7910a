"""Ten lost checks of the course's own assignments, taken at random: each notebook repeats one."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from pawmark.authoring.answers import fill, read_answer, reference_cells
from pawmark.grading.course_folder import copy_course, source_notebook
from pawmark.grading.sandbox import bubblewrap

REPO = Path(__file__).resolve().parents[3]
NAMES = ("01_three_tasks", "02_data_loading")
EACH = 5
SEED = 18

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
    ),
]


@pytest.fixture(scope="module")
def environment(small_pets) -> dict[str, str]:
    """Return an instructor's environment, with a small set of pictures."""
    kept = {name: v for name, v in os.environ.items() if not name.startswith("PAWMARK_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return kept | {"PATH": path, "PAWMARK_DATA": str(small_pets.root)}


def run(course: Path, environment: dict[str, str], *words: str) -> str:
    """Run a command in the course."""
    program = Path(sys.executable).with_name(words[0])
    done = subprocess.run(
        [program, *words[1:]], cwd=course, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode in (0, 3), done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory, environment) -> Path:
    """Hand in ten wrong answers, one a student, and grade them."""
    folder = copy_course(REPO, tmp_path_factory.mktemp("losses") / "course", NAMES)
    for name in NAMES:
        run(folder, environment, "nbgrader", "generate_assignment", name)
        answers = sorted((REPO / "tests" / "answers" / name / "wrong").glob("*.py"))
        release = nbformat.read(folder / "release" / name / f"{name}.ipynb", as_version=4)
        right = reference_cells(nbformat.read(source_notebook(folder, name), as_version=4))
        for answer in random.Random(SEED).sample(answers, EACH):
            made = fill(release, right | read_answer(answer).cells)
            path = folder / "submitted" / answer.stem / name / f"{name}.ipynb"
            path.parent.mkdir(parents=True)
            nbformat.write(made, path)
        run(folder, environment, "pawmark", "grade", name, "--workers", "2")
    return folder


def test_each_loss_is_explained_and_repeated(course, environment, monkeypatch):
    """The text says what was asked and answered; the notebook ends in the loss, and no other way.

    With the reference in the place of the student's cells it is not repeated.
    """
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    told = json.loads(run(course, environment, "pawmark", "grades", "--json"))
    graded = [one for one in told if one["exercises"]]
    assert len(graded) == len(NAMES) * EACH
    for one in graded:
        lost = [
            (exercise["exercise"], check)
            for exercise in one["exercises"]
            for check in exercise["checks"]
            if check["points"] < check["max_points"]
        ]
        exercise, check = random.Random(one["student"]).choice(lost)
        which = f"{exercise}:{check['check']}"
        words = ("pawmark", "explain", one["assignment"], one["student"], which)
        text = run(course, environment, *words, "--notebook", "loss.ipynb")
        assert f"{exercise}, " in text, which
        assert "ran once more" not in text, which
        assert "  asked     " in text, which
        assert "  answered  " in text, which

        notebook = nbformat.read(course / "loss.ipynb", as_version=4)
        assert repeated(course, notebook), (one["student"], which, said(notebook))
        source = nbformat.read(source_notebook(course, one["assignment"]), as_version=4)
        mended = nbformat.read(course / "loss.ipynb", as_version=4)
        replace_answers(mended, reference_cells(source), course, one)
        assert not repeated(course, mended), (one["student"], which, said(mended))


def repeated(course: Path, notebook: nbformat.NotebookNode) -> bool:
    """Run a notebook; tell whether it ends in the loss."""
    where = {"metadata": {"path": str(course)}}
    NotebookClient(notebook, resources=where, allow_errors=True, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return bool(outputs) and getattr(outputs[-1], "ename", "") == "AssertionError"


def said(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what the last cells of a notebook said."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [str(output)[:600] for output in outputs[-4:]]


def replace_answers(
    notebook: nbformat.NotebookNode, reference: dict[str, str], course: Path, one: dict
) -> None:
    """Put the reference into the cells that hold the student's answers."""
    path = course / "submitted" / one["student"] / one["assignment"]
    handed_in = nbformat.read(path / f"{one['assignment']}.ipynb", as_version=4)
    answers = reference_cells(handed_in)
    for cell in notebook.cells:
        for grade_id, answer in answers.items():
            if cell.cell_type == "code" and cell.source.strip() == answer.strip():
                cell.source = reference[grade_id]
