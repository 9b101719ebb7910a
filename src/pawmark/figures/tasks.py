"""Figures of the three tasks: classes, masks, boxes and instances on one picture."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from pawmark.figures.panels import PAGE, as_picture, aspect_of, bare, frame
from pawmark.figures.style import CARD, INK, OKABE_ITO, STYLE, Label, figure, show

Box = Sequence[float]

# The classes of a scene, in the order of their values in its mask.
SCENE_LABELS = (
    Label("background", OKABE_ITO["blue"], "//"),
    Label("cat", OKABE_ITO["orange"], "..."),
    Label("dog", OKABE_ITO["green"], "xx"),
)

# One instance after the other; the number drawn on each is what tells them apart.
INSTANCE_COLOURS = tuple(
    OKABE_ITO[name] for name in ("orange", "sky", "green", "purple", "yellow", "vermilion")
)
FAR = "#E6E8EB"  # whatever is no instance

# A number on each of thousands of "instances" takes minutes to draw and nobody can read it.
_MOST_INSTANCES = 100


def show_three_tasks(
    image: ArrayLike,
    tags: Mapping[str, bool],
    mask: ArrayLike,
    boxes: Sequence[tuple[str, Box]],
    alt: str,
) -> None:
    """Show one picture with the answers of classification, detection and segmentation.

    Parameters
    ----------
    image : array (H, W, 3)
        RGB values in 0..255.
    tags : mapping of str to bool
        For each class, whether the picture shows it.
    mask : array (H, W)
        0 background, 1 cat, 2 dog.
    boxes : sequence of (str, box)
        A name and (x_min, y_min, x_max, y_max) for each object; the last two excluded.
    alt : str
        What the figure shows, for those who do not see it.
    """
    picture, labels = as_picture(image), _values(mask)
    with mpl.rc_context(dict(STYLE)):
        fig = figure(PAGE, PAGE / 3 * aspect_of(picture) + 0.95)
        axes = fig.subplots(1, 3)
        _draw_picture(axes[0], picture, "classification")
        words = [f"{name}: {'yes' if there else 'no'}" for name, there in tags.items()]
        axes[0].set_xlabel("    ".join(words))
        _draw_picture(axes[1], picture, "detection")
        _draw_boxes(axes[1], boxes)
        axes[1].set_xlabel("a box and a class for each thing found")
        bare(axes[2], "segmentation")
        _draw_classes(axes[2], labels)
        axes[2].set_xlabel("a class for every pixel")
        _name_classes(fig)
        show(fig, alt)


def show_two_segmentations(
    image: ArrayLike, mask: ArrayLike, instances: ArrayLike, alt: str
) -> None:
    """Show a picture, the class of each pixel, and the animal of each pixel.

    Parameters
    ----------
    image : array (H, W, 3)
        RGB values in 0..255.
    mask : array (H, W)
        0 background, 1 cat, 2 dog.
    instances : array (H, W)
        0 background, otherwise the number of the animal.
    alt : str
        What the figure shows, for those who do not see it.
    """
    picture = as_picture(image)
    with mpl.rc_context(dict(STYLE)):
        fig = figure(PAGE, PAGE / 3 * aspect_of(picture) + 0.75)
        axes = fig.subplots(1, 3)
        _draw_picture(axes[0], picture, "picture")
        bare(axes[1], "semantic: a class for every pixel")
        _draw_classes(axes[1], _values(mask))
        bare(axes[2], "instance: an animal for every pixel")
        _draw_instances(axes[2], _values(instances))
        _name_classes(fig)
        show(fig, alt)


def show_instances(panels: Sequence[tuple[str, ArrayLike]], alt: str) -> None:
    """Show pictures, and arrays of instance numbers with the number written on each instance.

    Parameters
    ----------
    panels : sequence of (str, array)
        A title, and a picture (H, W, 3) or whole numbers (H, W) with 0 for "no instance".
    alt : str
        What the figure shows, for those who do not see it.
    """
    first = np.asarray(panels[0][1])
    with mpl.rc_context(dict(STYLE)):
        fig = figure(PAGE, PAGE / len(panels) * aspect_of(first) + 0.5)
        for ax, (title, array) in zip(
            fig.subplots(1, len(panels), squeeze=False)[0], panels, strict=True
        ):
            if np.ndim(array) == 3:
                _draw_picture(ax, as_picture(array), title)
            else:
                bare(ax, title)
                _draw_instances(ax, _values(array))
        show(fig, alt)


def show_found_boxes(
    image: ArrayLike, truth: Sequence[tuple[str, Box]], found: Sequence[tuple[str, Box]], alt: str
) -> None:
    """Show true boxes as solid lines and found ones as dashed lines on one picture.

    Parameters
    ----------
    image : array (H, W, 3)
        RGB values in 0..255.
    truth, found : sequences of (str, box)
        A name, written on true boxes, and (x_min, y_min, x_max, y_max).
    alt : str
        What the figure shows, for those who do not see it.
    """
    picture = as_picture(image)
    with mpl.rc_context(dict(STYLE)):
        fig = figure(6.4, 6.4 * aspect_of(picture) + 0.5)
        ax = fig.subplots()
        _draw_picture(ax, picture, "")
        _draw_boxes(ax, truth)
        for _, box in found:
            _outline(ax, box, OKABE_ITO["orange"], "--")
        lines = [
            Patch(fill=False, edgecolor=colour, linewidth=2, linestyle=style, label=word)
            for colour, style, word in (
                (OKABE_ITO["sky"], "-", "true box"),
                (OKABE_ITO["orange"], "--", "found box"),
            )
        ]
        fig.legend(handles=lines, loc="outside lower center", ncols=2, handlelength=2.4)
        show(fig, alt)


def show_box_pairs(
    pairs: Sequence[tuple[Box, Box]], captions: Sequence[str], alt: str, side: int = 11
) -> None:
    """Draw pairs of boxes on a grid of pixels, with what they share filled in.

    Parameters
    ----------
    pairs : sequence of (box, box)
        (x_min, y_min, x_max, y_max) twice, the last two excluded.
    captions : sequence of str
        Written below each pair.
    alt : str
        What the figure shows, for those who do not see it.
    side : int
        Pixels of the grid in each direction.
    """
    with mpl.rc_context(dict(STYLE)):
        fig = figure(PAGE, PAGE / len(pairs) + 0.6)
        axes = fig.subplots(1, len(pairs), squeeze=False)[0]
        for ax, (one, other), caption in zip(axes, pairs, captions, strict=True):
            _draw_grid(ax, side)
            shared = (
                max(one[0], other[0]), max(one[1], other[1]),
                min(one[2], other[2]), min(one[3], other[3]),
            )  # fmt: skip
            if shared[2] > shared[0] and shared[3] > shared[1]:
                corner, wide, tall = _corner(shared)
                ax.add_patch(
                    Rectangle(
                        corner, wide, tall,
                        facecolor=OKABE_ITO["yellow"], edgecolor=INK, hatch="//", linewidth=0,
                    )
                )  # fmt: skip
            _outline(ax, one, OKABE_ITO["blue"], "-", rim=0)
            _outline(ax, other, OKABE_ITO["vermilion"], "--", rim=0)
            ax.set_xlabel(caption)
        lines = [
            Patch(fill=False, edgecolor=OKABE_ITO["blue"], linewidth=2, label="a"),
            Patch(
                fill=False, edgecolor=OKABE_ITO["vermilion"], linewidth=2, linestyle="--", label="b"
            ),
            Patch(facecolor=OKABE_ITO["yellow"], edgecolor=INK, hatch="//", label="shared"),
        ]
        fig.legend(handles=lines, loc="outside lower center", ncols=3, handlelength=2.4)
        show(fig, alt)


def show_outputs(
    names: Sequence[str], outputs: Mapping[str, Sequence[float]], alt: str, limit: float = 0.5
) -> None:
    """Show what several activations make of the same scores, as bars side by side.

    Parameters
    ----------
    names : sequence of str
        The classes.
    outputs : mapping of str to sequences of float
        For each activation a number between 0 and 1 for each class.
    alt : str
        What the figure shows, for those who do not see it.
    limit : float
        Drawn as a dashed line.
    """
    with mpl.rc_context(dict(STYLE)):
        fig = figure(PAGE, 2.7)
        axes = fig.subplots(1, len(outputs), squeeze=False, sharey=True)[0]
        for ax, (title, values) in zip(axes, outputs.items(), strict=True):
            ax.bar(names, values, color=OKABE_ITO["sky"], edgecolor=INK, width=0.6, linewidth=0.8)
            for place, value in enumerate(values):
                ax.annotate(
                    f"{value:.2f}", (place, value), xytext=(0, 2), textcoords="offset points",
                    ha="center",
                )  # fmt: skip
            ax.axhline(limit, color=INK, linestyle="--", linewidth=1)
            ax.set_ylim(0, 1.12)
            ax.set_title(f"{title}\nadds up to {np.sum(values):.2f}")
            ax.tick_params(axis="x", length=0)
        show(fig, alt)


def _name_classes(fig: Figure) -> None:
    """Name the classes with their values below the panels."""
    patches = [
        Patch(facecolor=label.colour, edgecolor=CARD, hatch=label.hatch, label=f"{i} {label.name}")
        for i, label in enumerate(SCENE_LABELS)
    ]
    fig.legend(
        handles=patches, loc="outside lower center", ncols=3, handlelength=2.4, handleheight=1.2
    )


def _draw_picture(ax: Axes, picture: np.ndarray, title: str) -> None:
    bare(ax, title)
    ax.imshow(picture, interpolation="antialiased")
    frame(ax)


def _draw_classes(ax: Axes, labels: np.ndarray) -> None:
    """Fill each class with its colour and lay its pattern over it."""
    odd = sorted(set(np.unique(labels).tolist()) - set(range(len(SCENE_LABELS))))
    if odd:
        raise ValueError(f"this mask holds {odd[:5]}; its labels should be 0, 1 and 2")
    colours = ListedColormap([label.colour for label in SCENE_LABELS])
    ax.imshow(
        labels, cmap=colours, vmin=-0.5, vmax=len(SCENE_LABELS) - 0.5, interpolation="nearest"
    )
    for value, label in enumerate(SCENE_LABELS):
        here = labels == value
        if here.any() and min(labels.shape) > 1:
            drawn = ax.contourf(here, levels=[0.5, 1.5], colors="none", hatches=[label.hatch])
            drawn.set_edgecolor("white")
            drawn.set_linewidth(0)
    frame(ax)


def _draw_instances(ax: Axes, ids: np.ndarray) -> None:
    """Fill each instance with a colour and write its number on it."""
    numbers = [number for number in np.unique(ids).tolist() if number != 0]
    if len(numbers) > _MOST_INSTANCES:
        raise ValueError(
            f"there are {len(numbers)} different numbers in the array, and at most "
            f"{_MOST_INSTANCES} instances are drawn: one number stands for a whole instance, not "
            "for a pixel or a row of it"
        )
    picture = np.empty((*ids.shape, 3))
    picture[:] = mpl.colors.to_rgb(FAR)
    for place, number in enumerate(numbers):
        here = ids == number
        picture[here] = mpl.colors.to_rgb(INSTANCE_COLOURS[place % len(INSTANCE_COLOURS)])
        y, x = inner_pixel(here)
        ax.text(
            x, y, str(number), ha="center", va="center", fontsize=11, color=INK,
            bbox={"boxstyle": "circle,pad=0.2", "facecolor": CARD, "edgecolor": INK},
        )  # fmt: skip
    ax.imshow(picture, interpolation="nearest")
    frame(ax)


def inner_pixel(here: np.ndarray) -> tuple[int, int]:
    """Return the pixel of a region that is nearest to the middle of its pixels."""
    places = np.argwhere(here)
    distance = np.sum((places - places.mean(axis=0)) ** 2, axis=1)
    y, x = places[np.argmin(distance)]
    return int(y), int(x)


def _draw_boxes(ax: Axes, boxes: Sequence[tuple[str, Box]]) -> None:
    """Outline boxes and write a name into the upper left corner of each."""
    for name, box in boxes:
        _outline(ax, box, OKABE_ITO["sky"], "-")
        ax.text(
            box[0] + 1, box[1] - 3, name, fontsize=8, va="bottom", color=INK, clip_on=True,
            bbox={"boxstyle": "square,pad=0.15", "facecolor": OKABE_ITO["sky"], "linewidth": 0},
        )  # fmt: skip


def _outline(ax: Axes, box: Box, colour: str, style: str, rim: float = 1.0) -> None:
    """Draw a box; a dark rim keeps the coloured line visible on any picture."""
    corner, wide, tall = _corner(box)
    effects = [withStroke(linewidth=2 + rim, foreground=INK)] if rim else []
    ax.add_patch(
        Rectangle(
            corner, wide, tall,
            fill=False, edgecolor=colour, linewidth=2, linestyle=style, path_effects=effects,
        )
    )  # fmt: skip


def _corner(box: Box) -> tuple[tuple[float, float], float, float]:
    """Return the upper left corner, width and height: pixel 0 is drawn from -0.5 to 0.5."""
    x_min, y_min, x_max, y_max = (float(number) for number in box)
    return (x_min - 0.5, y_min - 0.5), x_max - x_min, y_max - y_min


def _draw_grid(ax: Axes, side: int) -> None:
    """Draw an empty grid of pixels with numbers at every second one."""
    ax.set_xlim(-0.5, side - 0.5)
    ax.set_ylim(side - 0.5, -0.5)
    ax.set_aspect("equal")
    ax.set_xticks(range(0, side, 2))
    ax.set_yticks(range(0, side, 2))
    ax.tick_params(length=0, labelsize=8)
    for place in np.arange(-0.5, side):
        ax.axhline(place, color=FAR, linewidth=0.8, zorder=0)
        ax.axvline(place, color=FAR, linewidth=0.8, zorder=0)
    frame(ax)


def _values(array: ArrayLike) -> np.ndarray:
    """Return an array as (H, W) whole numbers, or say what keeps it from being one."""
    values = np.asarray(array)
    if values.ndim != 2 or values.dtype.kind not in "biu":
        raise ValueError(
            f"expected whole numbers of shape (H, W); this array has {values.shape} and dtype "
            f"{values.dtype}"
        )
    return values.astype(int)
