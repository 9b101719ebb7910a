"""Hidden checks of exercise 03-training."""

import numpy as np
import pytest

from pawmark.checks import Training, compare_masks, expect
from pawmark.grading.checks.student import StudentError
from pawmark.vision.calibration import cross_entropy

from .replies import numbers


@pytest.fixture
def probabilities(student, held_out):
    """Return the probabilities of the student's best model on photographs new to it."""
    model = best_model(student)
    expect(model is not None, "best_model is None")
    reply = numbers(
        student.predict(model, held_out.inputs),
        "the prediction for new photographs",
        shape=(*held_out.labels.shape, 3),
    ).astype(float)
    expect(np.isfinite(reply).all(), "the best model predicts values that are not numbers")
    expect(reply.min() >= 0, "the best model predicts negative probabilities")
    return reply if np.allclose(reply.sum(axis=-1), 1, atol=1e-2) else softmax_of(reply)


# Builds the student's model anew, which a class of one's own does when it is first called, and puts
# the weights of the file into it.
RESTORED = """
def restored(get_model, size, path):
    import numpy
    from pawmark import trained

    model = get_model(size, num_classes=3)
    model(numpy.zeros((1, *size, 3), "float32"))
    return trained.restore(model, path)
"""


def best_model(student):
    """Return the best model: what the training cell has loaded, or else what is in its file.

    Keras loads no model of a class of the student's own that is not registered. Such a model is
    right all the same, and its weights are in the file.
    """
    if student.has("best_model"):
        return student.evaluate("best_model")
    saved = student.has("checkpoint_path") and student.evaluate(
        "__import__('os').path.isfile(checkpoint_path)"
    )
    expect(
        saved is True and student.has("profile"),
        "there is no trained model: the cell that trains stopped before a model was saved, and "
        "what it raised stands below it",
    )
    return student.evaluate(
        "exec(code, space) or space['restored'](get_model, profile.img_size, checkpoint_path)",
        code=RESTORED,
        space={},
    )


def softmax_of(sigmoids):
    """Turn outputs that do not add up to 1 into probabilities.

    A sigmoid for a softmax has a check of its own. Keras trains such a model on what goes into
    the sigmoid, so it is judged on that too, and one mistake does not cost twice.
    """
    inside = np.clip(sigmoids, 1e-7, 1 - 1e-7)
    odds = inside / (1 - inside)  # the exponential of what went in
    return odds / odds.sum(axis=-1, keepdims=True)


@pytest.mark.cell("03-training", points=1)
def test_best_model_beats_the_class_prior(probabilities, held_out):
    """On new photographs the best model does better than the class prior."""
    loss = cross_entropy(probabilities, held_out.labels)

    expect(
        loss < held_out.prior_loss - 0.01,
        "on photographs that it has never seen, the best model is no better than a predictor "
        "that never looks at them: it has learnt nothing from its training pictures",
        got=round(loss, 3),
    )


@pytest.mark.cell("03-training", points=3)
def test_best_model_passes_the_bar(student, probabilities, held_out, bar, hand_out):
    """On new photographs the best model's loss is that of a sound training run."""
    loss = cross_entropy(probabilities, held_out.labels)
    # Without a bar (some real photographs, another profile) only the prior is left.
    limit = held_out.prior_loss if bar is None else bar.loss
    kind = "the class prior, for want of runs to compare with" if bar is None else str(bar)
    hand_out(compare_masks(*typical(probabilities, held_out)))
    measured = None if bar is None else bar.loss
    hand_out(Training(*told_losses(student), loss, measured, held_out.prior_loss))

    expect(
        loss < limit,
        "the best model's loss on photographs that it has never seen is higher than that of any "
        "sound training run: does it find where pets usually sit, and not where this one sits? "
        "Look for images and masks that do not belong together, a missing rescaling or relu, "
        f"and whether the best epoch is kept. (The bar: {kind}.)",
        got=round(loss, 3),
    )


def typical(probabilities, held_out):
    """Return prediction, truth and photograph that the model does neither well nor badly on."""
    masks = probabilities.argmax(axis=-1)
    right = (masks == held_out.labels).mean(axis=(1, 2))
    middle = int(np.argsort(right)[len(right) // 2])
    return masks[middle], held_out.labels[middle], held_out.inputs[middle]


def told_losses(student):
    """Return the losses of the run as the student's history tells them, to be looked at only.

    They decide nothing, so a history that cannot be read costs nothing. This is asked last.
    """
    try:
        reply = student.evaluate(
            "[[float(v) for v in training_history.history[k]][:1000] for k in ('loss', 'val_loss')]"
        )
    except StudentError:
        return (), ()
    pair = reply if isinstance(reply, list) and len(reply) == 2 else [[], []]
    plain = [values if isinstance(values, list) else [] for values in pair]
    # A loss that is no number any more is drawn as a very high one.
    return tuple(
        tuple(v if np.isfinite(v) else 1e9 for v in values if isinstance(v, float))
        for values in plain
    )
