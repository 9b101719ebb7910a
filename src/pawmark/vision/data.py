"""The data of grading: other photographs than those of the students, and their paths inside."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pawmark import pets as data_sets
from pawmark import settings
from pawmark.errors import DataError
from pawmark.pets.photographs import read_marker

# So many photographs of a folder are opened before grading, which takes a few seconds.
OPEN = 500


class GradingPets:
    """The grader's data set, with paths as the student's process sees them.

    Parameters
    ----------
    data
        The data set on the trusted side.
    guest_root
        The folder under which the student's process sees it.
    """

    def __init__(self, data: data_sets.Pets, guest_root: str) -> None:
        self.data = data
        self.names = data.names
        self.kind = data.kind
        self.identity = data.identity
        self.images_dir = f"{guest_root}/images"
        self.trimaps_dir = f"{guest_root}/annotations/trimaps"

    def image(self, name: str) -> str:
        """Return the path of a photograph."""
        return f"{self.images_dir}/{name}.jpg"

    def mask(self, name: str) -> str:
        """Return the path of a trimap."""
        return f"{self.trimaps_dir}/{name}.png"

    def read_image(self, name: str, size: tuple[int, int] | None = None) -> np.ndarray:
        """Read a photograph: uint8 (H, W, 3)."""
        return self.data.read_image(name, size)

    def read_trimap(self, name: str, size: tuple[int, int] | None = None) -> np.ndarray:
        """Read a trimap: uint8 (H, W) with 1, 2, 3."""
        return self.data.read_trimap(name, size)


def grading_data(seed: int) -> data_sets.Pets:
    """Return the data that grading uses: what ``PAWMARK_DATA`` names, or a drawn set.

    Archives that were downloaded are used only when it says so. Else a download would change
    the grades of a course half-way, and the hidden inputs would be pictures that students have.

    Parameters
    ----------
    seed
        That of the drawn set, which no student can know.
    """
    if settings.here.data not in ("", settings.SYNTHETIC):
        return data_sets.dataset(most=OPEN)
    return data_sets.synthetic(seed)


def describe(data: data_sets.Pets) -> dict[str, Any]:
    """Describe data so that another machine can find or draw the same.

    Returns
    -------
    dict
        ``identity``, and ``seed`` and ``count`` of drawn data, None for photographs.
    """
    marker = read_marker(data.root) or {}
    return {
        "identity": data.identity,
        "seed": marker.get("seed"),
        "count": marker.get("count"),
    }


def find(described: Mapping[str, Any]) -> data_sets.Pets:
    """Find described data on this machine, or draw them.

    Raises
    ------
    DataError
        If neither gives the same data.
    """
    identity, seed, count = (described[name] for name in ("identity", "seed", "count"))
    drawn = seed is not None and count is not None
    if not drawn and not settings.here.data:
        raise _absent(identity, "PAWMARK_DATA is not set")
    found = data_sets.synthetic(seed, count) if drawn else data_sets.dataset(most=OPEN)
    if found.identity != identity:
        raise _absent(identity, f"{found.root} holds {found.identity}")
    return found


def _absent(identity: str, instead: str) -> DataError:
    return DataError(
        f"grading uses the data {identity}, and here {instead}. Put the same folder on "
        "this machine, and set PAWMARK_DATA to it before the worker is started."
    )
