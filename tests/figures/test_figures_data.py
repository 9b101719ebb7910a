"""Tests of `pawmark.figures`: what reaches the notebook, and what is refused."""

import base64
import io
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from pawmark import figures
from pawmark.figures import style


@pytest.fixture
def shown(monkeypatch):
    """Collect what the figure functions hand to the notebook."""
    bundles = []
    monkeypatch.setattr(style, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


@pytest.fixture
def mask():
    """Make a mask of three stripes, one a class."""
    return np.repeat(np.arange(3, dtype=np.uint8), 8)[:, None, None] * np.ones((1, 20, 1), "u1")


@pytest.fixture
def image():
    """Make a photograph of random dots, as large as the mask."""
    return np.random.default_rng(1).integers(0, 256, (24, 20, 3)).astype("float32")


def data_of(bundle):
    """Return the bytes of the picture in a bundle."""
    return base64.b64decode(re.search(r'base64,([^"]+)"', bundle["text/html"])[1])


def picture(bundle):
    """Decode the picture of a bundle."""
    return Image.open(io.BytesIO(data_of(bundle)))


DRAWINGS = {
    "pair": lambda i, m: figures.show_pair(i, m, alt="a & b"),
    "overlay": lambda i, m: figures.show_overlay(i, m, alt="a & b"),
    "grid": lambda i, m: figures.show_grid([i, i], [m, m], alt="a & b"),
    "grid without masks": lambda i, m: figures.show_grid([i], None, alt="a & b"),
    "difference": lambda i, m: figures.show_difference(m, m[::-1], alt="a & b"),
    "gray": lambda i, m: figures.show_gray(m[..., 0] * 127, alt="a & b"),
    "class prior": lambda i, m: figures.show_class_prior([0.3, 0.6, 0.1], alt="a & b"),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_figures_carry_alt_text_and_an_opaque_background(name, shown, image, mask):
    """Every figure is one picture with its alternative text, opaque and white at the edge."""
    DRAWINGS[name](image, mask)

    (bundle,) = shown
    assert 'alt="a &amp; b"' in bundle["text/html"]
    assert bundle["text/plain"] == "Figure: a & b"
    assert picture(bundle).convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)


def test_same_figure_same_bytes(shown, image, mask):
    """A figure drawn twice gives the same file, so that committed notebooks stay as they are."""
    figures.show_pair(image, mask, alt="twice")
    figures.show_pair(image, mask, alt="twice")

    assert shown[0] == shown[1]


def test_empty_alt_text_is_refused(image, mask):
    """A figure without an alternative text is an error."""
    with pytest.raises(ValueError, match="alternative text"):
        figures.show_pair(image, mask, alt=" ")


def test_wrong_labels_are_named(image, mask):
    """A mask with labels that it must not hold is refused, and the labels are named."""
    with pytest.raises(ValueError, match=r"holds \[3\]; its labels should be \[0, 1, 2\]"):
        figures.show_pair(image, mask + 1, alt="labels from one")


def test_overlay_wants_one_size(image, mask):
    """An overlay of a photograph and a mask of different sizes is refused."""
    with pytest.raises(ValueError, match="same size"):
        figures.overlay(image, mask[:10])


def test_overlay_keeps_the_pet(image, mask):
    """The pixels of the pet stay as they are in the photograph."""
    both = figures.overlay(image, mask)

    pet = mask[..., 0] == 0
    assert np.array_equal(both[pet], image[pet].astype(np.uint8))


def test_patterns_differ_between_filled_classes():
    """Classes are told apart without colour: no two share a pattern and a colour's lightness."""
    looks = {(label.hatch, label.colour) for label in figures.LABELS}

    assert len(looks) == len(figures.LABELS)
    assert len({label.hatch for label in figures.LABELS}) == len(figures.LABELS)


def test_package_import_stays_light():
    """Importing `pawmark` loads neither matplotlib nor TensorFlow."""
    code = "import sys, pawmark; print({'matplotlib', 'tensorflow'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert result.stdout.strip() == "set()"


def test_photographs_are_coded_with_losses_and_plots_without():
    """A notebook stays small, and its plots sharp: each picture the way that suits it."""
    photograph, plot = style.figure(4, 3), style.figure(4, 3)
    noise = np.random.default_rng(0).normal(0, 20, (150, 200, 3))
    photograph.subplots().imshow(np.clip(np.linspace(60, 200, 200)[:, None] + noise, 0, 255) / 255)
    plot.subplots().plot([1, 3, 2])

    bundles = [{"text/html": style.element(fig, "a picture")} for fig in (photograph, plot)]

    # The name of the first part of a WebP file: with losses, and without.
    assert [data_of(bundle)[12:16] for bundle in bundles] == [b"VP8 ", b"VP8L"]
