"""Exercises whose answer is a network, compared as a function with one of the author's.

The author's network and its wrong relatives run in the clean process (`pawmark.vision.clean`), the
student's beside the student's code. Both are put the same questions, by `pawmark.vision.probing`.
"""

import builtins
import dataclasses
import functools
import inspect
import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pawmark.errors import CourseError
from pawmark.grading.checks import strata
from pawmark.grading.checks.specification import (
    Contract,
    Exercise,
    Input,
    Inside,
    Remark,
    Stratum,
    Variant,
    call,
    raises,
)
from pawmark.grading.checks.tolerance import Closeness
from pawmark.vision import clean, probing

_ASKED = "pawmark.vision.probing:network"
_FALSE_ALARM = 1e-10
_TRIES = 100  # questions to be drawn for one that is accepted
_BUILT = 8  # networks that the clean process keeps


def asks(
    kind: str,
    draw: Callable[[np.random.Generator], Mapping[str, Any]],
    shape: Callable[..., Sequence[int]],
    *,
    batch: int = 2,
    images: str = "noise",
    weights: str = "mixed",
    gain: float = 1.0,
    vectors: tuple[float, float] = (-0.2, 0.4),
    ranks: int = 0,
    accepted: Callable[[Mapping[str, Any], Mapping[str, Any]], bool] | None = None,
) -> Any:
    """Return a strategy of questions about networks.

    Parameters
    ----------
    kind
        What is looked at, see `probing.probe`: "run", "train", "averages", "step", "start",
        "apart", "copies", "shape", and where there is a recipe "as it is", "value" and "values".
    draw
        Called with random numbers; returns what the network is built with, by name.
    shape
        Called with what was drawn, by name; returns (height, width, channels) of the images.
    batch
        How many images.
    images
        "noise" of values from 0 to 255, "black", or "maps": feature maps around 0.
    weights
        "mixed", or "positive": with these and positive vectors, a relu makes no difference.
    gain
        By how much kernels are larger than those that keep the size of a signal.
    vectors
        The smallest and largest number in a vector: biases, and what normalisations have. Where
        biases are left open, (0, 0) makes a network with them compute what one without does.
    ranks
        The rank of the arrays that "step" looks at, or more: 2 leaves vectors out.
    accepted
        Called with what was drawn and with the question (see `probing.probe`); returns whether to
        ask it, or to draw another. It has to be quick: most questions that are drawn are not asked.
    """

    def asked_of(given: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        return {
            "kind": kind,
            "seed": int(rng.integers(2**31)),
            "shape": [int(n) for n in shape(**given)],
            "batch": batch,
            "images": images,
            "weights": weights,
            "gain": gain,
            "vectors": list(vectors),
            "ranks": ranks,
        }

    def build(rng: np.random.Generator) -> Input:
        for _ in range(_TRIES):
            given = dict(draw(rng))
            asked = asked_of(given, rng)
            if accepted is None or accepted(given, asked):
                return call(given=given, asked=asked)
        raise CourseError(f"None of {_TRIES} questions of the kind {kind!r} was accepted.")

    return strata.inputs(build)


def network(
    name: str,
    *,
    function: str,
    build: str,
    judge: Callable[..., Any],
    strata: Sequence[Stratum],
    variants: Sequence[Variant] = (),
    recipe: Callable[..., Any] | None = None,
    starts: str = "any",
    same: Closeness | None = None,
    families: Mapping[str, str] | None = None,
    remarks: Sequence[Remark] = (),
    contract: Contract | None = None,
    seconds: float = 30.0,
) -> Exercise:
    """Specify an exercise whose answer is a network.

    Parameters
    ----------
    name, function, strata, families, remarks, contract, seconds
        As for an `Exercise`; the strategies of the strata come from `asks`.
    build
        The expression that builds the network in the student's notebook, with what was drawn by its
        name: ``"get_model(size, classes)"``. For a block, ``"block(shape, lambda x: f(x, 8))"``.
    judge
        Called with what was drawn, in the clean process; returns the right network. Imports Keras
        inside. An error that it raises is the right result. With a recipe it gets the ``model``,
        and for "value" the ``images``, too.
    variants
        Wrong networks, built like the right one.
    recipe
        A function that builds the model which the student's function is given, by the name
        ``model``, beside ``images``; its source runs beside the student's code, so it imports what
        it needs and holds no answer. Its numbers are drawn; judge and variants get the model.
    starts
        What kernels start with: "any" random numbers, or the "default" ones of Keras.
    same
        How far numbers may differ.
    """
    path = Path(inspect.getfile(judge)).resolve()
    source = None if recipe is None else inspect.getsource(recipe)

    def program(who: str, raw: Callable[..., Any]) -> _Program:
        return _Program(str(path), name, who, source, raw)

    def asked(given: Input) -> Inside:
        own = {"build": build, "recipe": source} if source else {"build": build}
        return Inside(_ASKED, {**own, **given.kwargs})

    return Exercise(
        name,
        function,
        program("", judge),
        strata,
        [dataclasses.replace(v, program=program(v.name, v.program)) for v in variants],
        same=same or Closeness(1e-4, 1e-4),
        contract=contract,
        canonical=functools.partial(_form, starts),
        families=families or {},
        remarks=remarks,
        seconds=seconds,
        shrinking=0,
        asked=asked,
        shared=True,
        shows_numbers=False,
    )


@dataclasses.dataclass(frozen=True)
class _Program:
    """The author's network or a wrong one, asked in the clean process.

    Attributes
    ----------
    path, exercise
        The module of checks, and the name of the exercise in it.
    who
        The name of a variant; empty for the judge.
    recipe
        Source of what builds the model that it is given.
    build
        What builds it.
    """

    path: str
    exercise: str
    who: str
    recipe: str | None
    build: Callable[..., Any]

    def __call__(self, given: dict[str, Any], asked: dict[str, Any]) -> Any:
        """Return what comes of a probe."""
        try:
            return clean.compute_for(
                Path(self.path), answer, self.path, self.exercise, self.who, given, asked
            )
        except clean.RaisedThereError as error:
            kind = _error_of(error.kinds)
            if self.who:
                raise _of_name(error.kinds[0], kind)(error.text) from error
            if "NotImplementedError" in error.kinds or kind is Exception:
                raise CourseError(f"{self.exercise}: the judge raised {error}") from error
            return raises(kind)


def _error_of(kinds: Sequence[str]) -> type[Exception]:
    for kind in kinds:
        found = getattr(builtins, kind, None)
        if isinstance(found, type) and issubclass(found, Exception):
            return found
    return Exception


def _of_name(name: str, kind: type[Exception]) -> type[Exception]:
    """Return an error class of a name, which alone tells those of libraries apart."""
    return kind if kind.__name__ == name else type(name, (kind,), {})


def answer(path: str, exercise: str, who: str, given: dict[str, Any], asked: dict[str, Any]) -> Any:
    """Build the network of a module's exercise and probe it; runs in the clean process."""
    program = _found(path, exercise, who)
    if program.recipe is not None:
        images = {} if asked["kind"] == "as it is" else {"images": probing.images(asked)}

        def use(model: Any) -> Any:
            return program.build(model=model, **images, **given)

        return probing.probe_given(use, program.recipe, given, asked)
    if asked["kind"] in probing.AFRESH:
        return probing.probe(lambda: program.build(**given), asked)
    return probing.probe(lambda: _kept(path, exercise, who, json.dumps(given)), asked)


@functools.lru_cache(maxsize=_BUILT)
def _kept(path: str, exercise: str, who: str, given: str) -> Any:
    """Return a network that was built before: to build one takes longer than to ask it."""
    return _found(path, exercise, who).build(**json.loads(given))


def _found(path: str, exercise: str, who: str) -> _Program:
    from pawmark.vision.clean_worker import module_of

    for value in vars(module_of(Path(path))).values():
        if isinstance(value, Exercise) and value.name == exercise:
            programs = {variant.name: variant.program for variant in value.variants}
            return programs[who] if who else value.judge  # type: ignore[return-value]
    raise CourseError(f"{path} holds no exercise {exercise!r}.")


def _form(starts: str, value: Any) -> Any:
    """Bring what came of a probe into the form in which it is compared."""
    if not isinstance(value, dict):
        return value
    if "start" in value:
        return _start_form(value["start"], starts)
    if "moves" in value:
        return _moves_form(value["moves"])
    if "averages" in value:
        return _changes_form(value["averages"])
    outputs = value["twice"] if "twice" in value else value["copies"]
    parts = outputs if isinstance(outputs, list) else [outputs]
    same = all(np.allclose(part[0], part[1], rtol=1e-3, atol=1e-5) for part in parts)
    return {
        "each time": "the same" if same else "another",
        "outputs": [part[0] if same else np.zeros_like(part[0]) for part in parts],
        **_changes_form(value.get("changed", {})),
    }


def _changes_form(arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    changed = _rows(arrays)
    return {
        "what it changes": f"{len(changed)} arrays",
        "numbers": np.concatenate([np.zeros(0, "float32"), *changed]),
    }


def _start_form(arrays: dict[str, np.ndarray], starts: str) -> dict[str, Any]:
    rows = [(shape, row) for shape in sorted(arrays) for row in arrays[shape]]
    count = sum(math.prod(_sizes(shape)) for shape, _ in rows)
    kinds = sorted(f"{shape}: {_kind(_sizes(shape), row, starts)}" for shape, row in rows)
    return {
        "arrays": f"{count:,} numbers in {len(rows)} arrays",
        "shapes": " ".join(shape.replace(" ", "") for shape, _ in rows),
        "kinds": ", ".join(kinds),
    }


def _sizes(shape: str) -> tuple[int, ...]:
    return tuple(int(n) for n in shape.split(" x ")) if shape[:1].isdigit() else ()


def _kind(shape: tuple[int, ...], sample: np.ndarray, starts: str) -> str:
    """Say with what an array starts; the chance to mistake what Keras draws is below 1e-9."""
    values = np.asarray(sample, dtype=float).ravel()
    for words, number in (("zeros", 0.0), ("ones", 1.0)):
        if values.size and bool((values == number).all()):
            return words
    if len(shape) < 2 or values.size < 2 or not np.isfinite(values).all() or np.ptp(values) == 0:
        return "other numbers"
    field = math.prod(shape[:-2])
    limit = math.sqrt(6 / (field * (shape[-2] + shape[-1])))
    spread = values.std() / (limit / math.sqrt(3))
    if starts == "default":
        wide = np.abs(values).max() >= limit * _FALSE_ALARM ** (1 / values.size)
        near = abs(spread - 1) <= 4 / math.sqrt(values.size)
        within = np.abs(values).max() <= limit * (1 + 1e-5)
        return "Keras' default" if within and wide and near else "other random numbers"
    return "random numbers" if 0.02 < spread < 50 else "random numbers of an odd size"


def _moves_form(moves: dict[str, np.ndarray]) -> dict[str, Any]:
    rows = _rows(moves)
    moving = sum(bool(np.any(row)) for row in rows)
    return {
        "what moves": f"{moving} of {len(rows)} arrays",
        "numbers": np.concatenate([np.zeros(0, "float32"), *rows]),
    }


def _rows(arrays: dict[str, np.ndarray]) -> list[np.ndarray]:
    """Return the arrays of one shape in an order of their own: which is which, nobody need know."""
    return [
        row
        for shape in sorted(arrays)
        for row in sorted(arrays[shape], key=lambda one: float(np.sum(one, dtype=float)))
    ]


def in_clean_process(judge: Callable[..., Any]) -> Callable[..., Any]:
    """Return a judge or variant whose function runs in the clean process.

    The function is one on the top level of its module, and gets and returns plain data.
    """

    @functools.wraps(judge)
    def computed(*args: Any, **kwargs: Any) -> Any:
        try:
            return clean.compute(judge, *args, **kwargs)
        except clean.RaisedThereError as error:
            raise _error_of(error.kinds)(error.text) from error

    return computed


__all__ = ["answer", "asks", "in_clean_process", "network"]
