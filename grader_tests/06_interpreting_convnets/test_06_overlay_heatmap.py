"""Hidden checks of 06-overlay-heatmap: a heatmap in colours over an image.

The colours are the student's choice, and so is the way of enlarging. So each question also asks for
the colours of some heats, alone and without any enlarging; and heatmaps hold one heat in blocks,
in the middle of which all ways of enlarging agree.
"""

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import (
    ARGUMENTS,
    RESULT,
    Contract,
    Exercise,
    Inside,
    Slip,
    Stratum,
    close,
    inputs,
    satisfying,
    switches,
)

CELLS = 8  # of a heatmap, along each side of a block of the same heat
# Heats that whatever turns them into 256 colours takes for the same one.
LEVELS = np.array([0.0, *((17 * k + 0.3) / 255 for k in range(1, 15)), 1.0])
SIDE = 2 * len(LEVELS)
# All levels as rings, so that turning or mirroring them changes nothing.
ROWS, COLUMNS = np.indices((SIDE, SIDE))
RINGS = LEVELS[
    np.minimum(np.minimum(ROWS, SIDE - 1 - ROWS), np.minimum(COLUMNS, SIDE - 1 - COLUMNS))
]
BLACK = np.zeros((SIDE, SIDE, 3), "float32")
APART, FEWEST = 3, 10  # colours that can be told apart: of ten, a map may well be chosen
BOUND = 2.5  # levels: two roundings, and how a way of enlarging rounds
AT_THE_ENDS = 8.0  # there a heat may fall into the neighbouring colour
DARK = 10  # an image of fewer levels hardly shows in the overlay
READ = (
    "value if value is None else {'overlay': value,"
    " 'palette': overlay_heatmap(black, rings, 1.0),"
    " 'image': __import__('numpy').asarray(args[0]).astype('uint8'),"
    " 'heatmap': args[1], 'alpha': args[2]}"
)


