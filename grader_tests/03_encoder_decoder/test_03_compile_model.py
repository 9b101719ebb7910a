"""Hidden checks of exercise 03-compile-model: what was chosen shows in two steps and their losses.

The first step of rmsprop does not show how steep the loss is, and the second one does: its memory
of the first gradient is in it. The text fixes no learning rate, so moves are divided by the
largest of the first step.
"""

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import (
    ARGUMENTS,
    RESULT,
    Contract,
    Exercise,
    Inside,
    Stratum,
    Variant,
    close,
    inputs,
)

from .softmax_pixels import Pixels, photographs, weights


def two_steps(model, step):
    """Return what two steps come to: ``step`` gives the loss and how the two arrays move."""
    memory = {}
    losses, moves = [], []
    for one in model["rounds"]:
        loss, moved = step(Pixels(one["kernel"], one["bias"]), one["images"], one["masks"], memory)
        losses.append(loss)
        moves.append([moved[0][None, None], moved[1]])
    found = {"losses": losses, "moves": moves}
    return {"returned": "the model", model["look"]: found[model["look"]]}


def rmsprop(slopes, memory):
    """Return how arrays move down some slopes, the first of RMSprop's steps or a later one."""
    squares = memory.get("squares", [np.zeros_like(slope) for slope in slopes])
    memory["squares"] = [0.9 * a + 0.1 * b**2 for a, b in zip(squares, slopes, strict=True)]
    return [-b / np.sqrt(a + 1e-7) for a, b in zip(memory["squares"], slopes, strict=True)]


def sgd(slopes, memory):
    """Return the slopes themselves."""
    return [-slope for slope in slopes]


def adam(slopes, memory):
    """Return how arrays move by Adam."""
    count = memory["count"] = memory.get("count", 0) + 1
    zero = [np.zeros_like(slope) for slope in slopes]
    first, second = memory.get("first", zero), memory.get("second", zero)
    memory["first"] = first = [0.9 * a + 0.1 * b for a, b in zip(first, slopes, strict=True)]
    memory["second"] = second = [
        0.999 * a + 0.001 * b**2 for a, b in zip(second, slopes, strict=True)
    ]
    scale = np.sqrt(1 - 0.999**count) / (1 - 0.9**count)
    return [-scale * a / (np.sqrt(b) + 1e-7) for a, b in zip(first, second, strict=True)]


def with_optimizer(moves):
    """Return a program that compiles with the right loss and an optimizer."""

    def step(pixels, images, masks, memory):
        return pixels.loss(images, masks), moves(pixels.gradients(images, masks), memory)

    return lambda model: two_steps(model, step)


def with_loss(loss):
    """Return a program that compiles with rmsprop and a loss of probabilities and labels."""

    def step(pixels, images, masks, memory):
        labels = np.asarray(masks, float)

        def value():
            return float(np.mean(loss(pixels.probabilities(images), labels)))

        slopes = []
        for array in (pixels.kernel, pixels.bias):
            slope = np.zeros_like(array)
            for place in np.ndindex(array.shape):
                kept = array[place]
                ends = []
                for shift in (1e-5, -1e-5):
                    array[place] = kept + shift
                    ends.append(value())
                array[place] = kept
                slope[place] = (ends[0] - ends[1]) / 2e-5
            slopes.append(slope)
        return value(), rmsprop(slopes, memory)

    return lambda model: two_steps(model, step)


def squared(predicted, labels):
    """Mean squared error."""
    return (predicted - labels) ** 2


def absolute(predicted, labels):
    """Mean absolute error."""
    return np.abs(predicted - labels)


def binary(predicted, labels):
    """Binary cross-entropy of each class with the label."""
    p = np.clip(predicted, 1e-7, 1 - 1e-7)
    return -(labels * np.log(p) + (1 - labels) * np.log(1 - p))


def from_logits(predicted, labels):
    """Cross-entropy that takes probabilities for scores."""
    p = np.exp(predicted) / np.exp(predicted).sum(axis=-1, keepdims=True)
    return -np.log(np.take_along_axis(p, labels.astype(int), axis=-1))


