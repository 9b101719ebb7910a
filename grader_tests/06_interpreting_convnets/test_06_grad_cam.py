"""Hidden checks of exercise 06-grad-cam."""

from functools import partial

import numpy as np

from pawmark.checks import Contract, Stratum, Variant, asks, network
from pawmark.vision import probing


def known(head, sign, classes, size, layer, index, bare=False):
    """Build a classifier with two convolutions; the score may depend on places, or be reversed.

    The relu of a ``bare`` convolution is a layer of its own.
    """
    import keras
    from keras import layers

    x = inputs = keras.Input((*size, 3))
    if head == "normalised":
        x = layers.Rescaling(1 / 255)(x)
    activation = None if bare else "relu"
    x = layers.Conv2D(4, 3, padding="same", activation=activation, name="early")(x)
    x = layers.ReLU()(x) if bare else x
    x = layers.MaxPooling2D(2)(x)
    if head == "normalised":
        x = layers.BatchNormalization()(x)
    x = layers.Conv2D(5, 3, padding="same", activation=activation, name="late")(x)
    x = layers.ReLU()(x) if bare else x
    flat = layers.Flatten() if head == "places" else layers.GlobalAveragePooling2D()
    x = layers.Dense(classes)(flat(x))
    return keras.Model(inputs, layers.Rescaling(sign)(x) if sign != 1 else x)


def cam(
    model,
    images,
    layer,
    index,
    *,
    gray=False,
    weigh="mean",
    gradient="as it is",
    explain="asked",
    maps_of="asked",
    cut="sum",
    scale="largest",
    training=False,
    guarded=True,
    by_place=False,
    channels=True,
    alone=False,
    **_,
):
    """Draw the heat of one image; each keyword makes it another one."""
    import keras
    import tensorflow as tf

    layer = "late" if maps_of == "last" else layer
    inside = keras.Model(model.inputs, [model.get_layer(layer).output, model.output])
    batch = tf.constant(images[:1] / 255 if gray else images[:1])
    with tf.GradientTape() as tape:
        tape.watch(batch)
        maps, scores = inside(batch, training=training)
        score = {
            "asked": lambda: scores[0, index],
            "likely": lambda: tf.reduce_max(scores[0]),
            "all": lambda: tf.reduce_sum(scores[0]),
            "probability": lambda: tf.nn.softmax(scores)[0, index],
        }[explain]()
    slope = np.asarray(tape.gradient(score, maps))[0].astype(float)
    maps = np.asarray(maps)[0].astype(float)
    slope = {
        "as it is": lambda: slope,
        "positive": lambda: np.maximum(slope, 0),
        "size": lambda: np.abs(slope),
    }[gradient]()
    weights = {
        "mean": lambda: slope.mean(axis=(0, 1)),
        "largest": lambda: slope.max(axis=(0, 1)),
        "positive mean": lambda: np.maximum(slope.mean(axis=(0, 1)), 0),
        "none": lambda: np.ones(maps.shape[-1]),
        "activation": lambda: maps.mean(axis=(0, 1)),
        "last layer": lambda: model.layers[-1].get_weights()[0][:, index],
    }[weigh]()
    if len(weights) != maps.shape[-1]:
        raise ValueError("there are as many weights as channels")
    parts = slope if alone else maps * (slope if by_place else weights)
    parts = np.maximum(parts, 0) if cut == "channel" else parts
    heat = parts.sum(axis=-1) if channels else parts
    if cut == "sum":
        heat = np.maximum(heat, 0)
    heat = np.abs(heat) if cut == "size" else heat
    heat = heat - heat.min() if cut == "moved" else heat
    top = {"largest": heat.max, "sum": heat.sum, "none": lambda: 1.0}[scale]()
    if not guarded or top > 0 or (cut == "none" and top != 0):
        with np.errstate(all="ignore"):
            heat = heat / top
    return heat


def right(model, images, layer, index, **given):
    """Draw the heat of the text."""
    return cam(model, images, layer, index)


SIZES = ((8, 12), (12, 8), (6, 10))
SMALL = 1e-3  # a change of maps that are around 1, or 100
HOT = 0.2  # the part of the places that speak for the class, at least


def convolved(x, kernel, bias):
    """Convolve maps (h, w, c) with a kernel of 3 x 3 and "same" padding."""
    padded = np.pad(x, ((1, 1), (1, 1), (0, 0)))
    parts = (padded[i : len(x) + i, j : x.shape[1] + j] @ kernel[i, j] for i, j in np.ndindex(3, 3))
    return sum(parts) + bias


