"""Hidden checks of exercise 03-get-model."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from pawmark.checks import expect

from .replies import numbers

CHAPTER_PARAMS = 2_880_643


def plain_shape(shape):
    """Return a shape as a tuple; an empty one for anything but integers and None."""
    plain = isinstance(shape, tuple | list) and all(n is None or type(n) is int for n in shape)
    return tuple(shape) if plain else ()


def counted(kernel_size, in_channels, out_channels):
    """Count the parameters of a convolution layer."""
    return (kernel_size**2 * in_channels + 1) * out_channels


@dataclass(frozen=True)
class Built:
    """A student's model, with the size for which it was built and its facts."""

    handle: object
    facts: object
    size: tuple[int, int]

    def images(self, rng, count=2):
        """Draw noise that the model accepts, with values from 0 to 255."""
        shape = plain_shape(self.facts.input_shape)
        # A model that ignores img_size fails one check about that, and not all the others.
        known = len(shape) == 4 and all(isinstance(n, int) for n in shape[1:3])
        height, width = shape[1:3] if known else self.size
        return rng.uniform(0, 255, (count, height, width, 3)).astype("float32")


def random_size(rng):
    """Draw a height and a smaller width, both divisible by 8."""
    width = 8 * int(rng.integers(6, 9))
    return width + 8 * int(rng.integers(1, 4)), width


@pytest.fixture
def built(student, rng):
    """Return the student's model for an image size drawn anew."""
    return build(student, random_size(rng), 3)


def build(student, size, num_classes):
    """Let the student build a model."""
    handle = student.call("get_model", size, num_classes)
    expect(handle is not None, "get_model returned None: did you forget `return`?")
    return Built(handle, student.model(handle), size)


@pytest.mark.cell("03-get-model", points=1)
def test_parameter_count(student, rng):
    """The model has as many parameters as the chapter's."""
    chapter = build(student, (200, 200), 3)
    expect(
        chapter.facts.params == CHAPTER_PARAMS,
        "the number of parameters differs from the chapter's: compare each line of the summary "
        "with the table (filters, kernel size, order of the layers)",
        got=chapter.facts.params,
        expected=CHAPTER_PARAMS,
    )

    # Only the last layer depends on the number of classes, and none on the size.
    other = build(student, random_size(rng), int(rng.integers(4, 12)))
    classes = (plain_shape(other.facts.output_shape) or (None,))[-1]
    expected = CHAPTER_PARAMS + counted(3, 64, classes or 3) - counted(3, 64, 3)
    expect(
        other.facts.params == expected,
        f"for images of {other.size[0]} x {other.size[1]} pixels the number of parameters is "
        "wrong: it should not depend on the image size",
        got=other.facts.params,
        expected=expected,
    )


@pytest.mark.cell("03-get-model", points=1)
def test_output_fits_every_image(student, rng):
    """The output is as large as the image, with a number for each class."""
    for _ in range(2):
        size, classes = random_size(rng), int(rng.integers(2, 12))
        shape = plain_shape(build(student, size, classes).facts.output_shape)

        expect(
            shape == (None, *size, classes),
            f"for images of {size[0]} x {size[1]} pixels and {classes} classes the output has "
            "the wrong shape: use img_size and num_classes, and let every halving be undone",
            got=shape,
            expected=(None, *size, classes),
        )


