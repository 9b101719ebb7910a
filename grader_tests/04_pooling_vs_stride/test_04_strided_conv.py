"""Hidden checks of 04-strided-conv: convolution with "same" padding and any stride."""

from itertools import count

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, Variant, close, switches


def zeros_in_front(n, kernel, stride):
    """Try one zero more until there are enough windows; tell how many lie in front."""
    starts = len(range(0, n, stride))
    zeros = next(zeros for zeros in count() if (n + zeros - kernel) // stride + 1 >= starts)
    return zeros // 2


def judge(x, kernel, stride=2):
    """Let each pixel of the picture add to the outputs whose windows it lies in."""
    side, channels = kernel.shape[0], kernel.shape[3]
    front = [zeros_in_front(n, side, stride) for n in x.shape[:2]]
    result = np.zeros((*(len(range(0, n, stride)) for n in x.shape[:2]), channels))
    for row, column in np.ndindex(*x.shape[:2]):
        parts = np.tensordot(x[row, column], kernel, axes=(0, 2))
        for a, b in np.ndindex(side, side):
            i, over_i = divmod(row + front[0] - a, stride)
            j, over_j = divmod(column + front[1] - b, stride)
            if not (over_i or over_j) and 0 <= i < result.shape[0] and 0 <= j < result.shape[1]:
                result[i, j] += parts[a, b]
    return result


def formula(
    x,
    kernel,
    stride=2,
    flipped=False,
    flipped_rows=False,
    flipped_columns=False,
    transposed=False,
    filters_reversed=False,
    channels_reversed=False,
    filters_added=False,
    first_filter=False,
    first_channel=False,
    channels_averaged=False,
    window_averaged=False,
    with_relu=False,
    whole_numbers=False,
    dtype_of_picture=False,
    stride_forgotten=False,
    stride_of_two=False,
    kernel_of_three=False,
    rounded_down=False,
    without_padding=False,
    half_in_front=False,
    whole_half_in_front=False,
    more_in_front=False,
    at_the_end=False,
    all_in_front=False,
    of_height=False,
    of_width=False,
    negative_padding=False,
    of_even_size=False,
    repeated=False,
    mirrored=False,
    wrapped=False,
    padded_with_one=False,
):
    """Pad, and multiply window by window, with what may go wrong."""
    stride = 1 if stride_forgotten else 2 if stride_of_two else stride
    for slip, axes in (
        (flipped, (0, 1)), (flipped_rows, 0), (flipped_columns, 1), (channels_reversed, 2),
        (filters_reversed, 3),
    ):  # fmt: skip
        kernel = np.flip(kernel, axes) if slip else kernel
    kernel = kernel.transpose(1, 0, 2, 3) if transposed else kernel
    kernel = kernel[..., :1] if first_filter else kernel
    side = 3 if kernel_of_three else kernel.shape[0]
    sizes = [n // stride if rounded_down else -(-n // stride) for n in x.shape[:2]]
    if without_padding:
        sizes = [(n - side) // stride + 1 for n in x.shape[:2]]
    padding = []
    for n, outputs in zip(x.shape[:2], sizes, strict=True):
        if of_even_size:
            n = outputs * stride
        zeros = (outputs - 1) * stride + side - n
        if zeros < 0 and negative_padding:
            raise ValueError("index can't contain negative values")
        zeros = max(zeros, 0)
        front = zeros - zeros // 2 if more_in_front else zeros // 2
        front = 0 if at_the_end or without_padding else zeros if all_in_front else front
        if half_in_front or whole_half_in_front:
            front = (side - 1) // 2 if half_in_front else side // 2
        padding.append((front, max(zeros - front, 0)))
    if of_height or of_width:
        padding = [padding[1 if of_width else 0]] * 2
    shape = x.shape
    mode = "edge" if repeated else "reflect" if mirrored else "wrap" if wrapped else "constant"
    more = {"constant_values": 1} if padded_with_one else {}
    x = np.pad(x, [*padding, (0, 0)], mode=mode, **more)
    x = np.pad(x, [(0, shape[0] + 9), (0, shape[1] + 9), (0, 0)])  # zeros at the end do no harm
    result = np.zeros((*sizes, kernel.shape[3]))
    for i, j in np.ndindex(*sizes):
        window = x[i * stride : i * stride + side, j * stride : j * stride + side]
        if first_channel:
            window, seen = window[..., :1], kernel[:, :, :1]
        else:
            seen = kernel
        result[i, j] = np.tensordot(window, seen, axes=3)
    if channels_averaged or window_averaged:
        result = result / (shape[2] if channels_averaged else side**2)
    if filters_added:
        result = np.repeat(result.sum(axis=2, keepdims=True), kernel.shape[3], axis=2)
    result = np.maximum(result, 0) if with_relu else result
    if dtype_of_picture:
        return result.astype(x.dtype)
    return np.trunc(result) if whole_numbers else result


def channel_by_channel(x, kernel, stride=2):
    """Give each filter one channel, as a depthwise step does; raises if there are too few."""
    parts = [judge(x[..., [c]], kernel[:, :, [c], :][..., [c]], stride) for c in range(x.shape[2])]
    return np.concatenate(parts, axis=2)


def wide_for_high(x, kernel, stride=2):
    """Use the number of rows of outputs for the columns too."""
    result = judge(x, kernel, stride)
    if x.shape[0] < x.shape[1]:
        return result[:, : len(result)]
    if x.shape[0] > x.shape[1]:
        raise ValueError("shape-mismatch for sum")
    return result


FLIPPED = (
    "the kernel is flipped or transposed: deep learning lays it on the window as it is, and "
    "kernel[0, 0] meets the top left of the window"
)
BORDER = "the padding holds values: it should be zeros"
ASYMMETRIC = (
    "the windows do not begin where they do in Keras: on an even size, stride 2 and a kernel of 3 "
    'need one row of zeros in all, and "same" puts it at the bottom and right'
)
APART = (
    "height and width get the same padding: where one of them is even and the other odd they need "
    "different ones, so work it out for each"
)

variants = (
    *switches(
        formula,
        flipped=Slip("fatal", FLIPPED),
        flipped_rows=Slip("fatal", FLIPPED),
        flipped_columns=Slip("fatal", FLIPPED),
        transposed=Slip("fatal", FLIPPED),
        filters_reversed=Slip(
            "major", "the output channels come in another order than the filters"
        ),
        channels_reversed=Slip(
            "major", "the input channels meet the weights of other channels: the order is reversed"
        ),
        filters_added=Slip(
            "major", "the results of all filters are added: each filter gives a channel by itself"
        ),
        first_filter=Slip(
            "major",
            "there should be an output channel for each filter: the last axis of the kernel",
        ),
        first_channel=Slip(
            "major", "only the first channel of the input is used: a filter sees all of them"
        ),
        channels_averaged=Slip(
            "major", "the channels of the input are averaged: a filter adds them up"
        ),
        window_averaged=Slip(
            "fatal", "this is the mean over the window: the products are added, and not divided"
        ),
        with_relu=Slip("fatal", "negative sums become 0: no activation was asked for"),
        whole_numbers=Slip(
            "fatal",
            "the part behind the decimal point is lost: is the result an array of integers?",
        ),
        dtype_of_picture=Slip(
            "minor",
            "a picture of whole numbers gives whole numbers, and everything behind the decimal "
            "point is cut off: the result needs a dtype of its own",
        ),
        stride_forgotten=Slip("fatal", "the windows move by `stride`, and here they move by one"),
        stride_of_two=Slip("major", "the windows always move by two: use `stride`"),
        kernel_of_three=Slip(
            "major", "every kernel is taken for one of 3 x 3: its size is kernel.shape[0]"
        ),
        rounded_down=Slip(
            "major",
            "on an odd size the last window hangs over the edge and counts: the size is rounded up",
        ),
        without_padding=Slip(
            "major",
            'windows that hang over the edge are left out, as with "valid": "same" pads with zeros',
        ),
        half_in_front=Slip("major", ASYMMETRIC, family="half"),
        whole_half_in_front=Slip("major", ASYMMETRIC, family="half"),
        more_in_front=Slip("major", ASYMMETRIC),
        all_in_front=Slip(
            "major", "all zeros are put at the top and left: half of them belong to the other end"
        ),
        at_the_end=Slip(
            "major",
            "all zeros are put at the bottom and right: on an odd size, stride 2 and a kernel of 3 "
            "need two rows of zeros, one on each side",
        ),
        of_height=Slip("major", APART),
        of_width=Slip("major", APART),
        of_even_size=Slip(
            "major",
            "the padding is that of a size which the stride divides: work it out from the size of "
            "this picture",
        ),
        negative_padding=Slip(
            "minor",
            "a kernel narrower than the stride may need less than no padding, and np.pad takes no "
            "negative number: then the answer is none",
        ),
        repeated=Slip("major", BORDER),
        mirrored=Slip("major", BORDER),
        wrapped=Slip("major", BORDER),
        padded_with_one=Slip("major", BORDER),
    ),
    Variant(
        "channel-by-channel",
        channel_by_channel,
        "major",
        "each filter sees one channel only: it should add up all channels of the input",
    ),
    Variant(
        "wide-for-high",
        wide_for_high,
        "major",
        "this is right for square pictures only: height and width are mixed up",
    ),
)


def layer(rng, height, width, side, stride, channels=1, filters=1, kind="float", default=False):
    """Draw a picture and a kernel that no turning or mirroring leaves as it is."""
    x = np.round(rng.normal(0, 2, (height, width, channels)), 1)
    kernel = np.round(rng.normal(0, 1, (side, side, channels, filters)), 1)
    # No two weights are equal, and none is 0.
    kernel += (rng.permutation(kernel.size).reshape(kernel.shape) + 1) / 100
    if kind == "whole":
        x = rng.integers(-9, 10, x.shape).astype(str(rng.choice(["int64", "int32"])))
    else:
        x, kernel = (array.astype(kind) for array in (x, kernel))
    return (x, kernel) if default else (x, kernel, stride)


@st.composite
def sized(draw, across, down, **others):
    """Draw sizes by their remainder, 0 for even ones; the first shape is the smallest."""
    height, width = (2 * draw(st.integers(2, 4)) + rest for rest in (down, across))
    drawn = {name: draw(value) for name, value in others.items()}
    return layer(np.random.default_rng(draw(st.integers(0, 2**32))), height, width, **drawn)


@st.composite
def one_of_each(draw, **others):
    """Draw one side even and the other odd."""
    across = draw(st.integers(0, 1))
    return draw(sized(across, 1 - across, **others))


@st.composite
def filled(draw, **others):
    """Draw windows side by side, so that no padding is needed; square ones."""
    side = draw(st.integers(2, 3))
    size = side * draw(st.integers(2, 3))
    drawn = {name: draw(value) for name, value in others.items()}
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return layer(rng, size, size, side, side, **drawn)


@st.composite
def any_kernel(draw, **others):
    """Draw wider kernels with other strides."""
    stride = draw(st.integers(1, 4))
    side = draw(st.integers(max(stride, 4), 7))
    height, width = draw(st.integers(7, 10)), draw(st.integers(7, 10))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    drawn = {name: draw(value) for name, value in others.items()}
    return layer(rng, height, width, side, stride, **drawn)


@st.composite
def narrow(draw):
    """Draw kernels narrower than the stride, where the last window ends inside."""
    stride = draw(st.integers(2, 4))
    side = draw(st.integers(1, stride - 1))
    height, width = (stride * draw(st.integers(1, 3)) + draw(st.integers(0, 1)) for _ in range(2))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return layer(rng, height, width, side, stride)


@st.composite
def small(draw):
    """Draw pictures that are smaller than the kernel."""
    height, width = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    side = max(height, width) + draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return layer(rng, height, width, side, draw(st.integers(1, 3)))


@st.composite
def stretched(draw):
    """Draw very wide and very high pictures."""
    sides = [draw(st.integers(1, 3)), draw(st.integers(15, 25))]
    if draw(st.booleans()):
        sides.reverse()
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return layer(rng, *sides, 3, 2)


three, two = st.just(3), st.just(2)
several = {"channels": st.integers(2, 3), "filters": st.integers(2, 4)}

exercise = Exercise(
    "04-strided-conv",
    function="strided_conv",
    judge=judge,
    strata=[
        Stratum("windows side by side", filled()),
        Stratum("several channels and filters", filled(**several)),
        Stratum("even sizes", sized(0, 0, side=three, stride=two, default=st.just(True))),
        Stratum("odd sizes", sized(1, 1, side=three, stride=two)),
        Stratum("one side even and the other odd", one_of_each(side=three, stride=two)),
        Stratum("wider kernels and other strides", any_kernel(), count=8),
        Stratum("steps of one pixel", sized(0, 1, side=st.integers(2, 4), stride=st.just(1)),
                row="corners", count=4),
        Stratum("kernels narrower than the stride", narrow(), row="corners"),
        Stratum("pictures smaller than the kernel", small(), row="corners", count=4),
        Stratum(
            "pictures of whole numbers",
            sized(1, 0, side=three, stride=two, kind=st.just("whole")),
            row="corners",
            count=4,
        ),
        Stratum("very wide and very high pictures", stretched(), row="corners", count=4),
    ],
    variants=variants,
    families={"half": ASYMMETRIC},
    same=close(atol=1e-3),
    contract=Contract(result=np.ndarray),
)  # fmt: skip
