"""Hidden checks of 02-path-to-input-image: a photograph of any mode as three channels.

Pictures are blocks of one colour. Away from their borders all ways of resizing agree, so the text
need not name one: only the middles of the blocks are compared.
"""

import io

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from pawmark.checks import (
    Contract,
    Exercise,
    Place,
    Slip,
    Stratum,
    close,
    inputs,
    satisfying,
    switches,
)

from .pictures import encoded

ROWS, COLUMNS = 3, 4  # of blocks


def judge(path, img_size):
    """Take for each pixel the one of the file that lies at the middle of it."""
    pixels = colours_of(path)
    if pixels.shape[:2] == img_size:
        return satisfying(
            lambda answer: np.abs(answer.astype(float) - pixels).max() <= 0.5,
            "the picture of the file, pixel by pixel",
            like=pixels,
        )
    return sampled(pixels, img_size)


def opened(path):
    """Open the file that was drawn."""
    return Image.open(io.BytesIO(path.files[path.path]))


def colours_of(path):
    """Return red, green and blue of a file, worked out from what it stores."""
    image = opened(path)
    stored = np.asarray(image)
    if image.mode == "P":
        stored = np.array(image.getpalette()).reshape(-1, 3)[stored]
    if image.mode == "L":
        stored = np.stack([stored] * 3, axis=-1)
    return stored[..., :3].astype("float32")


def sampled(pixels, img_size):
    """Resize by taking the pixels at the middle of the new ones."""
    rows, columns = (
        (2 * np.arange(wanted) + 1) * there // (2 * wanted)
        for wanted, there in zip(img_size, pixels.shape, strict=False)
    )
    return pixels[rows][:, columns]


def canonical(value):
    """Return the shape, and the colours at the middles of the blocks."""
    if not isinstance(value, np.ndarray) or value.ndim != 3:
        return value
    places = (np.linspace(0, 1, 2 * blocks + 1)[1::2] for blocks in (ROWS, COLUMNS))
    rows, columns = (
        (place * side).astype(int) for place, side in zip(places, value.shape, strict=False)
    )
    return list(value.shape), value[rows][:, columns].astype(float)


