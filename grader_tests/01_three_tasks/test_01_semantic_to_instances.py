"""Hidden checks of 01-semantic-to-instances: connected components, whatever their numbers."""

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, exact, inputs, switches


def judge(mask, label):
    """Join runs of pixels with those that they touch in the row above."""
    parent, runs, above = [], [], []

    def root(one):
        while parent[one] != one:
            one = parent[one]
        return one

    for row, line in enumerate(mask):
        here = np.concatenate([[0], line == label, [0]]).astype(int)
        starts, ends = np.flatnonzero(np.diff(here) == 1), np.flatnonzero(np.diff(here) == -1)
        now = []
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            own = len(parent)
            parent.append(own)
            for first, last, other in above:
                if first < end and start < last:
                    parent[root(other)] = root(own)
            now.append((start, end, own))
        runs += [(row, *run) for run in now]
        above = now
    numbers, ids = {}, np.zeros(mask.shape, dtype="int32")
    for row, start, end, own in runs:
        ids[row, start:end] = numbers.setdefault(root(own), len(numbers) + 1)
    return ids, len(numbers)


NEAR = ((-1, 0), (1, 0), (0, -1), (0, 1))
CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))


def wanted_pixels(mask, label, label_one, not_zero, this_and_higher, zero_is_none, everything):
    """Tell which pixels are to be numbered, and what may go wrong there."""
    if everything:
        return np.ones(mask.shape, dtype=bool)
    if not_zero:
        return mask > 0
    if this_and_higher:
        return mask >= label
    if zero_is_none and label == 0:
        return np.zeros(mask.shape, dtype=bool)
    return mask == (1 if label_one else label)


def one_sweep_of(wanted):
    """Give each pixel the number of the one above, or before it."""
    ids, count = np.zeros(wanted.shape, dtype=int), 0
    for y, x in np.argwhere(wanted).tolist():
        known = (ids[y - 1, x] if y else 0) or (ids[y, x - 1] if x else 0)
        count += not known
        ids[y, x] = known or count
    return ids, count


def twenty_rounds_of(wanted):
    """Let the largest number spread to its neighbours twenty times."""
    here = np.pad(wanted, 1)
    numbers = np.where(here, np.arange(1, here.size + 1).reshape(here.shape), 0)
    for _ in range(20):
        for axis in (0, 1):
            for step in (-1, 1):
                numbers = np.where(here, np.maximum(numbers, np.roll(numbers, step, axis)), 0)
    values = np.unique(numbers[numbers > 0])
    return np.where(here, np.searchsorted(values, numbers) + 1, 0)[1:-1, 1:-1], len(values)


def formula(
    mask,
    label,
    label_one=False,
    not_zero=False,
    this_and_higher=False,
    zero_is_none=False,
    everything=False,
    one_instance=False,
    each_pixel=False,
    each_run=False,
    one_sweep=False,
    twenty_rounds=False,
    corners_join=False,
    edges_wrap=False,
    longer_side_for_both=False,
    sides_swapped=False,
    recursive=False,
    in_uint8=False,
    count_first=False,
    count_of_pixels=False,
    count_of_values=False,
    values_less_one=False,
    next_number=False,
):
    """Fill one component after the other, with what may go wrong."""
    wanted = wanted_pixels(
        mask, label, label_one, not_zero, this_and_higher, zero_is_none, everything
    )
    if one_instance:
        ids, count = wanted.astype(int), int(wanted.any())
    elif each_pixel:
        ids = np.where(wanted, np.cumsum(wanted).reshape(mask.shape), 0)
        count = int(wanted.sum())
    elif each_run:
        starts = wanted.copy()
        starts[:, 1:] &= ~wanted[:, :-1]
        ids = np.where(wanted, np.cumsum(starts).reshape(mask.shape), 0)
        count = int(starts.sum())
    elif one_sweep:
        ids, count = one_sweep_of(wanted)
    elif twenty_rounds:
        ids, count = twenty_rounds_of(wanted)
    else:
        ids, count = filled(
            mask,
            wanted,
            everything,
            NEAR + CORNERS if corners_join else NEAR,
            (edges_wrap, longer_side_for_both, sides_swapped),
        )
    if recursive and np.bincount(ids.ravel())[1:].max(initial=0) > 900:
        raise RecursionError("maximum recursion depth exceeded")
    if in_uint8:
        ids = (ids % 256).astype("uint8")
    if count_of_pixels:
        count = int(wanted.sum())
    if count_of_values or values_less_one:
        count = len(np.unique(ids)) - values_less_one
    if next_number:
        count += 1
    return (count, ids) if count_first else (ids, count)


