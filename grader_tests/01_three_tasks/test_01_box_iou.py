"""Hidden checks of 01-box-iou: the intersection over union of two half-open boxes."""

from itertools import pairwise, product

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, Variant, close, inputs, switches


def judge(a, b):
    """Measure both boxes on the grid that their eight coordinates make."""
    columns = sorted({a[0], a[2], b[0], b[2]})
    rows = sorted({a[1], a[3], b[1], b[3]})
    shared = covered = 0.0
    for (x, right), (y, lower) in product(pairwise(columns), pairwise(rows)):
        inside = [box[0] <= x < box[2] and box[1] <= y < box[3] for box in (a, b)]
        shared += all(inside) * (right - x) * (lower - y)
        covered += any(inside) * (right - x) * (lower - y)
    return shared / covered if covered else 0.0


def sides(box):
    """Return width and height."""
    return box[2] - box[0], box[3] - box[1]


def formula(
    a,
    b,
    last_included=False,
    whole_coordinates=False,
    left_box_first=False,
    area_floored=False,
    not_floored=False,
    absolute_sides=False,
    corner_inside=False,
    union_is_sum=False,
    dice=False,
    first_alone=False,
    second_alone=False,
    smaller_alone=False,
    larger_alone=False,
    percent=False,
    empty_agree=False,
    empty_divided=False,
    whole_division=False,
):
    """Compute the usual formula, with what may go wrong in it."""
    if whole_coordinates:
        a, b = ([int(number) for number in box] for box in (a, b))
    more = 1 if last_included else 0
    if left_box_first:
        wide, tall = a[2] - b[0] + more, a[3] - b[1] + more
    else:
        wide, tall = (min(a[i + 2], b[i + 2]) - max(a[i], b[i]) + more for i in (0, 1))
    if absolute_sides:
        wide, tall = abs(wide), abs(tall)
    elif not (area_floored or not_floored):
        wide, tall = max(0, wide), max(0, tall)
    shared = max(0, wide * tall) if area_floored else wide * tall
    if corner_inside and not (holds_a_corner(a, b) or holds_a_corner(b, a)):
        return 0.0
    first, second = ((w + more) * (h + more) for w, h in (sides(a), sides(b)))
    union = first + second - shared
    if union_is_sum or dice:
        union = first + second
    if first_alone or second_alone:
        union = first if first_alone else second
    if smaller_alone or larger_alone:
        union = min(first, second) if smaller_alone else max(first, second)
    if dice or percent:
        shared *= 2 if dice else 100
    if union <= 0 and not empty_divided:
        return 1.0 if empty_agree else 0.0
    return shared // union if whole_division else shared / union


def holds_a_corner(one, other):
    """Tell whether a corner of the other box lies in the first."""
    corners = product((other[0], other[2]), (other[1], other[3]))
    return any(one[0] <= x <= one[2] and one[1] <= y <= one[3] for x, y in corners)


def mean_of_sides(a, b):
    """Average the agreement in x and the agreement in y."""
    shares = []
    for i in (0, 1):
        whole = max(a[i + 2], b[i + 2]) - min(a[i], b[i])
        shares.append(max(0, min(a[i + 2], b[i + 2]) - max(a[i], b[i])) / whole)
    return sum(shares) / 2


def numpy_division(a, b):
    """Divide nothing by nothing, as NumPy does."""
    value = formula(a, b)
    return float("nan") if not np.prod(sides(a)) and not np.prod(sides(b)) else value


def inside_is_one(a, b):
    """Call a box inside the other a perfect hit."""
    both = a, b
    for one, other in (both, both[::-1]):
        if 0 not in (*sides(a), *sides(b)) and all(
            one[i] <= other[i] and one[i + 2] >= other[i + 2] for i in (0, 1)
        ):
            return 1.0
    return formula(a, b)


ALONE = (
    "you have {got} where {expected} is right: the shared area is divided by the area of one box, "
    "and the union is what at least one of them covers"
)

