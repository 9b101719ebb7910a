"""A gradebook on a PostgreSQL server: graded, regraded, reported and looked at as any other."""

import json

import pytest
from nbgrader.api import Gradebook
from postgresql import missing, server
from small_class import PRIMES, RIGHT, SUMS, WRITTEN, WRONG, SmallClass

from pawmark.grading.sandbox import bubblewrap

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=f"no PostgreSQL: {missing()}"),
    pytest.mark.skipif(
        bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
    ),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Give a released course whose gradebook is on a server, with three hand-ins."""
    with server() as address:
        made = SmallClass.made_in(tmp_path_factory.mktemp("postgresql") / "course", address)
        for who, answers in (("ann", RIGHT), ("ben", WRONG), ("dóra", None)):
            for name in (SUMS, PRIMES):
                made.hand_in(who, name, answers, came="2026-03-02 12:00:00")
        yield made, address


def test_the_way_of_a_class(course):
    """Grade, regrade, report, doctor and pages use the server, and no file beside it."""
    made, address = course
    made.must("pawmark", "grade", "01", "02", "--workers", "2")
    made.must("nbgrader", "autograde", PRIMES, "--force")
    grades = made.grades()
    assert grades[SUMS, "ann"]["score"] == 9
    assert grades[SUMS, "ann"]["waiting"] == [f"{WRITTEN}: a written answer"]
    assert grades[PRIMES, "ben"]["score"] == 1

    with Gradebook(address, "arithmetic") as book:
        for who in ("ann", "ben", "dóra"):
            grade = book.find_grade(WRITTEN, SUMS, SUMS, who)
            grade.manual_score, grade.needs_manual_grade = 2, False
        book.add_student("zoe", first_name="Zoë")
        book.db.commit()
    said = made.must("pawmark", "report", "--csv", "grades.csv", "--lms", "canvas")
    assert "handed in nothing, no grade in it" in said
    assert "zoe" in (made.root / "grades.csv").read_text()

    made.rewrite_check("02-is-prime", 'expect(found <= PRIMES, "num', 'expect(True, "num')
    (told,) = json.loads(made.must("pawmark", "regrade", "02", "--write", "--json"))
    ((who, after),) = [(one["student"], one["after"]["score"]) for one in told["changes"]]
    assert (who, after) == ("ben", 3)
    assert made.grades()[PRIMES, "ben"]["score"] == 3

    made.must("nbgrader", "generate_feedback", PRIMES)
    page = (made.root / "feedback" / "ben" / PRIMES / f"{PRIMES}.html").read_text()
    assert '<p class="score-number">3 <small>of 6' in page
    told = json.loads(made.run("pawmark", "doctor", "--json").stdout)
    (about,) = [one for one in told if one["topic"] == "gradebook"]
    assert about["status"] == "ok"
    assert "6 submissions of 2 assignments" in about["says"]
    assert not (made.root / "gradebook.db").exists()


def test_a_server_that_does_not_answer_is_named(course):
    """One message with the address, without its password, and nothing is graded."""
    made, address = course
    config = made.root / "nbgrader_config.py"
    kept = config.read_text()
    gone = "postgresql+psycopg://anna:secret@/gradebook?host=/nowhere"
    config.write_text(kept.replace(address, gone))
    try:
        for words in (("grade", "01", "--force"), ("grades",), ("regrade", "01")):
            done = made.run("pawmark", *words)
            assert done.returncode == 1
            assert "The gradebook postgresql+psycopg://anna:***@/gradebook" in done.stderr
            assert "secret" not in done.stderr
            assert "Traceback" not in done.stderr
    finally:
        config.write_text(kept)
