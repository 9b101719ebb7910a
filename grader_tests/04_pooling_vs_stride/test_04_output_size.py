"""Hidden checks of 04-output-size: how many windows lie along one side."""

import math

from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, exact, switches


def judge(n, kernel, stride, padding):
    """Put down one window after the other."""
    windows = 0
    start = 0
    while start < n if padding == "same" else start + kernel <= n:
        windows += 1
        start += stride
    return windows


def formula(
    n,
    kernel,
    stride,
    padding,
    same_rounded_down=False,
    one_more_than_steps=False,
    half_a_kernel=False,
    less_than_half=False,
    padding_ignored=False,
    kernel_ignored=False,
    words_swapped=False,
    stride_forgotten=False,
    first_forgotten=False,
    valid_rounded_up=False,
    all_but_last=False,
    not_rounded=False,
    nearest=False,
    same_keeps_size=False,
):
    """Use the two formulas, with what may go wrong."""
    if words_swapped:
        padding = "valid" if padding == "same" else "same"
    if stride_forgotten:
        return n if padding == "same" else n - kernel + 1
    if (padding == "same" and not padding_ignored) or kernel_ignored:
        if same_keeps_size:
            return n
        if half_a_kernel or less_than_half:
            border = kernel // 2 if half_a_kernel else (kernel - 1) // 2
            return (n + 2 * border - kernel) // stride + 1
        if same_rounded_down or one_more_than_steps:
            return n // stride + one_more_than_steps
        if not_rounded or nearest:
            return math.floor(n / stride + 0.5) if nearest else n / stride
        return -(-n // stride)
    if first_forgotten:
        return (n - kernel) // stride
    if all_but_last:
        return (n - kernel + 1) // stride
    if valid_rounded_up:
        return -((kernel - n) // stride) + 1
    if not_rounded or nearest:
        steps = (n - kernel) / stride
        return math.floor(steps + 0.5) + 1 if nearest else steps + 1
    return (n - kernel) // stride + 1


HALF = (
    'with "same" the width of the kernel must not matter: there is as much padding as it takes. '
    "Half a kernel on both sides is right for some kernels only"
)

variants = switches(
    formula,
    same_rounded_down=Slip(
        "major",
        'with "same" the last window may hang over the edge and counts: round up, not down',
    ),
    one_more_than_steps=Slip(
        "major",
        'with "same" there is one output too many where the stride divides the side: adding 1 '
        "after rounding down is not rounding up",
    ),
    half_a_kernel=Slip("major", HALF),
    less_than_half=Slip("major", HALF),
    padding_ignored=Slip(
        "major",
        '`padding` makes no difference here: with "same" windows may hang over the edge, and the '
        "width of the kernel does not matter",
    ),
    kernel_ignored=Slip(
        "major", 'with "valid" only windows that lie inside from end to end count: use `kernel`'
    ),
    words_swapped=Slip(
        "fatal",
        '"same" and "valid" are exchanged: it is "same" that pads, and "valid" that does not',
    ),
    stride_forgotten=Slip("fatal", "the windows move by `stride`, and here they move by one"),
    first_forgotten=Slip(
        "major",
        'with "valid" this counts the steps, which is one too few: the first window needs none',
    ),
    valid_rounded_up=Slip(
        "major", 'with "valid" a window that hangs over the edge counts for nothing: round down'
    ),
    all_but_last=Slip(
        "major",
        'with "valid" there are (n - kernel) // stride steps, and one window before the first of '
        "them: the 1 is added after the division",
    ),
    not_rounded=Slip(
        "major", "there is no part of an output: {call} gives {got}, which is not a whole number"
    ),
    nearest=Slip(
        "major",
        'rounding to the nearest number is neither: "same" rounds up, and "valid" rounds down',
    ),
    same_keeps_size=Slip(
        "major", '"same" keeps the size only while the stride is 1: a stride divides it'
    ),
)

strides = st.integers(2, 4)
odd, even = st.sampled_from([3, 5, 7]), st.sampled_from([2, 4, 6])


@st.composite
def same(draw, kernels, with_rest):
    """Draw a side that the stride divides, or leaves the rest of."""
    stride = draw(strides)
    rest = draw(st.integers(1, stride - 1)) if with_rest else 0
    return draw(st.integers(3, 30)) * stride + rest, draw(kernels), stride, "same"


@st.composite
def valid(draw, with_rest):
    """Draw a side that windows fill to the end, or leave a rest of."""
    stride = draw(strides)
    kernel = draw(st.integers(2, 7))
    rest = draw(st.integers(1, stride - 1)) if with_rest else 0
    return kernel + draw(st.integers(2, 30)) * stride + rest, kernel, stride, "valid"


@st.composite
def narrow(draw):
    """Draw windows that are narrower than the step."""
    stride = draw(strides)
    kernel = draw(st.integers(1, stride - 1))
    return draw(st.integers(8, 60)), kernel, stride, draw(st.sampled_from(["same", "valid"]))


@st.composite
def wider_than_side(draw):
    """Draw windows wider than a side of some steps, which only "same" allows."""
    n = draw(st.integers(3, 6))
    return n, n + draw(st.integers(1, 3)), draw(st.integers(1, 2)), "same"


@st.composite
def long_steps(draw):
    """Draw steps of a thousand pixels or more, with a rest of one or of all pixels but one."""
    stride = draw(st.integers(1100, 3000))
    rest = draw(st.sampled_from([1, stride - 1]))
    if draw(st.booleans()):
        return draw(st.integers(1, 3)) * stride + rest, draw(odd), stride, "same"
    kernel = draw(odd)
    return kernel + draw(st.integers(1, 3)) * stride + rest, kernel, stride, "valid"


@st.composite
def small(draw):
    """Draw sides with room for one window only."""
    if draw(st.booleans()):
        n = draw(st.integers(1, 4))
        return n, n + draw(st.integers(1, 3)), n + draw(st.integers(0, 2)), "same"
    n = draw(st.integers(2, 7))
    return n, n, draw(strides), "valid"


single_steps = st.tuples(
    st.integers(8, 60), st.integers(2, 7), st.just(1), st.sampled_from(["same", "valid"])
)

exercise = Exercise(
    "04-output-size",
    function="output_size",
    judge=judge,
    strata=[
        Stratum('"same", odd kernels, no rest', same(odd, with_rest=False)),
        Stratum('"same", even kernels, no rest', same(even, with_rest=False)),
        Stratum('"same", odd kernels, with a rest', same(odd, with_rest=True), count=8),
        Stratum('"same", even kernels, with a rest', same(even, with_rest=True), count=8),
        Stratum('"valid", no rest', valid(with_rest=False)),
        Stratum('"valid", with a rest', valid(with_rest=True), count=8),
        Stratum("steps of one pixel", single_steps, row="corners"),
        Stratum("windows narrower than the step", narrow(), row="corners"),
        Stratum("sides with room for one window", small(), row="corners"),
        Stratum("windows wider than the side", wider_than_side(), row="corners", count=4),
        Stratum("long sides and long steps", long_steps(), row="corners", count=6),
    ],
    variants=variants,
    same=exact,
    contract=Contract(
        result=int,
        messages={"type": "a size counts pixels: return an int, so that it can be used in a shape"},
    ),
)
