"""The release forms of source notebooks, kept in ``.pawmark/releases/``.

To make one takes nbgrader, whose import costs each process of grading almost half a second; what
comes of it depends on the source and the versions alone.
"""

import contextlib
import functools
import hashlib
import json
import tempfile
from importlib import metadata
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from pawmark.grading import fingerprint
from pawmark.grading.intake.rebuild import release_form

FOLDER = Path(".pawmark") / "releases"


@functools.lru_cache(maxsize=8)
def release_of(source: bytes, course: Path) -> NotebookNode:
    """Return what students get from a source notebook; nobody changes it, a class shares it.

    Parameters
    ----------
    source
        The file of the source notebook.
    course
        The course folder, where the release form is kept. That only saves time: where it cannot be
        written or read, it is made again.
    """
    versions = [fingerprint.of_installation(), metadata.version("nbgrader")]
    key = hashlib.sha256(json.dumps(versions, sort_keys=True).encode() + source).hexdigest()[:32]
    path = course / FOLDER / f"{key}.ipynb"
    with contextlib.suppress(OSError, ValueError):
        return nbformat.from_dict(json.loads(path.read_text(encoding="utf-8")))
    made = release_form(nbformat.reads(source.decode(), as_version=4))
    with contextlib.suppress(OSError):
        _write(path, json.dumps(made))
    return made


def _write(path: Path, text: str) -> None:
    """Write a file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=path.parent) as part:
        (Path(part) / path.name).write_text(text, encoding="utf-8")
        (Path(part) / path.name).replace(path)
