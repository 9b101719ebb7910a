"""Hidden checks of exercise 05-residual-block."""

import numpy as np
import pytest

from pawmark.checks import expect

from .feature_maps import signed_maps, two_numbers_of_channels
from .layers import convolve, filled, relu
from .replies import close, plain_shape


def quarters(x):
    """Return the 2 x 2 windows of maps of even size: (N, H/2, W/2, C, 4)."""
    n, height, width, channels = x.shape
    windows = x.reshape(n, height // 2, 2, width // 2, 2, channels)
    return windows.transpose(0, 1, 3, 5, 2, 4).reshape(n, height // 2, width // 2, channels, 4)


def even_size(rng):
    """Draw a height and a width, both even and different."""
    width = 2 * int(rng.integers(2, 4))
    return width + 2, width


@pytest.mark.cell("05-residual-block", points=0.5)
def test_block_has_the_right_shape(tools, rng):
    """The block has the asked number of channels, and half the size with pooling."""
    channels, filters = two_numbers_of_channels(rng)
    height, width = 2 * int(rng.integers(4, 8)) + 1, 2 * int(rng.integers(4, 8))
    for pooling, out in [(False, filters), (True, filters), (False, channels)]:
        block = tools.block("residual_block", (height, width, channels), out, pooling=pooling)
        step = 2 if pooling else 1
        expected = (None, -(-height // step), -(-width // step), out)

        shape = plain_shape(tools.student.model(block).output_shape)

        expect(
            shape[-1:] == (out,),
            "the number of channels is wrong: the two ways are added, not laid side by side",
            got=shape,
            expected=expected,
        )
        expect(
            shape == expected,
            f"with pooling={pooling} maps of {height} x {width} come out with the wrong size",
            got=shape,
            expected=expected,
        )


@pytest.mark.cell("05-residual-block", points=1.5)
def test_input_passes_unchanged(tools, rng):
    """Where the convolutions give zeros, the input passes through unchanged."""
    channels = int(rng.integers(3, 7))
    size = even_size(rng)
    block = tools.block("residual_block", (*size, channels), channels)
    # A projection, if there is one, is made to do nothing: it has a check of its own.
    tools.put(block, kernel3=0.0, kernel1=np.eye(channels), bias=0.0)
    maps = signed_maps(rng, (2, *size, channels))

    got = tools.run(block, maps)

    expect(
        np.abs(got).max(initial=0) > 1e-6,
        "nothing of the input arrives: the shortcut should start at the input of the block",
    )
    expect(
        not close(got, relu(maps)),
        "negative values of the input are cut off: nothing follows the addition",
    )
    expect(close(got, maps), "the input does not pass through the shortcut as it is")


@pytest.mark.cell("05-residual-block", points=0.5)
def test_projection_only_where_needed(tools, rng):
    """Where the shapes fit, the shortcut has no layer."""
    channels = int(rng.integers(3, 7))
    block = tools.block("residual_block", (*even_size(rng), channels), channels)

    kernels = [name for name, shape in tools.names(block) if len(shape) == 4]

    expect(
        "kernel1" not in kernels,
        "there is a projection although the shapes fit: the input can be added as it is",
    )
    expect(
        kernels == ["kernel3", "kernel3"],
        "where the shapes fit, the block has two 3 x 3 convolutions and nothing else",
        got=kernels,
    )


@pytest.mark.cell("05-residual-block", points=1)
def test_projection_is_linear(tools, rng):
    """The projection is a 1 x 1 convolution without activation; with pooling it has strides 2."""
    channels, filters = two_numbers_of_channels(rng)
    size = even_size(rng)
    values = signed_maps(rng, 97)
    maps = signed_maps(rng, (2, *size, channels))
    for pooling in (False, True):
        block = tools.block("residual_block", (*size, channels), filters, pooling=pooling)
        tools.put(block, kernel3=0.0, kernel1=values, bias=0.0)

        got = tools.run(block, maps)

        kernel = filled(values, 1, 1, channels, filters)
        expected = convolve(maps, kernel)
        pooled = [quarters(expected).max(-1), quarters(expected).mean(-1)]
        pooled += [convolve(quarters(maps).max(-1), kernel)]
        expected = expected[:, ::2, ::2] if pooling else expected
        # A shortcut that is missing altogether has a check of its own.
        if np.abs(got).max(initial=0) > 1e-6 or "kernel1" in dict(tools.names(block)):
            expect(
                not close(got, relu(expected)),
                "the projection has an activation, or one follows the addition: a shortcut "
                "should let negative values through",
            )
            expect(
                not any(close(got, suspect) for suspect in pooled),
                "the shortcut is pooled: its 1 x 1 convolution should have strides 2",
            )
            expect(
                close(got, expected),
                "the shortcut is not a 1 x 1 convolution of the block's input"
                + (" with strides 2" if pooling else ""),
            )


@pytest.mark.cell("05-residual-block", points=0.5)
def test_pooling_needs_a_projection_too(tools, rng):
    """With pooling the block works when the number of channels stays."""
    channels = int(rng.integers(3, 7))
    size = even_size(rng)
    block = tools.block("residual_block", (*size, channels), channels, pooling=True)

    shape = plain_shape(tools.student.model(block).output_shape)

    expect(
        shape[1:3] == (size[0] // 2, size[1] // 2),
        "with pooling and as many channels as before, the size is not halved",
        got=shape,
    )
    expect(
        "kernel1" in dict(tools.names(block)),
        "with pooling the shortcut is a 1 x 1 convolution with strides 2, also where the number of "
        "channels stays",
    )


@pytest.mark.cell("05-residual-block", points=1)
def test_two_convolutions_with_relu(tools, rng):
    """The way through the layers is convolution, relu, convolution, relu."""
    channels, filters = two_numbers_of_channels(rng)
    size = even_size(rng)
    values = signed_maps(rng, 211)
    block = tools.block("residual_block", (*size, channels), filters)
    tools.put(block, kernel3=values, kernel1=0.0, bias=0.0)
    maps = signed_maps(rng, (2, *size, channels))

    got = tools.run(block, maps)

    first = convolve(maps, filled(values, 3, 3, channels, filters))
    kernel = filled(values, 3, 3, filters, filters)
    expect(
        not close(got, convolve(relu(first), kernel)),
        "a relu is missing after the second convolution",
    )
    expect(
        not close(got, relu(convolve(first, kernel))),
        "a relu is missing after the first convolution",
    )
    expect(not close(got, convolve(first, kernel)), "both convolutions lack their relu")
    expect(not close(got, relu(first)), "there is one convolution; the block has two")
    expect(
        close(got, relu(convolve(relu(first), kernel))),
        "the way through the layers does not compute 3 x 3 convolution, relu, 3 x 3 "
        'convolution, relu, all with padding="same"',
    )


@pytest.mark.cell("05-residual-block", points=1)
def test_max_pooling_halves_the_maps(tools, rng):
    """With pooling, the maximum of each 2 x 2 window is kept."""
    channels, filters = two_numbers_of_channels(rng)
    size = even_size(rng)
    values = signed_maps(rng, 211)
    maps = signed_maps(rng, (2, *size, channels))
    results = []
    for pooling in (False, True):
        block = tools.block("residual_block", (*size, channels), filters, pooling=pooling)
        tools.put(block, kernel3=values, kernel5=values, kernel1=0.0, bias=0.0)
        results.append(tools.run(block, maps))

    # The maps before pooling are the student's own: whether they are right is checked elsewhere.
    full, got = results
    expect(full.shape[1:3] == size, "without pooling the size should stay", got=full.shape)
    windows = quarters(full)
    expect(
        not close(got, windows[..., 0]) and not close(got, windows[..., 3]),
        "the convolutions have strides 2; the block halves with max pooling",
    )
    expect(not close(got, windows.mean(-1)), "the maps are averaged; the block takes the maximum")
    expect(
        close(got, windows.max(-1)),
        "with pooling the way through the layers does not end in a 2 x 2 max pooling",
    )
