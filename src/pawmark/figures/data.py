"""Figures of photographs, masks and class fractions."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.patches import Patch
from numpy.typing import ArrayLike

from pawmark.figures.panels import (
    PAGE,
    as_labels,
    as_picture,
    aspect_of,
    bare,
    draw_legend,
    draw_panel,
    frame,
)
from pawmark.figures.style import INK, LABELS, STYLE, figure, show

PANEL = 2.6  # inches: three panels and a legend fill a notebook's page
MAX_COLUMNS = 5


def show_pair(
    image: ArrayLike, mask: ArrayLike, alt: str, first_label: int = 0, title: str = ""
) -> None:
    """Show a photograph beside its mask.

    Parameters
    ----------
    image : array (H, W, 3)
        RGB values in 0..255.
    mask : array (h, w) or (h, w, 1)
        One label a pixel; its size may differ from the photograph's.
    alt : str
        What the figure shows, for those who do not see it.
    first_label : int
        The value that means "pet": 0 in targets, 1 in the files of the data set.
    title : str
        Printed above the photograph.
    """
    panels = [("image", image, title or "photograph"), ("mask", mask, "mask")]
    _show_panels(panels, alt, first_label)


def show_overlay(image: ArrayLike, mask: ArrayLike, alt: str, title: str = "") -> None:
    """Show a photograph, its mask, and the mask laid over the photograph.

    Parameters
    ----------
    image : array (H, W, 3)
        RGB values in 0..255.
    mask : array (H, W) or (H, W, 1)
        Labels 0, 1 and 2, as large as the photograph.
    alt : str
        What the figure shows, for those who do not see it.
    title : str
        Printed above the photograph.
    """
    both = overlay(image, mask)
    panels = [
        ("image", image, title or "photograph"),
        ("mask", mask, "mask"),
        ("image", both, "mask over photograph"),
    ]
    _show_panels(panels, alt, 0)


def show_grid(
    images: Sequence[ArrayLike],
    masks: Sequence[ArrayLike] | None,
    alt: str,
    titles: Sequence[str] = (),
    first_label: int = 0,
) -> None:
    """Show photographs in a row, each above its mask.

    Parameters
    ----------
    images : sequence of arrays (H, W, 3)
        RGB values in 0..255; sizes may differ.
    masks : sequence of arrays (h, w) or (h, w, 1), or None
        One mask for each photograph; None shows the photographs alone.
    alt : str
        What the figure shows, for those who do not see it.
    titles : sequence of str
        One for each photograph, or none.
    first_label : int
        The value that means "pet".
    """
    count = min(len(images), MAX_COLUMNS)
    titles = list(titles) or [""] * count
    rows = [[("image", images[i], titles[i]) for i in range(count)]]
    if masks is not None:
        rows.append([("mask", masks[i], "") for i in range(count)])
    # All of one height, as wide as they need, side by side over the whole page.
    widths = [1 / aspect_of(image) for image in images[:count]]
    height = min(PAGE / sum(widths), 3.2)
    with mpl.rc_context(dict(STYLE)):
        fig = figure(height * sum(widths), (height + 0.15) * len(rows) + 0.3 * len(rows))
        axes = fig.subplots(len(rows), count, squeeze=False, width_ratios=widths)
        for row, line in zip(axes, rows, strict=True):
            for ax, panel in zip(row, line, strict=True):
                draw_panel(ax, *panel, first_label)
        if masks is not None:
            draw_legend(fig, first_label)
        show(fig, alt)


def show_difference(
    first: ArrayLike, second: ArrayLike, alt: str, titles: tuple[str, str] = ("first", "second")
) -> None:
    """Show two masks of one photograph and the pixels where they disagree.

    Parameters
    ----------
    first, second : array (H, W) or (H, W, 1)
        Labels 0, 1 and 2.
    alt : str
        What the figure shows, for those who do not see it.
    titles : pair of str
        Printed above the masks.
    """
    a, b = as_labels(first, 0), as_labels(second, 0)
    with mpl.rc_context(dict(STYLE)):
        fig = figure(3 * PANEL, PANEL * aspect_of(a) + 0.6)
        axes = fig.subplots(1, 3)
        draw_panel(axes[0], "mask", a, titles[0], 0)
        draw_panel(axes[1], "mask", b, titles[1], 0)
        bare(axes[2], "black: the two differ")
        axes[2].imshow(a != b, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
        frame(axes[2])
        draw_legend(fig, 0)
        show(fig, alt)


def show_gray(gray: ArrayLike, alt: str, title: str = "") -> None:
    """Show an array of grey values exactly as it is: 0 is black and 255 is white.

    Parameters
    ----------
    gray : array (H, W)
        Grey values in 0..255.
    alt : str
        What the figure shows, for those who do not see it.
    title : str
        Printed above the picture.
    """
    array = np.asarray(gray)
    if array.ndim != 2:
        raise ValueError(f"a grey picture has shape (H, W), this array has {array.shape}")
    with mpl.rc_context(dict(STYLE)):
        fig = figure(PANEL + 1.6, PANEL * aspect_of(array) + 0.5)
        ax = fig.subplots()
        bare(ax, title)
        ax.imshow(array, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        frame(ax)
        values = np.unique(array)[:4]
        patches = [
            Patch(facecolor=str(np.clip(value / 255, 0, 1)), edgecolor=INK, label=f"{value:g}")
            for value in values
        ]
        fig.legend(handles=patches, loc="outside right upper", title="grey value")
        show(fig, alt)


def show_class_prior(fractions: Sequence[float], alt: str) -> None:
    """Show what part of all pixels each class has, as bars.

    Parameters
    ----------
    fractions : three floats
        Parts of pet, background and contour; they add up to 1.
    alt : str
        What the figure shows, for those who do not see it.
    """
    if len(fractions) != len(LABELS):
        raise ValueError(f"expected {len(LABELS)} fractions, one a class, got {len(fractions)}")
    with mpl.rc_context(dict(STYLE)):
        fig = figure(6.4, 2.1)
        ax = fig.subplots()
        names = [f"{value} {label.name}" for value, label in enumerate(LABELS)]
        colours = [label.colour for label in LABELS]
        bars = ax.barh(names, fractions, color=colours, edgecolor="white", height=0.68)
        for bar, label, part in zip(bars, LABELS, fractions, strict=True):
            bar.set_hatch(label.hatch)
            ax.annotate(
                f"{part:.1%}", (part, bar.get_y() + bar.get_height() / 2),
                xytext=(5, 0), textcoords="offset points", va="center",
            )  # fmt: skip
        ax.invert_yaxis()
        ax.set_xlim(0, max(fractions) * 1.15)
        ax.xaxis.set_major_formatter(mpl.ticker.PercentFormatter(1.0))
        ax.set_xlabel("part of all pixels")
        ax.tick_params(axis="y", length=0)
        show(fig, alt)


def overlay(image: ArrayLike, mask: ArrayLike, strength: float = 0.55) -> np.ndarray:
    """Lay a mask over a photograph: the background fades to grey, the contour darkens.

    Parameters
    ----------
    image : array (H, W, 3)
        RGB values in 0..255.
    mask : array (H, W) or (H, W, 1)
        Labels 0, 1 and 2.
    strength : float
        How far the background fades, from 0 (not at all) to 1.

    Returns
    -------
    array (H, W, 3) of uint8
    """
    picture, labels = as_picture(image).astype(float), as_labels(mask, 0)
    if picture.shape[:2] != labels.shape:
        raise ValueError(
            f"the photograph is {picture.shape[:2]} (height, width) and the mask {labels.shape}: "
            "an overlay needs the same size"
        )
    gray = picture.mean(axis=-1, keepdims=True)
    faded = (1 - strength) * gray + strength * 255
    result = np.where((labels == 1)[..., None], faded, picture)
    # Dark as in the legend, yet the uncertain pixels below stay visible.
    result = np.where((labels == 2)[..., None], 0.3 * picture, result)
    return result.astype(np.uint8)


def _show_panels(panels: Sequence[tuple], alt: str, first_label: int) -> None:
    """Draw panels in one row, as tall as the first one's picture asks."""
    with mpl.rc_context(dict(STYLE)):
        fig = figure(PANEL * len(panels), PANEL * aspect_of(panels[0][1]) + 0.6)
        for ax, panel in zip(fig.subplots(1, len(panels)), panels, strict=True):
            draw_panel(ax, *panel, first_label)
        draw_legend(fig, first_label)
        show(fig, alt)
