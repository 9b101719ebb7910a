"""Hidden checks of 04-collision: two pictures that max pooling cannot tell apart.

There is no input, and any pair with these properties is right.
"""

import numpy as np

from pawmark.checks import Item, Items

from .feature_maps import pooled

DIFFERENT = 1e-6  # what differs by less may be rounding


def faults(value):
    """Return the two pictures as floats, and what is wrong with their form, or None."""
    if value is None:
        return None, "collision returned None: did you forget `return`?"
    if isinstance(value, np.ndarray) and value.ndim >= 3 and len(value) == 2:
        value = list(value)
    if not isinstance(value, tuple | list) or len(value) != 2:
        return None, "return two arrays: `return a, b`"
    planes = []
    for one in value:
        try:
            array = np.asarray(one)
        except ValueError:
            array = np.array("ragged")
        if array.dtype.kind not in "biuf":
            return None, "an array of collision is not an array of numbers"
        if array.ndim != 3:
            return None, (
                "an array of collision should have three axes: height, width, channels. Here is "
                f"one of shape {array.shape}"
            )
        planes.append(array.astype(float))
    return planes, form(*planes)


def form(a, b):
    """Say what is wrong with two arrays of three axes, or None."""
    if a.shape != b.shape:
        return (
            f"the two arrays have different shapes, {a.shape} and {b.shape}: pictures of one size "
            "can be confused, others not"
        )
    if not a.shape[2] or min(a.shape[:2]) < 2 or a.shape[0] % 2 or a.shape[1] % 2:
        return (
            "height and width should be even and not 0, so that every value lies in a window. "
            f"Here they are {a.shape[0]} and {a.shape[1]}"
        )
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return "the arrays hold values that are not finite numbers: a nan differs even from itself"
    return None


def different(value):
    """Accept two pictures of one shape that differ."""
    planes, fault = faults(value)
    if fault:
        return fault
    if np.abs(planes[0] - planes[1]).max() <= DIFFERENT:
        return "the two arrays hold the same numbers: a collision needs two pictures"
    return True


def colliding(value):
    """Accept pictures that differ, and of which max pooling makes the same."""
    found = different(value)
    if found is not True:
        return found
    a, b = (pooled(one, 2) for one in faults(value)[0])
    if not np.array_equal(a, b):
        return (
            "max pooling with windows of 2 x 2 tells these two apart: some window has another "
            "maximum"
        )
    return True


exercise = Items(
    "04-collision",
    function="collision",
    items=[
        Item("two pictures of one shape that differ", different),
        Item("two that max pooling cannot tell apart", colliding, points=4),
    ],
)
