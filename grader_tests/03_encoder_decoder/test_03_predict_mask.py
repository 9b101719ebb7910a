"""Hidden checks of 03-predict-mask: the most probable class of each pixel.

The model is a convolution of 1 x 1 that is built beside the student's code from weights that were
drawn here, so what it predicts is known without it.
"""

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Inside, Slip, Stratum, close, switches

from .tiny_models import tiny_probabilities

BUILD = (
    "[k := __import__('keras'), m := k.Sequential([k.Input(shape), "
    "k.layers.Dropout(dropped), k.layers.Conv2D(len(bias), 1, activation='softmax')]), "
    "m.set_weights([kernel, bias]), m][-1]"
)


def judge(model, image):
    """Go from pixel to pixel, and keep the class whose score is largest."""
    kernel, bias = model
    mask = np.zeros(image.shape[:2], dtype=int)
    for row, column in np.ndindex(mask.shape):
        best = None
        for label in range(len(bias)):
            score = sum(float(a) * float(b) for a, b in zip(image[row, column], kernel[:, label],
                                                           strict=True))  # fmt: skip
            score += float(bias[label])
            if best is None or score > best:
                best, mask[row, column] = score, label
    return mask


def formula(
    model,
    image,
    divided=False,
    least=False,
    from_one=False,
    grey_values=False,
    transposed=False,
    upside_down=False,
    three_classes=False,
    along_width=False,
    along_height=False,
    probabilities_alone=False,
    largest_probability=False,
    one_label=False,
    is_class_one=False,
):
    """Choose the class of each pixel, with what may go wrong."""
    kernel, bias = model
    found = tiny_probabilities(image / 255 if divided else image, kernel, bias)
    if probabilities_alone or largest_probability:
        return found if probabilities_alone else found.max(axis=-1)
    if one_label:
        return int(np.argmax(found))
    if is_class_one:
        return (found[..., 1] > 0.5).astype(int)
    found = found[..., :3] if three_classes else found
    axis = 1 if along_width else 0 if along_height else -1
    mask = np.argmax(-found if least else found, axis=axis)
    mask = mask[::-1] if upside_down else mask.T if transposed else mask
    return (mask + from_one) * (127 if grey_values else 1)


variants = switches(
    formula,
    divided=Slip(
        "fatal", "the image is divided by 255 before prediction; the model rescales by itself"
    ),
    least=Slip("fatal", "each pixel gets its least probable class"),
    from_one=Slip("fatal", "labels are counted from 1: the first class has the label 0"),
    grey_values=Slip("fatal", "these are grey values for display (0, 127, 254), not labels"),
    transposed=Slip("fatal", "rows and columns of the mask are exchanged"),
    upside_down=Slip("fatal", "the mask is upside down: row 0 is at the top"),
    three_classes=Slip(
        "major", "only the first three classes are looked at: a model may have more"
    ),
    along_width=Slip(
        "fatal",
        "the largest number is looked for along the width of the image: "
        "the classes are along the last axis",
    ),
    along_height=Slip(
        "fatal",
        "the largest number is looked for along the height of the "
        "image: the classes are along the last axis",
    ),
    probabilities_alone=Slip(
        "fatal",
        "these are the probabilities of all classes: choose the largest of each pixel",
    ),
    largest_probability=Slip(
        "fatal",
        "these are the largest probabilities: the text asks which class has it",
    ),
    one_label=Slip(
        "fatal",
        "this is one number for the whole image: along which axis are the classes?",
    ),
    is_class_one=Slip(
        "fatal", "this is where class 1 has more than one half: there are more classes than two"
    ),
)


@st.composite
def painted(draw, height, width, classes, dropped=0.0):
    """Draw a model, and an image of which each pixel has a clear class."""
    height, width, classes = draw(height), draw(width), draw(classes)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    while True:
        kernel = rng.normal(0, 0.05, (3, classes)).astype("float32")
        # Values of 0 to 255 are balanced: an image scaled once more gives another mask.
        bias = (-127 * kernel.sum(axis=0)).astype("float32")
        pixels = np.round(rng.uniform(0, 255, (40 * height * width + 400, 3))).astype("float32")
        order = np.sort(pixels @ kernel + bias, axis=-1)
        labels = np.argmax(pixels @ kernel + bias, axis=-1)
        clear = order[:, -1] - order[:, -2] > 0.05  # rounding may decide the others
        if len(set(labels[clear])) == classes and clear.sum() >= height * width:
            break
    pixels, labels = pixels[clear], labels[clear]
    # Every class is there if there is room, the highest ones first.
    first = [int(np.flatnonzero(labels == label)[0]) for label in reversed(range(classes))]
    rest = [n for n in range(len(labels)) if n not in first]
    chosen = rng.permutation((first + rest)[: height * width])
    shape = (height, width, 3)
    bindings = {"dropped": dropped, "shape": shape, "kernel": kernel[None, None], "bias": bias}
    model = Inside(
        "evaluate",
        {"expression": BUILD, "bindings": bindings},
        seen=(kernel, bias),
        state="value.get_weights()",
    )
    return model, pixels[chosen].reshape(shape)


sides = st.integers(3, 5)

exercise = Exercise(
    "03-predict-mask",
    function="predict_mask",
    judge=judge,
    strata=[
        Stratum("three classes", painted(sides, st.integers(6, 8), st.just(3)), count=3),
        Stratum("more classes", painted(sides, st.integers(6, 8), st.integers(5, 8)), count=3),
        Stratum(
            "a model that is another one in training",
            painted(sides, st.integers(6, 8), st.just(4), dropped=0.5),
            count=2,
        ),
        Stratum("square images", painted(st.just(4), st.just(4), st.just(3)), count=2),
        Stratum(
            "very wide and very high images",
            st.one_of(
                painted(st.just(1), st.integers(9, 12), st.just(4)),
                painted(st.integers(9, 12), st.just(1), st.just(4)),
            ),
            row="corners",
            count=3,
        ),
    ],
    variants=variants,
    same=close(atol=1e-3),  # labels are compared exactly, probabilities of variants are not
    contract=Contract(
        dtype="integer",
        messages={
            "shape": "the mask has an axis too many, or too few: take it out of the batch of one",
            "dtype": "the mask holds numbers that are not of an integer type: labels are whole",
        },
    ),
    shrinking=6,
    show=lambda model, image: (
        f"predict_mask(model, image) with {len(model[1])} classes and an "
        f"image of {image.shape[0]} x {image.shape[1]} pixels"
    ),
)
