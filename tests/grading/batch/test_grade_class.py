"""What students really hand in, graded by plain ``nbgrader autograde`` in a tiny course."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from check_files import write_checks
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook

from pawmark.authoring.answers import fill, reference_cells
from pawmark.grading.sandbox import bubblewrap

NAME = "01_tiny"
COURSE = Path(__file__).resolve().parents[3]
SECRET = "nobody may read this"

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)

CHECKS = '''
import pytest
from pawmark.checks import expect


@pytest.mark.cell("01-f")
def test_f(student):
    """f doubles."""
    expect(student.call("f", 2) == 4, "f does not double")


@pytest.mark.cell("01-g")
def test_g(student):
    """g trebles."""
    if student.has("boom"):
        raise ZeroDivisionError("the grader's own fault")
    expect(student.call("g", 2) == 6, "g does not treble")
'''


def solution(name: str, factor: int):
    """Build a solution cell and its check cell."""
    stub = f"def {name}(x):\n    ### BEGIN SOLUTION\n    return {factor} * x\n    ### END SOLUTION"
    flags = {"schema_version": 3, "task": False}
    solved = {"grade_id": f"01-{name}", "grade": False, "solution": True, "locked": False}
    check = {"grade_id": f"01-{name}-check", "grade": True, "solution": False, "locked": True}
    return [
        new_code_cell(stub, id=name, metadata={"nbgrader": flags | solved}),
        new_code_cell(
            f"assert {name}(1)",
            id=f"{name}-check",
            metadata={"nbgrader": flags | check | {"points": 5}},
        ),
    ]


def nbgrader(course: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run nbgrader in a course as an instructor does."""
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env=os.environ | {"PAWMARK_CELL_TIMEOUT": "30"},
        capture_output=True,
        text=True,
        timeout=500,
    )


@pytest.fixture(scope="module")
def course(tmp_path_factory, small_pets) -> Path:
    """Return a course with one tiny assignment, released."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "source" / NAME).mkdir(parents=True)
    notebook = new_notebook(cells=[*solution("f", 2), *solution("g", 3)])
    nbformat.write(notebook, folder / "source" / NAME / f"{NAME}.ipynb")
    write_checks(folder, NAME, CHECKS)
    shutil.copy(COURSE / "nbgrader_config.py", folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAWMARK_DATA", str(small_pets.root))
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        patch.setenv("PATH", path)  # nbgrader starts alembic by name
        done = nbgrader(folder, "generate_assignment", NAME)
        assert done.returncode == 0, done.stderr
        yield folder


def answered(course: Path, **more: str):
    """Return the release with right answers, some replaced."""
    source = nbformat.read(course / "source" / NAME / f"{NAME}.ipynb", as_version=4)
    release = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    answers = {f"01-{name}": text for name, text in more.items()}
    return fill(release, reference_cells(source) | answers)


def place(course: Path, student: str, name: str = f"{NAME}.ipynb") -> Path:
    """Return where a student's file goes."""
    path = course / "submitted" / student / NAME / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def hand_in_oddly(course: Path) -> None:
    """Hand in right answers in all the ways that are not the usual one."""
    right = answered(course)
    with zipfile.ZipFile(place(course, "zipped", "work.zip"), "w") as archive:
        archive.writestr("../../home/my work.ipynb", nbformat.writes(right))
        archive.writestr("__MACOSX/._my work.ipynb", b"\x00\x05")
    nbformat.write(right, place(course, "nested", f"a/b/{NAME}.ipynb"))
    nbformat.write(right, place(course, "renamed", "<script>alert(1)<script>.ipynb"))
    shutil.copy(
        course / "release" / NAME / f"{NAME}.ipynb", place(course, "copied", f"{NAME}.ipynb")
    )
    nbformat.write(right, place(course, "copied", f"{NAME}-Copy1.ipynb"))
    merged = answered(course)
    merged.cells[0].source += "\n\n" + merged.cells.pop(2).source
    nbformat.write(merged, place(course, "merged"))


def hand_in_links(course: Path) -> None:
    """Hand in right answers beside links, a pipe and a folder that is a link."""
    nbformat.write(answered(course), place(course, "linking"))
    (course / "secret.txt").write_text(SECRET)
    place(course, "linking", "notes.txt").symlink_to(course / "secret.txt")
    place(course, "linking", "zero").symlink_to("/dev/zero")
    place(course, "linking", "folder").symlink_to(course / "grader_tests")
    os.mkfifo(place(course, "linking", "timestamp.txt"))
    place(course, "linking", "plain.txt").write_text("plain")


@pytest.fixture(scope="module")
def graded(course) -> subprocess.CompletedProcess:
    """Grade the whole class once, with one student whose check breaks."""
    hand_in_oddly(course)
    hand_in_links(course)
    boom = answered(course, f="boom = 1\ndef f(x):\n    return 2 * x")
    nbformat.write(boom, place(course, "breaks-the-check"))
    place(course, "no-notebook", "readme.txt").write_text("sorry")
    place(course, "bad-time", "timestamp.txt").write_text("yesterday evening")
    nbformat.write(answered(course), place(course, "bad-time"))
    return nbgrader(course, "autograde", NAME)


