"""Hidden checks of 01-mask-to-box: the smallest half-open box around the pixels of a label."""

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, exact, inputs, switches


def judge(mask, label):
    """Look at one pixel after the other."""
    places = [place for place, value in np.ndenumerate(mask) if int(value) == label]
    if not places:
        return None
    rows, columns = zip(*places, strict=True)
    return min(columns), min(rows), max(columns) + 1, max(rows) + 1


def formula(
    mask,
    label,
    swapped=False,
    last_included=False,
    width_and_height=False,
    one_too_large=False,
    first_and_last=False,
    other_labels=False,
    this_and_higher=False,
    label_one=False,
    zero_is_none=False,
    first_piece=False,
    clipped=False,
    in_dtype=False,
    absent_raises=False,
    absent_zeros=False,
):
    """Take the extremes of np.where, with what may go wrong."""
    if zero_is_none and not label:
        return None
    if other_labels:
        here = mask > 0
    elif this_and_higher:
        here = mask >= label
    else:
        here = mask == (1 if label_one else label)
    rows, columns = np.where(here)
    if not len(rows):
        if absent_raises:
            raise ValueError("zero-size array to reduction operation minimum")
        return (0, 0, 0, 0) if absent_zeros else None
    if first_piece:
        gaps = np.flatnonzero(np.diff(np.unique(rows)) > 1)
        if len(gaps):
            keep = rows <= np.unique(rows)[gaps[0]]
            rows, columns = rows[keep], columns[keep]
    x, y = (columns[0], rows[0]) if first_and_last else (columns.min(), rows.min())
    right, low = (columns[-1], rows[-1]) if first_and_last else (columns.max(), rows.max())
    right, low = int(right) + (not last_included), int(low) + (not last_included)
    x, y = int(x), int(y)
    if one_too_large:
        x, y, right, low = x - 1, y - 1, right + 1, low + 1
    if clipped:
        right, low = min(right, mask.shape[1] - 1), min(low, mask.shape[0] - 1)
    if width_and_height:
        right, low = right - x, low - y
    box = (y, x, low, right) if swapped else (x, y, right, low)
    return tuple(np.array(box).astype(mask.dtype).tolist()) if in_dtype else box


OTHER = "the box goes around pixels with other labels as well: only those equal to `label` count"

variants = (
    *switches(
        formula,
        swapped=Slip(
            "fatal",
            "x and y are swapped, you have {got}: x counts columns, and np.where gives rows first",
        ),
        last_included=Slip(
            "fatal",
            "the box is one pixel too small: the last column and row belong to the animal, and the "
            "box ends after them",
        ),
        width_and_height=Slip(
            "fatal",
            "the last two numbers are width and height: a box ends with x_max and y_max",
        ),
        one_too_large=Slip(
            "fatal", "the box has a margin of one pixel all around: the smallest one has none"
        ),
        first_and_last=Slip(
            "major",
            "the box goes from the first pixel that is found to the last: the first one need not "
            "be the leftmost",
        ),
        other_labels=Slip("major", OTHER),
        this_and_higher=Slip("major", OTHER),
        label_one=Slip("fatal", "the box is always that of label 1: `label` may be any number"),
        zero_is_none=Slip(
            "minor", "label 0 gives None: a test like `if not label` takes 0 for 'no label'"
        ),
        first_piece=Slip(
            "major",
            "the label lies in several pieces here, and the box goes around the first one only",
        ),
        clipped=Slip(
            "minor",
            "at the border the box is cut short: x_max may be the width and y_max the height of "
            "the mask, because they are excluded",
        ),
        in_dtype=Slip(
            "minor",
            "places have the dtype of the mask, and uint8 ends at 255: {got} is too far left or up",
        ),
        absent_raises=Slip(
            "minor",
            "a label that does not occur ends in an error: nothing has no smallest column, and "
            "the text asks for None",
        ),
        absent_zeros=Slip(
            "minor", "a label that does not occur should give None: there is nothing to go around"
        ),
    ),
)

LABELS = (1, 2, 3, 4)


def rectangle(rng, height, width):
    """Draw one rectangle within a wide border, and nothing else."""
    mask, label = np.zeros((height + 10, width + 13), dtype="uint8"), int(rng.choice(LABELS))
    mask[4 : 4 + height, 7 : 7 + width] = label
    return np.roll(mask, rng.integers(-2, 3, 2), axis=(0, 1)), label


