"""Figures of models and their training: the shape of a model, its losses, its predictions."""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from numpy.typing import ArrayLike

from pawmark.figures.panels import bare, draw_legend, draw_panel, frame
from pawmark.figures.style import CARD, INK, OKABE_ITO, STYLE, figure, show

TIMES = "\N{MULTIPLICATION SIGN}"
GAP = 0.55  # between two blocks, in the units in which the widest block is about 1.7 wide

# How each half is drawn: a word, a colour and a pattern.
ENCODER = ("Conv2D", OKABE_ITO["sky"], "")
DECODER = ("Conv2DTranspose", OKABE_ITO["orange"], "..")
OUTPUT = ("output", OKABE_ITO["green"], "//")


def show_architecture(model: Any, alt: str) -> None:
    """Draw the feature maps of a model from left to right: as tall as the map, as wide as deep.

    Parameters
    ----------
    model : keras.Model
        A model of layers one after the other; layers without parameters are left out.
    alt : str
        What the figure shows, for those who do not see it.

    Raises
    ------
    ValueError
        When the model has no layer whose output is a feature map (batch, height, width, channels).
    """
    blocks = _blocks(model)
    if not blocks:
        raise ValueError("this model has no layer with parameters whose output is a feature map")
    tallest = max(height for height, *_ in blocks)
    with mpl.rc_context(dict(STYLE)):
        fig = figure(9.2, 3.6)
        ax = fig.subplots()
        left, previous = 0.0, None
        for height, width, channels, kind in blocks:
            left = _draw_block(ax, left, (height, width, channels), tallest, kind, previous)
            previous = (height, width)
        _finish(ax, left)
        kinds = dict.fromkeys(kind for *_, kind in blocks)
        patches = [
            Patch(facecolor=colour, hatch=hatch, edgecolor=CARD, label=word)
            for word, colour, hatch in kinds
        ]
        fig.legend(handles=patches, loc="outside lower center", ncols=3, handleheight=1.2)
        show(fig, alt)


def show_losses(axes: Axes, prior_loss: float, alt: str) -> None:
    """Show loss curves with the loss of a predictor that has learnt nothing as a dashed line.

    Parameters
    ----------
    axes : matplotlib Axes
        The curves, as `plot_losses` returns them.
    prior_loss : float
        Loss of the predictor that gives every pixel the class fractions of the training set.
    alt : str
        What the figure shows, for those who do not see it.

    Raises
    ------
    ValueError
        When `axes` is not matplotlib Axes.
    """
    if not isinstance(axes, Axes):
        raise ValueError(f"plot_losses should return Axes, not {type(axes).__name__}")
    axes.axhline(prior_loss, color=INK, linestyle="--", linewidth=1.2)
    axes.annotate(
        "has learnt nothing (class prior)",
        xy=(1, prior_loss),
        # At the right end the curves are low: the words cover nothing there.
        xycoords=("axes fraction", "data"),
        xytext=(0, 4),
        textcoords="offset points",
        ha="right",
        va="bottom",
        color=INK,
    )
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
    show(axes.figure, alt)


def show_predictions(
    images: Sequence[ArrayLike],
    truths: Sequence[ArrayLike],
    predictions: Sequence[ArrayLike],
    alt: str,
) -> None:
    """Show photographs, true masks, predicted masks and the pixels where the two differ.

    Parameters
    ----------
    images : sequence of arrays (H, W, 3)
        RGB values in 0..255.
    truths, predictions : sequences of arrays (H, W) or (H, W, 1)
        Labels 0, 1 and 2.
    alt : str
        What the figure shows, for those who do not see it.

    Raises
    ------
    ValueError
        When there are not as many truths and predictions as photographs, or none at all.
    """
    rows = list(zip(images, truths, predictions, strict=True))
    if not rows:
        raise ValueError("no photograph to show")
    with mpl.rc_context(dict(STYLE)):
        fig = figure(8.8, 2.15 * len(rows) + 0.5)
        grid = fig.subplots(len(rows), 4, squeeze=False)
        for number, (line, row) in enumerate(zip(grid, rows, strict=True)):
            _draw_prediction(line, *row, titled=number == 0)
        draw_legend(fig, 0)
        show(fig, alt)


def _draw_prediction(
    line: np.ndarray, image: ArrayLike, truth: ArrayLike, prediction: ArrayLike, titled: bool
) -> None:
    """Draw one photograph's row: itself, truth, prediction, difference."""
    titles = ("photograph", "truth", "prediction", "wrong pixels (black)")
    kinds = ("image", "mask", "mask")
    arrays = (image, truth, prediction)
    for ax, kind, array, title in zip(line, kinds, arrays, titles, strict=False):
        draw_panel(ax, kind, array, title if titled else "", 0)
    wrong = np.squeeze(truth) != np.squeeze(prediction)
    bare(line[3], titles[3] if titled else "")
    line[3].imshow(wrong, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
    line[3].set_xlabel(f"{wrong.mean():.0%} of the pixels")
    frame(line[3])


def _blocks(model: Any) -> list[tuple[int, int, int, tuple[str, str, str]]]:
    """Return (height, width, channels, kind) of each feature map that has parameters behind it."""
    maps = []
    for layer in model.layers:
        shape = tuple(layer.output.shape) if layer.count_params() else ()
        if len(shape) == 4 and None not in shape[1:]:
            kind = DECODER if "Transpose" in type(layer).__name__ else ENCODER
            maps.append((*shape[1:], kind))
    if maps:
        maps[-1] = (*maps[-1][:3], OUTPUT)
    return maps


def _draw_block(
    ax: Axes,
    left: float,
    shape: tuple[int, int, int],
    tallest: int,
    kind: tuple[str, str, str],
    previous: tuple[int, int] | None,
) -> float:
    """Draw one feature map and return where the next one starts."""
    height, width, channels = shape
    _, colour, hatch = kind
    # A square root keeps 3 channels visible beside 256.
    wide, tall = 0.1 + np.sqrt(channels) / 10, 4.0 * height / tallest
    ax.add_patch(
        Rectangle((left, -tall / 2), wide, tall, facecolor=colour, edgecolor=CARD, hatch=hatch)
    )
    ax.add_patch(Rectangle((left, -tall / 2), wide, tall, fill=False, edgecolor=INK, linewidth=0.8))
    middle = left + wide / 2
    ax.text(middle, -tall / 2 - 0.12, str(channels), ha="center", va="top", fontsize=9)
    if previous != (height, width):
        ax.text(
            middle, tall / 2 + 0.12, f"{height}{TIMES}{width}", ha="center", va="bottom", fontsize=9
        )
    return left + wide + GAP


def _finish(ax: Axes, right: float) -> None:
    """Leave out the axes and say how to read the blocks."""
    ax.set_xlim(-0.2, right - GAP + 0.2)
    ax.set_ylim(-2.7, 2.6)
    ax.set_axis_off()
    ax.set_title(
        f"above a block: height {TIMES} width where it changes; below: channels", fontsize=10
    )
