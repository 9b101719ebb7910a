"""Tests of `pawmark.figures.interpreting`: what reaches the notebook, and what is refused."""

import numpy as np
import pytest

from pawmark.figures import interpreting, style

PHOTOGRAPH = np.zeros((8, 10, 3))
HEATMAP = np.linspace(0, 1, 12).reshape(3, 4)


@pytest.fixture
def shown(monkeypatch):
    """Collect what the figure functions hand to the notebook."""
    bundles = []
    monkeypatch.setattr(style, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"titles": ["a", "b"], "labels": ["x", "y"], "captions": [["1", "2"], ["3", "4"]]},
        {"titles": ["only one"], "labels": ["x"]},
    ],
)
def test_pictures_of_both_kinds_make_one_figure(shown, words):
    """Photographs and heatmaps, with or without words, become one picture with its alt text."""
    interpreting.show_pictures(
        [[PHOTOGRAPH, HEATMAP], [HEATMAP, PHOTOGRAPH]], alt="two & two", **words
    )

    (bundle,) = shown
    assert 'alt="two &amp; two"' in bundle["text/html"]


def test_rows_may_differ_in_length(shown):
    """A shorter row leaves its last places empty."""
    interpreting.show_pictures([[PHOTOGRAPH, PHOTOGRAPH], [PHOTOGRAPH]], alt="three photographs")

    assert len(shown) == 1


def test_fewer_channels_than_places(shown):
    """Layers with few channels, or with nothing but zeros, are shown too."""
    maps = [np.zeros((4, 4, 3)), np.ones((2, 2, 9))]

    interpreting.show_activations(PHOTOGRAPH, maps, ["conv1", "conv2"], alt="two layers")

    assert len(shown) == 1


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: interpreting.show_pictures([], alt="x"), "no picture"),
        (lambda: interpreting.show_pictures([[]], alt="x"), "no picture"),
        (lambda: interpreting.show_pictures([[np.zeros(3)]], alt="x"), "has shape"),
        (lambda: interpreting.show_activations(PHOTOGRAPH, [], ["a"], alt="x"), "shorter|longer"),
        (
            lambda: interpreting.show_activations(PHOTOGRAPH, [np.zeros((1, 2, 2, 3))], ["a"], "x"),
            "out of the batch",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, message):
    """Arrays of another form, or none at all, end in a sentence that says so."""
    with pytest.raises(ValueError, match=message):
        draw()
