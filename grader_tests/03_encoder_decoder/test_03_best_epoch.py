"""Hidden checks of 03-best-epoch: the epoch with the lowest validation loss, counted from 1."""

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Inside, Slip, Stratum, exact, inputs, switches


def judge(history):
    """Look for the first epoch that no other one is below."""
    losses = history["val_loss"]
    best = [epoch for epoch, loss in enumerate(losses, 1) if not any(x < loss for x in losses)]
    return best[0]


def formula(
    history,
    from_zero=False,
    one_too_many=False,
    of_training=False,
    last_epoch=False,
    latest=False,
    highest=False,
    loss_itself=False,
    before_first_rise=False,
    smallest_gap=False,
    lowest_from_one=False,
):
    """Take the place of the lowest loss, with what may go wrong."""
    training, losses = (np.array(history[name]) for name in ("loss", "val_loss"))
    if last_epoch:
        return len(losses)
    if of_training:
        losses = training
    if smallest_gap:
        losses = abs(losses - training)
    if loss_itself:
        return float(losses.min())
    if before_first_rise:
        rises = np.flatnonzero(np.diff(losses) > 0)
        return int(rises[0]) + 1 if len(rises) else len(losses)
    if lowest_from_one and losses.min() >= 1:
        return 0
    place = int(np.argmax(losses) if highest else np.argmin(losses))
    if latest:
        place = len(losses) - 1 - int(np.argmin(losses[::-1]))
    return place + (0 if from_zero else 2 if one_too_many else 1)


variants = switches(
    formula,
    from_zero=Slip(
        "fatal", "the best epoch is counted from 0: people and Keras count epochs from 1"
    ),
    one_too_many=Slip("fatal", "this is the epoch after the best one: the first has the number 1"),
    of_training=Slip(
        "major",
        "this is the epoch with the lowest *training* loss; it is the validation loss that judges",
    ),
    last_epoch=Slip("major", "this is the last epoch, whatever the losses are"),
    latest=Slip(
        "minor",
        "two epochs are equally good and the later one is returned: the file holds the earlier",
    ),
    highest=Slip("fatal", "this is the epoch with the highest validation loss"),
    loss_itself=Slip("fatal", "this is the lowest loss, {got}: the text asks for its epoch"),
    before_first_rise=Slip(
        "major",
        "this is the epoch before the validation loss rises for the first time: it may fall again, "
        "and further",
    ),
    smallest_gap=Slip(
        "fatal",
        "this is where the two losses lie closest to each other: the lowest validation "
        "loss is asked for",
    ),
    lowest_from_one=Slip(
        "minor",
        "the search starts from a loss of 1, and all of them may be higher: start from the first "
        "loss, or from infinity",
    ),
)


def history(losses, val_losses, more=None):
    """Describe a History with two lists, and further ones: by name, as Keras orders them."""
    lists = {"loss": losses, "val_loss": val_losses} | (more or {})
    values = {name: [round(float(n), 5) for n in lists[name]] for name in sorted(lists)}
    built = {"values": values}
    return (Inside("pawmark.vision.inside:history", built, seen=values, state="value.history"),)


def falling(rng, epochs, low=0.1, high=0.9):
    """Draw losses that fall from epoch to epoch."""
    steps = rng.permutation(np.arange(int(low * 1000), int(high * 1000)))[:epochs]
    return np.sort(steps)[::-1] / 1000


def bumpy(rng, epochs, best, low=0.3, high=0.9):
    """Draw losses that fall, with a rise on the way to the best epoch, and rise at the end."""
    losses = rng.permutation(np.arange(int(low * 1000), int(high * 1000)))[:epochs] / 1000
    losses[best - 1] = low - 0.1
    losses[0], losses[1], losses[2] = high - 0.2, high - 0.3, high - 0.1
    losses[-1] = high + 0.1
    return losses


def overfitted(rng, epochs, best):
    """Draw a training loss that falls to the end, and another validation loss."""
    best = 4 + best % (epochs - 4)
    val_losses = bumpy(rng, epochs, best)
    losses = falling(rng, epochs, 0.01, 0.2)
    losses[0] = val_losses[0] - 0.01  # closest to each other in the first epoch
    return history(losses, val_losses)


def agreeing(rng, epochs, best):
    """Draw losses that are both lowest in the same epoch."""
    best = 4 + best % (epochs - 4)
    losses, val_losses = bumpy(rng, epochs, best), bumpy(rng, epochs, best)
    losses[0] = val_losses[0]
    return history(losses, val_losses)


def to_the_end(rng, epochs):
    """Draw losses that fall to the end, closest to each other in the first epoch."""
    val_losses = falling(rng, epochs)
    return history(val_losses - np.linspace(0.01, 0.09, epochs), val_losses)


def equal(rng, epochs, first, between):
    """Draw losses with two lowest epochs."""
    losses = rng.permutation(np.arange(300, 900))[:epochs] / 1000
    losses[first - 1] = losses[first + between - 1] = 0.2
    return history(falling(rng, epochs), losses)


def high(rng, epochs, best):
    """Draw losses that are all large, and a history that holds more."""
    losses = bumpy(rng, epochs, 4 + best % (epochs - 4), low=40, high=90)
    more = {"accuracy": rng.uniform(0, 1, epochs), "val_accuracy": rng.uniform(0, 1, epochs)}
    return history(falling(rng, epochs, low=20, high=39), losses, more)


def close_together(rng, epochs, best):
    """Draw validation losses that differ from the fourth place on, the lowest one a late one."""
    losses = 0.3 + rng.permutation(np.arange(1, 40))[:epochs] / 100000
    losses[epochs - 1 - best % (epochs // 2)] = 0.3
    return history(falling(rng, epochs), losses)


def of_many_sizes(rng, epochs, best):
    """Draw validation losses of up to 200, of which the lowest has one digit before the point."""
    losses = np.round(rng.uniform(11, 200, epochs), 2)
    losses[best % epochs] = np.round(rng.uniform(3, 10), 2)
    return history(falling(rng, epochs), losses)


def single(rng, loss):
    """Draw a history of one epoch."""
    return history([loss / 2], [loss])


many = {"epochs": st.integers(6, 14), "best": st.integers(0, 20)}

exercise = Exercise(
    "03-best-epoch",
    function="best_epoch",
    judge=judge,
    strata=[
        Stratum("a validation loss that rises again", inputs(overfitted, **many)),
        Stratum("losses that agree", inputs(agreeing, **many)),
        Stratum("losses that fall to the end", inputs(to_the_end, epochs=st.integers(2, 9))),
        Stratum("losses close together", inputs(close_together, **many), row="corners", count=4),
        Stratum("losses of many sizes", inputs(of_many_sizes, **many), row="corners", count=4),
        Stratum(
            "two epochs that are equally good",
            inputs(equal, epochs=st.integers(8, 12), first=st.integers(1, 3),
                   between=st.integers(2, 5)),
            row="corners",
        ),
        Stratum("losses above 1", inputs(high, **many), row="corners", count=4),
        Stratum(
            "a single epoch",
            inputs(single, loss=st.floats(0.1, 0.9).map(lambda x: round(x, 3))),
            row="corners",
            count=3,
        ),
    ],
    variants=variants,
    same=exact,
    contract=Contract(
        result=int,
        messages={
            "arguments": "the lists of the history are changed in place: whoever plots them next "
            "finds other losses than those of the training"
        },
    ),
    show=lambda history: f"best_epoch of val_loss = {history['val_loss']}",
)  # fmt: skip
