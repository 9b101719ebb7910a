"""Hidden checks of exercise 04-get-segmenter."""

from dataclasses import dataclass

import numpy as np
import pytest

from pawmark.checks import expect

from .feature_maps import pooled
from .replies import close

FILTERS = (16, 32)


TRACE = """
def trace(model, images):
    import keras
    import numpy

    calls = []

    def watched(layer):
        call = layer.call

        def watching_call(inputs, *args, **kwargs):
            outputs = call(inputs, *args, **kwargs)
            calls.append({
                "transposed": isinstance(layer, keras.layers.Conv2DTranspose),
                "stride": [int(n) for n in layer.strides],
                "inputs": numpy.asarray(inputs),
                "outputs": numpy.asarray(outputs),
            })
            return outputs

        return watching_call

    layers = list(model._flatten_layers(include_self=False))
    watched_layers = [layer for layer in layers if hasattr(layer, "kernel_size")]
    for layer in watched_layers:
        object.__setattr__(layer, "call", watched(layer))
    try:
        model(images, training=False)
    finally:
        for layer in watched_layers:
            object.__delattr__(layer, "call")
    return {"calls": calls, "layers": [type(layer).__name__ for layer in layers]}
"""


REFUSAL = """
def refused(build, *arguments):
    try:
        build(*arguments)
    except NotImplementedError:
        raise
    except ValueError:
        return "ValueError"
    except Exception as error:
        return type(error).__name__
    return "accepted"
"""


@dataclass(frozen=True)
class Conv:
    """What one convolution did to the images: (N, H, W, C) before and after."""

    transposed: bool
    stride: list
    inputs: np.ndarray
    outputs: np.ndarray


@dataclass(frozen=True)
class Version:
    """One version of the student's model: its facts, its convolutions, its layers' classes."""

    facts: object
    convs: tuple[Conv, ...]
    layers: tuple[str, ...]
    images: np.ndarray
    size: tuple[int, int]

    @property
    def encoder(self):
        """Return the convolutions before the first transposed one."""
        kinds = [conv.transposed for conv in self.convs]
        return self.convs[: kinds.index(True)] if True in kinds else self.convs[:-1]

    @property
    def shrinking(self):
        """Return the height and width of the images, and of the smallest map."""
        return self.images.shape[1:3], min(conv.inputs.shape[1:3] for conv in self.convs)

    @property
    def steps(self):
        """Return pairs: what left a convolution of the encoder, and what entered the next."""
        count = len(self.encoder)
        followers = self.convs[1 : count + 1]
        return [(a.outputs, b.inputs) for a, b in zip(self.encoder, followers, strict=False)]


def random_size(rng):
    """Draw a height and a smaller width, both divisible by 4."""
    width = 4 * int(rng.integers(5, 8))
    return width + 4 * int(rng.integers(1, 4)), width


def build(student, size, num_classes, downsampling):
    """Let the student build a model."""
    model = student.call("get_segmenter", size, num_classes, downsampling)
    expect(model is not None, "get_segmenter returned None: did you forget `return`?")
    return model, student.model(model)


def plain_shape(shape):
    """Return a shape as a tuple; an empty one for anything but integers and None."""
    plain = isinstance(shape, tuple | list) and all(n is None or type(n) is int for n in shape)
    return tuple(shape) if plain else ()


@pytest.fixture
def version(student, rng):
    """Return a function that builds and runs one version of the model."""

    def make(downsampling):
        size = random_size(rng)
        model, facts = build(student, size, 3, downsampling)
        shape = plain_shape(facts.input_shape)
        # A model that ignores img_size fails one check about that, and not all the others.
        known = len(shape) == 4 and all(isinstance(n, int) for n in shape[1:3])
        height, width = shape[1:3] if known else size
        images = rng.choice([0.0, 255.0], (2, height, width, 3)).astype("float32")
        student.set_weights(model, plain_weights(rng, student.weights(model)))
        reply = student.evaluate(
            "exec(code, space) or space['trace'](model, images)",
            code=TRACE,
            space={},
            model=model,
            images=images,
        )
        found = read_trace(reply)
        expect(found is not None, "the layers of this model cannot be followed one by one")
        return Version(facts, *found, images, (height, width))

    return make


def plain_weights(rng, weights):
    """Draw weights under which every second filter gives positive values, the others negative.

    Whether there is a relu, and what kind of pooling there is, then shows for certain.
    """
    arrays = weights if isinstance(weights, list) else [None]
    expect(all(isinstance(a, np.ndarray) for a in arrays), "the model's weights cannot be read")
    drawn = []
    for array in arrays:
        sizes = np.full(array.shape, 1 / max(np.prod(array.shape[:-1]), 1))
        signs = np.where(np.arange(array.shape[-1]) % 2 == 0, 1, -1) if array.ndim else 1
        values = rng.uniform(0.5, 1.5, array.shape) * sizes * signs
        drawn.append((values if array.ndim == 4 else 0 * sizes).astype("float32"))
    return drawn


