"""Hidden checks of 04-max-pool: the largest value of each window."""

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, Variant, close, inputs, switches


def judge(x, size=2):
    """Sort the values of each window, and take the last."""
    height, width, channels = x.shape
    result = np.zeros((height // size, width // size, channels), dtype=x.dtype)
    for i, j, channel in np.ndindex(result.shape):
        places = [(i * size + a, j * size + b) for a in range(size) for b in range(size)]
        result[i, j, channel] = sorted(x[row, column, channel] for row, column in places)[-1]
    return result


def formula(
    x,
    size=2,
    mean=False,
    smallest=False,
    total=False,
    first_value=False,
    last_value=False,
    from_zero=False,
    from_low=False,
    largest_magnitude=False,
    channels_reversed=False,
    shared_maximum=False,
    over_channels=False,
    sides_exchanged=False,
    rest_kept=False,
    rest_off_in_front=False,
    size_ignored=False,
    window_of_two=False,
    step_of_two=False,
    step_of_one=False,
    columns_of_rows=False,
    in_whole_numbers=False,
):
    """Pool window by window, with what may go wrong."""
    size = 2 if size_ignored else size
    window = 2 if window_of_two else size
    step = 2 if step_of_two else 1 if step_of_one else size
    height, width = x.shape[:2]
    if rest_off_in_front:
        x = x[height % size :, width % size :]
    rows, columns = ((n - size) // step + 1 for n in (height, width))
    if rest_kept:
        rows, columns = (-(-n // step) for n in (height, width))
    if columns_of_rows:
        columns = rows
    result = np.zeros((rows, columns, x.shape[2]), dtype=float)
    for i in range(rows):
        for j in range(columns):
            part = x[i * step : i * step + window, j * step : j * step + window]
            result[i, j] = pooled(part, mean, smallest, total, first_value, last_value)
            if largest_magnitude:
                low = part.min(axis=(0, 1))
                result[i, j] = np.where(abs(low) > abs(result[i, j]), low, result[i, j])
            if shared_maximum:
                result[i, j] = part.max()
    if from_zero or from_low:
        result = np.maximum(result, 0 if from_zero else -999)
    if over_channels:
        return result.max(axis=2, keepdims=True)
    if sides_exchanged:
        return result.transpose(1, 0, 2)
    result = result.astype(int) if in_whole_numbers else result
    return result[..., ::-1] if channels_reversed else result


def pooled(part, mean, smallest, total, first_value, last_value):
    """Return what is kept of a window."""
    if first_value or last_value:
        return part[0, 0] if first_value else part[-1, -1]
    kind = np.mean if mean else np.min if smallest else np.sum if total else np.max
    return kind(part, axis=(0, 1))


def flat_index(x, size=2):
    """Find values by numbers into the flat picture, with the height for the width."""
    height, width, channels = x.shape
    flat = x.reshape(-1, channels)
    result = np.zeros((height // size, width // size, channels))
    for i, j in np.ndindex(result.shape[:2]):
        places = [(i * size + a) * height + j * size + b for a in range(size) for b in range(size)]
        result[i, j] = flat[places].max(axis=0)
    return result


def nothing_returned(x, size=2):
    """Print the result, and return nothing."""


CHANNELS = "each channel is pooled by itself: values of one channel turn up in another"
SIDES = "this is right for square pictures only: height and width are mixed up"
EXCHANGED = "rows and columns are exchanged in the result"

variants = (
    *switches(
        formula,
        mean=Slip("fatal", "this is the mean of each window: keep its largest value"),
        smallest=Slip("fatal", "this is the smallest value of each window: keep the largest"),
        total=Slip("fatal", "the values of each window are added: keep the largest of them"),
        first_value=Slip(
            "fatal", "this is the top left value of each window, whatever the others are"
        ),
        last_value=Slip(
            "fatal", "this is the bottom right value of each window, whatever the others are"
        ),
        from_zero=Slip(
            "major",
            "a window that holds only negative values gives 0: the largest of them is negative, so "
            "do not start from zero",
        ),
        from_low=Slip(
            "minor",
            "the search starts from a number that is thought to be low enough: values may be "
            "lower. Start from a value of the window, or from -np.inf",
        ),
        largest_magnitude=Slip(
            "major",
            "the value farthest from 0 is kept, and the largest was asked for: of negative numbers "
            "that is the one nearest to 0",
        ),
        channels_reversed=Slip("major", "the channels come out in another order"),
        shared_maximum=Slip("major", CHANNELS),
        over_channels=Slip(
            "major",
            "the channels are gone: pooling looks at height and width, each channel by itself",
        ),
        sides_exchanged=Slip("fatal", EXCHANGED),
        rest_kept=Slip(
            "major",
            "a row or column that fills no window should fall away, as in Keras",
        ),
        rest_off_in_front=Slip(
            "major", "the windows start at the top left; the rest is at the other end"
        ),
        size_ignored=Slip(
            "major", "windows are 2 x 2 here whatever `size` says: is it used throughout?"
        ),
        window_of_two=Slip(
            "major",
            "the windows lie `size` apart and are 2 x 2 only, so they leave values out: each is as "
            "large as the step",
        ),
        step_of_two=Slip(
            "major",
            "the windows are as large as `size` says and overlap: each begins where the one before "
            "it ends",
        ),
        step_of_one=Slip("fatal", "the windows overlap: each begins where the one before it ends"),
        columns_of_rows=Slip("major", SIDES),
        in_whole_numbers=Slip(
            "major",
            "the part behind the decimal point is lost: is the result an array of integers?",
        ),
    ),
    Variant("flat-index", flat_index, "major", SIDES),
    Variant(
        "nothing-returned", nothing_returned, "fatal", "nothing came back: is `return` missing?"
    ),
)


def picture(rng, rows, columns, size, channels=1, rest=(0, 0), kind="positive", default=False):
    """Draw different numbers for a number of windows and a rest."""
    shape = (rows * size + rest[0], columns * size + rest[1], channels)
    values = (rng.permutation(np.prod(shape)) + 1).reshape(shape)
    # Channels of bands apart, the first with the largest values.
    values = values + 1000 * np.arange(channels)[::-1]
    if kind == "bytes":
        return (rng.integers(0, 12, shape).astype("uint8"), size)
    if kind == "whole":
        return (values.astype(str(rng.choice(["int64", "int32", "uint16"]))), size)
    values = values + np.round(rng.uniform(0.1, 0.9, shape), 1)
    if kind == "negative":
        values = -values
    if kind == "far below":
        values = -1000 * values
    values = values.astype("float32")
    return (values,) if default else (values, size)


def square(rng, windows, **more):
    """Draw a picture as wide as high."""
    return picture(rng, windows, windows, **more)


def oblong(rng, low, more, upright=None, **others):
    """Draw a picture that is higher than wide, or wider than high."""
    sides = [low, low + more]
    if rng.random() < 0.5 if upright is None else upright:
        sides.reverse()
    return picture(rng, *sides, **others)


def with_rest(rng, low, more, size, upright, **others):
    """Draw a picture whose last rows, or columns, fill no window."""
    rest = [int(n) for n in rng.integers(0, size, 2)]
    rest[int(rng.integers(2))] = int(rng.integers(1, size))
    return oblong(rng, low, more, upright, size=size, rest=tuple(rest), **others)


two, one = st.just(2), st.just(1)
sides = {"low": st.integers(1, 3), "more": st.integers(1, 3), "upright": st.booleans()}

exercise = Exercise(
    "04-max-pool",
    function="max_pool",
    judge=judge,
    strata=[
        Stratum(
            "square pictures of one channel",
            inputs(square, windows=st.integers(2, 4), size=two, default=st.just(True)),
        ),
        Stratum("pictures that are not square", inputs(oblong, size=two, **sides)),
        Stratum(
            "negative values",
            inputs(square, windows=st.integers(2, 4), size=two, kind=st.just("negative")),
        ),
        Stratum(
            "several channels",
            inputs(square, windows=st.integers(2, 4), size=two, channels=st.integers(2, 4)),
        ),
        Stratum(
            "windows of other sizes",
            inputs(square, windows=st.integers(2, 3), size=st.integers(3, 5)),
        ),
        Stratum(
            "whole numbers",
            inputs(square, windows=st.integers(2, 3), size=two, kind=st.just("whole")),
            count=4,
        ),
        Stratum("a rest that fills no window", inputs(with_rest, size=st.integers(2, 4), **sides)),
        Stratum(
            "values far below zero",
            inputs(square, windows=st.integers(2, 3), size=two, kind=st.just("far below")),
            row="corners",
            count=4,
        ),
        Stratum(
            "bytes, zero among them",
            inputs(square, windows=st.integers(2, 4), size=two, kind=st.just("bytes")),
            row="corners",
            count=4,
        ),
        Stratum(
            "windows of one pixel",
            inputs(oblong, size=one, channels=two, **sides | {"low": st.integers(2, 3)}),
            row="corners",
            count=4,
        ),
        Stratum(
            "a single window",
            inputs(square, windows=one, size=st.integers(2, 6), channels=st.integers(1, 3)),
            row="corners",
            count=4,
        ),
        Stratum(
            "very wide and very high pictures",
            inputs(oblong, low=one, more=st.integers(30, 60), upright=st.booleans(), size=two),
            row="corners",
            count=4,
        ),
    ],
    variants=variants,
    same=close(atol=1e-3),
    contract=Contract(result=np.ndarray),
)
