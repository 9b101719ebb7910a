"""Hidden checks of exercise 04-strided-conv."""

import numpy as np
import pytest

from pawmark.checks import expect

from .feature_maps import distinct, pooled
from .replies import close, expect_planes, numbers


def convolved(x, kernel, stride, before=None):
    """Convolve (H, W, C) as Keras does with "same", or with ``before`` rows of padding in front."""
    size = [-(-n // stride) for n in x.shape[:2]]
    total = [max((out - 1) * stride + kernel.shape[0] - n, 0)
             for out, n in zip(size, x.shape[:2], strict=True)]  # fmt: skip
    front = [t // 2 for t in total] if before is None else list(before)
    # More zeros than needed at the far end do no harm.
    x = np.pad(x, [(front[0], kernel.shape[0]), (front[1], kernel.shape[0]), (0, 0)])
    out = np.zeros((*size, kernel.shape[3]))
    for i in range(size[0]):
        for j in range(size[1]):
            row, column = i * stride, j * stride
            window = x[row : row + kernel.shape[0], column : column + kernel.shape[1]]
            out[i, j] = np.tensordot(window, kernel, axes=3)
    return out


def ask_conv(student, x, kernel, **stride):
    """Return what the student's strided_conv makes of an array."""
    got = numbers(student.call("strided_conv", x, kernel, **stride))
    expect(got.ndim == 3, "the result has three axes: height, width, filters", got=got.shape)
    return got


def lopsided(rng, size):
    """Draw a kernel of one filter that no turning or mirroring leaves as it is."""
    return (distinct(rng, size, size) / size**2)[:, :, None, None]


def even_handed(rng, size):
    """Draw a kernel of one filter that is the same when flipped or transposed."""
    side = np.arange(size)
    ring = np.maximum(abs(2 * side[:, None] - size + 1), abs(2 * side[None, :] - size + 1))
    return rng.uniform(0.5, 1.5, size + 1)[ring][:, :, None, None]


@pytest.mark.cell("04-strided-conv", points=1)
def test_conv_multiplies_window_and_kernel(student, rng):
    """An output is the sum of window times kernel, which is not flipped."""
    x, kernel = distinct(rng, 6, 8, 1) / 10, lopsided(rng, 2)

    got = ask_conv(student, x, kernel)

    expected = convolved(x, kernel, 2)
    expect_planes(got, expected, "the result has the wrong shape")
    flipped = [kernel[::-1, ::-1], kernel.transpose(1, 0, 2, 3), kernel[::-1], kernel[:, ::-1]]
    expect(
        not any(close(got, convolved(x, other, 2)) for other in flipped),
        "the kernel is flipped or transposed: deep learning lays it on the window as it is",
    )
    expect(
        close(got, expected),
        "with a kernel of 2 x 2 and stride 2 there is no padding, and each output should be the "
        "sum of its window times the kernel",
    )


@pytest.mark.cell("04-strided-conv", points=1)
def test_conv_sums_over_input_channels(student, rng):
    """A filter adds up all channels of its input, each with its own weights."""
    x = distinct(rng, 4, 6, 3) / 10
    # The four places of a window weigh the same, and no padding is needed.
    weights = distinct(rng, 3, 2) / 3 * [1, -1]
    kernel = np.broadcast_to(weights, (2, 2, 3, 2)).copy()

    got = ask_conv(student, x, kernel)

    expect(
        got.shape[-1] == 2,
        "there should be an output channel for each filter: the last axis of the kernel",
        got=got.shape,
        expected=(2, 3, 2),
    )
    sums = 4 * pooled(x, 2, np.mean)
    expected = sums @ weights
    expect_planes(got, expected, "the result has the wrong shape")
    expect(
        not any(close(got, sums[..., [c]] * weights[c]) for c in range(3)),
        "only one channel of the input is used: a filter sees all of them",
    )
    expect(
        not close(got, expected / 3),
        "the channels of the input are averaged: a filter adds them up",
    )
    expect(
        not close(got, expected[..., ::-1]),
        "the output channels come in another order than the filters",
    )
    expect(
        close(got, expected),
        "the channels of the input should be added up, each with its own weight, for each filter "
        "by itself; negative sums are kept",
    )


@pytest.mark.cell("04-strided-conv", points=1)
def test_conv_pads_even_sizes_at_the_end(student, rng):
    """On an even size, stride 2 pads at the bottom and at the right only."""
    x = distinct(rng, 6, 10, 1) / 10
    kernel = even_handed(rng, 3)

    got = ask_conv(student, x, kernel)

    expected = convolved(x, kernel, 2)
    expect(
        not close(got, convolved(x, kernel, 2, before=(1, 1))),
        "the windows begin outside the picture: on an even size, stride 2 and a kernel of 3 need "
        'one row of zeros in all, and "same" puts it at the bottom (and right), not on every side',
    )
    edges = [np.pad(x, [(0, 1), (0, 1), (0, 0)], mode) for mode in ("edge", "reflect", "wrap")]
    expect(
        not any(close(got, convolved(edge, kernel, 2, before=(0, 0))[:3, :5]) for edge in edges),
        "the padding repeats values of the picture: it should be zeros",
    )
    expect(
        got.shape == expected.shape,
        'with "same" the result has half the height and width here: is there padding at all?',
        got=got.shape,
        expected=expected.shape,
    )
    expect(close(got, expected), 'the values at even sizes are not those of "same" padding')


@pytest.mark.cell("04-strided-conv", points=1)
def test_conv_pads_odd_sizes_on_both_sides(student, rng):
    """On an odd size, stride 2 with a kernel of 3 pads on both sides."""
    x = distinct(rng, 7, 9, 1) / 10
    kernel = even_handed(rng, 3)

    got = ask_conv(student, x, kernel)

    expected = convolved(x, kernel, 2)
    expect(
        got.shape == expected.shape,
        "on an odd size the last window hangs over the edge and counts: the size is rounded up",
        got=got.shape,
        expected=expected.shape,
    )
    expect(
        not close(got, convolved(x, kernel, 2, before=(0, 0))),
        "on an odd size, stride 2 and a kernel of 3 need two rows of zeros, one on each side: the "
        "padding depends on the size of the picture",
    )
    # Another value than zero for padding has a check of its own: look inside only.
    inside = (slice(1, -1), slice(1, -1))
    expect(close(got[inside], expected[inside]), "the windows do not lie where they should")


@pytest.mark.cell("04-strided-conv", points=1)
def test_conv_height_and_width_are_padded_apart(student, rng):
    """Height and width each get the padding that they need."""
    kernel, found = even_handed(rng, 3), []
    for shape in ((6, 9, 1), (9, 6, 1)):
        x = distinct(rng, *shape) / 10
        got = ask_conv(student, x, kernel)

        expected = convolved(x, kernel, 2)
        expect_planes(got, expected, "a picture that is not square gives the wrong shape")
        found += [f for f in (0, 1) if close(got, convolved(x, kernel, 2, before=(f, f)))]
    # Always the same padding, whatever the size, has checks of its own.
    expect(
        found not in ([0, 1], [1, 0]),
        "height and width get the same padding here, though one of them is even and the other "
        "odd: work it out for each by itself",
    )


@pytest.mark.cell("04-strided-conv", points=1)
def test_conv_takes_every_kernel_and_stride(student, rng):
    """Other kernels and strides work, also a kernel narrower than the stride."""
    cases = ((9, 12, 3, 3), (10, 15, 5, 5), (12, 8, 4, 4), (7, 5, 1, 2), (8, 6, 1, 2), (5, 7, 3, 1))
    for height, width, size, stride in cases:
        x, kernel = distinct(rng, height, width, 1) / 10, even_handed(rng, size)
        got = ask_conv(student, x, kernel, stride=stride)

        expected = convolved(x, kernel, stride)
        case = f"{height} x {width} pixels, kernel {size}, stride {stride}"
        # Padding has checks of its own; stride 1 without any is part of them.
        inside = (slice(1, -1), slice(1, -1)) if stride == 1 else (slice(None), slice(None))
        fits = got.shape == expected.shape or (stride == 1 and got.shape == (3, 5, 1))
        expect(
            fits,
            f"wrong shape for {case}: are `stride` and the kernel's own size used?",
            got=got.shape,
            expected=expected.shape,
        )
        fronts = [(front, front) for front in range(size)]
        shifted = [convolved(x, kernel, stride, front)[inside] for front in fronts]
        known = [*shifted, expected[inside]]
        right = any(close(one, candidate) for one in (got, got[inside]) for candidate in known)
        expect(right, f"wrong values for {case}")
