"""Hidden checks of exercise 01-semantic-to-instances."""

import numpy as np
import pytest

from pawmark.checks import expect, expect_array

from .replies import float_of, is_whole


def read_instances(value):
    """Return numbers and count, in whatever order they came; the order has its own check."""
    expect(value is not None, "nothing came back: does the function return a pair?")
    expect(
        isinstance(value, list | tuple) and len(value) == 2,
        "return a pair: the array of numbers and the count",
        got=type(value).__name__,
    )
    ids, count = value
    if isinstance(count, np.ndarray) and count.ndim and not isinstance(ids, np.ndarray):
        ids, count = count, ids
    ids = expect_array(ids, name="the array of numbers")
    expect(ids.dtype.kind in "iuf", "the numbers should be whole numbers", got=str(ids.dtype))
    finite = np.all(np.isfinite(ids.astype(float)))
    expect(finite and np.all(ids % 1 == 0), "the numbers should be whole numbers")
    return ids.astype(float), count


def instances(student, mask, label):
    """Call `semantic_to_instances` and return the numbers and the count."""
    ids, count = read_instances(student.call("semantic_to_instances", mask, label))
    expect(
        ids.shape == mask.shape,
        "the numbers should have the shape of the mask",
        got=ids.shape,
        expected=mask.shape,
    )
    return ids, count


def spread(rng, height=26, width=36, cell=9):
    """Draw a mask of rectangles that lie apart, and the same with a number for each of them."""
    numbers = np.zeros((height, width), dtype=int)
    corners = [(y, x) for y in range(0, height - cell, cell) for x in range(0, width, cell)]
    picked = rng.permutation(len(corners))[: int(rng.integers(4, 7))]
    for number, place in enumerate(picked, start=1):
        y, x = corners[place]
        tall, wide = (int(n) for n in rng.integers(2, cell - 1, 2))
        numbers[y + 1 : y + 1 + tall, x + 1 : x + 1 + wide] = number
    return (numbers > 0).astype("uint8"), numbers


def expect_parts(ids, truth, message):
    """Fail unless two arrays of numbers say the same, whatever the numbers are."""
    expect(np.array_equal(ids > 0, truth > 0), f"{message}: zeros stand where numbers should, or "
           "numbers where zeros should")  # fmt: skip
    pairs = {(a, b) for a, b in zip(ids.ravel().tolist(), truth.ravel().tolist(), strict=True)}
    firsts, seconds = {a for a, _ in pairs}, {b for _, b in pairs}
    expect(len(pairs) <= len(firsts), f"{message}: several components have got the same number")
    expect(len(pairs) <= len(seconds), f"{message}: one component has got several numbers")


@pytest.mark.cell("01-semantic-to-instances", points=2)
def test_regions_apart(student, rng):
    """Regions that lie apart get a number each."""
    for _ in range(2):
        mask, truth = spread(rng)
        ids, _ = instances(student, mask, 1)
        expect_parts(ids, truth, "rectangles that lie apart")


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_count_of_components(student, rng):
    """The count is the number of components."""
    for _ in range(2):
        mask, truth = spread(rng)
        _, count = instances(student, mask, 1)
        expect(is_whole(count), "the count should be one whole number", got=type(count).__name__)
        expect(
            float_of(count) == truth.max(),
            "the count is not the number of components: it counts neither the background nor "
            "pixels, and begins at 1",
            got=f"{float_of(count):g}",
            expected=int(truth.max()),
        )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_array_first_count_second(student, rng):
    """The array comes first and the count second."""
    mask, _ = spread(rng)
    value = student.call("semantic_to_instances", mask, 1)
    read_instances(value)

    expect(
        isinstance(value[0], np.ndarray) and value[0].ndim == 2,
        "the array of numbers comes first, the count second",
    )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_numbers_from_one_without_gaps(student, rng):
    """The components are numbered 1, 2, 3 and so on, none left out."""
    mask, _ = spread(rng)
    ids, _ = instances(student, mask, 1)
    found = sorted(set(ids[mask == 1].tolist()))

    expect(
        found == list(range(1, len(found) + 1)),
        "the components should have the numbers 1, 2, 3 and so on, with none left out",
        got=str([int(number) for number in found[:8]]),
    )


