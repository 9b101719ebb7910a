"""A real course, a real gradebook and plain ``nbgrader autograde``, in the real sandbox."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbgrader.api import Gradebook
from PIL import Image

from pawmark.authoring.answers import fill, reference_cells
from pawmark.grading.course_folder import copy_course
from pawmark.grading.sandbox import bubblewrap

COURSE = Path(__file__).resolve().parents[3]
NAME = "02_data_loading"
REAL_PETS = COURSE.parent / "shared" / "real_pets"

needs_sandbox = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)
pytestmark = needs_sandbox


def nbgrader(course: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run nbgrader in a course as an instructor does."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env=os.environ | {"PATH": path} | environment,
        capture_output=True,
        text=True,
        timeout=500,
    )


def released(course: Path) -> nbformat.NotebookNode:
    """Return the released notebook."""
    return nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", as_version=4)


def reference(course: Path) -> dict[str, str]:
    """Return the reference's solution cells."""
    source = nbformat.read(course / "source" / NAME / f"{NAME}.ipynb", as_version=4)
    return reference_cells(source)


def hand_in(course: Path, student: str, content: str | nbformat.NotebookNode, file=f"{NAME}.ipynb"):
    """Put a submission where nbgrader collects it."""
    folder = course / "submitted" / student / NAME
    folder.mkdir(parents=True)
    text = content if isinstance(content, str) else nbformat.writes(content)
    (folder / file).write_text(text)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """Return a course with assignment 02 released."""
    folder = copy_course(COURSE, tmp_path_factory.mktemp("course"), [NAME])
    done = nbgrader(folder, "generate_assignment", NAME)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def graded(course) -> Path:
    """Return the course after one autograde of a mixed class."""
    right = reference(course)
    release = released(course)
    hand_in(course, "reference", fill(release, right))
    hand_in(course, "untouched", released(course))
    loop = right | {"02-target-to-gray": "while True:\n    pass"}
    hand_in(course, "endless-loop", fill(released(course), loop))
    inner = "def class_prior(targets):\n    while True:\n        pass"
    hand_in(course, "loop-inside", fill(released(course), right | {"02-class-prior": inner}))
    death = right | {"02-train-val-split": "import os\nos._exit(0)"}
    hand_in(course, "dying-kernel", fill(released(course), death))
    hand_in(course, "renamed", fill(released(course), right), "my homework (1).ipynb")
    hand_in(course, "not-json", "this is not a notebook")
    hand_in(course, "empty", "")
    done = nbgrader(course, "autograde", NAME, PAWMARK_CELL_TIMEOUT="15")
    named = re.findall(r"A person must look: ([\w-]+),", done.stderr)
    # The cells of the assignment's own that would not end by what they call are not run.
    waiting = ["empty", "not-json"]
    assert (done.returncode, sorted(named)) == (1, waiting), done.stderr[-4000:]
    return course


