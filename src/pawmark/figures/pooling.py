"""Figures of windows: small arrays with their numbers, padding, and two ways to shrink compared."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from numpy.typing import ArrayLike

from pawmark.figures.panels import as_labels, aspect_of, bare, draw_legend, draw_panel, frame
from pawmark.figures.style import CARD, FAINT, INK, OKABE_ITO, STYLE, figure, show

TIMES = "\N{MULTIPLICATION SIGN}"
MAX_NUMBERS = 12  # rows or columns: beyond this the numbers cannot be read any more

# How a way of shrinking is drawn, in the order in which the ways are given.
MARKS = (("o", OKABE_ITO["blue"]), ("s", OKABE_ITO["vermilion"]), ("^", OKABE_ITO["green"]))


def show_numbers(
    panels: Sequence[tuple[str, ArrayLike]], alt: str, window: int = 0, windowed: int = 1
) -> None:
    """Show small arrays side by side, with the number in each of their cells.

    Parameters
    ----------
    panels : sequence of (title, array (H, W) or (H, W, 1))
        What to show, from left to right.
    alt : str
        What the figure shows, for those who do not see it.
    window : int
        Side of the square windows whose borders are drawn thick; 0 draws none.
    windowed : int
        How many of the panels, from the left, have windows.

    Raises
    ------
    ValueError
        When there is no panel, or an array is not a small plane of finite numbers.
    """
    planes = [(title, _plane(array)) for title, array in panels]
    if not planes:
        raise ValueError("no array to show")
    columns = [plane.shape[1] for _, plane in planes]
    rows = max(plane.shape[0] for _, plane in planes)
    side = min(0.62, 8.6 / (sum(columns) + len(columns)))
    with mpl.rc_context(dict(STYLE)):
        fig = figure(side * (sum(columns) + len(columns)), side * rows + 0.45)
        # All cells of the figure are of one size: a smaller array is a smaller picture.
        axes = fig.subplots(1, len(planes), squeeze=False, width_ratios=columns)[0]
        for i, (ax, (title, plane)) in enumerate(zip(axes, planes, strict=True)):
            _draw_numbers(ax, title, plane, window if i < windowed else 0, rows)
        show(fig, alt)


def show_windows(sizes: Sequence[int], kernel: int, stride: int, alt: str) -> None:
    """Show which pixels of a row each window of a convolution with "same" padding sees.

    Parameters
    ----------
    sizes : sequence of int
        Lengths of the rows to show, one below the other.
    kernel, stride : int
        Width of a window, and the step from one window to the next.
    alt : str
        What the figure shows, for those who do not see it.
    """
    with mpl.rc_context(dict(STYLE)):
        fig = figure(7.2, sum(0.28 * -(-n // stride) + 0.95 for n in sizes))
        heights = [-(-n // stride) + 2.4 for n in sizes]
        axes = fig.subplots(len(sizes), 1, squeeze=False, height_ratios=heights)[:, 0]
        for ax, n in zip(axes, sizes, strict=True):
            _draw_row(ax, n, kernel, stride, max(sizes))
        patches = [
            Patch(facecolor=OKABE_ITO["sky"], edgecolor=INK, label="pixel"),
            Patch(facecolor=CARD, edgecolor=INK, hatch="////", label="padding (zero)"),
            Patch(facecolor=INK, edgecolor=INK, label="a window"),
        ]
        fig.legend(handles=patches, loc="outside lower center", ncols=3, handleheight=1.1)
        show(fig, alt)


def show_comparison(
    scores: Mapping[str, Mapping[str, Sequence[float]]], better: Mapping[str, str], alt: str
) -> None:
    """Show every run of each way of shrinking as a point, with a bar at their mean.

    Parameters
    ----------
    scores : mapping
        From the way of shrinking to the measure to one number for each run; the runs of all ways
        are in the same order.
    better : mapping
        From the measure to ``"lower"`` or ``"higher"``.
    alt : str
        What the figure shows, for those who do not see it.

    Raises
    ------
    ValueError
        When there are more ways than marks to tell them apart without colour.
    """
    ways = list(scores)
    if len(ways) > len(MARKS):
        raise ValueError(f"{len(ways)} ways to draw and only {len(MARKS)} marks to draw them with")
    with mpl.rc_context(dict(STYLE)):
        fig = figure(9.0, 3.2)
        for ax, measure in zip(fig.subplots(1, len(better), squeeze=False)[0], better, strict=True):
            _draw_runs(ax, [scores[way][measure] for way in ways], ways)
            ax.set_title(f"{measure}\n{better[measure]} is better")
        show(fig, alt)


def show_two_predictions(
    image: ArrayLike, truth: ArrayLike, predictions: Mapping[str, ArrayLike], alt: str
) -> None:
    """Show one photograph, its true mask, and below each prediction the pixels it gets wrong.

    Parameters
    ----------
    image : array (H, W, 3)
        RGB values in 0..255.
    truth : array (H, W) or (H, W, 1)
        Labels 0, 1 and 2.
    predictions : mapping
        From the name of a model to its mask, as large as the truth.
    alt : str
        What the figure shows, for those who do not see it.
    """
    side = 2.2
    with mpl.rc_context(dict(STYLE)):
        columns = 1 + len(predictions)
        fig = figure(side * columns + 0.6, 2 * side * aspect_of(image) + 1.1)
        top, bottom = fig.subplots(2, columns)
        draw_panel(top[0], "image", image, "photograph", 0)
        draw_panel(bottom[0], "mask", truth, "truth", 0)
        places = zip(top[1:], bottom[1:], predictions.items(), strict=True)
        for above, below, (name, mask) in places:
            draw_panel(above, "mask", mask, name, 0)
            wrong = as_labels(mask, 0) != as_labels(truth, 0)
            bare(below, f"wrong (black): {wrong.mean():.1%}")
            below.imshow(wrong, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
            frame(below)
        draw_legend(fig, 0)
        show(fig, alt)


def _plane(array: ArrayLike) -> np.ndarray:
    """Return an array as (H, W) numbers, or say what keeps it from being shown."""
    plane = np.asarray(array)
    if plane.ndim == 3 and plane.shape[-1] == 1:
        plane = plane[..., 0]
    if plane.ndim != 2 or not plane.size or max(plane.shape) > MAX_NUMBERS:
        raise ValueError(
            f"only arrays (H, W) or (H, W, 1) of at most {MAX_NUMBERS} rows and columns can be "
            f"shown as numbers; this one has shape {np.shape(array)}"
        )
    if plane.dtype.kind not in "biuf" or not np.isfinite(plane.astype(float)).all():
        raise ValueError("this array holds something other than finite numbers")
    return plane.astype(float)


def _draw_numbers(ax: Axes, title: str, plane: np.ndarray, window: int, rows: int) -> None:
    """Draw one array: darker where its numbers are larger, with thick borders round windows."""
    height, width = plane.shape
    low, high = plane.min(), plane.max()
    shade = (plane - low) / (high - low) if high > low else np.zeros_like(plane)
    # The darkest shade is still light enough for black numbers.
    ax.imshow(0.62 * shade, cmap="Blues", vmin=0, vmax=1, interpolation="nearest")
    for (i, j), value in np.ndenumerate(plane):
        # Adding 0 turns -0 into 0.
        ax.text(j, i, f"{round(value, 2) + 0.0:g}", ha="center", va="center", fontsize=9)
    ax.hlines(np.arange(height + 1) - 0.5, -0.5, width - 0.5, color=FAINT, linewidth=0.8)
    ax.vlines(np.arange(width + 1) - 0.5, -0.5, height - 0.5, color=FAINT, linewidth=0.8)
    if window:
        for i in range(height // window):
            for j in range(width // window):
                corner = (j * window - 0.5, i * window - 0.5)
                ax.add_patch(Rectangle(corner, window, window, fill=False, ec=INK, lw=2.0))
    # The axes of smaller arrays leave the same room, so that cells keep their size.
    ax.set_ylim(rows - 0.4, -0.6)
    ax.set_xlim(-0.6, width - 0.4)
    ax.set_axis_off()
    ax.set_title(title)


def _draw_row(ax: Axes, n: int, kernel: int, stride: int, longest: int) -> None:
    """Draw a row of pixels with its padding, and below it a line for each window."""
    outputs = -(-n // stride)
    total = max((outputs - 1) * stride + kernel - n, 0)
    before = total // 2
    for position in range(-before, n + total - before):
        inside = 0 <= position < n
        ax.add_patch(
            Rectangle(
                (position, 0), 1, 1, ec=INK, lw=0.9,
                fc=OKABE_ITO["sky"] if inside else CARD, hatch="" if inside else "////",
            )
        )  # fmt: skip
        if inside:
            ax.text(position + 0.5, 0.5, str(position), ha="center", va="center", fontsize=9)
    for i in range(outputs):
        left = i * stride - before
        ax.plot([left + 0.12, left + kernel - 0.12], [-0.6 - i] * 2, color=INK, linewidth=4)
        ax.text(left + kernel + 0.1, -0.6 - i, f"output {i}", va="center", fontsize=9)
    ax.set_title(f"{n} pixels, kernel {kernel}, stride {stride}", loc="left")
    ax.set_xlim(-1.2, longest + kernel + 1.6)
    ax.set_ylim(-0.4 - outputs, 1.15)
    ax.set_axis_off()


def _draw_runs(ax: Axes, columns: Sequence[Sequence[float]], names: Sequence[str]) -> None:
    """Draw the runs of one measure: a column for each way, runs of one seed joined by a line."""
    for runs in zip(*columns, strict=True):
        ax.plot(range(len(runs)), runs, color=FAINT, linewidth=1.2, zorder=1)
    for x, (values, (marker, colour)) in enumerate(zip(columns, MARKS, strict=False)):
        ax.scatter([x] * len(values), values, marker=marker, s=46, color=colour, ec=CARD, zorder=3)
        ax.hlines(np.mean(values), x - 0.22, x + 0.22, color=INK, linewidth=2.2, zorder=2)
    ax.set_xticks(range(len(names)), names)
    ax.set_xlim(-0.6, len(names) - 0.4)
    ax.margins(y=0.12)
    ax.grid(visible=True, axis="y")