def palette_of(rings):
    """Return the colour of each level from what came of the rings; None if that is no picture."""
    rings = np.asarray(rings)
    if rings.shape != (SIDE, SIDE, 3) or rings.dtype.kind not in "buif":
        return None
    return rings[SIDE // 2, : len(LEVELS)].astype(float)


def number_of_colours(palette):
    """Count colours that can be told apart."""
    found = []
    for colour in palette:
        if all(np.abs(colour - other).max() > APART for other in found):
            found.append(colour)
    return len(found)


def middles(heatmap, shape):
    """Return the middle of each block in an image: rows, columns and the heat there."""
    heatmap = np.asarray(heatmap)
    height, width = shape[:2]
    if np.ptp(heatmap) == 0:
        return [(slice(0, height), slice(0, width), float(heatmap.flat[0]))]
    down, across = (side // CELLS for side in heatmap.shape)
    found = []
    for i, j in np.ndindex(down, across):
        rows, columns = (
            slice(int(np.ceil((k + 3 / 8) * side)), int((k + 5 / 8) * side))
            for k, side in ((i, height / down), (j, width / across))
        )
        found.append((rows, columns, float(heatmap[i * CELLS, j * CELLS])))
    return found


def judge(image, heatmap, alpha):
    """Accept each picture that mixes image and own colours at the middles of blocks."""

    def holds(answer):
        laid = np.asarray(answer["overlay"])
        if laid.shape != image.shape:
            return f"the overlay has the shape {laid.shape}, and the image {image.shape}"
        palette = palette_of(answer["palette"])
        if palette is None or laid.dtype.kind not in "buif" or not np.isfinite(laid).all():
            return "the overlay holds values that are not numbers"
        if alpha > 0 and number_of_colours(palette) < FEWEST:
            return "different heats can hardly be told apart by their colours"
        if alpha > 0 and has_both_ends and np.abs(palette[0] - palette[-1]).max() <= APART:
            return "a heat of 1 has the colour of a heat of 0"
        return next((words for block in blocks if (words := wrong_at(laid, palette, block))), True)

    def wrong_at(laid, palette, block):
        rows, columns, heat = block
        level = int(np.argmin(np.abs(LEVELS - heat)))
        mixed = (1 - alpha) * image[rows, columns].astype(float) + alpha * palette[level]
        bound = BOUND + (alpha * AT_THE_ENDS if level in (0, len(LEVELS) - 1) else 0)
        apart = np.abs(laid[rows, columns].astype(float) - mixed).max(axis=-1)
        if apart.max() <= bound:
            return ""
        row, column = np.unravel_index(np.argmax(apart), apart.shape)
        got, expected = (
            tuple(round(float(number)) for number in colours[row, column])
            for colours in (laid[rows, columns], mixed)
        )
        return (
            f"at row {rows.start + row}, column {columns.start + column}, where the heat is "
            f"{heat:.2f}, the colour is {got}; {alpha:.2g} of the colour that this heat has alone "
            f"and {1 - alpha:.2g} of the image give {expected}"
        )

    blocks = middles(heatmap, image.shape)
    has_both_ends = heatmap.min() == 0 and heatmap.max() == 1
    return satisfying(holds, "the image and the colours of the heat, mixed in proportion")


def form(answer):
    """Write an answer without its colours: the image's part and the heat that is seen, by block.

    Of what is laid out wrongly the middles of blocks of a heatmap that is not square tell nothing
    certain, so such a heatmap names no misconception.
    """
    down, across = np.shape(answer["heatmap"])
    if np.ptp(answer["heatmap"]) and down != across:
        return {"distinct": True, "image": np.zeros(1), "heat": np.zeros(1)}
    laid, image = (np.asarray(answer[name]).astype(float) for name in ("overlay", "image"))
    alpha, palette = float(answer["alpha"]), palette_of(answer["palette"])
    distinct = palette is not None and number_of_colours(palette) >= FEWEST
    parts, heats = [], []
    for rows, columns, _ in middles(answer["heatmap"], image.shape):
        got, seen = laid[rows, columns].reshape(-1, 3), image[rows, columns].reshape(-1, 3)
        off = seen - seen.mean(axis=0)
        part = ((got * off).sum(axis=0) / np.maximum((off**2).sum(axis=0), 1e-9)).max()
        part = part if np.ptp(image) > DARK else 0.0  # bytes are too coarse to tell it there
        rest = got.mean(axis=0) - part * seen.mean(axis=0)
        parts.append(part)
        heats.append(heat_of(rest / alpha, palette) / 10 if distinct and alpha else -1.0)
    return {"distinct": distinct, "image": np.array(parts), "heat": np.array(heats)}


def heat_of(colour, palette):
    """Return the place of a colour on the way through all levels, or -5 if it is not there."""
    share = np.linspace(0, 1, 9)[:, None]
    way = np.concatenate(
        [(1 - share) * one + share * other
         for one, other in pairwise(palette)]
    )  # fmt: skip
    apart = np.abs(way - colour).max(axis=1)
    nearest = int(np.argmin(apart))
    return nearest / len(share) if apart[nearest] < 20 else -5.0


def colours_of(heat):
    """Give heats colours; black for what is no number, as Matplotlib does."""
    safe = np.nan_to_num(heat, nan=0.0)
    found = np.stack([255 * safe, 200 * safe**2, 40 + 100 * safe * (1 - safe)], axis=-1)
    return np.where(np.isnan(heat)[..., None], 0.0, found)


def enlarged(heat, height, width):
    """Repeat each square of heat."""
    rows = np.arange(height) * heat.shape[0] // height
    return heat[rows][:, np.arange(width) * heat.shape[1] // width]


def repeated_crosswise(heat, height, width):
    """Repeat by whole factors, of which each is taken for the other axis."""
    down, across = height // heat.shape[0], width // heat.shape[1]
    big = heat.repeat(across, axis=0).repeat(down, axis=1)[:height, :width]
    return np.pad(big, [(0, height - big.shape[0]), (0, width - big.shape[1])], mode="edge")


def heat_in_the_image(heat, height, width, slips):
    """Bring the heatmap to the size of the image."""
    with np.errstate(all="ignore"):  # a heatmap without any heat
        if slips["by_largest"] or slips["by_largest_unguarded"]:
            heat = heat / (heat.max() + (1e-9 if slips["by_largest"] else 0))
        if slips["stretched"] or slips["stretched_unguarded"]:
            heat = (heat - heat.min()) / (np.ptp(heat) + (1e-9 if slips["stretched"] else 0))
    if slips["transposed"]:
        heat = heat.T
    heat = heat[::-1] if slips["upside_down"] else heat[:, ::-1] if slips["mirrored"] else heat
    if slips["tiled"]:
        times = height // heat.shape[0] + 1, width // heat.shape[1] + 1
        return np.tile(heat, times)[:height, :width]
    if slips["factors_exchanged"]:
        return repeated_crosswise(heat, height, width)
    return (
        enlarged(heat, width, height) if slips["sides_exchanged"] else enlarged(heat, height, width)
    )


def laid_over(image, heatmap, alpha, slips):
    """Mix image and colours, with what may go wrong."""
    heat = heat_in_the_image(np.asarray(heatmap, float), *image.shape[:2], slips)
    if slips["wraps_at_one"]:
        heat = np.floor(heat * 256) % 256 / 256
    colours = colours_of(heat) / (255 if slips["colours_dark"] else 1)
    image = image.astype(float)
    if slips["image_stretched"]:
        image = image / max(image.max(), 1e-9) * 255
    own = alpha * heat[..., None] if slips["only_where_hot"] else alpha
    if slips["alpha_exchanged"]:
        own = 1 - alpha
    rest = 1.0 if slips["added_on_top"] else 1 - own
    mixed = np.clip(rest * image + own * colours, 0, 255)
    return mixed / 255 if slips["zero_to_one"] else np.round(np.nan_to_num(mixed)).astype("uint8")


SLIPS = (
    "alpha_exchanged", "added_on_top", "colours_dark", "only_where_hot", "image_stretched",
    "zero_to_one", "wraps_at_one", "by_largest", "by_largest_unguarded", "stretched",
    "stretched_unguarded", "transposed", "upside_down", "mirrored", "tiled", "factors_exchanged",
    "sides_exchanged",
)  # fmt: skip


def formula(image, heatmap, alpha, **on):
    """Answer as is read beside the student's code."""
    slips = dict.fromkeys(SLIPS, False) | on
    return {
        "overlay": laid_over(image, heatmap, alpha, slips),
        "palette": laid_over(BLACK, RINGS, 1.0, slips),
        "image": image.astype("uint8"),
        "heatmap": heatmap,
        "alpha": alpha,
    }


STRETCHED = (
    "the same heat has different colours in two heatmaps: the values are stretched once more; "
    "take them as they are, from 0 to 1"
)
ELSEWHERE = "the heat lies in another place than in the heatmap: "

variants = switches(
    formula,
    alpha_exchanged=Slip(
        "fatal", "alpha is the part of the colours, and 1 - alpha that of the image; yours are "
        "exchanged"
    ),
    added_on_top=Slip(
        "fatal",
        "the colours are added to the whole image: only 1 - alpha of the image should be left",
    ),
    colours_dark=Slip(
        "fatal",
        "the colours are nearly black: Matplotlib's colours run from 0 to 1, and the image from 0 "
        "to 255",
    ),
    only_where_hot=Slip(
        "fatal",
        "cold places show more of the image than hot ones: alpha is the part of the colours, in "
        "hot and in cold places",
    ),
    image_stretched=Slip(
        "fatal",
        "the image is made brighter, until its largest value is 255: take its values as they are",
    ),
    zero_to_one=Slip("fatal", "all values lie between 0 and 1: the overlay has bytes, 0 to 255"),
    wraps_at_one=Slip(
        "major",
        "a heat of exactly 1 has the colour of 0: 256 colours have the numbers 0 to 255, and a "
        "byte starts again at 0 after them",
    ),
    by_largest=Slip("major", STRETCHED, family="stretched"),
    by_largest_unguarded=Slip("major", STRETCHED, family="stretched"),
    stretched=Slip("major", STRETCHED, family="stretched"),
    stretched_unguarded=Slip("major", STRETCHED, family="stretched"),
    transposed=Slip("major", ELSEWHERE + "rows and columns are exchanged"),
    upside_down=Slip("major", ELSEWHERE + "it is upside down; the first row is the uppermost"),
    mirrored=Slip("major", ELSEWHERE + "left and right are exchanged"),
    tiled=Slip(
        "major",
        "the heatmap is laid out again and again like tiles: enlarge it to the size of the image",
    ),
    factors_exchanged=Slip(
        "major",
        ELSEWHERE + "the factors of enlarging are exchanged, that of the height belongs to the "
        "rows and that of the width to the columns",
    ),
    sides_exchanged=Slip(
        "major",
        "on images that are not square height and width are exchanged: an array has the shape "
        "(height, width), and Pillow's `resize` wants (width, height)",
    ),
)  # fmt: skip


def is_image(answer, image, heatmap, alpha):
    """Say what of the form is wrong, or None."""
    laid = answer["overlay"]
    if not isinstance(laid, np.ndarray) or laid.shape != image.shape:
        return "the overlay should be an array of the shape of the image"
    if laid.dtype != np.uint8:
        return f"the overlay should have bytes: dtype uint8, and it is {laid.dtype}"
    return None


def show(image, heatmap, alpha):
    """Write a call for people."""
    seen = [" x ".join(map(str, array.shape[:2])) for array in (image, heatmap)]
    heats = ", ".join(f"{heat:.2f}" for heat in np.unique(np.round(heatmap, 2))[:6])
    return (
        f"overlay_heatmap(<an image of {seen[0]}>, <a heatmap of {seen[1]} with the heat "
        f"{heats}>, {alpha:.2g})"
    )


def photograph(rng, height, width, most, dtype="float32"):
    """Draw noise."""
    return rng.integers(0, most, (height, width, 3)).astype(dtype)


def one_heat(rng, down, across, height, width, level, alpha):
    """Draw a heatmap of one value."""
    heat = np.full((down, across), LEVELS[level])
    return photograph(rng, height, width, 100), heat, alpha / 100


def in_blocks(
    rng, down, across, factors, alpha, most=100, levels=(3, 11), ends=False, dtype="float32"
):
    """Draw a heatmap of blocks, no two of which have the same heat."""
    chosen = rng.permutation(np.arange(*levels))[: down * across]
    if ends:
        chosen[rng.permutation(down * across)[:2]] = 0, len(LEVELS) - 1
    heat = np.kron(LEVELS[chosen].reshape(down, across), np.ones((CELLS, CELLS)))
    height, width = (round(side * factor) for side, factor in zip(heat.shape, factors, strict=True))
    heat = heat.astype("float32") if rng.random() < 0.5 else heat
    return photograph(rng, height, width, most, dtype), heat, alpha / 100


mixing = st.integers(40, 60)
unequal = {
    "down": st.just(2),
    "across": st.just(2),
    "factors": st.sampled_from([(2.2, 3.1), (3.3, 1.9), (3.1, 1.8), (1.9, 2.8)]),
}
squares = {
    "down": st.just(2),
    "across": st.just(2),
    "factors": st.sampled_from([(2, 2), (3, 3)]),
}
alone = {
    "down": st.integers(1, 4),
    "across": st.integers(2, 5),
    "height": st.integers(7, 15),
    "width": st.integers(17, 25),
    "alpha": mixing,
}

exercise = Exercise(
    "06-overlay-heatmap",
    function="overlay_heatmap",
    judge=judge,
    strata=[
        Stratum("one heat everywhere", inputs(one_heat, level=st.integers(4, 12), **alone)),
        Stratum(
            "square pictures, with heat from 0 to 1",
            inputs(in_blocks, alpha=mixing, ends=st.just(True), **squares),
            count=3,
        ),
        Stratum(
            "pictures that are not square, with less heat",
            inputs(in_blocks, alpha=mixing, **unequal),
            count=4,
        ),
        Stratum(
            "alpha 0",
            inputs(in_blocks, alpha=st.just(0), most=st.just(250), **unequal),
            count=2,
        ),
        Stratum(
            "alpha 1",
            inputs(in_blocks, alpha=st.just(100), most=st.just(60), **unequal),
            count=2,
        ),
        Stratum(
            "images of bytes",
            inputs(in_blocks, alpha=mixing, most=st.just(240), levels=st.just((3, 8)),
                   dtype=st.just("uint8"), **unequal),
            row="corners",
            count=2,
        ),
        Stratum(
            "an image that is nearly black",
            inputs(in_blocks, alpha=mixing, most=st.just(2), levels=st.just((3, 8)),
                   dtype=st.just("uint8"), **unequal),
            row="corners",
            count=2,
        ),
        Stratum(
            "a heatmap without any heat",
            inputs(one_heat, level=st.just(0), **alone),
            row="corners",
            count=2,
        ),
        Stratum(
            "a heatmap as large as the image",
            inputs(in_blocks, down=st.just(2), across=st.just(2), alpha=mixing,
                   factors=st.just((1, 1))),
            row="corners",
            count=2,
        ),
        Stratum(
            "a heatmap that is not square",
            inputs(in_blocks, down=st.sampled_from([1, 2]), across=st.just(3), alpha=mixing,
                   factors=st.sampled_from([(2.2, 3.1), (3.1, 2.2)])),
            row="corners",
            count=3,
        ),
    ],
    variants=variants,
    families={"stretched": STRETCHED},
    same=close(atol=0.08),
    canonical=form,
    contract=Contract(check=is_image),
    read=Inside(
        "evaluate",
        {
            "expression": READ,
            "bindings": {"value": RESULT, "args": ARGUMENTS, "black": BLACK, "rings": RINGS},
        },
    ),
    show=show,
)  # fmt: skip
