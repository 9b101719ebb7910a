"""Hidden checks of exercise 01-box-iou."""

import numpy as np
import pytest

from pawmark.checks import expect, expect_number

from .replies import CATCHING


def iou(a, b):
    """Return the intersection over union of two boxes that are not both empty."""
    wide, tall = (min(a[i + 2], b[i + 2]) - max(a[i], b[i]) for i in (0, 1))
    shared = max(wide, 0) * max(tall, 0)
    return shared / (area(a) + area(b) - shared)


def area(box):
    """Return the area of a box."""
    return (box[2] - box[0]) * (box[3] - box[1])


def agreement(student, a, b):
    """Call `box_iou` and return a finite number."""
    value = expect_number(student.call("box_iou", a, b), "the IoU")
    expect(np.isfinite(value), "the IoU should be a finite number", got=str(value))
    return value


def expect_agreeing(student, box):
    """Fail where even a box and itself get 0: then a 0 for others says nothing."""
    expect(agreement(student, box, box) != 0, "a box and itself share everything, and get 0")


def expect_more(same, partial):
    """Fail where identical boxes get no more than others: then nothing has been measured."""
    expect(same > partial, "identical boxes do not get more than boxes that overlap in part")


def staggered(rng):
    """Draw two boxes that overlap in part, the first one above and left of the second."""
    x, y = (int(n) for n in rng.integers(1, 30, 2))
    wide, tall = (int(n) for n in rng.integers(8, 14, 2))
    right, down = (int(n) for n in rng.integers(2, 6, 2))
    more = int(rng.integers(3, 7))
    first = (x, y, x + wide, y + tall)
    second = (x + right, y + down, x + wide + right + more, y + tall + down + 1)
    return first, second


def placed(box, x, y):
    """Return a box of the same size whose upper left corner lies at (x, y)."""
    return (x, y, x + box[2] - box[0], y + box[3] - box[1])


def inclusive(a, b):
    """Return what comes out when the last column and row are counted in."""
    return iou((*a[:2], a[2] + 1, a[3] + 1), (*b[:2], b[2] + 1, b[3] + 1))


@pytest.mark.cell("01-box-iou", points=3)
def test_shared_area_over_union(student, rng):
    """Boxes that overlap in part get the shared area divided by the area of the union."""
    x, wide, tall = (int(n) for n in rng.integers(3, 9, 3))
    # The last pair has an IoU of exactly a third, which no rounded number equals.
    third = ((x, 0, x + 2 * wide, tall), (x + wide, 0, x + 3 * wide, tall))
    for a, b in (staggered(rng), staggered(rng), third):
        value, right = agreement(student, a, b), iou(a, b)
        shared = right * (area(a) + area(b)) / (1 + right)

        def is_near(other, value=value):
            return abs(value - other) < 1e-6

        expect(
            not is_near(shared / (area(a) + area(b))),
            "the shared part is counted twice in the union: it lies in both boxes",
        )
        one_box = (area(a), area(b), min(area(a), area(b)), max(area(a), area(b)))
        expect(
            not any(is_near(shared / part) for part in one_box),
            "the shared area is divided by the area of one box: the union is what at least one "
            "of them covers",
        )
        expect(
            not is_near(2 * shared / (area(a) + area(b))),
            "this is twice the shared area over the sum of both areas (known as the Dice score): "
            "IoU divides by the union",
        )
        expect(
            not is_near(inclusive(a, b)),
            "widths and heights are too large by one: x_max and y_max are excluded",
        )
        expect(value <= 1 + 1e-6, "an IoU is at most 1", got=f"{value:.3f}")
        expect(is_near(right), "this is not the shared area divided by the area of the union")


