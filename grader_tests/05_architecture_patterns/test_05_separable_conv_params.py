"""Hidden checks of 05-separable-conv-params: weights and biases of a separable convolution."""

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, call, exact, switches


def judge(in_channels, out_channels, kernel_size, use_bias):
    """Ask views of the arrays of the layer for their sizes."""
    shapes = [(kernel_size, kernel_size, in_channels, 1), (1, 1, in_channels, out_channels)]
    shapes += [(out_channels,)] if use_bias else []
    return sum(np.broadcast_to(0.0, shape).size for shape in shapes)


def formula(
    in_channels,
    out_channels,
    kernel_size,
    use_bias,
    ordinary=False,
    line=False,
    depthwise_missing=False,
    depthwise_of_outputs=False,
    one_kernel=False,
    kernel_for_each_pair=False,
    pointwise_missing=False,
    pointwise_of_outputs=False,
    pointwise_of_inputs=False,
    large_pointwise=False,
    bias_never=False,
    bias_always=False,
    single_bias=False,
    bias_of_inputs=False,
    bias_in_both=False,
):
    """Add up both steps and the biases, with what may go wrong."""
    area = kernel_size if line else kernel_size**2
    depthwise = area * (out_channels if depthwise_of_outputs else in_channels)
    pointwise = in_channels * out_channels
    if kernel_for_each_pair:
        depthwise = area * in_channels * out_channels
    if one_kernel:
        depthwise = area
    if pointwise_of_outputs or pointwise_of_inputs:
        pointwise = (out_channels if pointwise_of_outputs else in_channels) ** 2
    if ordinary or large_pointwise:
        pointwise *= area
    if depthwise_missing or ordinary:
        depthwise = 0
    if pointwise_missing or kernel_for_each_pair:
        pointwise = pointwise if kernel_for_each_pair else 0
    biases = out_channels
    if single_bias:
        biases = 1
    if bias_of_inputs or bias_in_both:
        biases = in_channels + (out_channels if bias_in_both else 0)
    counted = bias_always or (use_bias and not bias_never)
    return depthwise + pointwise + (biases if counted else 0)


variants = switches(
    formula,
    ordinary=Slip(
        "fatal",
        "this counts an ordinary convolution, in which every filter sees all input channels",
    ),
    line=Slip("fatal", "the depthwise kernel is a line here; it should be a square"),
    depthwise_missing=Slip("fatal", "the depthwise step is missing: it has weights of its own"),
    depthwise_of_outputs=Slip(
        "major",
        "the depthwise step has one kernel for each input channel, and not for each output "
        "channel: it comes first, and keeps the number of channels",
    ),
    one_kernel=Slip(
        "fatal",
        "all channels share one depthwise kernel here: each input channel has one of its own",
    ),
    kernel_for_each_pair=Slip(
        "fatal",
        "the depthwise step has a kernel for each pair of channels here, as an ordinary "
        "convolution has: it is one for each input channel",
    ),
    pointwise_missing=Slip(
        "fatal", "the pointwise step is missing: a 1 x 1 convolution mixes the channels"
    ),
    pointwise_of_outputs=Slip(
        "major",
        "the pointwise step is counted as if it mixed the output channels: each filter has one "
        "weight for each input channel",
    ),
    pointwise_of_inputs=Slip(
        "major",
        "the pointwise step is counted as if there were as many filters as input channels: each "
        "of the output channels has a filter",
    ),
    large_pointwise=Slip(
        "fatal", "the kernels of the pointwise step are as large as the others: they are 1 x 1"
    ),
    bias_never=Slip("major", "with use_bias there are biases as well, one for each output channel"),
    bias_always=Slip("major", "biases are counted also where use_bias is False"),
    single_bias=Slip(
        "major", "one bias is counted for the whole layer: there is one for each output channel"
    ),
    bias_of_inputs=Slip(
        "major", "the biases belong to the output channels, not to the input channels"
    ),
    bias_in_both=Slip("major", "both steps get biases: the layer has them at its very end only"),
)


def sizes(channels, more, kernels=(2, 7), fewer=False):
    """Draw sizes of a layer with more or fewer channels behind it than in front of it."""
    both = st.tuples(channels, more).map(lambda two: (two[0], two[0] + two[1]))
    both = both.map(lambda two: two[::-1]) if fewer else both
    return both, st.integers(*kernels)


def layers(channels, more, use_bias, fewer=False, kernels=(2, 7)):
    """Draw the arguments for such a layer."""
    both, kernel = sizes(channels, more, kernels, fewer)
    return st.tuples(both, kernel, use_bias).map(lambda drawn: (*drawn[0], *drawn[1:]))


few, more = st.integers(2, 40), st.integers(1, 40)
# With biases or without throughout, so that no verdict on them hangs on what was drawn.
biased = st.just(True)
either = st.one_of(
    layers(few, more, biased), layers(few, more, biased, fewer=True)
)  # fmt: skip
as_many = st.builds(
    lambda channels, kernel: call(channels, channels, kernel, use_bias=False),
    few,
    st.integers(2, 7),
)
single_in = st.tuples(st.just(1), few, st.integers(2, 5), biased)
single_out = st.tuples(few, st.just(1), st.integers(2, 5), biased)
odd = st.integers(2050, 3000).map(lambda half: 2 * half + 1)


def large(use_bias):
    """Draw layers whose numbers of weights float32 does not hold."""
    return st.tuples(odd, odd, st.sampled_from([3, 5]), st.just(use_bias))


exercise = Exercise(
    "05-separable-conv-params",
    function="separable_conv_params",
    judge=judge,
    strata=[
        Stratum("as many channels out as in", as_many),
        Stratum("more channels out than in", layers(few, more, st.just(False))),
        Stratum("fewer channels out than in", layers(few, more, st.just(False), fewer=True)),
        Stratum("layers with biases", either, count=8),
        Stratum(
            "kernels of a single pixel",
            layers(few, more, biased, kernels=(1, 1)),
            row="corners",
        ),
        Stratum("a single channel in", single_in, row="corners", count=4),
        Stratum("a single channel out", single_out, row="corners", count=4),
        Stratum("layers of very many weights", large(False), row="corners", count=4),
        Stratum("very many weights, and biases", large(True), row="corners", count=4),
    ],
    variants=variants,
    same=exact,
    contract=Contract(result=int, keeps_arguments=False),
)
