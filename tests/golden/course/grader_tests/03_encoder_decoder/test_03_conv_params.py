"""Hidden checks of exercise 03-conv-params."""

import pytest

from pawmark.checks import expect, expect_number


@pytest.mark.cell("03-conv-params", points=1)
def test_biases_are_counted(student, rng):
    """Each filter has one bias."""
    case = 1, int(rng.integers(2, 40)), int(rng.integers(41, 90))
    weights, biases = case[1] * case[2], case[2]

    count = expect_number(student.call("conv_params", *case), "the number of parameters")

    expect(count != weights, "the biases are missing: every filter has one")
    expect(
        count not in (weights + 1, weights + case[1]),
        "the biases are counted wrongly: there is one for each filter, that is, output channel",
    )
    expect(count == weights + biases, "for a 1 x 1 kernel the count is wrong")


@pytest.mark.cell("03-conv-params", points=1)
def test_kernel_is_a_square_over_all_input_channels(student, rng):
    """One filter sees a square window of all input channels."""
    case = int(rng.integers(3, 12)), int(rng.integers(13, 40)), int(rng.integers(41, 90))
    kernel, inputs, outputs = case

    count = expect_number(student.call("conv_params", *case), "the number of parameters")

    # With or without biases: those have a check of their own.
    biases = (0, 1, inputs, outputs)
    line, flat = kernel * inputs * outputs, kernel**2 * outputs
    expect(count - line not in biases, "the kernel is a line here; it should be a square")
    expect(count - flat not in biases, "a filter sees all input channels, not only one")
    expect(
        count - kernel**2 * inputs * outputs in biases,
        "the number of weights is wrong: window height x window width x input channels, "
        "for each filter",
    )
