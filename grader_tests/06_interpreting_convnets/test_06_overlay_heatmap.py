"""Hidden checks of exercise 06-overlay-heatmap."""

import numpy as np
import pytest

from pawmark.checks import expect, expect_array

from .replies import finite


def overlay(student, image, heatmap, alpha):
    """Let the student lay a heatmap over an image."""
    return finite(
        student.call("overlay_heatmap", image, heatmap, alpha),
        "the overlay",
        shape=image.shape,
    )


def photograph(rng, height, width, dtype="float32"):
    """Draw noise with values in 0..255."""
    return rng.integers(0, 256, (height, width, 3)).astype(dtype)


BLOCK = 6  # squares of heat along a side of each quarter
PIXELS = 5  # of the image for each square of heat


def quarters(values):
    """Lay four values out as quarters (above left, above right, below left, below right)."""
    square = np.asarray(values, float).reshape(2, 2)
    return np.kron(square, np.ones((BLOCK, 2 * BLOCK)))


def middles(picture):
    """Return the middle of each quarter: no way of enlarging blurs it."""
    height, width = np.shape(picture)[:2]
    return [
        picture[
            int((r + 0.35) * height / 2) : int((r + 0.65) * height / 2),
            int((c + 0.35) * width / 2) : int((c + 0.65) * width / 2),
        ]
        for r in (0, 1)
        for c in (0, 1)
    ]


def size_of_overlay():
    """Return height and width of an image for the heatmap of `quarters`."""
    return 2 * BLOCK * PIXELS, 4 * BLOCK * PIXELS


def colours(student, image, values):
    """Return the mean colour of each quarter, half as strong as it can be."""
    laid = overlay(student, image, quarters(values), 0.5)
    return np.array([part.mean(axis=(0, 1)) for part in middles(laid)])


def dark_photograph(rng):
    """Draw an image to which colours can be added without end."""
    return rng.integers(0, 40, (*size_of_overlay(), 3)).astype("float32")


@pytest.mark.cell("06-overlay-heatmap", points=0.5)
def test_overlay_is_an_image(student, rng):
    """The overlay is an image of bytes, as large as the photograph, whatever its type."""
    for dtype in ("float32", "uint8"):
        image = photograph(rng, 37, 53, dtype)
        expect_array(
            student.call("overlay_heatmap", image, rng.random((4, 6)), 0.4),
            shape=image.shape,
            dtype="uint8",
            name="the overlay",
        )


@pytest.mark.cell("06-overlay-heatmap", points=0.5)
def test_alpha_zero_is_the_image(student, rng):
    """At alpha 0 the photograph is unchanged."""
    for dtype in ("float32", "uint8"):
        image = photograph(rng, 30, 44, dtype)
        laid = overlay(student, image, rng.random((5, 7)), 0.0)

        again = overlay(student, photograph(rng, 30, 44), np.ones((5, 7)), 0.0)
        expect(
            np.ptp(again, axis=(0, 1)).max() > 3,
            "at alpha 0 nothing is left of the image: alpha is the part of the colours",
        )
        expect(
            np.allclose(laid, image, rtol=0, atol=1.01),
            "at alpha 0 the image should be unchanged",
        )


@pytest.mark.cell("06-overlay-heatmap", points=0.75)
def test_alpha_one_is_heat_alone(student, rng):
    """At alpha 1 only the colours of the heatmap are left."""
    heat = rng.random((5, 7))
    first, second = photograph(rng, 30, 44), photograph(rng, 30, 44)

    laid = [overlay(student, image, heat, 1.0) for image in (first, second)]

    expect(
        not np.allclose(laid[0], first, rtol=0, atol=2),
        "at alpha 1 the image is unchanged: alpha is the part of the colours",
    )
    expect(
        laid[0].max() > 2,
        "at alpha 1 the overlay is nearly black: Matplotlib's colours run from 0 to 1, and the "
        "image from 0 to 255",
    )
    expect(
        np.allclose(*laid, rtol=0, atol=1.01),
        "at alpha 1 the image still shows through: the colours alone should be left, in hot and in "
        "cold places",
    )


@pytest.mark.cell("06-overlay-heatmap", points=0.5)
def test_alpha_mixes(student, rng):
    """Between 0 and 1 image and colours are mixed in proportion."""
    image, heat = photograph(rng, 30, 44), rng.random((5, 7))
    none, full = (overlay(student, image, heat, alpha) for alpha in (0.0, 1.0))
    expect(np.abs(full - none).max() > 10, "alpha changes nothing")
    for alpha in (float(rng.uniform(0.2, 0.35)), float(rng.uniform(0.6, 0.8))):
        laid = overlay(student, image, heat, alpha)

        expect(
            np.allclose(laid, (1 - alpha) * none + alpha * full, rtol=0, atol=2.5),
            "between alpha 0 and 1 the overlay is not the mixture of image and colours: alpha "
            "parts of the colours, and 1 - alpha parts of the image",
        )


@pytest.mark.cell("06-overlay-heatmap", points=1)
def test_heat_lies_where_it_belongs(student, rng):
    """The heatmap is enlarged to the image, each square to its place."""
    image = dark_photograph(rng)
    for hot in range(4):
        # Half as strong as it can be: how alpha is meant has checks of its own.
        mean_colours = colours(student, image, np.arange(4) == hot)
        cold = np.median(mean_colours, axis=0)
        changed = [bool(np.abs(colour - cold).max() > 8) for colour in mean_colours]

        expect(
            sum(changed) > 0,
            "one hot quarter of the heatmap cannot be seen in the overlay",
        )
        expect(
            sum(changed) == 1,
            "one hot quarter of the heatmap is seen in more than a quarter of the overlay: enlarge "
            "the heatmap to the size of the image",
        )
        expect(
            changed.index(True) == hot,
            "the heat lies in another place than in the heatmap: are height and width, or rows and "
            "columns, exchanged?",
        )


@pytest.mark.cell("06-overlay-heatmap", points=0.75)
def test_same_heat_has_the_same_colour(student, rng):
    """The colour of a value does not depend on the other values of the heatmap."""
    value = float(rng.uniform(0.45, 0.55))
    alone = [[value, value, value, value], [value, 0.2, 0.3, 0.4], [value, 0.0, 0.7, 1.0]]

    image = dark_photograph(rng)
    seen = np.array([colours(student, image, values)[0] for values in alone])

    expect(
        np.ptp(seen, axis=0).max() < 4,
        "the same heat has different colours in two heatmaps: the values are stretched once more; "
        "take them as they are, from 0 to 1",
    )
    ladder = colours(student, image, [0.1, 0.4, 0.7, 1.0])
    steps = np.abs(np.diff(ladder, axis=0)).max(axis=1)
    expect(steps.min() > 4, "places with different heat can hardly be told apart by their colours")
