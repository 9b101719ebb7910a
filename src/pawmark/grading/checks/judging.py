"""Decides whether an answer is right for its input, and whether its form keeps the contract."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from pawmark.grading.checks.asking import (
    Answer,
    Lost,
    Question,
    Raised,
    Repeated,
    Returned,
    run,
    seen,
)
from pawmark.grading.checks.comparing import MisfitError, fitted, leaves
from pawmark.grading.checks.specification import (
    Contract,
    Exercise,
    OneOf,
    Raises,
    Satisfying,
    Stratum,
)

ASPECTS = {
    "type": "the type of the result",
    "shape": "the shape of the result",
    "dtype": "the dtype of the result",
    "arguments": "nothing of the caller's is changed",
    "again": "nothing is kept between calls",
}
_KINDS = {"floating": "f", "integer": "iu", "bool": "b", "complex": "c"}


class JudgeError(Exception):
    """The judge itself failed on an input: the specification is wrong, and nobody's answer is."""


@dataclass(frozen=True)
class Judged:
    """One question, its answer and what is to be said of it.

    Attributes
    ----------
    stratum
        Where the input comes from.
    question, answer
        What was asked and what came.
    expected
        What the judge says.
    right
        Whether the answer's value is right.
    reason
        Why a value that cannot be compared is refused, or empty.
    slips
        What the contract says of the answer, by aspect.
    """

    stratum: Stratum
    question: Question
    answer: Answer
    expected: Any
    right: bool
    reason: str = ""
    slips: tuple[tuple[str, str], ...] = ()


class Judge:
    """The judge of an exercise, who decides an input once.

    Parameters
    ----------
    exercise
        The specification.
    """

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._expected: dict[str, Any] = {}

    def expected(self, question: Question) -> Any:
        """Return the right result of an input.

        Raises
        ------
        JudgeError
            If the judge fails on it.
        """
        if question.key not in self._expected:
            outcome = run(self._exercise.judge, question.input)
            if isinstance(outcome, Raised):
                raise JudgeError(
                    f"{self._exercise.name}: the judge raised {outcome.kind}: {outcome.message}"
                )
            self._expected[question.key] = outcome.value
        return self._expected[question.key]

    def decide(self, stratum: Stratum, question: Question, answer: Answer) -> Judged:
        """Decide one answer."""
        expected = self.expected(question)
        right, reason = self._is_right(answer, expected)
        slips = tuple(self._slips(question, answer, expected)) if right else ()
        return Judged(stratum, question, answer, expected, right, reason, slips)

    def _is_right(self, answer: Answer, expected: Any) -> tuple[bool, str]:
        if isinstance(expected, Raises):
            raised = isinstance(answer, Raised) and expected.kind.__name__ in answer.kinds
            return raised, ""
        if isinstance(answer, Raised | Lost):
            return False, ""
        value = answer.first if isinstance(answer, Repeated) else answer.value
        if isinstance(expected, OneOf):
            found = [agreement(self._exercise, value, result) for result in expected.results]
            return any(right for right, _ in found), found[0][1] if found else ""
        if isinstance(expected, Satisfying):
            return _holds(expected, value)
        return agreement(self._exercise, value, expected)

    def _slips(
        self, question: Question, answer: Answer, expected: Any
    ) -> Iterator[tuple[str, str]]:
        contract = self._exercise.contract
        if contract is None:
            return
        if contract.keeps_arguments and isinstance(answer, Returned | Repeated) and answer.changed:
            what = answer.changed[0]
            yield "arguments", f"after the call, {what} is no longer as the caller had it"
        if isinstance(answer, Repeated):
            yield from self._kept(answer)
        elif isinstance(answer, Returned):
            yield from form_slips(contract, answer.value, expected)
            yield from _own(contract, question, answer.value)

    def _kept(self, answer: Repeated) -> Iterator[tuple[str, str]]:
        if not agreement(self._exercise, answer.again, answer.first)[0]:
            yield "again", "called again with the same arguments, it gives another result"
        elif not agreement(self._exercise, answer.later, answer.first)[0]:
            yield "again", "a later call changes the result of an earlier one"


def agreement(exercise: Exercise, got: Any, expected: Any) -> tuple[bool, str]:
    """Tell whether two results mean the same, and if they cannot be compared, why."""
    try:
        if exercise.canonical is not None:
            got = in_form(exercise, got, expected)
            expected = exercise.canonical(expected)
        got = fitted(got, expected)
    except MisfitError as error:
        return False, str(error)
    return exercise.same.deviation(got, expected) <= 1.0, ""


