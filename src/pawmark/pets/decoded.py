"""Decoded and resized pictures, kept on disk so that the second call is quick."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np

from pawmark.errors import DataError
from pawmark.pets.cache import kept
from pawmark.progress import progress_bar

# Reading fewer than this is as quick as looking for the file.
WORTH_KEEPING = 32

# Part of the key: raise it when the same pictures would be decoded to other numbers.
DECODER = 1


class Pictures(Protocol):
    """What is decoded: pictures by name, such as `pawmark.pets.Pets`."""

    @property
    def identity(self) -> str:
        """The same for the same pictures, wherever they lie."""

    def read_image(self, name: str, size: tuple[int, int] | None = None) -> np.ndarray:
        """Read a photograph as uint8 of shape (height, width, 3)."""

    def read_trimap(self, name: str, size: tuple[int, int] | None = None) -> np.ndarray:
        """Read a trimap as uint8 of shape (height, width)."""


def load(
    data: Pictures, size: tuple[int, int], names: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Read pictures, from the cache where they are there.

    Parameters
    ----------
    data : Pictures
        The data set.
    size : tuple of int
        Height and width in pixels.
    names : tuple of str
        Which photographs, in the order wanted.

    Returns
    -------
    images : numpy.ndarray
        uint8 of shape (N, height, width, 3). May be a read-only memory map.
    trimaps : numpy.ndarray
        uint8 of shape (N, height, width) with the values 1, 2 and 3.
    """
    if len(names) < WORTH_KEEPING:
        return _decode(data, size, names)
    wanted = tuple(sorted(set(names)))
    place = f"arrays/{_key(data, size, wanted)}"

    def build(part: Path) -> None:
        _save(part, _decode(data, size, wanted))

    try:
        folder = kept(place, build, _is_there, "arrays")
        images = np.load(folder / "images.npy", mmap_mode="r", allow_pickle=False)
        trimaps = np.load(folder / "trimaps.npy", mmap_mode="r", allow_pickle=False)
    except (DataError, OSError, ValueError):
        # The cache only saves time: without it (a read-only home, a full disk) decode again.
        return _decode(data, size, names)
    index = {name: number for number, name in enumerate(wanted)}
    order = [index[name] for name in names]
    return images[order], trimaps[order]


def _key(data: Pictures, size: tuple[int, int], names: tuple[str, ...]) -> str:
    digest = hashlib.sha256("\n".join((str(DECODER), data.identity, *names)).encode())
    return f"{digest.hexdigest()[:20]}-{size[0]}x{size[1]}"


def _is_there(folder: Path) -> bool:
    return (folder / "images.npy").is_file() and (folder / "trimaps.npy").is_file()


def _save(folder: Path, arrays: tuple[np.ndarray, np.ndarray]) -> None:
    np.save(folder / "images.npy", arrays[0])
    np.save(folder / "trimaps.npy", arrays[1])


def _decode(
    data: Pictures, size: tuple[int, int], names: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    images = np.zeros((len(names), *size, 3), dtype="uint8")
    trimaps = np.zeros((len(names), *size), dtype="uint8")

    def read(index: int) -> None:
        images[index] = data.read_image(names[index], size)
        trimaps[index] = data.read_trimap(names[index], size)

    # Threads suffice: Pillow lets go of the interpreter lock while it decodes.
    with (
        ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool,
        progress_bar("Reading pictures", len(names)) as advance,
    ):
        for _ in pool.map(read, range(len(names))):
            advance(1)
    return images, trimaps