def one_hot_wanted(model):
    """Stop as a cross-entropy for one-hot targets does."""
    raise ValueError("the shapes of target and output differ")


def judge(model):
    """Take two steps of rmsprop down the cross-entropy."""
    return with_optimizer(rmsprop)(model)


def form(found):
    """Divide the moves by the largest of the first step: any learning rate will do."""
    if "losses" in found:
        return {"losses": [float(loss) for loss in found["losses"]]}
    moves = [[np.asarray(array, float) for array in one] for one in found["moves"]]
    largest = max(float(np.abs(array).max()) for array in moves[0])
    unit = largest if np.isfinite(largest) and largest > 1e-12 else np.nan
    first, second = ([array / unit for array in one] for one in moves)
    return {"first step": first, "second step": second}


def returns_the_model(found, *_):
    """Say what came back in place of the model."""
    if found["returned"] == "nothing":
        return "compile_model returned None: `model.compile` changes the model and returns nothing"
    if found["returned"] != "the model":
        return "compile_model should return the model that it was given"
    return None


def asked(rng, count, look):
    """Draw a model that is not compiled, and the steps that it then takes."""
    kernel, bias = weights(rng)
    rounds = []
    for scale in (1.0, 0.3):
        images, masks = photographs(rng, count)
        start, offset = weights(rng)
        start = (scale * start).astype("float32")
        rounds.append({"kernel": start, "bias": offset, "images": images, "masks": masks})
    seen = {"rounds": rounds, "look": look}
    made = {"kernel": kernel, "bias": bias, "size": [3, 4], **seen}
    return (Inside("pawmark.vision.replaying:uncompiled", made, seen=seen),)


def losses(rng, count):
    """Look at the loss before each step."""
    return asked(rng, count, "losses")


def moves(rng, count):
    """Look at how the steps move the model."""
    return asked(rng, count, "moves")


exercise = Exercise(
    "03-compile-model",
    function="compile_model",
    judge=judge,
    strata=[
        Stratum(
            "the loss",
            inputs(losses, count=st.integers(2, 4)),
            count=2,
            facet="the loss of a model that compile_model has compiled",
        ),
        Stratum(
            "two steps of the optimizer",
            inputs(moves, count=st.integers(2, 4)),
            count=2,
            facet="two steps of a model that compile_model has compiled",
        ),
    ],
    variants=[
        Variant("sgd", with_optimizer(sgd), "major", "the chapter trains with rmsprop, and not "
                "with plain steps down the slope"),
        Variant("adam", with_optimizer(adam), "major", "the chapter trains with rmsprop, and not "
                "with Adam"),
        Variant("squared-error", with_loss(squared), "fatal", "the loss is the mean squared error: "
                "it takes labels for quantities, and label 2 is not twice label 1"),
        Variant("absolute-error", with_loss(absolute), "fatal", "the loss is the mean absolute "
                "error: it takes labels for quantities, and label 2 is not twice label 1"),
        Variant("binary-crossentropy", with_loss(binary), "fatal", "a binary cross-entropy knows "
                "two classes; a pixel here has one of three"),
        Variant("from-logits", with_loss(from_logits), "fatal", "the loss takes the model's "
                "probabilities for scores, and puts them through a second softmax: the model has "
                "one already"),
        Variant("one-hot-wanted", one_hot_wanted, "fatal", "the loss cannot be computed for these "
                "targets: they hold one whole number for each pixel, and the sparse cross-entropy "
                "is made for that"),
    ],
    same=close(atol=1e-3, rtol=1e-3),
    contract=Contract(check=returns_the_model, shape=False, keeps_arguments=False, pure=False),
    canonical=form,
    read=Inside("pawmark.vision.replaying:stepped", {"returned": RESULT, "arguments": ARGUMENTS}),
    closed=True,
    seconds=60.0,
    shrinking=0,
)  # fmt: skip
