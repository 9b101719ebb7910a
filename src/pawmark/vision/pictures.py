"""Pictures that a check hands out: what the student got, what was expected, and the difference.

They are drawn on the trusted side, from plain arrays. Drawing is a courtesy: what cannot be drawn
leaves the check without a picture, and never changes what came of it.
"""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pawmark.grading.results.outcomes import Picture

MAX_SIDE = 240
PET_LABELS = ("0 pet", "1 background", "2 contour")

_SMALL = 16  # up to so many pixels a side, the value of each is written into it
_PANEL = 2.3  # inches
_DENSITY = 2  # pixels of the file for one CSS pixel
_CSS_DPI = 96


@dataclass(frozen=True, eq=False)
class Comparison:
    """What a check wants to show; made by `compare_masks`, `compare_heat` and `compare_grey`.

    Attributes
    ----------
    kind
        "mask", "heat" or "grey".
    got, expected
        Arrays (H, W); further axes of length 1 are dropped.
    image
        The photograph (H, W, 3) with values from 0 to 255, or None.
    labels
        Names of the labels 0, 1, 2 and so on, for masks.
    """

    kind: str
    got: Any
    expected: Any
    image: Any = None
    labels: tuple[str, ...] = ()

    def draw(self) -> Picture | None:
        """Draw it; None for what cannot be drawn."""
        try:
            return _draw(self)
        except Exception:  # a student's array may be anything, and the verdict stands without this
            return None


def compare_masks(
    got: Any, expected: Any, image: Any = None, labels: Sequence[str] = PET_LABELS
) -> Comparison:
    """Show a student's mask beside the expected one, with the pixels where they differ.

    This hands out the expected mask and the image: use it for inputs drawn anew for each run.
    """
    return Comparison("mask", got, expected, image, tuple(labels))


def compare_heat(got: Any, expected: Any, image: Any = None) -> Comparison:
    """Show a student's heatmap beside the expected one; both run from 0 to 1."""
    return Comparison("heat", got, expected, image)


def compare_grey(got: Any, expected: Any) -> Comparison:
    """Show a student's grey picture beside the expected one, both from 0 to 255."""
    return Comparison("grey", got, expected)


def _draw(comparison: Comparison) -> Picture | None:
    got, expected = _plane(comparison.got), _plane(comparison.expected)
    if got is None or expected is None:
        return None
    same_size = np.shape(comparison.got) == np.shape(comparison.expected) or (
        got.shape == expected.shape
    )
    panels = [("expected", expected), ("yours", got)]
    wrong = _difference(comparison.kind, got, expected) if same_size else None
    data, width = _figure(comparison, panels, wrong)
    return Picture(base64.b64encode(data).decode("ascii"), _told(comparison, got, wrong), width)


