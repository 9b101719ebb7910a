"""Hidden checks of exercise 04-get-segmenter."""

from functools import partial

from pawmark.checks import Stratum, Variant, asks, network

FILTERS = (16, 32)
WAYS = ("stride", "maxpool")
BOTH = frozenset(WAYS)


def segmenter(
    size,
    classes,
    way,
    *,
    other_words=ValueError,
    otherwise="stride",
    kernels=(3, 3),
    wider=(1, 1),
    scales=((1 / 255, 0.0),),
    scaled_in=BOTH,
    bends="relu",
    bent=(True, True),
    bent_in=BOTH,
    padding=("same", "same"),
    place="between",
    pool="max",
    pool_step=2,
    one_large_pool=False,
    strided_layer=0,
    strides_too=False,
    decoder="transposed",
    dropout=None,
):
    """Build a version of the exercise's table; each keyword makes it another network."""
    from keras import Input, Model, layers

    if way not in WAYS and other_words is not None:
        raise other_words(way)
    pooled = way == "maxpool"
    x = inputs = Input((*size, 3))
    for scale, offset in scales if way in scaled_in else ():
        x = layers.Rescaling(scale, offset)(x)

    def shrink(x, where, count):
        if not pooled or place != where or (one_large_pool and count != FILTERS[0]):
            return x
        if one_large_pool:
            return layers.MaxPooling2D(4)(x)
        kind = layers.AveragePooling2D if pool == "average" else layers.MaxPooling2D
        x = kind(2, strides=pool_step, padding="same" if pool_step == 1 else "valid")(x)
        return layers.Dropout(dropout)(x) if dropout else x

    for count in FILTERS:
        x = shrink(x, "before", count)
        for layer in (0, 1):
            if pooled and place == "instead" and layer == 0:
                x = layers.MaxPooling2D(2)(x)
                continue
            strided = way == "stride" or (way not in WAYS and otherwise == "stride")
            halves = layer == strided_layer and (strided or strides_too)
            x = layers.Conv2D(
                wider[layer] * count,
                kernels[layer],
                strides=2 if halves else 1,
                padding=padding[layer],
                activation=bends if bent[layer] or way not in bent_in else None,
            )(x)
            x = shrink(x, "between", count) if layer == 0 else x
        x = shrink(x, "after", count)
    for count in reversed(FILTERS) if decoder else ():
        if decoder == "upsampled":
            x = layers.Conv2D(count, 3, activation="relu", padding="same")(x)
            x = layers.UpSampling2D(2)(x)
            x = layers.Conv2D(count, 3, activation="relu", padding="same")(x)
            continue
        x = layers.Conv2DTranspose(count, 3, activation="relu", padding="same")(x)
        x = layers.Conv2DTranspose(count, 3, strides=2, activation="relu", padding="same")(x)
    return Model(inputs, layers.Conv2D(classes, 3, activation="softmax", padding="same")(x))


def right(size, classes, way):
    """Build either version of the table."""
    return segmenter(size, classes, way)


def always(one, size, classes, way, refuses=True):
    """Build one version whatever was asked for."""
    return segmenter(size, classes, one if way in WAYS or not refuses else way)


def exchanged(size, classes, way):
    """Build the other version."""
    return segmenter(size, classes, {"stride": "maxpool", "maxpool": "stride"}.get(way, way))


def of_fixed_size(size, classes, way):
    """Build the network for one size."""
    return segmenter((64, 64), classes, way)


def turned(size, classes, way):
    """Build the network for height and width exchanged."""
    return segmenter(size[::-1], classes, way)


def of_three_classes(size, classes, way):
    """Build the network for three classes."""
    return segmenter(size, 3, way)


def not_returned(size, classes, way):
    """Build the network and forget it."""
    segmenter(size, classes, way)


SIZES = ((20, 16), (16, 28), (24, 20))
SQUARE = ((16, 16), (24, 24))
POSITIVE = {"weights": "positive", "vectors": (0.0, 0.3)}
LARGE = {"weights": "positive", "vectors": (0.0, 7.0)}  # a relu that ends at 6 would show


def drawn(rng, ways=WAYS, sizes=SIZES):
    """Draw a size, a number of classes and one of some words."""
    size = list(sizes[rng.integers(len(sizes))])
    return {"size": size, "classes": int(rng.integers(4, 8)), "way": str(rng.choice(ways))}


def shape(size, classes, way):
    """Return the shape of one image."""
    return (*size, 3)


def asked_of(*ways, kind="run", sizes=SIZES, **settings):
    """Return the strategy of questions about some versions."""
    return asks(kind, partial(drawn, ways=ways, sizes=sizes), shape, **settings)


