"""Hidden checks of exercise 05-mini-xception."""

from functools import partial

from pawmark.checks import Stratum, Variant, asks, network

BLOCKS = (32, 64, 128, 256, 512)


def xception(
    shape,
    classes,
    *,
    scales=((1 / 255, 0.0),),
    first=None,
    first_separable=False,
    blocks=BLOCKS,
    order="nrc",
    one_relu=False,
    bends="relu",
    norm=None,
    separable=True,
    biases=False,
    dilation=1,
    pool="max",
    window=3,
    strided=False,
    projection_bends=None,
    shortcut="input",
    joined="add",
    relu_after_sum=False,
    top="average",
    dropout=0.5,
    dropout_before=False,
    units=None,
    end=None,
):
    """Build the network of the tables; each keyword makes it another one."""
    from keras import Input, Model, layers

    x = inputs = Input(shape)
    for scale, offset in scales:
        x = layers.Rescaling(scale, offset)(x)
    options = {"kernel_size": 5, "use_bias": False} | (first or {})
    kind = layers.SeparableConv2D if first_separable else layers.Conv2D
    x = kind(32, **options)(x)
    pools = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}

    def convolve(x, filters, last):
        kind = layers.SeparableConv2D if separable else layers.Conv2D
        return kind(
            filters,
            3,
            strides=2 if strided and last else 1,
            padding="same",
            use_bias=biases,
            dilation_rate=dilation,
        )(x)

    for filters in blocks:
        start = x
        for number in (0, 1):
            for step in order:
                if step == "n":
                    x = layers.BatchNormalization(**(norm or {}))(x)
                elif step == "r":
                    x = x if one_relu and number else layers.Activation(bends or "linear")(x)
                else:
                    x = convolve(x, filters, number)
                if shortcut == "late" and number == 0 and step == "r":
                    start = x
        x = x if strided else pools[pool](window, strides=2, padding="same")(x)
        strides = 2
        if shortcut == "pooled":
            start, strides = layers.MaxPooling2D(2, padding="same")(start), 1
        if joined is not None:
            start = layers.Conv2D(
                filters,
                1,
                strides=strides,
                padding="same",
                use_bias=False,
                activation=projection_bends,
            )(start)
            ways = {"add": layers.add, "subtract": layers.subtract, "multiply": layers.multiply}
            x = ways[joined]([x, start])
        x = layers.Activation("relu")(x) if relu_after_sum else x
    x = layers.Dropout(dropout)(x) if dropout_before else x
    tops = {"average": layers.GlobalAveragePooling2D, "max": layers.GlobalMaxPooling2D}
    x = tops[top]()(x)
    x = layers.Dropout(dropout)(x) if dropout and not dropout_before else x
    two = classes == 2
    x = layers.Dense(units or (1 if two else classes))(x)
    x = layers.Activation(end or ("sigmoid" if two else "softmax"))(x)
    return Model(inputs, x)


def right(shape, classes):
    """Build the network of the tables."""
    return xception(shape, classes)


def two_units(shape, classes):
    """Give two classes two units with a softmax."""
    return xception(shape, classes, units=classes, end="softmax")


def always_one_unit(shape, classes):
    """Take every number of classes for two."""
    return xception(shape, 2)


def softmax_for_one(shape, classes):
    """End in a softmax, also over a single unit."""
    return xception(shape, classes, end="softmax")


def sigmoid_for_all(shape, classes):
    """End in a sigmoid for each class."""
    return xception(shape, classes, end="sigmoid")


# No side is one that five halvings divide evenly behind the first convolution.
SHAPES = ((37, 41, 3), (43, 38, 3))
# With these, neither signals nor probabilities saturate behind five blocks: slips stay visible.
NORMS = {"vectors": (0.5, 1.5), "gain": 0.65}


def drawn(rng, classes):
    """Draw the shape of images and a number of classes."""
    shape = SHAPES[rng.integers(len(SHAPES))]
    return {"shape": list(shape), "classes": int(rng.choice(classes))}


def shape_of(shape, classes):
    """Return the shape of one image."""
    return shape


def asked_of(*classes, kind="run", **settings):
    """Return the strategy of questions about networks for some numbers of classes."""
    return asks(kind, partial(drawn, classes=classes), shape_of, **(NORMS | settings))


WEIGHTS = "with weights that were drawn for grading"
DEFAULTS = "Keras' default settings were asked for wherever the tables say nothing"

