"""Figures of architecture patterns: shortcuts, gradients, moving averages, an ablation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from pawmark.figures.style import CARD, INK, OKABE_ITO, STYLE, figure, show

TIMES = "\N{MULTIPLICATION SIGN}"

# One look for each curve, told apart by dash and marker as well as by colour.
LOOKS = (
    (OKABE_ITO["black"], "-", "o", ""),
    (OKABE_ITO["vermilion"], "--", "s", "//"),
    (OKABE_ITO["blue"], "-.", "^", ".."),
    (OKABE_ITO["green"], ":", "D", "xx"),
)
BOX = (1.85, 0.46)  # width and height of a layer in the drawing of a block


@dataclass(frozen=True)
class Variant:
    """What was measured of one variant in an ablation.

    Attributes
    ----------
    name : str
        The word in the figure.
    params : int
        Parameters of the model.
    step_seconds : float
        Time of one training step.
    losses : sequence of float
        Training loss of each epoch.
    """

    name: str
    params: int
    step_seconds: float
    losses: Sequence[float]


def show_shortcuts(alt: str) -> None:
    """Draw a residual block three times: shapes that fit, more channels, and halved size.

    Parameters
    ----------
    alt : str
        What the figure shows, for those who do not see it.
    """
    cases = (
        ("the shapes fit", "", "the input itself", ""),
        ("other channels", "", f"1{TIMES}1 convolution", "changes channels"),
        ("pooling", "max pooling", f"1{TIMES}1 convolution", "strides 2"),
    )
    with mpl.rc_context(dict(STYLE)):
        fig = figure(9.4, 4.0)
        for ax, case in zip(fig.subplots(1, 3), cases, strict=True):
            _draw_block(ax, *case)
        show(fig, alt)


def show_gradients(
    depths: Sequence[int], gradients: Mapping[str, Sequence[float]], alt: str
) -> None:
    """Draw how large the gradient of the first layer is in stacks of growing depth.

    Parameters
    ----------
    depths : sequence of int
        Layers in the stack.
    gradients : mapping of str to sequence of float
        For each kind of stack the norm of the gradient at each depth.
    alt : str
        What the figure shows, for those who do not see it.

    Raises
    ------
    ValueError
        When a curve has another length than `depths`, or there is none.
    """
    _refuse_empty(gradients)
    with mpl.rc_context(dict(STYLE)):
        fig = figure(8.0, 3.8)
        ax = fig.subplots()
        for (name, values), look in zip(gradients.items(), LOOKS, strict=False):
            _draw_curve(ax, depths, values, name, look)
        ax.set_xscale("log", base=2)
        ax.set_yscale("log")
        ax.set_xticks(depths, [str(depth) for depth in depths])
        ax.set_xlabel("layers in the stack")
        ax.set_ylabel("gradient at the first layer")
        _legend(ax)
        show(fig, alt)


def show_moving_average(moving: Sequence[float], target: float, alt: str) -> None:
    """Draw how a moving average closes in on what it averages.

    Parameters
    ----------
    moving : sequence of float
        Its value before the first step and after each one.
    target : float
        What it should come to.
    alt : str
        What the figure shows, for those who do not see it.

    Raises
    ------
    ValueError
        When there is no value.
    """
    _refuse_empty(moving)
    with mpl.rc_context(dict(STYLE)):
        fig = figure(8.0, 3.0)
        ax = fig.subplots()
        ax.plot(range(len(moving)), moving, color=OKABE_ITO["blue"], label="moving mean")
        ax.axhline(target, color=INK, linestyle="--", linewidth=1.2, label="mean of the data")
        ax.set_xlabel("training steps")
        ax.set_ylabel("mean of the channel")
        ax.legend(loc="lower right")
        show(fig, alt)


def show_ablation(variants: Sequence[Variant], prior_loss: float, alt: str) -> None:
    """Show parameters, time a step and training loss of several variants side by side.

    Parameters
    ----------
    variants : sequence of Variant
        At most four, in the order in which the patterns were added.
    prior_loss : float
        Loss of a predictor that knows nothing but how often each class occurs.
    alt : str
        What the figure shows, for those who do not see it.

    Raises
    ------
    ValueError
        When there is no variant.
    """
    _refuse_empty(variants)
    params = [variant.params / 1000 for variant in variants]
    times = [1000 * variant.step_seconds for variant in variants]
    with mpl.rc_context(dict(STYLE)):
        fig = figure(9.4, 3.6)
        left, middle, right = fig.subplots(1, 3, width_ratios=(1, 1, 1.5))
        _draw_bars(left, variants, params, "thousand parameters", "{:.0f}")
        _draw_bars(middle, variants, times, "milliseconds a step", "{:.1f}")
        middle.set_yticklabels([])
        for variant, look in zip(variants, LOOKS, strict=False):
            epochs = range(1, len(variant.losses) + 1)
            _draw_curve(right, epochs, variant.losses, variant.name, look)
        right.axhline(prior_loss, color=INK, linewidth=1.2, linestyle="--", label="class prior")
        right.set_ylim(bottom=0)
        right.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
        right.set_xlabel("epoch")
        right.set_title("training loss")
        # Below the axes: the curves cross the whole panel, and a legend there would cover them.
        fig.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=5)
        show(fig, alt)


def _refuse_empty(values: Sequence | Mapping) -> None:
    if not len(values):
        raise ValueError("nothing to draw: the figure was given no values")


def _draw_curve(
    ax: Axes, x: Sequence[float], y: Sequence[float], name: str, look: tuple[str, str, str, str]
) -> None:
    if len(x) != len(y):
        raise ValueError(f"{name!r} has {len(y)} values for {len(x)} positions")
    colour, dashes, marker, _ = look
    ax.plot(x, y, color=colour, linestyle=dashes, marker=marker, markersize=5, label=name)


def _legend(ax: Axes) -> None:
    """Write the legend beside the axes, where it covers no curve."""
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), handlelength=3.2)


def _draw_bars(
    ax: Axes, variants: Sequence[Variant], values: Sequence[float], title: str, form: str
) -> None:
    """Draw one bar a variant, the first on top, with its number behind it."""
    places = np.arange(len(variants))[::-1]
    for place, value, look in zip(places, values, LOOKS, strict=False):
        colour, _, _, hatch = look
        ax.barh(place, value, color=colour, hatch=hatch, edgecolor=CARD, height=0.62)
        ax.text(value, place, " " + form.format(value), va="center", ha="left")
    ax.set_yticks(places, [variant.name for variant in variants])
    ax.set_xlim(0, 1.3 * max(values))
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.set_title(title)


def _draw_block(ax: Axes, title: str, pooling: str, shortcut: str, note: str) -> None:
    """Draw one residual block from the top down: layers left, shortcut right, addition below."""
    main, side = 0.95, 3.1
    words = [f"3{TIMES}3 convolution, relu"] * 2 + ([pooling] if pooling else [])
    heights = [3.3, 2.6, 1.9][: len(words)]
    ax.text(2.0, 4.75, "input", ha="center", va="center", fontweight="bold")
    _arrow(ax, (1.8, 4.6), (main, heights[0] + BOX[1] / 2))
    for word, height in zip(words, heights, strict=True):
        _layer(ax, main, height, word, OKABE_ITO["sky"])
    for upper, lower in pairwise(heights):
        _arrow(ax, (main, upper - BOX[1] / 2), (main, lower + BOX[1] / 2))
    _arrow(ax, (main, heights[-1] - BOX[1] / 2), (1.86, 0.92))
    _draw_shortcut(ax, side, shortcut, note)
    ax.text(2.0, 0.8, "+", ha="center", va="center", fontsize=15, fontweight="bold")
    _arrow(ax, (2.0, 0.6), (2.0, 0.2))
    ax.text(2.0, 0.05, "output", ha="center", va="center", fontweight="bold")
    ax.set_title(title)
    ax.set_xlim(-0.05, 4.1)
    ax.set_ylim(-0.1, 4.95)
    ax.set_axis_off()


def _draw_shortcut(ax: Axes, x: float, word: str, note: str) -> None:
    """Draw the right-hand way: a bare arrow where the input fits, a layer where it does not."""
    if not note:
        path = FancyArrowPatch(
            (2.2, 4.6),
            (2.14, 0.92),
            connectionstyle="arc3,rad=-0.68",
            arrowstyle="-|>",
            mutation_scale=11,
            color=INK,
        )
        ax.add_patch(path)
        ax.text(3.3, 2.75, word, ha="right", va="center", fontsize=8)
        return
    _arrow(ax, (2.2, 4.6), (x, 2.75 + BOX[1]))
    _layer(ax, x, 2.75, f"{word}\n{note}", OKABE_ITO["orange"], tall=2)
    _arrow(ax, (x, 2.75 - BOX[1]), (2.14, 0.92))


def _layer(ax: Axes, x: float, y: float, word: str, colour: str, tall: int = 1) -> None:
    width, height = BOX[0], BOX[1] * tall
    corner = (x - width / 2, y - height / 2)
    # A pale fill keeps the words readable.
    box = FancyBboxPatch(
        corner, width, height, boxstyle="round,pad=0.03", facecolor=colour + "55", edgecolor=INK
    )
    ax.add_patch(box)
    ax.text(x, y, word, ha="center", va="center", fontsize=8)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.add_patch(
        FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=11, color=INK, shrinkA=1, shrinkB=1
        )
    )
