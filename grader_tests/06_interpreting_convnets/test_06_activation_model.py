"""Hidden checks of exercise 06-activation-model."""

from functools import partial

from pawmark.checks import Stratum, Variant, asks, network


def known(size, kinds, names, sequential):
    """Build a model of layers, each by its kind and name."""
    import keras
    from keras import layers

    channels = iter((4, 6, 5, 7, 3, 8))

    def made(kind, name):
        if kind == "conv":
            return layers.Conv2D(next(channels), 3, padding="same", activation="relu", name=name)
        if kind == "bare conv":
            return layers.Conv2D(next(channels), 3, padding="same", name=name)
        if kind == "nested":
            parts = [layers.Rescaling(0.5), layers.AveragePooling2D(1)]
            return keras.Sequential(parts, name=name)
        return {
            "small conv": lambda: layers.Conv2D(4, 3, padding="same", name=name),
            "pool": lambda: layers.MaxPooling2D(2, padding="same", name=name),
            "average": lambda: layers.AveragePooling2D(2, padding="same", name=name),
            "rescaling": lambda: layers.Rescaling(1 / 255, name=name),
            "norm": lambda: layers.BatchNormalization(name=name),
            "dropout": lambda: layers.Dropout(0.5, name=name),
            "relu": lambda: layers.Activation("relu", name=name),
            "separable": lambda: layers.SeparableConv2D(
                next(channels), 3, padding="same", name=name
            ),
            "depthwise": lambda: layers.DepthwiseConv2D(3, padding="same", name=name),
            "transposed": lambda: layers.Conv2DTranspose(
                next(channels), 3, padding="same", name=name
            ),
            "global": lambda: layers.GlobalAveragePooling2D(name=name),
            "dense": lambda: layers.Dense(3, name=name),
        }[kind]()

    stack = [made(kind, name) for kind, name in zip(kinds, names, strict=True)]
    if sequential:
        model = keras.Sequential([keras.Input((*size, 3)), *stack])
        model(model.inputs[0])  # one that was never called has `inputs` and no `input`
        return model
    x = inputs = keras.Input((*size, 3))
    for layer in stack:
        x = layer(x)
    return keras.Model(inputs, x)


def shown(model, wanted, order=None, side="output", **_):
    """Return the model of the outputs of some layers."""
    import keras

    outputs = [getattr(layer, side) for layer in model.layers if wanted(layer)]
    return keras.Model(model.inputs, outputs if order is None else outputs[::order])


def is_shown(layer):
    """Tell whether a layer is a convolution or a max pooling."""
    from keras import layers

    return isinstance(layer, layers.Conv2D | layers.MaxPooling2D)


def right(model, **given):
    """Show all convolutions and max poolings."""
    return shown(model, is_shown)


def of_class(*kinds):
    """Return a test of a layer's class by name."""
    return lambda layer: type(layer).__name__ in kinds


def grouped(model, **given):
    """Show the convolutions first, then the poolings."""
    import keras

    convs = [one.output for one in model.layers if of_class("Conv2D")(one)]
    pools = [one.output for one in model.layers if of_class("MaxPooling2D")(one)]
    return keras.Model(model.inputs, convs + pools)


def last_only(model, wanted, **given):
    """Show the last layer of some kinds only."""
    import keras

    return keras.Model(model.inputs, [o.output for o in model.layers if wanted(o)][-1])


def behind_relu(model, **given):
    """Show what comes out of the relu behind a layer, where there is one."""
    import keras
    from keras import layers

    pairs = zip(model.layers, [*model.layers[1:], None], strict=True)
    outputs = [
        after.output if isinstance(after, layers.Activation) else layer.output
        for layer, after in pairs
        if is_shown(layer)
    ]
    return keras.Model(model.inputs, outputs)


def without_first(model, **given):
    """Leave out the first of the model's layers, as if it were the input."""
    import keras

    return keras.Model(model.inputs, [o.output for o in model.layers[1:] if is_shown(o)])


def everything_but_first(model, **given):
    """Show all of the model's layers but the first, as if that were the input."""
    import keras

    return keras.Model(model.inputs, [layer.output for layer in model.layers[1:]])


def cloned(model, **given):
    """Show a copy of the model, whose weights are new."""
    import keras

    return right(keras.models.clone_model(model))


def all_maps(model, **given):
    """Show everything that is a feature map."""
    return shown(model, lambda layer: len(layer.output.shape) == 4)


PLAIN = (
    ("rescaling", "conv", "pool", "conv", "pool", "conv", "global", "dense"),
    ("conv", "conv", "pool", "bare conv", "relu", "global", "dense"),
)
MIXED = (
    ("rescaling", "bare conv", "norm", "relu", "pool", "dropout", "conv", "global", "dense"),
    ("conv", "separable", "pool", "depthwise", "conv", "average", "global", "dense"),
    ("conv", "transposed", "pool", "dropout", "bare conv", "norm", "relu", "global", "dense"),
)
FIRST = (("conv", "pool", "conv", "global", "dense"), ("pool", "conv", "pool", "conv", "dense"))
EQUAL = (
    ("small conv", "small conv", "pool", "small conv", "global", "dense"),
    ("rescaling", "conv", "pool", "small conv", "small conv", "dense"),
)
LAST = (("conv", "pool", "conv"), ("rescaling", "conv", "bare conv", "pool"))
NESTED = (("nested", "conv", "pool", "conv", "global", "dense"),)
TELLING = {"conv": "conv", "small conv": "conv", "bare conv": "conv", "pool": "pool"}


