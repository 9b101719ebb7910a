"""Hidden checks of exercise 05-conv-bn-relu."""

from functools import partial

from pawmark.checks import Stratum, Variant, asks, network


def block(
    shape,
    filters,
    *,
    kernel=3,
    strides=1,
    padding="same",
    bias=False,
    separable=False,
    order="cnr",
    bends="relu",
    slope=None,
    norm="batch",
    norm_options=None,
    frozen=(),
    starts=None,
    always_training=False,
):
    """Build the block; each keyword makes it another one."""
    from keras import Input, Model, layers

    class AlwaysTraining(layers.Layer):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def build(self, shape):
            self.inner.build(shape)

        def call(self, x):
            return self.inner(x, training=True)

    def convolve(x):
        kind = layers.SeparableConv2D if separable else layers.Conv2D
        layer = kind(filters, kernel, strides=strides, padding=padding, use_bias=bias)
        layer.trainable = "c" not in frozen
        return layer(x)

    def normalise(x):
        if norm is None:
            return x
        if norm == "layer":
            return layers.LayerNormalization()(x)
        options = dict(norm_options or {}) | (starts or {})
        layer = layers.BatchNormalization(**options)
        layer.trainable = "n" not in frozen
        return (AlwaysTraining(layer) if always_training else layer)(x)

    def bend(x):
        return (layers.Activation(bends) if slope is None else layers.LeakyReLU(slope))(x)

    steps = {
        "c": convolve,
        "n": normalise,
        "r": lambda x: bend(x) if bends else x,
    }
    x = inputs = Input(shape)
    for step in order:
        x = steps[step](x)
    return Model(inputs, x)


def right(shape, filters):
    """Build the block of the text."""
    return block(shape, filters)


SHAPES = ((6, 9, 4), (8, 5, 7), (7, 7, 3), (5, 8, 12))
POSITIVE = {"weights": "positive", "vectors": (0.3, 1.3)}


def drawn(rng, **_):
    """Draw the shape of a feature map and a number of filters, more or fewer than it has."""
    shape = SHAPES[rng.integers(len(SHAPES))]
    return {"shape": list(shape), "filters": int(rng.choice([2, 6, 10]))}


def shape_of(shape, filters):
    """Return the shape of one feature map."""
    return shape


def asked_of(kind="run", **settings):
    """Return the strategy of questions about the block."""
    options = {"images": "maps", "vectors": (0.4, 1.6), "batch": 3} | settings
    return asks(kind, drawn, shape_of, **options)


LEFT_TO_DEFAULTS = "the text asks for Keras' default settings"

