"""The grade of a student for an assignment: the one place that computes it.

nbgrader's gradebook says what each exercise gave, by the checks or by a person, with extra credit,
and what lateness takes off; the record of grading says why something waits. Every command, page and
file shows what is computed here, so that all of them give the same number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pawmark.grading.intake.cells import exercise_of
from pawmark.grading.results.outcomes import ExerciseResult, Outcome, show_points
from pawmark.grading.results.record import NOTHING_RECORDED, Record
from pawmark.wording import plain

NOT_IN_GRADEBOOK = "these are points of the checks: the gradebook does not hold them; grade again"
NOT_FINISHED = "grading it did not come to its end; grade it again"


class State(StrEnum):
    """How far the grading of a student's work has come.

    Of these only ``FINAL`` is a grade to give out. ``ABSENT`` is final too: nothing was handed in,
    and nothing waits.
    """

    FINAL = "final"
    WAITS = "waits"
    UNGRADED = "not graded"
    ABSENT = "nothing handed in"


@dataclass(frozen=True)
class Person:
    """A student as the gradebook knows them; mostly there is only the name of their folder."""

    name: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""


@dataclass(frozen=True)
class Part:
    """What one exercise gave.

    Attributes
    ----------
    exercise
        Its grade_id.
    score
        The points that count: those of a person where one gave any, else those of the checks; with
        extra credit.
    max_score
        What could be reached without extra credit.
    automatic
        Points of the checks; None where only a person can give any.
    manual
        Points that a person gave instead; None where nobody did.
    extra_credit
        Points on top, given by a person.
    waits
        Whether a person still has to look at it.
    """

    exercise: str
    score: float
    max_score: float
    automatic: float | None = None
    manual: float | None = None
    extra_credit: float = 0.0
    waits: bool = False

    @property
    def by_person(self) -> str:
        """Say what a person gave, and in the place of what; empty where nobody gave anything."""
        if self.manual is None:
            return ""
        given = f"{plain(self.manual)} by a person"
        if self.automatic is None:
            return given
        return f"{given}, in the place of {plain(self.automatic)} by the checks"

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object, with four digits: sums of what has two are other ones."""
        return {
            "exercise": self.exercise,
            "score": finely_rounded(self.score),
            "max_score": finely_rounded(self.max_score),
            "automatic": None if self.automatic is None else finely_rounded(self.automatic),
            "manual": None if self.manual is None else finely_rounded(self.manual),
            "extra_credit": finely_rounded(self.extra_credit),
            "waits": self.waits,
        }


def part_of(
    name: str,
    score: float | None,
    max_score: float | None,
    automatic: float | None,
    manual: float | None,
    extra_credit: float | None,
    waits: bool,
) -> Part:
    """Return what one entry of nbgrader's gradebook gave, from the columns that it has there.

    Extra credit counts beside points only: as long as there are none, nbgrader gives none of it.
    """
    counts = automatic is not None or manual is not None
    return Part(
        exercise=exercise_of(name),
        score=float(score or 0),
        max_score=float(max_score or 0),
        automatic=automatic,
        manual=manual,
        extra_credit=float(extra_credit or 0) if counts else 0.0,
        waits=bool(waits),
    )


@dataclass(frozen=True)
class Grade:
    """The grade of one submission.

    Attributes
    ----------
    parts
        The exercises, in the order of the notebook.
    penalty
        Points that lateness costs, as the gradebook has it. nbgrader works it out when a submission
        is graded, so it may be more than a person has left since then; see `late_penalty`.
    """

    parts: tuple[Part, ...]
    penalty: float = 0.0

    @property
    def before_penalty(self) -> float:
        """The sum of all exercises."""
        return round(sum(part.score for part in self.parts), 6)

    @property
    def late_penalty(self) -> float:
        """Points that lateness has taken off, which are never more than there were.

        In hundredths: what is between sum and score where both are shown in hundredths.
        """
        return max(rounded(rounded(self.before_penalty) - rounded(self.score)), 0.0)

    @property
    def score(self) -> float:
        """The points that count, which are the sum without the penalty, and never below 0."""
        return max(round(self.before_penalty - self.penalty, 6), 0.0)

    @property
    def max_score(self) -> float:
        """What could be reached, without extra credit."""
        return round(sum(part.max_score for part in self.parts), 6)

    @property
    def extra_credit(self) -> float:
        """Points on top, in all."""
        return round(sum(part.extra_credit for part in self.parts), 6)

    @property
    def sum_by_people(self) -> float:
        """Points that people gave in the place of checks, or where there are none.

        Where no check gave any, it is in hundredths what extra credit leaves of the sum, since
        rounding is no point of the checks.
        """
        if not any(part.automatic for part in self.parts if part.manual is None):
            return rounded(rounded(self.before_penalty) - rounded(self.extra_credit))
        return round(sum(part.manual or 0.0 for part in self.parts), 6)

    @property
    def sum_by_checks(self) -> float:
        """Points of checks that count, in hundredths, which are those that no person gave."""
        given = rounded(self.sum_by_people) + rounded(self.extra_credit)
        return rounded(rounded(self.before_penalty) - given)

    @property
    def by_people(self) -> list[Part]:
        """The exercises of which a person gave the points."""
        return [part for part in self.parts if part.manual is not None]

    @property
    def waiting(self) -> list[str]:
        """The exercises that a person still has to look at."""
        return [part.exercise for part in self.parts if part.waits]

    def __str__(self) -> str:
        return show_points(self.score, self.max_score)

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "score": rounded(self.score),
            "max_score": rounded(self.max_score),
            "before_penalty": rounded(self.before_penalty),
            "late_penalty": rounded(self.late_penalty),
            "extra_credit": rounded(self.extra_credit),
            "parts": [part.to_json() for part in self.parts],
        }


