"""How figures become pictures: even margins, nothing cut off, and the figure left as it was."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from pawmark.figures.style import element, figure

MARGIN = 23  # 0.12 inches at 192 pixels an inch


def picture(fig):
    """Return the pixels of a figure's element."""
    code = re.search(r"base64,([^\"]+)", element(fig, "A line."))[1]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(code))).convert("RGB"))


@pytest.fixture
def fig():
    """Give a figure with a plot in it."""
    found = figure(4.0, 2.0)
    found.subplots().plot([0, 1])
    return found


def test_margins_are_even(fig):
    """The card reaches as far beyond the drawing on every side."""
    rows, columns = np.nonzero((picture(fig) < 250).any(axis=-1))
    height, width = picture(fig).shape[:2]

    assert (rows.min(), columns.min()) == (MARGIN, MARGIN)
    assert (height - 1 - rows.max(), width - 1 - columns.max()) == (MARGIN, MARGIN)


def test_what_reaches_beyond_the_figure_is_shown(fig):
    """Words that run over the edge make the picture wider; they are not cut."""
    before = picture(fig).shape[1]
    fig.text(0.9, 0.5, "a text that is longer than the place that is left for it")

    assert picture(fig).shape[1] > before + 300


def test_the_figure_is_as_it_was(fig):
    """A figure can be shown twice, and saved afterwards at its own size."""
    canvas, dpi = fig.canvas, fig.dpi
    first, second = picture(fig), picture(fig)

    assert np.array_equal(first, second)
    assert (fig.canvas, fig.dpi) == (canvas, dpi)
