"""What a grade is made of, and why it waits."""

import pytest
from made_records import make_record

from pawmark.grading.results.grade import (
    NOT_IN_GRADEBOOK,
    Grade,
    Part,
    Person,
    State,
    by_checks,
    part_of,
    rounded,
    standing_of,
)
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, Outcome

ANNA = Person("anna")


def result(outcome: Outcome = Outcome.FAILED, points: float = 1.0) -> ExerciseResult:
    """Return what came of an exercise of 3 points."""
    check = CheckResult("test_a", "A.", outcome, points, 3.0)
    return ExerciseResult("01-a", (check,))


def standing(grade=None, record=None, handed_in=True, reasons=()):
    """Return where Anna stands."""
    return standing_of(ANNA, "01_x", grade, record, handed_in, reasons)


def test_a_grade_is_the_sum_without_the_penalty():
    """Points of people and extra credit are in the parts; lateness is taken off their sum."""
    grade = Grade((Part("01-a", 2.5, 3), Part("01-b", 4, 2, extra_credit=2)), 1.5)

    assert (grade.before_penalty, grade.score, grade.max_score) == (6.5, 5, 5)
    assert grade.extra_credit == 2
    assert str(grade) == "5 of 5"


@pytest.mark.parametrize("penalty", [0, 1 / 3, 0.125, 0.005, 2.5, 99])
@pytest.mark.parametrize("manual", [None, 0.125, 10 / 3])
def test_what_is_shown_adds_up(manual, penalty):
    """Each amount is rounded, and still they give the score, to the hundredth."""
    thirds = [Part("01-a", 4 / 3, 4, 4 / 3), Part("01-b", 5 / 3, 4, 5 / 3)]
    given = Part("01-c", (0.125 if manual is None else manual) + 2 / 3, 4, 0.125, manual, 2 / 3)
    grade = Grade((*thirds, given), penalty)
    before, score = rounded(grade.before_penalty), rounded(grade.score)

    given_by = grade.sum_by_checks, rounded(grade.sum_by_people), rounded(grade.extra_credit)
    assert rounded(sum(given_by)) == before
    assert rounded(before - grade.late_penalty) == score
    assert grade.late_penalty == pytest.approx(min(penalty, grade.before_penalty), abs=0.0101)


def test_rounding_is_no_point_of_the_checks():
    """Where people gave all points, the checks gave none, however these are rounded."""
    given = [Part(name, points, 4, 0.0, points) for name, points in (("01-a", -1), ("01-b", 0.015))]
    grade = Grade((*given, Part("01-c", 3.305, 4, None, 0.005, 3.3)))

    assert grade.sum_by_checks == 0
    assert rounded(grade.sum_by_people + grade.extra_credit) == rounded(grade.before_penalty)


def test_parts_for_programs_add_up():
    """Three times a third is 1, and not 0.99."""
    told = Grade(tuple(Part(f"01-{name}", 1 / 3, 1, 1 / 3) for name in "abc")).to_json()

    assert round(sum(part["score"] for part in told["parts"]), 2) == told["score"] == 1


def test_extra_credit_counts_beside_points_only():
    """A written answer that nobody has read has none yet, as nbgrader has it."""
    assert part_of("01-why", 0, 4, None, None, 1.5, True).extra_credit == 0
    assert part_of("01-why", 3.5, 4, None, 2, 1.5, False).extra_credit == 1.5
    assert part_of("01-why", 3.5, 4, 2, None, 1.5, False).extra_credit == 1.5


def test_no_grade_is_below_nothing():
    """A penalty takes no more than there is."""
    assert Grade((Part("01-a", 2, 3),), 9).score == 0
    assert str(rounded(-0.0)) == "0.0"


@pytest.mark.parametrize(
    ("points", "asked", "taken", "score"),
    [(2, 9, 2, 0), (2, 1.5, 1.5, 0.5), (0, 3, 0, 0), (-1, 3, 0, 0), (2, 0, 0, 2)],
)
def test_the_penalty_is_what_was_taken(points, asked, taken, score):
    """A person may leave less than the gradebook's penalty: shown is what it took of that."""
    grade = Grade((Part("01-a", points, 3, 3, points),), asked)

    assert (grade.late_penalty, grade.score) == (taken, score)
    assert grade.to_json()["late_penalty"] == taken


