"""Hidden checks of exercise 02-path-to-target."""

from itertools import product

import numpy as np
import pytest
from PIL import Image

from pawmark.checks import compare_masks, expect

from .pictures import encoded, picture
from .replies import numbers, with_path


def regions(rng, height, width, values):
    """Draw a mask of large regions that holds every one of the values."""
    field = picture(rng, height, width)
    limits = np.quantile(field, np.linspace(0, 1, len(values) + 1)[1:-1])
    order = rng.permutation(np.array(values, dtype=np.uint8))
    return order[np.digitize(field, limits)]


def rings(rng, side, values):
    """Draw a mask of square rings, one for each value: the same when mirrored or turned."""
    order = rng.permutation(np.array(values, dtype=np.uint8))
    distance = np.abs(np.arange(side) - (side - 1) / 2)
    outward = np.maximum(distance[:, None], distance[None, :]) / (side / 2)
    return order[np.digitize(outward, np.linspace(0, 1, len(values) + 1)[1:-1])]


def trimap_file(student, mask):
    """Write a trimap where the student's code can read it."""
    return student.folder({"mask.png": encoded(mask)}) + "/mask.png"


def label_plane(value):
    """Return a mask as (H, W) numbers, forgiving its other faults: they have their own checks."""
    mask = numbers(value, "the mask")
    expect(mask.size > 0, "the mask is empty", got=mask.shape)
    plane = mask[..., 0] if mask.ndim == 3 else mask
    expect(plane.ndim == 2, "a mask has shape (height, width, 1)", got=mask.shape)
    return plane


def nearest(mask, side):
    """Resize a mask to a square without new values."""
    return np.asarray(Image.fromarray(mask).resize((side, side), Image.Resampling.NEAREST))


@pytest.mark.cell("02-path-to-target", points=2)
def test_target_shape(student, rng):
    """A target has shape (height, width, 1)."""
    height, width = (int(n) for n in rng.permutation(np.arange(24, 60))[:2])
    path = trimap_file(student, regions(rng, 90, 110, (1, 2, 3)))
    mask = numbers(with_path(student, "path_to_target", path, (height, width)), "the mask")

    shape = mask.shape
    expect(
        shape[:2] != (width, height),
        "height and width are swapped: img_size is (height, width), Pillow wants (width, height)",
        got=shape,
        expected=(height, width, 1),
    )
    expect(
        shape != (height, width),
        "the channel axis is gone: keep it, even with a single channel",
        got=shape,
        expected=(height, width, 1),
    )
    expect(
        shape != (height, width, 3),
        "the mask was read as a colour image: it has a single channel of labels",
        got=shape,
        expected=(height, width, 1),
    )
    expect(shape == (height, width, 1), "the mask has another shape than asked for", got=shape)


@pytest.mark.cell("02-path-to-target", points=1)
def test_target_is_uint8(student, rng):
    """A target has the dtype uint8."""
    path = trimap_file(student, regions(rng, 60, 60, (1, 2, 3)))
    mask = numbers(with_path(student, "path_to_target", path, (60, 60)), "the mask")

    expect(
        mask.dtype == np.uint8,
        "labels are whole numbers, stored as uint8",
        got=str(mask.dtype),
        expected="uint8",
    )


@pytest.mark.cell("02-path-to-target", points=3)
def test_labels_start_at_zero(student, rng):
    """Mask labels run from 0 to 2."""
    trimap = regions(rng, 80, 80, (1, 2, 3))
    path = trimap_file(student, trimap)
    plane = label_plane(with_path(student, "path_to_target", path, (80, 80)))
    labels, picture = np.unique(plane), compare_masks(plane, trimap - 1)

    got = labels[:5].tolist()
    expect(
        got != [1, 2, 3],
        "labels still start at 1: trimaps hold 1, 2, 3, the model counts from 0",
        got=got,
        expected=[0, 1, 2],
        picture=picture,
    )
    expect(
        not (labels > 250).any(),
        "a label has wrapped around: in uint8, 0 - 1 is 255. Was 1 subtracted twice?",
        got=got,
        expected=[0, 1, 2],
        picture=picture,
    )
    expect(
        got == [0, 1, 2] and len(labels) == 3,
        "these are not the labels 0, 1 and 2",
        got=got,
        expected=[0, 1, 2],
        picture=picture,
    )


@pytest.mark.cell("02-path-to-target", points=3)
def test_labels_keep_their_meaning(student, rng):
    """Pet, background and contour keep their order: 0, 1, 2."""
    trimap = rings(rng, 81, (1, 2, 3))
    plane = label_plane(
        with_path(student, "path_to_target", trimap_file(student, trimap), trimap.shape)
    )

    expect(plane.shape == trimap.shape, "the mask has another size than asked for")
    middles = [np.median(plane[trimap == value]) for value in (1, 2, 3)]
    expect(
        middles[0] < middles[1] < middles[2],
        "the classes have changed places: 0 is the pet, 1 the background, 2 the contour, "
        "in the order of the file's 1, 2 and 3",
        picture=compare_masks(plane, trimap - 1),
    )


@pytest.mark.cell("02-path-to-target", points=3)
def test_resizing_invents_no_labels(student, rng):
    """Resizing a mask makes no class out of two others."""
    trimap = regions(rng, 150, 170, (1, 3))
    path = trimap_file(student, trimap)
    for side in (int(rng.integers(40, 70)), int(rng.integers(180, 220))):
        plane = label_plane(with_path(student, "path_to_target", path, (side, side)))
        labels = np.unique(plane)
        expect(len(labels) > 1, "a mask that holds two classes has come back with one")
        expect(
            len(labels) == 2,
            "resizing has invented a class: this file holds pet (1) and contour (3) only, and "
            "between them has appeared something else. Masks need nearest interpolation",
            picture=compare_masks(plane, nearest(trimap, side) - 1),
        )


@pytest.mark.cell("02-path-to-target", points=2)
def test_target_shows_the_whole_mask(student, rng):
    """Regions stay where they are in the file."""
    trimap = regions(rng, int(rng.integers(90, 140)), int(rng.integers(160, 220)), (1, 2, 3))
    side = int(rng.integers(60, 90))
    path = trimap_file(student, trimap)
    plane = label_plane(with_path(student, "path_to_target", path, (side, side)))

    expect(plane.shape == (side, side), "the mask has another size than asked for")
    truth = nearest(trimap, side)
    kinds = np.unique(plane)[:6]
    expect(len(kinds) > 1, "the mask holds a single label everywhere")
    # Wrong labels have their own checks: any renaming of the regions counts as agreement.
    agreement = max(np.mean(np.choose(truth - 1, k) == plane) for k in product(kinds, repeat=3))
    expect(
        agreement > 0.9,
        "the regions are not where they are in the file: stretch the mask to the size asked for, "
        "without cropping, padding or turning it",
        picture=compare_masks(plane, truth - 1),
    )


@pytest.mark.cell("02-path-to-target", points=1)
def test_target_path_as_text(student, rng):
    """The path may be given as str as well as Path."""
    path = trimap_file(student, regions(rng, 60, 70, (1, 2, 3)))
    as_text = numbers(student.call("path_to_target", path, (32, 32)))
    as_path = numbers(with_path(student, "path_to_target", path, (32, 32)))

    same = np.array_equal(as_text, as_path)
    expect(as_text.size >= 32 * 32, "the array is too small", got=as_text.shape)
    expect(same, "a path given as str and as Path should give the same array")
