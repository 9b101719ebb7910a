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


@pytest.fixture
def found(course) -> Comparison:
    """Compare both runs."""
    with courses.using(PlainCourse("sums")):
        return compare(course, NAME)


needs_sandbox = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)


@needs_sandbox
def test_what_is_another_each_time_does_not_count(found):
    """Two equal runs give two tokens."""
    assert found == Comparison(kept=("01-setup",), left_out=("01-more",))


# What a library does no analysis of a text knows.
AROUND = {
    "import math as m\nfor way in [m]:\n    way.kept.append(2)": ("KEPT", "math.kept"),
    "from warnings import simplefilter\nsimplefilter('ignore')": ("the filters of warnings",),
    "import zipfile\nzipfile.ZipFile('kept.zip', 'w').close()": ("the file kept.zip",),
    "import math as m\nfor way in [m]:\n    way.tau = 6": ("math.tau",),
    "import locale as l\n[l.setlocale][0](l.LC_NUMERIC, 'C.UTF-8')": ("the locale",),
}


@needs_sandbox
@pytest.mark.parametrize("more", AROUND)
def test_what_lies_outside_of_all_names_is_compared(course, more):
    """Files, settings, what modules hold: a cell that is left out and changes them is told."""
    path = course / "source" / NAME / f"{NAME}.ipynb"
    source = nbformat.read(path, as_version=4)
    source.cells[1].source = (
        source.cells[1].source.partition("\nimport uuid")[0]
        + "\nimport math\nmath.kept = KEPT = [1]"
    )
    source.cells[2].source = more
    nbformat.write(source, path)
    with courses.using(PlainCourse("sums")):
        told = compare(course, NAME)

    assert told.left_out == ("01-more",)
    assert told.differ == AROUND[more]
