"""The vocabulary of hidden checks: what is expected, and what a student reads when it is not so."""

from typing import Any, Protocol, runtime_checkable

import numpy as np

from pawmark.grading.results.outcomes import Picture

_MAX_SHOWN = 500
_MAX_DIMENSIONS = 4


@runtime_checkable
class Drawable(Protocol):
    """What can be shown as a picture."""

    def draw(self) -> Picture | None:
        """Draw it; None for what cannot be drawn."""


class CheckFailed(AssertionError):  # noqa: N818  (reads as what happened)
    """A check found a misconception.

    Attributes
    ----------
    message
        Names the misconception; the student reads it.
    got, expected
        Text that the check hands out, or None.
    picture
        What the check shows, or None.
    """

    def __init__(
        self,
        message: str,
        got: str | None = None,
        expected: str | None = None,
        picture: Drawable | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.got, self.expected, self.picture = message, got, expected, picture


def expect(
    condition: Any,
    message: str,
    got: Any = None,
    expected: Any = None,
    picture: Drawable | None = None,
) -> None:
    """Fail the check with a message unless the condition holds: of an array, all of it.

    ``got``, ``expected`` and ``picture`` are shown to the student: leave them out where they would
    hand out a hidden answer. A picture is drawn only when the check fails.
    """
    holds = np.all(condition) if isinstance(condition, np.ndarray) else condition
    if not bool(holds):
        raise CheckFailed(message, _shown(got), _shown(expected), picture)


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, np.ndarray):
        return _array_text(value)[:_MAX_SHOWN]
    return (value if isinstance(value, str) else repr(_with_short_arrays(value)))[:_MAX_SHOWN]


def _array_text(array: np.ndarray) -> str:
    """Return the beginning and the end of an array, and how it is nested where that can be shown.

    NumPy leaves out the middle of long dimensions only: of many short ones it writes everything,
    which takes hours.
    """
    flat = array if array.ndim <= _MAX_DIMENSIONS else array.reshape(-1)
    return np.array2string(flat, threshold=20, precision=4)


class _ShortArray:
    def __init__(self, array: np.ndarray) -> None:
        self.array = array

    def __repr__(self) -> str:
        return f"array({_array_text(self.array)})"


def _with_short_arrays(value: Any) -> Any:
    """Return a value in which long arrays are written short."""
    if isinstance(value, np.ndarray):
        return _ShortArray(value) if value.size > 20 else value
    if type(value) in (list, tuple):
        return type(value)(map(_with_short_arrays, value))
    if isinstance(value, dict):
        return {key: _with_short_arrays(inner) for key, inner in value.items()}
    return value


def expect_array(
    value: Any,
    shape: tuple[int | None, ...] | None = None,
    dtype: Any = None,
    name: str = "the result",
) -> np.ndarray:
    """Return the value as an array after checking None, type, shape and dtype, in this order.

    ``None`` in a shape stands for any length.
    """
    expect(value is not None, f"{name} is None: is a return statement missing?")
    expect(
        isinstance(value, np.ndarray | np.generic),
        f"{name} is not an array",
        got=type(value).__name__,
        expected="a NumPy array",
    )
    array = np.asarray(value)
    if shape is not None:
        fits = len(array.shape) == len(shape) and all(
            want is None or have == want for have, want in zip(array.shape, shape, strict=True)
        )
        expect(fits, f"{name} has the wrong shape", got=array.shape, expected=shape)
    if dtype is not None:
        right = array.dtype == np.dtype(dtype)
        expect(right, f"{name} has the wrong dtype", str(array.dtype), str(np.dtype(dtype)))
    return array


def expect_number(value: Any, name: str = "the result") -> float:
    """Return the value as a float after checking that it is one finite-or-not real number."""
    expect(value is not None, f"{name} is None: is a return statement missing?")
    single = isinstance(value, int | float | np.number) or (
        isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "iuf"
    )
    expect(
        single and not isinstance(value, bool | np.complexfloating),
        f"{name} is not a number",
        got=type(value).__name__,
        expected="one number",
    )
    try:
        return float(np.asarray(value, dtype=float).reshape(()))
    except OverflowError:
        raise CheckFailed(f"{name} is too large to be a number of this exercise") from None


def expect_close(
    got: Any, expected: Any, message: str, atol: float = 1e-6, show: bool = False
) -> None:
    """Fail unless two numbers or arrays agree to ``atol`` (NaN agrees with NaN)."""
    try:
        value = np.asarray(got)
        # NumPy would read numbers from text, and drop the imaginary part of complex ones.
        if value.dtype.kind not in "biufO":
            raise TypeError
        value = value.astype(float)
    except (TypeError, ValueError, OverflowError):
        raise CheckFailed(message, type(got).__name__, "numbers") from None
    want = np.asarray(expected, dtype=float)
    same = value.shape == want.shape and np.allclose(value, want, rtol=0, atol=atol, equal_nan=True)
    expect(same, message, *((got, expected) if show else ()))