def read_trace(reply):
    """Return (convolutions, classes of layers), or None for whatever else arrives."""
    try:
        convs = tuple(Conv(**call) for call in reply["calls"])
        names = tuple(map(str, reply["layers"]))
    except (KeyError, TypeError):
        return None
    arrays = [array for conv in convs for array in (conv.inputs, conv.outputs)]
    sound = all(
        isinstance(array, np.ndarray) and array.dtype.kind == "f" and array.ndim == 4
        for array in arrays
    )
    return (convs, names) if sound and convs else None


def counted(kernel_size, in_channels, out_channels):
    """Count the parameters of a convolution layer."""
    return (kernel_size**2 * in_channels + 1) * out_channels


def expected_params(num_classes):
    """Count the parameters of the model of the table, encoder and decoder."""
    channels = (3, *FILTERS)
    total = counted(3, FILTERS[0], num_classes)
    for before, filters in zip(channels, FILTERS, strict=False):
        total += counted(3, before, filters) + counted(3, filters, filters)
    for before, filters in zip((FILTERS[-1], *FILTERS[::-1]), FILTERS[::-1], strict=False):
        total += counted(3, before, filters) + counted(3, filters, filters)
    return total


def batch_pooled(x, reduce=np.max):
    """Pool (N, H, W, C) with windows of 2 x 2."""
    return np.stack([pooled(one, 2, reduce) for one in x.astype(float)])


def relu(x):
    """Set negative values to 0."""
    return np.maximum(x.astype(float), 0)


def name_of(downsampling):
    """Name a version as the messages do."""
    return f'the "{downsampling}" version'


VERSIONS = ("stride", "maxpool")


@pytest.mark.cell("04-get-segmenter", points=1)
def test_both_have_the_same_parameters(student, rng):
    """Both versions have the parameters of the table."""
    classes = int(rng.integers(4, 9))
    counts = {}
    for downsampling in VERSIONS:
        facts = build(student, random_size(rng), classes, downsampling)[1]
        # A model that ignores num_classes fails one check about that, and not this one.
        last = (plain_shape(facts.output_shape) or (None,))[-1] or classes
        counts[downsampling] = int(facts.params or 0) - expected_params(last)
    expect(
        counts["stride"] == counts["maxpool"],
        "the two versions have different numbers of parameters, so a difference in their results "
        "could come from that: pooling adds no layer with weights and replaces none",
        got=counts["maxpool"] - counts["stride"],
        expected=0,
    )
    expect(
        counts["stride"] == 0,
        "the number of parameters is not that of the table: filters, kernels, layers, decode",
        got=f"{counts['stride']:+d} parameters",
    )


@pytest.mark.cell("04-get-segmenter", points=1)
def test_output_fits_every_image(student, rng):
    """Both versions give each pixel a number for each class."""
    for downsampling in VERSIONS:
        size, classes = random_size(rng), int(rng.integers(4, 9))
        shape = plain_shape(build(student, size, classes, downsampling)[1].output_shape)
        expect(
            shape == (None, *size, classes),
            f"for images of {size[0]} x {size[1]} pixels and {classes} classes the output of "
            f"{name_of(downsampling)} has the wrong shape: two halvings, padding in every layer, "
            "img_size and num_classes as given",
            got=shape,
            expected=(None, *size, classes),
        )


@pytest.mark.cell("04-get-segmenter", points=1)
def test_stride_version_halves_with_strides(version):
    """The "stride" version halves with strides and holds no pooling."""
    model = version("stride")
    pooling = [name for name in model.layers if "pool" in name.lower()]
    expect(not pooling, 'the "stride" version holds a pooling layer', got=pooling)
    strides = [tuple(conv.stride) for conv in model.encoder]
    expect((2, 2) in strides, 'no convolution of the "stride" version has strides=2', got=strides)
    # Other numbers of layers change the parameter count, which has a check of its own.
    expected = [(2, 2), (1, 1)] * len(FILTERS)
    expect(
        strides == expected or len(strides) != len(expected),
        "the first convolution of each pair does the halving, with strides=2",
        got=strides,
        expected=expected,
    )


