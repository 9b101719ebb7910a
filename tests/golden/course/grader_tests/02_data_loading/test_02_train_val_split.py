"""Hidden checks of exercise 02-train-val-split."""

import numpy as np
import pytest

from pawmark.checks import expect

from .replies import numbers


def rows(rng, count):
    """Make inputs and targets whose rows carry their number, with a random offset."""
    start = int(rng.integers(1, 100))
    numbers_ = np.arange(start, start + count)
    inputs = np.ones((count, 2, 3, 3), dtype=np.float32) * numbers_[:, None, None, None]
    targets = np.ones((count, 2, 3, 1), dtype=np.uint8) * numbers_[:, None, None, None].astype("u1")
    return inputs, targets, numbers_


def split(student, inputs, targets, num_val):
    """Call `train_val_split` and return its four arrays."""
    value = student.call("train_val_split", inputs, targets, num_val)
    expect(value is not None, "nothing came back: does the function return the four arrays?")
    fits = isinstance(value, tuple | list) and len(value) == 4
    count = len(value) if isinstance(value, tuple | list) else type(value).__name__
    expect(fits, "return four arrays", got=count, expected=4)
    parts = [numbers(part, f"result {i}") for i, part in enumerate(value, start=1)]
    fits = all(part.shape[1:] in ((2, 3, 3), (2, 3, 1)) for part in parts)
    expect(fits, "the rows have changed their shape", got=[part.shape for part in parts])
    return parts


def marks(parts, channels):
    """Return the numbers that the rows of inputs (3 channels) or targets (1) carry."""
    kept = [part[:, 0, 0, 0].tolist() for part in parts if part.shape[-1] == channels]
    expect(len(kept) == 2, "return two arrays of inputs and two of targets")
    return kept


@pytest.mark.cell("02-train-val-split", points=2)
def test_last_rows_for_validation(student, rng):
    """The last num_val rows are for validation, the others for training, in their order."""
    inputs, targets, order = rows(rng, int(rng.integers(12, 30)))
    num_val = int(rng.integers(3, 6))
    parts = split(student, inputs, targets, num_val)

    for channels in (3, 1):
        train, val = marks(parts, channels)
        expect(
            val == order[-num_val:].tolist(),
            "validation should hold the last rows, and training come before it in the result",
            got=f"{len(val)} rows for validation",
            expected=f"the last {num_val} rows",
        )
        expect(
            set(train) <= set(order[:-num_val].tolist()),
            "rows for validation are among the training rows too: the model would be judged on "
            "what it has learnt by heart",
        )
        expect(train == order[:-num_val].tolist(), "training should hold all other rows, in order")


@pytest.mark.cell("02-train-val-split", points=1)
def test_inputs_and_targets_match(student, rng):
    """Inputs and targets are cut at the same place."""
    inputs, targets, _ = rows(rng, int(rng.integers(12, 30)))
    parts = split(student, inputs, targets, int(rng.integers(3, 6)))

    expect(
        marks(parts, 3) == marks(parts, 1),
        "inputs and targets of the same part do not belong together",
    )


@pytest.mark.cell("02-train-val-split", points=1)
def test_order_of_the_four_arrays(student, rng):
    """The order is train_inputs, train_targets, val_inputs, val_targets."""
    inputs, targets, _ = rows(rng, 14)
    kinds = [part.shape[-1] for part in split(student, inputs, targets, 4)]

    expect(
        kinds == [3, 1, 3, 1],
        "the four arrays come in another order: inputs and targets for training first, then both "
        "for validation",
        got=["inputs" if kind == 3 else "targets" for kind in kinds],
        expected=["inputs", "targets", "inputs", "targets"],
    )


@pytest.mark.cell("02-train-val-split", points=1)
def test_nothing_set_aside(student, rng):
    """With num_val = 0 all rows are for training."""
    inputs, targets, _ = rows(rng, 9)
    sizes = [len(part) for part in split(student, inputs, targets, 0)]

    expect(
        sorted(sizes) == [0, 0, 9, 9] and sizes[0] == 9,
        "with num_val = 0 everything should be for training: note that rows[:-0] is rows[:0]",
        got=sizes,
        expected=[9, 9, 0, 0],
    )