def _plane(value: Any) -> np.ndarray | None:
    """Return an array as (H, W) floats of a size that can be drawn."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf" or array.size == 0:
        return None
    while array.ndim > 2 and 1 in (array.shape[0], array.shape[-1]):
        array = array[0] if array.shape[0] == 1 else array[..., 0]
    if array.ndim != 2:
        return None
    return np.nan_to_num(_thin(array).astype(float), nan=-1.0)


def _thin(array: np.ndarray) -> np.ndarray:
    rows, columns = (-(-side // MAX_SIDE) for side in array.shape[:2])
    return array[::rows, ::columns]


def _difference(kind: str, got: np.ndarray, expected: np.ndarray) -> np.ndarray:
    if kind == "mask":
        return (got != expected).astype(float)
    return np.clip(np.abs(got - expected) / (1 if kind == "heat" else 255), 0, 1)


def _told(comparison: Comparison, got: np.ndarray, wrong: np.ndarray | None) -> str:
    """Say in words what the picture shows."""
    what = {"mask": "mask", "heat": "heatmap", "grey": "picture"}[comparison.kind]
    text = f"The expected {what} beside yours."
    if wrong is None:
        text += " Yours has another size."
    elif comparison.kind == "mask":
        text += f" They differ in {wrong.mean():.0%} of the pixels, which are drawn black."
    else:
        text += f" The largest difference is {wrong.max():.0%} of the whole range."
    values = np.unique(got)
    if comparison.kind == "mask" and len(values) <= 5:
        text += " Yours holds the values " + ", ".join(f"{value:g}" for value in values) + "."
    return text


def _figure(
    comparison: Comparison, panels: Sequence[tuple[str, np.ndarray]], wrong: np.ndarray | None
) -> tuple[bytes, int]:
    import matplotlib as mpl

    from pawmark.figures.style import STYLE, figure

    image = _photograph(comparison.image)
    count = len(panels) + (image is not None) + (wrong is not None)
    height, width = panels[0][1].shape
    aspect = float(np.clip(height / width, 0.4, 1.4))
    with mpl.rc_context(dict(STYLE)):
        fig = figure(_PANEL * count, _PANEL * aspect + 0.75)
        axes = list(fig.subplots(1, count, squeeze=False)[0])
        if image is not None:
            _show(axes.pop(0), "photograph", image)
        for title, array in panels:
            _PAINTERS[comparison.kind](axes.pop(0), title, array, comparison.labels)
        if wrong is not None:
            _show_wrong(axes.pop(0), comparison.kind, wrong)
        _explain(fig, comparison, [array for _, array in panels])
        return _png(fig, few=image is None)


def _photograph(image: Any) -> np.ndarray | None:
    if image is None:
        return None
    array = np.asarray(image)
    if array.ndim != 3 or array.shape[-1] != 3 or array.dtype.kind not in "uif":
        return None
    return np.clip(np.nan_to_num(_thin(array)), 0, 255).astype(np.uint8)


def _show(ax: Any, title: str, array: np.ndarray, **how: Any) -> None:
    from pawmark.figures.style import INK

    ax.imshow(array, interpolation="nearest", **how)
    ax.set_title(title)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set(visible=True, color=INK, linewidth=0.6)


def _colours(labels: Sequence[str]) -> list[str]:
    """Return a colour for each label and, last, one for every other value."""
    from pawmark.figures.style import LABELS, OKABE_ITO

    more = [OKABE_ITO[name] for name in ("green", "yellow", "sky", "vermilion")]
    colours = [label.colour for label in LABELS] + more
    return [*colours[: len(labels)], OKABE_ITO["purple"]]


def _indices(array: np.ndarray, labels: Sequence[str]) -> np.ndarray:
    """Return which label each pixel has; what is none of them has the number after the last."""
    known = np.isin(array, np.arange(len(labels)))
    return np.where(known, array, len(labels)).astype(int)


def _paint_mask(ax: Any, title: str, array: np.ndarray, labels: Sequence[str]) -> None:
    from matplotlib.colors import ListedColormap

    colours = _colours(labels)
    numbers = _indices(array, labels)
    _show(ax, title, numbers, cmap=ListedColormap(colours), vmin=-0.5, vmax=len(labels) + 0.5)
    if max(array.shape) <= _SMALL:
        _write_values(ax, array, [colours[n] for n in numbers.ravel()])
        return
    for number, pattern in enumerate(_patterns(len(labels))):
        here = numbers == number
        if pattern and here.any():
            drawn = ax.contourf(here, levels=[0.5, 1.5], colors="none", hatches=[pattern])
            drawn.set(edgecolor="white", linewidth=0)


def _patterns(count: int) -> list[str]:
    return [*["...", "//", "", "xx", "\\\\", "++", "oo"][:count], "**"]


def _write_values(ax: Any, array: np.ndarray, behind: Sequence[str]) -> None:
    from matplotlib.colors import to_rgb

    for (row, column), value, colour in zip(
        np.ndindex(array.shape), array.ravel(), behind, strict=True
    ):
        dark = np.dot(to_rgb(colour), (0.299, 0.587, 0.114)) < 0.5
        ink = "white" if dark else "black"
        ax.text(column, row, f"{value:g}"[:4], ha="center", va="center", fontsize=7, color=ink)


def _paint_heat(ax: Any, title: str, array: np.ndarray, labels: Sequence[str]) -> None:
    _show(ax, title, array, cmap="viridis", vmin=0, vmax=1)


def _paint_grey(ax: Any, title: str, array: np.ndarray, labels: Sequence[str]) -> None:
    _show(ax, title, array, cmap="gray", vmin=0, vmax=255)


_PAINTERS = {"mask": _paint_mask, "heat": _paint_heat, "grey": _paint_grey}


def _show_wrong(ax: Any, kind: str, wrong: np.ndarray) -> None:
    _show(ax, "difference", wrong, cmap="gray_r", vmin=0, vmax=1)
    mask = kind == "mask"
    ax.set_xlabel(f"{wrong.mean():.0%} of the pixels" if mask else f"at most {wrong.max():.2g}")


def _explain(fig: Any, comparison: Comparison, arrays: Sequence[np.ndarray]) -> None:
    """Name the labels of masks, or the two ends of the scale of heat."""
    if comparison.kind != "grey":
        patches = _patches(comparison, arrays)
        fig.legend(
            handles=patches,
            loc="outside lower center",
            ncols=len(patches),
            handlelength=2.2,
            handleheight=1.2,
        )


def _patches(comparison: Comparison, arrays: Sequence[np.ndarray]) -> list[Any]:
    from matplotlib import colormaps
    from matplotlib.patches import Patch

    if comparison.kind == "heat":
        scale = colormaps["viridis"]
        return [Patch(facecolor=scale(v), label=f"{v:g}") for v in (0.0, 0.5, 1.0)]
    names = [*comparison.labels, "another value"]
    present = {int(n) for array in arrays for n in np.unique(_indices(array, comparison.labels))}
    large = max(max(array.shape) for array in arrays) > _SMALL
    patterns = _patterns(len(comparison.labels)) if large else [""] * len(names)
    colours = _colours(comparison.labels)
    return [
        Patch(facecolor=colours[n], edgecolor="white", hatch=patterns[n], label=names[n])
        for n in range(len(names))
        if n < len(comparison.labels) or n in present
    ]


def _png(fig: Any, few: bool) -> tuple[bytes, int]:
    """Return the file, in few colours if that does, and its width on a page in CSS pixels."""
    from PIL import Image

    drawn, packed = io.BytesIO(), io.BytesIO()
    fig.savefig(drawn, format="png", dpi=_CSS_DPI * _DENSITY)
    with Image.open(drawn) as picture:
        flat = picture.convert("RGB")
    (flat.quantize(128) if few else flat).save(packed, "PNG", optimize=True)
    return packed.getvalue(), flat.width // _DENSITY
