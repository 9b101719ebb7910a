"""What travels to a worker: one repaired submission, and all that decides what its code does."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from pawmark import pets, settings
from pawmark.errors import DataError
from pawmark.grading.checks.session import grading_data
from pawmark.grading.run.run_settings import RunSettings
from pawmark.pets.photographs import read_marker


@dataclass(frozen=True)
class DataName:
    """Names the data of grading, so that another machine can find or draw the same.

    Attributes
    ----------
    identity
        The same for the same data, wherever it lies.
    seed, count
        What drawn data were drawn with; None for photographs.
    """

    identity: str
    seed: int | None = None
    count: int | None = None

    @classmethod
    def of(cls, data: pets.Pets) -> "DataName":
        """Name a data set."""
        marker = read_marker(data.root) or {}
        return cls(data.identity, marker.get("seed"), marker.get("count"))

    def find(self) -> pets.Pets:
        """Find the data on this machine, or draw them.

        Raises
        ------
        DataError
            If neither gives the same data.
        """
        drawn = self.seed is not None and self.count is not None
        if not drawn and not settings.here.data:
            raise self._absent("PAWMARK_DATA is not set")
        found = pets.synthetic(self.seed, self.count) if drawn else grading_data()
        if found.identity != self.identity:
            raise self._absent(f"{found.root} holds {found.identity}")
        return found

    def _absent(self, instead: str) -> DataError:
        return DataError(
            f"grading uses the data {self.identity}, and here {instead}. Put the same folder on "
            "this machine, and set PAWMARK_DATA to it before the worker is started."
        )


@dataclass(frozen=True)
class Task:
    """One submission to run, as plain data.

    Attributes
    ----------
    key
        The name of its recording.
    assignment
        Full name of the assignment.
    checks
        The digest of the hidden checks, which travel on their own.
    notebook
        The repaired notebook.
    undone
        Exercises that are left as released.
    beside
        Files that lie in the working folder, by path.
    settings
        Limits, and the sandbox of the machine that asks.
    seed
        The seed of the hidden inputs.
    data
        The data of grading.
    fingerprint
        Versions that must be the same on the worker, by name.
    variables
        Variables of the environment that student code sees.
    """

    key: str
    assignment: str
    checks: str
    notebook: NotebookNode
    undone: frozenset[str]
    beside: dict[str, bytes]
    settings: RunSettings
    seed: int
    data: DataName
    fingerprint: dict[str, str]
    variables: dict[str, str]

    def to_bytes(self) -> bytes:
        """Return the task as JSON text."""
        tree = {
            **vars(self),
            "notebook": nbformat.writes(self.notebook),
            "undone": sorted(self.undone),
            "beside": _texts(self.beside),
            "settings": self.settings.to_json(),
            "data": vars(self.data),
        }
        return json.dumps(tree).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Task":
        """Rebuild a task from `to_bytes`."""
        tree: dict[str, Any] = json.loads(data)
        tree["notebook"] = nbformat.reads(tree["notebook"], as_version=4)
        tree["undone"] = frozenset(tree["undone"])
        tree["beside"] = _files(tree["beside"])
        tree["settings"] = RunSettings.from_json(tree["settings"])
        tree["data"] = DataName(**tree["data"])
        return cls(**tree)


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return files by their paths as one text, the same for the same files."""
    return json.dumps(_texts(files), sort_keys=True).encode()


def unpack(data: bytes, folder: Path) -> None:
    """Write packed files into a folder."""
    for name, content in _files(json.loads(data)).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _texts(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: base64.b64encode(data).decode() for name, data in files.items()}


def _files(texts: Mapping[str, str]) -> dict[str, bytes]:
    return {name: base64.b64decode(text) for name, text in texts.items()}
