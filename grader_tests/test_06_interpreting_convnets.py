"""Hidden checks of assignment 06: activations, gradient ascent, Grad-CAM and its overlay."""

from dataclasses import dataclass

import numpy as np
import pytest

from pawmark.checks import compare_heat, expect, expect_array

# Reading what comes back --------------------------------------------------------------------


def numbers(value, name, shape=None):
    """Return an array of finite or infinite numbers as float64, or fail the check readably."""
    array = expect_array(value, shape=shape, name=name)
    expect(array.dtype.kind in "biuf", f"{name} should hold numbers", got=str(array.dtype))
    return array.astype(float)


def finite(value, name, shape=None):
    """Return an array of finite numbers as float64, or fail the check readably."""
    array = numbers(value, name, shape)
    expect(np.isfinite(array).all(), f"{name} holds values that are not numbers (nan or inf)")
    return array


def alike(got, expected, part=0.02):
    """Tell whether two arrays agree, up to a part of the largest expected value."""
    return np.shape(got) == np.shape(expected) and np.allclose(
        got, expected, rtol=0, atol=part * max(np.abs(expected).max(), 1e-9)
    )


def draw_until(draw, good):
    """Draw until the inputs tell right from wrong with a margin, whatever the seed."""
    for _ in range(1000):
        drawn = draw()
        if good(drawn):
            return drawn
    raise RuntimeError("a thousand draws, and none is telling")


# Models whose insides are known -------------------------------------------------------------

# Chains layers into a functional model. Code for the student's process holds no answer.
BUILD = (
    "(lambda inputs, reduce: keras.Model(inputs, "
    "reduce(lambda x, layer: layer(x), [eval(text, {'layers': keras.layers}) for text in texts], "
    "inputs)))(keras.Input(shape), __import__('functools').reduce)"
)


def build(student, keras, shape, texts, weights):
    """Build a model of layers, each given as text, and set its weights."""
    model = student.evaluate(BUILD, keras=keras, shape=shape, texts=list(texts))
    student.set_weights(model, [np.asarray(array, "float32") for array in weights])
    return model


def random_name(rng):
    """Draw a name for a layer."""
    return "n" + "".join(rng.choice(list("abcdefgh"), 8))


def relu(x):
    """Cut off what is negative."""
    return np.maximum(x, 0)


