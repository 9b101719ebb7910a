"""Hidden checks of assignment 05: shortcuts, batch normalisation, separable convolutions."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from pawmark.checks import expect, expect_array, expect_number

EPSILON, MOMENTUM = 1e-3, 0.99  # as in the notebook
XCEPTION_PARAMS = 721_857  # 180 x 180 x 3, two classes; of the chapter's own small Xception
WIDTHS = (32, 64, 128, 256, 512)

# Runs beside the student's work. Blocks are judged by what they compute from known weights, so it
# does not matter whether they are made of functions, layers or classes.
TOOLS = """
import keras
import numpy


def build(block, shape, filters, options):
    inputs = keras.Input(shape)
    outputs = block(inputs, filters, **options)
    if not isinstance(outputs, keras.KerasTensor):
        return type(outputs).__name__
    return keras.Model(inputs, outputs)


def key(weight):
    name = str(weight.name)
    return name + str(weight.shape[0]) if len(weight.shape) == 4 else name


def names(model):
    return [[key(w), [int(n) for n in w.shape]] for w in model.weights]


def put(model, values):
    for weight in model.weights:
        if key(weight) in values:
            weight.assign(numpy.resize(values[key(weight)], weight.shape))


def run(model, inputs, training):
    return numpy.asarray(model(inputs, training=training))


def parts(model):
    layers = list(model._flatten_layers(include_self=False))
    found = layers + [x for x in getattr(model, "operations", ()) if x not in layers]
    return [
        [type(x).__name__, type(x).__module__.startswith("keras."), float(getattr(x, "rate", -1))]
        for x in found
    ]


def follow(model, images):
    calls = []

    def watched(layer):
        call = layer.call

        def watching_call(inputs, *args, **kwargs):
            outputs = call(inputs, *args, **kwargs)
            seen = numpy.asarray(inputs)
            calls.append({
                "kind": type(layer).__name__,
                "depthwise": any("depthwise" in str(w.name) for w in layer.weights)
                or hasattr(layer, "depth_multiplier"),
                "kernel": [int(n) for n in layer.kernel_size],
                "size": [int(n) for n in seen.shape[1:3]],
                "low": float(seen.min()),
                "high": float(seen.max()),
                "zeros": float((seen == 0).mean()),
                "inputs": seen if not calls else None,
            })
            return outputs

        return watching_call

    layers = [x for x in model._flatten_layers(include_self=False) if hasattr(x, "kernel_size")]
    for layer in layers:
        object.__setattr__(layer, "call", watched(layer))
    try:
        model(images, training=False)
    finally:
        for layer in layers:
            object.__delattr__(layer, "call")
    return calls
"""

# Reading what comes back --------------------------------------------------------------------


def numbers(value, name, shape=None):
    """Return an array of finite numbers as floats, or fail the check readably."""
    if isinstance(value, list | tuple | int | float) and not isinstance(value, bool):
        value = as_numbers(value)
    array = expect_array(value, shape=shape, name=name)
    expect(array.dtype.kind in "biuf", f"{name} should hold numbers", got=str(array.dtype))
    array = array.astype(float)
    expect(np.isfinite(array).all(), f"{name} holds values that are not finite numbers")
    return array


def as_numbers(values):
    """Return an array of floats from nested lists; None for anything else."""
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError, OverflowError):
        return None


def close(got, expected, tolerance=5e-3):
    """Say whether two arrays agree, up to a part of the largest expected value."""
    if got.shape != expected.shape:
        return False
    scale = max(float(np.abs(expected).max(initial=0)), 1e-6)
    return bool(np.abs(got - expected).max(initial=0) <= tolerance * scale)


def plain_shape(shape):
    """Return a shape as a tuple; an empty one for anything but integers and None."""
    plain = isinstance(shape, tuple | list) and all(n is None or type(n) is int for n in shape)
    return tuple(shape) if plain else ()


class Tools:
    """Asks the student's process to build and run models.

    Parameters
    ----------
    student
        The door to the student's work.
    """

    def __init__(self, student):
        self.student = student
        self.space = student.evaluate("__import__('types').SimpleNamespace()")
        student.evaluate("exec(code, vars(space))", code=TOOLS, space=self.space)

    def ask(self, function, *args):
        """Call one of the functions above in the student's process."""
        return self.student.evaluate(
            "vars(space)[function](*args)", space=self.space, function=function, args=list(args)
        )

    def block(self, name, shape, filters, **options):
        """Build a model of one block of the student's, from a symbolic input to its output."""
        model = self.student.evaluate(
            f"vars(space)['build']({name}, shape, filters, options)",
            space=self.space,
            shape=shape,
            filters=filters,
            options=options,
        )
        expect(model != "NoneType", f"{name} returned None: did you forget `return`?")
        expect(
            not isinstance(model, str | int | float | list | dict | np.ndarray | None),
            f"{name} should return the symbolic tensor that comes out of the block",
            got=model if isinstance(model, str) else type(model).__name__,
        )
        return model

    def names(self, model):
        """Return (name, shape) of each weight; a kernel's name carries its size."""
        reply = self.ask("names", model)
        pairs = reply if isinstance(reply, list) else []
        found = [(str(p[0]), plain_shape(p[1])) for p in pairs if isinstance(p, list | tuple)]
        expect(len(found) == len(pairs) > 0, "the block has no weights that can be read")
        return found

    def put(self, model, **values):
        """Put values into the weights of these names, repeated to fit their shapes."""
        self.ask("put", model, {name: np.asarray(v, "float32") for name, v in values.items()})

    def run(self, model, inputs, training=False):
        """Compute the output of a model."""
        reply = self.ask("run", model, np.asarray(inputs, "float32"), training)
        return numbers(reply, "the output")


@pytest.fixture
def tools(student):
    """Return the way to build and run models in the student's process."""
    return Tools(student)


def filled(values, *shape):
    """Return the array that `put` makes of these values for a weight of this shape."""
    return np.resize(np.asarray(values, "float32").astype(float), shape)


def convolve(x, kernel):
    """Compute a convolution with "same" padding and odd kernels: (N, H, W, C) -> (N, H, W, F)."""
    reach = kernel.shape[0] // 2
    padded = np.pad(x, ((0, 0), (reach, reach), (reach, reach), (0, 0)))
    height, width = x.shape[1:3]
    return sum(
        padded[:, i : i + height, j : j + width] @ kernel[i, j]
        for i in range(kernel.shape[0])
        for j in range(kernel.shape[1])
    )