@pytest.mark.parametrize(
    ("part", "record", "reason"),
    [
        (Part("01-a", 0, 3), {}, "a written answer"),
        (Part("01-a", 2, 3, 1, 2), {}, "points given by a person, to be looked at again"),
        (Part("01-a", 1, 3, 1), {}, "to be looked at by a person"),
        (Part("01-a", 1, 3, 1), {"for_a_person": (("01-a", "cut off"),)}, "cut off"),
        (Part("01-a", 1, 3, 1), {"for_a_person": ((None, "two files"),)}, "two files"),
        (
            Part("01-a", 0, 3, 0),
            {"exercises": (result(Outcome.GRADER_ERROR, 0),)},
            "a check failed by a mistake of its own",
        ),
    ],
)
def test_what_waits_says_why(part, record, reason):
    """What the gradebook marks waits; the record tells the reason where it knows one."""
    waits = Part(part.exercise, part.score, part.max_score, part.automatic, part.manual, waits=True)
    found = standing(Grade((waits,)), make_record("anna", "01_x", **record))

    assert found.state is State.WAITS
    assert found.waiting == (f"01-a: {reason}",)


def test_one_unread_notebook_of_several_says_why():
    """Where another one was read, it is no mistake of a check."""
    lost = CheckResult("01-b", "Nothing.", Outcome.UNREAD, 0.0, 3.0, message="it is a PDF")
    exercises = (result(), ExerciseResult("01-b", (lost,)))
    record = make_record("anna", "01_x", exercises=exercises, for_a_person=((None, "doubt"),))
    found = standing(Grade((Part("01-b", 0, 3, 0, waits=True),)), record)

    assert found.waiting == ("01-b: it is a PDF",)


def test_what_a_person_has_settled_is_final():
    """A doubt that is in the record, and that the gradebook marks no more, keeps nobody waiting."""
    record = make_record("anna", "01_x", for_a_person=((None, "two files"),))

    assert standing(Grade((Part("01-a", 1, 3, 1, 1),)), record).state is State.FINAL


def test_one_reason_for_all_is_told_once():
    """Exercises that wait for the same reason share a line."""
    record = make_record("anna", "01_x", for_a_person=((None, "two files"),))
    parts = tuple(Part(name, 1, 3, 1, waits=True) for name in ("01-a", "01-b"))

    assert standing(Grade(parts), record).waiting == ("01-a, 01-b: two files",)


def test_without_a_gradebook_nothing_is_final():
    """Points of the checks are shown, and are no grade."""
    found = standing(record=make_record("anna", "01_x", exercises=(result(),)))

    assert (found.state, str(found)) == (State.WAITS, "1 of 3, waits")
    assert found.waiting == (NOT_IN_GRADEBOOK,)
    assert by_checks(found.record).score == 1


def test_who_has_no_grade():
    """Handed in is not graded; nothing handed in is nothing to wait for."""
    assert (standing().state, standing().is_final) == (State.UNGRADED, False)
    absent = standing(handed_in=False)
    assert (absent.state, absent.is_final, str(absent)) == (State.ABSENT, True, "-")
    assert absent.to_json()["score"] is None


def test_every_student_has_the_same_keys():
    """Absent, not graded, without a record or without a gradebook: a program finds every key."""
    record = make_record("anna", "01_x", exercises=(result(),))
    grade = Grade((Part("01-a", 1, 3, 1),))
    told = [
        standing(*about).to_json()
        for about in ((), (None, None, False), (grade,), (None, record), (grade, record))
    ]

    assert {tuple(sorted(one)) for one in told} == {tuple(sorted(told[-1]))}
    assert all(told[1][key] is None for key in ("score", "points", "before_penalty", "seconds"))
    lists = [key for key, value in told[-1].items() if isinstance(value, list)]
    assert all(isinstance(one[key], list) for one in told for key in lists)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (Part("01-a", 1, 3, 1), ""),
        (Part("01-a", 2.5, 3, 1, 2.5), "2.5 by a person, in the place of 1 by the checks"),
        (Part("01-a", 0, 3, None, 0), "0 by a person"),
    ],
)
def test_points_of_a_person_are_told_in_words(part, words):
    """Points that a person gave are called that, 0 too; those of the checks stand beside them."""
    assert part.by_person == words
    assert Grade((part,)).by_people == ([part] if words else [])


def test_what_else_is_to_be_done_keeps_a_grade_from_being_final():
    """A newer hand-in, or a grading that was cut short, is a reason of its own."""
    found = standing(Grade((Part("01-a", 1, 3, 1),)), reasons=["handed in again"])

    assert (found.state, found.waiting) == (State.WAITS, ("handed in again",))