exercise = network(
    "05-mini-xception",
    function="mini_xception",
    build="mini_xception(tuple(shape), classes)",
    judge=right,
    starts="default",
    strata=[
        Stratum(
            "the number of outputs",
            asked_of(2, 3, 5, kind="shape"),
            count=3,
            facet="mini_xception for two and for more classes",
        ),
        Stratum(
            "two classes, in use",
            asked_of(2),
            weight=2,
            count=2,
            facet=f"two classes, in use, {WEIGHTS}",
        ),
        Stratum(
            "more classes, in use",
            asked_of(3, 5),
            weight=2,
            count=2,
            facet=f"more than two classes, in use, {WEIGHTS}",
        ),
        Stratum(
            "black images",
            asked_of(2, 5, images="black"),
            count=2,
            facet=f"a black image, in use, {WEIGHTS}",
        ),
        Stratum(
            "a call in training mode",
            asked_of(3, kind="averages", gain=1.0),
            count=1,
            facet="the moving averages behind a call in training mode",
        ),
        Stratum(
            "in training mode, many copies of an image",
            asked_of(2, kind="copies", gain=0.5),
            count=1,
            facet="256 copies of an image, in training mode",
        ),
        Stratum(
            "what a step of training changes",
            asked_of(3, kind="step"),
            count=1,
            facet="one step of training",
        ),
        Stratum(
            "two networks beside each other, each with weights of its own",
            asked_of(3, kind="apart"),
            row="corners",
            count=1,
            facet="two networks that were built one after the other",
        ),
        Stratum(
            "the arrays that it starts with",
            asked_of(3, kind="start"),
            row="corners",
            count=1,
            facet="the arrays of a new network",
        ),
    ],
    variants=[
        Variant(
            "not-rescaled",
            partial(xception, scales=()),
            "major",
            "the first convolution sees values from 0 to 255: the rescaling to 0..1 is missing",
        ),
        Variant(
            "rescaled-around-zero",
            partial(xception, scales=((1 / 127.5, -1.0),)),
            "fatal",
            "the images are rescaled to -1..1, and 0..1 was asked for",
        ),
        Variant(
            "first-padded",
            partial(xception, first={"padding": "same"}),
            "fatal",
            "the first convolution is padded: the table says without padding",
        ),
        Variant(
            "first-strided",
            partial(xception, first={"strides": 2}),
            "fatal",
            "the first convolution has strides of 2: only the poolings halve",
        ),
        Variant(
            "first-kernel-of-three",
            partial(xception, first={"kernel_size": 3}),
            "fatal",
            "the kernel of the first convolution is 3 x 3: the table says 5 x 5",
        ),
        Variant(
            "first-bends",
            partial(xception, first={"activation": "relu"}),
            "major",
            "the first convolution has a relu: the table says no activation",
        ),
        Variant(
            "first-separable",
            partial(xception, first_separable=True),
            "fatal",
            "the first convolution is separable: it should be an ordinary one",
        ),
        Variant(
            "four-blocks",
            partial(xception, blocks=BLOCKS[:-1]),
            "fatal",
            "the last block is missing: there are five",
        ),
        Variant(
            "convolution-first",
            partial(xception, order="cnr"),
            "fatal",
            "in the blocks the order is convolution, normalisation, relu: here normalisation and "
            "relu come before each convolution",
        ),
        Variant(
            "relu-first",
            partial(xception, order="rnc"),
            "fatal",
            "in the blocks the relu comes before the normalisation: it should follow it",
        ),
        Variant(
            "no-normalisation",
            partial(xception, order="rc"),
            "fatal",
            "the batch normalisations of the blocks are missing",
        ),
        Variant(
            "no-relu",
            partial(xception, bends=None),
            "fatal",
            "the relus of the blocks are missing",
        ),
        Variant(
            "one-relu",
            partial(xception, one_relu=True),
            "fatal",
            "only the first convolution of a block has a relu before it: both have",
        ),
        Variant(
            "relu6-for-relu",
            partial(xception, bends="relu6"),
            "major",
            "the blocks bend with relu6, which ends at 6: relu was asked for",
        ),
        Variant(
            "leaky-relu",
            partial(xception, bends="leaky_relu"),
            "fatal",
            "the blocks bend with leaky_relu, and relu was asked for",
        ),
        Variant(
            "other-epsilon-and-momentum",
            partial(xception, norm={"epsilon": 1e-5, "momentum": 0.9}),
            "major",
            f"the normalisations have a momentum and an epsilon of their own: {DEFAULTS}",
        ),
        Variant(
            "other-epsilon",
            partial(xception, norm={"epsilon": 1e-5}),
            "major",
            f"the normalisations have an epsilon of their own: {DEFAULTS}",
        ),
        Variant(
            "other-momentum",
            partial(xception, norm={"momentum": 0.9}),
            "major",
            f"the moving averages have a momentum of 0.9: {DEFAULTS}, which is 0.99",
        ),
        Variant(
            "ordinary-convolutions",
            partial(xception, separable=False),
            "fatal",
            "the convolutions of the blocks are ordinary ones: they should be separable",
        ),
        Variant(
            "biases-kept",
            partial(xception, biases=True),
            "fatal",
            "the separable convolutions have biases: the table says without",
        ),
        Variant(
            "dilated",
            partial(xception, dilation=2),
            "fatal",
            "the separable convolutions are dilated: they should look at 3 x 3 neighbours",
        ),
        Variant(
            "averaged",
            partial(xception, pool="average"),
            "fatal",
            "the blocks average each window: they should take the maximum",
        ),
        Variant(
            "window-of-two",
            partial(xception, window=2),
            "fatal",
            "the pooling looks at windows of 2 x 2: they should be 3 x 3",
        ),
        Variant(
            "strided",
            partial(xception, strided=True),
            "fatal",
            "the second convolution of a block has strides of 2: a max pooling should halve the "
            "maps",
        ),
        Variant(
            "projection-bends",
            partial(xception, projection_bends="relu"),
            "fatal",
            "the convolution of the shortcut has a relu: it has no activation",
        ),
        Variant(
            "projection-bends-and-not-rescaled",
            partial(xception, projection_bends="relu", scales=()),
            "fatal",
            "the convolution of the shortcut has a relu, and the rescaling is missing",
        ),
        Variant(
            "shortcut-late",
            partial(xception, shortcut="late"),
            "fatal",
            "the shortcut starts behind normalisation and relu: it should start at the input of "
            "the block",
        ),
        Variant(
            "shortcut-pooled",
            partial(xception, shortcut="pooled"),
            "fatal",
            "the shortcut is pooled: its convolution should have strides of 2",
        ),
        Variant(
            "no-shortcuts",
            partial(xception, joined=None),
            "fatal",
            "the blocks have no shortcuts",
        ),
        Variant(
            "subtracted",
            partial(xception, joined="subtract"),
            "fatal",
            "the shortcut is subtracted: add it",
        ),
        Variant(
            "multiplied",
            partial(xception, joined="multiply"),
            "fatal",
            "the two ways of a block are multiplied: add them",
        ),
        Variant(
            "relu-after-the-sum",
            partial(xception, relu_after_sum=True),
            "fatal",
            "a relu follows each sum: nothing should, so that the shortcuts stay free of it",
        ),
        Variant(
            "global-maximum",
            partial(xception, top="max"),
            "fatal",
            "the maximum of each map is taken at the end: it should be the average",
        ),
        Variant(
            "no-dropout",
            partial(xception, dropout=None),
            "major",
            "the dropout before the output is missing",
        ),
        *(
            Variant(
                f"dropout-of-{100 * rate:.0f}",
                partial(xception, dropout=rate),
                "major",
                f"the dropout has a rate of {rate}: it should be 0.5",
            )
            for rate in (0.2, 0.25, 0.3, 0.4)
        ),
        Variant(
            "dropout-elsewhere",
            partial(xception, dropout_before=True),
            "major",
            "there is dropout at another place than before the output, or at more than one",
        ),
        Variant(
            "two-units",
            two_units,
            "major",
            "two classes get two units with a softmax: the table says one unit with a sigmoid",
        ),
        Variant(
            "always-one-unit",
            always_one_unit,
            "major",
            "every number of classes gets one unit: more than two get one unit each",
        ),
        Variant(
            "softmax-for-one-unit",
            softmax_for_one,
            "major",
            "the softmax of a single unit is always 1: two classes need a sigmoid",
        ),
        Variant(
            "sigmoid-for-all",
            sigmoid_for_all,
            "major",
            "more than two classes get a sigmoid each: they need a softmax",
        ),
        Variant(
            "nothing-at-the-end",
            partial(xception, end="linear"),
            "fatal",
            "these are no probabilities: the activation of the output is missing",
        ),
    ],
)