def pooled(x, mode):
    """Halve height and width of (..., H, W, C) by maximum or mean."""
    *front, height, width, channels = x.shape
    windows = x.reshape(*front, height // 2, 2, width // 2, 2, channels)
    return getattr(windows, mode)(axis=(-4, -2))


# activation_model ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """A model, images for it, and what its layers give for them."""

    model: object
    images: np.ndarray
    outputs: list[np.ndarray]
    others: list[np.ndarray]


@pytest.fixture
def known(student, keras, rng):
    """Build a model with three convolutions, two pooling layers and others between them."""
    return known_model(student, keras, rng, lambda kind: f"{kind}_{random_name(rng)}")


def known_model(student, keras, rng, name_of):
    """Build it with a name for each layer, made from the kind of the layer."""
    height, width = 4 * int(rng.integers(3, 6)), 4 * int(rng.integers(6, 9))
    channels = [int(n) for n in rng.permutation(np.arange(4, 14))[:3]]
    texts = [
        f"layers.Rescaling(1 / 255, name={name_of('rescaling')!r})",
        f"layers.Conv2D({channels[0]}, 1, activation='relu', name={name_of('conv')!r})",
        f"layers.MaxPooling2D(2, name={name_of('pool')!r})",
        f"layers.Dropout(0.5, name={name_of('dropout')!r})",
        f"layers.Conv2D({channels[1]}, 1, activation='relu', name={name_of('conv')!r})",
        f"layers.MaxPooling2D(2, name={name_of('pool')!r})",
        f"layers.Conv2D({channels[2]}, 1, name={name_of('conv')!r})",
        f"layers.Activation('relu', name={name_of('relu')!r})",
        f"layers.GlobalAveragePooling2D(name={name_of('average')!r})",
        f"layers.Dense(3, name={name_of('dense')!r})",
    ]
    sizes = [3, *channels]
    kernels = [rng.normal(0, 1, pair) for pair in zip(sizes, channels, strict=False)]
    biases = [rng.normal(0, 0.3, n) for n in channels]
    # One channel of the last convolution is negative, so that a relu after it shows.
    kernels[2][:, 0], biases[2][0] = -np.abs(kernels[2][:, 0]) - 0.5, -0.5
    weights = [a for k, b in zip(kernels, biases, strict=True) for a in (k[None, None], b)]
    weights += [rng.normal(0, 1, (channels[2], 3)), np.zeros(3)]
    images = rng.uniform(0, 255, (3, height, width, 3)).astype("float32")
    x = images.astype(float) / 255
    first = relu(x @ kernels[0] + biases[0])
    second = pooled(first, "max")
    third = relu(second @ kernels[1] + biases[1])
    fourth = pooled(third, "max")
    fifth = fourth @ kernels[2] + biases[2]
    model = build(student, keras, (height, width, 3), texts, weights)
    outputs = [first, second, third, fourth, fifth]
    return Known(model, images, outputs, [x, relu(fifth), relu(fifth).mean(axis=(1, 2))])


def activations_of(student, known):
    """Let the student build the second model, and run the images through it."""
    handle = student.call("activation_model", known.model)
    expect(handle is not None, "activation_model returned None: did you forget `return`?")
    expect(
        not isinstance(handle, list | tuple | dict),
        "activation_model returned a collection: it should return one model with several outputs",
        got=type(handle).__name__,
    )
    student.weights(handle)  # refuses by name what is no keras model
    outputs = student.evaluate("model(images, training=False)", model=handle, images=known.images)
    expect(
        not isinstance(outputs, np.ndarray),
        "the model has a single output: it should give a list, one array for each layer",
    )
    expect(
        isinstance(outputs, list | tuple),
        "the outputs of the model are not a list",
        got=type(outputs).__name__,
    )
    return [numbers(output, "an output of the model") for output in outputs]


def has(outputs, wanted):
    """Tell whether one of the outputs has the shape of what is wanted."""
    return any(output.shape == wanted.shape for output in outputs)


@pytest.mark.cell("06-activation-model", points=1.5)
def test_every_convolution_and_pooling_layer_is_shown(student, known):
    """Each convolution and each pooling layer has its output."""
    outputs = activations_of(student, known)

    found = [has(outputs, wanted) for wanted in known.outputs]
    expect(
        any(found[i] for i in (0, 2, 4)) or not any(found),
        "the outputs of the convolutions are missing",
    )
    expect(
        found[1] or found[3] or not found[0],
        "the outputs of the pooling layers are missing: they are wanted too",
    )
    expect(
        all(found),
        "some layers are missing: there should be an output for each Conv2D and each MaxPooling2D",
        got=sum(found),
        expected=len(found),
    )


@pytest.mark.cell("06-activation-model", points=1)
def test_other_layers_are_left_out(student, known):
    """Layers of other kinds have no output."""
    outputs = activations_of(student, known)

    expect(
        any(has(outputs, wanted) for wanted in known.outputs),
        "no output has the shape of what a convolution or pooling layer gives",
    )
    expect(
        not any(output.ndim == 2 for output in outputs),
        "the scores or averages at the end of the model are among the outputs: only Conv2D and "
        "MaxPooling2D layers are wanted",
    )
    expect(
        not has(outputs, known.others[0]),
        "the image itself, or its rescaled form, is among the outputs: only Conv2D and "
        "MaxPooling2D layers are wanted",
    )
    expect(
        len(outputs) <= len(known.outputs),
        "there are more outputs than Conv2D and MaxPooling2D layers: other kinds are shown too",
        got=len(outputs),
        expected=len(known.outputs),
    )


@pytest.mark.cell("06-activation-model", points=0.5)
def test_first_layer_comes_first(student, known):
    """The outputs come in the order of the layers."""
    outputs = activations_of(student, known)

    areas = [output.shape[1] * output.shape[2] for output in outputs if output.ndim == 4]
    expect(areas, "no output is a feature map")
    expect(
        areas == sorted(areas, reverse=True),
        "the outputs are not in the order of the layers: the first layer comes first",
    )
    # Within one size the channels tell the layers apart; which are there has its own check.
    places = [
        [i for i, wanted in enumerate(known.outputs) if wanted.shape == output.shape]
        for output in outputs
    ]
    order = [found[0] for found in places if found]
    expect(len(order) > 1, "fewer than two outputs have the shape of what a wanted layer gives")
    expect(order == sorted(order), "the outputs are not in the order of the layers")


@pytest.mark.cell("06-activation-model", points=1.5)
def test_outputs_are_those_of_the_model(student, known):
    """The outputs are what the layers of the given model give, with its weights."""
    outputs = activations_of(student, known)

    compared = 0
    for wanted in known.outputs:
        for output in outputs:
            # Where a relu follows, the same shape comes twice: one of the two has to be right.
            same = [other for other in outputs if other.shape == wanted.shape]
            if output.shape != wanted.shape:
                continue
            compared += 1
            expect(
                any(alike(other, wanted) for other in same),
                "an output has the right shape and other values than the layer gives: are these "
                "the weights of the given model, or new ones? Is the activation included?",
            )
    expect(compared, "no output has the shape of what a convolution or pooling layer gives")


@pytest.mark.cell("06-activation-model", points=0.5)
def test_layers_are_told_by_their_kind(student, keras, rng):
    """A layer's name does not matter."""
    misleading = {"conv": "dense", "pool": "flat", "relu": "conv", "dropout": "pool"}
    known = known_model(
        student, keras, rng, lambda kind: f"{misleading.get(kind, 'conv2d')}_{random_name(rng)}"
    )

    outputs = activations_of(student, known)

    found = [has(outputs, wanted) for wanted in known.outputs]
    expect(
        any(found),
        "in a model whose layers have other names, none is found: tell layers by their class",
    )
    scores = any(output.ndim == 2 for output in outputs)
    expect(
        not scores or all(found),
        "in a model whose layers have other names, the wrong ones are shown: tell layers by their "
        "class",
    )


# ascent_step --------------------------------------------------------------------------------


def random_image(rng, shape):
    """Draw an image with values in 60..200."""
    return rng.uniform(60, 200, shape).astype("float32")


def image_shape(rng):
    """Draw the shape of one colour image in a batch."""
    return 1, int(rng.integers(4, 8)), int(rng.integers(8, 12)), 3


def tensor(student, keras, array):
    """Make a tensor in the student's process."""
    return student.evaluate(
        "__import__('types').SimpleNamespace(tensor=keras.ops.convert_to_tensor(array))",
        keras=keras,
        array=np.asarray(array, "float32"),
    )


def take_step(student, keras, image, loss, learning_rate, steps=1, **bindings):
    """Let the student climb; return the new image as an array."""
    holder = tensor(student, keras, image)
    reply = student.evaluate(
        "__import__('functools').reduce("
        "lambda image, _: ascent_step(image, loss_fn, rate), range(steps), holder.tensor)",
        loss_fn=student.evaluate(f"lambda image: {loss}", keras=keras, **bindings),
        holder=holder,
        rate=float(learning_rate),
        steps=steps,
    )
    expect(reply is not None, "ascent_step returned None: did you forget `return`?")
    return numbers(reply, "the new image", shape=np.shape(image))


LINEAR = "keras.ops.sum(image * weights)"


def slopes(rng, shape, length=1.0):
    """Draw a gradient of a given length, with parts of very unequal size."""
    raw = rng.choice([-1.0, 1.0], shape) * 10.0 ** rng.uniform(-1, 1, shape)
    # The colours differ too, so that a length for each colour is another thing than one for all.
    raw = raw * np.array([0.2, 1.0, 5.0])
    return raw / np.linalg.norm(raw) * length


@pytest.mark.cell("06-ascent-step", points=1)
def test_step_goes_uphill(student, keras, rng):
    """The loss grows."""
    shape = image_shape(rng)
    image, gradient = random_image(rng, shape), slopes(rng, shape)

    after = take_step(student, keras, image, LINEAR, 8.0, weights=gradient.astype("float32"))

    growth = float(np.sum((after - image) * gradient))
    expect(not np.isnan(growth), "the new image holds nan")
    expect(
        np.linalg.norm(after) > 0.5 * np.linalg.norm(image),
        "this is not the image any more: return the image plus the step, not the step alone",
    )
    expect(
        growth > -1e-3,
        "the loss has become smaller: this is a step downhill, as in training; here it goes up",
    )
    expect(growth > 1e-3, "the loss has not grown: the image has not moved along the gradient")


@pytest.mark.cell("06-ascent-step", points=1.5)
def test_learning_rate_is_the_length_of_the_step(student, keras, rng):
    """However steep the loss is, the step is as long as the learning rate says."""
    shape = image_shape(rng)
    image, count = random_image(rng, shape), np.prod(shape)
    steep = float(rng.uniform(200, 400))
    for length in (steep, 1 / steep):
        gradient, rate = slopes(rng, shape, length), float(rng.uniform(20, 40))
        after = take_step(student, keras, image, LINEAR, rate, weights=gradient.astype("float32"))
        moved = float(np.linalg.norm(after - image))

        expect(
            not np.isclose(moved, rate * length, rtol=0.02, atol=1e-3),
            "the step is as long as the gradient says: scale the gradient to length 1 first",
        )
        expect(
            not np.isclose(moved, length, rtol=0.02, atol=1e-3)
            and not np.isclose(moved, 1, rtol=0.02),
            "the learning rate does not matter here: the step should be as long as it says",
        )
        expect(
            not np.isclose(moved, rate * np.sqrt(count), rtol=0.03),
            "the step is too long by the square root of the number of values: the length is the "
            "root of the sum of all squares, not of their mean",
        )
        largest = np.abs(gradient).max() / length
        expect(
            not np.isclose(moved, rate / largest, rtol=0.02),
            "here the largest value of the step is as large as the learning rate: divide by the "
            "length of the gradient, not by its largest value",
        )
        expect(
            not np.isclose(moved, rate / length, rtol=0.02),
            "the gradient is divided by the square of its length",
        )
        expect(
            np.isclose(moved, rate, rtol=0.02),
            "the step is not as long as the learning rate",
            got=round(moved / rate, 4),
            expected="1 times the learning rate",
        )


@pytest.mark.cell("06-ascent-step", points=1)
def test_step_follows_the_gradient(student, keras, rng):
    """The step has the direction of the gradient, each part in proportion."""
    shape = image_shape(rng)
    image, gradient = random_image(rng, shape), slopes(rng, shape)

    step = (
        take_step(student, keras, image, LINEAR, 12.0, weights=gradient.astype("float32")) - image
    )

    length = np.linalg.norm(step)
    expect(np.isfinite(length) and length > 1e-6, "the image has not moved")
    # Uphill or downhill has a check of its own.
    direction = step / length * np.sign(np.sum(step * gradient) or 1)
    sizes = np.abs(direction)
    expect(
        sizes.max() > 1.02 * sizes.min(),
        "every value moves equally far: only the signs of the gradient are used, and its "
        "proportions are lost",
    )
    for axis, what in ((-1, "pixel"), ((1, 2), "colour")):
        scaled = gradient / np.linalg.norm(gradient, axis=axis, keepdims=True)
        expect(
            not alike(direction, scaled / np.linalg.norm(scaled)),
            f"the gradient is scaled for each {what} by itself: one length for all of its values",
        )
    expect(
        alike(direction, gradient),
        "the step does not have the direction of the gradient",
    )


@pytest.mark.cell("06-ascent-step", points=1)
def test_no_slope_no_step(student, keras, rng):
    """Where the gradient is zero, the image stays as it is."""
    image = random_image(rng, image_shape(rng))

    # A relu that is shut at every position.
    shut = "keras.ops.mean(keras.ops.relu(image - 1000.0))"
    after = take_step(student, keras, image, shut, float(rng.uniform(20, 40)))

    expect(
        not np.isnan(after).any(),
        "where the gradient is zero the image becomes nan: its length is 0, and 0 / 0 is no number",
    )
    expect(
        np.allclose(after, image, atol=1e-2),
        "where the gradient is zero the image should stay as it is",
    )


@pytest.mark.cell("06-ascent-step", points=0.5)
def test_gradient_is_taken_at_the_image(student, keras, rng):
    """The gradient is that of the loss at the image as it is given."""
    shape = image_shape(rng)
    image = random_image(rng, shape)
    # A hill whose summit is near: on which side of it one stands decides where uphill is.
    side = rng.choice([-1.0, 1.0], shape)
    summit = (image + side * rng.uniform(20, 50, shape)).astype("float32")
    hill = "-keras.ops.sum((image - summit) ** 2)"

    step = take_step(student, keras, image, hill, 4.0, summit=summit) - image

    # Length, proportions and sign have checks of their own.
    expect(np.isfinite(step).all(), "the new image holds nan or inf")
    towards = np.sign(step) * np.sign(np.sum(step * side) or 1)
    expect(
        np.mean(towards == side) > 0.99,
        "the gradient is not that of the loss at the image that is given: call loss_fn on this "
        "very image, unchanged",
    )


@pytest.mark.cell("06-ascent-step", points=0.5)
def test_steps_follow_one_another(student, keras, rng):
    """What a step returns is an image for the next step."""
    shape = image_shape(rng)
    image, gradient = random_image(rng, shape), slopes(rng, shape).astype("float32")

    one, three = (
        take_step(student, keras, image, LINEAR, 5.0, steps, weights=gradient) - image
        for steps in (1, 3)
    )

    # On an even slope the third step is like the first, whatever its length.
    expect(np.abs(one).max() > 1e-6, "the image has not moved")
    expect(
        alike(three, 3 * one, 0.05),
        "three steps in a row do not lead three times as far as one: start from the image that is "
        "given, and return the image, not the step alone",
    )


@pytest.mark.cell("06-ascent-step", points=0.5)
def test_values_may_leave_the_range_of_a_photograph(student, keras, rng):
    """The climb does not clip: that is for the display."""
    shape = image_shape(rng)
    image = random_image(rng, shape)
    image[:, :2], image[:, 2:] = 1.0, 254.0
    gradient = np.where(image > 100, 1.0, -1.0).astype("float32")

    after = take_step(student, keras, image, LINEAR, 6.0 * np.sqrt(gradient.size), weights=gradient)

    expect((np.abs(after - image) > 1e-4).any(), "the image has not moved")
    clipped = np.where(gradient > 0, 255, 0)
    expect(
        not np.allclose(after, clipped, atol=1e-3),
        "the new image is clipped to 0..255: bringing it into that range is for the display, and "
        "the climb goes on without it",
    )
    expect(
        after.max() > 2 or image.max() < 2,
        "the new image is brought into 0..1: only the step should change it",
    )


# deprocess_image ----------------------------------------------------------------------------


def displayed(image):
    """Compute the image for the screen, before rounding."""
    return np.clip((image - image.mean()) / image.std() * 64 + 128, 0, 255)


def deprocess(student, image):
    """Let the student bring an image into the form of a screen."""
    return numbers(
        student.call("deprocess_image", image), "the image for the screen", shape=image.shape
    )


def unequal_colours(rng, shape, centre, spread):
    """Draw an image whose colours differ in mean and contrast."""
    noise = rng.uniform(-1, 1, shape) * [0.5, 1.0, 0.3] + [-0.9, 0.2, 0.7]
    return (centre + spread * noise).astype("float32")


def size_of_image(rng):
    """Draw height, width and 3."""
    return int(rng.integers(14, 20)), int(rng.integers(24, 30)), 3


@pytest.mark.cell("06-deprocess-image", points=1)
def test_mean_and_contrast(student, rng):
    """The mean becomes 128 and the standard deviation 64, for all colours together."""
    image = unequal_colours(rng, size_of_image(rng), rng.uniform(300, 900), rng.uniform(100, 300))

    got = finite(deprocess(student, image), "the image for the screen")

    expect(got.max() > 1.5, "all values lie between 0 and 1: a screen wants 0 to 255")

    by_colour = (image - image.mean((0, 1))) / image.std((0, 1)) * 64 + 128
    stretched = (image - image.min()) / (image.max() - image.min()) * 255
    centred = (image - image.mean()) / image.std()
    suspects = [
        (np.clip(by_colour, 0, 255), "each colour is brought to the same mean and contrast by "
         "itself, so the colours are lost: one shift and one scale for all values"),
        (stretched, "the darkest value becomes 0 and the brightest 255: a single extreme pixel "
         "then decides; use mean and standard deviation"),
        (np.clip(centred * 64, 0, 255), "the mean is still 0, so half of the image is black: it "
         "should become 128"),
        (np.clip(centred, 0, 255), "contrast and mean are still 1 and 0: they should become 64 "
         "and 128"),
        (np.clip(image, 0, 255), "the values are only clipped: bring mean and contrast into range "
         "first"),
        (np.clip(centred * 128 + 128, 0, 255), "the contrast is too strong: the standard deviation "
         "should become 64"),
    ]  # fmt: skip
    for values, message in suspects:
        expect(not np.allclose(got, values, rtol=0, atol=2.01), message)
    # Values that are clipped have a check of their own.
    inside = (displayed(image) > 3) & (displayed(image) < 252)
    expect(
        np.allclose(got[inside], displayed(image)[inside], rtol=0, atol=1.6),
        "mean and standard deviation do not become 128 and 64",
    )


@pytest.mark.cell("06-deprocess-image", points=0.75)
def test_extremes_are_clipped(student, rng):
    """What falls outside 0..255 becomes 0 or 255."""
    shape = size_of_image(rng)
    image = rng.uniform(-1, 1, shape).astype("float32")
    image[2:4, 3:5], image[8:10, 12:14] = 9.0, -9.0

    got = deprocess(student, image)

    bright, dark = got[2:4, 3:5], got[8:10, 12:14]
    expect(
        np.allclose(bright, 255) and np.allclose(dark, 0),
        "the brightest places should become 255 and the darkest 0: clip to 0..255 before the "
        "conversion to bytes, which starts again at 0 after 255",
    )


@pytest.mark.cell("06-deprocess-image", points=0.5)
def test_image_without_contrast_is_grey(student, rng):
    """An image of a single value becomes 128 everywhere."""
    image = np.full(size_of_image(rng), float(rng.integers(20, 120)), "float32")

    got = deprocess(student, image)

    expect(
        np.isfinite(got).all() and got.min() > 0,
        "an image of a single value does not become grey: its standard deviation is 0, and 0 / 0 "
        "is no number",
    )
    expect(np.allclose(got, 128, atol=1), "an image of a single value should become 128 everywhere")


@pytest.mark.cell("06-deprocess-image", points=0.5)
def test_screens_want_bytes(student, rng):
    """The result is uint8."""
    image = unequal_colours(rng, size_of_image(rng), 100.0, 50.0)

    expect_array(
        student.call("deprocess_image", image),
        shape=image.shape,
        dtype="uint8",
        name="the image for the screen",
    )


@pytest.mark.cell("06-deprocess-image", points=0.25)
def test_image_is_left_unchanged(student, rng):
    """The image that is given keeps its values."""
    image = unequal_colours(rng, size_of_image(rng), 100.0, 50.0).astype("float64")

    both = student.evaluate("[deprocess_image(image), image]", image=image)

    made, kept = both if isinstance(both, list) and len(both) == 2 else (None, None)
    numbers(made, "the image for the screen", shape=image.shape)
    expect(
        np.array_equal(numbers(kept, "the image that was given"), image),
        "deprocess_image changes the image that it is given: `-=` and `*=` work in place",
    )


# grad_cam -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """A model with known maps, an image, and how the score depends on each map."""

    model: object
    layer: str
    image: np.ndarray
    maps: np.ndarray
    head: np.ndarray


def heat_of(weighted):
    """Cut off what is negative and divide by the largest value."""
    positive = relu(weighted)
    return positive / max(positive.max(), 1e-12)


def scene(student, keras, rng, maps, head, shift=0.0):
    """Build a model whose only convolution turns its image into the given maps.

    The image has the maps as colours; the convolution passes each on, with a random gain and a
    shift.
    """
    height, width, channels = maps.shape
    classes = head.shape[-1]
    layer = random_name(rng)
    gain = rng.uniform(0.5, 2.0, channels)
    image = ((maps - shift) / gain).astype("float32")
    texts = [f"layers.Conv2D({channels}, 1, activation='relu', name={layer!r})"]
    if head.ndim == 2:
        texts.append("layers.GlobalAveragePooling2D()")
    else:
        texts.append("layers.Flatten()")
    texts.append(f"layers.Dense({classes})")
    dense = head.reshape(-1, classes)
    bias = np.full(channels, shift)
    weights = [np.diag(gain)[None, None], bias, dense, np.zeros(classes)]
    model = build(student, keras, (height, width, channels), texts, weights)
    return Scene(model, layer, image, maps, head)


def ask_heat(student, model, image, layer, index, shape):
    """Let the student draw a heatmap; only its shape is checked here."""
    reply = student.call("grad_cam", model, image, layer, index)
    expect(reply is not None, "grad_cam returned None: did you forget `return`?")
    heat = numbers(reply, "the heatmap")
    expect(
        heat.shape not in ((1, *shape), (*shape, 1)),
        "the heatmap still has an axis of length 1, from the batch or the channels",
        got=heat.shape,
        expected=shape,
    )
    expect(
        heat.shape != image.shape[:2] or shape == image.shape[:2],
        "the heatmap has the size of the image: return one value for each position of the layer's "
        "maps; enlarging is for the overlay",
        got=heat.shape,
        expected=shape,
    )
    expect(
        heat.ndim == 2,
        "the heatmap should have two axes, (height, width): add the channels up",
        got=heat.shape,
        expected=shape,
    )
    expect(
        heat.shape == shape,
        "the heatmap does not have the height and width of the layer's maps",
        got=heat.shape,
        expected=shape,
    )
    return heat


def scaled(heat):
    """Divide by the largest value: whether that was done has a check of its own."""
    largest = np.nanmax(heat) if np.isfinite(heat).any() else 0
    return heat / largest if largest > 0 else heat


def map_size(rng):
    """Draw height and a larger width."""
    return int(rng.integers(4, 7)), int(rng.integers(8, 11))


def unlike(values, others, least=0.15):
    """Tell whether an array differs clearly from all others."""
    return all(np.abs(values - other).max() > least for other in others)


def positive_scene(rng, classes=3):
    """Draw maps and a head of positive weights: relu and absolute values change nothing there."""
    height, width = map_size(rng)
    maps = rng.uniform(0, 40, (height, width, 3)) * (rng.random((height, width, 3)) < 0.6)
    maps[0, :3] = 0  # somewhere there is no heat, so the smallest value is 0
    maps[1, :3] = np.diag(rng.uniform(25, 40, 3))  # each channel has a place of its own
    head = np.stack([rng.permutation([0.1, 0.6, 3.0]) for _ in range(classes)], axis=-1)
    # Scores close enough that no softmax would saturate.
    return maps, head * 1.5 / max(np.ptp(maps.mean(axis=(0, 1)) @ head), 1e-9)


def class_heats(maps, head):
    """Compute the heatmap of each class."""
    return [heat_of(maps @ head[:, c]) for c in range(head.shape[-1])]


def careless_heats(maps, head):
    """Compute what comes of weights that are not the effects of one score."""
    scores = maps.mean(axis=(0, 1)) @ head
    likely = np.exp(scores - scores.max())
    mean = head @ (likely / likely.sum())
    weights = [np.ones(maps.shape[-1]), maps.mean(axis=(0, 1)), head.sum(axis=-1)]
    weights += [head[:, c] - mean for c in range(head.shape[-1])]  # of a probability
    return [heat_of(maps @ w) for w in weights]


def telling_classes(drawn):
    """Tell whether the classes and careless weights all give different heatmaps."""
    maps, head = drawn
    heats, careless = class_heats(maps, head), careless_heats(maps, head)
    apart = all(unlike(heat, heats[:i] + heats[i + 1 :]) for i, heat in enumerate(heats))
    return apart and all(unlike(heat, careless, 0.1) for heat in heats)


@pytest.mark.cell("06-grad-cam", points=1)
def test_heatmap_has_the_size_of_the_maps(student, keras, rng):
    """The heatmap is as high and wide as the maps of the layer."""
    height, width = map_size(rng)
    layer = random_name(rng)
    texts = [
        "layers.AveragePooling2D(2)",
        f"layers.Conv2D(4, 1, activation='relu', name={layer!r})",
        "layers.GlobalAveragePooling2D()",
        "layers.Dense(2)",
    ]
    weights = [
        rng.uniform(0.1, 1, (1, 1, 3, 4)), np.zeros(4), rng.uniform(0.1, 1, (4, 2)), np.zeros(2)
    ]  # fmt: skip
    model = build(student, keras, (2 * height, 2 * width, 3), texts, weights)
    image = rng.uniform(0, 255, (2 * height, 2 * width, 3)).astype("float32")

    ask_heat(student, model, image, layer, 1, (height, width))


@pytest.mark.cell("06-grad-cam", points=1.5)
def test_channels_count_by_what_they_do_for_the_score(student, keras, rng):
    """Each map is weighted with its effect on the score."""
    maps, head = draw_until(lambda: positive_scene(rng), telling_classes)
    known = scene(student, keras, rng, maps, head)
    scores = maps.mean(axis=(0, 1)) @ head
    # The class that the model would choose: other classes have a check of their own.
    index = int(np.argmax(scores))

    heat = scaled(ask_heat(student, known.model, known.image, known.layer, index, maps.shape[:2]))

    expect(np.isfinite(heat).all(), "the heatmap holds values that are not numbers (nan or inf)")
    suspects = [
        (maps.mean(axis=-1), "this is the plain mean of the maps: each channel has to be weighted "
         "with its effect on the score, the mean of its gradient"),
        (maps @ head.sum(axis=-1), "all scores together are explained here: the gradient of one "
         "score is wanted"),
        (np.ones(maps.shape[:2]), "the heat is the same everywhere: the gradient alone does not "
         "say where the maps respond"),
    ]  # fmt: skip
    picture = compare_heat(heat, heat_of(maps @ head[:, index]))
    for values, message in suspects:
        wrong = heat_of(values)
        if unlike(wrong, [heat_of(maps @ head[:, index])], 0.1):
            expect(not alike(heat, wrong), message, picture=picture)
    expect(
        alike(heat, heat_of(maps @ head[:, index])),
        "the heatmap is not the sum of the maps, each weighted with the mean of the score's "
        "gradient with respect to it",
        picture=picture,
    )


@pytest.mark.cell("06-grad-cam", points=0.5)
def test_model_gets_the_image_as_it_is(student, keras, rng):
    """The image is given to the model with the values that it has."""
    maps, head = draw_until(lambda: positive_scene(rng), telling_classes)
    # Colours below 20 divided by the gain are dark for this convolution: brightness matters.
    known = scene(student, keras, rng, maps, head, shift=-20.0)
    index = int(np.argmax(maps.mean(axis=(0, 1)) @ head))

    heat = ask_heat(student, known.model, known.image, known.layer, index, maps.shape[:2])

    expect(
        np.nan_to_num(heat).any(),
        "a bright image has no heat, as if it were dark: give it to the model as it is, without "
        "dividing by 255; the model rescales by itself if it has to",
    )


@pytest.mark.cell("06-grad-cam", points=1)
def test_class_is_the_one_asked_for(student, keras, rng):
    """The score of the class that was asked for is explained, likely or not."""
    maps, head = draw_until(lambda: positive_scene(rng), telling_classes)
    known = scene(student, keras, rng, maps, head)
    scores = maps.mean(axis=(0, 1)) @ head
    best, index = int(np.argmax(scores)), int(np.argmin(scores))

    heat = scaled(ask_heat(student, known.model, known.image, known.layer, index, maps.shape[:2]))

    heats = class_heats(maps, head)
    picture = compare_heat(heat, heats[index])
    expect(
        not alike(heat, heats[best]),
        "this is the heatmap of the class with the highest score: explain the class that was "
        "asked for",
        picture=picture,
    )
    others = [c for c in range(len(heats)) if c != index and alike(heat, heats[c])]
    expect(
        not others, "this is the heatmap of another class than the one asked for", picture=picture
    )
    expect(
        alike(heat, heats[index]),
        "for a class that the model does not choose the heatmap is wrong: the gradient of the "
        "score of the class that was asked for is wanted",
        picture=picture,
    )


def two_layers(rng):
    """Draw the weights of a model of two convolutions, and an image.

    Each block of four pixels has a colour of its own, which mostly keeps to one channel.
    """
    height, width = map_size(rng)
    colours = np.eye(3)[rng.integers(0, 3, (height, width))] * rng.uniform(
        80, 250, (height, width, 1)
    )
    colours[0, :3], colours[1, :3] = 0, 200 * np.eye(3)
    image = np.kron(colours, np.ones((2, 2, 1))) * rng.uniform(0.7, 1, (2 * height, 2 * width, 1))
    first, second = rng.uniform(0, 0.1, (3, 4)), rng.uniform(0, 0.1, (4, 3))
    first[:, :3] += np.eye(3)
    second[:3] += np.eye(3)
    head = np.stack([rng.permutation([0.1, 1.0, 4.0]) for _ in range(2)], axis=-1)
    return first, second, head, image.astype("float32")


def two_heats(drawn, index):
    """Compute the heatmaps of both layers, and the plain means of their maps."""
    first, second, head, image = drawn
    early = relu(image @ first)
    late = relu(pooled(early, "mean") @ second)
    # Everything is positive, so the score is linear: the effect of an early channel on it.
    effect = second @ head[:, index]
    return (
        heat_of(early @ effect), heat_of(late @ head[:, index]),
        heat_of(early.mean(-1)), heat_of(late.mean(-1)), heat_of(late @ late.mean((0, 1))),
    )  # fmt: skip


def telling_layers(drawn):
    """Tell whether weighting the channels matters in both layers."""
    early, late, *careless = two_heats(drawn, 1)
    return all(
        unlike(right, [heat for heat in careless if heat.shape == right.shape], 0.1)
        for right in (early, late)
    )


@pytest.mark.cell("06-grad-cam", points=1)
def test_layer_is_the_one_asked_for(student, keras, rng):
    """Any layer can be asked for, by its name."""
    drawn = draw_until(lambda: two_layers(rng), telling_layers)
    first, second, head, image = drawn
    names = [random_name(rng), random_name(rng)]
    texts = [
        f"layers.Conv2D(4, 1, activation='relu', name={names[0]!r})",
        "layers.AveragePooling2D(2)",
        f"layers.Conv2D(3, 1, activation='relu', name={names[1]!r})",
        "layers.GlobalAveragePooling2D()",
        "layers.Dense(2)",
    ]
    weights = [first[None, None], np.zeros(4), second[None, None], np.zeros(3), head, np.zeros(2)]
    model = build(student, keras, image.shape, texts, weights)
    height, width = image.shape[:2]
    sizes = [(height, width), (height // 2, width // 2)]

    heats = []
    for name, size, which in zip(names, sizes, ("first", "last"), strict=True):
        reply = student.call("grad_cam", model, image, name, 1)
        expect(reply is not None, "grad_cam returned None: did you forget `return`?")
        heat = numbers(reply, "the heatmap")
        heats.append(scaled(np.squeeze(heat)))
        other = sizes[0] if size == sizes[1] else sizes[1]
        expect(
            heats[-1].shape != other or (which == "last" and heats[0].shape == other),
            f"asked for the {which} of two convolutions, the heatmap has the size of the other",
            got=heat.shape,
            expected=size,
        )
        expect(
            heats[-1].shape in sizes and np.isfinite(heats[-1]).all(),
            "the heatmap has the size of neither convolution, or holds nan",
            got=heat.shape,
            expected=size,
        )
    # Whether the weights are right at all has a check of its own; then they must be here too.
    early, late, *_ = two_heats(drawn, 1)
    expect(
        alike(heats[0], early) or not alike(heats[1], late),
        "the heatmap is right for the last convolution, and wrong for an earlier one: what is its "
        "gradient? The weights of the last layer of the model say nothing about it",
    )


@pytest.mark.cell("06-grad-cam", points=1)
def test_gradients_are_averaged_over_positions(student, keras, rng):
    """A channel has one weight: the mean of its gradient over all positions."""

    def draw():
        height, width = map_size(rng)
        maps = rng.uniform(0, 40, (height, width, 3)) * (rng.random((height, width, 3)) < 0.6)
        maps[0, :3], maps[1, :3] = 0, np.diag(rng.uniform(25, 40, 3))
        slope = rng.normal(0, 2, (height, width, 3, 2))
        means = np.stack([rng.permutation([0.3, 0.8, 2.0]) for _ in range(2)], axis=-1)
        return maps, slope - slope.mean(axis=(0, 1)) + means

    def wrong_ways(maps, head):
        slope = head[..., 0]
        return [
            ((maps * slope).sum(-1), "the gradient of each position is multiplied with the map "
             "there: average the gradient over all positions first, so that a channel has one "
             "weight"),
            (maps @ slope.max(axis=(0, 1)), "the largest gradient of a channel is its weight "
             "here: take the mean over all positions"),
            (maps @ relu(slope).mean(axis=(0, 1)), "negative gradients are left out before "
             "averaging: only the heatmap itself is cut off at zero"),
            (maps @ np.abs(slope).mean(axis=(0, 1)), "the sizes of the gradients are averaged, "
             "without their signs"),
            (maps @ slope[0, 0], "the gradient at one position stands for all: average over all "
             "positions"),
        ]  # fmt: skip

    def telling(drawn):
        maps, head = drawn
        means = head[..., 0].mean(axis=(0, 1))
        wrong = [heat_of(values) for values, _ in wrong_ways(maps, head)]
        scores = (maps[..., None] * head).sum(axis=(0, 1, 2))
        right = heat_of(maps @ means)
        careless = careless_heats(maps, head.mean(axis=(0, 1)))
        return scores[0] > scores[1] and unlike(right, wrong + careless, 0.1)

    maps, head = draw_until(draw, telling)
    known = scene(student, keras, rng, maps, head)

    heat = scaled(ask_heat(student, known.model, known.image, known.layer, 0, maps.shape[:2]))

    expect(np.isfinite(heat).all(), "the heatmap holds values that are not numbers (nan or inf)")
    right = heat_of(maps @ head[..., 0].mean(axis=(0, 1)))
    picture = compare_heat(heat, right)
    for values, message in wrong_ways(maps, head):
        expect(not alike(heat, heat_of(values)), message, picture=picture)
    expect(
        alike(heat, right),
        "where the gradient differs from position to position the heatmap is wrong: the weight of "
        "a channel is the mean of its gradient over all positions",
        picture=picture,
    )


def opposed(rng):
    """Draw two channels, one for the class and a stronger one against it, that meet in places.

    A third channel is silent, and the other class is less likely still.
    """
    height, width = map_size(rng)
    here = np.zeros((height, width, 3))
    here[1:, : width // 2, 0] = rng.uniform(10, 20, (height - 1, width // 2))
    here[1:, width // 2 - 2 :, 1] = rng.uniform(30, 40, (height - 1, width - width // 2 + 2))
    head = np.array([[1.0, -5.0], [-float(rng.uniform(1.5, 2.0)), -5.0], [1.0, 1.0]]) / 100
    return here, head


@pytest.mark.cell("06-grad-cam", points=1)
def test_evidence_against_the_class_is_cut_off(student, keras, rng):
    """Places that speak against the class have no heat."""
    maps, head = opposed(rng)
    known = scene(student, keras, rng, maps, head)

    heat = ask_heat(student, known.model, known.image, known.layer, 0, maps.shape[:2])

    expect(np.isfinite(heat).all(), "the heatmap holds values that are not numbers (nan or inf)")
    picture = compare_heat(heat, heat_of(maps @ head[:, 0]))
    against = maps[..., 1] > 0
    both, silent = against & (maps[..., 0] > 0), ~maps.any(axis=-1)
    expect(
        heat.min() > -1e-6,
        "the heatmap holds negative values: cut them off at zero",
        got=round(float(heat.min()), 3),
        picture=picture,
    )
    expect(
        heat[silent].max() < 0.02,
        "where no channel responds there is heat: cut off at zero instead of moving the smallest "
        "value to 0",
        picture=picture,
    )
    favour = ~against & (maps[..., 0] > 0)
    expect(
        heat[favour].max() > 0,
        "there is no heat where the only channel that responds speaks for the class",
        picture=picture,
    )
    only = against & ~both
    expect(
        heat[only].max() < 0.02,
        "places that speak against the class have heat, as if for it: cut off what is negative, "
        "do not take its absolute value",
        picture=picture,
    )
    expect(
        heat[both].max() < 0.02,
        "where the evidence against the class is stronger than that for it, there should be no "
        "heat: add up all channels first, and cut off at zero then",
        picture=picture,
    )


@pytest.mark.cell("06-grad-cam", points=0.5)
def test_hottest_place_has_heat_one(student, keras, rng):
    """Heat runs from 0 to 1, whatever the size of scores and maps."""
    for size in (1e-3, 4.0):
        maps, head = draw_until(lambda: positive_scene(rng), telling_classes)
        known = scene(student, keras, rng, maps, head * size)

        heat = ask_heat(student, known.model, known.image, known.layer, 0, maps.shape[:2])

        expect(np.isfinite(heat).all(), "the heatmap holds nan or inf")
        expect(
            np.isclose(heat.max(), 1, atol=0.01),
            "the hottest place should have the value 1: divide by the largest value",
            got=f"{heat.max():.3g}",
            expected=1,
        )


@pytest.mark.cell("06-grad-cam", points=0.5)
def test_no_evidence_no_heat(student, keras, rng):
    """Where nothing speaks for the class, the heatmap is zero everywhere."""
    maps, head = positive_scene(rng)
    known = scene(student, keras, rng, maps, -head)

    heat = ask_heat(student, known.model, known.image, known.layer, 0, maps.shape[:2])

    expect(
        not np.isnan(heat).any(),
        "where nothing speaks for the class the heatmap is nan: it is divided by its largest "
        "value, which is 0",
    )
    expect(
        np.allclose(heat, 0, atol=1e-6),
        "where nothing speaks for the class the heatmap should be zero everywhere",
    )


# overlay_heatmap ----------------------------------------------------------------------------


def overlay(student, image, heatmap, alpha):
    """Let the student lay a heatmap over an image."""
    return finite(
        student.call("overlay_heatmap", image, heatmap, alpha),
        "the overlay",
        shape=image.shape,
    )


def photograph(rng, height, width, dtype="float32"):
    """Draw noise with values in 0..255."""
    return rng.integers(0, 256, (height, width, 3)).astype(dtype)


BLOCK = 6  # squares of heat along a side of each quarter
PIXELS = 5  # of the image for each square of heat


def quarters(values):
    """Lay four values out as quarters (above left, above right, below left, below right)."""
    square = np.asarray(values, float).reshape(2, 2)
    return np.kron(square, np.ones((BLOCK, 2 * BLOCK)))


def middles(picture):
    """Return the middle of each quarter: no way of enlarging blurs it."""
    height, width = np.shape(picture)[:2]
    return [
        picture[
            int((r + 0.35) * height / 2) : int((r + 0.65) * height / 2),
            int((c + 0.35) * width / 2) : int((c + 0.65) * width / 2),
        ]
        for r in (0, 1)
        for c in (0, 1)
    ]


def size_of_overlay():
    """Return height and width of an image for the heatmap of `quarters`."""
    return 2 * BLOCK * PIXELS, 4 * BLOCK * PIXELS


def colours(student, image, values):
    """Return the mean colour of each quarter, half as strong as it can be."""
    laid = overlay(student, image, quarters(values), 0.5)
    return np.array([part.mean(axis=(0, 1)) for part in middles(laid)])


def dark_photograph(rng):
    """Draw an image to which colours can be added without end."""
    return rng.integers(0, 40, (*size_of_overlay(), 3)).astype("float32")


@pytest.mark.cell("06-overlay-heatmap", points=0.5)
def test_overlay_is_an_image(student, rng):
    """The overlay is an image of bytes, as large as the photograph, whatever its type."""
    for dtype in ("float32", "uint8"):
        image = photograph(rng, 37, 53, dtype)
        expect_array(
            student.call("overlay_heatmap", image, rng.random((4, 6)), 0.4),
            shape=image.shape,
            dtype="uint8",
            name="the overlay",
        )


@pytest.mark.cell("06-overlay-heatmap", points=0.5)
def test_alpha_zero_is_the_image(student, rng):
    """At alpha 0 the photograph is unchanged."""
    for dtype in ("float32", "uint8"):
        image = photograph(rng, 30, 44, dtype)
        laid = overlay(student, image, rng.random((5, 7)), 0.0)

        again = overlay(student, photograph(rng, 30, 44), np.ones((5, 7)), 0.0)
        expect(
            np.ptp(again, axis=(0, 1)).max() > 3,
            "at alpha 0 nothing is left of the image: alpha is the part of the colours",
        )
        expect(
            np.allclose(laid, image, rtol=0, atol=1.01),
            "at alpha 0 the image should be unchanged",
        )


@pytest.mark.cell("06-overlay-heatmap", points=0.75)
def test_alpha_one_is_heat_alone(student, rng):
    """At alpha 1 only the colours of the heatmap are left."""
    heat = rng.random((5, 7))
    first, second = photograph(rng, 30, 44), photograph(rng, 30, 44)

    laid = [overlay(student, image, heat, 1.0) for image in (first, second)]

    expect(
        not np.allclose(laid[0], first, rtol=0, atol=2),
        "at alpha 1 the image is unchanged: alpha is the part of the colours",
    )
    expect(
        laid[0].max() > 2,
        "at alpha 1 the overlay is nearly black: Matplotlib's colours run from 0 to 1, and the "
        "image from 0 to 255",
    )
    expect(
        np.allclose(*laid, rtol=0, atol=1.01),
        "at alpha 1 the image still shows through: the colours alone should be left, in hot and in "
        "cold places",
    )


@pytest.mark.cell("06-overlay-heatmap", points=0.5)
def test_alpha_mixes(student, rng):
    """Between 0 and 1 image and colours are mixed in proportion."""
    image, heat = photograph(rng, 30, 44), rng.random((5, 7))
    none, full = (overlay(student, image, heat, alpha) for alpha in (0.0, 1.0))
    expect(np.abs(full - none).max() > 10, "alpha changes nothing")
    for alpha in (float(rng.uniform(0.2, 0.35)), float(rng.uniform(0.6, 0.8))):
        laid = overlay(student, image, heat, alpha)

        expect(
            np.allclose(laid, (1 - alpha) * none + alpha * full, rtol=0, atol=2.5),
            "between alpha 0 and 1 the overlay is not the mixture of image and colours: alpha "
            "parts of the colours, and 1 - alpha parts of the image",
        )


@pytest.mark.cell("06-overlay-heatmap", points=1)
def test_heat_lies_where_it_belongs(student, rng):
    """The heatmap is enlarged to the image, each square to its place."""
    image = dark_photograph(rng)
    for hot in range(4):
        # Half as strong as it can be: how alpha is meant has checks of its own.
        mean_colours = colours(student, image, np.arange(4) == hot)
        cold = np.median(mean_colours, axis=0)
        changed = [bool(np.abs(colour - cold).max() > 8) for colour in mean_colours]

        expect(
            sum(changed) > 0,
            "one hot quarter of the heatmap cannot be seen in the overlay",
        )
        expect(
            sum(changed) == 1,
            "one hot quarter of the heatmap is seen in more than a quarter of the overlay: enlarge "
            "the heatmap to the size of the image",
        )
        expect(
            changed.index(True) == hot,
            "the heat lies in another place than in the heatmap: are height and width, or rows and "
            "columns, exchanged?",
        )


@pytest.mark.cell("06-overlay-heatmap", points=0.75)
def test_same_heat_has_the_same_colour(student, rng):
    """The colour of a value does not depend on the other values of the heatmap."""
    value = float(rng.uniform(0.45, 0.55))
    alone = [[value, value, value, value], [value, 0.2, 0.3, 0.4], [value, 0.0, 0.7, 1.0]]

    image = dark_photograph(rng)
    seen = np.array([colours(student, image, values)[0] for values in alone])

    expect(
        np.ptp(seen, axis=0).max() < 4,
        "the same heat has different colours in two heatmaps: the values are stretched once more; "
        "take them as they are, from 0 to 1",
    )
    ladder = colours(student, image, [0.1, 0.4, 0.7, 1.0])
    steps = np.abs(np.diff(ladder, axis=0)).max(axis=1)
    expect(steps.min() > 4, "places with different heat can hardly be told apart by their colours")
