"""Hidden checks of exercise 03-predict-mask."""

import numpy as np
import pytest

from pawmark.checks import compare_masks, expect, expect_array

from .replies import numbers
from .tiny_models import random_images, tiny_model, tiny_probabilities


@pytest.fixture
def painted(student, keras, rng):
    """Let the student predict with a model whose answer is known; return (reply, expected)."""
    height, width, classes = int(rng.integers(5, 9)), int(rng.integers(10, 15)), 4
    kernel = rng.normal(0, 0.05, (3, classes))
    # Biases that balance values of 0 to 255: an image scaled once more gives another mask.
    bias = -127 * kernel.sum(axis=0)
    model = tiny_model(student, keras, (height, width, 3), kernel, bias)
    image = random_images(rng, 1, height, width)[0]

    reply = student.call("predict_mask", model, image)

    return reply, tiny_probabilities(image, kernel, bias), image, (kernel, bias)


@pytest.mark.cell("03-predict-mask", points=0.25)
def test_mask_has_the_shape_of_the_image(painted):
    """The mask is as large as the image, with one label for each pixel."""
    reply, probabilities, _, _ = painted
    mask = numbers(reply, "the mask")
    size = probabilities.shape[:2]

    expect(mask.shape != (1, *size), "the mask still is a batch of one: take it out of the batch")
    expect(
        mask.shape != probabilities.shape,
        "these are the probabilities of all classes: choose the most probable one of each pixel",
    )
    expect(mask.shape == size, "the mask has the wrong shape", got=mask.shape, expected=size)


@pytest.mark.cell("03-predict-mask", points=0.25)
def test_mask_holds_whole_numbers(painted):
    """Labels are whole numbers."""
    mask = expect_array(painted[0], name="the mask")

    expect(
        np.issubdtype(mask.dtype, np.integer),
        "the mask holds numbers that are not of an integer type",
        got=str(mask.dtype),
    )


@pytest.mark.cell("03-predict-mask", points=1.5)
def test_mask_holds_the_most_probable_class(painted):
    """Each pixel gets its most probable class."""
    reply, probabilities, image, weights = painted
    mask = np.squeeze(numbers(reply, "the mask"))
    order = np.sort(probabilities, axis=-1)
    clear = order[..., -1] - order[..., -2] > 1e-3  # rounding may decide the others
    expected = probabilities.argmax(axis=-1)
    expect(mask.shape == expected.shape, "there is not one label for each pixel", got=mask.shape)

    names = [f"class {number}" for number in range(probabilities.shape[-1])]
    picture = compare_masks(mask, expected, image, names)
    rescaled = tiny_probabilities(image / 255, *weights).argmax(axis=-1)
    expect(
        not agrees(mask, rescaled, clear) or agrees(expected, rescaled, clear),
        "the image is divided by 255 before prediction; the model rescales by itself",
        picture=picture,
    )
    expect(
        not agrees(mask, 127 * expected, clear),
        "these are grey values for display (0, 127, 254), not labels",
        picture=picture,
    )
    expect(
        agrees(mask, expected, clear),
        "some pixels do not have their most probable class",
        picture=picture,
    )


def agrees(mask, expected, clear):
    """Say whether a mask has the expected labels wherever they are clear."""
    return bool(np.array_equal(mask[clear], expected[clear]))
