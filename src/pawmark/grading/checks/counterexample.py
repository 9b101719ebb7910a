"""Writes a refused input for people: the call, what came of it, and what was expected."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from pawmark.grading.checks.asking import Lost, Raised, Repeated, seen
from pawmark.grading.checks.comparing import MisfitError, fitted, kind_of, short_number
from pawmark.grading.checks.judging import Judged, in_form
from pawmark.grading.checks.specification import (
    Exercise,
    Inside,
    OneOf,
    Place,
    Raises,
    Satisfying,
)
from pawmark.grading.results.outcomes import Counterexample

MAX_NUMBERS = 20
MAX_TEXT = 60
MAX_WORDS = 500
OTHER_NUMBERS = "other numbers than expected"


def counterexample(exercise: Exercise, one: Judged) -> Counterexample:
    """Return what is shown of a refused answer.

    Parameters
    ----------
    exercise
        The specification: of a closed one the expected result is left out.
    one
        The refused answer.
    """
    called = _call_text(exercise, one)
    place = None if isinstance(one.answer, Raised | Lost) else first_difference(exercise, one)
    if place is None and one.reason and not exercise.shows_numbers:
        return Counterexample(called, cleaned(one.reason))
    if place is None:
        return Counterexample(called, _came(exercise, one), _wanted(exercise, one))
    where, got, expected = place
    hidden = exercise.closed or got == OTHER_NUMBERS
    return Counterexample(called, got, None if hidden else expected, where)


def fields(exercise: Exercise, one: Judged, shown: Counterexample) -> dict[str, str]:
    """Return what the fields of a message stand for."""
    args, kwargs = seen(one.question.input)
    named = dict(zip(exercise.parameters, args, strict=False)) | kwargs
    return {
        **{name: shown_value(value) for name, value in named.items()},
        "got": shown.got,
        "expected": shown.expected or "the right result",
        "call": shown.call,
        "where": shown.where,
    }


def filled(exercise: Exercise, template: str, one: Judged, shown: Counterexample) -> str:
    """Fill in a message."""
    values = fields(exercise, one, shown)
    names = dict.fromkeys(exercise.parameters, "")
    return cleaned(template.format_map(names | values), 2 * MAX_WORDS)


def _call_text(exercise: Exercise, one: Judged) -> str:
    if one.stratum.facet is not None:
        return one.stratum.facet
    args, kwargs = seen(one.question.input)
    if exercise.show is not None:
        return cleaned(exercise.show(*args, **kwargs))
    budget = _Budget(MAX_NUMBERS)
    shown = [*(_text(v, budget) for v in one.question.input.args)]
    shown += [f"{name}={_text(v, budget)}" for name, v in one.question.input.kwargs.items()]
    return cleaned(f"{exercise.function}({', '.join(shown)})")


def _came(exercise: Exercise, one: Judged) -> str:
    answer = one.answer
    if isinstance(answer, Raised):
        return cleaned(f"{answer.kind}: {answer.message}" if answer.message else answer.kind)
    if isinstance(answer, Lost):
        return answer.outcome.value
    if isinstance(one.expected, Satisfying) and one.reason:
        return cleaned(one.reason)  # what the relation says of it: the answer may be of many parts
    return _shown(exercise, answer.first if isinstance(answer, Repeated) else answer.value)


def _wanted(exercise: Exercise, one: Judged) -> str | None:
    expected = one.expected
    if exercise.closed:
        return None
    if isinstance(expected, Raises):
        return str(expected)
    if isinstance(expected, Satisfying):
        return expected.words
    if isinstance(expected, dict) and not exercise.shows_numbers:
        return None  # what is compared is told in words, by key
    if isinstance(expected, OneOf):
        return cleaned(" or ".join(_shown(exercise, result) for result in expected.results[:3]))
    return _shown(exercise, expected)


def first_difference(exercise: Exercise, one: Judged) -> tuple[str, str, str] | None:
    """Return of large arrays the first place that differs: where, got, expected; else None.

    Of an exercise that shows no numbers, the part that differs.
    """
    answer, expected = one.answer, one.expected
    if isinstance(expected, Raises | OneOf | Satisfying) or isinstance(answer, Raised | Lost):
        return None
    value = answer.first if isinstance(answer, Repeated) else answer.value
    try:
        if exercise.canonical is not None:
            value, expected = in_form(exercise, value, expected), exercise.canonical(expected)
        value = fitted(value, expected)
    except MisfitError:
        return None
    for path, got, want in _places(value, expected, ""):
        if exercise.same.deviation(got, want) <= 1:
            continue
        if not exercise.shows_numbers:
            path = path.replace("['", "").replace("']", "")  # no dictionary came, but its parts
            if _has_fractions(want):
                return path, OTHER_NUMBERS, OTHER_NUMBERS
        if not isinstance(want, np.ndarray) or (want.size <= MAX_NUMBERS and not path):
            return (path, shown_value(got), shown_value(want)) if path else None
        found = _first(exercise, np.asarray(got), want)
        return found and (f"{path}[{found[0]}]", found[1], found[2])
    return None


def _places(got: Any, want: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(want, tuple | list) and not all(np.ndim(part) == 0 for part in want):
        for place, (one, other) in enumerate(zip(got, want, strict=True)):
            yield from _places(one, other, f"{path}[{place}]")
    elif isinstance(want, dict):
        for key, other in want.items():
            yield from _places(got[key], other, f"{path}[{cleaned(repr(key), MAX_TEXT)}]")
    else:
        yield path, got, want


def _first(exercise: Exercise, got: np.ndarray, want: np.ndarray) -> tuple[str, str, str] | None:
    for place in np.ndindex(want.shape):
        one, other = got[place], want[place]
        if exercise.same.deviation(one, other) > 1:
            return ", ".join(map(str, place)), shown_value(one), shown_value(other)
    return None


def _has_fractions(value: Any) -> bool:
    """Tell whether a value is a number with a fraction, or holds one."""
    if isinstance(value, list | tuple | dict):
        return any(map(_has_fractions, value.values() if isinstance(value, dict) else value))
    return np.asarray(value).dtype.kind in "fc"


class _Budget:
    """How many numbers may still be shown."""

    def __init__(self, numbers: int) -> None:
        self.left = numbers


def _shown(exercise: Exercise, value: Any) -> str:
    """Write an answer or a right result, as far as an exercise shows it."""
    if exercise.shows_numbers or not _has_fractions(value):
        return shown_value(value)
    held = isinstance(value, np.ndarray | list | tuple | dict)
    return f"<{kind_of(value)}>" if held else "a number"


def shown_value(value: Any) -> str:
    """Write a value for people: at most 20 numbers, and no character that does something."""
    return cleaned(_text(value, _Budget(MAX_NUMBERS)))


def _text(value: Any, budget: _Budget) -> str:
    if isinstance(value, Place):
        return repr(str(value))
    if isinstance(value, Inside):
        return _text(value.seen, budget) if value.seen is not None else f"<{value.operation}>"
    if isinstance(value, np.ndarray):
        if value.size > budget.left or (value.size == 0 and value.ndim > 1):
            return f"<{kind_of(value)}>"
        return _text(value.tolist(), budget)
    if isinstance(value, str):
        text = repr(str(value))
        return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 4]}…'"
    if value is None:
        return "None"
    if isinstance(value, bytes):
        return _file(value)
    if isinstance(value, bool | int | float | complex | np.number | np.bool_):
        budget.left -= 1
        return short_number(value) if budget.left >= 0 else "…"
    return _container(value, budget)


def _file(content: bytes) -> str:
    """Return a short text as it is, since a file of that is an input to be read; else its size."""
    text = content.decode("ascii", "replace")
    is_text = all(c.isprintable() or c in "\n\t" for c in text) and "\ufffd" not in text
    return repr(content) if is_text and len(text) <= MAX_TEXT else f"<{len(content)} bytes>"


def _container(value: Any, budget: _Budget) -> str:
    if isinstance(value, dict):
        parts = (f"{_text(key, budget)}: {_text(part, budget)}" for key, part in value.items())
        return "{" + _joined(parts, budget) + "}"
    if isinstance(value, list):
        return "[" + _joined((_text(part, budget) for part in value), budget) + "]"
    if isinstance(value, tuple):
        comma = "," if len(value) == 1 else ""
        return "(" + _joined((_text(part, budget) for part in value), budget) + comma + ")"
    if isinstance(value, set | frozenset):
        return _text(sorted(value, key=str), budget)
    return f"<{kind_of(value)}>"


def _joined(parts: Iterator[str], budget: _Budget) -> str:
    shown = []
    for part in parts:
        shown.append(part)
        if budget.left <= 0 or len(shown) > MAX_NUMBERS or sum(map(len, shown)) > MAX_WORDS:
            rest = next(parts, None)
            return ", ".join(shown if rest is None else [*shown, "…"])
    return ", ".join(shown)


def cleaned(text: str, most: int = MAX_WORDS) -> str:
    """Return text with nothing in it but characters that can be seen, and not too many."""
    seen_only = "".join(one if one.isprintable() else " " for one in str(text)[: 4 * most])
    return seen_only if len(seen_only) <= most else f"{seen_only[: most - 1]}…"


__all__ = [
    "cleaned",
    "counterexample",
    "fields",
    "filled",
    "first_difference",
    "shown_value",
]
