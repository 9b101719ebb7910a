"""Hidden checks lie in one file an exercise, and share what stands beside the files."""

import sys

import pytest

from pawmark.errors import CourseError
from pawmark.grading.checks.session import CheckSession, check_module, module_name, with_checks
from pawmark.grading.checks.student import Student
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.run.pipeline import hidden_checks
from pawmark.grading.secret import PRACTICE

CHECK = '''
import pytest
from pawmark.checks import expect
from .statistics import RIGHT


@pytest.mark.cell("{exercise}")
def test_answer(student, twice):
    """The answer is right."""
    expect(student.call("answer") == twice(RIGHT), "the answer is wrong")
'''
FIXTURES = '''
import pytest
from .statistics import RIGHT


@pytest.fixture
def twice():
    """Return what doubles, where the neighbour can be imported."""
    return lambda number: 2 * number if RIGHT else None
'''


def fill(course, right=4, name="07_numbers", exercise="07-first-answer"):
    """Write the checks of one exercise, its neighbour and a fixture for its assignment."""
    folder = course / "grader_tests" / name
    folder.mkdir(parents=True)
    (folder / module_name(exercise)).write_text(CHECK.format(exercise=exercise))
    (folder / "statistics.py").write_text(f"RIGHT = {right}\n")
    (folder / "conftest.py").write_text(FIXTURES)
    return folder


@pytest.fixture
def outcome(small_pets):
    """Return a function that tells what becomes of a number as the answer.

    The files of other exercises that it is given are collected as well, as in an assignment.
    """

    def of(course, number, exercise="07-first-answer", *others):
        session = CheckSession(course, small_pets, "/nowhere", 1, PRACTICE)
        student = Student.local({"answer": lambda: number})
        result = with_checks([exercise, *others], session, lambda it: it.run(exercise, student))
        return [check.outcome for check in result.checks]

    return of


@pytest.mark.parametrize("name", ["PYTEST_ADDOPTS", "PYTEST_PLUGINS"])
def test_what_is_set_for_every_pytest_is_no_matter_of_hidden_checks(
    name, tmp_path, outcome, monkeypatch
):
    """An instructor who works on another project may have options or plug-ins set for it."""
    fill(tmp_path)
    monkeypatch.setenv(name, "--no_such_option")

    assert outcome(tmp_path, 8) == [Outcome.PASSED]


def test_file_is_named_after_the_exercise():
    """The name of the file is the exercise's, with underscores for hyphens."""
    assert module_name("02-list-pairs") == "test_02_list_pairs.py"


def test_courses_with_the_same_names_keep_their_own(outcome, tmp_path):
    """A course has its own neighbours and fixtures, edits count at once, nothing stays behind."""
    import statistics  # of Python, and not of a course

    first, second = tmp_path / "first", tmp_path / "second"
    fill(first, right=1)
    folder = fill(second, right=20)
    before = {name for name in sys.modules if name != "conftest"}

    assert outcome(first, 2) == outcome(second, 40) == [Outcome.PASSED]
    assert outcome(first, 40) == outcome(second, 2) == [Outcome.FAILED]
    (folder / "statistics.py").write_text("RIGHT = 3 + 0\n")
    assert outcome(second, 6) == [Outcome.PASSED]
    assert sys.modules["statistics"] is statistics
    added = {name for name in sys.modules if name not in before}
    assert [name for name in added if name.startswith("07_") or name == "conftest"] == []


def test_course_behind_a_link_is_checked(outcome, tmp_path):
    """A course that is reached by a link works as the folder itself does."""
    fill(tmp_path / "course")
    (tmp_path / "link").symlink_to(tmp_path / "course")

    assert outcome(tmp_path / "link", 8) == [Outcome.PASSED]


def test_broken_neighbour_is_named(outcome, tmp_path):
    """Checks whose neighbour does not import are an error of the course that says why."""
    folder = fill(tmp_path)
    (folder / "conftest.py").unlink()
    (folder / "statistics.py").write_text("import nothing_of_that_name\n")

    with pytest.raises(CourseError, match=r"(?s)cannot be imported.*nothing_of_that_name"):
        outcome(tmp_path, 8)


def test_check_in_the_file_of_another_exercise_is_refused(outcome, tmp_path):
    """A check that lies in the wrong file is told where it belongs."""
    folder = fill(tmp_path)
    text = (folder / "test_07_first_answer.py").read_text()
    stray = text.replace("test_answer", "test_stray").replace("import pytest", "", 1)
    (folder / "test_07_second_answer.py").write_text(CHECK.format(exercise="07-second-answer"))
    (folder / "test_07_first_answer.py").write_text(text + stray.replace("-first-", "-second-"))

    with pytest.raises(CourseError, match=r"test_stray in .*move it to test_07_second_answer\.py"):
        outcome(tmp_path, 8, "07-second-answer", "07-first-answer")


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ([], r"in one folder grader_tests/07_NAME/ of .*, and there is none\.$"),
        (["07_a/test_07_sum.py", "07_b/x.py"], "there is 07_a, 07_b"),
        (["07_a/test_07_other.py"], r"grader_tests/07_a/test_07_sum\.py of .* does not exist"),
        (["test_07_a.py"], r"test_07_a\.py is not read.*grader_tests/07_a/test_07_sum\.py\.$"),
    ],
    ids=["none", "two", "no-file", "one-module"],
)
def test_what_is_missing_is_told(tmp_path, made, message):
    """No folder, two of them, no file, or a module for the whole assignment: each is told."""
    for name in made:
        (tmp_path / "grader_tests" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "grader_tests" / name).touch()

    with pytest.raises(CourseError, match=message):
        check_module(tmp_path, "07-sum")


def test_checks_of_an_assignment_are_its_own_and_the_shared_ones(tmp_path):
    """What decides an assignment's grades: its folder, and what no other assignment owns."""
    fill(tmp_path)
    fill(tmp_path, name="08_others", exercise="08-other")
    for shared in ("conftest.py", "bars/07_numbers.json"):
        (tmp_path / "grader_tests" / shared).parent.mkdir(exist_ok=True)
        (tmp_path / "grader_tests" / shared).touch()
    source = tmp_path / "source" / "07_numbers" / "07_numbers.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text('{"cells": [{"metadata": {"nbgrader": {"grade_id": "07-first-answer"}}}]}')

    assert sorted(hidden_checks(tmp_path, "07_numbers")) == [
        "grader_tests/07_numbers/conftest.py",
        "grader_tests/07_numbers/statistics.py",
        "grader_tests/07_numbers/test_07_first_answer.py",
        "grader_tests/bars/07_numbers.json",
        "grader_tests/conftest.py",
    ]
