"""Tells an author, before any student is graded, where a specification is not sound yet.

Each function returns complaints as text; a sound specification has none. `prove` runs them all.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from pawmark.grading.boundary import wire
from pawmark.grading.checks import strata
from pawmark.grading.checks.asking import (
    Answer,
    Asking,
    ProgramAsking,
    Question,
    Raised,
    Returned,
    question_of,
    run,
)
from pawmark.grading.checks.comparing import MisfitError, fitted
from pawmark.grading.checks.grading import grade
from pawmark.grading.checks.judging import Judge, agreement
from pawmark.grading.checks.marks import in_band
from pawmark.grading.checks.naming import agrees
from pawmark.grading.checks.specification import (
    Exercise,
    OneOf,
    Raises,
    Satisfying,
    Severity,
    Stratum,
)
from pawmark.grading.checks.tolerance import MARGIN
from pawmark.grading.results.outcomes import ExerciseResult

SEEDS = range(20)


def remembering(exercise: Exercise) -> Exercise:
    """Return the exercise with a judge that decides each input once, however often it is graded.

    A proof grades hundreds of programs with the same inputs, and a judge may be slow.
    """
    judge, known = exercise.judge, dict[str, Any]()

    @functools.wraps(judge)
    def remembered(*args: Any, **kwargs: Any) -> Any:
        try:
            key = wire.digest_of(wire.encode({"args": list(args), "kwargs": kwargs}))
        except wire.WireError:  # arguments that are no plain data: a folder, say
            return judge(*args, **kwargs)
        if key not in known:
            known[key] = judge(*args, **kwargs)
        return known[key]

    return dataclasses.replace(exercise, judge=remembered)


def without_variants(exercise: Exercise) -> Exercise:
    """Return the exercise with all variants switched off: what it catches then, the judge does."""
    return dataclasses.replace(exercise, variants=(), families={})


def try_program(exercise: Exercise, program: Callable[..., Any], seed: int) -> ExerciseResult:
    """Grade a program of the author's as if a student had handed it in, for 100 points.

    No smaller counterexample is looked for: it would change no points, and take most of the time.
    """
    return grade(dataclasses.replace(exercise, shrinking=0), ProgramAsking(program), seed, 100.0)


def prove(
    exercise: Exercise, right: Mapping[str, Asking] | None = None, seeds: Iterable[int] = SEEDS
) -> list[str]:
    """Return all complaints about a specification.

    Parameters
    ----------
    exercise
        The specification.
    right
        Right answers by name, the reference solution among them: they must get full marks, and
        tell how far right results differ.
    seeds
        Seeds to try.
    """
    seeds, right = list(seeds), right or {}
    found = [*accepts(exercise, right, seeds)]
    found += separates(exercise, seeds)
    found += bands(exercise, seeds)
    found += constants(exercise, seeds[:3])
    found += tolerance(exercise, right, seeds)
    return list(dict.fromkeys(found))


def accepts(exercise: Exercise, right: Mapping[str, Asking], seeds: Iterable[int]) -> Iterator[str]:
    """Complain about right answers that do not get full marks."""
    for seed in seeds:
        for name, asking in right.items():
            for check in grade(exercise, asking, seed, 100.0).checks:
                if check.points < check.max_points:
                    shown = check.counterexample
                    yield f"{name} loses points in {check.row}: {check.message} {shown}"


def separates(exercise: Exercise, seeds: Iterable[int] = SEEDS) -> Iterator[str]:
    """Complain about variants that the drawn inputs do not tell apart, or not from the judge.

    Every seed must separate every pair, of two families or none. Variants that are equal on all
    inputs of all seeds are one misconception. One that ends in an error on every input of a seed
    would name everybody whose code ends in that error, whatever the cause: mostly it is misspelt.
    """
    seeds, variants = list(seeds), list(exercise.variants)
    equal: dict[tuple[str, str], list[int]] = {}
    unseen: dict[str, list[int]] = {}
    raising: dict[str, Raised] = {}
    for seed in seeds:
        asked = questions(exercise, seed)
        judge = Judge(exercise)
        outcomes = {v.name: [run(v.program, q.input) for _, q in asked] for v in variants}
        for variant in variants:
            pairs = zip(asked, outcomes[variant.name], strict=True)
            if all(judge.decide(stratum, q, outcome).right for (stratum, q), outcome in pairs):
                unseen.setdefault(variant.name, []).append(seed)
            errors = [found for found in outcomes[variant.name] if isinstance(found, Raised)]
            if len(errors) == len(asked):
                raising.setdefault(variant.name, errors[0])
        for one, other in combinations(variants, 2):
            same_family = one.family is not None and one.family == other.family
            if not same_family and _all_agree(exercise, outcomes[one.name], outcomes[other.name]):
                equal.setdefault((one.name, other.name), []).append(seed)
    for name, error in raising.items():
        yield f"the variant {name!r} raises on every input ({error.kind}: {error.message})"
    for name, missed in unseen.items():
        yield f"the variant {name!r} is right on all inputs of the seeds {missed}"
    for (first, second), missed in equal.items():
        if len(missed) == len(seeds):
            yield f"the variants {first!r} and {second!r} are equal everywhere: they are one"
        else:
            yield f"the variants {first!r} and {second!r} are equal on all inputs of seeds {missed}"


def questions(exercise: Exercise, seed: int) -> list[tuple[Stratum, Question]]:
    """Return what a run with this seed asks."""
    return [
        (stratum, question_of(exercise, given))
        for stratum in exercise.strata
        for given in strata.draw(stratum, seed)
    ]


def _all_agree(
    exercise: Exercise, ones: Sequence[Returned | Raised], others: Sequence[Returned | Raised]
) -> bool:
    return all(agrees(exercise, one, other) for one, other in zip(ones, others, strict=True))


def bands(exercise: Exercise, seeds: Iterable[int] = SEEDS) -> Iterator[str]:
    """Complain about variants that keep more or less than their severity says, or a false name."""
    for variant in exercise.variants:
        for seed in seeds:
            result = try_program(exercise, variant.program, seed)
            wrong = in_band(variant.severity, result.points, result.max_points)
            if wrong:
                yield f"the variant {variant.name!r} {wrong} (seed {seed}: {_rows(result)})"
                break
            named = {check.misconception.rpartition(".")[2] for check in result.checks} - {""}
            if not named & {variant.name, variant.family}:
                said = f"is named {sorted(named)}" if named else "is not named"
                yield f"the variant {variant.name!r} {said} (seed {seed})"
                break


def _rows(result: ExerciseResult) -> str:
    parts = [
        f"{part.name!r} {'right' if part.right else 'wrong'}"
        for check in result.checks
        for part in check.parts
    ]
    return ", ".join(parts)


def constants(exercise: Exercise, seeds: Iterable[int]) -> Iterator[str]:
    """Complain if a program that does nothing keeps more than a fatally wrong one may."""
    values: list[Any] = [None, 0, 1, -1, True, 0.5, float("nan"), 5e-324, "", (), [], {}]
    programs = {repr(value): _constant(value) for value in values}
    programs["its first argument"] = lambda first=None, *args, **kwargs: first
    programs["zeros"] = lambda first=0, *args, **kwargs: np.zeros_like(_array(first))
    programs["an empty array"] = lambda *args, **kwargs: np.zeros(0)
    for name, program in programs.items():
        for seed in seeds:
            result = try_program(exercise, program, seed)
            wrong = in_band(Severity.FATAL, result.points, result.max_points)
            if wrong:
                yield f"whoever returns {name} {wrong} (seed {seed}: {_rows(result)})"
                break


def _constant(value: Any) -> Callable[..., Any]:
    return lambda *args, **kwargs: value


def _array(value: Any) -> np.ndarray:
    return value if isinstance(value, np.ndarray) else np.zeros(1)


def tolerance(
    exercise: Exercise, right: Mapping[str, Asking], seeds: Iterable[int] = SEEDS
) -> Iterator[str]:
    """Complain unless the bound lies well between right results and the nearest variant.

    Right results must stay within a tenth of the bound, and each variant must leave it by ten
    times on some input of every seed.
    """
    seeds = list(seeds)
    largest, who = 0.0, ""
    for name, asking in right.items():
        for seed in seeds:
            largest, who = max((largest, who), (deviation(exercise, asking, seed), name))
    nearest, which = np.inf, ""
    for variant in exercise.variants:
        program = ProgramAsking(variant.program)
        found = min(deviation(exercise, program, seed) for seed in seeds)
        nearest, which = min((nearest, which), (found, variant.name))
    if largest > 1 / MARGIN:
        yield (
            f"the tolerance is too narrow: {who} deviates by {largest:.3g} of it, and a tenth is "
            f"allowed (the nearest variant, {which or 'none'}, by {nearest:.3g})"
        )
    if 0 < nearest < MARGIN:
        yield (
            f"the tolerance is too wide: the variant {which!r} deviates by {nearest:.3g} of it, "
            f"and ten times is asked for (right results by {largest:.3g})"
        )


def deviation(exercise: Exercise, asking: Asking, seed: int) -> float:
    """Return by how much of the bound some answers deviate from the judge at most."""
    judge, asked = Judge(exercise), [question for _, question in questions(exercise, seed)]
    answers = asking.ask(asked)
    found = (
        _deviation(exercise, answer, judge.expected(question))
        for question, answer in zip(asked, answers, strict=True)
    )
    return max(found, default=0.0)


def _deviation(exercise: Exercise, answer: Answer, expected: Any) -> float:
    if isinstance(expected, Raises | OneOf | Satisfying):
        return 0.0
    if not isinstance(answer, Returned):
        return np.inf
    if exercise.canonical is not None and agreement(exercise, answer.value, expected)[0]:
        return 0.0
    try:
        return exercise.same.deviation(fitted(answer.value, expected), expected)
    except MisfitError:
        return np.inf


__all__ = [
    "SEEDS",
    "accepts",
    "bands",
    "constants",
    "deviation",
    "prove",
    "questions",
    "remembering",
    "separates",
    "tolerance",
    "try_program",
    "without_variants",
]
