"""Tests of `pawmark.figures.architecture`: what reaches the notebook, and what is refused."""

import pytest

from pawmark.figures import architecture, style
from pawmark.figures.architecture import Variant


@pytest.fixture
def shown(monkeypatch):
    """Collect what the figure functions hand to the notebook."""
    bundles = []
    monkeypatch.setattr(style, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


@pytest.mark.parametrize(
    "draw",
    [
        lambda: architecture.show_shortcuts(alt="three blocks"),
        lambda: architecture.show_gradients(
            [1, 2, 4], {"plain": [1, 0.5, 0.1], "shortcut": [1, 1, 2]}, alt="three blocks"
        ),
        lambda: architecture.show_moving_average([0, 1, 1.5], 2, alt="three blocks"),
        lambda: architecture.show_ablation(
            [Variant("plain", 1000, 0.01, [0.7, 0.6]), Variant("+ x", 900, 0.02, [0.7, 0.5])],
            0.65,
            alt="three blocks",
        ),
    ],
    ids=["shortcuts", "gradients", "moving-average", "ablation"],
)
def test_each_figure_is_one_picture_with_alt_text(shown, draw):
    """Every figure reaches the notebook as one picture with its alternative text."""
    draw()

    (bundle,) = shown
    assert 'alt="three blocks"' in bundle["text/html"]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: architecture.show_gradients([1], {}, alt="x"), "nothing to draw"),
        (lambda: architecture.show_gradients([1], {"a": [1, 2]}, alt="x"), "2 values for 1"),
        (lambda: architecture.show_moving_average([], 1, alt="x"), "nothing to draw"),
        (lambda: architecture.show_ablation([], 1, alt="x"), "nothing to draw"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, message):
    """Missing values end in a sentence that says so."""
    with pytest.raises(ValueError, match=message):
        draw()
