"""What travels to a worker: one repaired submission, and all that decides what its code does."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from pawmark.grading.run.run_settings import RunSettings


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
    not_attempted
        Exercises that are left as released.
    beside
        Files that lie in the working folder, by path.
    settings
        Limits, and the sandbox of the machine that asks.
    seed
        The seed of the hidden inputs.
    secret
        What the hidden checks of this assignment draw from; nothing else follows from it.
    plugin
        The name of the course's plugin.
    data
        The data of grading, as the plugin describes them.
    fingerprint
        Versions that must be the same on the worker, by name.
    variables
        Variables of the environment that student code sees.
    """

    key: str
    assignment: str
    checks: str
    notebook: NotebookNode
    not_attempted: frozenset[str]
    beside: dict[str, bytes]
    settings: RunSettings
    seed: int
    secret: bytes = field(repr=False)
    plugin: str
    data: dict[str, Any]
    fingerprint: dict[str, str]
    variables: dict[str, str]

    def to_bytes(self) -> bytes:
        """Return the task as JSON text."""
        tree = {
            **vars(self),
            "notebook": nbformat.writes(self.notebook),
            "not_attempted": sorted(self.not_attempted),
            "secret": self.secret.hex(),
            "beside": _texts(self.beside),
            "settings": self.settings.to_json(),
        }
        return json.dumps(tree).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Task":
        """Rebuild a task from `to_bytes`."""
        tree: dict[str, Any] = json.loads(data)
        tree["notebook"] = nbformat.reads(tree["notebook"], as_version=4)
        tree["not_attempted"] = frozenset(tree["not_attempted"])
        tree["secret"] = bytes.fromhex(tree["secret"])
        tree["beside"] = _files(tree["beside"])
        tree["settings"] = RunSettings.from_json(tree["settings"])
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
