"""A data set looked through file by file: what there is, what is odd, what cannot be used."""

import os
import warnings
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from pawmark.errors import DataError
from pawmark.pets.layout import (
    IMAGES,
    TRIMAP_VALUES,
    TRIMAPS,
    UNREADABLE,
    image_names,
    trimap_names,
)
from pawmark.pets.opening import dataset, folder_in_use
from pawmark.progress import progress_bar
from pawmark.terminal import legible

# So many names are given of each kind; a folder of another layout would fill the screen.
NAMED = 60
_LABELS = {1: "pet", 2: "background", 3: "contour"}


@dataclass(frozen=True)
class Inspection:
    """What was found in a data folder.

    Attributes
    ----------
    root : pathlib.Path
        The folder.
    counts : dict of str to int
        Photographs, trimaps and pairs of both.
    strays : dict of str to int
        Files that are neither, by the end of their name; they are left alone.
    pixels : dict of int to int
        How often each value occurs in the trimaps.
    odd : tuple of str
        Photographs that are no RGB JPEG, and what they are; they are read all the same.
    problems : dict of str to tuple of str
        What cannot be used: names of files, by what is wrong with them.
    """

    root: Path
    counts: dict[str, int]
    strays: dict[str, int]
    pixels: dict[int, int]
    odd: tuple[str, ...]
    problems: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Pair:
    """What one photograph and its trimap showed: (what is wrong, name) and counts of values."""

    wrong: tuple[tuple[str, str], ...]
    odd: str
    values: dict[int, int]


def inspect(root: str | Path | None = None) -> Inspection:
    """Open every photograph and every trimap of a data folder.

    Parameters
    ----------
    root : str or pathlib.Path, optional
        The folder; by default the data set that is in use.

    Raises
    ------
    DataError
        The folder, or one half of it, is missing.
    """
    root = Path(root or folder_in_use() or dataset().root).expanduser().absolute()
    for folder in (root, root / IMAGES, root / TRIMAPS):
        if not folder.is_dir():
            raise DataError(
                f"{folder} is missing. Expected is a folder that holds {IMAGES}/ and {TRIMAPS}/. "
                "The original photographs are fetched with: pawmark data fetch"
            )
    images, trimaps = set(image_names(root)), set(trimap_names(root))
    found = _look_at_all(root, sorted(images & trimaps))
    pixels: Counter[int] = Counter()
    for pair in found:
        pixels.update(pair.values)
    return Inspection(
        root,
        {"photographs": len(images), "trimaps": len(trimaps), "pairs": len(images & trimaps)},
        _strays(root),
        dict(sorted(pixels.items())),
        tuple(pair.odd for pair in found if pair.odd),
        _problems(images, trimaps, found),
    )


def lines_of(found: Inspection) -> list[str]:
    """Say in lines what was found; names of files are made safe for a terminal."""
    counts = ", ".join(f"{number:,} {what}" for what, number in found.counts.items())
    total = sum(found.pixels.values())
    shares = (
        f"{value} ({_LABELS.get(value, 'unknown')}) {number / total:.1%}"
        for value, number in found.pixels.items()
    )
    strays = ", ".join(f"{number:,} {what}" for what, number in found.strays.items())
    lines = [legible(str(found.root)), counts, f"values in the trimaps: {', '.join(shares) or '-'}"]
    lines += [f"other files, left alone: {strays}"] if strays else []
    if found.odd:
        lines += _listed("no RGB JPEG, read as such all the same", found.odd)
    for what, names in found.problems.items():
        lines += _listed(f"PROBLEM: {what}", names)
    return [*lines, "This data set cannot be used as it is." if found.problems else "In order."]


def _look_at_all(root: Path, names: list[str]) -> list[_Pair]:
    with (
        # Pillow warns of odd palettes and sizes; what matters of that is reported by name.
        warnings.catch_warnings(),
        ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool,
        progress_bar("Looking at the pictures", len(names)) as advance,
    ):
        warnings.simplefilter("ignore")
        found = []
        for pair in pool.map(lambda name: _look_at(root, name), names):
            found.append(pair)
            advance(1)
    return found


def _look_at(root: Path, name: str) -> _Pair:
    wrong: list[tuple[str, str]] = []
    image, kind = _opened(root / IMAGES / f"{name}.jpg", "RGB", wrong)
    trimap, _ = _opened(root / TRIMAPS / f"{name}.png", "L", wrong)
    odd = f"{name}.jpg ({kind})" if image is not None and kind != "JPEG, RGB" else ""
    if trimap is None:
        return _Pair(tuple(wrong), odd, {})
    numbers, counts = np.unique(np.asarray(trimap), return_counts=True)
    values = dict(zip(numbers.tolist(), counts.tolist(), strict=True))
    if other := sorted(set(values) - set(TRIMAP_VALUES)):
        told = ", ".join(map(str, other[:8])) + (", ..." if len(other) > 8 else "")
        wrong.append(("trimaps with values other than 1, 2 and 3", f"{name}.png ({told})"))
    if image is not None and image.size != trimap.size:
        sizes = " and ".join(f"{picture.width} x {picture.height}" for picture in (image, trimap))
        wrong.append(("photograph and trimap of different sizes", f"{name} ({sizes})"))
    return _Pair(tuple(wrong), odd, values)


def _opened(path: Path, mode: str, wrong: list[tuple[str, str]]) -> tuple[Image.Image | None, str]:
    """Decode a picture as the course does; note one that cannot be."""
    try:
        with Image.open(path) as picture:
            kind = f"{picture.format}, {picture.mode}"
            return picture.convert(mode), kind
    except UNREADABLE:
        wrong.append(("cannot be read as a picture", path.name))
        return None, ""


def _problems(
    images: set[str], trimaps: set[str], found: list[_Pair]
) -> dict[str, tuple[str, ...]]:
    problems: dict[str, list[str]] = {
        "photographs without a trimap": sorted(f"{name}.jpg" for name in images - trimaps),
        "trimaps without a photograph": sorted(f"{name}.png" for name in trimaps - images),
    }
    for pair in found:
        for what, name in pair.wrong:
            problems.setdefault(what, []).append(name)
    if not images & trimaps:
        problems["no photograph has a trimap"] = ["images/NAME.jpg needs trimaps/NAME.png"]
    return {what: tuple(names) for what, names in problems.items() if names}


def _strays(root: Path) -> dict[str, int]:
    """Count what lies beside the pictures, as the original archives have it."""
    kinds: Counter[str] = Counter()
    for folder, suffix in ((IMAGES, ".jpg"), (TRIMAPS, ".png")):
        for path in (root / folder).iterdir():
            if path.name.startswith("."):
                kinds[f"hidden in {folder}/"] += 1
            elif path.suffix != suffix:
                kinds[f"{legible(path.suffix[:12]) or 'unnamed'} in {folder}/"] += 1
    return dict(sorted(kinds.items()))


def _listed(title: str, names: Iterable[str]) -> list[str]:
    names = list(names)
    rest = len(names) - NAMED
    lines = [f"{title}: {len(names):,}", *(f"  {legible(name)}" for name in names[:NAMED])]
    return [*lines, f"  and {rest:,} more"] if rest > 0 else lines
