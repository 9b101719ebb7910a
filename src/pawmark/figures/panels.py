"""The parts that figures of photographs and masks are made of."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import ArrayLike

from pawmark.figures.style import INK, LABELS

PAGE = 9.0  # inches: the width of a notebook's page


def draw_panel(ax: Axes, kind: str, array: ArrayLike, title: str, first_label: int) -> None:
    """Draw one photograph or one mask."""
    bare(ax, title)
    if kind == "image":
        ax.imshow(as_picture(array), interpolation="antialiased")
    else:
        draw_mask(ax, as_labels(array, first_label))
    frame(ax)


def draw_mask(ax: Axes, labels: np.ndarray) -> None:
    """Fill each class with its colour and lay its pattern over it."""
    colours = ListedColormap([label.colour for label in LABELS])
    ax.imshow(labels, cmap=colours, vmin=-0.5, vmax=len(LABELS) - 0.5, interpolation="nearest")
    for value, label in enumerate(LABELS):
        here = labels == value
        if label.hatch and here.any() and min(labels.shape) > 1:
            # Filled contours carry hatches; the fill itself is left out.
            drawn = ax.contourf(here, levels=[0.5, 1.5], colors="none", hatches=[label.hatch])
            drawn.set_edgecolor("white")
            drawn.set_linewidth(0)


def draw_legend(fig: Figure, first_label: int) -> None:
    """Name the classes with their values below the panels."""
    patches = [
        Patch(
            facecolor=label.colour,
            edgecolor="white",
            hatch=label.hatch,
            label=f"{value} {label.name}",
        )
        for value, label in enumerate(LABELS, start=first_label)
    ]
    fig.legend(
        handles=patches, loc="outside lower center", ncols=3, handlelength=2.4, handleheight=1.2
    )


def bare(ax: Axes, title: str) -> None:
    """Leave a title and no ticks."""
    ax.set_title(title)
    ax.set_xticks([])
    ax.set_yticks([])


def frame(ax: Axes) -> None:
    """Draw a thin frame, so that white parts of a picture do not run into the page."""
    for spine in ax.spines.values():
        spine.set_visible(True)
        spine.set_color(INK)
        spine.set_linewidth(0.6)


def aspect_of(array: ArrayLike) -> float:
    """Return height over width, kept within what still makes a readable figure."""
    height, width = np.shape(array)[:2]
    return float(np.clip(height / max(width, 1), 0.3, 1.5))


def as_picture(image: ArrayLike) -> np.ndarray:
    """Return a photograph as uint8, or say what keeps it from being one."""
    array = np.asarray(image)
    if array.ndim != 3 or array.shape[-1] != 3:
        raise ValueError(f"a photograph has shape (H, W, 3), this array has {array.shape}")
    return np.clip(np.nan_to_num(array), 0, 255).astype(np.uint8)


def as_labels(mask: ArrayLike, first_label: int) -> np.ndarray:
    """Return a mask as (H, W) labels from 0, or say what keeps it from being one."""
    array = np.asarray(mask)
    if array.ndim == 3 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim != 2:
        raise ValueError(f"a mask has shape (H, W) or (H, W, 1), this array has {array.shape}")
    allowed = range(first_label, first_label + len(LABELS))
    odd = sorted(set(np.unique(array).tolist()) - set(allowed))
    if odd:
        raise ValueError(f"this mask holds {odd[:5]}; its labels should be {list(allowed)}")
    return array.astype(int) - first_label
