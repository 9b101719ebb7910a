"""Hidden checks of 02-path-to-target: a trimap's labels from 0, resized without new ones."""

import io

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from pawmark.checks import Contract, Exercise, Place, Slip, Stratum, exact, inputs, switches

from .pictures import encoded


def judge(path, img_size):
    """Take for each pixel the one of the file that lies at the middle of it."""
    labels = read(path)
    rows, columns = (
        (2 * np.arange(wanted) + 1) * there // (2 * wanted)
        for wanted, there in zip(img_size, labels.shape, strict=True)
    )
    return np.array([[[labels[y, x] - 1] for x in columns] for y in rows], dtype="uint8")


def read(path):
    """Return the values of a file that was drawn."""
    return np.asarray(Image.open(io.BytesIO(path.files[path.path])))


def linear(labels, img_size):
    """Resize as TensorFlow does unless told otherwise: between the four nearest pixels."""
    for axis, (wanted, there) in enumerate(zip(img_size, labels.shape, strict=True)):
        place = np.clip((np.arange(wanted) + 0.5) * there / wanted - 0.5, 0, there - 1)
        low = np.floor(place).astype(int)
        part = (place - low).reshape((-1, 1) if axis == 0 else (1, -1))
        high = np.minimum(low + 1, there - 1)
        labels = labels.take(low, axis) * (1 - part) + labels.take(high, axis) * part
    return labels