exercise = network(
    "05-conv-bn-relu",
    function="conv_bn_relu",
    build="block(shape, lambda x: conv_bn_relu(x, filters))",
    judge=right,
    strata=[
        Stratum(
            "the output's height, width and channels",
            asked_of("shape"),
            count=3,
            facet="conv_bn_relu on feature maps of all sizes",
        ),
        Stratum(
            "the block in use",
            asked_of(gain=5.0),  # so that a relu that ends at 6 shows
            count=4,
            facet="in use, with weights and moving averages that were drawn for grading",
        ),
        Stratum(
            "a call in training mode",
            asked_of("train"),
            count=3,
            facet="in training mode, with weights that were drawn for grading",
        ),
        Stratum(
            "maps and weights that are all positive",
            asked_of(images="noise", gain=0.01, **POSITIVE),
            count=2,
            weight=0.5,
            facet="in use, with positive weights that were drawn for grading",
        ),
        Stratum(
            "what a step of training changes",
            asked_of("step"),
            count=2,
            facet="one step of training",
        ),
        Stratum(
            "the arrays that it starts with",
            asked_of("start"),
            row="corners",
            count=2,
            facet="the arrays of a new block",
        ),
        Stratum(
            "two blocks beside each other",
            asked_of("apart"),
            row="corners",
            count=1,
            facet="two blocks beside each other, each with weights of its own",
        ),
    ],
    variants=[
        Variant(
            "bias-kept",
            partial(block, bias=True),
            "major",
            "the convolution has a bias: the normalisation behind it subtracts the mean, and the "
            "bias with it, so there is nothing left for it to do",
        ),
        Variant(
            "bias-and-relu-first",
            partial(block, bias=True, order="crn"),
            "fatal",
            "the convolution has a bias, and the relu comes before the normalisation",
        ),
        Variant(
            "relu-before-normalisation",
            partial(block, order="crn"),
            "major",
            "the relu comes before the normalisation: it should be last",
        ),
        Variant(
            "normalised-first",
            partial(block, order="ncr"),
            "fatal",
            "the normalisation stands before the convolution: it should be behind it",
        ),
        Variant(
            "order-of-xception",
            partial(block, order="nrc"),
            "fatal",
            "normalisation and relu stand before the convolution, as in Xception: here the "
            "convolution comes first",
        ),
        Variant(
            "two-relus",
            partial(block, order="crnr"),
            "major",
            "there are two relus: the one between convolution and normalisation is too many",
        ),
        Variant(
            "no-relu", partial(block, bends=None), "major", "the relu is missing: it comes last"
        ),
        *(
            Variant(
                f"{name}-for-relu",
                partial(block, bends=name),
                "major",
                f"the block ends in {name}, and relu was asked for",
            )
            for name in ("leaky_relu", "elu", "relu6")
        ),
        *(
            Variant(
                f"leaky-{100 * slope:.0f}",
                partial(block, slope=slope),
                "major",
                "the block ends in a leaky relu, and relu was asked for",
            )
            for slope in (0.01, 0.1, 0.3)
        ),
        *(
            Variant(
                f"{name}-for-relu",
                partial(block, bends=name),
                "fatal",
                f"the block ends in {name}, and relu was asked for",
            )
            for name in ("softplus", "sigmoid", "gelu")
        ),
        Variant(
            "kernel-of-one",
            partial(block, kernel=1),
            "fatal",
            "the kernel is 1 x 1, and 3 x 3 was asked for",
        ),
        Variant(
            "kernel-of-five",
            partial(block, kernel=5),
            "fatal",
            "the kernel is 5 x 5, and 3 x 3 was asked for",
        ),
        Variant(
            "no-padding",
            partial(block, padding="valid"),
            "fatal",
            'the convolution loses pixels at the border: it needs padding="same"',
        ),
        Variant(
            "strided",
            partial(block, strides=2),
            "fatal",
            "the convolution has strides of 2: height and width should stay",
        ),
        Variant(
            "separable",
            partial(block, separable=True),
            "fatal",
            "the convolution is separable: here it is an ordinary one",
        ),
        Variant(
            "no-normalisation",
            partial(block, norm=None),
            "fatal",
            "nothing is normalised: the batch normalisation is missing",
        ),
        Variant(
            "layer-normalisation",
            partial(block, norm="layer"),
            "fatal",
            "this is layer normalisation, which looks at each place by itself: batch normalisation "
            "was asked for",
        ),
        Variant(
            "normalisation-frozen",
            partial(block, frozen="n"),
            "major",
            "the normalisation is frozen: in training it behaves as in use",
        ),
        Variant(
            "convolution-frozen",
            partial(block, frozen="c"),
            "major",
            "the convolution is frozen: its kernel never learns (trainable=False)",
        ),
        Variant(
            "always-in-training",
            partial(block, always_training=True),
            "major",
            "in use the block takes the numbers of the batch, as in training: leave it to Keras to "
            "tell the normalisation which of the two it is",
        ),
        Variant(
            "gamma-at-zero",
            partial(block, starts={"gamma_initializer": "zeros"}),
            "minor",
            f"gamma starts at zero: {LEFT_TO_DEFAULTS}, where it starts at one",
        ),
        Variant(
            "other-epsilon",
            partial(block, norm_options={"epsilon": 1e-5}),
            "fatal",
            f"the normalisation has an epsilon of its own: {LEFT_TO_DEFAULTS}",
        ),
        Variant(
            "other-momentum",
            partial(block, norm_options={"momentum": 0.9}),
            "major",
            f"the moving averages have a momentum of 0.9: {LEFT_TO_DEFAULTS}, which is 0.99",
        ),
        Variant(
            "no-gamma",
            partial(block, norm_options={"scale": False}),
            "fatal",
            f"the normalisation has no gamma: {LEFT_TO_DEFAULTS}",
        ),
        Variant(
            "no-beta",
            partial(block, norm_options={"center": False}),
            "fatal",
            f"the normalisation has no beta: {LEFT_TO_DEFAULTS}",
        ),
    ],
)
