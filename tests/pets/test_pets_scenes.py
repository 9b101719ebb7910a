"""Tests of `pawmark.pets.scenes`: several animals on one picture, and what is true about them."""

import numpy as np
import pytest

from pawmark.errors import DataError
from pawmark.pets import scenes

KINDS = [
    (1, ("cat", "dog", "cat"), False),
    (2, ("cat", "cat"), True),
    (3, ("dog", "cat", "cat", "dog"), True),
    (4, ("dog",), False),
    (5, ("dog", "cat", "dog", "cat", "dog", "cat"), False),
]


@pytest.fixture(
    params=KINDS, ids=lambda kind: f"{len(kind[1])}-{'crowded' if kind[2] else 'apart'}"
)
def scene(request):
    """Draw a scene of each kind."""
    seed, species, crowded = request.param
    return scenes.draw(seed, species, crowded=crowded)


def touching(one, other):
    """Tell whether two masks have neighbouring pixels, corners included."""
    height, width = one.shape
    grown = np.zeros((height + 2, width + 2), bool)
    for down in range(3):
        for right in range(3):
            grown[down : down + height, right : right + width] |= one
    return bool(np.any(grown[1:-1, 1:-1] & other))


def pieces(mask):
    """Count the pieces of a mask, row by row."""
    parents = {}

    def root(key):
        while parents[key] != key:
            key = parents[key]
        return key

    for y, x in np.argwhere(mask).tolist():
        parents[y, x] = (y, x)
        for neighbour in ((y - 1, x), (y, x - 1)):
            if neighbour in parents:
                parents[root((y, x))] = root(neighbour)
    return len({root(key) for key in parents})


def test_same_arguments_same_pixels():
    """A scene depends on its arguments alone, and on the seed."""
    one, same, other = (scenes.draw(seed, ("cat", "dog")) for seed in (7, 7, 8))

    for name in ("image", "mask", "trimap", "instances"):
        assert np.array_equal(getattr(one, name), getattr(same, name))
    assert one.animals == same.animals
    assert not np.array_equal(one.image, other.image)


def test_arrays_agree(scene):
    """Sizes and types agree, and a pixel has a class exactly where it has an animal."""
    assert scene.image.shape == (260, 400, 3)
    assert scene.mask.shape == scene.trimap.shape == scene.instances.shape == (260, 400)
    assert {a.dtype for a in (scene.image, scene.mask, scene.trimap, scene.instances)} == {
        np.dtype("uint8")
    }
    assert np.array_equal(scene.mask > 0, scene.instances > 0)
    assert set(np.unique(scene.trimap)) == {1, 2, 3}


def test_animals_are_described_as_drawn(scene):
    """Each animal's number, species and box are those of its pixels; the leftmost has number 1."""
    assert [animal.number for animal in scene.animals] == sorted(
        set(np.unique(scene.instances)) - {0}
    )
    for animal in scene.animals:
        here = scene.instances == animal.number
        x_min, y_min, x_max, y_max = animal.box

        assert set(scene.mask[here]) == {scenes.CLASSES.index(animal.species)}
        assert animal.breed[0].isupper() == (animal.species == "cat")
        assert here.sum() == here[y_min:y_max, x_min:x_max].sum()
        for edge in (here[y_min], here[y_max - 1], here[:, x_min], here[:, x_max - 1]):
            assert edge.any()


def test_species_from_left_to_right():
    """Animals come in the order asked for."""
    scene = scenes.draw(3, ("dog", "cat", "cat"))
    middles = [animal.box[0] + animal.box[2] for animal in scene.animals]

    assert [animal.species for animal in scene.animals] == ["dog", "cat", "cat"]
    assert middles == sorted(middles)


@pytest.mark.parametrize("seed", range(6))
def test_apart_no_two_touch(seed):
    """Animals that stand apart never touch, and each is in one piece."""
    scene = scenes.draw(seed, ("cat", "dog", "cat"))
    masks = [scene.instances == animal.number for animal in scene.animals]

    assert not any(touching(a, b) for i, a in enumerate(masks) for b in masks[i + 1 :])
    assert [pieces(mask) for mask in masks] == [1, 1, 1]


@pytest.mark.parametrize("seed", range(6))
def test_crowded_neighbours_touch(seed):
    """In a crowd each animal touches the next one, and enough is seen of everybody."""
    scene = scenes.draw(seed, ("cat", "dog", "cat"), crowded=True)
    masks = [scene.instances == animal.number for animal in scene.animals]

    assert touching(masks[0], masks[1])
    assert touching(masks[1], masks[2])
    assert min(mask.sum() for mask in masks) > 400


def test_contour_runs_between_touching_animals():
    """In the trimap, foreground of one animal never meets foreground of another, nor background."""
    scene = scenes.draw(2, ("cat", "cat"), crowded=True)
    one, other = (np.where(scene.trimap == 1, scene.instances, 0) == n for n in (1, 2))

    assert touching(scene.instances == 1, scene.instances == 2)
    assert one.any()
    assert other.any()
    assert not touching(one, other)
    assert not touching(scene.trimap == 1, scene.trimap == 2)


def test_arrays_are_read_only():
    """Nothing can change a scene behind one's back."""
    scene = scenes.draw(1, ("cat",))

    with pytest.raises(ValueError, match="read-only"):
        scene.mask[0, 0] = 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"species": []}, "1 to 6 animals"),
        ({"species": ["cat"] * 7}, "1 to 6 animals"),
        ({"species": ["cat", "parrot"]}, "parrot"),
        ({"species": "cat"}, "one word for each animal"),
        ({"size": (40, 400)}, "at least"),
    ],
)
def test_impossible_scenes_are_refused(arguments, message):
    """What cannot be drawn is refused, and the message says what can."""
    with pytest.raises(DataError, match=message):
        scenes.draw(1, **arguments)