def resized(labels, img_size, bilinear, between, averaged, cropped, corner):
    """Bring a mask to a size, with what may go wrong."""
    height, width = img_size
    there_high, there_wide = labels.shape
    if between:
        return linear(labels.astype(float), img_size)
    box = None
    if cropped:
        high = min(there_high, max(1, there_wide * height // width))
        wide = min(there_wide, max(1, there_high * width // height))
        top, left = (there_high - high) // 2, (there_wide - wide) // 2
        box = (left, top, left + wide, top + high)
    image = Image.fromarray(labels)
    if corner:
        return np.asarray(image.crop((0, 0, width, height)))
    how = Image.Resampling.BILINEAR if bilinear else Image.Resampling.NEAREST
    how = Image.Resampling.BOX if averaged else how
    return np.asarray(image.resize((width, height), how, box))


def formula(
    path,
    img_size,
    size_swapped=False,
    bilinear=False,
    between=False,
    averaged=False,
    cropped=False,
    corner=False,
    upside_down=False,
    in_colour=False,
    from_one=False,
    twice=False,
    modulo_three=False,
    background_zero=False,
    inverted=False,
    contour_joins=False,
    numbered_anew=False,
    less_smallest=False,
):
    """Read, resize and subtract 1, with what may go wrong."""
    labels = resized(
        read(path),
        img_size[::-1] if size_swapped else img_size,
        bilinear,
        between,
        averaged,
        cropped,
        corner,
    ).astype("uint8")
    labels = labels[::-1] if upside_down else labels
    if numbered_anew:
        labels = np.unique(labels, return_inverse=True)[1].reshape(labels.shape) + 1
    if less_smallest:
        labels = labels - labels.min() + 1
    if modulo_three:
        labels = labels % 3 + 1
    if background_zero:
        labels = np.array([0, 2, 1, 3])[labels]
    if inverted:
        labels = 4 - labels
    if contour_joins:
        labels = np.minimum(labels, 2)
    labels = labels.astype("uint8") - np.uint8(0 if from_one else 2 if twice else 1)
    return np.repeat(labels[..., None], 3 if in_colour else 1, axis=-1)


INVENTED = (
    "resizing has invented a class: halfway between pet (1) and contour (3) lies background (2). "
    "Masks need nearest interpolation"
)

variants = switches(
    formula,
    size_swapped=Slip(
        "fatal", "height and width are exchanged: Pillow wants (width, height), unlike arrays"
    ),
    bilinear=Slip("major", INVENTED, family="invented"),
    between=Slip("major", INVENTED, family="invented"),
    averaged=Slip("major", INVENTED, family="invented"),
    cropped=Slip(
        "major", "the middle of the mask is cut out: stretch all of it to the size asked for"
    ),
    corner=Slip(
        "major", "a corner of the mask is cut out: stretch all of it to the size asked for"
    ),
    upside_down=Slip("fatal", "the mask is upside down: row 0 is at the top"),
    in_colour=Slip("fatal", "the mask is read as a colour image: it needs a single channel"),
    from_one=Slip("fatal", "labels still begin at 1: trimaps hold 1, 2, 3, and targets 0, 1, 2"),
    twice=Slip(
        "fatal", "1 is subtracted twice: then the pet wraps around to 255, as uint8 has no -1"
    ),
    modulo_three=Slip(
        "fatal", "the classes have changed places: 0 is the pet, 1 the background, 2 the contour"
    ),
    background_zero=Slip(
        "fatal", "pet and background have changed places: 0 is the pet, 1 the background"
    ),
    inverted=Slip("fatal", "pet and contour have changed places: 0 is the pet, 2 the contour"),
    contour_joins=Slip(
        "fatal", "the contour is counted as background: it is a class of its own, with label 2"
    ),
    numbered_anew=Slip(
        "major",
        "the values that occur are numbered anew, as np.unique does: where a class is missing, "
        "the others get its label",
    ),
    less_smallest=Slip(
        "major",
        "the smallest value of each mask becomes 0: where the pet is missing, the background "
        "would get its label",
    ),
)


def trimap(rng, height, width, labels, factors, text=False, edged=False):
    """Draw a mask of blocks, and a size in which each block is whole again.

    ``factors`` are the heights and widths of a block in the file, and then in the result: so all
    ways of taking the nearest pixel agree. ``edged`` draws another label at the end of each block,
    behind its middle, where no way of taking the nearest looks, and an average does.
    """
    (down, across), (tall, wide) = factors
    cells = rng.choice(labels, height * width)
    cells[: len(labels)] = labels[: height * width]
    cells = rng.permutation(cells).astype("uint8").reshape(height, width)
    values = np.kron(cells, np.ones((down, across), dtype="uint8"))
    if edged:
        y, x = np.indices(values.shape)
        behind = (y % down > down // 2) | (x % across > across // 2)
        values = np.where(behind, 4 - values, values).astype("uint8")  # 3 for 1, and 1 for 3
    content = encoded(values)
    path = Place({"masks/a_1.png": content}, "masks/a_1.png", as_path=not text)
    return path, (height * tall, width * wide)


def drawn(
    labels=(1, 2, 3), factors=((1, 1), (1, 1)), height=(3, 9), text=False, more=0, edged=False
):
    """Return the strategy of masks with some labels, higher than wide or wider than high."""

    def build(rng, height, extra, upright, labels, factors):
        sides = (height + extra, height) if upright else (height, height + extra)
        return trimap(rng, *sides, labels, factors, text, edged)

    return inputs(
        build,
        height=st.integers(*height),
        extra=st.integers(2 + more, 6 + 8 * more),
        upright=st.booleans(),
        labels=labels if isinstance(labels, st.SearchStrategy) else st.just(labels),
        factors=factors if isinstance(factors, st.SearchStrategy) else st.just(factors),
    )


larger = st.sampled_from([((1, 1), (2, 4)), ((1, 1), (4, 2)), ((3, 1), (4, 2))])
smaller = st.sampled_from([((3, 7), (1, 1)), ((7, 3), (1, 1)), ((6, 3), (1, 1))])

exercise = Exercise(
    "02-path-to-target",
    function="path_to_target",
    judge=judge,
    strata=[
        Stratum("masks in their own size", drawn()),
        Stratum("masks that are enlarged", drawn(factors=larger)),
        Stratum("masks that are made smaller", drawn(factors=smaller)),
        Stratum(
            "masks made smaller, with edges between the pixels that are taken",
            drawn(labels=(1, 3), factors=smaller, edged=True),
            count=3,
        ),
        Stratum("masks without background", drawn(labels=(1, 3)), count=3),
        Stratum(
            "masks without a pet", drawn(labels=st.sampled_from([(2, 3), (2,), (3,)])), count=4
        ),
        Stratum(
            "masks that are very wide or very high",
            drawn(height=(1, 3), more=3, factors=larger),
            row="corners",
            count=4,
        ),
        Stratum(
            "masks of a single pixel",
            inputs(
                trimap,
                height=st.just(1),
                width=st.just(1),
                labels=st.sampled_from([(1,), (2,), (3,)]),
                factors=st.just(((1, 1), (2, 3))),
            ),
            row="corners",
            count=3,
        ),
        Stratum("a path given as text", drawn(text=True), row="corners", count=3),
    ],
    variants=variants,
    families={"invented": INVENTED},
    same=exact,
    contract=Contract(
        result=np.ndarray,
        dtype="uint8",
        messages={
            "dtype": "labels are small whole numbers: they are stored as uint8",
            "shape": "the shape should be (height, width, 1): the axis of the channel stays",
        },
    ),
)
