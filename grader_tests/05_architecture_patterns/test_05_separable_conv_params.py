"""Hidden checks of exercise 05-separable-conv-params."""

import pytest

from pawmark.checks import expect, expect_number

DEPTHWISE = {
    "right": lambda i, o, k: k * k * i,
    "line": lambda i, o, k: k * i,
    "outputs": lambda i, o, k: k * k * o,
    "single": lambda i, o, k: k * k,
    "missing": lambda i, o, k: 0,
}
POINTWISE = {
    "right": lambda i, o, k: i * o,
    "ordinary": lambda i, o, k: k * k * i * o,
    "outputs": lambda i, o, k: o * o,
    "missing": lambda i, o, k: 0,
}
BIASES = {
    "none": lambda i, o, k: 0,
    "one": lambda i, o, k: 1,
    "inputs": lambda i, o, k: i,
    "outputs": lambda i, o, k: o,
    "both": lambda i, o, k: i + o,
}


def readings(case):
    """Return what each way of counting gives: count -> (depthwise, pointwise)."""
    ways = [(d, p, b) for d in DEPTHWISE for p in POINTWISE for b in BIASES]
    counts = {}
    for d, p, b in ways:
        count = DEPTHWISE[d](*case) + POINTWISE[p](*case) + BIASES[b](*case)
        counts.setdefault(count, set()).add((d, p))
    return counts


def random_case(rng):
    """Draw (in, out, kernel) such that no two ways of counting give the same number."""
    while True:
        kernel = int(rng.integers(3, 8))
        case = int(rng.integers(50, 200)), int(rng.integers(250, 500)), kernel
        if all(len(ways) == 1 for ways in readings(case).values()):
            return case


def count_params(student, case, use_bias):
    """Return the student's count."""
    reply = student.call("separable_conv_params", *case, use_bias)
    return expect_number(reply, "the number of parameters")


def read_count(student, rng):
    """Return how the student counts the depthwise and the pointwise step; None where unknown."""
    case = random_case(rng)
    count = count_params(student, case, False)
    return next(iter(readings(case).get(count, {(None, None)})))


@pytest.mark.cell("05-separable-conv-params", points=1)
def test_one_depthwise_kernel_for_each_input_channel(student, rng):
    """The depthwise step has one square kernel for each input channel."""
    depthwise, pointwise = read_count(student, rng)

    expect(
        pointwise != "ordinary",
        "this counts an ordinary convolution, in which every filter sees all input channels",
    )
    expect(depthwise != "line", "the depthwise kernel is a line here; it should be a square")
    expect(depthwise != "missing", "the depthwise step is missing")
    expect(
        depthwise not in ("outputs", "single"),
        "the depthwise step has one kernel for each input channel, no more and no fewer",
    )
    expect(
        depthwise == "right",
        "the depthwise step is counted wrongly: one square kernel for each input channel",
    )


@pytest.mark.cell("05-separable-conv-params", points=1)
def test_pointwise_step_mixes_all_channels(student, rng):
    """The pointwise step has one weight for each pair of input and output channel."""
    _, pointwise = read_count(student, rng)

    expect(
        pointwise != "missing",
        "the pointwise step is missing: a 1 x 1 convolution mixes the channels",
    )
    expect(
        pointwise in ("right", "ordinary"),  # the latter is the other check's business
        "the pointwise step is counted wrongly: each filter has one weight for each input channel",
    )


@pytest.mark.cell("05-separable-conv-params", points=1)
def test_one_bias_for_each_filter(student, rng):
    """With use_bias there is one more parameter for each output channel."""
    inputs, outputs, _ = case = random_case(rng)

    extra = count_params(student, case, True) - count_params(student, case, False)

    expect(extra != 0, "use_bias makes no difference")
    expect(
        extra != inputs + outputs,
        "both steps get biases: the layer has them at its very end only",
    )
    expect(extra != inputs, "the biases belong to the output channels, not to the input channels")
    expect(extra == outputs, "with use_bias there should be one bias for each output channel")
