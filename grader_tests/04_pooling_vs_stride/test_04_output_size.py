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
any_width = st.integers(2, 7)


# In each stratum a slip is wrong on every input or on none, or all but surely on one of several, so
# that no verdict hangs on what was drawn: rests are of one pixel, or one pixel short of a step.
@st.composite
def same(draw, kernels, rest):
    """Draw a side that the stride divides, or leaves a rest of."""
    stride = draw(strides)
    return draw(st.integers(3, 30)) * stride + rest % stride, draw(kernels), stride, "same"


@st.composite
def valid(draw, steps, rest):
    """Draw a side that windows fill to the end, or leave a rest of."""
    stride, kernel = draw(steps), draw(any_width)
    return kernel + draw(st.integers(2, 30)) * stride + rest % stride, kernel, stride, "valid"


@st.composite
def narrow_same(draw):
    """Draw windows that are narrower than the step, and one pixel that is left over."""
    stride = draw(st.integers(5, 7))
    return draw(st.integers(3, 9)) * stride + 1, draw(st.sampled_from([2, 4])), stride, "same"


@st.composite
def narrow_valid(draw):
    """Draw windows that are narrower than the step, the last of which lacks one pixel."""
    stride = draw(st.integers(3, 5))
    kernel = draw(st.integers(2, stride - 1))
    return draw(st.integers(3, 12)) * stride + kernel - 1, kernel, stride, "valid"


@st.composite
def single_pixel_windows(draw):
    """Draw windows of one pixel, the last of which lies in the rest."""
    stride = draw(st.integers(4, 6))
    return draw(st.integers(2, 9)) * stride + stride - 1, 1, stride, "valid"


@st.composite
def wider_than_side(draw):
    """Draw windows wider than a side of some steps, which only "same" allows."""
    n = draw(st.sampled_from([3, 5, 7]))
    return n, n + draw(st.sampled_from([1, 3])), 2, "same"


@st.composite
def long_steps(draw, padding):
    """Draw steps of a thousand pixels or more, with a rest of one or of all pixels but one."""
    stride, steps, kernel = draw(st.integers(1100, 3000)), draw(st.integers(1, 3)), draw(odd)
    if padding == "same":
        return steps * stride + 1, kernel, stride, "same"
    return kernel + steps * stride + stride - 1, kernel, stride, "valid"


@st.composite
def one_window_same(draw):
    """Draw steps of more than two sides."""
    n = draw(st.integers(2, 5))
    return n, n + draw(st.integers(1, 3)), 2 * n + draw(st.integers(1, 3)), "same"


@st.composite
def one_window_valid(draw):
    """Draw windows as wide as the side."""
    n = draw(st.integers(5, 9))
    return n, n, draw(strides), "valid"


def single_steps(kernels, padding):
    """Draw windows that move by one pixel."""
    return st.tuples(st.integers(8, 60), kernels, st.just(1), st.just(padding))


single_pixel = st.tuples(st.just(1), even, st.integers(2, 4), st.just("same"))

exercise = Exercise(
    "04-output-size",
    function="output_size",
    judge=judge,
    strata=[
        Stratum('"same", odd kernels, no rest', same(odd, 0)),
        Stratum('"same", even kernels, no rest', same(even, 0)),
        Stratum('"same", odd kernels, with a rest', same(odd, 1), count=8),
        Stratum('"same", even kernels, with a rest', same(even, -1), count=8),
        Stratum('"valid", no rest', valid(strides, 0), count=8),
        Stratum('"valid", with a rest of one', valid(st.integers(3, 5), 1)),
        Stratum('"valid", with a rest that nearly makes a step', valid(strides, -1)),
        Stratum('"same", steps of one pixel', single_steps(even, "same"), "corners", 4),
        Stratum('"valid", steps of one pixel', single_steps(any_width, "valid"), "corners", 4),
        Stratum('"same", windows narrower than the step', narrow_same(), "corners", 4),
        Stratum('"valid", windows narrower than the step', narrow_valid(), "corners", 4),
        Stratum('"valid", windows of one pixel', single_pixel_windows(), "corners", 4),
        Stratum('"same", sides shorter than the step', one_window_same(), "corners", 4),
        Stratum('"valid", sides with room for one window', one_window_valid(), "corners", 4),
        Stratum("a side of one pixel", single_pixel, "corners", 3),
        Stratum("windows wider than the side", wider_than_side(), "corners", 4),
        Stratum('"same", long sides and long steps', long_steps("same"), "corners", 4),
        Stratum('"valid", long sides and long steps', long_steps("valid"), "corners", 4),
    ],
    variants=variants,
    same=exact,
    contract=Contract(
        result=int,
        messages={"type": "a size counts pixels: return an int, so that it can be used in a shape"},
    ),
)
