"""Hidden checks of assignment 03: an encoder-decoder, its training, and its masks."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from pawmark.checks import Training, compare_masks, expect, expect_array, expect_number
from pawmark.grading.checks.student import StudentError
from pawmark.vision.calibration import cross_entropy

CHAPTER_PARAMS = 2_880_643
TOLERANCE = 5e-4  # of losses that Keras computes in float32 and we in float64

# Reading what comes back --------------------------------------------------------------------


def numbers(value, name, shape=None):
    """Return an array of numbers, or fail the check readably."""
    array = expect_array(value, shape=shape, name=name)
    expect(array.dtype.kind in "biuf", f"{name} should hold numbers", got=str(array.dtype))
    return array


def as_numbers(values):
    """Return a flat array of floats; an empty one for anything else."""
    try:
        return np.asarray(values, dtype=float).ravel()
    except (TypeError, ValueError, Warning):
        return np.zeros(0)


def plain_shape(shape):
    """Return a shape as a tuple; an empty one for anything but integers and None."""
    plain = isinstance(shape, tuple | list) and all(n is None or type(n) is int for n in shape)
    return tuple(shape) if plain else ()


# conv_params --------------------------------------------------------------------------------


def counted(kernel_size, in_channels, out_channels):
    """Count the parameters of a convolution layer."""
    return (kernel_size**2 * in_channels + 1) * out_channels


@pytest.mark.cell("03-conv-params", points=1)
def test_biases_are_counted(student, rng):
    """Each filter has one bias."""
    case = 1, int(rng.integers(2, 40)), int(rng.integers(41, 90))
    weights, biases = case[1] * case[2], case[2]

    count = expect_number(student.call("conv_params", *case), "the number of parameters")

    expect(count != weights, "the biases are missing: every filter has one")
    expect(
        count not in (weights + 1, weights + case[1]),
        "the biases are counted wrongly: there is one for each filter, that is, output channel",
    )
    expect(count == weights + biases, "for a 1 x 1 kernel the count is wrong")


@pytest.mark.cell("03-conv-params", points=1)
def test_kernel_is_a_square_over_all_input_channels(student, rng):
    """One filter sees a square window of all input channels."""
    case = int(rng.integers(3, 12)), int(rng.integers(13, 40)), int(rng.integers(41, 90))
    kernel, inputs, outputs = case

    count = expect_number(student.call("conv_params", *case), "the number of parameters")

    # With or without biases: those have a check of their own.
    biases = (0, 1, inputs, outputs)
    line, flat = kernel * inputs * outputs, kernel**2 * outputs
    expect(count - line not in biases, "the kernel is a line here; it should be a square")
    expect(count - flat not in biases, "a filter sees all input channels, not only one")
    expect(
        count - kernel**2 * inputs * outputs in biases,
        "the number of weights is wrong: window height x window width x input channels, "
        "for each filter",
    )


# get_model ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Built:
    """A student's model, with the size for which it was built and its facts."""

    handle: object
    facts: object
    size: tuple[int, int]

    def images(self, rng, count=2):
        """Draw noise that the model accepts, with values from 0 to 255."""
        shape = plain_shape(self.facts.input_shape)
        # A model that ignores img_size fails one check about that, and not all the others.
        known = len(shape) == 4 and all(isinstance(n, int) for n in shape[1:3])
        height, width = shape[1:3] if known else self.size
        return rng.uniform(0, 255, (count, height, width, 3)).astype("float32")


def random_size(rng):
    """Draw a height and a smaller width, both divisible by 8."""
    width = 8 * int(rng.integers(6, 9))
    return width + 8 * int(rng.integers(1, 4)), width


@pytest.fixture
def built(student, rng):
    """Return the student's model for an image size drawn anew."""
    return build(student, random_size(rng), 3)


def build(student, size, num_classes):
    """Let the student build a model."""
    handle = student.call("get_model", size, num_classes)
    expect(handle is not None, "get_model returned None: did you forget `return`?")
    return Built(handle, student.model(handle), size)


