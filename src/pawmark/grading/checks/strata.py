"""Draws the inputs of an exercise from its seed, and looks for smaller ones after a refusal.

Hypothesis draws and shrinks, without a database of examples: the same seed and the same version of
Hypothesis give the same inputs.
"""

import contextlib
import functools
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import hypothesis
import numpy as np
from hypothesis import HealthCheck, Phase, Verbosity, core, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.internal.conjecture import providers
from hypothesis.internal.entropy import deterministic_PRNG

from pawmark.errors import CourseError
from pawmark.grading.checks.asking import key_of
from pawmark.grading.checks.specification import Input, Stratum

# The number counts the ways in which inputs were chosen from what Hypothesis draws.
DRAWN_BY = f"hypothesis {hypothesis.__version__}, 2"
# With more at once, Hypothesis would make most of them by changing parts of earlier ones: equal
# sides, and the same numbers again.
_AT_ONCE = 10
_MAX_TRIES = 1000  # of the shrinker, most of which are inputs that it has seen


class _Enough(BaseException):
    pass


def _draw_from_the_seed_alone() -> None:
    """Keep Hypothesis from drawing numbers and texts that stand in loaded modules.

    It does so now and then, and has no setting for it: what is asked would hang on what else a
    process has loaded, so that two graders would ask a student different things.
    """
    if hasattr(providers, "_get_local_constants"):  # versions from 6.131 on
        from hypothesis.internal.constants_ast import Constants

        none = Constants()
        providers._get_local_constants = lambda: none
        providers.CONSTANTS_CACHE.cache.clear()


_draw_from_the_seed_alone()


@contextlib.contextmanager
def _generators_set_once() -> Iterator[None]:
    """Set the generators that all share once, and not again for every input.

    Hypothesis does the latter, for strategies that draw from them. It takes longer than to draw
    most of the inputs; as many as one search draws follow from one setting just as well.
    """
    with deterministic_PRNG():
        names, name = vars(core), deterministic_PRNG.__name__
        kept = names[name]
        names[name] = contextlib.nullcontext
        try:
            yield
        finally:
            names[name] = kept


def inputs(build: Callable[..., Any], **parts: Any) -> Any:
    """Return a strategy of inputs that a function builds from random numbers and some parts.

    Parameters
    ----------
    build
        Called with a `numpy.random.Generator` and the parts; returns the tuple of arguments.
    parts
        Strategies of sizes and the like. A counterexample becomes smaller in these, so leave to
        the random numbers what only fills: ``inputs(mask, height=st.integers(1, 12))``.
    """

    def built(seed: int, **drawn: Any) -> Any:
        return build(np.random.default_rng(seed), **drawn)

    return st.builds(built, seed=st.integers(0, 2**63 - 1), **parts)


@functools.lru_cache(maxsize=512)
def draw(stratum: Stratum, seed: int) -> tuple[Input, ...]:
    """Return the inputs of a stratum, all different: the simplest one, then any."""
    pool: dict[str, Input] = {}

    def keep(drawn: Any) -> bool:
        one = _input(drawn, stratum.name)
        pool.setdefault(key_of(one), one)
        if len(pool) > stratum.count:
            raise _Enough
        return False

    for turn in range(_turns(stratum)):
        if _search(stratum, seed, turn, keep):
            break
    if not pool:
        raise CourseError(f"The strategy of the stratum {stratum.name!r} draws no input.")
    found = tuple(pool.values())
    return found[:1] + found[1:][-(stratum.count - 1) :] if stratum.count > 1 else found[-1:]


def smaller(
    stratum: Stratum, seed: int, refused: Callable[[Input], bool], is_over: Callable[[], bool]
) -> None:
    """Let Hypothesis look for smaller inputs of a stratum that are refused.

    Parameters
    ----------
    stratum, seed
        As for `draw`.
    refused
        Called with each input that it tries; keeps the smallest.
    is_over
        Tells whether to stop.
    """
    tries = 0

    def is_refused(drawn: Any) -> bool:
        nonlocal tries
        tries += 1
        if tries > _MAX_TRIES or is_over():
            raise _Enough
        return refused(_input(drawn, stratum.name))

    for turn in range(_turns(stratum)):
        if _search(stratum, seed, turn, is_refused):
            break


def twin(given: Input, others: Sequence[Input]) -> Input | None:
    """Return another input with arrays of the same shapes, or None.

    One of `others` where there is one, otherwise the same input with its arrays the other way
    round along their first axis.
    """
    if not any(isinstance(value, np.ndarray) for value in _values(given)):
        return None
    alike = [one for one in others if _form(_values(one)) == _form(_values(given))]
    turned = Input(
        tuple(map(_turned, given.args)), {name: _turned(v) for name, v in given.kwargs.items()}
    )
    found = [one for one in (*reversed(alike), turned) if key_of(one) != key_of(given)]
    return found[0] if found else None


def _values(given: Input) -> tuple[Any, ...]:
    return (*given.args, *given.kwargs.values())


def _form(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str
    if isinstance(value, list | tuple):
        return type(value), tuple(map(_form, value))
    return type(value)


def _turned(value: Any) -> Any:
    return value[::-1].copy() if isinstance(value, np.ndarray) and value.ndim else value


def _turns(stratum: Stratum) -> int:
    return 2 + 2 * stratum.count // _AT_ONCE


def _search(stratum: Stratum, seed: int, turn: int, condition: Callable[[Any], bool]) -> bool:
    """Let Hypothesis look for an input; tell whether it found one, or was stopped."""
    rules = settings(
        max_examples=_AT_ONCE,
        phases=(Phase.generate, Phase.shrink),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    numbers = random.Random(f"{seed}, {stratum.name}, {turn}")
    with _generators_set_once():
        try:
            find(stratum.strategy, condition, settings=rules, random=numbers)
        except NoSuchExample:
            return False
        except _Enough:
            pass
    return True


def _input(drawn: Any, stratum: str) -> Input:
    if isinstance(drawn, Input):
        return drawn
    if isinstance(drawn, tuple):
        return Input(drawn)
    raise CourseError(
        f"The strategy of the stratum {stratum!r} drew a {type(drawn).__name__}: it should draw "
        "tuples of all arguments (or `call(...)` with keywords)."
    )


__all__ = ["DRAWN_BY", "draw", "inputs", "smaller", "twin"]