def filled(mask, wanted, same_value, steps, edges):
    """Fill one component after the other; ``edges`` says what goes wrong at the border."""
    wrap, longer, swapped = edges
    height, width = mask.shape
    bottom, right = (
        (max(mask.shape),) * 2 if longer else mask.shape[::-1] if swapped else mask.shape
    )
    ids, count = np.zeros(mask.shape, dtype=int), 0
    for start in np.argwhere(wanted).tolist():
        if ids[tuple(start)]:
            continue
        count += 1
        ids[tuple(start)] = count
        waiting = [tuple(start)]
        while waiting:
            y, x = waiting.pop()
            for down, along in steps:
                v, u = y + down, x + along
                if wrap:
                    v, u = v % height, u % width
                inside = 0 <= v < bottom and 0 <= u < right
                if not inside or not wanted[v, u] or ids[v, u]:
                    continue
                if same_value and mask[v, u] != mask[y, x]:
                    continue
                ids[v, u] = count
                waiting.append((v, u))
    return ids, count


OTHERS = "pixels of other classes have got numbers: only those equal to `label` count"

variants = switches(
    formula,
    label_one=Slip("fatal", "the components are those of label 1: `label` may be any number"),
    not_zero=Slip("major", OTHERS),
    this_and_higher=Slip("major", OTHERS),
    zero_is_none=Slip("minor", "label 0 has no components here: 0 is a label like any other"),
    everything=Slip(
        "fatal", "other classes are numbered too: zeros should stand where `mask` is not `label`"
    ),
    one_instance=Slip(
        "fatal", "the whole class has number 1: components that lie apart have numbers of their own"
    ),
    each_pixel=Slip(
        "fatal", "every pixel has a number of its own: those that hang together have the same"
    ),
    each_run=Slip(
        "fatal",
        "every run of pixels in a row has a number of its own: pixels above each other are "
        "neighbours too",
    ),
    one_sweep=Slip(
        "major",
        "one sweep from the upper left is not enough: parts of a component may meet further down, "
        "and have got several numbers by then",
    ),
    twenty_rounds=Slip(
        "major", "a long region has fallen into pieces: twenty rounds are not enough for it"
    ),
    corners_join=Slip(
        "major", "regions that only touch at a corner have become one: neighbours share a side"
    ),
    edges_wrap=Slip(
        "minor",
        "regions at opposite edges have become one: whoever steps over an edge is outside of the "
        "picture (and index -1 is the last row or column)",
    ),
    longer_side_for_both=Slip(
        "minor",
        "the longer side is the limit for rows and columns: at the end of the shorter one the "
        "search steps outside of the picture",
    ),
    sides_swapped=Slip("fatal", "height and width are exchanged: `mask.shape` is (height, width)"),
    recursive=Slip(
        "minor",
        "a function that calls itself for each neighbour goes too deep in a large region: keep "
        "the pixels to visit in a list",
    ),
    in_uint8=Slip(
        "minor", "numbers of components start again at 0 after 255: uint8 is too small for them"
    ),
    count_first=Slip("fatal", "the count comes first: the array of numbers should, then the count"),
    count_of_pixels=Slip("fatal", "the count is that of pixels: count the components"),
    count_of_values=Slip(
        "fatal", "the count is one too many: the zeros are no component, and are counted too"
    ),
    values_less_one=Slip(
        "minor",
        "the count is one too few where the whole mask is of the class: then there are no zeros "
        "that could be taken off",
    ),
    next_number=Slip("fatal", "the count is one too many: it is that of the next component"),
)