variants = (
    *switches(
        formula,
        last_included=Slip(
            "major", "widths and heights are too large by one: x_max and y_max are excluded"
        ),
        whole_coordinates=Slip(
            "minor", "coordinates between pixels are cut to whole ones; they may be 3.5"
        ),
        left_box_first=Slip(
            "major",
            "this is right only while the first box is the one on the left and above: the shared "
            "part begins where the later of the two begins, whichever that is",
        ),
        area_floored=Slip(
            "major",
            "boxes apart in both directions do not get 0: their shared width and height are both "
            "negative, and minus times minus is plus",
        ),
        not_floored=Slip(
            "major",
            "nothing keeps the shared width and height from becoming negative when the boxes are "
            "apart: {call} gives {got}",
        ),
        absolute_sides=Slip(
            "major",
            "a negative width means that nothing is shared; its absolute value is no width: boxes "
            "that are apart should get 0",
        ),
        corner_inside=Slip(
            "major",
            "boxes can cross with no corner of one inside the other, and they get 0 here",
        ),
        union_is_sum=Slip(
            "major", "the shared part is counted twice in the union: it lies in both boxes"
        ),
        dice=Slip(
            "major",
            "this is twice the shared area over the sum of both areas, known as the Dice score: "
            "IoU divides by the union",
        ),
        first_alone=Slip("major", ALONE),
        second_alone=Slip("major", ALONE),
        smaller_alone=Slip("major", ALONE),
        larger_alone=Slip("major", ALONE),
        percent=Slip("major", "an IoU goes from 0 to 1, not to 100"),
        empty_agree=Slip(
            "minor", "two empty boxes get {got}: nothing is found there, so the text asks for 0"
        ),
        empty_divided=Slip(
            "minor", "two empty boxes end in an error: their union is 0, and the text asks for 0"
        ),
        whole_division=Slip("fatal", "`//` drops the fraction: {got} in place of {expected}"),
    ),
    Variant(
        "mean-of-sides",
        mean_of_sides,
        "fatal",
        "the overlaps of the sides are averaged, and areas are asked for: sides multiply",
    ),
    Variant(
        "inside-is-one",
        inside_is_one,
        "major",
        "a box inside the other one gets 1, and only boxes that are equal should: the rest of the "
        "larger one is in the union too",
    ),
    Variant(
        "empty-nan",
        numpy_division,
        "minor",
        "two empty boxes get NaN, since 0 is divided by 0: the text asks for 0",
    ),
)


side = st.integers(1, 12)
place = st.integers(0, 15)
gap = st.integers(1, 5)
more = st.integers(1, 6)


def span(low, *steps):
    """Return a number and those that follow it by some steps."""
    found = [low]
    for step in steps:
        found.append(found[-1] + step)
    return found


@st.composite
def staggered(draw):
    """Draw two boxes that overlap in part, the first one above and to the left."""
    x, y = (span(draw(place), draw(side), draw(side), draw(side)) for _ in range(2))
    return (x[0], y[0], x[2], y[2]), (x[1], y[1], x[3], y[3])


@st.composite
def mirrored(draw):
    """Draw the same in any of the other arrangements."""
    a, b = draw(staggered())
    across, down = draw(st.sampled_from([(True, False), (False, True), (True, True)]))
    if across:
        a, b = ((60 - box[2], box[1], 60 - box[0], box[3]) for box in (a, b))
    if down:
        a, b = ((box[0], 60 - box[3], box[2], 60 - box[1]) for box in (a, b))
    return a, b


@st.composite
def crossing(draw):
    """Draw one box wide and the other high, each ending outside of the other, in any order."""
    x, y = (span(draw(place), draw(side), draw(side), draw(side)) for _ in range(2))
    both = (x[0], y[1], x[3], y[2]), (x[1], y[0], x[2], y[3])
    return both if draw(st.booleans()) else both[::-1]


@st.composite
def apart_in_one(draw):
    """Draw boxes side by side, or one above the other, with a gap."""
    x = span(draw(place), draw(side), draw(gap), draw(side))
    y = span(draw(place), draw(side), draw(side), draw(side))
    both = (x[0], y[0], x[1], y[2]), (x[2], y[1], x[3], y[3])
    if draw(st.booleans()):
        both = tuple((box[1], box[0], box[3], box[2]) for box in both)
    return both if draw(st.booleans()) else both[::-1]


