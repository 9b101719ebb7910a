"""Reading what comes back from the student's functions."""

import numpy as np

from pawmark.checks import expect, expect_array


def numbers(value, name, shape=None):
    """Return an array of finite numbers as floats, or fail the check readably."""
    if isinstance(value, list | tuple | int | float) and not isinstance(value, bool):
        value = as_numbers(value)
    array = expect_array(value, shape=shape, name=name)
    expect(array.dtype.kind in "biuf", f"{name} should hold numbers", got=str(array.dtype))
    array = array.astype(float)
    expect(np.isfinite(array).all(), f"{name} holds values that are not finite numbers")
    return array


def as_numbers(values):
    """Return an array of floats from nested lists; None for anything else."""
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError, OverflowError):
        return None


def close(got, expected, tolerance=5e-3):
    """Say whether two arrays agree, up to a part of the largest expected value."""
    if got.shape != expected.shape:
        return False
    scale = max(float(np.abs(expected).max(initial=0)), 1e-6)
    return bool(np.abs(got - expected).max(initial=0) <= tolerance * scale)


def plain_shape(shape):
    """Return a shape as a tuple; an empty one for anything but integers and None."""
    plain = isinstance(shape, tuple | list) and all(n is None or type(n) is int for n in shape)
    return tuple(shape) if plain else ()
