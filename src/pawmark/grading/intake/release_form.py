"""The release forms of source notebooks, kept in ``.pawmark/releases/``.

To make one takes nbgrader, whose import costs each process of grading almost half a second; what
comes of it depends on the source and the versions alone.
"""

import contextlib
import functools
import hashlib
import json
from importlib import metadata
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from pawmark.files import write_whole
from pawmark.grading import course_folder, fingerprint
from pawmark.grading.intake.rebuild import release_form

FOLDER = course_folder.RELEASES


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
        kept: NotebookNode = nbformat.from_dict(json.loads(path.read_text(encoding="utf-8")))
        return kept
    made = release_form(nbformat.reads(source.decode(), as_version=4))
    with contextlib.suppress(OSError):
        write_whole(path, json.dumps(made).encode())
    return made
