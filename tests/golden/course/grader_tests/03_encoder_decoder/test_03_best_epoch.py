"""Hidden checks of exercise 03-best-epoch."""

import numpy as np
import pytest

from pawmark.checks import expect, expect_number


def curve(rng, epochs, best):
    """Draw losses that fall to a single lowest one, jump now and then, and end high."""
    losses = rng.uniform(0.5, 0.9, epochs)
    losses[best - 1] = rng.uniform(0.2, 0.3)
    losses[-1] = rng.uniform(1.2, 1.4)
    return [float(loss) for loss in losses]


def call_best_epoch(student, losses, val_losses):
    """Let the student find the best epoch of a history."""
    history = student.history({"loss": losses, "val_loss": val_losses})
    return expect_number(student.call("best_epoch", history), "the best epoch")


@pytest.mark.cell("03-best-epoch", points=1)
def test_epochs_count_from_one(student, rng):
    """The first epoch has the number 1."""
    for _ in range(3):
        epochs = int(rng.integers(9, 30))
        best = int(rng.integers(1, epochs - 1))
        # Both losses agree here: which of the two is judged has a check of its own.
        both = curve(rng, epochs, best)

        got = call_best_epoch(student, both, both)

        expect(
            got != best - 1,
            "the best epoch is counted from 0: people and Keras count epochs from 1",
        )
        expect(got == best, "this is not the epoch with the lowest loss", got=got)


@pytest.mark.cell("03-best-epoch", points=1)
def test_validation_loss_judges(student, rng):
    """The validation loss decides, not the training loss."""
    epochs = int(rng.integers(12, 30))
    best = int(rng.integers(4, epochs - 4))
    val_losses = curve(rng, epochs, best)
    losses = sorted((float(x) for x in rng.uniform(0.05, 0.9, epochs)), reverse=True)

    got = call_best_epoch(student, losses, val_losses)

    expect(
        got not in (epochs, epochs - 1),
        "this is the last epoch, where the *training* loss is lowest; the validation loss judges",
        got=got,
    )
    expect(got != 1 + np.argmax(val_losses), "this is the epoch with the highest loss", got=got)
    # One too few is the other check's business.
    expect(
        got in (best, best - 1), "this is not the epoch with the lowest validation loss", got=got
    )


@pytest.mark.cell("03-best-epoch", points=1)
def test_ties_go_to_the_earliest(student, rng):
    """Of several equally good epochs the earliest counts."""
    epochs = int(rng.integers(12, 30))
    first = int(rng.integers(2, 5))
    both = curve(rng, epochs, first)
    later = int(rng.integers(first + 3, epochs - 1))
    both[later - 1] = both[first - 1]

    got = call_best_epoch(student, both, both)

    expect(
        got not in (later, later - 1),
        "two epochs are equally good and the later one is returned: the file holds the earlier",
    )
    expect(got in (first, first - 1), "with equally good epochs the answer is wrong", got=got)
