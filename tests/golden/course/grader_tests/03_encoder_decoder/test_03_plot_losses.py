"""Hidden checks of exercise 03-plot-losses."""

from dataclasses import dataclass

import numpy as np
import pytest

from pawmark.checks import expect

from .replies import as_numbers


@dataclass(frozen=True)
class Curve:
    """What was drawn for one of the two losses."""

    label: str
    x: np.ndarray
    style: tuple[str, str]


@pytest.fixture
def drawn(student, rng):
    """Return the student's axes and the curves on them: name of the loss -> Curve or None."""
    epochs = int(rng.integers(4, 12))
    losses = {
        name: [float(v) for v in rng.uniform(0.1, 1, epochs)] for name in ("loss", "val_loss")
    }
    returned = student.call("plot_losses", student.history(losses))
    expect(returned is not None, "plot_losses returned None: return the Axes")
    axes = student.axes(returned)
    curves = [(line.y, Curve(str(line.label), line.x, (str(line.linestyle), str(line.marker))))
              for line in axes.lines] + scattered(student, returned)  # fmt: skip
    found = {name: match(curves, values) for name, values in losses.items()}
    return axes, found, epochs


def scattered(student, returned):
    """Return what `scatter` drew, as (y, Curve): it makes no lines."""
    reply = student.evaluate(
        "[[str(c.get_label()), [[float(a), float(b)] for a, b in c.get_offsets()]] "
        "for c in axes.collections if hasattr(c, 'get_offsets')]",
        axes=returned,
    )
    points = []
    for label, pairs in reply if isinstance(reply, list) else []:
        pairs = as_numbers(pairs).reshape(-1, 2)
        points.append((pairs[:, 1], Curve(str(label), pairs[:, 0], ("None", "scatter"))))
    return points


def match(curves, values):
    """Return the curve with these values, or None."""
    for y, found in curves:
        y = as_numbers(y)
        if len(y) == len(values) and np.allclose(y, values, atol=1e-6):
            return found
    return None


@pytest.mark.cell("03-plot-losses", points=2)
def test_both_losses_are_drawn(drawn):
    """Both losses are drawn, for all epochs."""
    _, curves, _ = drawn

    expect(curves["loss"], "the training loss is not in the figure, or not all of its epochs")
    expect(curves["val_loss"], "the validation loss is not in the figure, or not all of its epochs")


@pytest.mark.cell("03-plot-losses", points=1)
def test_curves_start_at_epoch_one(drawn):
    """The horizontal axis counts epochs from 1."""
    _, curves, epochs = drawn
    shown = [found for found in curves.values() if found]
    expect(shown, "neither of the two losses is in the figure")

    for found in shown:
        x = as_numbers(found.x)
        expect(
            not np.array_equal(x, np.arange(epochs)),
            "the first epoch is drawn at 0: give the epochs as horizontal positions, from 1",
        )
        expect(
            np.array_equal(x, np.arange(1, epochs + 1)), "the horizontal positions are not 1, 2, 3…"
        )


@pytest.mark.cell("03-plot-losses", points=1)
def test_curves_are_told_apart(drawn):
    """The curves can be told apart without colours, and are named."""
    axes, curves, _ = drawn
    expect(axes.xlabel and axes.ylabel, "an axis has no name: use set_xlabel and set_ylabel")
    expect(axes.legend is not None, "there is no legend")
    expect(len(axes.legend or ()) >= 2, "the legend does not name both curves")
    train, val = curves["loss"], curves["val_loss"]
    if train and val:  # a curve that is missing has a check of its own
        swapped = "train" in val.label.lower() or "val" in train.label.lower()
        expect(not swapped, "the legend calls the training loss validation, or the reverse")
        expect(
            train.style != val.style,
            "only a colour tells the two curves apart: draw the training loss as dots and the "
            "validation loss as a line",
        )