@pytest.mark.cell("01-semantic-to-instances", points=2)
def test_winding_regions(student, rng):
    """A region that winds, or branches, is one component."""
    comb = np.zeros((14, 17), dtype="uint8")
    comb[11:13, 1:16] = 1
    for tooth in range(1, 16, 2 + int(rng.integers(0, 2))):
        comb[2:12, tooth] = 1
    spiral = np.zeros((15, 15), dtype="uint8")
    spiral[1, 1:14] = spiral[1:14, 13] = spiral[13, 1:14] = spiral[3:14, 1] = 1
    spiral[3, 1:12] = spiral[3:12, 11] = spiral[11, 3:12] = spiral[5:12, 3] = 1
    for mask in (comb, spiral):
        for turn in range(4):
            turned = np.ascontiguousarray(np.rot90(mask, turn))
            ids, _ = instances(student, turned, 1)
            expect_parts(
                ids, turned, "a region that winds, so that its parts meet in a roundabout way"
            )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_corners_do_not_join(student, rng):
    """Pixels that only touch at a corner are not neighbours."""
    y, x = (int(n) for n in rng.integers(1, 6, 2))
    truth = np.zeros((16, 16), dtype=int)
    truth[y : y + 3, x : x + 4] = 1
    truth[y + 3 : y + 6, x + 4 : x + 7] = 2
    for numbers in (truth, np.ascontiguousarray(truth[:, ::-1])):
        ids, _ = instances(student, (numbers > 0).astype("uint8"), 1)
        joined = len(set(ids[numbers > 0].tolist())) == 1
        expect(
            not joined,
            "two rectangles that only touch at a corner have become one: neighbours share a side",
        )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_edges_do_not_join(student, rng):
    """The left edge is no neighbour of the right one, nor the upper of the lower."""
    first, last = 2 + int(rng.integers(0, 3)), 9 + int(rng.integers(0, 3))
    sides = np.zeros((14, 20), dtype=int)
    sides[first:last, :3], sides[first:last, -4:] = 1, 2
    for numbers in (sides, np.ascontiguousarray(sides.T)):
        ids, _ = instances(student, (numbers > 0).astype("uint8"), 1)
        joined = len(set(ids[numbers > 0].tolist())) == 1
        expect(
            not joined,
            "a region at one edge of the picture and one at the opposite edge have become one: "
            "index -1 is the last column, so look before you step over the edge",
        )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_only_the_class_asked_for(student, rng):
    """Other classes get no number and join nothing."""
    mask = np.zeros((16, 30), dtype="uint8")
    y = int(rng.integers(2, 8))
    mask[y : y + 4, 3:9], mask[y : y + 4, 9:15], mask[y : y + 4, 15:21] = 2, 1, 2
    mask[y : y + 4, 25:28] = 3
    ids, _ = instances(student, mask, 2)

    expect(
        not ids[mask != 2].any(),
        "pixels of other classes have got numbers: only pixels equal to `label` count",
    )
    expect(ids[mask == 2].all(), "pixels of the class asked for have got no number")
    expect(
        set(ids[:, :9].ravel()) & set(ids[:, 15:].ravel()) == {0},
        "two regions have become one through a third one of another class",
    )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_components_of_label_zero(student, rng):
    """Zero is a label like any other."""
    mask, _ = spread(rng)
    ids, _ = instances(student, 1 - mask, 0)
    same, _ = instances(student, mask, 1)
    expect(np.any(same > 0), "a class that does occur has got no number")

    expect(
        np.array_equal(ids > 0, same > 0),
        "the components of label 0 are other pixels than those equal to 0: is 0 taken for 'no "
        "label', or for 'visited already'?",
    )
    expect(
        len(np.unique(ids)) == len(np.unique(same)),
        "label 0 has another number of components than the same pixels with label 1",
    )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_large_region(student, rng):
    """A region of several thousand pixels is one component."""
    mask = np.zeros((70, 90), dtype="uint8")
    y, x = (int(n) for n in rng.integers(1, 4, 2))
    mask[y : y + 64, x : x + 84] = 1
    ids, _ = instances(student, mask, 1)

    expect(np.any(ids > 0), "a large region has got no number")
    expect(
        len(set(ids[mask == 1].tolist())) == 1,
        "a large region has fallen into pieces: does the search stop too early?",
    )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_hundreds_of_components(student, rng):
    """Hundreds of components get hundreds of numbers."""
    mask = np.zeros((40, 50), dtype="uint8")
    mask[1:39:2, 1:49:2] = rng.random((19, 24)) < 0.9
    ids, _ = instances(student, mask, 1)

    expect(
        len(np.unique(ids[mask == 1])) == mask.sum(),
        "several hundred components share their numbers: uint8 starts again after 255",
        got=f"{len(np.unique(ids[mask == 1]))} numbers",
        expected=f"{int(mask.sum())} numbers",
    )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_mask_is_left_alone(student, rng):
    """The mask that was passed in stays as it was."""
    mask, _ = spread(rng)
    reply = student.evaluate("(lambda m: (semantic_to_instances(m, 1), m))(mask)", mask=mask)
    fits = isinstance(reply, tuple) and len(reply) == 2
    after = reply[1] if fits else None
    ids, _ = read_instances(reply[0] if fits else None)
    expect(np.any(ids > 0), "no pixel has got a number")

    expect(
        isinstance(after, np.ndarray) and np.array_equal(after, mask),
        "the mask has been changed: mark visited pixels in an array of your own",
    )


@pytest.mark.cell("01-semantic-to-instances", points=1)
def test_class_that_does_not_occur(student, rng):
    """A class that does not occur has no component."""
    mask, _ = spread(rng)
    ids, count = instances(student, mask, 5)
    expect(np.any(instances(student, mask, 1)[0] > 0), "a class that does occur has got no number")

    expect(not ids.any(), "this class does not occur, so every number should be 0")
    expect(
        is_whole(count) and float_of(count) == 0,
        "this class does not occur, so the count should be 0",
        got=str(count)[:40],
    )