def regions(rng, height, width, labels=LABELS, filled=0.4):
    """Draw pixels of many labels, and one of those that occur."""
    mask = rng.choice(LABELS, (height, width)).astype("uint8")
    mask[rng.random((height, width)) > filled] = 0
    label = int(rng.choice(labels))
    mask[rng.integers(height), rng.integers(width)] = label
    return mask, label


def scattered(rng, height, width):
    """Draw few pixels of a label between those of others, within a wide border."""
    mask, label = np.zeros((height + 8, width + 11), dtype="uint8"), int(rng.choice(LABELS))
    inner, _ = regions(rng, height, width)
    inner[inner == label] = 0
    inner[rng.integers(height, size=3), rng.integers(width, size=3)] = label
    mask[4:-4, 7:-4] = inner
    return mask, label


def pieces(rng, height, width):
    """Draw two rectangles of one label with empty rows between them."""
    mask = np.zeros((height + 9, width + 11), dtype="int64")
    mask[1 : 2 + height // 2, 2 : 3 + width // 2] = 2
    mask[height + 4 : height + 7, 5 + width // 2 : 8 + width // 2] = 2
    return mask if rng.random() < 0.5 else mask[:, ::-1].copy(), 2


def holes(rng, height, width):
    """Draw a mask of a label, with holes: label 0 is asked for."""
    mask = np.full((height + 8, width + 9), 3, dtype="uint8")
    mask[rng.integers(2, height + 6, size=3), rng.integers(3, width + 6, size=3)] = 0
    return mask, 0


def at_border(rng, height, width):
    """Draw a region that reaches the right and the lower border."""
    mask = np.zeros((height + 3, width + 3), dtype="uint8")
    mask[rng.integers(1, height + 2) :, rng.integers(1, width + 2) :] = 3
    return mask, 3


def line(rng, height, width):
    """Draw one row, one column or one pixel, mostly at one of the edges."""
    mask, label = np.zeros((height + 3, width + 4), dtype="uint8"), int(rng.choice(LABELS))
    row, column = (int(rng.choice([0, rng.integers(size), size - 1])) for size in mask.shape)
    rows, columns = [(row, slice(1, -1)), (slice(1, -1), column), (row, column)][rng.integers(3)]
    mask[rows, columns] = label
    return mask, label


def absent(rng, height, width):
    """Draw a mask that lacks the label."""
    mask, label = regions(rng, height, width)
    return np.where(mask == label, 0, mask), label


def far_away(rng, height, width):
    """Draw a region beyond place 256."""
    mask = np.zeros((260 + height, 270 + width), dtype="uint8")
    mask[257 : 258 + height // 2, 262 : 264 + width // 2] = 1
    return (mask if rng.random() < 0.5 else np.ascontiguousarray(mask.T)), 1


def large_labels(rng, height, width):
    """Draw labels below 0 and beyond a byte, which are the same number in the last 8 bits."""
    mask, _ = regions(rng, height + 3, width + 3)
    low = int(rng.choice([1, 2]))
    mask = np.where(mask == low, 0, mask).astype("int64")
    for label in (low, low + 256, low - 256):
        rows, columns = rng.integers(0, height + 3, 2), rng.integers(0, width + 3, 2)
        mask[rows, columns] = label
    found = [label for label in (low + 256, low - 256) if np.any(mask == label)]
    return mask, found[int(rng.integers(len(found)))]


sides = {"height": st.integers(2, 12), "width": st.integers(2, 14)}

exercise = Exercise(
    "01-mask-to-box",
    function="mask_to_box",
    judge=judge,
    strata=[
        Stratum("one rectangle", inputs(rectangle, **sides)),
        Stratum("a few pixels among other labels", inputs(scattered, **sides)),
        Stratum("a region in two pieces", inputs(pieces, **sides), count=4),
        Stratum("label 0", inputs(holes, **sides), row="corners"),
        Stratum("a region at the border", inputs(at_border, **sides), row="corners", count=4),
        Stratum("one row, one column or one pixel", inputs(line, **sides), row="corners", count=20),
        Stratum("a label that does not occur", inputs(absent, **sides), row="corners", count=4),
        Stratum("a large mask", inputs(far_away, **sides), row="corners", count=2),
        Stratum("labels of any size", inputs(large_labels, **sides), row="corners", count=6),
    ],
    variants=variants,
    same=exact,
    contract=Contract(result=(tuple, list, np.ndarray, type(None))),
)