def formula(
    path,
    img_size,
    size_swapped=False,
    cropped=False,
    corner=False,
    upside_down=False,
    mode_kept=False,
    blue_first=False,
    in_grey=False,
    up_to_one=False,
    around_zero=False,
):
    """Read and resize, with what may go wrong."""
    pixels = np.asarray(opened(path)).astype("float32") if mode_kept else colours_of(path)
    height, width = img_size
    if cropped:
        high = min(pixels.shape[0], pixels.shape[1] * height // width)
        wide = min(pixels.shape[1], pixels.shape[0] * width // height)
        top, left = (pixels.shape[0] - high) // 2, (pixels.shape[1] - wide) // 2
        pixels = pixels[top : top + high, left : left + wide]
    if corner:
        black = np.zeros((height, width, *pixels.shape[2:]), dtype="float32")
        high, wide = min(height, pixels.shape[0]), min(width, pixels.shape[1])
        black[:high, :wide] = pixels[:high, :wide]
        pixels = black
    image = sampled(pixels, img_size[::-1] if size_swapped else img_size)
    image = image[::-1] if upside_down else image
    image = image[..., ::-1] if blue_first else image
    if in_grey:
        image = np.stack([image @ np.array([0.299, 0.587, 0.114])] * 3, axis=-1)
    if up_to_one:
        image = image / 255
    return (image / 127.5 - 1 if around_zero else image).astype("float32")


variants = switches(
    formula,
    size_swapped=Slip(
        "fatal", "height and width are exchanged: Pillow wants (width, height), unlike arrays"
    ),
    cropped=Slip(
        "major", "the middle of the photograph is cut out: stretch all of it to the size asked for"
    ),
    corner=Slip(
        "major", "a corner of the photograph is cut out: stretch all of it to the size asked for"
    ),
    upside_down=Slip("fatal", "the photograph is upside down: row 0 is at the top"),
    mode_kept=Slip(
        "major",
        "the file's own mode is kept, and not all files have three channels: convert to RGB after "
        "opening",
    ),
    blue_first=Slip("major", "the channels come as blue, green, red: red is asked for first"),
    in_grey=Slip("major", "the colours are gone: the three channels are red, green and blue"),
    up_to_one=Slip(
        "fatal", "the values end at 1: they stay in 0..255, since the model divides by 255 itself"
    ),
    around_zero=Slip(
        "fatal", "the values lie around 0: they stay in 0..255, since the model scales them itself"
    ),
)


def photograph(rng, factors, mode="RGB", text=False, extra=0):
    """Draw a picture of blocks, and a size in which each block is whole again.

    ``factors`` are the heights and widths of a block in the file, and then in the result.
    """
    (down, across), (tall, wide) = factors
    levels = rng.permutation(ROWS * COLUMNS * 3).reshape(ROWS, COLUMNS, 3)
    colours = (20 + 6 * levels).astype("uint8")
    pixels = np.kron(colours, np.ones((down, across + extra, 1), dtype="uint8"))
    content = stored(pixels, mode)
    path = Place({"images/a_1.jpg": content}, "images/a_1.jpg", as_path=not text)
    return path, (ROWS * tall, COLUMNS * (wide + extra))


def stored(pixels, mode):
    """Return the bytes of a picture in a mode; loss-free, whatever the name of the file says."""
    if mode == "L":
        return encoded(np.ascontiguousarray(pixels[..., 0]))
    if mode == "P":
        colours = Image.fromarray(pixels).convert("P", palette=Image.Palette.ADAPTIVE, colors=16)
        buffer = io.BytesIO()
        colours.save(buffer, "PNG")
        return buffer.getvalue()
    return encoded(pixels, mode=mode)


def dot(rng, size):
    """Draw a picture of a single pixel."""
    content = encoded(rng.integers(20, 236, (1, 1, 3)).astype("uint8"))
    return Place({"images/a_1.jpg": content}, "images/a_1.jpg", as_path=True), size


SAME = [((8, 9), (8, 9)), ((12, 8), (12, 8))]
own = {"factors": st.sampled_from(SAME), "extra": st.integers(0, 6)}

exercise = Exercise(
    "02-path-to-input-image",
    function="path_to_input_image",
    judge=judge,
    strata=[
        Stratum("photographs in their own size", inputs(photograph, **own)),
        Stratum(
            "photographs that are enlarged",
            inputs(
                photograph,
                factors=st.sampled_from([((8, 8), (22, 10)), ((8, 8), (9, 22)), ((9, 8), (9, 20))]),
            ),
        ),
        Stratum(
            "photographs that are made smaller",
            inputs(
                photograph,
                factors=st.sampled_from([((40, 17), (9, 9)), ((17, 40), (8, 9))]),
            ),
        ),
        Stratum("photographs in greyscale", inputs(photograph, mode=st.just("L"), **own), count=4),
        Stratum(
            "files with an alpha channel or a palette",
            inputs(photograph, mode=st.sampled_from(["RGBA", "P"]), **own),
            row="corners",
        ),
        Stratum(
            "a photograph of a single pixel",
            inputs(dot, size=st.tuples(st.integers(2, 9), st.integers(2, 9))),
            row="corners",
            count=3,
        ),
        Stratum(
            "a path given as text",
            inputs(photograph, text=st.just(True), **own),
            row="corners",
            count=3,
        ),
    ],
    variants=variants,
    same=close(atol=0.5),
    canonical=canonical,
    contract=Contract(
        result=np.ndarray,
        dtype="float32",
        messages={"dtype": "the dtype should be float32: float64 doubles the memory, and uint8 "
                  "is not what the model takes"},
    ),
)  # fmt: skip
