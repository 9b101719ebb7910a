"""Hidden checks of exercise 03-train: the training is replayed, and all of it must be the same.

A tiny model of known weights is trained on photographs for which the order of the images within an
epoch cannot matter: one, several in a single step, or copies of one.
"""

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import (
    ARGUMENTS,
    RESULT,
    Contract,
    Exercise,
    Inside,
    Place,
    Slip,
    Stratum,
    close,
    inputs,
    switches,
)

from .softmax_pixels import Pixels, arrays_in, file_of, photographs, weights

# A kernel that makes all classes equally probable.
LEVEL = np.zeros((3, 3), "float32")


def replay(
    model,
    train_data,
    val_data,
    epochs,
    batch_size,
    checkpoint_path,
    *,
    divided=False,
    both_divided=False,
    never_trained=False,
    another_model=False,
    validation_leaks=False,
    parts_exchanged=False,
    validated_on_training=False,
    validation_ignored=False,
    validation_split=False,
    batches_of_one=False,
    batches_of_two=False,
    default_batches=False,
    one_epoch=False,
    five_epochs=False,
    one_epoch_more=False,
    stops_at_once=False,
    stops_soon=False,
    last_epoch_kept=False,
    saved_before_the_epoch=False,
    first_epoch_kept=False,
    nothing_saved=False,
    worst_epoch_kept=False,
    nothing_returned=False,
):
    """Train by arithmetic; each switch is a misconception."""
    pixels, given = Pixels(**model), Pixels(**model)
    if parts_exchanged:
        train_data, val_data = val_data, train_data
    images, masks = (np.asarray(part) for part in train_data)
    measured = train_data if validated_on_training else val_data
    if validation_split:
        count = int(len(images) * 0.8)
        if count == 0:
            raise ValueError("too few samples to split")
        measured = images[count:], masks[count:]
        images, masks = images[:count], masks[:count]
    if validation_leaks:
        images = np.concatenate([images, val_data[0]])
        masks = np.concatenate([masks, val_data[1]])
    if divided or both_divided:
        images = images / 255
        measured = (measured[0] / 255, measured[1]) if both_divided else measured
    if batches_of_one or batches_of_two or default_batches:
        batch_size = 1 if batches_of_one else 2 if batches_of_two else 32
    if one_epoch or five_epochs or one_epoch_more:
        epochs = 1 if one_epoch else 5 if five_epochs else epochs + 1

    losses, measurements, kept, lowest, worse = [], [], None, np.inf, 0
    for epoch in range(epochs):
        before = pixels.arrays
        steps = []
        for start in range(0, len(images), batch_size):
            part = images[start : start + batch_size], masks[start : start + batch_size]
            loss = pixels.loss(*part) if never_trained else pixels.step(*part)
            steps.append(loss * len(part[0]))
        losses.append(sum(steps) / len(images))
        measurements.append(pixels.loss(*measured))
        found = -measurements[-1] if worst_epoch_kept else measurements[-1]
        better = found < lowest
        worse = 0 if better else worse + 1
        lowest = min(lowest, found)
        if saved_before_the_epoch:
            kept = before
        elif last_epoch_kept or (epoch == 0 if first_epoch_kept else better):
            kept = pixels.arrays
        if (stops_at_once and worse == 1) or (stops_soon and worse == 2):
            break

    nothing = nothing_saved or validation_ignored
    whole = {
        "loss": None if nothing_returned else np.array(losses),
        "val_loss": None if nothing_returned or validation_ignored else np.array(measurements),
        "model": given.arrays if another_model else pixels.arrays,
        "file": b"" if nothing else file_of(kept),
    }
    returned = "nothing" if nothing_returned else "a History"
    return {"returned": returned, **{name: whole[name] for name in model["look"]}}


