"""How far numbers may differ, and whether such a bound is a sound one.

A bound is sound when it lies well between two things that can be measured: at least ten times the
largest deviation among right programs, and at most a tenth of that of the nearest variant.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pawmark.grading.checks.comparing import MisfitError, fitted, leaves

MARGIN = 10.0


@dataclass(frozen=True)
class Closeness:
    """Numbers with a fraction agree up to ``atol + rtol * abs(expected)``; NaN agrees with NaN.

    Whole numbers, truth values and text must be the same whatever the bound: the judge returns a
    float where the result is one.
    """

    atol: float
    rtol: float

    def agree(self, got: Any, expected: Any) -> bool:
        """Tell whether an answer, brought into the form of the expected value, agrees with it."""
        try:
            return self.deviation(fitted(got, expected), expected) <= 1.0
        except MisfitError:
            return False

    def deviation(self, got: Any, expected: Any) -> float:
        """Return the largest deviation as a multiple of the bound.

        It is 0 when both are equal, at most 1 when the answer is right, and infinite where they
        must be the same and are not.
        """
        found = [_leaf(self, one, other) for one, other in leaves(got, expected)]
        return max(found, default=0.0)


exact = Closeness(0.0, 0.0)


def close(atol: float = 0.0, rtol: float = 0.0) -> Closeness:
    """Return the bound ``atol + rtol * abs(expected)`` on the difference of numbers."""
    return Closeness(atol, rtol)


def _leaf(bound: Closeness, got: Any, expected: Any) -> float:
    if not isinstance(expected, np.ndarray | float | complex | np.inexact):
        return 0.0 if _equal(got, expected) else np.inf
    want = np.asarray(expected)
    if want.dtype.kind not in "fc":
        return 0.0 if np.array_equal(got, want) else np.inf
    return _farthest(bound, got, want)


def _equal(got: Any, expected: Any) -> bool:
    return bool(got == expected)


def _farthest(bound: Closeness, got: Any, want: np.ndarray) -> float:
    kind = complex if want.dtype.kind == "c" else float
    try:
        have = np.asarray(got, dtype=kind)
    except OverflowError:  # a whole number beyond all floats
        return np.inf
    with np.errstate(all="ignore"):
        want = want.astype(kind)
        apart = np.abs(have - want)
        allowed = bound.atol + bound.rtol * np.abs(want)
        ratio = np.where(apart == 0, 0.0, apart / allowed)
    same = (have == want) | (np.isnan(have) & np.isnan(want))
    ratio = np.where(same, 0.0, np.where(np.isfinite(have) & np.isfinite(want), ratio, np.inf))
    return float(ratio.max(initial=0.0))