def drawn(rng, stacks, sequential=False, telling=False):
    """Draw a stack of layers with names that tell the kind, or tell nothing, or another one."""
    kinds = stacks[rng.integers(len(stacks))]
    size = [(8, 12), (12, 7), (9, 8)][rng.integers(3)]
    words = ["conv", "pool", "dense", "block", "max_pool", "layer", "my_conv", "small_pool"]
    names = [
        f"{TELLING.get(kind, kind) if telling else rng.choice(words)}_{place}_{rng.integers(1000)}"
        for place, kind in enumerate(kinds)
    ]
    if telling:  # of these names, only those of layers to be shown hold `conv` or `pool`
        names = [name.replace("global", "mean") for name in names]
    return {
        "size": list(size),
        "kinds": list(kinds),
        "names": names,
        "sequential": sequential,
    }


def shape(size, kinds, names, sequential):
    """Return the shape of one image."""
    return (*size, 3)


def asked_of(stacks, **options):
    """Return the strategy of questions about some stacks."""
    return asks(
        "as it is", partial(drawn, stacks=stacks, **options), shape, vectors=(0.3, 1.2), batch=3
    )


exercise = network(
    "06-activation-model",
    function="activation_model",
    build="activation_model(model)",
    recipe=known,
    judge=right,
    strata=[
        Stratum(
            "a model of few kinds of layers",
            asked_of(PLAIN, telling=True),
            count=3,
            facet="a functional model of convolutions and poolings, named after their kind",
        ),
        Stratum(
            "a model with other kinds of layers",
            asked_of(MIXED, telling=True),
            count=4,
            facet="a model that has other kinds of layers as well",
        ),
        Stratum(
            "names that say something else",
            asked_of((*PLAIN, *MIXED)),
            count=4,
            facet="a model whose layers have names that say nothing of their kind",
        ),
        Stratum(
            "a Sequential model",
            asked_of(FIRST, sequential=True, telling=True),
            count=3,
            facet="a Sequential model",
        ),
        Stratum(
            "several layers of one shape",
            asked_of(EQUAL, telling=True),
            count=2,
            facet="a model with several convolutions of one shape",
        ),
        Stratum(
            "a model that ends in a convolution or a pooling",
            asked_of(LAST),
            row="corners",
            count=2,
            facet="a model whose last layer is to be shown as well",
        ),
        Stratum(
            "a model within the model",
            asked_of(NESTED),
            row="corners",
            count=2,
            facet="a model with a small model among its layers",
        ),
    ],
    variants=[
        Variant(
            "class-name-holds-conv2d",
            partial(
                shown,
                wanted=lambda one: (
                    "Conv2D" in type(one).__name__ or "MaxPool" in type(one).__name__
                ),
            ),
            "major",
            "layers of other kinds are shown too, such as Conv2DTranspose: only Conv2D and "
            "MaxPooling2D belong there",
        ),
        Variant(
            "by-name",
            partial(shown, wanted=lambda one: "conv" in one.name or "pool" in one.name),
            "major",
            "layers are chosen by their names, which may say anything: ask what a layer is",
        ),
        Variant(
            "by-start-of-name",
            partial(shown, wanted=lambda one: one.name.startswith(("conv", "pool", "max_pool"))),
            "major",
            "layers are chosen by how their names begin: ask what a layer is",
        ),
        Variant(
            "first-left-out",
            without_first,
            "major",
            "the first of `model.layers` is left out: in a Sequential model it is not the input",
        ),
        Variant(
            "behind-relu",
            behind_relu,
            "major",
            "where a relu is a layer of its own, what comes out of it is shown, and not the output "
            "of the layer before",
        ),
        Variant(
            "dropout-too",
            partial(shown, wanted=of_class("Conv2D", "MaxPooling2D", "Dropout")),
            "major",
            "dropout layers are shown, too",
        ),
        Variant(
            "no-pooling",
            partial(shown, wanted=of_class("Conv2D")),
            "fatal",
            "the outputs of the pooling layers are missing",
        ),
        Variant(
            "pooling-only",
            partial(shown, wanted=of_class("MaxPooling2D")),
            "fatal",
            "the outputs of the convolutions are missing",
        ),
        Variant(
            "every-layer",
            partial(shown, wanted=lambda one: type(one).__name__ != "InputLayer"),
            "fatal",
            "every layer is shown: only Conv2D and MaxPooling2D belong there",
        ),
        Variant(
            "everything-but-the-first",
            everything_but_first,
            "fatal",
            "every layer but the first of `model.layers` is shown: only Conv2D and MaxPooling2D "
            "belong there, and in a Sequential model the first is not the input",
        ),
        Variant(
            "all-maps",
            all_maps,
            "fatal",
            "everything that is a feature map is shown: only Conv2D and MaxPooling2D belong there",
        ),
        Variant(
            "reversed",
            partial(shown, wanted=is_shown, order=-1),
            "fatal",
            "the last layer comes first: the order of the layers was asked for",
        ),
        Variant(
            "grouped",
            grouped,
            "fatal",
            "the convolutions come first and the poolings behind them: the order of the layers "
            "was asked for",
        ),
        Variant(
            "inputs",
            partial(shown, wanted=is_shown, side="input"),
            "fatal",
            "what enters the layers is shown: their outputs were asked for",
        ),
        Variant(
            "last-only",
            partial(last_only, wanted=is_shown),
            "fatal",
            "only the last of the layers is shown",
            family="only-one",
        ),
        Variant(
            "last-convolution-only",
            partial(last_only, wanted=of_class("Conv2D")),
            "fatal",
            "only the last of the convolutions is shown",
            family="only-one",
        ),
        Variant(
            "new-weights",
            cloned,
            "fatal",
            "the numbers are others each time, those of a copy with new weights: no new layer is "
            "needed",
        ),
    ],
    families={"only-one": "only the last of the layers, or of the convolutions, is shown"},
)