@st.composite
def apart_in_both(draw):
    """Draw boxes that lie diagonally apart."""
    x, y = (span(draw(place), draw(side), draw(gap), draw(side)) for _ in range(2))
    both = (x[0], y[0], x[1], y[1]), (x[2], y[2], x[3], y[3])
    if draw(st.booleans()):
        both = tuple((60 - box[2], box[1], 60 - box[0], box[3]) for box in both)
    return both if draw(st.booleans()) else both[::-1]


@st.composite
def between_pixels(draw):
    """Draw overlapping boxes whose coordinates are quarters."""
    a, b = draw(staggered())
    quarter = draw(st.sampled_from([0.25, 0.75]))
    return tuple(tuple(number / 4 + quarter / 4 for number in box) for box in (a, b))


@st.composite
def touching(draw):
    """Draw boxes that share an edge or a corner, and nothing else."""
    a, b = draw(apart_in_one() if draw(st.booleans()) else apart_in_both())
    left, right = (a, b) if a[0] < b[0] else (b, a)
    moved = [right[0], right[1], right[2], right[3]]
    for i in (0, 1):
        if moved[i] > left[i + 2]:
            step = moved[i] - left[i + 2]
        elif moved[i + 2] < left[i]:
            step = moved[i + 2] - left[i]
        else:
            step = 0
        moved[i], moved[i + 2] = moved[i] - step, moved[i + 2] - step
    return left, tuple(moved)


@st.composite
def nested(draw):
    """Draw one box inside the other, which may share a side with it, in any order."""
    x, y = (span(draw(place), draw(side), draw(side), draw(side)) for _ in range(2))
    inner = [x[1], y[1], x[2], y[2]]
    shared = draw(st.sampled_from([None, 0, 1, 2, 3]))
    outer = (x[0], y[0], x[3], y[3])
    if shared is not None:
        inner[shared] = outer[shared]
    both = (outer, tuple(inner))
    return both if draw(st.booleans()) else both[::-1]


def scaled(boxes, factor):
    """Scale boxes."""
    return boxes.map(lambda both: tuple(tuple(round(n * factor, 4) for n in box) for box in both))


def given_as(form, boxes):
    """Give both boxes in another form."""
    return boxes.map(lambda both: tuple(form(box) for box in both))


def empty_pair(rng, at, long):
    """Draw two boxes without any area, points and lines that begin at the same place."""
    kinds = [(0, 0), (0, long), (long, 0)]
    x, y = (at + int(step) for step in rng.integers(0, 3, 2))
    sizes = (kinds[kind] for kind in rng.integers(0, 3, 2))
    return tuple((x, y, x + wide, y + tall) for wide, tall in sizes)


@st.composite
def crossing_lines(draw):
    """Draw two boxes without any area, one as wide and one as high as a line, which cross."""
    x, y = (span(draw(place), draw(side), draw(side)) for _ in range(2))
    both = (x[0], y[1], x[2], y[1]), (x[1], y[0], x[1], y[2])
    return both if draw(st.booleans()) else both[::-1]


exercise = Exercise(
    "01-box-iou",
    function="box_iou",
    judge=judge,
    strata=[
        Stratum("overlapping boxes, the first one above and to the left", staggered()),
        Stratum("overlapping boxes in any arrangement", mirrored()),
        Stratum("boxes that cross", crossing()),
        Stratum("one box inside the other", nested()),
        Stratum("boxes apart in one direction", apart_in_one()),
        Stratum("boxes apart in both directions", apart_in_both()),
        Stratum("coordinates between pixels", between_pixels(), row="corners"),
        Stratum("boxes smaller than a pixel", scaled(staggered(), 0.01), row="corners"),
        Stratum("boxes that only touch", touching(), row="corners"),
        Stratum("two lines that cross", crossing_lines(), row="corners", count=4),
        Stratum("boxes in lists", given_as(list, staggered()), row="corners", count=2),
        Stratum("boxes in arrays", given_as(np.array, staggered()), row="corners", count=2),
        Stratum("two empty boxes", inputs(empty_pair, at=place, long=more), row="corners"),
    ],
    variants=variants,
    same=close(atol=1e-6),
    contract=Contract(result=float),
)
