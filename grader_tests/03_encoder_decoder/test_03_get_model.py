"""Hidden checks of exercise 03-get-model."""

from functools import partial

from pawmark.checks import Stratum, Variant, asks, network

EVERY = frozenset(range(12))
NAMES = [f"Conv2D number {n}" for n in range(1, 7)]
NAMES += [f"Conv2DTranspose number {n}" for n in range(1, 7)]


def table(
    size,
    classes,
    *,
    halving=(2, 1),
    doubling=(1, 2),
    pooled=False,
    upsampled=False,
    kernels=3,
    last_kernel=3,
    filters=(64, 128, 256),
    valid=False,
    valid_at_the_end=False,
    bends="relu",
    bent=EVERY,
    scales=((1 / 255, 0.0),),
    ends=("softmax",),
    biases=True,
    dropout=None,
):
    """Build the network of the exercise's table; each keyword makes it another one."""
    from keras import Input, Model, layers

    x = inputs = Input((*size, 3))
    for scale, offset in scales:
        x = layers.Rescaling(scale, offset)(x)
    places = iter(range(12))

    def convolve(kind, x, filters, strides):
        return kind(
            filters,
            kernels,
            strides=strides,
            padding="valid" if valid else "same",
            use_bias=biases,
            activation=bends if next(places) in bent else None,
        )(x)

    for count in filters:
        for strides in halving:
            x = convolve(layers.Conv2D, x, count, 1 if pooled else strides)
        x = layers.MaxPooling2D(2)(x) if pooled else x
        x = layers.Dropout(dropout)(x) if dropout else x
    for count in reversed(filters):
        for strides in doubling:
            if upsampled:
                x = layers.UpSampling2D(strides)(x) if strides > 1 else x
                x = convolve(layers.Conv2D, x, count, 1)
            else:
                x = convolve(layers.Conv2DTranspose, x, count, strides)
    x = layers.Conv2D(
        classes, last_kernel, padding="valid" if valid or valid_at_the_end else "same"
    )(x)
    for activation in ends:
        x = layers.Activation(activation)(x)
    return Model(inputs, x)


def right(size, classes):
    """Build the network of the table."""
    return table(size, classes)


def of_fixed_size(size, classes):
    """Build the network for one size, whatever was asked for."""
    return table((128, 128), classes)


def swapped(size, classes):
    """Build the network for height and width exchanged."""
    return table(size[::-1], classes)


def of_three_classes(size, classes):
    """Build the network for three classes, whatever was asked for."""
    return table(size, 3)


def without_one_relu(place):
    """Return the variant that lacks the relu of one layer."""
    return Variant(
        f"relu-missing-{place + 1}",
        partial(table, bent=EVERY - {place}),
        "major",
        f"the relu after {NAMES[place]} is missing",
    )


# Height, width and classes; few, since a model is built for each.
CASES = (((16, 8), 4), ((8, 24), 7), ((24, 16), 5))
POSITIVE = {"weights": "positive", "vectors": (0.0, 0.3)}
LARGE = {"weights": "positive", "vectors": (0.0, 7.0)}  # a relu that ends at 6 would show


def drawn(rng):
    """Draw the size of images that are higher than wide or wider, and a number of classes."""
    size, classes = CASES[rng.integers(len(CASES))]
    return {"size": list(size), "classes": classes}


def large(rng):
    """Draw a size at which something comes out without padding, too, and a number of classes."""
    return {"size": [[48, 56], [56, 48]][rng.integers(2)], "classes": int(rng.choice([4, 7]))}


def square(rng):
    """Draw a square size, and a number of classes."""
    return {"size": [16, 16], "classes": int(rng.choice([2, 6]))}


def shape(size, classes):
    """Return the shape of one image."""
    return (*size, 3)


