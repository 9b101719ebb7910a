"""Hidden checks of exercise 05-residual-block."""

from functools import partial

from pawmark.checks import Stratum, Variant, asks, network


def block(
    shape,
    filters,
    pooling,
    *,
    kernels=3,
    convolutions=2,
    bends="relu",
    bent=(True, True),
    pool="max",
    window=2,
    pool_padding="same",
    pools=True,
    strided=False,
    project=None,
    projection_bends=None,
    bends_if=None,
    shortcut="input",
    joined="add",
    relu_last=False,
    bent_after=False,
    frozen=False,
    biases=True,
):
    """Build the block; each keyword makes it another one."""
    from keras import Input, Model, layers, ops

    x = inputs = Input(shape)
    kinds = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}
    start = x
    for number in range(convolutions):
        last = number == convolutions - 1
        x = layers.Conv2D(
            filters,
            kernels,
            strides=2 if strided and pooling and last else 1,
            padding="same",
            use_bias=biases,
            activation=bends if bent[number] else None,
        )(x)
        start = x if shortcut == "late" and number == 0 else start
    if pooling and pools and not strided:
        x = kinds[pool](window, strides=2, padding=pool_padding)(x)
    strides = 2 if pooling and pools else 1
    changes = start.shape[-1] != filters
    wanted = {
        None: bool(pooling and pools) or changes,
        "always": True,
        "never": False,
        "channels": changes,
        "growing": bool(pooling and pools) or filters > start.shape[-1],
    }[project]
    bent_here = projection_bends if bends_if is None or bends_if == bool(pooling) else None
    if shortcut in ("max", "average") and strides == 2:
        start, strides = kinds[shortcut](2, padding="same")(start), 1
    elif shortcut == "pooled where channels stay" and strides == 2 and not changes:
        start, wanted = layers.MaxPooling2D(2, padding="same")(start), False
    if wanted:
        projection = layers.Conv2D(
            filters, 1, strides=strides, activation=bent_here, use_bias=biases
        )
        projection.trainable = not frozen
        start = projection(start)
    join = {
        "add": layers.add,
        "subtract": layers.subtract,
        "multiply": layers.multiply,
        "concatenate": layers.concatenate,
        "none": lambda both: both[0],
    }[joined]
    x = join([x, start])
    return Model(inputs, ops.relu(x) if relu_last else x)


def right(shape, filters, pooling):
    """Build the block of the drawing."""
    return block(shape, filters, pooling)


SIZES = ((6, 8), (8, 4), (4, 6))
ODD = ((5, 7), (7, 4), (6, 9))
# The text leaves open whether the convolutions have biases: with zeros they make no difference.
OPEN = {"images": "maps", "vectors": (0.0, 0.0), "ranks": 2}
# How many channels come in, and how many go out.
STAYS, GROWS, SHRINKS = ((4, 4), (6, 6)), ((3, 7), (4, 9)), ((7, 3), (9, 4))


def drawn(rng, channels, pooling, sizes=SIZES):
    """Draw a size and numbers of channels."""
    before, after = channels[rng.integers(len(channels))]
    size = sizes[rng.integers(len(sizes))]
    pooling = bool(rng.integers(2)) if pooling is None else pooling
    return {"shape": [*size, before], "filters": after, "pooling": pooling}


def shape_of(shape, filters, pooling):
    """Return the shape of one feature map."""
    return shape


def asked_of(channels, pooling=None, kind="run", sizes=SIZES, **settings):
    """Return the strategy of questions about blocks."""
    draw = partial(drawn, channels=channels, pooling=pooling, sizes=sizes)
    return asks(kind, draw, shape_of, **(OPEN | settings))


WEIGHTS = "with weights that were drawn for grading"
ALL = (*STAYS, *GROWS, *SHRINKS)

