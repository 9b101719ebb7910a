"""Commands on a class that hands in again, is graded by people and late, on a small course."""

import json

import pytest
from small_class import HALF, RIGHT, SUMS, WRITTEN, WRONG, SmallClass

from pawmark.grading.sandbox import bubblewrap

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)
ON_TIME, DUE, LATE = "2026-03-02 12:00:00", "2026-03-02 13:00:00", "2026-03-02 14:30:00"


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> SmallClass:
    """Grade a class of three; the last of them is late."""
    made = SmallClass.made_in(tmp_path_factory.mktemp("forecast") / "course")
    with made.gradebook() as book:
        book.update_or_create_assignment(SUMS, duedate=DUE)
    for who, answers, came in (("ann", RIGHT, ON_TIME), ("ben", WRONG, ON_TIME),
                               ("dóra", HALF, LATE)):  # fmt: skip
        made.hand_in(who, SUMS, answers, came=came)
    made.must("pawmark", "grade", "01", "--workers", "2")
    return made


def give(course: SmallClass, who: str, cell: str, manual: float | None, extra: float = 0) -> None:
    """Give points as formgrader does."""
    with course.gradebook() as book:
        grade = book.find_grade(cell, SUMS, SUMS, who)
        grade.manual_score, grade.extra_credit = manual, extra or None
        grade.needs_manual_grade = False


def test_a_term(course):
    """Late, graded by people, a check mended, handed in again: each number is what was told."""
    grades = course.grades(SUMS)
    assert grades[SUMS, "dóra"]["late_penalty"] == 2  # an hour and a half is two hours begun
    assert [grades[SUMS, who]["score"] for who in ("ann", "ben", "dóra")] == [9, 6, 6]
    assert "handed in again" not in course.must("pawmark", "grade", "01")

    give(course, "ann", WRITTEN, 1.5)
    give(course, "ben", WRITTEN, 2)
    give(course, "ben", "01-total-check", 3.5, extra=0.5)
    give(course, "dóra", WRITTEN, 0)
    grades = course.grades(SUMS)
    assert {one["state"] for one in grades.values()} == {"final"}
    assert grades[SUMS, "ben"]["score"] == 5 + 3.5 + 0.5 + 2
    course.must("pawmark", "report", "--csv", "grades.csv", "--lms", "moodle")

    # A mended check: it is worth nothing any more that no numbers add up to 0.
    course.rewrite_check("01-total", '== 0, "no numbers', 'in (0, None), "no numbers')
    told = json.loads(course.must("pawmark", "regrade", "01", "--json"))[0]["changes"]
    (change,) = told
    assert change["student"] == "dóra"
    assert (change["before"]["score"], change["after"]["score"]) == (6, 7)
    assert (change["before"]["late_penalty"], change["after"]["late_penalty"]) == (2, 2)
    assert change["after"]["waiting"] == [
        f"{WRITTEN}: points given by a person, to be looked at again"
    ]
    shown = course.must("pawmark", "regrade", "01")
    assert "dóra: 6 of 11 -> 7 of 11 points" in shown
    assert "late: 2 taken off" in shown
    assert course.grades(SUMS)[SUMS, "dóra"]["score"] == 6
    course.must("pawmark", "regrade", "01", "--write")
    after = course.grades(SUMS)[SUMS, "dóra"]
    assert (after["score"], after["state"]) == (7, "waits")
    assert after["waiting"] == change["after"]["waiting"]

    # What a person gave stays in a regrade, and is told of.
    course.rewrite_check("01-total", '== 12, "this is', '== 10, "this is')
    shown = course.must("pawmark", "regrade", "01", "--student", "ann", "--student", "ben")
    assert "ann: 10.5 of 11 -> 7.5 of 11 points" in shown
    assert "ben: 11 of 11 points" in shown
    assert "01-total: 3.5 by a person stays; the checks give 1 -> 4" in shown
    course.rewrite_check("01-total", '== 10, "this is', '== 12, "this is')

    # Handed in again, later: nbgrader's rule, and the penalty anew.
    course.hand_in("ben", SUMS, RIGHT, came=LATE)
    assert "handed in again on 2026-03-02 at 14:30" in str(course.grades()[SUMS, "ben"]["waiting"])
    refused = course.run("pawmark", "report", "--csv", "again.csv")
    assert refused.returncode == 3
    assert "ben (01_sums): handed in again" in refused.stderr
    said = course.must("pawmark", "grade", "01")
    assert f"{SUMS}: handed in again, and graded anew: ben" in said
    assert f"{SUMS}: 2 are graded already" in said
    ben = course.grades()[SUMS, "ben"]
    assert (ben["before_penalty"], ben["late_penalty"], ben["score"]) == (5 + 4 + 2, 2, 9)

    # Replaced without a time: named, and left as it was.
    course.hand_in("ann", SUMS, WRONG)
    said = course.must("pawmark", "grade", "01")
    assert f"{SUMS}: ann: other files than were graded" in said
    assert course.grades()[SUMS, "ann"]["score"] == 10.5


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
    ],
    ids=["C", "ascii"],
)
def test_names_in_any_locale(course, locale):
    """A name that the terminal cannot write is escaped there, and stops nothing."""
    assert r"d\xf3ra" in course.must("pawmark", "grades", **locale)
    assert r"d\u00f3ra" in course.must("pawmark", "grades", "--json", **locale)
    assert "dóra" in course.must("pawmark", "grades", PYTHONUTF8="1")


def test_a_name_is_the_same_in_any_locale(course):
    """Names of folders are read as UTF-8 whatever the terminal is: the gradebook has each once."""
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    course.hand_in("éva", SUMS, RIGHT, came=ON_TIME)
    course.must("pawmark", "grade", "01", **locale)

    assert {who for _, who in course.grades(SUMS)} == {"ann", "ben", "dóra", "éva"}
    assert r"\xe9va" in course.must("pawmark", "grades", **locale)
    assert r"\xe9va" in course.must("pawmark", "explain", "01", "éva", **locale)
