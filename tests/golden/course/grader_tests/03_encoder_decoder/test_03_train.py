"""Hidden checks of exercise 03-train."""

from dataclasses import dataclass

import numpy as np
import pytest

from pawmark.checks import expect, expect_number
from pawmark.vision.calibration import cross_entropy

from .replies import numbers
from .tiny_models import (
    noisy_targets,
    random_images,
    random_weights,
    tiny_model,
    tiny_probabilities,
)

TOLERANCE = 5e-4  # of losses that Keras computes in float32 and we in float64


@dataclass(frozen=True)
class Trained:
    """What became of a call of `train`."""

    model: object
    history: dict[str, list[float]]
    path: str


def call_train(student, model, train_data, val_data, epochs, batch_size):
    """Let the student train, and read the history that comes back."""
    path = student.scratch("best.keras")
    returned = student.call("train", model, train_data, val_data, epochs, batch_size, path)
    return returned, path


def read_history(student, returned):
    """Return the losses of a History as lists of floats."""
    expect(returned is not None, "train returned None: return what `fit` gives back")
    expect(
        not isinstance(returned, dict),
        "train returned the dictionary of losses: return the History itself, as `fit` does",
    )
    has_history = student.evaluate("isinstance(getattr(h, 'history', None), dict)", h=returned)
    expect(has_history is True, "train should return the History that `fit` gives back")
    reply = student.evaluate(
        "{str(k): [float(v) for v in values] for k, values in h.history.items()}", h=returned
    )
    lists = list(reply.values()) if isinstance(reply, dict) else [None]
    plain = all(isinstance(v, list) and all(isinstance(x, float) for x in v) for v in lists)
    expect(plain, "the history does not hold lists of numbers")
    return reply


def compile_tiny(student, keras, model, learning_rate):
    """Compile a known model so that its steps are known too."""
    student.evaluate(
        "model.compile(optimizer=keras.optimizers.SGD(rate), "
        "loss='sparse_categorical_crossentropy')",
        keras=keras,
        model=model,
        rate=learning_rate,
    )