def relu(x):
    """Cut negative values at zero."""
    return np.maximum(x, 0)


def quarters(x):
    """Return the 2 x 2 windows of maps of even size: (N, H/2, W/2, C, 4)."""
    n, height, width, channels = x.shape
    windows = x.reshape(n, height // 2, 2, width // 2, 2, channels)
    return windows.transpose(0, 1, 3, 5, 2, 4).reshape(n, height // 2, width // 2, channels, 4)


# species_label ------------------------------------------------------------------------------


def call_labels(student, paths):
    """Return the labels of several paths as floats."""
    reply = student.evaluate("[species_label(path) for path in paths]", paths=list(paths))
    replies = reply if isinstance(reply, list) else [reply] * len(paths)
    expect(len(replies) == len(paths), "species_label should return one label for each path")
    expect(
        not any(label is None for label in replies),
        "species_label returned None: did you forget `return`?",
    )
    words = [label for label in replies if isinstance(label, str)]
    expect(not words, "a label is a number here, 0 or 1, not a word", got=words[:1])
    return np.array([
        float(label) if isinstance(label, bool) else expect_number(label, "a label")
        for label in replies
    ])  # fmt: skip


def breeds(pets, several_words):
    """Return the names of photographs with their labels: one of each breed."""
    found = {}
    for name in pets.names:
        breed = name.rsplit("_", 1)[0]
        if ("_" in breed) == several_words:
            found.setdefault(breed, name)
    names = list(found.values())
    return names, np.array([pets.data.species(name) == "dog" for name in names], dtype=float)


@pytest.mark.cell("05-species-label", points=1)
def test_cats_are_zero_and_dogs_one(student, pets, rng):
    """A capital letter means a cat: 0; dogs are 1."""
    names, expected = breeds(pets, several_words=False)
    order = rng.permutation(len(names))

    got = call_labels(student, [f"images/{names[i]}.jpg" for i in order])

    expect(
        len(set(got)) > 1,
        "all photographs get the same label: look at the first letter of the file name",
    )
    expect(
        not np.array_equal(got, 1 - expected[order]),
        "cats and dogs are swapped: a capital letter means a cat, and cats are 0",
    )
    expect(set(got) <= {0.0, 1.0}, "the labels are 0 and 1", got=sorted(set(got))[:5])
    expect(
        np.array_equal(got, expected[order]),
        "some breeds get the wrong label; their names have a single word",
    )


@pytest.mark.cell("05-species-label", points=0.5)
def test_breeds_of_several_words(student, pets, rng):
    """Breeds whose names have several words are told apart as well."""
    names, expected = breeds(pets, several_words=True)
    order = rng.permutation(len(names))

    got = call_labels(student, [f"images/{names[i]}.jpg" for i in order])

    # Whether cats are 0 or 1 has a check of its own.
    expect(
        any(np.array_equal(got, labels[order]) for labels in (expected, 1 - expected)),
        "some breeds of several words get the wrong label: look at the first letter alone",
    )


@pytest.mark.cell("05-species-label", points=0.5)
def test_folders_do_not_matter(student, pets, rng):
    """The folders in front of the file name do not matter."""
    names, _ = breeds(pets, several_words=False)
    here = call_labels(student, [f"images/{name}.jpg" for name in names])

    for folder in ("/data/Oxford_Pets/Images", "Photographs", "/home/cats/dogs", "."):
        there = call_labels(student, [f"{folder}/{name}.jpg" for name in names])

        expect(
            len(set(there)) > 1,
            f"in the folder {folder!r} all photographs get the same label: the folders say "
            "nothing, the file name does",
        )
        expect(
            np.array_equal(there, here),
            f"in the folder {folder!r} a photograph gets another label than elsewhere",
        )
    bare = call_labels(student, [f"{name}.jpg" for name in names])
    expect(
        np.array_equal(bare, here),
        "a path may be a file name alone, without a folder in front of it",
    )


# residual_block -----------------------------------------------------------------------------


def even_size(rng):
    """Draw a height and a width, both even and different."""
    width = 2 * int(rng.integers(2, 4))
    return width + 2, width


def two_numbers_of_channels(rng):
    """Draw channels of the input and of the output, which differ."""
    channels = int(rng.integers(2, 5))
    return channels, channels + int(rng.integers(2, 5))


def signed_maps(rng, shape):
    """Draw feature maps of both signs, none of them close to zero."""
    return rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 2, shape)


@pytest.mark.cell("05-residual-block", points=0.5)
def test_block_has_the_right_shape(tools, rng):
    """The block has the asked number of channels, and half the size with pooling."""
    channels, filters = two_numbers_of_channels(rng)
    height, width = 2 * int(rng.integers(4, 8)) + 1, 2 * int(rng.integers(4, 8))
    for pooling, out in [(False, filters), (True, filters), (False, channels)]:
        block = tools.block("residual_block", (height, width, channels), out, pooling=pooling)
        step = 2 if pooling else 1
        expected = (None, -(-height // step), -(-width // step), out)

        shape = plain_shape(tools.student.model(block).output_shape)

        expect(
            shape[-1:] == (out,),
            "the number of channels is wrong: the two ways are added, not laid side by side",
            got=shape,
            expected=expected,
        )
        expect(
            shape == expected,
            f"with pooling={pooling} maps of {height} x {width} come out with the wrong size",
            got=shape,
            expected=expected,
        )


@pytest.mark.cell("05-residual-block", points=1.5)
def test_input_passes_unchanged(tools, rng):
    """Where the convolutions give zeros, the input passes through unchanged."""
    channels = int(rng.integers(3, 7))
    size = even_size(rng)
    block = tools.block("residual_block", (*size, channels), channels)
    # A projection, if there is one, is made to do nothing: it has a check of its own.
    tools.put(block, kernel3=0.0, kernel1=np.eye(channels), bias=0.0)
    maps = signed_maps(rng, (2, *size, channels))

    got = tools.run(block, maps)

    expect(
        np.abs(got).max(initial=0) > 1e-6,
        "nothing of the input arrives: the shortcut should start at the input of the block",
    )
    expect(
        not close(got, relu(maps)),
        "negative values of the input are cut off: nothing follows the addition",
    )
    expect(close(got, maps), "the input does not pass through the shortcut as it is")


@pytest.mark.cell("05-residual-block", points=0.5)
def test_projection_only_where_needed(tools, rng):
    """Where the shapes fit, the shortcut has no layer."""
    channels = int(rng.integers(3, 7))
    block = tools.block("residual_block", (*even_size(rng), channels), channels)

    kernels = [name for name, shape in tools.names(block) if len(shape) == 4]

    expect(
        "kernel1" not in kernels,
        "there is a projection although the shapes fit: the input can be added as it is",
    )
    expect(
        kernels == ["kernel3", "kernel3"],
        "where the shapes fit, the block has two 3 x 3 convolutions and nothing else",
        got=kernels,
    )


@pytest.mark.cell("05-residual-block", points=1)
def test_projection_is_linear(tools, rng):
    """The projection is a 1 x 1 convolution without activation; with pooling it has strides 2."""
    channels, filters = two_numbers_of_channels(rng)
    size = even_size(rng)
    values = signed_maps(rng, 97)
    maps = signed_maps(rng, (2, *size, channels))
    for pooling in (False, True):
        block = tools.block("residual_block", (*size, channels), filters, pooling=pooling)
        tools.put(block, kernel3=0.0, kernel1=values, bias=0.0)

        got = tools.run(block, maps)

        kernel = filled(values, 1, 1, channels, filters)
        expected = convolve(maps, kernel)
        pooled = [quarters(expected).max(-1), quarters(expected).mean(-1)]
        pooled += [convolve(quarters(maps).max(-1), kernel)]
        expected = expected[:, ::2, ::2] if pooling else expected
        # A shortcut that is missing altogether has a check of its own.
        if np.abs(got).max(initial=0) > 1e-6 or "kernel1" in dict(tools.names(block)):
            expect(
                not close(got, relu(expected)),
                "the projection has an activation, or one follows the addition: a shortcut "
                "should let negative values through",
            )
            expect(
                not any(close(got, suspect) for suspect in pooled),
                "the shortcut is pooled: its 1 x 1 convolution should have strides 2",
            )
            expect(
                close(got, expected),
                "the shortcut is not a 1 x 1 convolution of the block's input"
                + (" with strides 2" if pooling else ""),
            )


@pytest.mark.cell("05-residual-block", points=0.5)
def test_pooling_needs_a_projection_too(tools, rng):
    """With pooling the block works when the number of channels stays."""
    channels = int(rng.integers(3, 7))
    size = even_size(rng)
    block = tools.block("residual_block", (*size, channels), channels, pooling=True)

    shape = plain_shape(tools.student.model(block).output_shape)

    expect(
        shape[1:3] == (size[0] // 2, size[1] // 2),
        "with pooling and as many channels as before, the size is not halved",
        got=shape,
    )
    expect(
        "kernel1" in dict(tools.names(block)),
        "with pooling the shortcut is a 1 x 1 convolution with strides 2, also where the number of "
        "channels stays",
    )


@pytest.mark.cell("05-residual-block", points=1)
def test_two_convolutions_with_relu(tools, rng):
    """The way through the layers is convolution, relu, convolution, relu."""
    channels, filters = two_numbers_of_channels(rng)
    size = even_size(rng)
    values = signed_maps(rng, 211)
    block = tools.block("residual_block", (*size, channels), filters)
    tools.put(block, kernel3=values, kernel1=0.0, bias=0.0)
    maps = signed_maps(rng, (2, *size, channels))

    got = tools.run(block, maps)

    first = convolve(maps, filled(values, 3, 3, channels, filters))
    kernel = filled(values, 3, 3, filters, filters)
    expect(
        not close(got, convolve(relu(first), kernel)),
        "a relu is missing after the second convolution",
    )
    expect(
        not close(got, relu(convolve(first, kernel))),
        "a relu is missing after the first convolution",
    )
    expect(not close(got, convolve(first, kernel)), "both convolutions lack their relu")
    expect(not close(got, relu(first)), "there is one convolution; the block has two")
    expect(
        close(got, relu(convolve(relu(first), kernel))),
        "the way through the layers does not compute 3 x 3 convolution, relu, 3 x 3 "
        'convolution, relu, all with padding="same"',
    )


@pytest.mark.cell("05-residual-block", points=1)
def test_max_pooling_halves_the_maps(tools, rng):
    """With pooling, the maximum of each 2 x 2 window is kept."""
    channels, filters = two_numbers_of_channels(rng)
    size = even_size(rng)
    values = signed_maps(rng, 211)
    maps = signed_maps(rng, (2, *size, channels))
    results = []
    for pooling in (False, True):
        block = tools.block("residual_block", (*size, channels), filters, pooling=pooling)
        tools.put(block, kernel3=values, kernel5=values, kernel1=0.0, bias=0.0)
        results.append(tools.run(block, maps))

    # The maps before pooling are the student's own: whether they are right is checked elsewhere.
    full, got = results
    expect(full.shape[1:3] == size, "without pooling the size should stay", got=full.shape)
    windows = quarters(full)
    expect(
        not close(got, windows[..., 0]) and not close(got, windows[..., 3]),
        "the convolutions have strides 2; the block halves with max pooling",
    )
    expect(not close(got, windows.mean(-1)), "the maps are averaged; the block takes the maximum")
    expect(
        close(got, windows.max(-1)),
        "with pooling the way through the layers does not end in a 2 x 2 max pooling",
    )


# batch_norm ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Batch:
    """What goes into `batch_norm`."""

    x: np.ndarray
    gamma: np.ndarray
    beta: np.ndarray
    mean: np.ndarray
    var: np.ndarray

    def arguments(self, training):
        """Return the arguments in the order of the signature."""
        return self.x, self.gamma, self.beta, self.mean, self.var, training


def random_batch(rng, shape=None, plain=False):
    """Draw a batch whose channels differ; `plain` has gamma 1 and beta 0."""
    shape = shape or (int(rng.integers(3, 6)), int(rng.integers(2, 4)), 4, int(rng.integers(5, 8)))
    channels = shape[-1]
    # Means and spreads far apart: no two wrong ways of averaging can agree by luck.
    means = rng.permutation(np.arange(1, channels + 1) * 2.0)
    spreads = rng.permutation(np.linspace(1, 3, channels))
    x = means + spreads * rng.normal(size=shape)
    gamma = rng.permutation(np.linspace(1.5, 3, channels))
    beta = rng.permutation(np.linspace(-2, -0.5, channels))
    moving = rng.permutation(np.linspace(-5, -1, channels)), rng.uniform(4, 8, channels)
    if plain:
        gamma, beta = np.ones(channels), np.zeros(channels)
    return Batch(x, gamma, beta, *moving)


def normalised(batch, mean, var, scale=np.sqrt):
    """Normalise with a given mean and variance."""
    return batch.gamma * (batch.x - mean) / scale(var + EPSILON) + batch.beta


def statistics(x, ddof=0):
    """Return mean and variance of each channel over all other axes."""
    axes = tuple(range(x.ndim - 1))
    return x.mean(axis=axes), x.var(axis=axes, ddof=ddof)


def expect_three_arrays(reply):
    """Fail unless batch_norm returned three things."""
    expect(reply is not None, "batch_norm returned None: did you forget `return`?")
    expect(
        isinstance(reply, tuple | list) and len(reply) == 3,
        "batch_norm should return three arrays, in training and in use: y, moving mean, moving "
        "variance",
        got=type(reply).__name__,
    )


def call_batch_norm(student, batch, training):
    """Return the student's three arrays, the moving ones flat."""
    reply = student.call("batch_norm", *batch.arguments(training))
    expect_three_arrays(reply)
    channels = batch.x.shape[-1]
    y = numbers(reply[0], "the normalised batch", shape=batch.x.shape)
    moving = [
        np.squeeze(numbers(value, name))
        for value, name in zip(reply[1:], ("the moving mean", "the moving variance"), strict=True)
    ]
    for value in moving:
        expect(
            value.shape == (channels,),
            "there should be a moving mean and a moving variance for each channel",
            got=value.shape,
            expected=(channels,),
        )
    return y, *moving


@pytest.mark.cell("05-batch-norm", points=1.5)
def test_channels_are_normalised_over_batch_and_places(student, rng):
    """In training each channel is normalised over the batch and all positions."""
    batch = random_batch(rng, plain=True)

    got, _, _ = call_batch_norm(student, batch, True)

    x = batch.x
    for axes, message in [
        (None, "mean and variance are taken over all channels together: each has its own"),
        ((0,), "each position is normalised by itself: average over height and width as well"),
        ((1, 2), "each image is normalised by itself: average over the batch as well"),
        ((3,), "each position is normalised over its channels: that is layer normalisation"),
        ((1, 2, 3), "each image is normalised by itself, over its channels too"),
    ]:
        mean, var = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
        expect(not close(got, normalised(batch, mean, var), 2e-3), message)
    expect(
        not close(got, normalised(batch, batch.mean, batch.var), 2e-3),
        "in training the moving averages normalise the batch: it should be its own mean and "
        "variance",
    )
    mean, var = statistics(x)
    expect(
        not close(got, normalised(batch, mean, var, scale=lambda v: v), 2e-3),
        "the values are divided by the variance: divide by its square root",
    )
    moved = [MOMENTUM * old + (1 - MOMENTUM) * new
             for old, new in ((batch.mean, mean), (batch.var, var))]  # fmt: skip
    expect(
        not close(got, normalised(batch, *moved), 2e-3),
        "the batch is normalised with the moving averages after their step: in training it is "
        "the batch's own mean and variance",
    )
    # With n - 1 in place of n the result differs by several percent.
    expect(
        not close(got, normalised(batch, *statistics(x, ddof=1)), 1e-3),
        "the variance is divided by n - 1: batch normalisation divides by n, as np.var does",
    )
    expect(close(got, normalised(batch, mean, var), 2e-3), "in training the result is wrong")


@pytest.mark.cell("05-batch-norm", points=0.5)
def test_epsilon_is_under_the_root(student, rng):
    """The epsilon is added to the variance, under the root."""
    batch = random_batch(rng, plain=True)
    x = batch.x.copy()
    # One channel hardly varies and one not at all: there the epsilon decides.
    x[..., 0] = 0.02 * (x[..., 0] - x[..., 0].mean()) / x[..., 0].std()
    x[..., 1] = 3.0
    tiny = replace(batch, x=x)

    reply = student.call("batch_norm", *tiny.arguments(True))

    expect(isinstance(reply, tuple | list) and len(reply) > 0, "batch_norm returns no arrays")
    y = expect_array(reply[0], shape=x.shape, name="the normalised batch")
    expect(y.dtype.kind in "biuf", "the normalised batch should hold numbers", got=str(y.dtype))
    expect(
        np.isfinite(y.astype(float)).all(),
        "a channel that is the same everywhere is divided by zero: where is the epsilon?",
    )
    # Gamma is 1 here, and a wrong mean would not change these differences.
    got = float(np.ptp(y[..., 0].astype(float)))
    spread = float(np.ptp(x[..., 0]))
    var = float(np.var(x[..., 0]))
    expect(
        not np.isclose(got, spread / (np.sqrt(var) + EPSILON), rtol=1e-2),
        "the epsilon is added to the root of the variance: it belongs under the root",
    )
    expect(
        not np.isclose(got, spread / np.sqrt(var), rtol=1e-2),
        "the epsilon has no effect: it is added to the variance, under the root",
    )


@pytest.mark.cell("05-batch-norm", points=1)
def test_gamma_scales_and_beta_shifts(student, rng):
    """Gamma scales each channel after the normalisation, then beta shifts it."""
    batch = random_batch(rng)
    ones = np.ones_like(batch.gamma)

    got, _, _ = call_batch_norm(student, batch, True)

    # The normalisation itself is the student's: whether it is right is checked elsewhere.
    shifted, _, _ = call_batch_norm(student, replace(batch, gamma=ones, beta=ones), True)
    gamma, beta, y = batch.gamma, batch.beta, shifted - 1
    expect(not close(got, shifted, 2e-3), "gamma and beta have no effect")
    expect(not close(got, beta * y + gamma, 2e-3), "gamma and beta are swapped: gamma scales")
    expect(
        not close(got, gamma * (y + beta), 2e-3),
        "beta is added before gamma scales: first the scale, then the offset",
    )
    expect(not close(got, gamma * shifted, 2e-3), "beta has no effect")
    expect(not close(got, y + beta, 2e-3), "gamma has no effect")
    expect(close(got, gamma * y + beta, 2e-3), "gamma and beta are not applied as gamma x + beta")


@pytest.mark.cell("05-batch-norm", points=1)
def test_use_normalises_with_the_moving_averages(student, rng):
    """In use the moving averages normalise, whatever else is in the batch."""
    batch = random_batch(rng, plain=True)

    got, _, _ = call_batch_norm(student, batch, False)

    expect(
        not close(got, normalised(batch, *statistics(batch.x)), 2e-3),
        "with training=False the batch's own mean and variance are used: a photograph would get "
        "another answer in other company",
    )
    # Epsilon and the like have checks of their own: the difference from a batch of one must be
    # nil, and the mean and the variance the moving ones to a few parts in a thousand.
    single = replace(batch, x=batch.x[:1])
    alone, _, _ = call_batch_norm(student, single, False)
    expect(
        close(got[:1], alone),
        "with training=False an image gets another result in another batch",
    )
    expected = [normalised(batch, batch.mean, batch.var, scale) for scale in (np.sqrt, np.array)]
    expect(
        any(close(got, want) for want in expected),
        "with training=False the result is not what the moving mean and variance give",
    )


@pytest.mark.cell("05-batch-norm", points=1)
def test_moving_averages_take_a_small_step(student, rng):
    """In training the moving averages take a small step towards the batch."""
    batch = random_batch(rng)
    mean, var = statistics(batch.x)

    _, got_mean, got_var = call_batch_norm(student, batch, True)

    def step(old, new, momentum=MOMENTUM):
        return momentum * old + (1 - momentum) * new

    expect(
        not (close(got_mean, batch.mean, 1e-6) and close(got_var, batch.var, 1e-6)),
        "the moving averages do not move in training",
    )
    expect(
        not close(got_mean, mean, 1e-6),
        "the batch's own mean comes back: the moving mean takes a step towards it",
    )
    expect(
        not close(got_mean, step(batch.mean, mean, 1 - MOMENTUM), 1e-4),
        "the momentum is the weight of the old average, not that of the batch",
    )
    expect(close(got_mean, step(batch.mean, mean), 1e-4), "the new moving mean is wrong")
    expect(
        not close(got_var, step(batch.var, np.sqrt(var)), 1e-5),
        "the moving variance takes its step towards the standard deviation",
    )
    unbiased = statistics(batch.x, ddof=1)[1]
    expect(
        not close(got_var, step(batch.var, unbiased), 1e-5),
        "the variance of the batch is divided by n - 1: it is divided by n, as np.var does",
    )
    expect(close(got_var, step(batch.var, var), 1e-5), "the new moving variance is wrong")


@pytest.mark.cell("05-batch-norm", points=0.5)
def test_use_leaves_the_averages_alone(student, rng):
    """In use the moving averages come back with the same values."""
    batch = random_batch(rng)

    _, mean, var = call_batch_norm(student, batch, False)

    expect(
        close(mean, batch.mean, 1e-6) and close(var, batch.var, 1e-6),
        "with training=False the moving averages change: a network in use would go on learning",
    )


@pytest.mark.cell("05-batch-norm", points=0.5)
def test_arrays_that_come_in_stay_as_they_are(student, rng):
    """The arrays that come in are not changed."""
    batch = random_batch(rng)
    for training in (True, False):
        reply = student.evaluate(
            "[batch_norm(x, gamma, beta, mean, var, training), x, gamma, beta, mean, var]",
            x=batch.x,
            gamma=batch.gamma,
            beta=batch.beta,
            mean=batch.mean,
            var=batch.var,
            training=training,
        )
        expect(isinstance(reply, list) and len(reply) == 6, "batch_norm gives no readable answer")
        returned, *after = reply
        expect_three_arrays(returned)
        before = (batch.x, batch.gamma, batch.beta, batch.mean, batch.var)
        changed = [
            name
            for name, was, now in zip(
                ("x", "gamma", "beta", "moving_mean", "moving_var"), before, after, strict=True
            )
            if not np.array_equal(was, now)
        ]

        expect(
            not changed,
            "an array that came in has been changed in place: return new arrays",
            got=", ".join(changed),
        )


@pytest.mark.cell("05-batch-norm", points=1)
def test_any_number_of_axes(student, rng):
    """Batches of vectors, and of anything else with channels last, are normalised as well."""
    channels = int(rng.integers(5, 8))
    for shape in [(int(rng.integers(6, 9)), channels), (3, 2, 2, 4, channels)]:
        batch = random_batch(rng, shape)

        _, mean, _ = call_batch_norm(student, batch, True)

        axes = tuple(range(batch.x.ndim - 1))
        # Only how the averaging runs over the axes is judged here, not the size of the step.
        step, whole = mean - batch.mean, batch.x.mean(axis=axes) - batch.mean
        share = float(step @ whole / (whole @ whole))
        expect(
            close(step, share * whole, 1e-3),
            f"with {batch.x.ndim} axes the mean is not that of each channel: the last axis holds "
            "the channels, and all others are averaged over",
        )


# conv_bn_relu -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """A student's conv_bn_relu with known weights, and what its parts compute."""

    tools: Tools
    model: object
    maps: np.ndarray
    kernel: np.ndarray
    normalisation: dict[str, np.ndarray]

    def normalise(self, x, training):
        """Normalise maps with the batch's or the moving mean and variance."""
        gamma, beta, mean, var = (
            filled(self.normalisation[name], x.shape[-1])
            for name in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        if training:
            mean, var = statistics(x)
        return gamma * (x - mean) / np.sqrt(var + EPSILON) + beta


@pytest.fixture
def block(tools, rng):
    """Return the student's conv_bn_relu with weights that are drawn anew."""
    channels, filters = two_numbers_of_channels(rng)
    size = (int(rng.integers(5, 8)), int(rng.integers(8, 11)))
    model = tools.block("conv_bn_relu", (*size, channels), filters)
    values = signed_maps(rng, 211)
    normalisation = {
        "gamma": rng.uniform(0.8, 1.6, 13),
        # Of both signs, and large enough to show where the relu cuts.
        "beta": np.resize([0.7, -0.7], 13),
        "moving_mean": np.resize([-2.0, 3.0, 1.0], 13),
        "moving_variance": rng.uniform(4, 9, 13),
    }
    tools.put(model, kernel3=values, bias=0.0, **normalisation)
    maps = signed_maps(rng, (4, *size, channels))
    return Block(tools, model, maps, filled(values, 3, 3, channels, filters), normalisation)


@pytest.mark.cell("05-conv-bn-relu", points=0.5)
def test_convolution_keeps_the_size(block):
    """The convolution is 3 x 3 and keeps height and width."""
    kernels = [shape for name, shape in block.tools.names(block.model) if len(shape) == 4]
    expect(
        kernels == [block.kernel.shape],
        "the block should have one ordinary 3 x 3 convolution",
        got=kernels,
        expected=[block.kernel.shape],
    )
    shape = plain_shape(block.tools.student.model(block.model).output_shape)
    expected = (None, *block.maps.shape[1:3], block.kernel.shape[-1])
    expect(
        shape == expected,
        'the block changes height and width: its convolution needs padding="same"',
        got=shape,
        expected=expected,
    )


@pytest.mark.cell("05-conv-bn-relu", points=0.5)
def test_no_bias_before_the_normalisation(block):
    """The convolution has no bias: the normalisation would take it away."""
    names = [name for name, _ in block.tools.names(block.model)]

    expect(
        "bias" not in names,
        "the convolution has a bias, which the normalisation takes away again: use_bias=False",
    )


@pytest.mark.cell("05-conv-bn-relu", points=1)
def test_normalisation_comes_between(block):
    """The normalisation works on what comes out of the convolution."""
    got = block.tools.run(block.model, block.maps)

    out = convolve(block.maps, block.kernel)
    expect(
        not any(close(got, cut(out)) for cut in (relu, np.array)),
        "there is no batch normalisation behind the convolution",
    )
    for training in (False, True):
        early = convolve(block.normalise(block.maps, training), block.kernel)
        expect(
            not any(close(got, cut(early)) for cut in (relu, np.array)),
            "the normalisation stands before the convolution: it should follow it",
        )
    # What becomes of negative values, where the relu stands, which mean and variance are used, and
    # the size have checks of their own.
    if got.shape == out.shape:
        modes = (False, True)
        expect(
            any(close(relu(got), relu(block.normalise(out, training))) for training in modes)
            or any(close(got, block.normalise(relu(out), training)) for training in modes),
            "the block does not compute a convolution and then its batch normalisation",
        )


@pytest.mark.cell("05-conv-bn-relu", points=1)
def test_relu_comes_last(block):
    """The relu comes last."""
    got = block.tools.run(block.model, block.maps)

    out = convolve(block.maps, block.kernel)
    expect(
        not any(close(got, block.normalise(relu(out), training)) for training in (False, True)),
        "the relu stands before the normalisation: it should cut what the normalisation centred",
    )
    expect(got.min(initial=0) >= 0, "negative values leave the block: the relu comes last")
    expect(
        (got == 0).any(),
        "the block ends in something other than relu, which turns negative values into exactly 0",
    )


@pytest.mark.cell("05-conv-bn-relu", points=1)
def test_block_behaves_in_two_ways(block):
    """In training the batch's own numbers are used, in use the moving averages."""
    other = block.maps.copy()
    other[1:] *= -3.0

    def first(maps, training):
        return block.tools.run(block.model, maps, training)[0]

    # The first image is the same in both batches; only its company differs.
    expect(
        close(first(block.maps, False), first(other, False)),
        "in use an image gets another result in another batch: let Keras choose between training "
        "and use",
    )
    expect(
        not close(first(block.maps, True), first(other, True)),
        "in training the result does not depend on the batch: the normalisation is frozen or "
        "missing",
    )


# separable_conv_params ----------------------------------------------------------------------


DEPTHWISE = {
    "right": lambda i, o, k: k * k * i,
    "line": lambda i, o, k: k * i,
    "outputs": lambda i, o, k: k * k * o,
    "single": lambda i, o, k: k * k,
    "missing": lambda i, o, k: 0,
}
POINTWISE = {
    "right": lambda i, o, k: i * o,
    "ordinary": lambda i, o, k: k * k * i * o,
    "outputs": lambda i, o, k: o * o,
    "missing": lambda i, o, k: 0,
}
BIASES = {
    "none": lambda i, o, k: 0,
    "one": lambda i, o, k: 1,
    "inputs": lambda i, o, k: i,
    "outputs": lambda i, o, k: o,
    "both": lambda i, o, k: i + o,
}


def readings(case):
    """Return what each way of counting gives: count -> (depthwise, pointwise)."""
    ways = [(d, p, b) for d in DEPTHWISE for p in POINTWISE for b in BIASES]
    counts = {}
    for d, p, b in ways:
        count = DEPTHWISE[d](*case) + POINTWISE[p](*case) + BIASES[b](*case)
        counts.setdefault(count, set()).add((d, p))
    return counts


def random_case(rng):
    """Draw (in, out, kernel) such that no two ways of counting give the same number."""
    while True:
        kernel = int(rng.integers(3, 8))
        case = int(rng.integers(50, 200)), int(rng.integers(250, 500)), kernel
        if all(len(ways) == 1 for ways in readings(case).values()):
            return case


def count_params(student, case, use_bias):
    """Return the student's count."""
    reply = student.call("separable_conv_params", *case, use_bias)
    return expect_number(reply, "the number of parameters")


def read_count(student, rng):
    """Return how the student counts the depthwise and the pointwise step; None where unknown."""
    case = random_case(rng)
    count = count_params(student, case, False)
    return next(iter(readings(case).get(count, {(None, None)})))


@pytest.mark.cell("05-separable-conv-params", points=1)
def test_one_depthwise_kernel_for_each_input_channel(student, rng):
    """The depthwise step has one square kernel for each input channel."""
    depthwise, pointwise = read_count(student, rng)

    expect(
        pointwise != "ordinary",
        "this counts an ordinary convolution, in which every filter sees all input channels",
    )
    expect(depthwise != "line", "the depthwise kernel is a line here; it should be a square")
    expect(depthwise != "missing", "the depthwise step is missing")
    expect(
        depthwise not in ("outputs", "single"),
        "the depthwise step has one kernel for each input channel, no more and no fewer",
    )
    expect(
        depthwise == "right",
        "the depthwise step is counted wrongly: one square kernel for each input channel",
    )


@pytest.mark.cell("05-separable-conv-params", points=1)
def test_pointwise_step_mixes_all_channels(student, rng):
    """The pointwise step has one weight for each pair of input and output channel."""
    _, pointwise = read_count(student, rng)

    expect(
        pointwise != "missing",
        "the pointwise step is missing: a 1 x 1 convolution mixes the channels",
    )
    expect(
        pointwise in ("right", "ordinary"),  # the latter is the other check's business
        "the pointwise step is counted wrongly: each filter has one weight for each input channel",
    )


@pytest.mark.cell("05-separable-conv-params", points=1)
def test_one_bias_for_each_filter(student, rng):
    """With use_bias there is one more parameter for each output channel."""
    inputs, outputs, _ = case = random_case(rng)

    extra = count_params(student, case, True) - count_params(student, case, False)

    expect(extra != 0, "use_bias makes no difference")
    expect(
        extra != inputs + outputs,
        "both steps get biases: the layer has them at its very end only",
    )
    expect(extra != inputs, "the biases belong to the output channels, not to the input channels")
    expect(extra == outputs, "with use_bias there should be one bias for each output channel")


# mini_xception ------------------------------------------------------------------------------


@dataclass(frozen=True)
class ConvCall:
    """What entered one convolution."""

    kind: str
    depthwise: bool
    kernel: list
    size: list
    low: float
    high: float
    zeros: float
    inputs: object


@dataclass(frozen=True)
class Part:
    """A layer or operation of a network; `rate` is -1 where there is none."""

    kind: str
    of_keras: bool
    rate: float


@dataclass(frozen=True)
class Network:
    """A student's network with the size of its images and its facts."""

    tools: Tools
    handle: object
    facts: object
    size: tuple[int, int]

    def images(self, rng, count=2):
        """Draw noise with values from 0 to 255 that the network accepts."""
        shape = plain_shape(self.facts.input_shape)
        known = len(shape) == 4 and all(isinstance(n, int) for n in shape[1:3])
        size = shape[1:3] if known else self.size
        return rng.uniform(0, 255, (count, *size, 3)).astype("float32")

    def parts(self):
        """Return the layers and operations of the network, also those inside other layers."""
        reply = self.tools.ask("parts", self.handle)
        try:
            return [Part(str(kind), keras is True, float(rate)) for kind, keras, rate in reply]
        except (TypeError, ValueError):
            expect(False, "the layers of this network cannot be read")

    def follow(self, images):
        """Return the convolutions in the order in which they ran."""
        reply = self.tools.ask("follow", self.handle, images)
        try:
            calls = [ConvCall(**call) for call in reply]
            sound = all(
                isinstance(n, float) for c in calls for n in (c.low, c.high, c.zeros)
            ) and all(isinstance(n, int) for c in calls for n in (*c.size, *c.kernel))
        except TypeError:
            calls, sound = [], False
        expect(sound and len(calls) > 0, "the convolutions of this network cannot be followed")
        return calls


def build_network(tools, size, num_classes):
    """Let the student build a network."""
    handle = tools.student.call("mini_xception", (*size, 3), num_classes)
    expect(handle is not None, "mini_xception returned None: did you forget `return`?")
    return Network(tools, handle, tools.student.model(handle), size)


def random_size(rng):
    """Draw a height and a smaller width that no network of five halvings divides evenly."""
    width = 2 * int(rng.integers(22, 26)) + 1
    return width + 2 * int(rng.integers(2, 6)), width


@pytest.fixture
def network(tools, rng):
    """Return the student's network for two classes and an image size that is drawn anew."""
    return build_network(tools, random_size(rng), 2)


def disturb(network):
    """Give the normalisations offsets and averages that show in which order things happen."""
    network.tools.put(
        network.handle,
        beta=np.resize([-0.5, 0.4, 0.1], 512),
        moving_mean=np.resize([0.05, -0.05], 512),
    )


@pytest.mark.cell("05-mini-xception", points=1)
def test_network_has_the_right_number_of_parameters(tools, rng):
    """The network has as many parameters as the table, whatever the image size."""
    network = build_network(tools, (180, 180), 2)
    expect(
        network.facts.params == XCEPTION_PARAMS,
        "the number of parameters is wrong: compare each line of the summary with the tables "
        "(filters, kernel sizes, biases, where the normalisations stand)",
        got=network.facts.params,
        expected=XCEPTION_PARAMS,
    )
    size, classes = random_size(rng), int(rng.integers(3, 9))
    other = build_network(tools, size, classes)
    expected = XCEPTION_PARAMS + (classes - 1) * (WIDTHS[-1] + 1)
    outputs = (plain_shape(other.facts.output_shape) or (None,))[-1]
    if outputs == classes:  # the shape of the output has a check of its own
        expect(
            other.facts.params == expected,
            f"for images of {size[0]} x {size[1]} pixels and {classes} classes the number of "
            "parameters is wrong: it should not depend on the image size",
            got=other.facts.params,
            expected=expected,
        )


@pytest.mark.cell("05-mini-xception", points=0.5)
def test_two_classes_have_one_sigmoid(network, rng):
    """For two classes the network gives one probability."""
    check_output(network, rng, 2)


@pytest.mark.cell("05-mini-xception", points=0.5)
def test_more_classes_have_a_softmax(tools, rng):
    """For more classes the network gives probabilities that add up to 1."""
    classes = int(rng.integers(3, 9))
    check_output(build_network(tools, random_size(rng), classes), rng, classes)


def check_output(network, rng, classes):
    """Compare the output with the right function of known scores."""
    units = 1 if classes == 2 else classes
    shape = plain_shape(network.facts.output_shape)
    expect(
        shape == (None, units),
        f"for {classes} classes the output has the wrong number of units",
        got=shape,
        expected=(None, units),
    )
    weights = network.tools.names(network.handle)
    dense = [name for name, shape in weights if len(shape) == 2]
    expect(dense == ["kernel"], "the network should have exactly one dense layer", got=dense)
    bias = rng.permutation(np.linspace(-1.5, 2.5, units)) if units > 1 else np.array([1.3])
    # The dense kernel is emptied: only its biases are left, and what is made of them.
    network.tools.put(network.handle, kernel=0.0, bias=bias)

    got = network.tools.run(network.handle, network.images(rng))[0]

    sigmoid, powers = 1 / (1 + np.exp(-bias)), np.exp(bias)
    softmax = powers / powers.sum()
    expect(
        units > 1 or not close(got, softmax),
        "a softmax over a single unit is always 1: one unit takes a sigmoid",
    )
    expect(not close(got, bias), "the output is not a probability: its activation is missing")
    expect(
        units == 1 or not close(got, sigmoid),
        "a sigmoid treats each class by itself: with several classes the probabilities should add "
        "up to 1",
    )
    expect(close(got, sigmoid if units == 1 else softmax), "the output has the wrong activation")


@pytest.mark.cell("05-mini-xception", points=1)
def test_images_are_rescaled(network, rng):
    """Images with values from 0 to 255 reach the first convolution as 0 to 1."""
    images = network.images(rng)

    first = network.follow(images)[0]

    seen = first.inputs
    expect(
        isinstance(seen, np.ndarray) and seen.shape == images.shape,
        "the first convolution does not see the images",
    )
    expect(
        not close(seen, images),
        "the first convolution sees values from 0 to 255: the rescaling to 0..1 is missing",
        got=(round(first.low, 2), round(first.high, 2)),
    )
    expect(
        close(seen, images / 255),
        "the rescaling is not the one from 0..255 to 0..1",
        got=(round(first.low, 2), round(first.high, 2)),
        expected=(0, 1),
    )


@pytest.mark.cell("05-mini-xception", points=1)
def test_convolutions_of_the_blocks_are_separable(network, rng):
    """The first convolution is an ordinary one, those of the blocks are separable."""
    calls = network.follow(network.images(rng))
    wide = [call for call in calls if call.kernel == [3, 3]]
    ordinary = [call for call in wide if not call.depthwise]

    expect(not calls[0].depthwise, "the first convolution should not be separable")
    expect(
        not ordinary,
        f"{len(ordinary)} of {len(wide)} 3 x 3 convolutions are ordinary ones: those of the "
        "blocks are separable",
    )
    expect(
        len(wide) == 10,
        "five blocks of two separable 3 x 3 convolutions make ten",
        got=len(wide),
        expected=10,
    )


@pytest.mark.cell("05-mini-xception", points=1)
def test_normalisation_and_relu_come_first(network, rng):
    """In a block, normalisation and relu come before each separable convolution."""
    disturb(network)

    # Whether they are separable has a check of its own.
    calls = [c for c in network.follow(network.images(rng)) if c.kernel == [3, 3]]

    expect(len(calls) > 0, "the network has no 3 x 3 convolution")
    negative = [call for call in calls if call.low < 0]
    expect(
        not negative,
        f"negative values enter {len(negative)} of {len(calls)} convolutions: what "
        "stands directly before each of them is a relu, and the normalisation before that",
    )
    soft = [call for call in calls if call.zeros == 0]
    expect(
        not soft,
        f"before {len(soft)} of {len(calls)} convolutions there is something other "
        "than relu, which turns every negative value into exactly 0",
    )


@pytest.mark.cell("05-mini-xception", points=1)
def test_blocks_halve_with_max_pooling(network, rng):
    """Each block halves the maps with max pooling."""
    images = network.images(rng)
    calls = [c for c in network.follow(images) if c.kernel == [3, 3]]
    height, width = (n - 4 for n in images.shape[1:3])  # 5 x 5 kernels without padding
    expected = []
    for _ in WIDTHS:
        expected += [[height, width]] * 2
        height, width = -(-height // 2), -(-width // 2)

    sizes = [call.size for call in calls]

    expect(
        sizes[:1] == expected[:1],
        "the first convolution has 5 x 5 kernels and no padding: it should take two pixels away "
        "at each border, and no more",
        got=sizes[:1],
        expected=expected[:1],
    )
    expect(
        sizes == expected,
        "height and width are not halved (rounded up) once at the end of each block",
        got=sizes,
    )
    parts = network.parts()
    kinds = [part.kind.lower().replace("_", "") for part in parts]
    averaged = [kind for kind in kinds if "averagepool" in kind and "global" not in kind]
    expect(not averaged, "the blocks average their maps; they should take the maximum")
    maxima = [kind for kind in kinds if "maxpool" in kind and "global" not in kind]
    # A layer of the student's own may pool inside, where it does not show.
    hidden = not maxima and not all(part.of_keras for part in parts)
    expect(
        len(maxima) == 5 or hidden,
        "each of the five blocks ends in a max pooling, and there is no other",
        got=len(maxima),
        expected=5,
    )


@pytest.mark.cell("05-mini-xception", points=1.5)
def test_shortcuts_are_added_and_linear(network, rng):
    """Along the shortcuts nothing bends: the sum of two ways, without activation."""
    tools, handle = network.tools, network.handle
    # With empty kernels of 3 x 3, depthwise or not, only the shortcuts are left.
    tools.put(handle, depthwise_kernel3=0.0, kernel3=0.0, beta=0.0, moving_mean=0.0)
    undo = inverse_activation(network, rng)
    if undo is None:  # an unknown output, which has a check of its own
        return
    images = opposites(network, rng)
    scores = []
    for _ in range(8):  # one dense layer might by luck not see what bends
        tools.put(handle, kernel=rng.choice([-0.002, 0.002], 997), bias=0.0)
        scores.append(undo(tools.run(handle, images).reshape(3, -1)[:, 0]))
    first, second, middle = np.transpose(scores)

    spread = np.linalg.norm(second - first)
    expect(
        spread > 1e-6,
        "when the separable convolutions give zeros, nothing of the image reaches the output: "
        "the input of a block should be added to its output",
    )
    expect(
        np.linalg.norm(middle - (first + second) / 2) < 1e-2 * spread,
        "something bends along the shortcuts, such as an activation or a pooling: they should be "
        "1 x 1 convolutions and sums alone, with the average pooling at the end",
    )


def opposites(network, rng):
    """Return two images of opposite colours in fine checks, and the one halfway between them."""
    first, second = 0.3 * network.images(rng, 2)
    rows, columns = np.indices(first.shape[:2])
    checks = 170.0 * ((rows + columns) % 2)[..., None] * [1, 0, 0]
    others = 170.0 * ((rows + columns + 1) % 2)[..., None] * [0, 1, 1]
    first, second = first + checks + others, second + 170 - checks - others
    return np.stack([first, second, (first + second) / 2])


def inverse_activation(network, rng):
    """Return the function that undoes the activation of the output; None if it is unknown."""
    # The dense layer's biases alone: 1.3 for a single unit, 1.3 and 0 for two.
    network.tools.put(network.handle, kernel=0.0, bias=[1.3, 0.0])
    value = network.tools.run(network.handle, network.images(rng, 1)).ravel()[0]
    if np.isclose(value, 1.3, atol=1e-3):
        return np.array
    if np.isclose(value, 1 / (1 + np.exp(-1.3)), atol=1e-3):
        return lambda p: np.log(np.clip(p, 1e-7, 1)) - np.log(np.clip(1 - p, 1e-7, 1))
    return None


@pytest.mark.cell("05-mini-xception", points=0.5)
def test_dropout_before_the_output(network):
    """Half of the values are dropped in training before the output."""
    rates = [part.rate for part in network.parts() if part.kind == "Dropout"]

    expect(len(rates) > 0, "the dropout before the output is missing")
    expect(len(rates) == 1, "there should be one dropout only", got=len(rates), expected=1)
    expect(rates == [0.5], "the dropout has the wrong rate", got=rates[0], expected=0.5)
