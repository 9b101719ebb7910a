"""Hidden checks of exercise 06-deprocess-image."""

import numpy as np
import pytest

from pawmark.checks import expect, expect_array

from .replies import finite, numbers


def displayed(image):
    """Compute the image for the screen, before rounding."""
    return np.clip((image - image.mean()) / image.std() * 64 + 128, 0, 255)


def deprocess(student, image):
    """Let the student bring an image into the form of a screen."""
    return numbers(
        student.call("deprocess_image", image), "the image for the screen", shape=image.shape
    )


def unequal_colours(rng, shape, centre, spread):
    """Draw an image whose colours differ in mean and contrast."""
    noise = rng.uniform(-1, 1, shape) * [0.5, 1.0, 0.3] + [-0.9, 0.2, 0.7]
    return (centre + spread * noise).astype("float32")


def size_of_image(rng):
    """Draw height, width and 3."""
    return int(rng.integers(14, 20)), int(rng.integers(24, 30)), 3


@pytest.mark.cell("06-deprocess-image", points=1)
def test_mean_and_contrast(student, rng):
    """The mean becomes 128 and the standard deviation 64, for all colours together."""
    image = unequal_colours(rng, size_of_image(rng), rng.uniform(300, 900), rng.uniform(100, 300))

    got = finite(deprocess(student, image), "the image for the screen")

    expect(got.max() > 1.5, "all values lie between 0 and 1: a screen wants 0 to 255")

    by_colour = (image - image.mean((0, 1))) / image.std((0, 1)) * 64 + 128
    stretched = (image - image.min()) / (image.max() - image.min()) * 255
    centred = (image - image.mean()) / image.std()
    suspects = [
        (np.clip(by_colour, 0, 255), "each colour is brought to the same mean and contrast by "
         "itself, so the colours are lost: one shift and one scale for all values"),
        (stretched, "the darkest value becomes 0 and the brightest 255: a single extreme pixel "
         "then decides; use mean and standard deviation"),
        (np.clip(centred * 64, 0, 255), "the mean is still 0, so half of the image is black: it "
         "should become 128"),
        (np.clip(centred, 0, 255), "contrast and mean are still 1 and 0: they should become 64 "
         "and 128"),
        (np.clip(image, 0, 255), "the values are only clipped: bring mean and contrast into range "
         "first"),
        (np.clip(centred * 128 + 128, 0, 255), "the contrast is too strong: the standard deviation "
         "should become 64"),
    ]  # fmt: skip
    for values, message in suspects:
        expect(not np.allclose(got, values, rtol=0, atol=2.01), message)
    # Values that are clipped have a check of their own.
    inside = (displayed(image) > 3) & (displayed(image) < 252)
    expect(
        np.allclose(got[inside], displayed(image)[inside], rtol=0, atol=1.6),
        "mean and standard deviation do not become 128 and 64",
    )


@pytest.mark.cell("06-deprocess-image", points=0.75)
def test_extremes_are_clipped(student, rng):
    """What falls outside 0..255 becomes 0 or 255."""
    shape = size_of_image(rng)
    image = rng.uniform(-1, 1, shape).astype("float32")
    image[2:4, 3:5], image[8:10, 12:14] = 9.0, -9.0

    got = deprocess(student, image)

    bright, dark = got[2:4, 3:5], got[8:10, 12:14]
    expect(
        np.allclose(bright, 255) and np.allclose(dark, 0),
        "the brightest places should become 255 and the darkest 0: clip to 0..255 before the "
        "conversion to bytes, which starts again at 0 after 255",
    )


@pytest.mark.cell("06-deprocess-image", points=0.5)
def test_image_without_contrast_is_grey(student, rng):
    """An image of a single value becomes 128 everywhere."""
    image = np.full(size_of_image(rng), float(rng.integers(20, 120)), "float32")

    got = deprocess(student, image)

    expect(
        np.isfinite(got).all() and got.min() > 0,
        "an image of a single value does not become grey: its standard deviation is 0, and 0 / 0 "
        "is no number",
    )
    expect(np.allclose(got, 128, atol=1), "an image of a single value should become 128 everywhere")


@pytest.mark.cell("06-deprocess-image", points=0.5)
def test_screens_want_bytes(student, rng):
    """The result is uint8."""
    image = unequal_colours(rng, size_of_image(rng), 100.0, 50.0)

    expect_array(
        student.call("deprocess_image", image),
        shape=image.shape,
        dtype="uint8",
        name="the image for the screen",
    )


@pytest.mark.cell("06-deprocess-image", points=0.25)
def test_image_is_left_unchanged(student, rng):
    """The image that is given keeps its values."""
    image = unequal_colours(rng, size_of_image(rng), 100.0, 50.0).astype("float64")

    both = student.evaluate("[deprocess_image(image), image]", image=image)

    made, kept = both if isinstance(both, list) and len(both) == 2 else (None, None)
    numbers(made, "the image for the screen", shape=image.shape)
    expect(
        np.array_equal(numbers(kept, "the image that was given"), image),
        "deprocess_image changes the image that it is given: `-=` and `*=` work in place",
    )
