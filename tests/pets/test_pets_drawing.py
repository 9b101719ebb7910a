"""The drawings: what holds for every picture, and what makes the set a fair task."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pawmark.pets.breeds import BREEDS, CATS, DOGS
from pawmark.pets.synthetic.drawing import draw_scene
from pawmark.pets.synthetic.drawing.animals import draw_animal, make_animal
from pawmark.pets.synthetic.drawing.looks import LOOKS
from pawmark.pets.synthetic.drawing.scene import make_trimap

scenes = st.builds(
    lambda seed, breed: draw_scene(np.random.default_rng(seed), breed.name),
    st.integers(0, 2**32),
    st.sampled_from(BREEDS),
)
quick = settings(max_examples=20, deadline=None, derandomize=True)


def test_37_breeds_each_with_a_look():
    """There are 12 breeds of cats and 25 of dogs, and each has a look of its own."""
    assert (len(CATS), len(DOGS)) == (12, 25)
    assert set(LOOKS) == {breed.name for breed in BREEDS}
    assert {breed.name for breed in BREEDS if breed.species == "cat"} == set(CATS)


@quick
@given(scenes)
def test_sizes_and_types(scene):
    """A photograph is RGB of 180 to 500 pixels a side, and its trimap has the same size."""
    height, width, channels = scene.image.shape

    assert scene.image.dtype == scene.trimap.dtype == np.uint8
    assert channels == 3
    assert 180 <= min(height, width) <= max(height, width) <= 500
    assert scene.trimap.shape == (height, width)


@quick
@given(scenes)
def test_trimap_values_and_band(scene):
    """A trimap holds 1, 2 and 3, and foreground never touches background."""
    trimap = scene.trimap

    assert set(np.unique(trimap)) == {1, 2, 3}
    for down, right in [(0, 1), (1, 0), (1, 1)]:
        one = trimap[: trimap.shape[0] - down, : trimap.shape[1] - right]
        other = trimap[down:, right:]
        assert not np.any((one == 1) & (other == 2))
        assert not np.any((one == 2) & (other == 1))


@quick
@given(scenes)
def test_head_lies_on_the_animal(scene):
    """The box of the head lies inside the picture, mostly on the animal."""
    left, top, right, bottom = scene.head
    height, width = scene.trimap.shape

    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert np.mean(scene.trimap[top:bottom, left:right] != 2) > 0.4


def test_contour_follows_an_edge():
    """A mask's trimap is foreground inside, background outside, contour along the edge."""
    mask = np.zeros((200, 200), "float32")
    mask[60:140, 60:140] = 1

    trimap = make_trimap(mask)

    assert (trimap[100, 100], trimap[10, 10], trimap[100, 60]) == (1, 2, 3)
    assert 0.02 < np.mean(trimap == 3) < 0.15


def test_several_animals_share_a_canvas():
    """Animals drawn one after the other each get a mask, and the later one lies in front."""
    rng = np.random.default_rng(3)
    canvas = np.zeros((240, 320, 3), "float32")
    first = draw_animal(canvas, make_animal(rng, "pug"), 110, 130, 150, False, rng)
    behind = canvas.copy()
    second = draw_animal(canvas, make_animal(rng, "Siamese"), 210, 130, 150, True, rng)

    assert min(first.mask.sum(), second.mask.sum()) > 2000
    untouched = second.mask == 0
    assert np.mean(canvas[untouched] == behind[untouched]) > 0.95
    assert np.any(canvas[second.mask == 1] != behind[second.mask == 1])


@pytest.mark.usefixtures("own_cache")
def test_class_fractions_are_plausible(small_pets):
    """Over the set about a third is animal, a tenth contour, the rest surroundings."""
    fractions = np.mean(
        [
            [np.mean(small_pets.read_trimap(name) == value) for value in (1, 2, 3)]
            for name in small_pets.names
        ],
        axis=0,
    )

    assert 0.25 < fractions[0] < 0.45
    assert 0.05 < fractions[2] < 0.15


@pytest.mark.usefixtures("own_cache")
def test_animals_are_warmer_than_surroundings(small_pets):
    """Nearly every animal is warmer in hue than what is around it: a short run can learn that."""
    inputs, targets = small_pets.arrays((64, 64))
    warmth = (inputs[..., 0] - inputs[..., 2])[..., np.newaxis]

    warmer = [np.mean(w[t == 0]) > np.mean(w[t == 1]) for w, t in zip(warmth, targets, strict=True)]
    assert np.mean(warmer) > 0.9
    # A little overlap: no single threshold on the colour may give the whole answer away.
    animal, rest = warmth[targets == 0], warmth[targets == 1]
    errors = [np.mean(animal <= limit) + np.mean(rest > limit) for limit in range(-60, 60, 4)]
    assert 0.02 < min(errors) < 0.3


@pytest.mark.usefixtures("own_cache")
def test_animals_stand_all_over_the_picture(small_pets):
    """Animals are spread over the picture, so that their average place says little."""
    _, targets = small_pets.arrays((32, 32))
    place = np.linspace(0, 1, 32)
    middle = [np.mean(np.broadcast_to(place, (32, 32))[t[..., 0] == 0]) for t in targets]
    low = [np.mean(np.broadcast_to(place[:, None], (32, 32))[t[..., 0] == 0]) for t in targets]

    assert np.std(middle) > 0.1
    assert np.std(low) > 0.07
