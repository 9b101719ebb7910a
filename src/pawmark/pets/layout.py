"""The layout of the original archives: where files lie, and what is wrong with a folder."""

import os
from pathlib import Path

import numpy as np
from PIL import Image

IMAGES = "images"
TRIMAPS = "annotations/trimaps"
MARKER = "pawmark-synthetic.json"
TRIMAP_VALUES = (1, 2, 3)

# Pillow raises these for a file that is no picture, a broken one, a bad PNG chunk, a huge one.
UNREADABLE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)

# Opening every photograph of the original archives takes minutes; a few show a wrong folder.
SAMPLE = 8
NAMED = 3


def image_names(root: Path) -> tuple[str, ...]:
    """List the photographs, sorted, without stray files.

    The original archive has ``.mat`` files among its photographs.
    """
    return _names(root / IMAGES, ".jpg")


def trimap_names(root: Path) -> tuple[str, ...]:
    """List the trimaps, sorted, without stray files.

    The original archive has ``._*.png`` files among its trimaps, which hold no picture.
    """
    return _names(root / TRIMAPS, ".png")


def _names(folder: Path, suffix: str) -> tuple[str, ...]:
    files = (name for name in os.listdir(folder) if name.endswith(suffix))  # noqa: PTH208 - speed
    return tuple(sorted(name.removesuffix(suffix) for name in files if not name.startswith(".")))


def verify(root: str | Path, most: int | None = SAMPLE) -> tuple[str, ...]:
    """Look for what would make a data folder unusable.

    Parameters
    ----------
    root : str or pathlib.Path
        A folder that holds ``images/`` and ``annotations/trimaps/``.
    most : int or None
        Open so many photographs and trimaps, spread over the folder; None opens every one.

    Returns
    -------
    tuple of str
        One sentence a problem; empty when the folder is fine.
    """
    root = Path(root).expanduser()
    missing = _missing_folders(root)
    if missing:
        return missing
    images, trimaps = image_names(root), trimap_names(root)
    if not images and not trimaps:
        return (f"{root / IMAGES} holds no .jpg file.",)
    pairs = sorted(set(images) & set(trimaps))
    return (*_unpaired(images, trimaps), *_bad_files(root, _sample(pairs, most)))


def _missing_folders(root: Path) -> tuple[str, ...]:
    if not root.is_dir():
        kind = "is not a folder" if root.exists() else "does not exist"
        return (f"{root} {kind}.",)
    wanted = [root / IMAGES, root / TRIMAPS]
    return tuple(f"{folder} is missing." for folder in wanted if not folder.is_dir())


def _unpaired(images: tuple[str, ...], trimaps: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    for names, others, sentence in [
        (images, trimaps, "without a trimap: "),
        (trimaps, images, "without a photograph: "),
    ]:
        lone = sorted(set(names) - set(others))
        kind = "photograph" if names is images else "trimap"
        if lone:
            found.append(f"{_count(len(lone), kind)} {sentence}{_few(lone)}.")
    return tuple(found)


def _bad_files(root: Path, names: list[str]) -> tuple[str, ...]:
    unreadable, odd, unequal = [], [], []
    for name in names:
        image = _open(root / IMAGES / f"{name}.jpg", unreadable)
        trimap = _open(root / TRIMAPS / f"{name}.png", unreadable)
        if trimap is not None:
            values = sorted(set(np.unique(trimap.convert("L")).tolist()) - set(TRIMAP_VALUES))
            odd += [f"{name} ({_few(list(map(str, values)))})"] if values else []
        if image is not None and trimap is not None and image.size != trimap.size:
            unequal.append(f"{name} ({_size(image)} and {_size(trimap)})")
    sentences = [
        (unreadable, "cannot be read as a picture"),
        (odd, "with values other than 1, 2 and 3"),
        (unequal, "of another size than the photograph"),
    ]
    kinds = ["file", "trimap", "trimap"]
    return tuple(
        f"{_count(len(found), kind)} {what}: {_few(found)}."
        for kind, (found, what) in zip(kinds, sentences, strict=True)
        if found
    )


def _open(path: Path, unreadable: list[str]) -> Image.Image | None:
    try:
        with Image.open(path) as picture:
            picture.load()
            return picture.copy()
    except UNREADABLE:
        unreadable.append(path.name)
        return None


def _sample(names: list[str], most: int | None) -> list[str]:
    if most is None or len(names) <= most:
        return names
    return [names[i] for i in np.linspace(0, len(names) - 1, most).astype(int)]


def _size(picture: Image.Image) -> str:
    return f"{picture.width}x{picture.height}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _few(items: list[str]) -> str:
    rest = len(items) - NAMED
    return ", ".join(items[:NAMED]) + (f" and {rest} more" if rest > 0 else "")
