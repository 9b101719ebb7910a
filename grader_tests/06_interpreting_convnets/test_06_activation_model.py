"""Hidden checks of exercise 06-activation-model."""

from dataclasses import dataclass

import numpy as np
import pytest

from pawmark.checks import expect

from .known_models import build, pooled, random_name, relu
from .replies import alike, numbers


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