exercise = network(
    "04-get-segmenter",
    function="get_segmenter",
    build="get_segmenter(tuple(size), classes, way)",
    judge=right,
    strata=[
        Stratum(
            "the output's height, width and classes",
            asked_of(*WAYS, kind="shape"),
            count=3,
            facet="get_segmenter for sizes and numbers of classes of all kinds",
        ),
        Stratum(
            'the version with "stride"',
            asked_of("stride"),
            count=2,
            facet='the version with "stride", with weights that were drawn for grading',
        ),
        Stratum(
            'the version with "maxpool"',
            asked_of("maxpool"),
            count=2,
            facet='the version with "maxpool", with weights that were drawn for grading',
        ),
        Stratum(
            "weights that are all positive",
            asked_of(*WAYS, **LARGE),
            count=3,
            facet="images of noise, with positive weights that were drawn for grading",
        ),
        Stratum(
            "black images",
            asked_of(*WAYS, images="black", sizes=SQUARE, **POSITIVE),
            count=2,
            facet="a black image, with weights that were drawn for grading",
        ),
        *(
            Stratum(
                f'a call of the version with "{way}" in training mode',
                asked_of(way, kind="train"),
                count=1,
                weight=0.5,
                facet="in training mode",
            )
            for way in WAYS
        ),
        Stratum(
            "what a step of training changes",
            asked_of(*WAYS, kind="step"),
            count=2,
            facet="one step of training",
        ),
        Stratum(
            "any other word",
            asked_of("max_pool", "strides", "avgpool", kind="shape"),
            row="corners",
            count=2,
            weight=2.0,
            facet="another word for downsampling",
        ),
        Stratum(
            "a part of a word",
            asked_of("max", "pool", "", "str", "e", kind="shape"),
            row="corners",
            count=3,
            facet="a part of a word for downsampling",
        ),
        Stratum(
            "a word in other letters",
            asked_of("MaxPool", "STRIDE", " stride", kind="shape"),
            row="corners",
            count=2,
            facet="a word for downsampling in other letters",
        ),
        Stratum(
            "two models beside each other, each with weights of its own",
            asked_of(*WAYS, kind="apart", batch=1),
            row="corners",
            count=2,
            facet="two models that were built one after the other",
        ),
        Stratum(
            "the arrays that it starts with",
            asked_of(*WAYS, kind="start"),
            row="corners",
            count=2,
            facet="the arrays of a new model",
        ),
    ],
    variants=[
        Variant(
            "not-returned", not_returned, "fatal", "nothing comes back: is a `return` missing?"
        ),
        Variant(
            "any-word",
            partial(segmenter, other_words=None),
            "minor",
            "every other word is taken for strides: it should raise a ValueError",
        ),
        Variant(
            "any-word-not-halved",
            partial(segmenter, other_words=None, otherwise="nothing"),
            "minor",
            "every other word builds a network that never halves: it should raise a ValueError",
        ),
        Variant(
            "key-error",
            partial(segmenter, other_words=KeyError),
            "minor",
            "another word raises a KeyError: the text asks for a ValueError",
        ),
        Variant(
            "assertion",
            partial(segmenter, other_words=AssertionError),
            "minor",
            "another word fails an assertion: the text asks for a ValueError",
        ),
        Variant(
            "no-value-error",
            partial(segmenter, other_words=TypeError),
            "minor",
            "for another word a ValueError is to be raised: no other error, and not returned",
        ),
        Variant(
            "argument-ignored",
            partial(always, "stride", refuses=False),
            "major",
            "`downsampling` is ignored: the version with strides comes back for every word",
        ),
        Variant(
            "always-stride",
            partial(always, "stride"),
            "major",
            'the version with strides comes back for "maxpool" as well',
        ),
        Variant(
            "always-maxpool",
            partial(always, "maxpool"),
            "major",
            'the version with pooling comes back for "stride" as well',
        ),
        Variant("exchanged", exchanged, "major", "each word builds the other version"),
        Variant("fixed-size", of_fixed_size, "fatal", "the model does not use img_size"),
        Variant(
            "swapped",
            turned,
            "fatal",
            "height and width are exchanged: img_size is (height, width)",
        ),
        Variant("fixed-classes", of_three_classes, "fatal", "the model does not use num_classes"),
        Variant(
            "average-pooling",
            partial(segmenter, pool="average"),
            "major",
            'the version with "maxpool" averages each window; it should take its maximum',
        ),
        Variant(
            "pooling-keeps-the-size",
            partial(segmenter, pool_step=1),
            "major",
            "the pooling moves on by one place each time, so the maps do not shrink",
        ),
        Variant(
            "one-large-pooling",
            partial(segmenter, one_large_pool=True),
            "major",
            "one pooling of 4 x 4 takes the place of two of 2 x 2, one in each pair",
        ),
        Variant(
            "pooled-after-the-pair",
            partial(segmenter, place="after"),
            "major",
            "the pooling stands behind the second convolution of a pair; it belongs behind the "
            "first",
        ),
        Variant(
            "pooled-before-the-pair",
            partial(segmenter, place="before"),
            "major",
            "the pooling stands before the first convolution of a pair; it belongs behind it",
        ),
        Variant(
            "pooled-instead",
            partial(segmenter, place="instead"),
            "major",
            "the pooling takes the place of a convolution: both versions have four of them before "
            "the decoder",
        ),
        Variant(
            "strides-and-pooling",
            partial(segmenter, strides_too=True),
            "major",
            'the version with "maxpool" has strides=2 as well, so its maps shrink twice as often',
        ),
        Variant(
            "strides-in-the-second",
            partial(segmenter, strided_layer=1),
            "major",
            "the second convolution of a pair has the strides; it should be the first",
        ),
        *(
            Variant(
                f"kernels-of-five{name}",
                partial(segmenter, kernels=kernels),
                "fatal",
                f"{words} 5 x 5: all are 3 x 3",
            )
            for name, kernels, words in (
                ("", (5, 5), "the kernels of the encoder are"),
                ("-first", (5, 3), "the first kernel of each pair is"),
                ("-second", (3, 5), "the second kernel of each pair is"),
            )
        ),
        *(
            Variant(
                f"no-padding{name}",
                partial(segmenter, padding=padding),
                "fatal",
                f'{words} loses pixels at the border: it needs padding="same"',
            )
            for name, padding, words in (
                ("", ("valid", "valid"), "each convolution of the encoder"),
                ("-first", ("valid", "same"), "the first convolution of each pair"),
                ("-second", ("same", "valid"), "the second convolution of each pair"),
            )
        ),
        Variant(
            "not-rescaled",
            partial(segmenter, scales=()),
            "major",
            "the first convolution sees values from 0 to 255: the rescaling to 0..1 is missing",
        ),
        Variant(
            "not-rescaled-and-any-word",
            partial(segmenter, scales=(), other_words=None, otherwise="nothing"),
            "major",
            "the rescaling to 0..1 is missing, and every other word is accepted",
        ),
        Variant(
            "rescaled-twice",
            partial(segmenter, scales=((1 / 255, 0.0),) * 2),
            "major",
            "the images are divided by 255 twice",
        ),
        Variant(
            "rescaled-around-zero",
            partial(segmenter, scales=((1 / 127.5, -1.0),)),
            "major",
            "the images are rescaled to -1..1, and 0..1 was asked for",
        ),
        *(
            Variant(
                f"rescaled-only-with-{way}",
                partial(segmenter, scaled_in=frozenset([way])),
                "major",
                f'only the version with "{way}" rescales: the two should differ in their way of '
                "halving only",
            )
            for way in WAYS
        ),
        *(
            Variant(
                f"no-relu-{name}",
                partial(segmenter, bent=bent),
                "major",
                f"the relu behind the {words} of each pair is missing",
            )
            for name, bent, words in (
                ("first", (False, True), "first convolution"),
                ("second", (True, False), "second convolution"),
                ("both", (False, False), "convolutions"),
            )
        ),
        Variant(
            "no-relu-before-pooling",
            partial(segmenter, bent=(False, True), bent_in=frozenset(["maxpool"])),
            "major",
            'in the version with "maxpool" the relu between convolution and pooling is missing',
        ),
        *(
            Variant(
                f"{name}-for-relu",
                partial(segmenter, bends=name),
                "major",
                f"the encoder bends with {name}, and relu was asked for",
            )
            for name in ("softplus", "tanh", "elu", "leaky_relu", "sigmoid", "relu6")
        ),
        *(
            Variant(
                f"wider-encoder{name}",
                partial(segmenter, wider=wider),
                "fatal",
                f"{words} of the encoder have twice as many filters as in the table: 16 and 32",
            )
            for name, wider, words in (
                ("", (2, 2), "the convolutions"),
                ("-first", (2, 1), "the first convolutions"),
                ("-second", (1, 2), "the second convolutions"),
            )
        ),
        Variant(
            "upsampled",
            partial(segmenter, decoder="upsampled"),
            "fatal",
            "this is another decoder, with upsampling: end with decode(x, num_classes)",
        ),
        Variant(
            "no-decoder",
            partial(segmenter, decoder=None),
            "fatal",
            "the decoder is missing: end with decode(x, num_classes)",
        ),
        Variant(
            "dropout-with-maxpool",
            partial(segmenter, dropout=0.3),
            "major",
            'the version with "maxpool" gives another result each time in training: the table has '
            "no dropout",
        ),
    ],
)
