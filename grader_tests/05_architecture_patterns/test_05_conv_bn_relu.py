"""Hidden checks of exercise 05-conv-bn-relu."""

from dataclasses import dataclass

import numpy as np
import pytest

from pawmark.checks import expect

from .feature_maps import signed_maps, two_numbers_of_channels
from .layers import EPSILON, convolve, filled, relu, statistics
from .replies import close, plain_shape
from .student_models import Tools


@dataclass(frozen=True)
class Block:
    """A student's conv_bn_relu with known weights, and what its parts compute."""

    tools: Tools
    model: object
    maps: np.ndarray
    kernel: np.ndarray
    normalisation: dict[str, np.ndarray]

    def normalise(self, x, training):
        """Normalise maps with the batch's or the moving mean and variance."""
        gamma, beta, mean, var = (
            filled(self.normalisation[name], x.shape[-1])
            for name in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        if training:
            mean, var = statistics(x)
        return gamma * (x - mean) / np.sqrt(var + EPSILON) + beta


@pytest.fixture
def block(tools, rng):
    """Return the student's conv_bn_relu with weights that are drawn anew."""
    channels, filters = two_numbers_of_channels(rng)
    size = (int(rng.integers(5, 8)), int(rng.integers(8, 11)))
    model = tools.block("conv_bn_relu", (*size, channels), filters)
    values = signed_maps(rng, 211)
    normalisation = {
        "gamma": rng.uniform(0.8, 1.6, 13),
        # Of both signs, and large enough to show where the relu cuts.
        "beta": np.resize([0.7, -0.7], 13),
        "moving_mean": np.resize([-2.0, 3.0, 1.0], 13),
        "moving_variance": rng.uniform(4, 9, 13),
    }
    tools.put(model, kernel3=values, bias=0.0, **normalisation)
    maps = signed_maps(rng, (4, *size, channels))
    return Block(tools, model, maps, filled(values, 3, 3, channels, filters), normalisation)


@pytest.mark.cell("05-conv-bn-relu", points=0.5)
def test_convolution_keeps_the_size(block):
    """The convolution is 3 x 3 and keeps height and width."""
    kernels = [shape for name, shape in block.tools.names(block.model) if len(shape) == 4]
    expect(
        kernels == [block.kernel.shape],
        "the block should have one ordinary 3 x 3 convolution",
        got=kernels,
        expected=[block.kernel.shape],
    )
    shape = plain_shape(block.tools.student.model(block.model).output_shape)
    expected = (None, *block.maps.shape[1:3], block.kernel.shape[-1])
    expect(
        shape == expected,
        'the block changes height and width: its convolution needs padding="same"',
        got=shape,
        expected=expected,
    )


@pytest.mark.cell("05-conv-bn-relu", points=0.5)
def test_no_bias_before_the_normalisation(block):
    """The convolution has no bias: the normalisation would take it away."""
    names = [name for name, _ in block.tools.names(block.model)]

    expect(
        "bias" not in names,
        "the convolution has a bias, which the normalisation takes away again: use_bias=False",
    )


@pytest.mark.cell("05-conv-bn-relu", points=1)
def test_normalisation_comes_between(block):
    """The normalisation works on what comes out of the convolution."""
    got = block.tools.run(block.model, block.maps)

    out = convolve(block.maps, block.kernel)
    expect(
        not any(close(got, cut(out)) for cut in (relu, np.array)),
        "there is no batch normalisation behind the convolution",
    )
    for training in (False, True):
        early = convolve(block.normalise(block.maps, training), block.kernel)
        expect(
            not any(close(got, cut(early)) for cut in (relu, np.array)),
            "the normalisation stands before the convolution: it should follow it",
        )
    # What becomes of negative values, where the relu stands, which mean and variance are used, and
    # the size have checks of their own.
    if got.shape == out.shape:
        modes = (False, True)
        expect(
            any(close(relu(got), relu(block.normalise(out, training))) for training in modes)
            or any(close(got, block.normalise(relu(out), training)) for training in modes),
            "the block does not compute a convolution and then its batch normalisation",
        )


@pytest.mark.cell("05-conv-bn-relu", points=1)
def test_relu_comes_last(block):
    """The relu comes last."""
    got = block.tools.run(block.model, block.maps)

    out = convolve(block.maps, block.kernel)
    expect(
        not any(close(got, block.normalise(relu(out), training)) for training in (False, True)),
        "the relu stands before the normalisation: it should cut what the normalisation centred",
    )
    expect(got.min(initial=0) >= 0, "negative values leave the block: the relu comes last")
    expect(
        (got == 0).any(),
        "the block ends in something other than relu, which turns negative values into exactly 0",
    )


@pytest.mark.cell("05-conv-bn-relu", points=1)
def test_block_behaves_in_two_ways(block):
    """In training the batch's own numbers are used, in use the moving averages."""
    other = block.maps.copy()
    other[1:] *= -3.0

    def first(maps, training):
        return block.tools.run(block.model, maps, training)[0]

    # The first image is the same in both batches; only its company differs.
    expect(
        close(first(block.maps, False), first(other, False)),
        "in use an image gets another result in another batch: let Keras choose between training "
        "and use",
    )
    expect(
        not close(first(block.maps, True), first(other, True)),
        "in training the result does not depend on the batch: the normalisation is frozen or "
        "missing",
    )