@pytest.mark.cell("03-get-model", points=1)
def test_parameter_count(student, rng):
    """The model has as many parameters as the chapter's."""
    chapter = build(student, (200, 200), 3)
    expect(
        chapter.facts.params == CHAPTER_PARAMS,
        "the number of parameters differs from the chapter's: compare each line of the summary "
        "with the table (filters, kernel size, order of the layers)",
        got=chapter.facts.params,
        expected=CHAPTER_PARAMS,
    )

    # Only the last layer depends on the number of classes, and none on the size.
    other = build(student, random_size(rng), int(rng.integers(4, 12)))
    classes = (plain_shape(other.facts.output_shape) or (None,))[-1]
    expected = CHAPTER_PARAMS + counted(3, 64, classes or 3) - counted(3, 64, 3)
    expect(
        other.facts.params == expected,
        f"for images of {other.size[0]} x {other.size[1]} pixels the number of parameters is "
        "wrong: it should not depend on the image size",
        got=other.facts.params,
        expected=expected,
    )


@pytest.mark.cell("03-get-model", points=1)
def test_output_fits_every_image(student, rng):
    """The output is as large as the image, with a number for each class."""
    for _ in range(2):
        size, classes = random_size(rng), int(rng.integers(2, 12))
        shape = plain_shape(build(student, size, classes).facts.output_shape)

        expect(
            shape == (None, *size, classes),
            f"for images of {size[0]} x {size[1]} pixels and {classes} classes the output has "
            "the wrong shape: use img_size and num_classes, and let every halving be undone",
            got=shape,
            expected=(None, *size, classes),
        )