@pytest.mark.cell("03-get-model", points=1)
def test_feature_maps_shrink_and_grow(trace, built, rng):
    """The feature maps have the sizes of the table, layer by layer."""
    images = built.images(rng)
    calls = trace(built.handle, images).calls
    maps = [tuple(call.output_shape) for call in calls]
    expect(maps, "the model has no convolution")
    height, width = images.shape[1:3]
    smallest = min(maps, key=lambda shape: shape[0] * shape[1])
    expect(
        smallest == (height // 8, width // 8, 256),
        f"the smallest feature map of an image of {height} x {width} pixels should have an eighth "
        "of its height and width, and 256 channels",
        got=smallest,
        expected=(height // 8, width // 8, 256),
    )

    # Pooling and upsampling layers have checks of their own.
    if [call.strides for call in calls].count([2, 2]) == 6:
        steps = (2, 2, 4, 4, 8, 8, 8, 4, 4, 2, 2, 1, 1)
        expected = [(height // step, width // step) for step in steps]
        expect(
            [shape[:2] for shape in maps] == expected,
            "a feature map changes its size in another layer than in the table: the encoder "
            "halves in the first layer of a pair, the decoder doubles in the second",
        )


@pytest.mark.cell("03-get-model", points=1)
def test_encoder_halves_with_strides(trace, built, rng):
    """The encoder halves its maps with strides, not with pooling."""
    found = trace(built.handle, built.images(rng))
    pooling = [name for name in found.layers if "pool" in name.lower()]
    expect(
        not pooling,
        "a pooling layer does the halving; the chapter halves with strides=2, because pooling "
        "forgets where in its window a value was",
        got=pooling,
    )
    halving = [call for call in found.calls if not call.transposed and call.strides == [2, 2]]
    expect(
        len(halving) == 3,
        "three Conv2D layers of the encoder should have strides=2",
        got=len(halving),
        expected=3,
    )


@pytest.mark.cell("03-get-model", points=1)
def test_decoder_learns_to_enlarge(trace, built, rng):
    """The decoder doubles its maps with transposed convolutions."""
    found = trace(built.handle, built.images(rng))
    doubling = [call for call in found.calls if call.transposed and call.strides == [2, 2]]
    upsampling = any("upsampling" in name.lower() for name in found.layers)
    expect(
        len(doubling) == 3,
        "an upsampling layer does the doubling; in the chapter the decoder learns to enlarge, "
        "with three Conv2DTranspose layers of strides=2"
        if upsampling
        else "three Conv2DTranspose layers of the decoder should have strides=2",
        got=len(doubling),
        expected=3,
    )


@pytest.mark.cell("03-get-model", points=1)
def test_padding_keeps_the_size(trace, built, rng):
    """No convolution loses pixels at the border."""
    calls = trace(built.handle, built.images(rng)).calls
    bare = [call.name for call in calls if call.padding != "same"]
    expect(
        not bare,
        f"{len(bare)} of {len(calls)} convolutions lose pixels at the border: every one needs "
        'padding="same"',
        got=bare[:3],
    )


@pytest.mark.cell("03-get-model", points=1)
def test_relu_between_convolutions(trace, built, rng):
    """A relu follows every convolution but the last."""
    calls = trace(built.handle, built.images(rng)).calls
    expect(len(calls) > 1, "the model has fewer than two convolutions")

    # What enters a convolution has left the one before it.
    pairs = list(pairwise(calls))
    negative = [before.name for before, after in pairs if after.input_min < 0]
    expect(
        not negative,
        "negative values leave a convolution and enter the next: a relu is missing after "
        f"{len(negative)} of {len(pairs)} layers",
        got=negative[:3],
    )
    soft = [before.name for before, after in pairs if after.input_zeros == 0]
    expect(
        not soft,
        "between two convolutions there is something other than relu: relu turns every "
        "negative value into exactly 0",
        got=soft[:3],
    )


@pytest.mark.cell("03-get-model", points=1)
def test_inputs_are_rescaled(trace, built, rng):
    """Images with values from 0 to 255 reach the first convolution as 0 to 1."""
    images = built.images(rng)
    calls = trace(built.handle, images).calls
    expect(calls, "the model has no convolution")
    low, high = calls[0].input_min, calls[0].input_max
    seen = calls[0].inputs
    same = isinstance(seen, np.ndarray) and seen.shape == images.shape
    expect(
        not (same and np.allclose(seen, images, rtol=1e-3)),
        "the first convolution sees values from 0 to 255: the rescaling to 0..1 is missing",
        got=(round(low, 2), round(high, 2)),
    )
    expect(
        same and np.allclose(seen, images / 255, atol=2e-3),
        "the rescaling is not the one from 0..255 to 0..1",
        got=(round(low, 2), round(high, 2)),
        expected=(0, 1),
    )


@pytest.mark.cell("03-get-model", points=1)
def test_softmax_over_the_classes(student, built, rng):
    """The probabilities of each pixel add up to 1."""
    reply = student.predict(built.handle, built.images(rng))
    probabilities = numbers(reply, "the prediction").astype(float)

    expect(
        probabilities.size > 0 and np.isfinite(probabilities).all(),
        "the prediction holds values that are not numbers",
    )
    expect(
        probabilities.min() >= 0 and probabilities.max() <= 1 + 1e-5,
        "the output holds values outside 0..1, so these are no probabilities: end with softmax",
        got=(round(float(probabilities.min()), 3), round(float(probabilities.max()), 3)),
    )
    sums = probabilities.sum(axis=-1)
    expect(
        np.allclose(sums, 1, atol=1e-3),
        "the probabilities of one pixel do not add up to 1: end with a softmax over the classes "
        "(a sigmoid treats each class by itself)",
        got=(round(float(sums.min()), 3), round(float(sums.max()), 3)),
        expected=1,
    )