def score(course: Path, student: str) -> float:
    """Return the score in the gradebook."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "pawmark") as gradebook:
        return gradebook.find_submission(NAME, student).score


def record(course: Path, student: str) -> dict:
    """Return the record of a submission."""
    path = course / "autograded" / student / NAME / f"{NAME}.record.json"
    return json.loads(path.read_text())


def lost(course: Path, student: str) -> set[tuple[str, str]]:
    """Return exercise and outcome of every check that did not pass."""
    return {
        (exercise["exercise"], check["outcome"])
        for exercise in record(course, student)["exercises"]
        for check in exercise["checks"]
        if check["outcome"] != "passed"
    }


def test_reference_gets_full_marks_and_the_untouched_release_zero(graded):
    """The two ends of the scale are where they belong, in the gradebook itself."""
    assert lost(graded, "reference") == set()
    assert score(graded, "reference") == pytest.approx(20)
    assert score(graded, "untouched") == 0
    assert {outcome for _, outcome in lost(graded, "untouched")} == {"not attempted"}


def test_an_endless_loop_costs_only_its_own_exercise(graded):
    """A cell that never ends loses its exercise; the others are graded in a fresh process."""
    assert lost(graded, "endless-loop") == {("02-target-to-gray", "timeout")}
    assert score(graded, "endless-loop") == pytest.approx(19)


def test_a_loop_inside_a_function_costs_only_its_own_exercise(graded):
    """A function that never returns loses its exercise, once, whoever calls it."""
    assert lost(graded, "loop-inside") == {("02-class-prior", "timeout")}


def test_a_dying_kernel_costs_only_its_own_exercise(graded):
    """A cell that ends the process loses its exercise only."""
    assert lost(graded, "dying-kernel") == {("02-train-val-split", "crashed")}


def test_a_renamed_notebook_is_graded_and_said_so(graded):
    """A notebook under another name gets its marks, and the repair is listed."""
    assert score(graded, "renamed") == pytest.approx(20)
    assert "my homework (1).ipynb" in record(graded, "renamed")["repairs"][0]


@pytest.mark.parametrize("student", ["not-json", "empty"])
def test_an_unreadable_notebook_asks_a_person_and_gives_a_reason(graded, student):
    """What is no notebook is no zero in silence: a person is asked, with one readable reason."""
    assert score(graded, student) == 0
    assert len(record(graded, student)["for_a_person"]) == 1
    assert lost(graded, student) == {
        (exercise["exercise"], "could not be read")
        for exercise in record(graded, student)["exercises"]
    }


def test_nothing_hidden_reaches_the_feedback(graded):
    """Feedback pages are made, hold no script of a student's and no line of the checks."""
    done = nbgrader(graded, "generate_feedback", NAME, "--student", "reference")

    assert done.returncode == 0, done.stderr
    page = (graded / "feedback" / "reference" / NAME / f"{NAME}.html").read_text()
    assert "run_checks" not in page
    assert "20 <small>of 20 points</small>" in page


@pytest.mark.skipif(not REAL_PETS.is_dir(), reason="the real photographs are not here")
def test_the_reference_gets_full_marks_on_real_photographs(course, tmp_path):
    """``PAWMARK_DATA`` on real photographs grades the reference to full marks."""
    folder = copy_course(COURSE, tmp_path / "real", [NAME])
    assert nbgrader(folder, "generate_assignment", NAME).returncode == 0
    hand_in(folder, "reference", fill(released(folder), reference(folder)))
    done = nbgrader(folder, "autograde", NAME, PAWMARK_DATA=str(REAL_PETS))

    assert done.returncode == 0, done.stderr
    assert lost(folder, "reference") == set()
    assert score(folder, "reference") == pytest.approx(20)


def test_grading_refuses_without_a_sandbox(course):
    """With no sandbox at hand, grading stops with the reason and runs nothing."""
    hand_in(course, "later", released(course))
    empty = course / "nothing"
    empty.mkdir()
    (empty / "alembic").symlink_to(Path(sys.executable).parent / "alembic")
    path = str(empty)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", NAME, "--student", "later"],
        cwd=course,
        env={**os.environ, "PATH": path, "PAWMARK_SANDBOX": ""},
        capture_output=True,
        text=True,
        timeout=100,
    )

    assert done.returncode == 1
    assert "Grading refused" in done.stderr
    assert not (course / "autograded" / "later").exists()


def test_grading_refuses_data_with_other_values(course, small_pets, tmp_path):
    """One mask with other values, anywhere in the folder, stops grading with its name."""
    data = shutil.copytree(small_pets.root, tmp_path / "pets")
    path = sorted((data / "annotations" / "trimaps").glob("[!.]*.png"))[20]
    Image.fromarray(np.full(small_pets.read_trimap(path.stem).shape, 9, "uint8")).save(path)
    hand_in(course, "careful", released(course))

    done = nbgrader(course, "autograde", NAME, "--student", "careful", PAWMARK_DATA=str(data))

    assert done.returncode == 1
    assert f"{path.stem} (9)" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (course / "autograded" / "careful").exists()
