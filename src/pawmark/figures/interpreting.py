"""Figures of what a network does inside: its activations, its favourite patterns, its heatmaps."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from numpy.typing import ArrayLike

from pawmark.figures.panels import as_picture, bare, frame
from pawmark.figures.style import STYLE, figure, show

# Even in lightness from black to yellow: it reads without colour, and with colour blindness.
HEAT = "inferno"
PAGE = 9.0  # inches
LABEL = 0.9  # inches for the words at the left of a row
SCALE = 0.7  # inches for the scale of the heat


def show_pictures(
    rows: Sequence[Sequence[ArrayLike]],
    alt: str,
    titles: Sequence[str] = (),
    labels: Sequence[str] = (),
    captions: Sequence[Sequence[str]] = (),
) -> None:
    """Show photographs and heatmaps in rows.

    Parameters
    ----------
    rows : sequence of rows, each a sequence of arrays
        An array (H, W, 3) with values in 0..255 is a photograph; an array (h, w) with values in
        0..1 is a heatmap, drawn beside a scale of its colours.
    alt : str
        What the figure shows, for those who do not see it.
    titles : sequence of str
        Printed above the columns.
    labels : sequence of str
        Printed to the left of the rows.
    captions : sequence of rows of str
        Printed below the pictures.

    Raises
    ------
    ValueError
        When there is nothing to show, or an array is neither photograph nor heatmap.
    """
    rows = [list(row) for row in rows]
    columns = max(map(len, rows), default=0)
    if columns == 0:
        raise ValueError("no picture to show")
    heat = any(np.ndim(array) == 2 for row in rows for array in row)
    beside = LABEL * bool(labels) + SCALE * heat
    with mpl.rc_context(dict(STYLE)):
        side = min((PAGE - beside) / columns, 2.4)
        below = 0.24 if captions else 0.06
        height = len(rows) * (side + below) + 0.3 * bool(titles)
        fig = figure(side * columns + beside, height)
        fig.get_layout_engine().set(w_pad=0.03, h_pad=0.03, wspace=0, hspace=0)
        grid = fig.subplots(len(rows), columns, squeeze=False)
        for ax in grid.ravel():
            ax.set_axis_off()
        for r, row in enumerate(rows):
            for c, array in enumerate(row):
                _draw(grid[r, c], np.asarray(array))
                if captions:
                    grid[r, c].set_xlabel(captions[r][c], fontsize=9)
        _name(grid, titles, labels)
        if heat:
            scale = ScalarMappable(Normalize(0, 1), HEAT)
            bar = fig.colorbar(scale, ax=grid, fraction=0.03, pad=0.02, ticks=(0, 0.5, 1))
            bar.set_label("heat", rotation=270, labelpad=10)
        show(fig, alt)


def show_activations(
    image: ArrayLike,
    activations: Sequence[ArrayLike],
    names: Sequence[str],
    alt: str,
    channels: int = 6,
) -> None:
    """Show the strongest channels of some layers as grey pictures, a layer in each row.

    Parameters
    ----------
    image : array (H, W, 3)
        The photograph, values in 0..255; shown at the left.
    activations : sequence of arrays (h, w, channels)
        What each layer gives for it.
    names : sequence of str
        The names of the layers.
    alt : str
        What the figure shows, for those who do not see it.
    channels : int
        How many channels of each layer to show: those with the largest sums.

    Raises
    ------
    ValueError
        When there are not as many names as activations, or an activation is no feature map.
    """
    pairs = list(zip(names, map(np.asarray, activations), strict=True))
    for name, maps in pairs:
        if maps.ndim != 3:
            raise ValueError(
                f"the activation of {name} should have shape (h, w, channels), not {maps.shape}: "
                "take one image out of the batch"
            )
    with mpl.rc_context(dict(STYLE)):
        side = (PAGE - LABEL) / (channels + 1)
        fig = figure(PAGE, len(pairs) * (side + 0.22) + 0.1)
        grid = fig.subplots(len(pairs), channels + 1, squeeze=False)
        for ax in grid.ravel():
            ax.set_axis_off()
        _draw(grid[0, 0], np.asarray(image))
        for line, (name, maps) in zip(grid, pairs, strict=True):
            _draw_channels(line, name, maps, channels)
        show(fig, alt)


def _draw_channels(line: np.ndarray, name: str, maps: np.ndarray, channels: int) -> None:
    """Draw the channels with the largest sums, each from black (0) to white (its largest value)."""
    height, width, _ = maps.shape
    text = f"{name}\n{height} \N{MULTIPLICATION SIGN} {width}"
    line[0].text(-0.08, 0.5, text, transform=line[0].transAxes, ha="right", va="center", fontsize=9)
    strongest = np.argsort(-maps.sum(axis=(0, 1)), kind="stable")[:channels]
    for ax, channel in zip(line[1:], strongest, strict=False):
        _show_axes(ax)
        picture = maps[..., channel]
        ax.imshow(picture, cmap="gray", vmin=0, vmax=max(picture.max(), 1e-9))
        ax.set_title(f"channel {channel}", fontsize=8, pad=2)


def _draw(ax: Axes, array: np.ndarray) -> None:
    """Draw a photograph or a heatmap."""
    _show_axes(ax)
    if array.ndim == 2:
        ax.imshow(array, cmap=HEAT, vmin=0, vmax=1, interpolation="nearest")
    else:
        ax.imshow(as_picture(array), interpolation="antialiased")


def _show_axes(ax: Axes) -> None:
    ax.set_axis_on()
    bare(ax, "")
    frame(ax)


def _name(grid: np.ndarray, titles: Sequence[str], labels: Sequence[str]) -> None:
    """Write the words above the columns and beside the rows."""
    for ax, title in zip(grid[0], titles, strict=False):
        ax.set_title(title, fontsize=10)
    for ax, label in zip(grid[:, 0], labels, strict=False):
        ax.text(-0.06, 0.5, label, transform=ax.transAxes, ha="right", va="center", fontsize=9)
