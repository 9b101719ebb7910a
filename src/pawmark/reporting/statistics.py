"""Figures on the checks of an assignment, over all who handed it in."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pawmark.grading.results.grade import Standing
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, Outcome

# Below this a correlation says little: with 20 students its standard error is about 0.2.
MIN_STUDENTS = 20
# Below this "everybody" is no finding.
MIN_ATTEMPTS = 10

FLAGS = ("nobody passes", "stronger students fail it", "nobody fails")
KINDS = ("passed", "failed", "error", "waiting", "not attempted")
_KIND = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.NOT_ATTEMPTED: "not attempted",
    Outcome.GRADER_ERROR: "waiting",
    Outcome.UNREAD: "waiting",
    Outcome.NOT_REACHED: "waiting",
}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Said:
    """A message, or a family of messages that differ in numbers only, and who got it.

    Attributes
    ----------
    exercise
        The exercise.
    kind
        "failed", or "error" for what broke.
    text
        The commonest wording.
    students
        How many got it, each counted once.
    example
        An input on which an answer was refused for it, and what came; empty where there is none.
    """

    exercise: str
    kind: str
    text: str
    students: int
    example: str = ""


@dataclass(frozen=True)
class CheckFigures:
    """How a class did on one check.

    Attributes
    ----------
    exercise, check, title
        Which check it is.
    counts
        Submissions by kind of outcome, in the order of `KINDS`.
    discrimination
        Its item-rest correlation, or None.
    said
        Its messages, the commonest first.
    """

    exercise: str
    check: str
    title: str
    counts: tuple[int, ...]
    discrimination: float | None
    said: tuple[Said, ...]

    @property
    def passed(self) -> int:
        """How many passed."""
        return self.counts[0]

    @property
    def attempts(self) -> int:
        """How many attempted it and had an answer."""
        return sum(self.counts[:3])

    @property
    def share(self) -> float | None:
        """The part of those who attempted it that passed; None when nobody did."""
        return self.passed / self.attempts if self.attempts else None

    @property
    def flag(self) -> str:
        """What is odd about it; empty when nothing is."""
        if self.attempts >= MIN_ATTEMPTS and self.passed == 0:
            return FLAGS[0]
        if self.discrimination is not None and self.discrimination < 0:
            return FLAGS[1]
        if self.attempts >= MIN_ATTEMPTS and self.passed == self.attempts:
            return FLAGS[2]
        return ""


def item_rest_correlation(item: Sequence[float], rest: Sequence[float]) -> float | None:
    r"""Return how well one check tells strong students from weak ones.

    The Pearson correlation between the points of the check and the points of all other checks of
    the assignment, over students:

    .. math:: r_i = \operatorname{corr}\Bigl(x_i,\; \sum_{j \ne i} x_j\Bigr)

    The check itself is left out of the sum, since it would correlate with itself: the corrected
    item-total correlation of S. Henrysson, "Correction of item-total correlations in item
    analysis", Psychometrika 28 (1963), 211-218.

    Parameters
    ----------
    item, rest
        Points of the check and of all others, by student.

    Returns
    -------
    float or None
        From -1 to 1. None where either is the same for everybody, or there are fewer than
        `MIN_STUDENTS`.
    """
    x, y = np.asarray(item, dtype=float), np.asarray(rest, dtype=float)
    if len(x) < MIN_STUDENTS or np.ptp(x) < 1e-9 or np.ptp(y) < 1e-9:
        return None
    return float(np.corrcoef(x, y)[0, 1])


def check_figures(submissions: Sequence[Standing]) -> list[CheckFigures]:
    """Return the figures of every check of an assignment, in the order of the notebook."""
    results = _by_check(submissions)
    totals = {s.student: s.record.points for s in submissions if s.record and s.attempted}
    figures = []
    for (exercise, name), found in results.items():
        kinds = Counter(_kind(check) for check in found.values())
        # Who attempted nothing at all says nothing about a single check.
        taken = {who: check.points for who, check in found.items() if who in totals}
        rest = [totals[who] - points for who, points in taken.items()]
        figures.append(
            CheckFigures(
                exercise=exercise,
                check=name,
                title=next(iter(found.values())).title,
                counts=tuple(kinds[kind] for kind in KINDS),
                discrimination=item_rest_correlation(list(taken.values()), rest),
                said=tuple(_said(exercise, [(w, c) for w, c in found.items()])),
            )
        )
    return figures


def commonest(submissions: Sequence[Standing], kind: str, most: int) -> list[Said]:
    """Return the messages that most students got, of all exercises."""
    by_exercise = defaultdict(list)
    for submission in submissions:
        for result in results_of(submission):
            by_exercise[result.exercise] += [(submission.student, c) for c in result.checks]
    said = [s for name, found in by_exercise.items() for s in _said(name, found) if s.kind == kind]
    return sorted(said, key=lambda s: -s.students)[:most]


def results_of(submission: Standing) -> tuple[ExerciseResult, ...]:
    """Return what came of the checks, by exercise; nothing where that is not recorded."""
    return submission.record.exercises if submission.record else ()


def _by_check(
    submissions: Sequence[Standing],
) -> dict[tuple[str, str], dict[str, CheckResult]]:
    found: dict[tuple[str, str], dict[str, CheckResult]] = {}
    for submission in submissions:
        for result in results_of(submission):
            for check in result.checks:
                found.setdefault((result.exercise, check.check), {})[submission.student] = check
    order = list(dict.fromkeys(exercise for exercise, _ in found))
    return dict(sorted(found.items(), key=lambda item: order.index(item[0][0])))


def _kind(check: CheckResult) -> str:
    return _KIND.get(check.outcome, "error")


def _said(exercise: str, found: Sequence[tuple[str, CheckResult]]) -> Iterator[Said]:
    """Count messages by the students who got them.

    Those that differ in numbers count as one, and so do all that name the same misconception.
    """
    students, words = defaultdict(set), defaultdict(Counter)
    examples: dict[tuple[tuple[str, str], str], str] = {}
    for student, check in found:
        kind = _kind(check)
        if kind in ("failed", "error") and check.tells:
            text = " ".join(check.message.split())
            key = kind, check.misconception or _NUMBER.sub("#", text)
            students[key].add(student)
            words[key][text] += 1
            if check.counterexample is not None:
                examples.setdefault((key, text), str(check.counterexample))
    for key in sorted(students, key=lambda key: (-len(students[key]), key)):
        text = words[key].most_common(1)[0][0]
        shown = examples.get((key, text), "")
        yield Said(exercise, key[0], text, len(students[key]), shown)
