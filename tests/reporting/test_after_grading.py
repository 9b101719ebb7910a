"""What was shown once follows the grade, and nothing is told of what the grade is not from."""

import os
import re
from pathlib import Path

import pytest
from small_class import PRIMES, RIGHT, SUMS, WRONG, SmallClass

from pawmark.grading.sandbox import bubblewrap

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> SmallClass:
    """Grade a class of two in one assignment, and make their feedback."""
    made = SmallClass.made_in(tmp_path_factory.mktemp("after") / "course")
    made.hand_in("ann", PRIMES, RIGHT, came="2026-03-01 12:00:00 UTC")
    made.hand_in("ben", PRIMES, WRONG, came="2026-03-01 12:00:00 UTC")
    made.must("pawmark", "grade", "02", "--workers", "1")
    made.must("nbgrader", "generate_feedback", PRIMES)
    return made


def page(course: SmallClass, student: str) -> Path:
    """Return where a student's page is."""
    return course.root / "feedback" / student / PRIMES / f"{PRIMES}.html"


def points(course: SmallClass, student: str) -> float:
    """Return the points on a student's page."""
    text = " ".join(re.sub("<[^>]*>", " ", page(course, student).read_text()).split())
    found = re.search(r"([\d.]+) of 6 points", text)
    assert found, text[:2000]
    return float(found[1])


def test_a_page_follows_a_person_in_the_gradebook(course):
    """What a person gives after the page was made is on it when pages are made again."""
    untouched = page(course, "ann").stat().st_mtime_ns
    before = points(course, "ben")
    with course.gradebook() as book:
        notebook = book.find_submission_notebook(PRIMES, PRIMES, "ben")
        grade = next(grade for grade in notebook.grades if not grade.auto_score)
        grade.manual_score = grade.max_score
    course.must("nbgrader", "generate_feedback", PRIMES)

    assert points(course, "ben") == course.grades()[PRIMES, "ben"]["score"] > before
    assert page(course, "ann").stat().st_mtime_ns == untouched


def test_a_page_survives_a_time_that_is_none(course):
    """A timestamp.txt that holds no time asks a person at grading, and no page goes for it."""
    folder = course.root / "submitted" / "cem" / PRIMES
    course.hand_in("cem", PRIMES, RIGHT, came="yesterday")
    told = course.must("pawmark", "grade", "02", "--workers", "1", status=3)
    course.must("nbgrader", "generate_feedback", PRIMES)
    course.must("nbgrader", "generate_feedback", PRIMES)

    assert (folder / "timestamp.txt").read_text() == "yesterday"
    assert f"cem, {PRIMES}: timestamp.txt holds no time" in told
    assert points(course, "cem") == 6
    assert course.grades()[PRIMES, "cem"]["state"] == "waits"


def test_explain_and_regrade_say_that_something_else_lies_there(course):
    """A hand-in that was exchanged without a newer time is not told beside the old grade."""
    course.hand_in("ann", PRIMES, WRONG)
    later = (course.root / "autograded" / "ann" / PRIMES).stat().st_mtime + 3600
    os.utime(course.root / "submitted" / "ann" / PRIMES / f"{PRIMES}.ipynb", (later, later))
    refused = course.run("pawmark", "explain", "02", "ann")
    shown = course.must("pawmark", "regrade", "02")

    assert refused.returncode != 0
    assert "is not what the grade comes from" in " ".join(refused.stderr.split())
    assert "02-is-prime" not in refused.stdout
    assert "ann: 6 of 6 -> 1 of 6 points" in shown
    assert "what lies there now is graded" in shown

    written = course.must("pawmark", "regrade", "02", "--write")
    assert f"Written. New pages for them: nbgrader generate_feedback {PRIMES}" in written
    assert "02-is-prime" in course.must("pawmark", "explain", "02", "ann")
    course.must("nbgrader", "generate_feedback", PRIMES)
    assert points(course, "ann") == course.grades()[PRIMES, "ann"]["score"] == 1


def test_explain_says_that_the_checks_have_changed(course):
    """What the checks say now is not what gave the grade, and explain says so."""
    course.rewrite_check("02-is-prime", "1 has one divisor", "one has one divisor")
    told = course.must("pawmark", "explain", "02", "ben")

    assert "The checks, or Pawmark, have changed since it was graded" in told
    assert "pawmark regrade 02 --student ben" in told


def test_a_broken_source_is_said_first(course):
    """Whoever is graded already: with a source that cannot be read it is said, and nothing else."""
    source = course.root / "source" / PRIMES / f"{PRIMES}.ipynb"
    whole = source.read_text()
    source.write_text(whole[: len(whole) // 2])
    try:
        graded = course.run("pawmark", "grade", "02")
        explained = course.run("pawmark", "explain", "02", "ben")
    finally:
        source.write_text(whole)

    for done in (graded, explained):
        assert done.returncode != 0
        assert f"source/{PRIMES}/{PRIMES}.ipynb" in done.stderr
        assert "Traceback" not in done.stderr
    assert "graded already" not in graded.stdout


def test_nobody_of_that_name_is_said_with_the_nearest(course):
    """A misspelt name is met with the name that was meant, a misspelt check with what was lost."""
    assert "Did you mean 'ben'?" in course.run("pawmark", "explain", "02", "benn").stderr
    said = course.run("pawmark", "explain", "02", "cem", "02-nothing").stderr
    assert "There is no exercise or check '02-nothing'. No check lost a point." in said
    assert SUMS not in said
