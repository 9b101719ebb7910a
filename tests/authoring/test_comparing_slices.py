"""The two runs of a reference solution, compared."""

import shutil
from pathlib import Path

import nbformat
import pytest

from pawmark.authoring.slices import Comparison, compare
from pawmark.grading import course as courses
from pawmark.grading.course import PlainCourse
from pawmark.grading.sandbox import bubblewrap

COURSE = Path(__file__).parents[1] / "courses" / "arithmetic"
NAME = "01_sums"


@pytest.fixture
def course(tmp_path) -> Path:
    """Give a course whose set-up binds a random token, and one more cell that no grade needs."""
    course = Path(shutil.copytree(COURSE, tmp_path / "course"))
    path = course / "source" / NAME / f"{NAME}.ipynb"
    source = nbformat.read(path, as_version=4)
    source.cells[1].source += "\nimport uuid\nTOKEN, FIXED = uuid.uuid4().hex, [1, 2]"
    more = nbformat.v4.new_code_cell("shown = FIXED[0] == 1", id="more")
    locked = {"grade": False, "locked": True, "solution": False, "task": False}
    more.metadata["nbgrader"] = {"grade_id": "01-more", "schema_version": 3, **locked}
    source.cells.insert(2, more)
    nbformat.write(source, path)
    return course


@pytest.mark.skipif(bubblewrap.available() is not None, reason=str(bubblewrap.available()))
def test_names_that_differ_are_told(course):
    """What is the same after both runs is not told, and what is another is."""
    with courses.using(PlainCourse("sums")):
        found = compare(course, NAME)

    assert found == Comparison(kept=("01-setup",), left_out=("01-more",), differ=("TOKEN",))
