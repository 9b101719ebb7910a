"""Tests of `pawmark.figures.tasks`: what reaches the notebook, and what is refused."""

import numpy as np
import pytest

from pawmark.figures import style, tasks


@pytest.fixture
def shown(monkeypatch):
    """Collect what the figure functions hand to the notebook."""
    bundles = []
    monkeypatch.setattr(style, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


@pytest.fixture
def image():
    """Make a photograph of random dots."""
    return np.random.default_rng(1).integers(0, 256, (24, 36, 3)).astype("uint8")


@pytest.fixture
def mask():
    """Make a mask with background, a cat and a dog."""
    mask = np.zeros((24, 36), dtype="uint8")
    mask[4:12, 3:12], mask[10:20, 18:30] = 1, 2
    return mask


BOX = (3, 4, 12, 12)
DRAWINGS = {
    "three tasks": lambda i, m: tasks.show_three_tasks(
        i, {"cat": True, "dog": False}, m, [("cat", BOX)], alt="a & b"
    ),
    "two segmentations": lambda i, m: tasks.show_two_segmentations(i, m, m, alt="a & b"),
    "instances": lambda i, m: tasks.show_instances([("picture", i), ("numbers", m)], alt="a & b"),
    "no instance": lambda i, m: tasks.show_instances([("numbers", 0 * m)], alt="a & b"),
    "found boxes": lambda i, m: tasks.show_found_boxes(
        i, [("cat", BOX)], [("", (2.5, 4, 9.25, 11))], alt="a & b"
    ),
    "box pairs": lambda i, m: tasks.show_box_pairs(
        [((1, 1, 5, 5), (3, 3, 8, 8)), ((0, 0, 2, 2), (4, 4, 6, 6))], ["some", "none"], alt="a & b"
    ),
    "outputs": lambda i, m: tasks.show_outputs(
        ["cat", "dog"], {"softmax": [0.9, 0.1]}, alt="a & b"
    ),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_figures_carry_alt_text(name, shown, image, mask):
    """Every figure is one picture with its alternative text."""
    DRAWINGS[name](image, mask)

    (bundle,) = shown
    assert 'alt="a &amp; b"' in bundle["text/html"]
    assert bundle["text/plain"] == "Figure: a & b"


def test_same_figure_same_bytes(shown, image, mask):
    """A figure drawn twice gives the same file, so that committed notebooks stay as they are."""
    for _ in range(2):
        DRAWINGS["three tasks"](image, mask)

    assert shown[0] == shown[1]


def test_unknown_classes_are_named(image, mask):
    """A mask with a class that no scene has is refused, and the value is named."""
    with pytest.raises(ValueError, match=r"\[7\]"):
        tasks.show_two_segmentations(image, np.where(mask == 2, 7, mask), mask, alt="odd")


@pytest.mark.parametrize("odd", [np.zeros((4, 4, 1), int), np.zeros((4, 4)), np.zeros(4, int)])
def test_what_is_no_mask_is_refused(odd, image):
    """Masks are whole numbers of shape (H, W); anything else is refused with its shape."""
    with pytest.raises(ValueError, match="whole numbers of shape"):
        tasks.show_two_segmentations(image, odd, odd, alt="odd")


def test_instance_numbers_stand_on_their_instance():
    """The number of an instance is written on one of its own pixels, even if it is a ring."""
    ring = np.zeros((20, 20), bool)
    ring[2:18, 2:18] = True
    ring[4:16, 4:16] = False
    y, x = tasks.inner_pixel(ring)

    assert ring[y, x]


def test_classes_differ_in_more_than_colour():
    """Each class has a colour and a pattern of its own."""
    assert len({label.colour for label in tasks.SCENE_LABELS}) == len(tasks.SCENE_LABELS)
    assert len({label.hatch for label in tasks.SCENE_LABELS}) == len(tasks.SCENE_LABELS)


def test_too_many_instances_are_refused(image):
    """An array with a number for each pixel is refused, and told what a number stands for."""
    ids = np.arange(24 * 36).reshape(24, 36)

    with pytest.raises(ValueError, match=r"863 different numbers .* for a whole instance"):
        tasks.show_instances([("numbers", ids)], alt="many")
