"""Hidden checks of 03-conv-params: weights and biases of a convolution layer."""

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, exact, inputs, switches


def judge(kernel_size, in_channels, out_channels):
    """Ask views of the two arrays of the layer for their sizes."""
    weights = np.broadcast_to(0.0, (kernel_size, kernel_size, in_channels, out_channels))
    return weights.size + np.broadcast_to(0.0, (out_channels,)).size


def formula(
    kernel_size,
    in_channels,
    out_channels,
    without_biases=False,
    one_bias=False,
    bias_of_inputs=False,
    bias_of_pairs=False,
    kernel_line=False,
    two_lines=False,
    one_channel_seen=False,
    one_filter=False,
):
    """Multiply window, channels and filters, with what may go wrong."""
    window = kernel_size if kernel_line else kernel_size**2
    window = 2 * kernel_size if two_lines else window
    filters = 1 if one_filter else out_channels
    seen = 1 if one_channel_seen else in_channels
    biases = filters
    if without_biases or one_bias:
        biases = int(one_bias)
    if bias_of_inputs:
        biases = in_channels
    if bias_of_pairs:
        biases = in_channels * filters
    return window * seen * filters + biases


PER_FILTER = (
    "the weights are right and the biases are not: each filter, that is, each output channel, has "
    "one bias of its own"
)
LINE = (
    "the window is a square: a kernel of size {kernel_size} sees {kernel_size} rows of "
    "{kernel_size} numbers in each channel"
)

variants = switches(
    formula,
    without_biases=Slip("fatal", "the biases are missing: every filter has one"),
    one_bias=Slip("major", PER_FILTER),
    bias_of_inputs=Slip("fatal", PER_FILTER),
    bias_of_pairs=Slip("major", PER_FILTER),
    kernel_line=Slip("major", LINE),
    two_lines=Slip("fatal", LINE),
    one_channel_seen=Slip(
        "major", "the input channels are left out: a filter has weights for each of them"
    ),
    one_filter=Slip(
        "major", "this is one filter with its bias: there are as many as output channels"
    ),
)


def layer(rng, kernel, least, most, inputs=None, outputs=None):
    """Draw channels for a kernel, not as many in as out."""
    drawn = rng.permutation(np.arange(least, most))[:2]
    return kernel, inputs or int(drawn[0]), outputs or int(drawn[1])


def multiple(rng, kernel, channels, times):
    """Draw as many filters as channels, or a multiple of them."""
    return kernel, channels, channels * times


many = {"least": st.integers(2, 9), "most": st.integers(12, 90)}

exercise = Exercise(
    "03-conv-params",
    function="conv_params",
    judge=judge,
    strata=[
        Stratum("kernels of 1 x 1", inputs(layer, kernel=st.just(1), **many)),
        Stratum("larger kernels", inputs(layer, kernel=st.integers(3, 11), **many)),
        Stratum(
            "a single input channel",
            inputs(layer, kernel=st.integers(3, 7), inputs=st.just(1), **many),
        ),
        Stratum(
            "a single filter", inputs(layer, kernel=st.integers(3, 7), outputs=st.just(1), **many)
        ),
        Stratum(
            "filters that are a multiple of the channels",
            inputs(
                multiple,
                kernel=st.integers(2, 5),
                channels=st.integers(2, 64),
                times=st.integers(1, 4),
            ),
        ),
        Stratum(
            "layers of very many weights",
            inputs(
                layer,
                kernel=st.sampled_from([5, 7, 33, 41]),
                least=st.integers(1001, 1100),
                most=st.integers(1500, 2000),
            ),
            row="corners",
            count=4,
        ),
    ],
    variants=variants,
    same=exact,
    contract=Contract(result=int),
)
