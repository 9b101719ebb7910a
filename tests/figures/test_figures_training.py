"""Tests of `pawmark.figures.training`: what reaches the notebook, and what is refused."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from pawmark.figures import style, training


class Layer:
    """What the drawing asks of a Keras layer, so that these tests need no TensorFlow."""

    def __init__(self, shape, params):
        self.output = np.empty((1, *shape))
        self.count_params = lambda: params


class Model:
    """A model of three feature maps, after an input without parameters."""

    layers = (Layer((8, 8, 3), 0), Layer((4, 4, 64), 9), Layer((8, 8, 64), 9), Layer((8, 8, 3), 9))


@pytest.fixture
def shown(monkeypatch):
    """Collect what the figure functions hand to the notebook."""
    bundles = []
    monkeypatch.setattr(style, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


@pytest.fixture
def curves():
    """Draw what a student's plot_losses draws."""
    axes = Figure().subplots()
    axes.plot([1, 2, 3], [0.9, 0.5, 0.3], "o", label="Training loss")
    axes.plot([1, 2, 3], [0.8, 0.6, 0.5], label="Validation loss")
    return axes


def test_architecture_carries_alt_text(shown):
    """The drawing of a model is one picture with its alternative text."""
    training.show_architecture(Model, alt="blocks & blocks")

    (bundle,) = shown
    assert 'alt="blocks &amp; blocks"' in bundle["text/html"]


def test_losses_get_the_line_of_the_prior(shown, curves):
    """The student's curves are shown with a dashed line at the loss of the class prior."""
    training.show_losses(curves, 0.87, alt="two curves")

    assert len(shown) == 1
    assert curves.lines[-1].get_linestyle() == "--"
    assert set(curves.lines[-1].get_ydata()) == {0.87}


def test_predictions_are_shown_with_their_errors(shown):
    """A photograph, two masks and the wrong pixels make one picture; (H, W, 1) masks do too."""
    image, mask = np.zeros((8, 10, 3)), np.arange(80, dtype="uint8").reshape(8, 10) % 3

    training.show_predictions([image], [mask[..., None]], [mask[::-1]], alt="a row")

    assert len(shown) == 1


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: training.show_architecture(type("M", (), {"layers": ()}), alt="x"), "no layer"),
        (lambda: training.show_losses(None, 0.5, alt="x"), "should return Axes, not NoneType"),
        (lambda: training.show_predictions([], [], [], alt="x"), "no photograph"),
        (lambda: training.show_predictions([1], [], [], alt="x"), "shorter"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, message):
    """An undone exercise or lists of different lengths end in a sentence that says so."""
    with pytest.raises(ValueError, match=message):
        draw()
