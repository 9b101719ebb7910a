"""Courses that were made for nbgrader alone: Pawmark gives them the grades that nbgrader gives."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
from any_course import RELEASED, copy, hand_in, records, release, run, scores
from jupyter_client.kernelspec import KernelSpecManager

from pawmark.authoring.answers import fill
from pawmark.grading.intake.release_form import forms_of
from pawmark.grading.results.outcomes import INSIDE
from pawmark.grading.run.pipeline import not_attempted_in, repair_submission
from pawmark.grading.sandbox import bubblewrap

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)
needs_bash = pytest.mark.skipif(
    find_spec("bash_kernel") is None, reason="the package bash-kernel is not installed"
)

WRONG = {
    "squares": "def squares(n):\n    return [i**2 for i in range(1, n + 1)]",
    "mean": "def mean(numbers):\n    return sum(numbers) // len(numbers)",
    "shout": "def shout(text):\n    return text.upper() + '!' if text else ''",
    "warn": "import sys\ndef warn(text):\n    print('!', file=sys.stderr)\n    return text",
    "greet": 'greet() {\n    echo "Hello $1"\n}',
    "count": "count_lines() {\n    echo 3\n}",
    "total": "def total(path):\n    return 10.5",
    "wettest": "def wettest(path):\n    return 'tue'",
}
COURSES = {"several": "ps1", "shell": "shell1", "files": "data1"}


def graded(name: str, folder: Path, pawmark: bool) -> Path:
    """Release, hand in for three students and grade."""
    course, assignment = copy(name, folder, pawmark), COURSES[name]
    release(course, assignment)
    hand_in(course, assignment, "ann", {"": ""})
    hand_in(course, assignment, "ben", WRONG)
    hand_in(course, assignment, "cem", RELEASED)
    if name == "several":
        hand_in(course, assignment, "dot", {"": ""}, leave_out="strings")
    done = run(course, "nbgrader", "autograde", assignment)
    assert done.returncode == 0, done.stderr[-3000:]
    return course


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("files"),
        pytest.param("several", marks=pytest.mark.slow),
        pytest.param("shell", marks=[pytest.mark.slow, needs_bash]),
    ],
)
def both(request, tmp_path_factory):
    """Grade a course by nbgrader alone, and by Pawmark."""
    if request.param == "shell" and "bash" not in KernelSpecManager().find_kernel_specs():
        # Jupyter finds a kernel by a file in the environment, which the package does not bring.
        install = [sys.executable, "-m", "bash_kernel.install", "--sys-prefix"]
        subprocess.run(install, check=True, capture_output=True)
    folder = tmp_path_factory.mktemp(request.param)
    return request.param, *(graded(request.param, folder, by) for by in (False, True))


def test_scores_are_those_of_nbgrader(both):
    """Cell by cell: points, worth, and whether a person is asked."""
    name, plain, pawmark = both
    expected = scores(plain, COURSES[name])

    assert expected
    assert scores(pawmark, COURSES[name]) == expected


def test_it_is_said_that_the_checks_ran_inside(both):
    """On the record and on the page that a student gets, which shows nothing that is hidden."""
    name, _, course = both
    assignment = COURSES[name]
    results = [
        result for one in records(course, "ben", assignment).values() for result in one["exercises"]
    ]
    done = run(course, "nbgrader", "generate_feedback", assignment, "--student", "ben")
    pages = [path.read_text() for path in (course / "feedback" / "ben" / assignment).glob("*.html")]

    assert results
    assert all(result["inside"] for result in results)
    assert done.returncode == 0, done.stderr[-3000:]
    assert len(pages) == len(records(course, "ben", assignment))
    assert all(INSIDE in page for page in pages)
    assert not any("HIDDEN TESTS" in page for page in pages)


def test_an_exercise_that_is_not_called_like_its_answer_is_asked(tmp_path):
    """Who attempted anything is asked by checks outside, where they name no answer as theirs."""
    course = copy("several", tmp_path, pawmark=True)
    checks = course / "grader_tests" / "test_shout_ps1" / "test_test_shout.py"
    checks.parent.mkdir(parents=True)
    checks.touch()
    source = course / "source" / "ps1" / "strings.ipynb"
    released = forms_of(source.read_bytes(), course, source).release
    shouted = fill(released, {"shout": "def shout(text):\n    return text"})
    found = []
    for name, written in (("ann", shouted), ("cem", released)):
        folder = course / "submitted" / name / "ps1"
        folder.mkdir(parents=True)
        nbformat.write(written, folder / "strings.ipynb")
        repaired = repair_submission(source, folder, course)
        found.append("test_shout" in not_attempted_in(repaired.notebook, repaired))

    assert found == [False, True]