def rectangles(rng, rows, columns, label=None, other=0, margin=1):
    """Draw rectangles that lie apart, at least two rows high and two columns wide."""
    label = int(rng.integers(2, 200)) if label is None else label
    mask = np.full((6 * rows + 1 + 2 * margin, 7 * columns + 1 + 2 * margin), other, dtype="uint8")
    taken = rng.permutation(rows * columns)[: 2 + int(rng.integers(rows * columns - 1))]
    for place in taken.tolist():
        y, x = margin + 6 * (place // columns) + 1, margin + 7 * (place % columns) + 1
        tall, wide = rng.integers(2, 6), rng.integers(2, 7)
        mask[y : y + tall, x : x + wide] = label
    return mask, label


def among_others(rng, height, width):
    """Draw patches of four values side by side, each two pixels high and wide, within zeros."""
    patches = rng.choice([1, 2, 3, 4], (height, width), p=[0.3, 0.3, 0.2, 0.2])
    patches[0, :3], patches[1, :3] = (2, 1, 2), (3, 4, 1)
    patches[2:, :] = np.where(patches[2:, :] == 2, 3, patches[2:, :])
    patches[2, 1:3] = 2
    mask = np.pad(np.kron(patches, np.ones((2, 2))), 2).astype("uint8")
    # No patches of the label touch at a corner only: those are another stratum.
    for y in range(1, mask.shape[0]):
        for x in range(1, mask.shape[1]):
            block = mask[y - 1 : y + 1, x - 1 : x + 1] == 2
            if block[0, 0] == block[1, 1] != block[0, 1] == block[1, 0]:
                mask[y - 1 : y + 1, x - 1 : x + 1] = 2
    return (mask if rng.random() < 0.5 else mask[:, ::-1].copy()), 2


def winding(rng, teeth, long):
    """Draw a snake and a comb, turned in any direction."""
    wide = 4 * teeth + 1
    snake, comb = np.zeros((long + 4, wide + 4)), np.zeros((long + 4, wide + 4))
    for tooth in range(2 * teeth):
        snake[2:-2, 2 + 2 * tooth] = 1
        snake[2 if tooth % 2 else -3, 2 + 2 * tooth : 5 + 2 * tooth] = tooth + 1 < 2 * teeth
        comb[2:-2, 2 + 2 * tooth] = 1
    for tooth in range(2 * teeth):
        snake[2:-2, 2 + 2 * tooth] = 1
    comb[-3, 2 : 2 + 4 * teeth - 1] = 1
    label = int(rng.integers(2, 200))
    mask = (np.hstack([snake, comb]) * label).astype("uint8")
    return np.ascontiguousarray(np.rot90(mask, rng.integers(4))), label


def corners_touch(rng, rows, columns, steps):
    """Draw stairs of rectangles that touch at corners, and others that lie apart."""
    mask, label = rectangles(rng, rows, columns)
    stairs = np.kron(np.eye(steps, dtype="uint8"), np.ones((2, 3), dtype="uint8")) * label
    stairs = np.pad(stairs if rng.random() < 0.5 else stairs[:, ::-1], 2)
    tall = max(stairs.shape[0], mask.shape[0])
    parts = [np.pad(one, ((0, tall - len(one)), (0, 0))) for one in (mask, stairs)]
    return np.hstack(parts).astype("uint8"), label


def at_edges(rng, height, width, label=3):
    """Draw regions at opposite edges, of a mask that is much wider than high, or higher."""
    mask = np.zeros((height + 6, width + height + 14), dtype="uint8")
    mask[1 : height + 2, :2] = mask[2 : height + 1, -3:] = label
    middle = 4 + int(rng.integers(width))
    mask[:2, middle : middle + 3] = mask[-2:, middle + 1 : middle + 4] = label
    return (mask if rng.random() < 0.5 else np.ascontiguousarray(mask.T)), label


def nothing_at_edges(rng, height, width):
    """Draw regions of label 0 at the edges of a mask of another class."""
    mask, label = at_edges(rng, height, width, label=1)
    return np.where(mask == label, 0, int(rng.integers(1, 5))).astype("uint8"), 0


def holes(rng, rows, columns):
    """Draw rectangles of label 0 in a mask of another class."""
    return rectangles(rng, rows, columns, label=0, other=int(rng.integers(1, 5)))


def any_number(rng, rows, columns, label):
    """Draw rectangles of a label that uint8 does not hold, and some of others."""
    mask, old = rectangles(rng, rows, columns)
    found = np.where(mask == old, label, int(rng.choice([0, label - 1, label + 1, -2 * label])))
    return found.astype("int64"), label


def absent(rng, rows, columns):
    """Draw rectangles of another label than the one that is asked for."""
    mask, label = rectangles(rng, rows, columns, label=4)
    return mask, label + 1


def nothing_else(rng, height, width):
    """Draw a mask that is all of one class."""
    label = int(rng.integers(0, 5))
    return np.full((height, width), label, dtype="uint8"), label


def hundreds(rng, height, width):
    """Draw several hundred single pixels."""
    mask = np.zeros((2 * height + 1, 2 * width + 1), dtype="uint8")
    mask[1::2, 1::2] = rng.random((height, width)) < 0.95
    return mask, 1


def large(rng, turns, extra):
    """Draw a broad snake of about 40,000 pixels."""
    broad, long = 18, 2200 // turns + extra
    mask = np.zeros((turns * (broad + 2), long + 4), dtype="uint8")
    for turn in range(turns):
        y = turn * (broad + 2) + 1
        mask[y : y + broad, 2:-2] = 1
        if turn + 1 < turns:
            end = slice(2, 12) if turn % 2 else slice(-12, -2)
            mask[y + broad : y + broad + 2, end] = 1
    return mask, 1


def canonical(value):
    """Give the components new numbers, in the order in which they are met."""
    ids, count = value
    if not isinstance(ids, np.ndarray) or ids.ndim != 2:
        return value
    values, first, places = np.unique(ids, return_index=True, return_inverse=True)
    first = np.where(values == 0, -1, first)
    rank = np.argsort(np.argsort(first)) + (0 if (values == 0).any() else 1)
    return rank[places].reshape(ids.shape), count


def without_gaps(answer, mask, label):
    """Say whether the numbers are in no array, or not 1, 2, 3 and so on."""
    if not isinstance(answer[0], np.ndarray):
        return f"the numbers come as a {type(answer[0]).__name__}, and an array was asked for"
    found = sorted(set(np.asarray(answer[0]).ravel().tolist()) - {0})
    if found != list(range(1, len(found) + 1)):
        return "the components should have the numbers 1, 2, 3 and so on, with none left out"
    return None


grid = {"rows": st.integers(1, 3), "columns": st.integers(2, 4)}

exercise = Exercise(
    "01-semantic-to-instances",
    function="semantic_to_instances",
    judge=judge,
    strata=[
        Stratum("rectangles that lie apart", inputs(rectangles, **grid)),
        Stratum(
            "regions among other classes",
            inputs(among_others, height=st.integers(4, 7), width=st.integers(5, 9)),
        ),
        Stratum(
            "regions that wind or branch",
            inputs(winding, teeth=st.integers(2, 3), long=st.integers(9, 13)),
            count=4,
        ),
        Stratum(
            "regions that touch at a corner",
            inputs(corners_touch, **grid, steps=st.integers(2, 4)),
            count=4,
        ),
        Stratum(
            "regions at the edges of wide and high masks",
            inputs(at_edges, height=st.integers(1, 5), width=st.integers(1, 20)),
            row="corners",
        ),
        Stratum(
            "label 0 at the edges",
            inputs(nothing_at_edges, height=st.integers(1, 5), width=st.integers(1, 20)),
            row="corners",
            count=2,
        ),
        Stratum("label 0", inputs(holes, **grid), row="corners", count=4),
        Stratum(
            "labels below 0 and above 255",
            inputs(any_number, **grid, label=st.sampled_from([-1, -2, 256, 300, 1000])),
            row="corners",
            count=4,
        ),
        Stratum("a class that does not occur", inputs(absent, **grid), row="corners", count=3),
        Stratum(
            "a mask of one class only",
            inputs(nothing_else, height=st.integers(1, 6), width=st.integers(1, 8)),
            row="corners",
            count=4,
        ),
        Stratum(
            "hundreds of components",
            inputs(hundreds, height=st.integers(18, 22), width=st.integers(18, 24)),
            row="corners",
            count=2,
        ),
        Stratum(
            "a region of 40,000 pixels",
            inputs(large, turns=st.integers(8, 12), extra=st.integers(0, 9)),
            row="corners",
            count=1,
        ),
    ],
    variants=variants,
    same=exact,
    canonical=canonical,
    contract=Contract(
        result=(tuple, list),
        check=without_gaps,
        messages={
            "arguments": "the mask has been changed: mark visited pixels in an array of your own"
        },
    ),
)