def judge(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    """Train by arithmetic."""
    return replay(model, train_data, val_data, epochs, batch_size, checkpoint_path)


def form(found):
    """Read the file; what was returned is the contract's business."""
    read = {"file": arrays_in(found["file"])} if "file" in found else {}
    return {name: value for name, value in found.items() if name != "returned"} | read


def returns_history(found, *_):
    """Say what came back in place of a History."""
    if found["returned"] != "a History":
        return f"train returned {found['returned']}: return the History itself, as `fit` does"
    return None


def asked(rng, train_data, val_data, epochs, batch_size, look, kernel=None, rate=None, **own):
    """Return the arguments of one training."""
    drawn = weights(rng)
    model = {
        "kernel": drawn[0] if kernel is None else kernel,
        "bias": drawn[1] if kernel is None else np.zeros(3, "float32"),
        "optimizer": "SGD",
        "rate": float(rng.uniform(0.4, 0.9)) if rate is None else rate,
        "look": list(look),
        **own,
    }
    made = {**model, "size": list(train_data[0].shape[1:3])}
    return (
        Inside("pawmark.vision.replaying:model", made, seen=model),
        train_data,
        val_data,
        epochs,
        batch_size,
        Place({}, "best.keras"),
    )


def one_photograph(rng, epochs, batch_size, look):
    """Train on one photograph: there is one step an epoch, whatever the batch size."""
    return asked(rng, photographs(rng, 1), photographs(rng, 2), epochs, batch_size, look)


def learns(rng, epochs, batch_size):
    """Look at what is learnt."""
    return one_photograph(rng, epochs, batch_size, ["loss"])


def measures(rng, epochs, batch_size):
    """Look at what is measured."""
    return one_photograph(rng, epochs, batch_size, ["val_loss"])


def together(rng, count, epochs):
    """Train on several photographs, all in one step."""
    data = photographs(rng, count), photographs(rng, 3)
    return asked(rng, *data, epochs, 12, ["loss", "val_loss"])


def copies(rng, count, batch_size):
    """Train on copies of one photograph: every order is the same."""
    one = photographs(rng, 1)
    many, few = (tuple(np.repeat(part, n, axis=0) for part in one) for n in (count, 2))
    return asked(rng, many, few, 2, batch_size, ["loss", "model"])


def plain_pictures(rng, share):
    """Draw a picture of one colour to learn class 1 from, and one with a share of class 1."""
    images = np.full((1, 5, 8, 3), rng.integers(120, 256), "float32")
    masks = np.ones((1, 5, 8, 1), "uint8")
    others = masks.copy()
    others.reshape(-1)[: round(others.size * (1 - share))] = 0
    return (images, masks), (images.copy(), rng.permuted(others.ravel()).reshape(others.shape))


def best_in_the_middle(rng, batch_size):
    """Draw a training whose validation loss falls, and rises again from the third epoch on."""
    train_data, val_data = plain_pictures(rng, 0.7)
    rates = np.linspace(0.1, 2, 100)
    fitting = [rate for rate in rates if best_epoch(train_data, val_data, rate) == 3]
    rate = float(fitting[len(fitting) // 2])
    return asked(rng, train_data, val_data, 6, batch_size, ["val_loss", "file"], LEVEL, rate)


def best_epoch(train_data, val_data, rate):
    """Return the epoch with the lowest validation loss, of six."""
    pixels = Pixels(np.zeros((3, 3)), np.zeros(3), rate=rate)
    found = []
    for _ in range(6):
        pixels.step(*train_data)
        found.append(pixels.loss(*val_data))
    return 1 + int(np.argmin(found))


def best_at_the_end(rng, epochs, batch_size):
    """Draw a training whose validation loss only falls."""
    return asked(rng, *plain_pictures(rng, 1.0), epochs, batch_size, ["file"], LEVEL, 0.3)


def best_at_the_start(rng, epochs, batch_size):
    """Draw a training whose validation loss only rises."""
    look = ["file", "val_loss"]
    return asked(rng, *plain_pictures(rng, 0.0), epochs, batch_size, look, LEVEL, 0.3)


def by_rmsprop(rng, count):
    """Train with the chapter's optimizer, whose first step does not show how steep the loss is."""
    data = photographs(rng, count), photographs(rng, 2)
    return asked(rng, *data, 2, 12, ["loss", "val_loss", "model"], None, 0.05, optimizer="RMSprop")


BATCHES = (
    "the model takes another number of steps than batches of the given size make: is `batch_size` "
    "handed on?"
)
EPOCHS = "the number of epochs is not the one asked for"
STOPS = (
    "training stops before the epochs are over, when the validation loss has risen: all epochs "
    "were asked for"
)
some_epochs, some_batch = st.integers(2, 4), st.integers(1, 4)

exercise = Exercise(
    "03-train",
    function="train",
    judge=judge,
    strata=[
        Stratum(
            "one photograph to learn from: the training losses",
            inputs(learns, epochs=some_epochs, batch_size=some_batch),
            count=1,
            facet="train(…) on one photograph: the training losses",
        ),
        Stratum(
            "one photograph to learn from: the validation losses",
            inputs(measures, epochs=some_epochs, batch_size=some_batch),
            count=1,
            facet="train(…) on one photograph: the validation losses",
        ),
        Stratum(
            "several photographs, each with its own mask",
            inputs(together, count=st.integers(4, 7), epochs=st.integers(2, 3)),
            count=2,
            facet="train(…) on several photographs in one batch: the losses",
        ),
        Stratum(
            "copies of one photograph in several batches",
            inputs(copies, count=st.sampled_from([10, 11]), batch_size=st.sampled_from([4, 5])),
            count=2,
            facet="train(…) on ten or eleven copies of one photograph, in batches of 4 or 5: the "
            "training losses, and the model afterwards",
        ),
        Stratum(
            "the best epoch is neither the first nor the last",
            inputs(best_in_the_middle, batch_size=some_batch),
            count=1,
            facet="train(…) where the validation loss falls and rises again: the validation "
            "losses, and the model in the file",
        ),
        Stratum(
            "the last epoch is the best",
            inputs(best_at_the_end, epochs=st.sampled_from([3, 4]), batch_size=some_batch),
            count=1,
            facet="train(…) where the validation loss only falls: the model in the file",
        ),
        Stratum(
            "the first epoch is the best",
            inputs(best_at_the_start, epochs=st.sampled_from([3, 4]), batch_size=some_batch),
            row="corners",
            count=1,
            facet="train(…) where the validation loss only rises: all losses, and the file",
        ),
        Stratum(
            "another optimizer: losses and model",
            inputs(by_rmsprop, count=st.integers(4, 7)),
            row="corners",
            count=1,
            facet="train(…) of a model that was compiled with rmsprop: losses and model",
        ),
    ],
    variants=switches(
        replay,
        divided=Slip(
            "fatal",
            "the inputs are divided by 255 before training; the model rescales by itself",
        ),
        both_divided=Slip(
            "fatal",
            "training and validation inputs are divided by 255; the model rescales by itself",
        ),
        never_trained=Slip(
            "fatal",
            "the losses stay as they were before the first step: the model is evaluated, and it is "
            "not trained",
        ),
        another_model=Slip(
            "major",
            "the model that train was given has not moved: train it, and not a copy of it",
        ),
        validation_leaks=Slip(
            "fatal",
            "the model learns from the validation data too: they are there to be measured with",
        ),
        parts_exchanged=Slip(
            "fatal",
            "the model learns from the validation data and is measured on the training data",
        ),
        validated_on_training=Slip(
            "major",
            "the validation losses are those of the training data: the model is measured on the "
            "data that it is trained on",
        ),
        validation_ignored=Slip(
            "major",
            "`fit` does not know the validation data: so there is no val_loss, and no epoch can be "
            "called the best",
        ),
        validation_split=Slip(
            "fatal",
            "a part of the training data is split off for validation: train on all of it, and "
            "measure on `val_data`",
        ),
        batches_of_one=Slip("major", BATCHES, family="batches"),
        batches_of_two=Slip("major", BATCHES, family="batches"),
        default_batches=Slip("major", BATCHES, family="batches"),
        one_epoch=Slip("fatal", EPOCHS, family="epochs"),
        five_epochs=Slip("fatal", EPOCHS, family="epochs"),
        one_epoch_more=Slip("fatal", EPOCHS, family="epochs"),
        stops_at_once=Slip("major", STOPS, family="stops"),
        stops_soon=Slip("major", STOPS, family="stops"),
        last_epoch_kept=Slip(
            "major",
            "the file holds the model of the last epoch, although an earlier one was better: save "
            "only when the validation loss has become lower",
        ),
        saved_before_the_epoch=Slip(
            "major",
            "the file holds the model from before the last epoch: save at the end of an epoch, "
            "when its validation loss is known",
        ),
        first_epoch_kept=Slip(
            "major",
            "the file holds the model of the first epoch, although a later one was better",
        ),
        worst_epoch_kept=Slip(
            "major",
            "the file holds the model of the epoch with the highest validation loss: a loss is "
            "better when it is lower",
        ),
        nothing_saved=Slip(
            "major",
            "there is no file at checkpoint_path after training",
        ),
        nothing_returned=Slip(
            "major",
            "train returned None: return what `fit` gives back",
        ),
    ),
    families={"batches": BATCHES, "epochs": EPOCHS, "stops": STOPS},
    same=close(atol=2e-4, rtol=2e-4),
    contract=Contract(check=returns_history, shape=False, keeps_arguments=True, pure=False),
    canonical=form,
    read=Inside("pawmark.vision.replaying:trained", {"returned": RESULT, "arguments": ARGUMENTS}),
    seconds=30.0,
    shrinking=0,
)
