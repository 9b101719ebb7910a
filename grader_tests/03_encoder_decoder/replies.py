"""Reading what comes back from the student's functions."""

from pawmark.checks import expect, expect_array


def numbers(value, name, shape=None):
    """Return an array of numbers, or fail the check readably."""
    array = expect_array(value, shape=shape, name=name)
    expect(array.dtype.kind in "biuf", f"{name} should hold numbers", got=str(array.dtype))
    return array