@pytest.mark.cell("03-get-model", points=1)
def test_feature_maps_shrink_and_grow(trace, built, rng):
    """The feature maps have the sizes of the table, layer by layer."""
    images = built.images(rng)
    calls = trace(built.handle, images).calls
    maps = [tuple(call.output_shape) for call in calls]
    expect(maps, "the model has no convolution")
    height, width = images.shape[1:3]
    smallest = min(maps, key=lambda shape: shape[0] * shape[1])
    expect(
        smallest == (height // 8, width // 8, 256),
        f"the smallest feature map of an image of {height} x {width} pixels should have an eighth "
        "of its height and width, and 256 channels",
        got=smallest,
        expected=(height // 8, width // 8, 256),
    )

    # Pooling and upsampling layers have checks of their own.
    if [call.strides for call in calls].count([2, 2]) == 6:
        steps = (2, 2, 4, 4, 8, 8, 8, 4, 4, 2, 2, 1, 1)
        expected = [(height // step, width // step) for step in steps]
        expect(
            [shape[:2] for shape in maps] == expected,
            "a feature map changes its size in another layer than in the table: the encoder "
            "halves in the first layer of a pair, the decoder doubles in the second",
        )


@pytest.mark.cell("03-get-model", points=1)
def test_encoder_halves_with_strides(trace, built, rng):
    """The encoder halves its maps with strides, not with pooling."""
    found = trace(built.handle, built.images(rng))
    pooling = [name for name in found.layers if "pool" in name.lower()]
    expect(
        not pooling,
        "a pooling layer does the halving; the chapter halves with strides=2, because pooling "
        "forgets where in its window a value was",
        got=pooling,
    )
    halving = [call for call in found.calls if not call.transposed and call.strides == [2, 2]]
    expect(
        len(halving) == 3,
        "three Conv2D layers of the encoder should have strides=2",
        got=len(halving),
        expected=3,
    )


@pytest.mark.cell("03-get-model", points=1)
def test_decoder_learns_to_enlarge(trace, built, rng):
    """The decoder doubles its maps with transposed convolutions."""
    found = trace(built.handle, built.images(rng))
    doubling = [call for call in found.calls if call.transposed and call.strides == [2, 2]]
    upsampling = any("upsampling" in name.lower() for name in found.layers)
    expect(
        len(doubling) == 3,
        "an upsampling layer does the doubling; in the chapter the decoder learns to enlarge, "
        "with three Conv2DTranspose layers of strides=2"
        if upsampling
        else "three Conv2DTranspose layers of the decoder should have strides=2",
        got=len(doubling),
        expected=3,
    )


@pytest.mark.cell("03-get-model", points=1)
def test_padding_keeps_the_size(trace, built, rng):
    """No convolution loses pixels at the border."""
    calls = trace(built.handle, built.images(rng)).calls
    bare = [call.name for call in calls if call.padding != "same"]
    expect(
        not bare,
        f"{len(bare)} of {len(calls)} convolutions lose pixels at the border: every one needs "
        'padding="same"',
        got=bare[:3],
    )


@pytest.mark.cell("03-get-model", points=1)
def test_relu_between_convolutions(trace, built, rng):
    """A relu follows every convolution but the last."""
    calls = trace(built.handle, built.images(rng)).calls
    expect(len(calls) > 1, "the model has fewer than two convolutions")

    # What enters a convolution has left the one before it.
    pairs = list(pairwise(calls))
    negative = [before.name for before, after in pairs if after.input_min < 0]
    expect(
        not negative,
        "negative values leave a convolution and enter the next: a relu is missing after "
        f"{len(negative)} of {len(pairs)} layers",
        got=negative[:3],
    )
    soft = [before.name for before, after in pairs if after.input_zeros == 0]
    expect(
        not soft,
        "between two convolutions there is something other than relu: relu turns every "
        "negative value into exactly 0",
        got=soft[:3],
    )


@pytest.mark.cell("03-get-model", points=1)
def test_inputs_are_rescaled(trace, built, rng):
    """Images with values from 0 to 255 reach the first convolution as 0 to 1."""
    images = built.images(rng)
    calls = trace(built.handle, images).calls
    expect(calls, "the model has no convolution")
    low, high = calls[0].input_min, calls[0].input_max
    seen = calls[0].inputs
    same = isinstance(seen, np.ndarray) and seen.shape == images.shape
    expect(
        not (same and np.allclose(seen, images, rtol=1e-3)),
        "the first convolution sees values from 0 to 255: the rescaling to 0..1 is missing",
        got=(round(low, 2), round(high, 2)),
    )
    expect(
        same and np.allclose(seen, images / 255, atol=2e-3),
        "the rescaling is not the one from 0..255 to 0..1",
        got=(round(low, 2), round(high, 2)),
        expected=(0, 1),
    )


@pytest.mark.cell("03-get-model", points=1)
def test_softmax_over_the_classes(student, built, rng):
    """The probabilities of each pixel add up to 1."""
    reply = student.predict(built.handle, built.images(rng))
    probabilities = numbers(reply, "the prediction").astype(float)

    expect(
        probabilities.size > 0 and np.isfinite(probabilities).all(),
        "the prediction holds values that are not numbers",
    )
    expect(
        probabilities.min() >= 0 and probabilities.max() <= 1 + 1e-5,
        "the output holds values outside 0..1, so these are no probabilities: end with softmax",
        got=(round(float(probabilities.min()), 3), round(float(probabilities.max()), 3)),
    )
    sums = probabilities.sum(axis=-1)
    expect(
        np.allclose(sums, 1, atol=1e-3),
        "the probabilities of one pixel do not add up to 1: end with a softmax over the classes "
        "(a sigmoid treats each class by itself)",
        got=(round(float(sums.min()), 3), round(float(sums.max()), 3)),
        expected=1,
    )


# compile_model ------------------------------------------------------------------------------


def tiny_model(student, keras, shape, kernel, bias):
    """Build a 1 x 1 convolution with softmax whose weights are known."""
    model = student.evaluate(
        "keras.Sequential([keras.Input(shape), "
        "keras.layers.Conv2D(classes, 1, activation='softmax')])",
        keras=keras,
        shape=shape,
        classes=len(bias),
    )
    weights = [np.asarray(kernel, "float32")[None, None], np.asarray(bias, "float32")]
    student.set_weights(model, weights)
    return model


def tiny_probabilities(images, kernel, bias):
    """Compute what `tiny_model` predicts."""
    scores = np.asarray(images, float) @ np.asarray(kernel, float) + np.asarray(bias, float)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def random_weights(rng, classes=3):
    """Draw weights for inputs from 0 to 255 that give no probability close to 0."""
    return rng.normal(0, 0.006, (3, classes)), rng.normal(0, 0.5, classes)


def random_images(rng, count, height=6, width=8):
    """Draw noise with values from 0 to 255."""
    return rng.uniform(0, 255, (count, height, width, 3)).astype("float32")


def noisy_targets(rng, images, kernel, bias):
    """Draw labels from the model's own probabilities: each mask belongs to its image only."""
    shares = tiny_probabilities(images, kernel, bias).cumsum(axis=-1)
    draws = rng.uniform(size=(*shares.shape[:-1], 1))
    labels = (draws > shares[..., :-1]).sum(axis=-1, keepdims=True)
    return labels.astype("uint8")


@pytest.fixture
def compiled(student, keras, rng):
    """Return (model, what compile_model returned, kernel, bias)."""
    kernel, bias = random_weights(rng)
    model = tiny_model(student, keras, (6, 8, 3), kernel, bias)
    returned = student.call("compile_model", model)
    # Forgetting `return` has a check of its own.
    return model, model if returned is None else returned, kernel, bias


@pytest.mark.cell("03-compile-model", points=0.5)
def test_compiled_model_is_returned(student, keras, rng):
    """compile_model returns the model that it was given."""
    model = tiny_model(student, keras, (6, 8, 3), *random_weights(rng))

    returned = student.call("compile_model", model)

    expect(
        returned is not None,
        "compile_model returned None: `model.compile` changes the model and returns nothing",
    )
    same = student.evaluate("returned is model", returned=returned, model=model)
    expect(same is True, "compile_model should return the model that it was given")
    expect(student.model(model).optimizer, "the model comes back without having been compiled")


@pytest.mark.cell("03-compile-model", points=0.5)
def test_optimizer_is_rmsprop(student, compiled):
    """The optimizer is the chapter's."""
    facts = student.model(compiled[1])

    expect(facts.optimizer, "the model has no optimizer: it has not been compiled")
    expect(
        str(facts.optimizer).rsplit(".", 1)[-1].lower() == "rmsprop",
        "the chapter trains with rmsprop",
        got=str(facts.optimizer),
        expected="rmsprop",
    )


@pytest.mark.cell("03-compile-model", points=1)
def test_loss_takes_whole_number_labels(student, compiled, rng):
    """The loss is the cross-entropy for whole-number labels."""
    _, model, kernel, bias = compiled
    name = "".join(c for c in str(student.model(model).loss).lower() if c.isalpha())
    expect(name not in ("none", ""), "the model has no loss: it has not been compiled with one")
    expect(
        not name.endswith("categoricalcrossentropy") or "sparse" in name,
        "this cross-entropy wants one number for each class; our targets hold one whole number "
        "for each pixel: the sparse one is made for that",
        got=name,
    )
    expect(
        "binary" not in name,
        "a binary cross-entropy knows two classes; a pixel here has one of three",
        got=name,
    )
    images = random_images(rng, 5)
    targets = noisy_targets(rng, images, kernel, bias)

    reply = student.evaluate(
        "model.evaluate(images, targets, verbose=0, return_dict=True)['loss']",
        model=model,
        images=images,
        targets=targets,
    )

    loss = expect_number(reply, "the loss")
    expected = cross_entropy(tiny_probabilities(images, kernel, bias), targets[..., 0])
    expect(
        abs(loss - expected) < 1e-3 * max(1, expected),
        "the loss is not the cross-entropy between the predicted probabilities and the labels",
        got=round(loss, 4),
    )


# train --------------------------------------------------------------------------------------


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


# The training run ---------------------------------------------------------------------------


@pytest.fixture
def probabilities(student, held_out):
    """Return the probabilities of the student's best model on photographs new to it."""
    expect(
        student.has("best_model"),
        "there is no trained model: the cell that trains has not come to its end. Finish "
        "get_model, compile_model and train first",
    )
    model = student.evaluate("best_model")
    expect(model is not None, "best_model is None")
    student.model(model)
    reply = numbers(
        student.predict(model, held_out.inputs),
        "the prediction for new photographs",
        shape=(*held_out.labels.shape, 3),
    ).astype(float)
    expect(np.isfinite(reply).all(), "the best model predicts values that are not numbers")
    expect(reply.min() >= 0, "the best model predicts negative probabilities")
    return reply if np.allclose(reply.sum(axis=-1), 1, atol=1e-2) else softmax_of(reply)


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


# best_epoch ---------------------------------------------------------------------------------


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


# plot_losses --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Curve:
    """What was drawn for one of the two losses."""

    label: str
    x: np.ndarray
    style: tuple[str, str]


@pytest.fixture
def drawn(student, rng):
    """Return the student's axes and the curves on them: name of the loss -> Curve or None."""
    epochs = int(rng.integers(4, 12))
    losses = {
        name: [float(v) for v in rng.uniform(0.1, 1, epochs)] for name in ("loss", "val_loss")
    }
    returned = student.call("plot_losses", student.history(losses))
    expect(returned is not None, "plot_losses returned None: return the Axes")
    axes = student.axes(returned)
    curves = [(line.y, Curve(str(line.label), line.x, (str(line.linestyle), str(line.marker))))
              for line in axes.lines] + scattered(student, returned)  # fmt: skip
    found = {name: match(curves, values) for name, values in losses.items()}
    return axes, found, epochs


def scattered(student, returned):
    """Return what `scatter` drew, as (y, Curve): it makes no lines."""
    reply = student.evaluate(
        "[[str(c.get_label()), [[float(a), float(b)] for a, b in c.get_offsets()]] "
        "for c in axes.collections if hasattr(c, 'get_offsets')]",
        axes=returned,
    )
    points = []
    for label, pairs in reply if isinstance(reply, list) else []:
        pairs = as_numbers(pairs).reshape(-1, 2)
        points.append((pairs[:, 1], Curve(str(label), pairs[:, 0], ("None", "scatter"))))
    return points


def match(curves, values):
    """Return the curve with these values, or None."""
    for y, found in curves:
        y = as_numbers(y)
        if len(y) == len(values) and np.allclose(y, values, atol=1e-6):
            return found
    return None


@pytest.mark.cell("03-plot-losses", points=2)
def test_both_losses_are_drawn(drawn):
    """Both losses are drawn, for all epochs."""
    _, curves, _ = drawn

    expect(curves["loss"], "the training loss is not in the figure, or not all of its epochs")
    expect(curves["val_loss"], "the validation loss is not in the figure, or not all of its epochs")


@pytest.mark.cell("03-plot-losses", points=1)
def test_curves_start_at_epoch_one(drawn):
    """The horizontal axis counts epochs from 1."""
    _, curves, epochs = drawn
    shown = [found for found in curves.values() if found]
    expect(shown, "neither of the two losses is in the figure")

    for found in shown:
        x = as_numbers(found.x)
        expect(
            not np.array_equal(x, np.arange(epochs)),
            "the first epoch is drawn at 0: give the epochs as horizontal positions, from 1",
        )
        expect(
            np.array_equal(x, np.arange(1, epochs + 1)), "the horizontal positions are not 1, 2, 3…"
        )


@pytest.mark.cell("03-plot-losses", points=1)
def test_curves_are_told_apart(drawn):
    """The curves can be told apart without colours, and are named."""
    axes, curves, _ = drawn
    expect(axes.xlabel and axes.ylabel, "an axis has no name: use set_xlabel and set_ylabel")
    expect(axes.legend is not None, "there is no legend")
    expect(len(axes.legend or ()) >= 2, "the legend does not name both curves")
    train, val = curves["loss"], curves["val_loss"]
    if train and val:  # a curve that is missing has a check of its own
        swapped = "train" in val.label.lower() or "val" in train.label.lower()
        expect(not swapped, "the legend calls the training loss validation, or the reverse")
        expect(
            train.style != val.style,
            "only a colour tells the two curves apart: draw the training loss as dots and the "
            "validation loss as a line",
        )


# predict_mask -------------------------------------------------------------------------------


@pytest.fixture
def painted(student, keras, rng):
    """Let the student predict with a model whose answer is known; return (reply, expected)."""
    height, width, classes = int(rng.integers(5, 9)), int(rng.integers(10, 15)), 4
    kernel = rng.normal(0, 0.05, (3, classes))
    # Biases that balance values of 0 to 255: an image scaled once more gives another mask.
    bias = -127 * kernel.sum(axis=0)
    model = tiny_model(student, keras, (height, width, 3), kernel, bias)
    image = random_images(rng, 1, height, width)[0]

    reply = student.call("predict_mask", model, image)

    return reply, tiny_probabilities(image, kernel, bias), image, (kernel, bias)


@pytest.mark.cell("03-predict-mask", points=0.25)
def test_mask_has_the_shape_of_the_image(painted):
    """The mask is as large as the image, with one label for each pixel."""
    reply, probabilities, _, _ = painted
    mask = numbers(reply, "the mask")
    size = probabilities.shape[:2]

    expect(mask.shape != (1, *size), "the mask still is a batch of one: take it out of the batch")
    expect(
        mask.shape != probabilities.shape,
        "these are the probabilities of all classes: choose the most probable one of each pixel",
    )
    expect(mask.shape == size, "the mask has the wrong shape", got=mask.shape, expected=size)


@pytest.mark.cell("03-predict-mask", points=0.25)
def test_mask_holds_whole_numbers(painted):
    """Labels are whole numbers."""
    mask = expect_array(painted[0], name="the mask")

    expect(
        np.issubdtype(mask.dtype, np.integer),
        "the mask holds numbers that are not of an integer type",
        got=str(mask.dtype),
    )


@pytest.mark.cell("03-predict-mask", points=1.5)
def test_mask_holds_the_most_probable_class(painted):
    """Each pixel gets its most probable class."""
    reply, probabilities, image, weights = painted
    mask = np.squeeze(numbers(reply, "the mask"))
    order = np.sort(probabilities, axis=-1)
    clear = order[..., -1] - order[..., -2] > 1e-3  # rounding may decide the others
    expected = probabilities.argmax(axis=-1)
    expect(mask.shape == expected.shape, "there is not one label for each pixel", got=mask.shape)

    names = [f"class {number}" for number in range(probabilities.shape[-1])]
    picture = compare_masks(mask, expected, image, names)
    rescaled = tiny_probabilities(image / 255, *weights).argmax(axis=-1)
    expect(
        not agrees(mask, rescaled, clear) or agrees(expected, rescaled, clear),
        "the image is divided by 255 before prediction; the model rescales by itself",
        picture=picture,
    )
    expect(
        not agrees(mask, 127 * expected, clear),
        "these are grey values for display (0, 127, 254), not labels",
        picture=picture,
    )
    expect(
        agrees(mask, expected, clear),
        "some pixels do not have their most probable class",
        picture=picture,
    )


def agrees(mask, expected, clear):
    """Say whether a mask has the expected labels wherever they are clear."""
    return bool(np.array_equal(mask[clear], expected[clear]))


# iou_per_class ------------------------------------------------------------------------------


def overlap(truth, guess, classes):
    """Count pixels for each class: in both, in the truth, in the guess."""
    both = [np.sum((truth == c) & (guess == c)) for c in range(classes)]
    in_truth = [np.sum(truth == c) for c in range(classes)]
    in_guess = [np.sum(guess == c) for c in range(classes)]
    return tuple(np.array(counts, dtype=float) for counts in (both, in_truth, in_guess))


def true_iou(truth, guess, classes):
    """Compute the IoU of classes that occur."""
    both, in_truth, in_guess = overlap(truth, guess, classes)
    return both / np.maximum(in_truth + in_guess - both, 1)


def random_masks(rng, shape, classes):
    """Draw a truth of unequal classes and a guess that is right for part of the pixels."""
    shares = rng.dirichlet(np.arange(classes, 0, -1.0) * 3)
    truth = rng.choice(classes, shape, p=shares)
    guess = np.where(rng.uniform(size=shape) < rng.uniform(0.5, 0.8), truth,
                     rng.integers(0, classes, shape))  # fmt: skip
    # Every class occurs in both: absent ones have a check of their own.
    truth.reshape(-1)[:classes] = guess.reshape(-1)[:classes] = np.arange(classes)
    return truth.astype("uint8"), guess


def call_iou(student, truth, guess, classes):
    """Let the student compute; return an array of floats, one for each class."""
    reply = student.call("iou_per_class", truth, guess, classes)
    expect(reply is not None, "iou_per_class returned None: did you forget `return`?")
    values = as_numbers(reply)
    expect(
        values.size != 1 or classes == 1,
        "this is a single number: return the IoU of each class, in the order of the labels",
    )
    expect(
        values.shape == (classes,),
        f"for {classes} classes there should be {classes} numbers",
        got=values.shape,
        expected=(classes,),
    )
    return values


@pytest.mark.cell("03-iou-per-class", points=2)
def test_iou_of_random_masks(student, rng):
    """The IoU of each class is intersection over union."""
    classes = int(rng.integers(3, 7))
    shape = tuple(int(n) for n in rng.integers(12, 25, 2))
    truth, guess = random_masks(rng, shape, classes)

    got = call_iou(student, truth, guess, classes)

    both, in_truth, in_guess = overlap(truth, guess, classes)
    suspects = [
        (np.full(classes, np.mean(truth == guess)), "this is the pixel accuracy, which does not "
         "ask each class on its own"),
        (2 * both / (in_truth + in_guess), "this is the Dice coefficient: pixels in both masks "
         "are counted twice"),
        (both / (in_truth + in_guess), "pixels in both masks are counted twice in the union"),
        (both / in_truth, "this divides by the pixels of the truth alone: pixels that are wrongly "
         "given the class have to count as well"),
        (both / in_guess, "this divides by the pixels of the prediction alone: missed pixels have "
         "to count as well"),
    ]  # fmt: skip
    for values, message in suspects:
        expect(not np.allclose(got, values, atol=1e-6), message)
    expected = both / (in_truth + in_guess - both)
    wrong = [c for c in range(classes) if not np.isclose(got[c], expected[c], atol=1e-6)]
    expect(not wrong, f"the IoU is wrong for the classes {wrong} of {classes}")


@pytest.mark.cell("03-iou-per-class", points=1)
def test_pixels_of_all_masks_count_together(student, rng):
    """The pixels of several masks are counted together."""
    classes = 3
    parts = [random_masks(rng, (9, 11), classes) for _ in range(4)]
    # The masks differ in quality, so that a mean over masks differs from a common count.
    parts += [(truth, truth.copy()) for truth, _ in parts[:2]]
    truth, guess = (np.stack(side) for side in zip(*parts, strict=True))

    got = call_iou(student, truth, guess, classes)

    means = np.mean([true_iou(t, g, classes) for t, g in parts], axis=0)
    expect(
        not np.allclose(got, means, atol=1e-6),
        "this is the mean over the masks: count the pixels of all masks together",
    )
    # Whether the formula is right has a check of its own; here the shape must not matter.
    flat = call_iou(student, truth.reshape(-1, 11), guess.reshape(-1, 11), classes)
    expect(np.allclose(got, flat, atol=1e-6), "several masks give another IoU than their pixels")
    perfect = call_iou(student, truth, truth, classes)
    expect(np.all(perfect > got), "a mask should have a higher IoU with itself than with another")


@pytest.mark.cell("03-iou-per-class", points=1)
def test_absent_class_has_no_iou(student, rng):
    """A class that is in neither mask gets nan."""
    truth, guess = random_masks(rng, (10, 12), 3)
    absent = int(rng.integers(0, 5))
    names = np.array([label for label in range(5) if label != absent][:4])
    truth, guess = names[truth], names[guess]
    absent_too = next(c for c in range(5) if c not in names[:3] and c != absent)

    got = call_iou(student, truth, guess, 5)

    for label in (absent, absent_too):
        expect(
            not np.isclose(got[label], 0) if np.isfinite(got[label]) else True,
            "a class that is in neither mask gets 0, as if the mask were bad: it should get nan",
        )
        expect(
            np.isnan(got[label]),
            "a class that is in neither mask has no IoU: it should get nan",
            got=float(got[label]),
        )
    expect(np.isfinite(got[names[:3]]).all(), "classes that both masks hold get nan")


@pytest.mark.cell("03-iou-per-class", points=1)
def test_missed_class_has_iou_zero(student, rng):
    """A class that is in one of the two masks only gets 0."""
    truth, guess = random_masks(rng, (10, 12), 3)
    missed, invented = np.where(guess == 2, 0, guess), np.where(truth == 2, 0, truth)

    for one, other in ((truth, missed), (invented, guess)):
        got = call_iou(student, one, other, 3)

        expect(
            not np.isnan(got[2]), "a class that is in only one of the masks has an IoU: 0, not nan"
        )
        expect(np.isclose(got[2], 0), "a class that is in only one of the masks should get 0")
        expect(np.all(got[:2] > 0), "classes that both masks hold should get more than 0")
