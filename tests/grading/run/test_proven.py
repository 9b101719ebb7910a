"""What is kept of a comparison, and when it no longer counts."""

import nbformat
import pytest

from pawmark.errors import CourseError
from pawmark.grading.intake.cells import mark_students_own
from pawmark.grading.run import proven

LOCKED = {"grade": False, "locked": True, "solution": False, "task": False}


def notebook(**texts):
    """Return a notebook with the assignment's own cells, by name, an answer and a check."""
    cells = []
    for name, text in texts.items():
        cells.append(nbformat.v4.new_code_cell(text, id=name))
        cells[-1].metadata["nbgrader"] = {"grade_id": f"01-{name}", **LOCKED}
    cells.append(nbformat.v4.new_code_cell("f = 1", id="answer"))
    cells[-1].metadata["nbgrader"] = {"grade_id": "01-f", **LOCKED, "solution": True}
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture
def course(tmp_path):
    """Give a course in which two of three cells may be left out."""
    (tmp_path / "grader_tests").mkdir()
    made = notebook(a="1", b="2", c="3")
    proven.keep(tmp_path, "01_one", made, ["01-a", "01-b", ""])
    return tmp_path


def test_what_was_shown_counts_for_hand_ins(course):
    """Answers may be any; the assignment's own cells are those that were compared."""
    made = notebook(a="1", b="2", c="3")
    made.cells[-1].source = "f = 2"

    assert proven.proven(course, made) == {"01-a", "01-b"}
    assert proven.shown_in(course).keys() == {"01_one"}


def test_a_cell_that_a_student_changed_is_the_students(course):
    """It runs anyway; of the others the comparison still counts, and of an added cell too."""
    made = notebook(a="1", b="2", c="3")
    made.cells[1].source = "2 + 2"
    mark_students_own(made.cells[1])
    made.cells.insert(0, nbformat.v4.new_code_cell("x = 1", id="added"))
    mark_students_own(made.cells[0])

    assert proven.proven(course, made) == {"01-a", "01-b"}
    del made.cells[2]  # of that nobody says where it went
    assert proven.proven(course, made) == frozenset()


@pytest.mark.parametrize(
    "made",
    [
        notebook(a="1", b="2", c="33"),
        notebook(a="1", b="2"),
        notebook(b="2", a="1", c="3"),
        notebook(a="1", b="2", c="3", d="4"),
    ],
    ids=["edited", "fewer", "another-order", "more"],
)
def test_after_an_edit_nothing_counts(course, made):
    """Another cell may read what one that was left out did, so all of them are looked at."""
    assert proven.proven(course, made) == frozenset()


def test_a_course_that_has_shown_nothing(tmp_path):
    """It runs everything."""
    assert proven.proven(tmp_path, notebook(a="1")) == frozenset()


def test_a_file_that_cannot_be_read_is_said(course):
    """The message says how to write it anew."""
    (course / "grader_tests" / "slices.json").write_text("[")

    with pytest.raises(CourseError, match=r"slices\.json cannot be read .*--write"):
        proven.proven(course, notebook(a="1"))
