"""Hidden checks of exercise 01-mask-to-box."""

import numpy as np
import pytest

from pawmark.checks import expect

from .replies import CATCHING, float_of, is_whole


def raw_box(value):
    """Return a box as four floats, or fail the check readably."""
    expect(value is not None, "nothing came back, though the label is in the mask")
    if isinstance(value, np.ndarray):
        value = value.tolist() if value.ndim == 1 else [value]
    fits = isinstance(value, list | tuple) and len(value) == 4 and all(map(is_whole, value))
    expect(fits, "a box is four whole numbers: (x_min, y_min, x_max, y_max)")
    return tuple(float_of(number) for number in value)


def box(student, mask, label):
    """Call `mask_to_box`."""
    return raw_box(student.call("mask_to_box", mask, label))


def rectangle(rng):
    """Draw a mask with one rectangle of ones; its place and its sides are all different numbers.

    Returns the mask and (x_min, y_min, x_max, y_max).
    """
    mask = np.zeros((24, 40), dtype="uint8")
    # Even rows, odd columns: no x equals a y, whatever the seed; nor is a width a coordinate.
    y_min, x_min = 2 * int(rng.integers(2, 5)), 2 * int(rng.integers(7, 10)) + 1
    y_max, x_max = y_min + 2 * int(rng.integers(3, 6)), x_min + 2 * int(rng.integers(3, 6))
    mask[y_min:y_max, x_min:x_max] = 1
    return mask, (x_min, y_min, x_max, y_max)


@pytest.mark.cell("01-mask-to-box", points=2)
def test_x_counts_columns(student, rng):
    """A box begins with the column and the row of its upper left corner."""
    mask, (x_min, y_min, *_) = rectangle(rng)
    first = box(student, mask, 1)[:2]

    expect(
        first != (y_min, x_min),
        "x and y are swapped: x counts columns, and np.where gives rows first",
    )
    expect(
        first == (x_min, y_min),
        "a box begins with x_min and y_min, the leftmost column and the topmost row",
    )


@pytest.mark.cell("01-mask-to-box", points=2)
def test_last_two_are_excluded(student, rng):
    """The last two numbers come after the last column and the last row."""
    mask, (x_min, y_min, x_max, y_max) = rectangle(rng)
    found = box(student, mask, 1)
    if found[:2] == (y_min, x_min):  # swapped: the check above is about that
        found = (found[1], found[0], found[3], found[2])

    expect(
        found[2:] != (x_max - 1, y_max - 1),
        "the box is one pixel too small: the last column and row belong to the animal, and the "
        "box ends after them",
    )
    expect(
        found[2:] != (x_max - x_min, y_max - y_min),
        "the last two numbers are width and height: a box ends with x_max and y_max",
    )
    expect(
        found[2:] == (x_max, y_max),
        "a box ends with x_max and y_max, one after the last column and one after the last row",
    )


@pytest.mark.cell("01-mask-to-box", points=1)
def test_outermost_pixels_count(student, rng):
    """The box holds every pixel of a region that is not a rectangle."""
    y, x = int(rng.integers(8, 12)), int(rng.integers(20, 28))
    rows, columns = np.mgrid[:24, :40]
    mask = (np.abs(rows - y) + np.abs(columns - x) <= 4).astype("uint8")
    found = box(student, mask, 1)
    sides = (found[2] - found[0], found[3] - found[1])

    expect(
        min(sides) >= 8 or found[2:] == (9, 9),  # the latter: width and height, checked elsewhere
        "the box does not go out to the outermost pixels: the first pixel that is found need not "
        "be the leftmost one",
    )


@pytest.mark.cell("01-mask-to-box", points=1)
def test_only_the_label_asked_for(student, rng):
    """Pixels with other labels do not count."""
    mask, wanted = rectangle(rng)
    mask *= 2
    mask[1:3, 1:4] = 1
    mask[21:23, 36:39] = 3
    found = box(student, mask, 2)

    expect(
        found[2] - found[0] < 15,
        "the box goes around pixels with other labels as well: only those equal to `label` count",
    )
    near = all(abs(a - b) < 3 for a, b in zip(sorted(found), sorted(wanted), strict=True))
    sized = abs(found[2] - (wanted[2] - wanted[0])) < 2  # width and height have another check
    expect(near or sized, "the box is not that of the label asked for: is `label` used?")


@pytest.mark.cell("01-mask-to-box", points=1)
def test_label_zero(student, rng):
    """Zero is a label like any other."""
    mask, _ = rectangle(rng)
    value = student.call("mask_to_box", 1 - mask, 0)

    expect(
        value is not None,
        "label 0 gives None: a test like `if not label` takes 0 for 'no label'",
    )
    moved = np.roll(mask, 3, axis=(0, 1))
    expect(
        box(student, mask, 1) != box(student, moved, 1),
        "a region and the same region elsewhere get the same box",
    )
    expect(
        box(student, 1 - mask, 0) == box(student, mask, 1),
        "label 0 gives another box than the same pixels with label 1",
    )


@pytest.mark.cell("01-mask-to-box", points=1)
def test_box_around_all_pieces(student, rng):
    """A region in several pieces has one box around all of them."""
    mask = np.zeros((24, 40), dtype="uint8")
    y, x = int(rng.integers(2, 6)), int(rng.integers(10, 14))
    mask[y : y + 3, x : x + 3] = 1
    piece = box(student, mask, 1)
    mask[y + 12 : y + 14, x + 20 : x + 23] = 1
    whole = mask.copy()
    whole[y : y + 14, x : x + 23] = 1

    both = box(student, mask, 1)
    expect(
        both == box(student, whole, 1) and both != piece,
        "the label lies in two pieces here, and the box goes around one of them only",
    )


@pytest.mark.cell("01-mask-to-box", points=1)
def test_region_at_the_border(student, rng):
    """A region that reaches the right and the lower border is held entirely."""
    inner, edge = (np.zeros((18, 30), dtype="uint8") for _ in range(2))
    tall, wide = int(rng.integers(3, 7)), int(rng.integers(8, 12))
    inner[10 - tall : 10, 20 - wide : 20] = 1
    edge[18 - tall :, 30 - wide :] = 1
    one, other = box(student, inner, 1), box(student, edge, 1)
    sides = [(b[2] - b[0], b[3] - b[1]) for b in (one, other)]
    lasts = [(b[2], b[3]) for b in (one, other)]
    expect(one != other, "a region and the same region elsewhere get the same box")

    expect(
        sides[0] == sides[1] or lasts[0] == lasts[1],  # the latter: width and height
        "the box gets another size at the border of the picture: x_max may be the width and y_max "
        "the height of the mask, because they are excluded",
    )


@pytest.mark.cell("01-mask-to-box", points=1)
def test_absent_label_gives_none(student, rng):
    """A label that does not occur gives None."""
    mask, _ = rectangle(rng)
    raw_box(student.call("mask_to_box", mask, 1))
    end = student.evaluate(
        "exec(code, space) or space['attempt'](mask_to_box, mask, 7)",
        code=CATCHING,
        space={},
        mask=mask,
    )

    expect(
        end == "returned",
        "a label that does not occur ends in an error: nothing has no smallest column",
    )
    expect(
        student.call("mask_to_box", mask, 7) is None,
        "a label that does not occur should give None, not a box: there is nothing to go around",
    )