@pytest.fixture
def still(student, keras, rng):
    """Train a model that does not move: its losses show which arrays arrived at `fit`."""
    kernel, bias = random_weights(rng)
    model = tiny_model(student, keras, (6, 8, 3), kernel, bias)
    compile_tiny(student, keras, model, 0.0)
    inputs = random_images(rng, int(rng.integers(17, 24))), random_images(rng, 7)
    data = [(x, noisy_targets(rng, x, kernel, bias)) for x in inputs]
    for _, targets in data:
        # The later half costs more, so that leaving any part out shows in the loss.
        targets[len(targets) // 2 :] = (targets[len(targets) // 2 :] + 1) % 3
    returned, path = call_train(student, model, *data, epochs=2, batch_size=4)
    history = read_history(student, returned)

    def loss(part, images=None, targets=None):
        x = data[part][0] if images is None else images
        y = data[part][1] if targets is None else targets
        return cross_entropy(tiny_probabilities(x, kernel, bias), y[..., 0])

    return Trained(model, history, path), data, loss


def expect_losses(got, expected, suspects, message):
    """Fail with the suspect whose loss was seen, or with the general message."""
    for value, suspicion in suspects:
        close = got and all(abs(loss - value) < TOLERANCE for loss in got)
        expect(not close or abs(value - expected) < 2 * TOLERANCE, suspicion)
    expect(bool(got) and all(abs(loss - expected) < TOLERANCE for loss in got), message)


@pytest.mark.cell("03-train", points=1)
def test_trains_on_the_training_data(still):
    """The model learns from the training arrays, as they are."""
    trained, data, loss = still
    suspects = [
        (loss(0, images=data[0][0] / 255), "the inputs are divided by 255 before training; the "
         "model rescales by itself"),
        (loss(1), "the model is trained on the validation data"),
    ]  # fmt: skip

    expect_losses(
        trained.history.get("loss", []),
        loss(0),
        suspects,
        "what the model is trained on is not the training data as it was given: were images or "
        "targets changed, left out, or moved apart?",
    )


@pytest.mark.cell("03-train", points=1)
def test_validates_on_the_validation_data(still):
    """After each epoch the model is measured on the validation arrays."""
    trained, data, loss = still
    losses = trained.history.get("val_loss", [])
    expect(losses, "the history has no val_loss: `fit` does not know the validation data")
    suspects = [
        (loss(1, images=data[1][0] / 255), "the validation inputs are divided by 255; the model "
         "rescales by itself"),
        (loss(0), "the model is validated on the data that it is trained on"),
    ]  # fmt: skip

    expect_losses(
        losses,
        loss(1),
        suspects,
        "the validation loss is not that of the validation data as it was given",
    )


@pytest.mark.cell("03-train", points=1)
def test_epochs_and_batches(student, keras, rng):
    """Training takes as many epochs and steps as asked for."""
    model = tiny_model(student, keras, (6, 8, 3), *random_weights(rng))
    compile_tiny(student, keras, model, 1e-6)
    epochs, batch_size = int(rng.integers(2, 5)), int(rng.integers(3, 6))
    images = random_images(rng, 4 * batch_size + 2)
    targets = rng.integers(0, 3, (*images.shape[:3], 1)).astype("uint8")
    data = (images, targets), (images[:3], targets[:3])

    returned, _ = call_train(student, model, *data, epochs, batch_size)

    done = len(read_history(student, returned).get("loss", []))
    expect(
        done == epochs, "the number of epochs is not the one asked for", got=done, expected=epochs
    )
    reply = student.evaluate("int(model.optimizer.iterations)", model=model)
    steps = expect_number(reply, "the number of steps")
    expect(
        steps != 0, "the model that train was given has not moved: train it, and not another one"
    )
    expect(
        steps == 5 * epochs,
        f"{len(images)} images in batches of {batch_size} make 5 steps an epoch: is batch_size "
        "given to `fit`?",
        got=steps / epochs,
        expected=5,
    )


@pytest.mark.cell("03-train", points=2)
def test_file_holds_the_best_model(student, keras, rng):
    """The file holds the model of the epoch with the lowest validation loss."""
    # Training pulls every pixel to class 1, validation wants it there for 7 in 10 only: the
    # validation loss falls, is lowest in epoch 2, and rises again.
    model = tiny_model(student, keras, (5, 8, 3), np.zeros((3, 3)), np.zeros(3))
    compile_tiny(student, keras, model, float(rng.uniform(0.24, 0.26)))
    ones = np.ones((4, 5, 8, 3), "float32")
    train_targets = np.ones((4, 5, 8, 1), "uint8")
    val_targets = train_targets.copy()
    val_targets.reshape(-1)[: val_targets.size * 3 // 10] = np.tile([0, 2], 24)
    rng.shuffle(val_targets.reshape(-1))

    returned, path = call_train(
        student, model, (ones, train_targets), (ones, val_targets), epochs=6, batch_size=4
    )

    losses = read_history(student, returned).get("val_loss", [])
    expect(losses, "the history has no val_loss, so no epoch can be called the best")
    expect(student.exists(path), "there is no file at checkpoint_path after training")
    kept = student.evaluate("keras.models.load_model(path, compile=False)", keras=keras, path=path)
    probabilities = numbers(
        student.predict(kept, ones), "the prediction of the saved model", shape=(4, 5, 8, 3)
    )
    loss = cross_entropy(np.abs(np.nan_to_num(probabilities)), val_targets[..., 0])
    epoch = 1 + int(np.argmin(np.abs(np.array(losses) - loss)))
    best = 1 + int(np.argmin(losses))
    expect(
        epoch == best or epoch != len(losses),
        "the file holds the model of the last epoch, although an earlier one was better: save "
        "only when the validation loss has become lower",
        got=f"epoch {epoch}",
        expected=f"epoch {best}",
    )
    expect(
        abs(loss - min(losses)) < 1e-3,
        "the file does not hold the model of the epoch with the lowest validation loss",
        got=f"epoch {epoch}",
        expected=f"epoch {best}",
    )
