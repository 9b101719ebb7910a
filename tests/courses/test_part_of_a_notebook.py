"""A course that runs of its notebooks what a grade needs: the same grades as from whole runs."""

import shutil
from pathlib import Path

import nbformat
import pytest
from test_arithmetic import COURSE, SUMS, grades, needs_sandbox, run

from pawmark.authoring.answers import fill, reference_cells

GIVEN = {
    "01-offset": "OFFSET = 0\nprint('offset')",
    "01-squares": "squares = [number**2 for number in range(5)]\nprint(sum(squares))",
    "01-limit": "LIMIT = 100",
}
# Its annotation is read when it is called, by a function of a library: no analysis sees that.
HIDDEN = (
    "import typing\n\n"
    "def total(numbers: 'OFFSET'):\n"
    "    try:\n        typing.get_type_hints(total)\n"
    "    except TypeError:\n        pass\n"
    "    return sum(numbers)"
)
ANSWERS = {
    "ann": {},
    "ben": {"01-total": "def total(numbers):\n    return sum(numbers) + OFFSET"},
    "cem": {"01-total": HIDDEN},
    "dan": {"01-total": "def total(numbers):\n    return globals()['OFFSET'] + sum(numbers)"},
    "eva": {"01-total": "def total(numbers):\n    return sum(numbers[1:])"},
    "fay": {"01-total": "def total(numbers):\n    return sum(numbers) + missing"},
}
ALL = ("01-offset", "01-squares", "01-limit")


@pytest.fixture
def course(tmp_path) -> Path:
    """Give the course with three given cells more, and six hand-ins."""
    course = Path(shutil.copytree(COURSE, tmp_path / "course"))
    path = course / "source" / SUMS / f"{SUMS}.ipynb"
    source = nbformat.read(path, as_version=4)
    for name, text in reversed(GIVEN.items()):
        cell = nbformat.v4.new_code_cell(text, id=name)
        locked = {"grade": False, "locked": True, "solution": False, "task": False}
        cell.metadata["nbgrader"] = {"grade_id": name, "schema_version": 3, **locked}
        source.cells.insert(2, cell)
    nbformat.write(source, path)
    done = run(course, "nbgrader", "generate_assignment", SUMS)
    assert done.returncode == 0, done.stderr
    release = nbformat.read(course / "release" / SUMS / f"{SUMS}.ipynb", as_version=4)
    for student, cells in ANSWERS.items():
        handed_in = course / "submitted" / student / SUMS / f"{SUMS}.ipynb"
        handed_in.parent.mkdir(parents=True)
        nbformat.write(fill(release, reference_cells(source) | cells), handed_in)
    done = run(course, "python", "-m", "pawmark.authoring.slices", "01", "--write")
    assert done.returncode == 0, done.stdout + done.stderr
    return course


def grade(course: Path, part: str, *more: str) -> dict:
    """Grade all, and return the records by student."""
    done = run(course, "pawmark", "grade", "01", *more, PAWMARK_RUN=part)
    assert done.returncode == 0, done.stdout + done.stderr
    return {student: graded for (student, _), graded in grades(course).items()}


@needs_sandbox
def test_the_same_grades(course):
    """Points, outcomes and messages are those of whole runs, and the record says what was not run.

    Nothing of a part that was too small is left in them.
    """
    parts = grade(course, "needed")
    assert {student: one.left_out for student, one in parts.items()} == {
        "ann": ALL,
        "ben": ("01-squares", "01-limit"),  # a name that the answer reads
        "cem": (),  # an answer that fails with a NameError, after which everything ran
        "dan": (),  # code that defeats the analysis
        "eva": ALL,
        "fay": ALL,  # a name that no cell binds
    }
    assert {student: one.points for student, one in parts.items()} == {
        "ann": 9, "ben": 9, "cem": 9, "dan": 9, "eva": 6, "fay": 5,
    }  # fmt: skip
    graded = course / "autograded" / "ann" / SUMS / f"{SUMS}.ipynb"
    said = [cell.outputs[0].text for cell in nbformat.read(graded, as_version=4).cells[2:5]]
    assert said == ["Grader: this cell was not run, as nothing that is graded needs it.\n"] * 3
    done = run(course, "nbgrader", "generate_feedback", SUMS)
    assert done.returncode == 0, done.stderr
    page = (course / "feedback" / "ann" / SUMS / f"{SUMS}.html").read_text()
    assert "Not run, as nothing that is graded needs them: 3 of the assignment" in page
    page = (course / "feedback" / "cem" / SUMS / f"{SUMS}.html").read_text()
    assert "Not run, as nothing" not in page

    shutil.rmtree(course / "autograded")
    whole = grade(course, "all")
    assert {one.left_out for one in whole.values()} == {()}
    for student, one in parts.items():
        assert [e.to_json() for e in one.exercises] == [
            e.to_json() for e in whole[student].exercises
        ]
        assert (one.seed, one.recording) == (whole[student].seed, whole[student].recording)

    # A recording of a whole run serves for a part as well.
    shutil.rmtree(course / "autograded")
    assert {one.left_out for one in grade(course, "needed").values()} == {()}


@needs_sandbox
def test_what_no_comparison_has_shown_is_run(course):
    """After an edit of its own cells nothing of an assignment is left out, until it is shown."""
    path = course / "source" / SUMS / f"{SUMS}.ipynb"
    path.write_text(path.read_text().replace("LIMIT = 100", "LIMIT = 101"))
    assert run(course, "nbgrader", "generate_assignment", SUMS, "--force").returncode == 0
    assert {one.left_out for one in grade(course, "needed").values()} == {()}

    (course / "grader_tests" / "slices.json").unlink()
    assert {one.left_out for one in grade(course, "needed", "--force").values()} == {()}


@needs_sandbox
def test_a_check_that_asks_for_what_was_left_out(course):
    """Everything runs when a question names what was left out, also after an edit of a check."""
    assert grade(course, "needed")["ann"].left_out == ALL
    checks = course / "grader_tests" / SUMS / "test_01_total.py"
    more = (
        '\n\n@pytest.mark.cell("01-total", points=4)\ndef test_more(student):\n'
        '    """The limit is there."""\n'
        '    expect(student.has("".join(["LI", "MIT"])), "it is not there")\n'
    )
    checks.write_text(checks.read_text() + more)
    shutil.rmtree(course / "autograded")
    found = grade(course, "needed")
    assert {one.left_out for one in found.values()} == {()}
    assert found["ann"].points == 9
