"""Pictures that checks hand out: drawn from whatever a student's code gave back."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from pawmark.checks import CheckFailed, compare_grey, compare_heat, compare_masks, expect
from pawmark.grading.results.outcomes import CheckResult, Exhibit, Outcome, Picture
from pawmark.vision.training import Training

MASK = np.kron([[0, 1], [1, 2]], np.ones((30, 30), dtype=int))


def size_of(picture: Picture) -> tuple[int, int]:
    """Return width and height of the file."""
    with Image.open(io.BytesIO(base64.b64decode(picture.png))) as image:
        assert image.format == "PNG"
        return image.size


def test_picture_is_drawn_only_when_the_check_fails():
    """A passed expectation costs no drawing; a failed one carries what is to be drawn."""
    comparison = compare_masks(MASK + 1, MASK)
    expect(True, "fine", picture=comparison)

    with pytest.raises(CheckFailed) as failure:
        expect(False, "labels start at 1", picture=comparison)

    assert failure.value.picture is comparison


def test_picture_says_what_it_shows():
    """The text tells how much differs and which values there are."""
    picture = compare_masks(np.where(MASK == 2, 5, MASK), MASK).draw()

    assert "differ in 25% of the pixels" in picture.alt
    assert "0, 1, 5" in picture.alt
    assert 400 < picture.width < 900
    assert size_of(picture)[0] == 2 * picture.width


def test_every_kind_is_drawn():
    """Masks with their photograph, small masks with their values, heat and grey."""
    photograph = np.zeros((60, 60, 3), "float32")
    drawn = [
        compare_masks(MASK, MASK, photograph),
        compare_masks(MASK[::10, ::10, None], MASK[::10, ::10], labels=["class 0", "class 1"]),
        compare_heat(MASK / 2, MASK / 4),
        compare_grey(MASK * 100, MASK * 127),
    ]

    assert all(size_of(comparison.draw()) for comparison in drawn)


def test_other_size_is_told():
    """An answer of another size is shown as it is, without a difference."""
    assert "another size" in compare_masks(MASK[:10], MASK).draw().alt


@pytest.mark.parametrize(
    "value",
    [None, "text", [], np.zeros(0), np.zeros((3, 3, 3)), np.array([[1j]]), np.array([["a"]]), 7],
)
def test_what_cannot_be_drawn_is_left_out(value):
    """An answer that is no picture leaves the check without one, and raises nothing."""
    assert compare_masks(value, MASK).draw() is None
    assert compare_heat(value, MASK).draw() is None


@pytest.mark.parametrize("value", [np.full((60, 60), np.nan), np.full((2000, 3000), 9)])
def test_odd_values_and_sizes_are_drawn(value):
    """Values that are no numbers, and very large arrays, give a picture of the usual size."""
    assert max(size_of(compare_heat(value, MASK / 2).draw())) < 3000


def test_picture_and_training_survive_the_record():
    """A result with a picture and a training run is the same after its way through JSON."""
    picture = compare_heat(MASK / 2, MASK / 2).draw()
    training = Training((0.9, 0.5), (0.8, 0.6), 0.55, None, 0.87)
    exhibit = Exhibit(training.kind, training.to_json())
    result = CheckResult("test_x", "X.", Outcome.FAILED, 0.0, 1.0, picture=picture, exhibit=exhibit)

    again = CheckResult.from_json(json.loads(json.dumps(result.to_json())))
    assert again.picture == picture
    assert Training.from_json(again.exhibit.data) == training