def score(course: Path, student: str) -> tuple[float, bool]:
    """Return the score in the gradebook, and whether a person is asked."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "pawmark") as gradebook:
        submission = gradebook.find_submission(NAME, student)
        return submission.score, submission.needs_manual_grade


def repairs(course: Path, student: str) -> list[str]:
    """Return the repairs in a student's record."""
    path = course / "autograded" / student / NAME / f"{NAME}.record.json"
    return json.loads(path.read_text())["repairs"]


@pytest.mark.parametrize(
    ("student", "said"),
    [
        ("zipped", "work.zip: ../../home/my work.ipynb"),
        ("nested", f"a/b/{NAME}.ipynb"),
        ("renamed", "<script>"),
        ("copied", "-Copy1.ipynb"),
        ("merged", "its answer was found in another cell"),
        ("linking", "'notes.txt' was left out"),
        ("bad-time", ""),
    ],
)
def test_right_answers_get_full_marks_however_they_are_handed_in(course, graded, student, said):
    """A submission that can be graded is graded, and what was put right is in the record.

    Where the time of it cannot be read, a person is asked.
    """
    timeless = student in ("linking", "bad-time")

    assert score(course, student) == (10, timeless), graded.stderr[-3000:]
    assert (f"{student}, {NAME}: timestamp.txt holds no time" in graded.stderr) is timeless
    assert said in "\n".join(repairs(course, student))


def test_a_submission_without_a_notebook_asks_a_person(course, graded):
    """Files without a notebook are not left out in silence: a person is asked, with the reason."""
    assert score(course, "no-notebook") == (0, True)
    assert "there is no notebook in it, only 'readme.txt'" in repairs(course, "no-notebook")[0]


def test_links_lead_nowhere(course, graded):
    """Nothing behind a link, and nothing but plain files, reaches the graded folder."""
    folder = course / "autograded" / "linking" / NAME
    names = {str(path.relative_to(folder)) for path in folder.rglob("*")}

    assert names == {f"{NAME}.ipynb", f"{NAME}.record.json", "plain.txt"}
    assert SECRET not in "".join(path.read_text() for path in folder.rglob("*"))


def test_what_was_handed_in_is_not_changed(course, graded):
    """Grading leaves the submitted files as they were."""
    folder = course / "submitted"

    assert (folder / "linking" / NAME / "notes.txt").is_symlink()
    assert {path.name for path in (folder / "zipped" / NAME).iterdir()} == {"work.zip"}


def test_an_error_of_the_grader_asks_for_a_person_and_fails_the_command(course, graded):
    """A broken check is no zero in silence: other points stay, and the exit status says so."""
    assert graded.returncode == 1
    assert "A person must look: breaks-the-check" in graded.stderr
    assert score(course, "breaks-the-check") == (5, True)


def test_repairs_are_on_the_feedback_page(course, graded):
    """The page lists what was put right; a file name in it is text and nothing else."""
    done = nbgrader(course, "generate_feedback", NAME, "--student", "renamed")
    page = (course / "feedback" / "renamed" / NAME / f"{NAME}.html").read_text()

    assert done.returncode == 0, done.stderr
    assert "What the grader put right" in page
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    names = {path.name for path in (course / "feedback" / "renamed" / NAME).iterdir()}
    assert names == {f"{NAME}.html"}, "the record is the instructor's"


def test_a_module_of_checks_that_does_not_import_asks_for_a_person(course, graded):
    """A typing error of the instructor's costs nobody a point: everything is left to a person."""
    write_checks(course, NAME, "import nothing_of_that_name\n" + CHECKS)
    try:
        done = nbgrader(course, "autograde", NAME, "--student", "nested", "--force")
    finally:
        write_checks(course, NAME, CHECKS)

    assert done.returncode == 1
    assert score(course, "nested") == (0, True)


DYING = """
from nbgrader.preprocessors import NbGraderPreprocessor


class Dies(NbGraderPreprocessor):
    def preprocess(self, nb, resources):
        raise RuntimeError("it dies")


c = get_config()
c.Autograde.autograde_preprocessors = [Dies]
"""


def test_a_submission_that_cannot_be_processed_asks_for_a_person(course, graded):
    """Until its grades are stored a submission is marked for a person, also if grading dies."""
    config = course / "nbgrader_config.py"
    kept = config.read_text()
    config.write_text(kept + DYING)
    try:
        done = nbgrader(course, "autograde", NAME, "--student", "bad-time", "--force")
    finally:
        config.write_text(kept)

    assert done.returncode == 1
    assert "it dies" in done.stderr
    assert score(course, "bad-time")[1]


def test_a_source_that_is_none_is_said_before_anything_is_touched(course, graded):
    """The message names the file, and grades that are there stay as they are."""
    source = course / "source" / NAME / f"{NAME}.ipynb"
    kept, before = source.read_bytes(), score(course, "renamed")
    source.write_text("{}")
    try:
        done = nbgrader(course, "autograde", NAME, "--student", "renamed", "--force")
    finally:
        source.write_bytes(kept)

    assert done.returncode == 1
    assert f"source/{NAME}/{NAME}.ipynb: it is no notebook of format 4" in done.stderr
    assert "Traceback" not in done.stderr
    assert score(course, "renamed") == before
    assert (course / "autograded" / "renamed" / NAME / f"{NAME}.ipynb").exists()