exercise = network(
    "03-get-model",
    function="get_model",
    build="get_model(tuple(size), classes)",
    judge=right,
    strata=[
        Stratum(
            "the output's height, width and classes",
            asks("shape", large, shape, batch=1),
            count=2,
            facet="get_model for sizes and numbers of classes of all kinds",
        ),
        Stratum(
            "black images",
            asks("run", square, shape, images="black", **POSITIVE),
            count=1,
            facet="a black image, with weights that were drawn for grading",
        ),
        Stratum(
            "weights that are all positive",
            asks("run", square, shape, batch=3, **LARGE),
            count=1,
            facet="images of noise, with positive weights that were drawn for grading",
        ),
        Stratum(
            "images and weights of all kinds",
            asks("run", drawn, shape),
            count=2,
            facet="images of noise, with weights that were drawn for grading",
        ),
        Stratum(
            "a call in training mode",
            asks("train", drawn, shape),
            count=1,
            facet="in training mode",
        ),
        Stratum(
            "what a step of training changes",
            asks("step", drawn, shape),
            count=1,
            facet="one step of training",
        ),
        Stratum(
            "the arrays that it starts with",
            asks("start", drawn, shape),
            row="corners",
            count=1,
            facet="the arrays of a new model",
        ),
        Stratum(
            "two models beside each other",
            asks("apart", drawn, shape, batch=1),
            row="corners",
            count=1,
            facet="two models beside each other, each with weights of its own",
        ),
    ],
    variants=[
        Variant("fixed-size", of_fixed_size, "fatal", "the model does not use img_size"),
        Variant("fixed-classes", of_three_classes, "fatal", "the model does not use num_classes"),
        Variant(
            "swapped",
            swapped,
            "fatal",
            "height and width are exchanged: img_size is (height, width)",
        ),
        Variant(
            "no-padding",
            partial(table, valid=True),
            "fatal",
            'the convolutions lose pixels at the border: every one needs padding="same"',
        ),
        Variant(
            "no-padding-in-the-output",
            partial(table, valid_at_the_end=True),
            "fatal",
            'the last convolution loses pixels at the border: it needs padding="same", too',
        ),
        Variant(
            "kernels-of-five",
            partial(table, kernels=5),
            "fatal",
            "kernels are 5 x 5: all are 3 x 3",
        ),
        Variant(
            "output-kernel-of-one",
            partial(table, last_kernel=1),
            "fatal",
            "the kernel of the last convolution is 1 x 1: all are 3 x 3",
        ),
        Variant(
            "no-biases",
            partial(table, biases=False),
            "fatal",
            "the convolutions have no biases: the table leaves them as they are by default",
        ),
        Variant(
            "pooled",
            partial(table, pooled=True),
            "major",
            "a pooling layer does the halving; the chapter halves with strides=2, because pooling "
            "forgets where in its window a value was",
        ),
        Variant(
            "upsampled",
            partial(table, upsampled=True),
            "fatal",
            "an upsampling layer does the doubling; in the chapter the decoder learns to enlarge, "
            "with three Conv2DTranspose layers of strides=2",
        ),
        Variant(
            "doubled-too-early",
            partial(table, doubling=(2, 1)),
            "major",
            "a feature map grows in another layer than in the table: the decoder doubles in the "
            "second layer of a pair",
        ),
        Variant(
            "halved-too-late",
            partial(table, halving=(1, 2)),
            "major",
            "a feature map shrinks in another layer than in the table: the encoder halves in the "
            "first layer of a pair",
        ),
        Variant(
            "not-rescaled",
            partial(table, scales=()),
            "major",
            "the first convolution sees values from 0 to 255: the rescaling to 0..1 is missing",
        ),
        Variant(
            "rescaled-twice",
            partial(table, scales=((1 / 255, 0.0),) * 2),
            "major",
            "the images are divided by 255 twice",
        ),
        Variant(
            "rescaled-around-zero",
            partial(table, scales=((1 / 127.5, -1.0),)),
            "major",
            "the images are rescaled to -1..1, and 0..1 was asked for",
        ),
        Variant(
            "no-relu",
            partial(table, bent=frozenset()),
            "major",
            "no relu follows the convolutions: thirteen of them in a row do no more than one",
        ),
        Variant(
            "no-relu-in-the-encoder",
            partial(table, bent=frozenset(range(6, 12))),
            "major",
            "the relus of the encoder are missing",
        ),
        Variant(
            "no-relu-in-the-decoder",
            partial(table, bent=frozenset(range(6))),
            "major",
            "the relus of the decoder are missing",
        ),
        *(without_one_relu(place) for place in range(12)),
        *(
            Variant(
                f"{name}-for-relu",
                partial(table, bends=name),
                "major",
                f"the layers bend with {name}, and relu was asked for",
            )
            for name in ("elu", "leaky_relu", "gelu", "softplus", "sigmoid", "tanh", "relu6")
        ),
        Variant(
            "sigmoid-at-the-end",
            partial(table, ends=("sigmoid",)),
            "major",
            "the probabilities of one pixel do not add up to 1: end with a softmax over the "
            "classes (a sigmoid treats each class by itself)",
        ),
        Variant(
            "nothing-at-the-end",
            partial(table, ends=()),
            "major",
            "these are no probabilities: the softmax at the end is missing",
        ),
        Variant(
            "softmax-twice",
            partial(table, ends=("softmax", "softmax")),
            "major",
            "softmax is applied twice: the probabilities are nearly equal",
        ),
        Variant(
            "relu-before-softmax",
            partial(table, ends=("relu", "softmax")),
            "major",
            "a relu stands before the softmax: the last convolution has none",
        ),
        Variant(
            "dropout",
            partial(table, dropout=0.3),
            "major",
            "in training the model gives another result each time: the table has no dropout",
        ),
    ],
)