@pytest.mark.cell("01-box-iou", points=2)
def test_boxes_in_any_arrangement(student, rng):
    """It does not matter how two boxes lie to each other, nor which one comes first."""
    a, b = staggered(rng)
    reference = agreement(student, a, b)
    swapped = agreement(student, b, a)
    expect_more(agreement(student, a, a), reference)
    mirrored = [(-box[2] + 100, box[1], -box[0] + 100, box[3]) for box in (a, b)]
    expect(abs(swapped - reference) < 1e-6, "the order of the boxes should not matter")
    expect(
        abs(agreement(student, *mirrored) - reference) < 1e-6,
        "seen in a mirror, the same two boxes get another IoU: which of them is on the left "
        "should not matter",
    )
    # The scale of a wrong formula has its own check; these two must agree in any of them.
    wide, tall = (int(n) for n in rng.integers(6, 10, 2))
    corner = agreement(student, (0, 0, 3 * wide, tall), (0, 0, wide, 3 * tall))
    cross = agreement(student, (0, tall, 3 * wide, 2 * tall), (wide, 0, 2 * wide, 3 * tall))
    expect(
        abs(corner - cross) < 1e-6,
        "two boxes that cross, with no corner of one inside the other, get another IoU than the "
        "same boxes at a common corner",
    )


@pytest.mark.cell("01-box-iou", points=1)
def test_boxes_beside_each_other(student, rng):
    """Boxes that are apart in one direction get 0."""
    a, b = staggered(rng)
    expect_agreeing(student, a)
    gap = int(rng.integers(2, 5))  # narrow: a wrong union must not happen to come out negative
    for moved in (placed(b, a[2] + gap, b[1]), placed(b, b[0], a[3] + gap)):
        value = agreement(student, a, moved)
        expect(value > -1e-9, "boxes that share nothing get a negative IoU", got=f"{value:.3f}")
        expect(value < 1e-9, "boxes that share nothing should get 0", got=f"{value:.3f}")


@pytest.mark.cell("01-box-iou", points=2)
def test_boxes_far_apart(student, rng):
    """Boxes that are apart in both directions get 0."""
    a, b = staggered(rng)
    expect_agreeing(student, a)
    right, down = (int(n) for n in rng.integers(2, 5, 2))
    for moved in (
        placed(b, a[2] + right, a[3] + down),
        placed(b, a[0] - right - (b[2] - b[0]), a[3] + down),
        placed(b, a[2] + 80, a[3] + 90),
    ):
        value = agreement(student, a, moved)
        expect(
            abs(value) < 1e-9,
            "boxes apart in both directions do not get 0: their 'shared' width and height are both "
            "negative, and minus times minus is plus",
            got=f"{value:.3f}",
        )


@pytest.mark.cell("01-box-iou", points=1)
def test_coordinates_between_pixels(student, rng):
    """Coordinates need not be whole numbers."""
    x, y = (int(n) for n in rng.integers(1, 30, 2))
    a, b = (x + 0.25, y + 0.25, x + 0.75, y + 0.75), (x + 0.5, y + 0.25, x + 1.0, y + 0.75)
    larger = [tuple(int(4 * n) for n in box) for box in (a, b)]
    reference = agreement(student, *larger)
    expect_more(agreement(student, larger[0], larger[0]), reference)

    expect(
        abs(agreement(student, a, b) - reference) < 1e-6,
        "the same boxes at a quarter of the size get another IoU: coordinates between pixels have "
        "been rounded, or counted pixel by pixel",
    )


@pytest.mark.cell("01-box-iou", points=1)
def test_empty_boxes(student, rng):
    """Two boxes without any area get 0."""
    x, y = (int(n) for n in rng.integers(1, 20, 2))
    empty = ((x, y, x, y), (x, y, x, y + 5))
    expect_agreeing(student, (x, y, x + 4, y + 3))
    for other in empty:
        end = student.evaluate(
            "exec(code, space) or space['attempt'](box_iou, a, b)",
            code=CATCHING,
            space={},
            a=empty[0],
            b=other,
        )
        expect(end == "returned", "two empty boxes end in an error: the union is 0 then")
        value = expect_number(student.call("box_iou", empty[0], other), "the IoU")
        expect(
            value == 0,
            "two empty boxes should get 0: nothing is found there",
            got=str(value),
        )
