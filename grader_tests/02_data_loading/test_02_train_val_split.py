"""Hidden checks of 02-train-val-split: the last rows for validation, the others to train on."""

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, exact, inputs, switches


def judge(inputs, targets, num_val):
    """Say of each row where it belongs."""
    held_out = np.array([row >= len(inputs) - num_val for row in range(len(inputs))], dtype=bool)
    return inputs[~held_out], targets[~held_out], inputs[held_out], targets[held_out]


def formula(
    inputs,
    targets,
    num_val,
    first_rows=False,
    minus_zero=False,
    cut_row_lost=False,
    by_kind=False,
    all_to_train=False,
    targets_elsewhere=False,
    validation_first=False,
    one_kept=False,
    one_held_out=False,
):
    """Cut both arrays, with what may go wrong."""
    cut = len(inputs) - num_val
    cut = max(cut, 1) if one_kept else cut
    cut = min(cut, len(inputs) - 1) if one_held_out else cut
    train, val = slice(0, cut), slice(cut, None)
    if first_rows:
        train, val = slice(num_val, None), slice(0, num_val)
    if minus_zero and num_val == 0:
        train, val = slice(0, 0), slice(0, None)
    if cut_row_lost:
        train = slice(0, cut - 1)
    if all_to_train:
        train = slice(0, None)
    other_train, other_val = train, val
    if targets_elsewhere:
        other_train, other_val = slice(num_val, None), slice(0, num_val)
    parts = inputs[train], targets[other_train], inputs[val], targets[other_val]
    if by_kind:
        return parts[0], parts[2], parts[1], parts[3]
    return parts[2:] + parts[:2] if validation_first else parts


variants = switches(
    formula,
    first_rows=Slip("fatal", "the first rows are set aside: validation should hold the last ones"),
    minus_zero=Slip(
        "minor",
        "with num_val = 0 everything should be for training: note that rows[:-0] is rows[:0]",
    ),
    cut_row_lost=Slip(
        "fatal", "the row before the cut is in neither part: training should hold all other rows"
    ),
    by_kind=Slip(
        "fatal",
        "the four arrays come in another order: inputs and targets for training first, then both "
        "for validation",
    ),
    all_to_train=Slip(
        "fatal",
        "rows for validation are among the training rows too: the model would be judged on what "
        "it has learnt by heart",
    ),
    targets_elsewhere=Slip(
        "fatal",
        "inputs and targets are cut at different places, so they do not belong together any more",
    ),
    validation_first=Slip(
        "fatal",
        "validation comes first here: both arrays for training come before it in the result",
    ),
    one_kept=Slip(
        "minor",
        "with num_val = {num_val}, all rows are for validation: the text allows that none is left "
        "for training",
    ),
    one_held_out=Slip(
        "minor", "with num_val = 0, no row is for validation: here one is held out all the same"
    ),
)


def rows(rng, count, held_out):
    """Draw numbered rows of inputs and their targets; num_val is a number, or what it lacks."""
    order = rng.permutation(200)[:count].astype("float32")
    pictures = np.stack([order, order / 2], axis=1)
    masks = (order + 1000).astype("int32")[:, None]
    return pictures, masks, held_out


@st.composite
def some_held_out(draw):
    """Draw a few rows for validation, and not half of all: then the parts have unlike sizes."""
    held_out = draw(st.integers(1, 5))
    count = 2 * held_out + draw(st.integers(1, 9))
    return rows(np.random.default_rng(draw(st.integers(0, 2**32))), count, held_out)


def none_held_out(rng, count):
    """Draw rows that are all for training."""
    return rows(rng, count, 0)


def all_held_out(rng, count):
    """Draw rows that are all for validation."""
    return rows(rng, count, count)


def equal_rows(rng, count):
    """Draw rows of which the same are in both parts, as where a photograph is there twice."""
    pictures, masks, held_out = rows(rng, count, count // 3)
    again = rng.integers(0, count // 3, count)
    return pictures[again], masks[again], held_out


exercise = Exercise(
    "02-train-val-split",
    function="train_val_split",
    judge=judge,
    strata=[
        Stratum("a few rows held out", some_held_out(), count=8),
        Stratum("no row held out", inputs(none_held_out, count=st.integers(1, 12)), row="corners"),
        Stratum("all rows held out", inputs(all_held_out, count=st.integers(1, 12)),
                row="corners"),
        Stratum("equal rows in both parts", inputs(equal_rows, count=st.integers(7, 12)),
                row="corners"),
    ],
    variants=variants,
    same=exact,
    contract=Contract(result=(tuple, list), items=np.ndarray, dtype="same"),
)  # fmt: skip