exercise = network(
    "05-residual-block",
    function="residual_block",
    build=(
        "block(shape, lambda x: "
        "residual_block(x, filters, **({'pooling': True} if pooling else {})))"
    ),
    judge=right,
    strata=[
        Stratum(
            "as many filters as channels",
            asked_of(STAYS, False),
            count=2,
            facet=f"as many filters as channels, without pooling, {WEIGHTS}",
        ),
        Stratum(
            "more filters than channels",
            asked_of(GROWS, False),
            count=2,
            facet=f"more filters than channels, without pooling, {WEIGHTS}",
        ),
        Stratum(
            "fewer filters than channels",
            asked_of(SHRINKS, False),
            count=2,
            facet=f"fewer filters than channels, without pooling, {WEIGHTS}",
        ),
        Stratum(
            "pooling where the channels change",
            asked_of((*GROWS, *SHRINKS), True),
            count=3,
            facet=f"pooling, with another number of channels, {WEIGHTS}",
        ),
        Stratum(
            "pooling where the channels stay",
            asked_of(STAYS, True),
            count=2,
            facet=f"pooling, with as many filters as channels, {WEIGHTS}",
        ),
        Stratum(
            "maps and weights that are all positive",
            asked_of(ALL, images="noise", gain=0.3, weights="positive"),
            count=3,
            weight=2,
            facet="positive maps, with positive weights that were drawn for grading",
        ),
        Stratum(
            "what a step of training changes",
            asked_of((*GROWS, *SHRINKS), kind="step"),
            count=2,
            facet="one step of training",
        ),
        Stratum(
            "what a step of training changes where the channels stay",
            asked_of(STAYS, kind="step"),
            row="corners",
            count=2,
            facet="one step of training, with as many filters as channels",
        ),
        Stratum(
            "pooling of maps with odd sides",
            asked_of(ALL, True, sizes=ODD),
            row="corners",
            count=4,
            facet=f"pooling of maps with an odd height or width, {WEIGHTS}",
        ),
        Stratum(
            "two blocks beside each other",
            asked_of(ALL, kind="apart"),
            row="corners",
            count=2,
            weight=0.5,
            facet="two blocks beside each other, each with weights of its own",
        ),
    ],
    variants=[
        Variant(
            "projected-only-when-growing",
            partial(block, project="growing"),
            "major",
            "with fewer filters than channels the shapes do not fit: a projection is needed "
            "whenever the number of channels changes",
        ),
        Variant(
            "never-projected",
            partial(block, project="never"),
            "fatal",
            "the input is added as it is: where pooling or another number of channels changes the "
            "shape, the shortcut needs a 1 x 1 convolution",
        ),
        Variant(
            "projected-for-channels-only",
            partial(block, project="channels"),
            "major",
            "with pooling and as many filters as channels the shortcut has no projection: its size "
            "has to be halved, too",
        ),
        Variant(
            "always-projected",
            partial(block, project="always"),
            "major",
            "the shortcut has a projection where nothing changes: no layer at all belongs there",
        ),
        Variant(
            "projection-bends",
            partial(block, projection_bends="relu"),
            "major",
            "the projection has a relu: it has no activation",
        ),
        Variant(
            "projection-bends-with-pooling",
            partial(block, projection_bends="relu", bends_if=True),
            "major",
            "with pooling the projection has a relu: it has no activation",
        ),
        Variant(
            "projection-frozen",
            partial(block, frozen=True),
            "major",
            "the projection is frozen: its kernel never learns (trainable=False)",
        ),
        Variant(
            "averaged",
            partial(block, pool="average"),
            "major",
            "the pooling averages each window: it should take the maximum",
        ),
        Variant(
            "window-of-three",
            partial(block, window=3),
            "major",
            "the pooling looks at windows of 3 x 3: they should be 2 x 2",
        ),
        Variant(
            "odd-rows-lost",
            partial(block, pool_padding="valid"),
            "minor",
            "the pooling drops the last row or column of a map with odd sides: it needs "
            'padding="same"',
        ),
        Variant(
            "never-pooled", partial(block, pools=False), "major", "pooling=True changes nothing"
        ),
        Variant(
            "strided",
            partial(block, strided=True),
            "major",
            "with pooling the second convolution has strides of 2: a max pooling should follow it",
        ),
        Variant(
            "shortcut-max-pooled",
            partial(block, shortcut="max"),
            "major",
            "with pooling the shortcut is pooled: its projection should have strides of 2",
        ),
        Variant(
            "shortcut-averaged",
            partial(block, shortcut="average"),
            "major",
            "with pooling the shortcut is averaged: its projection should have strides of 2",
        ),
        Variant(
            "shortcut-pooled-where-channels-stay",
            partial(block, shortcut="pooled where channels stay"),
            "major",
            "with pooling and as many filters as channels the shortcut is pooled: a projection "
            "with strides of 2 belongs there",
        ),
        Variant(
            "shortcut-taken-late",
            partial(block, shortcut="late"),
            "fatal",
            "the shortcut starts behind the first convolution: it should start at the input",
        ),
        Variant(
            "no-shortcut",
            partial(block, joined="none"),
            "fatal",
            "what comes out of the layers comes back without the shortcut",
        ),
        *(
            Variant(name, partial(block, joined=joined), "fatal", message)
            for name, joined, message in (
                ("subtracted", "subtract", "the shortcut is subtracted: add it"),
                ("multiplied", "multiply", "the two ways are multiplied: add them"),
                ("concatenated", "concatenate", "the two ways lie side by side: add them"),
            )
        ),
        Variant(
            "kernels-of-five",
            partial(block, kernels=5),
            "fatal",
            "the kernels are 5 x 5: they should be 3 x 3",
        ),
        Variant(
            "one-convolution",
            partial(block, convolutions=1),
            "fatal",
            "the block has one convolution: it should have two",
        ),
        Variant(
            "no-first-relu",
            partial(block, bent=(False, True)),
            "major",
            "the relu behind the first convolution is missing",
        ),
        Variant(
            "no-second-relu",
            partial(block, bent=(True, False)),
            "major",
            "the relu behind the second convolution is missing",
        ),
        Variant("no-relus", partial(block, bent=(False, False)), "major", "both relus are missing"),
        Variant(
            "relu-after-the-sum",
            partial(block, bent=(True, False), relu_last=True),
            "major",
            "the second relu follows the addition: nothing should follow it",
        ),
        Variant(
            "another-relu-after-the-sum",
            partial(block, relu_last=True),
            "major",
            "a relu follows the addition: nothing should follow it",
        ),
        *(
            Variant(
                f"{name}-for-relu",
                partial(block, bends=name),
                "fatal",
                f"the block bends with {name}, and relu was asked for",
            )
            for name in ("softplus", "sigmoid", "tanh")
        ),
        Variant(
            "leaky",
            partial(block, bends="leaky_relu"),
            "major",
            "the block bends with leaky_relu, and relu was asked for",
        ),
    ],
)
