"""Hidden checks of exercise 04-output-size."""

import numpy as np
import pytest

from pawmark.checks import expect, expect_number


def ask_size(student, n, kernel, stride, padding):
    """Return what the student's output_size says, as a float."""
    return expect_number(student.call("output_size", n, kernel, stride, padding), "the size")


@pytest.mark.cell("04-output-size", points=1)
def test_same_rounds_up(student, rng):
    """With "same", a rest at the end still gets an output."""
    for stride in (2, 3, 4):
        full = int(rng.integers(4, 30))
        n = full * stride + 1

        size = ask_size(student, n, 3, stride, "same")

        expect(
            size != full,
            'with padding "same" the last window may hang over the edge: round up, not down',
            got=(n, stride, size),
        )
        expect(
            size == full + 1,
            f'{n} pixels, stride {stride}: with "same" there is one output for each window that '
            "begins inside",
        )


@pytest.mark.cell("04-output-size", points=1)
def test_same_does_not_depend_on_the_kernel(student, rng):
    """With "same", only the stride decides."""
    n = 12 * int(rng.integers(2, 6))
    for kernel, stride in ((2, 1), (4, 2), (5, 3), (1, 2), (7, 1), (4, 3)):
        size = ask_size(student, n, kernel, stride, "same")
        expect(
            size == n // stride,
            'with padding "same" the kernel\'s width must not matter: there is as much padding as '
            "it takes",
            got=f"{size:g} for {n} pixels, kernel {kernel}, stride {stride}",
        )


@pytest.mark.cell("04-output-size", points=1)
def test_valid_counts_whole_windows(student, rng):
    """With "valid", only windows that fit count."""
    for kernel, stride in ((3, 1), (3, 2), (5, 3), (2, 2), (4, 3), (1, 2)):
        steps = int(rng.integers(3, 12))
        for rest in range(stride):
            n = kernel + steps * stride + rest
            size = ask_size(student, n, kernel, stride, "valid")

            # Whether the result is written as an int has a check of its own.
            expect(
                size != steps,
                "one output too few without padding: the first window needs no step",
            )
            expect(
                not steps + 1 < size <= steps + 2 or size != round(size),
                "one output too many without padding: a window that hangs over the edge counts "
                'for nothing with "valid"',
            )
            expect(
                np.floor(size) == steps + 1,
                f"{n} pixels, kernel {kernel}, stride {stride}: count the windows that lie "
                'inside from end to end, as "valid" asks',
            )


@pytest.mark.cell("04-output-size", points=1)
def test_size_is_a_whole_number(student, rng):
    """A size is an int."""
    for padding in ("same", "valid"):
        for n in (int(rng.integers(20, 40)) * 2, int(rng.integers(20, 40)) * 2 + 1):
            value = student.call("output_size", n, 3, 2, padding)
            expect_number(value, "the size")
            expect(
                isinstance(value, int | np.integer),
                "a size counts pixels: return an int, so that it can be used in a shape",
                got=type(value).__name__,
                expected="int",
            )
