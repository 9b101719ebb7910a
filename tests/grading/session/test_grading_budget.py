"""The time that a whole submission may take: what it ends, and what it leaves."""

import pytest
from attack_course import HONEST, NAME, TARGET, Course

from pawmark import settings
from pawmark.errors import CourseError
from pawmark.grading.sandbox import bubblewrap

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)
# Before the check of the last exercise, ten cells within their own limit.
SLOW = """
sleeps = [
    {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None,
     "source": "import time; time.sleep(5)"}
    for _ in range(10)
]
place = next(
    number for number, cell in enumerate(notebook["cells"])
    if cell["metadata"].get("nbgrader", {}).get("grade_id") == "99-clip"
)
notebook["cells"][place:place] = sleeps
"""


@pytest.fixture
def course(tmp_path, small_pets):
    """Give a course without submissions."""
    course = Course(tmp_path, small_pets.root)
    course.build()
    return course


@pytest.mark.slow
def test_a_submission_has_a_time_for_all_of_it(course):
    """When the time is over, a person is asked; earlier points and those of others stay."""
    course.environment["PAWMARK_SUBMISSION_TIMEOUT"] = "20"
    course.hand_in("anna", HONEST | {"hand-in": SLOW})
    course.hand_in("ben", HONEST)
    done = course.nbgrader("autograde", NAME)

    assert done.returncode == 1, done.stderr[-3000:]
    assert "anna, " in done.stderr
    assert "grading did not come as far as this exercise" in done.stderr
    assert course.scores() == {"anna": 6, "ben": 8}
    assert course.outcomes("anna", TARGET) == {"passed"}
    assert course.outcomes("anna", "99-clip") == {"not reached"}
    assert "was stopped" in course.shown("anna")
    assert "the time for the whole notebook was over" in course.shown("anna")


@pytest.mark.parametrize("value", ["an hour", "0", "-1", "nan"])
@pytest.mark.parametrize("name", ["PAWMARK_SUBMISSION_TIMEOUT", "PAWMARK_CELL_TIMEOUT"])
def test_a_limit_that_is_no_time_is_refused(name, value, monkeypatch):
    """What is no number of seconds above zero is refused with the variable's name."""
    monkeypatch.setenv(name, value)

    with pytest.raises(CourseError, match=f"{name} is .* seconds are wanted"):
        settings.require_valid()
