"""Hidden checks of exercise 04-max-pool."""

import numpy as np
import pytest

from pawmark.checks import expect

from .feature_maps import distinct, pooled
from .replies import close, expect_planes, numbers


def ask_pool(student, x, **size):
    """Return what the student's max_pool makes of an array."""
    return numbers(student.call("max_pool", x, **size))


@pytest.mark.cell("04-max-pool", points=1)
def test_pool_takes_the_largest_of_each_window(student, rng):
    """Each output is the largest value of its window."""
    x = distinct(rng, 6, 10, 1)

    got = ask_pool(student, x)

    expect_planes(got, pooled(x, 2))
    expect(not close(got, pooled(x, 2, np.mean)), "this is the mean of each window: pool the max")
    expect(not close(got, pooled(x, 2, np.min)), "this is the smallest value of each window")
    expect(close(got, pooled(x, 2)), "these are not the largest values of windows of 2 x 2")


@pytest.mark.cell("04-max-pool", points=1)
def test_pool_of_negative_values(student, rng):
    """Windows of negative values keep their largest one."""
    x = -distinct(rng, 6, 8, 1)

    got = ask_pool(student, x)

    expect(
        not (got >= 0).any(),
        "a window that holds only negative values gives 0 or more: the largest of them is "
        "negative, so do not start from zero",
    )
    expect(
        not close(got, pooled(x, 2, np.min)),
        "of negative numbers the largest is the one nearest to 0, not the one farthest from it",
    )


@pytest.mark.cell("04-max-pool", points=1)
def test_pool_keeps_channels_apart(student, rng):
    """Each channel is pooled by itself."""
    x = distinct(rng, 4, 6, 3)
    # The first channel holds the largest values, the last the smallest.
    x = x + np.array([1000.0, 500.0, 0.0])

    got = ask_pool(student, x)

    expect(
        got.ndim == 3 and got.shape[-1] == 3,
        "the channels are gone: pooling looks at height and width, each channel by itself",
        got=got.shape,
        expected=(2, 3, 3),
    )
    expect(
        not (got[..., 1:] > 800).any(),
        "values of one channel turn up in another: pool each channel by itself",
    )
    bands = np.array([1000.0, 500.0, 0.0])
    inside = ((got > bands) & (got <= bands + x[..., 2].size * 3)).all()
    expect(inside, "the channels come out in another order, or with values that were not in them")


@pytest.mark.cell("04-max-pool", points=1)
def test_pool_drops_what_fills_no_window(student, rng):
    """A rest at the right and at the bottom falls away."""
    for height, width in ((5, 7), (6, 9), (7, 4)):
        x = distinct(rng, height, width, 2)
        whole_windows = (height // 2, width // 2)

        got = ask_pool(student, x)

        expect(
            got.shape[:2] == whole_windows,
            "a row or column that fills no window should fall away, as in Keras",
            got=got.shape[:2],
            expected=whole_windows,
        )
        # A drop at the other end shifts every window; whether it is the max has its own check.
        even = ask_pool(student, x[: height // 2 * 2, : width // 2 * 2])
        expect(close(got, even), "the windows start at the top left; the rest is at the other end")


@pytest.mark.cell("04-max-pool", points=1)
def test_pool_size_is_respected(student, rng):
    """The argument `size` sets the windows and the steps between them."""
    size = int(rng.integers(3, 5))
    x = distinct(rng, 3 * size, 4 * size, 1)
    x[size - 1 :: size, size - 1 :: size] += x.size

    got = ask_pool(student, x, size=size)

    expect(
        got.shape[:2] == (3, 4),
        f"an array of {3 * size} x {4 * size} holds 3 x 4 windows of size {size} side by side: "
        "is `size` used for the window and for the step?",
        got=got.shape[:2],
        expected=(3, 4),
    )
    # For a constant in each window every kind of pooling gives that constant.
    flat = np.kron(distinct(rng, 3, 4), np.ones((size, size)))[..., None]
    constant = ask_pool(student, flat, size=size)
    corners = x.reshape(3, size, 4, size, 1)[:, :2, :, :2].max(axis=(1, 3))
    expect(
        close(constant, pooled(flat, size)) and not close(got, corners),
        f"windows of size {size} overlap, or leave values out: each should begin where the one "
        "before it ends, and be as large as the step",
    )
