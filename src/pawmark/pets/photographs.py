"""A data set in the layout of the original archives, as the course reads it."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from pawmark.errors import DataError
from pawmark.pets import decoded
from pawmark.pets.layout import (
    IMAGES,
    MARKER,
    TRIMAP_VALUES,
    TRIMAPS,
    UNREADABLE,
    image_names,
    trimap_names,
)


@dataclass(frozen=True)
class Pets:
    """Photographs of cats and dogs, each with a trimap.

    Attributes
    ----------
    root : pathlib.Path
        Folder that holds ``images/`` and ``annotations/trimaps/``.
    kind : str
        "synthetic" for drawn pictures, "real" for photographs.
    identity : str
        The same for the same data, wherever it lies.
    names : tuple of str
        Sorted names of all photographs that have a trimap, such as "Abyssinian_1".
    """

    root: Path
    kind: str
    identity: str
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        """Remember how the folders looked when they were opened."""
        object.__setattr__(self, "_opened", self._state())

    @property
    def images_dir(self) -> Path:
        """Folder of the photographs."""
        return self.root / IMAGES

    @property
    def trimaps_dir(self) -> Path:
        """Folder of the trimaps."""
        return self.root / TRIMAPS

    def image_path(self, name: str) -> Path:
        """Path of a photograph."""
        return self.images_dir / f"{self._known(name)}.jpg"

    def trimap_path(self, name: str) -> Path:
        """Path of a trimap."""
        return self.trimaps_dir / f"{self._known(name)}.png"

    def species(self, name: str) -> str:
        """Tell "cat" from "dog": the name of a cat's photograph starts with a capital letter."""
        return "cat" if self._known(name)[0].isupper() else "dog"

    def breed(self, name: str) -> str:
        """Breed of an animal: its photograph's name without the number."""
        return self._known(name).rsplit("_", 1)[0]

    def read_image(self, name: str, size: tuple[int, int] | None = None) -> np.ndarray:
        """Read a photograph.

        Parameters
        ----------
        name : str
            One of ``names``.
        size : tuple of int, optional
            Height and width in pixels to resize to, with the nearest pixel, as ``load_img`` does.

        Returns
        -------
        numpy.ndarray
            uint8 of shape (height, width, 3): red, green, blue.
        """
        return _read(self.image_path(name), "RGB", size)

    def read_trimap(self, name: str, size: tuple[int, int] | None = None) -> np.ndarray:
        """Read a trimap: 1 is foreground, 2 background, 3 contour.

        Parameters
        ----------
        name : str
            One of ``names``.
        size : tuple of int, optional
            Height and width in pixels to resize to, with the nearest pixel, as ``load_img`` does.

        Returns
        -------
        numpy.ndarray
            uint8 of shape (height, width).

        Raises
        ------
        DataError
            The file is no picture, or holds other values.
        """
        trimap = _read(self.trimap_path(name), "L", size)
        odd = sorted(set(np.unique(trimap).tolist()) - set(TRIMAP_VALUES))
        if odd:
            raise DataError(
                f"{self.trimap_path(name)} holds the values {odd}: a trimap holds 1 (pet), "
                "2 (background) and 3 (contour). Unpack the archives again, or leave this file "
                "out together with its photograph."
            )
        return trimap

    def arrays(
        self, size: tuple[int, int], names: tuple[str, ...] | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Read photographs and trimaps into two arrays, in the same order.

        Parameters
        ----------
        size : tuple of int
            Height and width in pixels.
        names : tuple of str, optional
            Which, and in which order; all of ``names`` when left out.

        Returns
        -------
        inputs : numpy.ndarray
            float32 of shape (N, height, width, 3) with values from 0 to 255.
        targets : numpy.ndarray
            uint8 of shape (N, height, width, 1): 0 foreground, 1 background, 2 contour.
        """
        names = self.names if names is None else tuple(names)
        images, trimaps = decoded.load(self, (int(size[0]), int(size[1])), names)
        return images.astype("float32"), trimaps[..., np.newaxis] - np.uint8(1)

    def require_unchanged(self) -> None:
        """Make sure that the files are those that were there when the set was opened.

        Raises
        ------
        DataError
            The folder was removed, moved, or replaced, or a file came or went.
        """
        state = self._state()
        if state is None or state != self.__dict__["_opened"]:
            raise DataError(
                f"The data folder {self.root} vanished or changed while it was used. Put it back "
                "and do it again."
            )

    def _state(self) -> tuple[tuple[int, int, int], ...] | None:
        # The folders of the files are looked at, not the files: that takes no time, and a file
        # that comes or goes changes its folder.
        try:
            found = [path.stat() for path in (self.images_dir, self.trimaps_dir)]
        except OSError:
            return None
        return tuple((stat.st_dev, stat.st_ino, stat.st_mtime_ns) for stat in found)

    def _known(self, name: str) -> str:
        if name not in self._name_set():
            raise DataError(
                f"No photograph is called {name!r}. Names look like {self.names[0]!r}; "
                f"all {len(self.names)} of them are in the attribute `names`."
            )
        return name

    def _name_set(self) -> frozenset[str]:
        # A frozen dataclass with a cached set: 7,390 names are looked up one by one.
        known = self.__dict__.get("_known_names")
        if known is None:
            known = frozenset(self.names)
            object.__setattr__(self, "_known_names", known)
        return known


def open_folder(root: Path) -> Pets:
    """Open a folder that is known to be in order."""
    names = tuple(sorted(set(image_names(root)) & set(trimap_names(root))))
    marker = read_marker(root)
    if marker is not None:
        return Pets(root, "synthetic", marker["identity"], names)
    return Pets(root, "real", _identity(root, names), names)


def read_marker(root: Path) -> dict | None:
    """Read the file that says a folder holds drawn pictures; None where there is no such file."""
    try:
        marker = json.loads((root / MARKER).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError, UnicodeDecodeError):
        return None
    return marker if isinstance(marker, dict) and "identity" in marker else None


def _identity(root: Path, names: tuple[str, ...]) -> str:
    """Name the data by names and sizes of its files: reading 800 MB of them would take too long."""
    digest = hashlib.sha256()
    for name in names:
        image, trimap = root / IMAGES / f"{name}.jpg", root / TRIMAPS / f"{name}.png"
        digest.update(f"{name} {image.stat().st_size} {trimap.stat().st_size}\n".encode())
    return f"real-{digest.hexdigest()[:16]}"


def _read(path: Path, mode: str, size: tuple[int, int] | None) -> np.ndarray:
    """Read and resize in the order of Keras' ``load_img``, so that the pixels are the same."""
    try:
        with Image.open(path) as picture:
            converted = picture if picture.mode == mode else picture.convert(mode)
            if size is not None and converted.size != (size[1], size[0]):
                converted = converted.resize((size[1], size[0]), Image.Resampling.NEAREST)
            return np.array(converted)
    except UNREADABLE as error:
        raise DataError(
            f"{path} cannot be read as a picture ({error}). Unpack the archives again, or leave "
            "this file out together with its partner."
        ) from error