def relu(x):
    """Set what is negative to 0."""
    return np.maximum(x, 0)


def has_heat(given, asked):
    """Tell whether something speaks for the class: in the core, a heatmap is never zero.

    The weights of the channels come from differences of the score, and not from a gradient.
    """

    def array(*shape):
        return probing.numbers(shape, asked).astype(float)

    def late_maps(x):
        height, width, channels = x.shape
        x = relu(x).reshape(height // 2, 2, width // 2, 2, channels).max(axis=(1, 3))
        if given["head"] == "normalised":
            vector = array(4)  # gamma, beta, mean and variance: arrays of one shape are equal
            x = vector * (x - vector) / np.sqrt(vector + 1e-3) + vector
        return convolved(x, array(3, 3, 4, 5), array(5))

    def score(x):
        x = relu(late_maps(x) if given["layer"] == "early" else x)
        x = x.ravel() if given["head"] == "places" else x.mean(axis=(0, 1))
        return given["sign"] * (x @ array(len(x), given["classes"]))[given["index"]]

    image = probing.images(asked)[0] / (255 if given["head"] == "normalised" else 1)
    maps = convolved(image.astype(float), array(3, 3, 3, 4), array(4))
    maps = maps if given["layer"] == "early" else late_maps(maps)
    maps = maps if given.get("bare") else relu(maps)
    heat = sum(
        (score(maps + SMALL * one) - score(maps)) * maps[..., channel]
        for channel, one in enumerate(np.eye(maps.shape[-1]))
    )
    return np.mean(heat > 0) >= HOT


def drawn(rng, head="average", sign=1.0, layers=("late",), classes=4, **more):
    """Draw a model, a layer of it and a class."""
    return more | {
        "head": head,
        "sign": sign,
        "classes": classes,
        "size": list(SIZES[rng.integers(len(SIZES))]),
        "layer": str(rng.choice(layers)),
        "index": int(rng.integers(classes)),
    }


def shape(size, **_):
    """Return the shape of the image."""
    return (*size, 3)


def asked_of(weights="mixed", vectors=(-0.3, 0.5), **draws):
    """Return the strategy of questions about models in which something speaks for the class."""
    return asks(
        "value",
        partial(drawn, **draws),
        shape,
        weights=weights,
        vectors=vectors,
        batch=1,
        accepted=has_heat,
    )


POSITIVE = {"weights": "positive", "vectors": (0.0, 0.5)}
WEIGHTS = "a model whose weights were drawn for grading"

CUT_EARLY = (
    "what speaks against the class is left out channel by channel: add up all channels first, and "
    "cut off at zero then"
)

exercise = network(
    "06-grad-cam",
    function="grad_cam",
    build="grad_cam(model, images[0], layer, index)",
    recipe=known,
    judge=right,
    contract=Contract(result=np.ndarray, dtype="floating", keeps_arguments=False, pure=False),
    strata=[
        Stratum(
            "one of several classes",
            asked_of(),
            count=5,
            facet=f"the last convolution of {WEIGHTS}",
        ),
        Stratum(
            "models of a single score",
            asked_of(classes=1),
            count=4,
            facet=f"{WEIGHTS}, with a single score",
        ),
        Stratum(
            "scores that depend on places",
            asked_of(head="places", classes=3),
            count=4,
            facet=f"{WEIGHTS}, where the score depends on places",
        ),
        Stratum(
            "an earlier layer",
            asked_of(layers=("early",)),
            count=4,
            facet=f"the first convolution of {WEIGHTS}",
        ),
        Stratum(
            "layers without an activation of their own",
            asked_of(bare=True, layers=("early", "late")),
            row="corners",
            count=4,
            facet=f"a convolution without an activation, of {WEIGHTS}",
        ),
        Stratum(
            "models where everything is positive",
            asked_of(classes=1, **POSITIVE),
            count=3,
            facet=f"{WEIGHTS}, all of them positive",
        ),
        Stratum(
            "models with batch normalisation",
            asked_of(head="normalised", vectors=(0.2, 1.2), classes=3),
            count=4,
            facet="a model with batch normalisation, in use",
        ),
        Stratum(
            "nothing that speaks for the class",
            asks("value", partial(drawn, sign=-1.0, classes=3), shape, batch=1, **POSITIVE),
            row="corners",
            count=2,
            facet="a model and a class for which nothing speaks",
        ),
        Stratum(
            "two models with layers of equal names",
            asks("values", drawn, shape, batch=1),
            row="corners",
            count=2,
            facet="two models in turn, whose layers have the same names",
        ),
    ],
    variants=[
        Variant(
            "likely-class",
            partial(cam, explain="likely"),
            "major",
            "the class that the model would choose is explained: it should be the one that was "
            "asked for",
        ),
        Variant(
            "all-classes",
            partial(cam, explain="all"),
            "major",
            "all scores together are explained: the gradient of one score is wanted",
        ),
        Variant(
            "probability",
            partial(cam, explain="probability"),
            "fatal",
            "a softmax is put on the scores: the score itself is to be explained",
        ),
        Variant(
            "last-convolution",
            partial(cam, maps_of="last"),
            "major",
            "asked for an earlier layer, the heat is that of the last convolution",
        ),
        Variant(
            "last-weights",
            partial(cam, weigh="last layer"),
            "major",
            "the weights of the last layer stand for the gradient: they say nothing about an "
            "earlier layer, or where the score depends on places",
        ),
        Variant(
            "divided-by-255",
            partial(cam, gray=True),
            "fatal",
            "the image is divided by 255: give it to the model as it is",
        ),
        Variant(
            "in-training-mode",
            partial(cam, training=True),
            "major",
            "the model is called in training mode, where normalisation and dropout change the heat",
        ),
        Variant(
            "by-place",
            partial(cam, by_place=True),
            "major",
            "the gradient of each position is multiplied with the map there: average the gradient "
            "over all positions first, so that a channel has one weight",
        ),
        Variant(
            "largest-gradient",
            partial(cam, weigh="largest"),
            "major",
            "the largest gradient of a channel is its weight: take the mean over all positions",
        ),
        Variant(
            "positive-gradients",
            partial(cam, gradient="positive"),
            "major",
            "negative gradients are left out before averaging: only the heatmap itself is cut off "
            "at zero",
        ),
        Variant(
            "gradient-sizes",
            partial(cam, gradient="size"),
            "fatal",
            "the sizes of the gradients are averaged, without their signs",
        ),
        Variant(
            "cut-in-each-channel",
            partial(cam, cut="channel"),
            "major",
            CUT_EARLY,
            family="cut-early",
        ),
        Variant(
            "cut-in-each-weight",
            partial(cam, weigh="positive mean"),
            "major",
            CUT_EARLY,
            family="cut-early",
        ),
        Variant(
            "plain-mean",
            partial(cam, weigh="none"),
            "fatal",
            "this is the plain mean of the maps: each channel has to be weighted with its effect "
            "on the score",
        ),
        Variant(
            "weighted-by-activation",
            partial(cam, weigh="activation"),
            "fatal",
            "channels are weighted with how strongly they respond: it should be the mean of their "
            "gradient",
        ),
        Variant(
            "gradient-alone",
            partial(cam, alone=True),
            "fatal",
            "the gradient is drawn without the maps: it does not say where they respond",
        ),
        Variant(
            "absolute",
            partial(cam, cut="size"),
            "fatal",
            "evidence against the class counts as evidence for it: cut off what is negative",
        ),
        Variant(
            "negative-kept",
            partial(cam, cut="none"),
            "fatal",
            "the heatmap holds negative values: cut them off at zero",
        ),
        Variant(
            "moved",
            partial(cam, cut="moved"),
            "fatal",
            "the smallest value becomes 0: cut off at zero instead",
        ),
        Variant(
            "divided-by-sum",
            partial(cam, scale="sum"),
            "fatal",
            "the heat adds up to 1: divide by the largest value",
        ),
        Variant(
            "not-scaled",
            partial(cam, scale="none"),
            "fatal",
            "the hottest place should have the value 1: divide by the largest value",
        ),
        Variant(
            "not-cut-and-not-scaled",
            partial(cam, scale="none", cut="none"),
            "fatal",
            "the heatmap is neither cut off at zero nor divided by its largest value",
        ),
        Variant(
            "nan-without-evidence",
            partial(cam, guarded=False),
            "minor",
            "where nothing speaks for the class the heatmap is nan: it is divided by its largest "
            "value, which is 0",
        ),
        Variant(
            "for-each-channel",
            partial(cam, channels=False),
            "fatal",
            "the channels are not added up: the heatmap is (h, w)",
        ),
    ],
    families={"cut-early": CUT_EARLY},
)
