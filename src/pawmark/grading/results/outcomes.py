"""What can come of a check and of an exercise, as frozen records that travel as JSON."""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from pawmark.wording import counted, plain


class Outcome(StrEnum):
    """What came of one check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    STUDENT_ERROR = "error in your code"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out of memory"
    CRASHED = "crashed"
    OUTPUT_LIMIT = "output limit"
    NOT_REACHED = "not reached"
    GRADER_ERROR = "grader error"
    UNREAD = "could not be read"


_FOR_A_PERSON = (Outcome.GRADER_ERROR, Outcome.UNREAD)


@dataclass(frozen=True)
class Picture:
    """A picture that a check hands out to the student.

    Attributes
    ----------
    png
        The file, as base64.
    alt
        What it shows, for those who do not see it.
    width
        How wide a page shows it, in CSS pixels.
    """

    png: str
    alt: str
    width: int


@dataclass(frozen=True)
class Exhibit:
    """Data that a check hands out to the student; the course's plugin draws what is of its kind.

    Attributes
    ----------
    kind
        Which of the plugin's exhibits it is.
    data
        JSON.
    """

    kind: str
    data: dict[str, Any]


# What is said of an exercise that was left as it was handed out.
NOT_ATTEMPTED_YET = "this exercise is not attempted yet"
# What rows say that lose points by what another row has told already.
SAME_REASON = "for the same reason"
WITH_RESULTS_ONLY = "it counts with right results only"


# What is said of an exercise whose tests ran in the student's process.
INSIDE = "checked inside the notebook: a determined student can fool it"


@dataclass(frozen=True)
class Part:
    """A part of a row, which is right as a whole or not: a stratum of inputs, a demand.

    Attributes
    ----------
    name
        What it is about, for the student.
    right
        Whether every answer was right.
    """

    name: str
    right: bool


@dataclass(frozen=True)
class Counterexample:
    """The smallest input on which an answer was refused; short text, made for people.

    Attributes
    ----------
    call
        The call, as it would be written, or words that stand for it.
    got
        What came of it.
    expected
        What should have come; None where that stays hidden.
    where
        The first place of a large result that differs, or empty.
    """

    call: str
    got: str
    expected: str | None = None
    where: str = ""

    def __str__(self) -> str:
        place = f" at {self.where}" if self.where else ""
        wanted = "" if self.expected is None else f", and {self.expected} was expected"
        return f"{self.call} gives{place} {self.got}{wanted}"


@dataclass(frozen=True)
class CheckResult:
    """One check and what came of it.

    Attributes
    ----------
    check
        The name of the test function.
    title
        The first line of its docstring: the name that the student reads.
    outcome
        What came of it.
    points, max_points
        Its share of the points of its exercise.
    message
        The misconception, or what went wrong; empty when passed.
    got, expected
        Text that the check hands out to the student, or None.
    detail
        The end of the student's traceback, or of the grader's for a grader error.
    picture
        What the check shows the student, or None.
    exhibit
        Data that the check hands out and the course draws, or None.
    row
        Of an exercise with a specification: "core", "corners", "contract" or "item"; else empty.
        Then the points may be a part of what could be reached.
    parts
        What the row consists of.
    misconception
        The key of the misconception that was established; empty where none was.
    counterexample
        An input on which the answer was refused, or None.
    """

    check: str
    title: str
    outcome: Outcome
    points: float
    max_points: float
    message: str = ""
    got: str | None = None
    expected: str | None = None
    detail: str = ""
    picture: Picture | None = None
    exhibit: Exhibit | None = None
    row: str = ""
    parts: tuple[Part, ...] = ()
    misconception: str = ""
    counterexample: Counterexample | None = None

    @property
    def tells(self) -> bool:
        """Whether its message says something that no other row of the exercise has said."""
        return bool(self.message) and self.message not in (SAME_REASON, WITH_RESULTS_ONLY)

    @property
    def is_untouched(self) -> bool:
        """Whether it was not attempted, and nothing more is to be said of that."""
        usual = self.message in ("", NOT_ATTEMPTED_YET)
        return self.outcome is Outcome.NOT_ATTEMPTED and usual

    @property
    def row_points(self) -> str:
        """Row and points in words, as in ``core 1.4 of 3.5``; empty where there are no rows."""
        name = self.title if self.row == "item" else self.row
        return f"{name} {show_points(self.points, self.max_points)}" if self.row else ""

    @classmethod
    def from_json(cls, tree: dict[str, Any]) -> "CheckResult":
        """Rebuild a result from `to_json`.

        Raises
        ------
        msgspec.ValidationError
            When the tree is no such result; it says where.
        """
        return msgspec.convert(tree, cls)

    def to_json(self) -> dict[str, Any]:
        """Return the result as a JSON object."""
        return {**dataclasses.asdict(self), "outcome": self.outcome.value}


@dataclass(frozen=True)
class ExerciseResult:
    """All checks of one exercise.

    Attributes
    ----------
    exercise
        The grade_id of the exercise (that of its solution cell).
    checks
        Results in the order of the check module, or of the rows.
    remarks
        What a person should look at, and no point hangs on.
    questions
        How many times a function of the student's was called; 0 where that is not counted.
    drawn_by
        What drew the inputs, with its version; empty where they were not drawn from strata.
    inside
        Whether it was checked inside the notebook, beside the student's code: see `INSIDE`.
    """

    exercise: str
    checks: tuple[CheckResult, ...]
    remarks: tuple[str, ...] = ()
    questions: int = 0
    drawn_by: str = ""
    inside: bool = False

    @property
    def points(self) -> float:
        """Points reached."""
        return round(sum(check.points for check in self.checks), 6)

    @property
    def max_points(self) -> float:
        """Points that could be reached."""
        return round(sum(check.max_points for check in self.checks), 6)

    @property
    def needs_person(self) -> bool:
        """Tell whether a person is asked, as the grader failed or nothing could be graded."""
        return any(check.outcome in _FOR_A_PERSON for check in self.checks)

    @classmethod
    def from_json(cls, tree: dict[str, Any]) -> "ExerciseResult":
        """Rebuild a result from `to_json`.

        Raises
        ------
        msgspec.ValidationError
            When the tree is no such result; it says where.
        """
        return msgspec.convert(tree, cls)

    def to_json(self) -> dict[str, Any]:
        """Return the result as a JSON object."""
        tree: dict[str, Any] = {"exercise": self.exercise}
        tree["checks"] = [check.to_json() for check in self.checks]
        if self.drawn_by or self.questions:
            tree |= {"questions": self.questions, "drawn_by": self.drawn_by}
        tree |= {"inside": True} if self.inside else {}
        return tree | {"remarks": list(self.remarks)} if self.remarks else tree


def show_points(points: float, max_points: float) -> str:
    """Return points as people write them: ``19.33 of 20``."""
    return f"{plain(points)} of {plain(max_points)}"


def of_points(points: float, max_points: float) -> str:
    """Return points with their noun: ``19.33 of 20 points``, ``0 of 1 point``."""
    return f"{plain(points)} of {counted(max_points, 'point')}"