@pytest.mark.cell("04-get-segmenter", points=2)
def test_maxpool_version_halves_with_max_pooling(version):
    """The "maxpool" version halves with max pooling alone, after the first of each pair."""
    model = version("maxpool")
    strided = [conv.stride for conv in model.encoder if conv.stride != [1, 1]]
    expect(
        not strided,
        'the "maxpool" version still has convolutions with strides: pooling alone should halve',
        got=len(strided),
        expected=0,
    )
    before, after = (np.array(shape) for shape in model.shrinking)
    # Other numbers of layers change the parameter count, which has a check of its own.
    if len(model.encoder) != 2 * len(FILTERS):
        expect(
            np.all(after * 2 ** len(FILTERS) == before),
            'in the "maxpool" version the maps do not shrink to a quarter of height and width',
            got=f"{tuple(before.tolist())} to {tuple(after.tolist())}",
        )
        return
    for number, (before, after) in enumerate(model.steps):
        # Whether a relu stands between has a check of its own.
        plain, bent = before.astype(float), relu(before)
        largest = [batch_pooled(plain), batch_pooled(bent)]
        averages = [batch_pooled(plain, np.mean), batch_pooled(bent, np.mean)]
        averages.append(relu(averages[0]))
        halves = after.shape[1] < before.shape[1]
        expect(
            halves == (number % 2 == 0),
            "the pooling stands in another place than in the table: directly after the first "
            "convolution of each pair, before the second",
            got=f"{before.shape[1:3]} to {after.shape[1:3]} after convolution {number + 1}",
        )
        if halves:
            expect(
                not any(close(after.astype(float), one) for one in averages),
                "this is average pooling: it takes the mean of a window, not its maximum",
            )
            expect(
                any(close(after.astype(float), one) for one in largest),
                "what enters the second convolution of a pair is not the max-pooled output of the "
                "first",
            )


@pytest.mark.cell("04-get-segmenter", points=1)
def test_relu_after_each_convolution(version):
    """A relu follows every convolution of the encoder, in both versions."""
    for downsampling in VERSIONS:
        steps = version(downsampling).steps
        expect(len(steps) > 0, f"{name_of(downsampling)} has no convolution before its decoder")
        negative = [i + 1 for i, (_, after) in enumerate(steps) if not after.min() >= 0]
        expect(
            not negative,
            f"in {name_of(downsampling)} negative values leave a convolution and enter the next: "
            "a relu is missing",
            got=f"after convolution {negative}",
        )
        soft = [i + 1 for i, (_, after) in enumerate(steps) if after.min() > 0]
        expect(
            not soft,
            f"in {name_of(downsampling)} something other than relu follows a convolution: relu "
            "turns every negative value into exactly 0",
            got=f"after convolution {soft}",
        )


@pytest.mark.cell("04-get-segmenter", points=1)
def test_inputs_are_rescaled(version):
    """Images with values from 0 to 255 reach the first convolution as 0 to 1, in both versions."""
    for downsampling in VERSIONS:
        model = version(downsampling)
        seen = model.convs[0].inputs.astype(float)
        # Pooling in the wrong place has a check of its own.
        images = [model.images.astype(float), batch_pooled(model.images)]
        low, high = (round(float(value), 2) for value in (seen.min(), seen.max()))
        expect(
            not any(close(seen, image) for image in images),
            f"in {name_of(downsampling)} the first convolution sees values from 0 to 255: the "
            "rescaling to 0..1 is missing",
            got=(low, high),
        )
        expect(
            any(close(seen, image / 255) for image in images),
            f"in {name_of(downsampling)} the rescaling is not the one from 0..255 to 0..1",
            got=(low, high),
            expected=(0, 1),
        )


@pytest.mark.cell("04-get-segmenter", points=1)
def test_decoder_is_the_given_one(version):
    """Both versions end with the given decoder."""
    for downsampling in VERSIONS:
        model = version(downsampling)
        kinds = [conv.transposed for conv in model.convs[-5:]]
        expect(
            kinds == [True] * 4 + [False],
            f"{name_of(downsampling)} does not end with the decoder that is given: "
            "decode(x, num_classes) makes the probabilities from the last feature map",
        )


@pytest.mark.cell("04-get-segmenter", points=1)
def test_other_words_are_refused(student):
    """A misspelt way of halving raises a ValueError."""
    for downsampling in VERSIONS:  # what refuses every word refuses too much
        student.call("get_segmenter", (16, 16), 3, downsampling)
    for word in ("max_pool", "strides", "average", ""):
        reply = student.evaluate(
            "exec(code, space) or space['refused'](get_segmenter, size, 3, word)",
            code=REFUSAL,
            space={},
            size=(16, 16),
            word=word,
        )
        expect(
            reply != "accepted",
            f"downsampling={word!r} builds a model without complaint: a misspelt word would "
            "compare a model with itself. Raise a ValueError",
        )
        expect(
            reply == "ValueError",
            f"downsampling={word!r} should raise a ValueError",
            got=str(reply)[:100],
            expected="ValueError",
        )