def rounded(points: float) -> float:
    """Return points as every file has them: to hundredths, and 0 without a sign."""
    return round(points, 2) + 0.0


def finely_rounded(points: float) -> float:
    """Return points of an exercise as files have them: to four digits, so that they add up."""
    return round(points, 4) + 0.0


def moved(before: str, after: str) -> str:
    """Say that one value gives way to another, or only which it is where both are the same."""
    return f"{before} -> {after}" if before != after else after


# What `Grade.to_json` has, for who has no grade: every student has the same keys.
_NO_GRADE: dict[str, Any] = {**dict.fromkeys(Grade(()).to_json()), "parts": []}


def by_checks(record: Record) -> Grade:
    """Return what the checks alone give, for work that no gradebook holds."""
    return Grade(
        tuple(
            Part(
                result.exercise,
                result.points,
                result.max_points,
                automatic=result.points,
                waits=result.needs_person or bool(record.doubts_about(result.exercise)),
            )
            for result in record.exercises
        )
    )


@dataclass(frozen=True)
class Standing:
    """Where a student stands with an assignment: what every command, page and file is made from.

    Attributes
    ----------
    person
        The student.
    assignment
        The name of the assignment.
    state
        How far it has come.
    grade
        The grade, None where nothing is graded.
    record
        The record of grading, None where there is none.
    waiting
        What still has to be done, in words.
    """

    person: Person
    assignment: str
    state: State
    grade: Grade | None = None
    record: Record | None = None
    waiting: tuple[str, ...] = ()

    @property
    def student(self) -> str:
        """The student's name in the gradebook."""
        return self.person.name

    @property
    def is_final(self) -> bool:
        """Whether nothing has to be done before it is given out."""
        return self.state in (State.FINAL, State.ABSENT)

    @property
    def score(self) -> float:
        """The points that count; 0 where nothing is graded."""
        return 0.0 if self.grade is None else self.grade.score

    @property
    def max_score(self) -> float:
        """What could be reached; 0 where nothing is graded."""
        return 0.0 if self.grade is None else self.grade.max_score

    @property
    def late_penalty(self) -> float:
        """What is taken off for lateness."""
        return 0.0 if self.grade is None else self.grade.late_penalty

    @property
    def share(self) -> float:
        """The part of all points, from 0 to 1, or above that by extra credit."""
        return self.score / self.max_score if self.max_score else 0.0

    @property
    def attempted(self) -> bool:
        """Whether anything was done at all, as far as is recorded."""
        exercises = self.record.exercises if self.record else ()
        checks = [check for exercise in exercises for check in exercise.checks]
        return any(check.outcome is not Outcome.NOT_ATTEMPTED for check in checks)

    def __str__(self) -> str:
        if self.grade is None:
            return "-" if self.state is State.ABSENT else self.state.value
        return f"{self.grade}{', waits' if self.state is State.WAITS else ''}"

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object, with what is recorded of its checks."""
        return {
            **(NOTHING_RECORDED if self.record is None else self.record.summary()),
            "student": self.student,
            "assignment": self.assignment,
            "state": self.state.value,
            **(_NO_GRADE if self.grade is None else self.grade.to_json()),
            "waiting": list(self.waiting),
        }


def standing_of(
    person: Person,
    assignment: str,
    grade: Grade | None,
    record: Record | None,
    handed_in: bool,
    reasons: Iterable[str] = (),
) -> Standing:
    """Return where a student stands.

    Parameters
    ----------
    person, assignment
        Whose work it is, and on what.
    grade
        What the gradebook holds, None if nothing.
    record
        The record of grading, None if there is none.
    handed_in
        Whether anything was handed in.
    reasons
        What else keeps the grade from being final, in words.
    """
    if grade is None and record is None:
        state = State.UNGRADED if handed_in else State.ABSENT
        return Standing(person, assignment, state, waiting=tuple(reasons))
    more = list(reasons)
    if grade is None and record is not None:
        grade = by_checks(record)
        more.append(NOT_IN_GRADEBOOK)
    waiting = [] if grade is None else waiting_lines(grade, record)
    state = State.WAITS if waiting or more else State.FINAL
    return Standing(person, assignment, state, grade, record, (*waiting, *more))


def waiting_lines(grade: Grade, record: Record | None) -> list[str]:
    """Return in words what waits for a person, and why: a line for each reason."""
    errors = _errors(record)
    reasons: dict[str, list[str]] = {}
    for part in grade.parts:
        if part.waits:
            reasons.setdefault(_reason(part, record, errors), []).append(part.exercise)
    return [f"{', '.join(exercises)}: {reason}" for reason, exercises in reasons.items()]


def _reason(part: Part, record: Record | None, errors: Mapping[str, str]) -> str:
    doubts = record.doubts_about(part.exercise) if record else []
    if part.exercise in errors or doubts:
        return errors.get(part.exercise) or "; ".join(doubts)
    if part.manual is not None:
        return "points given by a person, to be looked at again"
    return "a written answer" if part.automatic is None else "to be looked at by a person"


def _errors(record: Record | None) -> dict[str, str]:
    """Return what was no answer of the student's but an error of grading, by exercise."""
    if record is None:
        return {}
    if record.unread:
        return dict.fromkeys((result.exercise for result in record.exercises), record.unread)
    return {one.exercise: _error(one) for one in record.exercises if one.needs_person}


def _error(result: ExerciseResult) -> str:
    """Say what it was; of a hand-in of several notebooks one alone may be unread."""
    unread = [check.message for check in result.checks if check.outcome is Outcome.UNREAD]
    return unread[0] if unread else "a check failed by a mistake of its own"