def in_form(exercise: Exercise, got: Any, expected: Any) -> Any:
    """Bring an answer into the canonical form of an exercise.

    Raises
    ------
    MisfitError
        If it cannot be brought into that form.
    """
    if exercise.canonical is None:
        return got
    raw = got if exercise.asked is not None else fitted(got, expected)
    return canonical(exercise.canonical, raw)


def canonical(form: Callable[[Any], Any], value: Any) -> Any:
    """Bring an answer into canonical form; one that it cannot be brought into does not fit."""
    try:
        return form(value)
    except Exception as error:
        raise MisfitError("the result has not the form that was asked for") from error


def _holds(relation: Satisfying, value: Any) -> tuple[bool, str]:
    try:
        if relation.like is not None:
            value = fitted(value, relation.like)
        return bool(relation.holds(value)), ""
    except MisfitError as error:
        return False, str(error)
    except Exception:  # what a relation cannot read is no right answer
        return False, "the result has not the form that was asked for"


def form_slips(contract: Contract, value: Any, expected: Any) -> Iterator[tuple[str, str]]:
    """Yield where the form of a right value is not the one asked for: aspect and words."""
    if contract.result is not None and not _is_a(value, contract.result):
        yield "type", f"the result is {_name(value)}, and {_names(contract.result)} was asked for"
    parts = _parts(value)
    if contract.items is not None:
        odd = [part for part in parts if not _is_a(part, contract.items)]
        if odd:
            yield "type", f"a part is {_name(odd[0])}, and {_names(contract.items)} was asked for"
    if isinstance(expected, Raises | OneOf | Satisfying):
        return
    try:
        pairs = list(leaves(value, expected))
    except (TypeError, KeyError, ValueError):  # a list where the expected result has an array
        return
    for got, like in pairs:
        if contract.shape and isinstance(got, np.ndarray) and got.shape != np.shape(like):
            yield "shape", f"the shape is {got.shape}, and {np.shape(like)} was asked for"
        if contract.dtype is not None and not _has_dtype(got, like, contract.dtype):
            wanted = np.asarray(like).dtype if contract.dtype == "same" else contract.dtype
            yield "dtype", f"the dtype is {np.asarray(got).dtype}, and {wanted} was asked for"


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else []


def _is_a(value: Any, kinds: type | tuple[type, ...]) -> bool:
    """As `isinstance`; a NumPy number counts as the Python number that it stands for."""
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    wider = {int: (np.integer,), float: (np.floating, int, np.integer), bool: (np.bool_,)}
    return isinstance(value, kinds + tuple(one for kind in kinds for one in wider.get(kind, ())))


def _name(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _names(kinds: type | tuple[type, ...]) -> str:
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    return " or ".join(kind.__name__ for kind in kinds)


def _has_dtype(got: Any, like: Any, wanted: str) -> bool:
    if not isinstance(got, np.ndarray | np.generic):
        return True  # a Python number has no dtype; that an array was asked for is the type's slip
    if wanted in _KINDS:
        return got.dtype.kind in _KINDS[wanted]
    return got.dtype == (np.asarray(like).dtype if wanted == "same" else np.dtype(wanted))


def _own(contract: Contract, question: Question, value: Any) -> Iterator[tuple[str, str]]:
    if contract.check is None:
        return
    args, kwargs = seen(question.input)
    try:
        words = contract.check(value, *args, **kwargs)
    except Exception:  # a right value of an odd form
        words = "the result has not the form that was asked for"
    if words:
        yield "type", words


def aspects_of(contract: Contract | None, asked: list[Judged]) -> list[str]:
    """Return the aspects that a contract asks about, given the results that were expected."""
    if contract is None:
        return []
    values = [one.expected for one in asked if not isinstance(one.expected, Raises)]
    shaped = any(
        np.ndim(like) > 0
        for value in values
        if not isinstance(value, OneOf | Satisfying)
        for _, like in leaves(value, value)
        if isinstance(like, np.ndarray)
    )
    wanted = {
        "type": any(part is not None for part in (contract.result, contract.items, contract.check)),
        "shape": contract.shape and shaped,
        "dtype": contract.dtype is not None,
        "arguments": contract.keeps_arguments,
        "again": contract.pure,
    }
    return [aspect for aspect in ASPECTS if wanted[aspect]]


__all__ = [
    "ASPECTS",
    "Judge",
    "JudgeError",
    "Judged",
    "agreement",
    "aspects_of",
    "canonical",
    "form_slips",
    "in_form",
]
