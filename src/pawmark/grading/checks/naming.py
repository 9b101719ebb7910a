"""Finds the misconception that explains all answers; never a cause that was not established."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from pawmark.grading.checks.asking import Answer, ProgramAsking, Raised, Repeated, Returned
from pawmark.grading.checks.judging import Judge, Judged, agreement
from pawmark.grading.checks.specification import Exercise, Variant, pair_of


@dataclass(frozen=True)
class Named:
    """A misconception that was established.

    Attributes
    ----------
    key
        The name of the variant, or of the family where several of one are left.
    message
        The template of what is said.
    severity
        How wrong it is.
    """

    key: str
    message: str
    severity: str


def name(exercise: Exercise, judge: Judge, asked: Sequence[Judged]) -> Named | None:
    """Return the misconception of a student, or None.

    A variant is named only if it agrees with the student on every input asked, and differs from
    the judge on at least one of them. Where none does, pairs of switches are tried.

    Parameters
    ----------
    exercise
        The specification.
    judge
        Its judge.
    asked
        All questions with the student's answers.
    """
    if all(one.right for one in asked):
        return None
    # Refused answers first: they tell variants apart soonest.
    order = sorted(asked, key=lambda one: one.right)
    left = [variant for variant in exercise.variants if explains(exercise, judge, variant, order)]
    if not left:
        pairs = (pair_of(*two) for two in combinations(exercise.variants, 2))
        left = [two for two in pairs if two and explains(exercise, judge, two, order)]
        left = left if len(left) == 1 else []
    if len(left) == 1:
        return Named(left[0].name, left[0].message, left[0].severity)
    families = {variant.family for variant in left}
    family = families.pop() if len(families) == 1 else None
    if family is None:
        return None
    return Named(family, exercise.families[family], left[0].severity)


def explains(exercise: Exercise, judge: Judge, variant: Variant, asked: Sequence[Judged]) -> bool:
    """Tell whether a variant agrees with a student on all inputs, and with the judge not on all."""
    wrong = False
    for one in asked:
        # As it was asked: an error may come from the other input of a question that has one.
        outcome = ProgramAsking(variant.program).ask([one.question])[0]
        if not agrees(exercise, one.answer, outcome):
            return False
        wrong = wrong or not judge.decide(one.stratum, one.question, outcome).right
    return wrong


def agrees(exercise: Exercise, answer: Answer, outcome: Answer) -> bool:
    """Tell whether a student's answer is that of a program; errors agree by their class.

    A misspelt name is no misconception: such an error agrees with nothing.
    """
    if isinstance(answer, Raised):
        return (
            isinstance(outcome, Raised)
            and not answer.is_misspelt
            and (outcome.kind in answer.kinds or answer.kind in outcome.kinds)
        )
    if not (isinstance(answer, Returned | Repeated) and isinstance(outcome, Returned | Repeated)):
        return False
    return agreement(exercise, _value(answer), _value(outcome))[0]


def _value(answer: Returned | Repeated) -> Any:
    return answer.first if isinstance(answer, Repeated) else answer.value
