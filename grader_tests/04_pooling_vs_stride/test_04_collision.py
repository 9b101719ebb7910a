"""Hidden checks of exercise 04-collision."""

import numpy as np
import pytest

from pawmark.checks import expect, expect_array

from .feature_maps import pooled


def pair_of(value):
    """Return the two arrays of a collision as (H, W, C) floats; nan is let through."""
    expect(value is not None, "collision returned None: did you forget `return`?")
    fits = isinstance(value, tuple | list) and len(value) == 2
    if isinstance(value, np.ndarray) and value.ndim >= 3 and len(value) == 2:
        fits, value = True, (value[0], value[1])
    expect(fits, "return two arrays: `return a, b`", got=type(value).__name__)
    planes = []
    for name, one in zip(("the first array", "the second array"), value, strict=True):
        array = expect_array(one, name=name)
        expect(array.dtype.kind in "biuf", f"{name} should hold numbers", got=str(array.dtype))
        # The wrong number of axes has a check of its own.
        planes.append(array.astype(float)[..., None] if array.ndim == 2 else array.astype(float))
    return planes


@pytest.mark.cell("04-collision", points=1)
def test_collision_gives_two_pictures(student):
    """Both arrays are pictures that max_pool takes, with nothing left over."""
    value = student.call("collision")
    planes = pair_of(value)
    for one in value:
        shape = np.shape(one)
        expect(
            len(shape) == 3,
            "an array of collision should have three axes: height, width, channels",
            got=shape,
        )
        expect(
            shape[2] > 0 and min(shape[:2]) >= 2 and shape[0] % 2 == shape[1] % 2 == 0,
            "height and width should be even and not 0, so that every value lies in a window",
            got=shape,
        )
    expect(
        planes[0].shape == planes[1].shape,
        "the two arrays have different shapes: pictures of one size can be confused, others not",
        got=(planes[0].shape, planes[1].shape),
    )
    expect(
        all(np.isfinite(one).all() for one in planes),
        "the arrays hold values that are not finite numbers: a nan differs even from itself",
    )


@pytest.mark.cell("04-collision", points=1)
def test_collision_pictures_differ(student):
    """The two pictures are different."""
    a, b = pair_of(student.call("collision"))
    # Arrays of different shapes differ, and another check asks for one shape.
    same = a.shape == b.shape and np.array_equal(a, b, equal_nan=True)
    expect(not same, "the two arrays hold the same numbers: a collision needs two pictures")


@pytest.mark.cell("04-collision", points=1)
def test_collision_pools_to_the_same(student):
    """Max pooling cannot tell the two apart."""
    planes = pair_of(student.call("collision"))
    for one in planes:
        expect(one.ndim == 3, "these arrays cannot be pooled", got=one.shape)
    a, b = (pooled(np.nan_to_num(one), 2) for one in planes)
    expect(
        a.shape == b.shape and np.array_equal(a, b),
        "max pooling with windows of 2 x 2 tells these two apart: some window has another maximum",
    )
