"""Grading without training again: checkpoint and history come from the student, as hostile bytes.

The instructor chooses it with ``PAWMARK_TRAINING=handed-in``. A cell that trains says in its
metadata, in the source notebook, which files stand for it and which code reads them::

    "pawmark": {"handed_in": {"files": ["a.keras", "a.json"], "source": ["line", "line"]}}

The files are found by name in what was handed in and kept by checksum in ``.pawmark/handed_in/``.
The cell's code is replaced before anything runs; the checksums in it make the submission another
one when a file changes. Nothing of a file is read here: that happens in the sandbox.
"""

import copy
import hashlib
import io
import zipfile
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from nbformat import NotebookNode

from pawmark import settings
from pawmark.errors import CourseError
from pawmark.files import write_whole
from pawmark.grading import course_folder
from pawmark.grading.boundary import wire
from pawmark.grading.intake.files import files_of
from pawmark.grading.intake.rebuild import Repaired
from pawmark.grading.intake.walking import UnreadableError, is_linked, read_regular

VARIABLE = settings.Settings.training.variable
FOLDER = course_folder.HANDED_IN
MAX_BYTES = 100_000_000

# Where the student's process finds them, below its home folder, before any cell runs.
RECEIVED = ".pawmark-handed-in"


def wanted() -> bool:
    """Tell whether training cells are not to be run again.

    Raises
    ------
    SettingsError
        The variable says something else than ``run`` or ``handed-in``.
    """
    return settings.here.training == settings.HANDED_IN


def replace_training(repaired: Repaired, submission: Path, course: Path) -> Repaired:
    """Put code that reads the handed-in files in the place of the cells that train.

    Parameters
    ----------
    repaired
        The rebuilt notebook; it is not modified.
    submission
        The folder that was handed in.
    course
        The course folder, which keeps the files.

    Returns
    -------
    Repaired
        The same when no cell trains. Files that are missing or unusable are listed as repairs.
    """
    notebook, notes = copy.deepcopy(repaired.notebook), []
    for cell in notebook.cells:
        stand_in = _stand_in(cell)
        if not stand_in:
            continue
        kept: dict[str, str] = {}
        for name in stand_in["files"]:
            try:
                kept[name] = _store(course, _find(submission, name))
            except UnreadableError as error:
                notes.append(f"{name}: {error}; this course is graded without training again")
        cell.metadata["pawmark"]["kept"] = kept
        cell.source = _source(stand_in["source"], kept)
    return replace(repaired, notebook=notebook, repairs=(*repaired.repairs, *notes))


def files_for(notebook: NotebookNode, course: Path) -> dict[str, bytes]:
    """Return the handed-in files of a notebook whose training cells were replaced.

    Raises
    ------
    CourseError
        A file that was kept is gone.
    """
    return {name: _stored(course, digest) for name, digest in checksums(notebook).items()}


def message_for(files: dict[str, bytes]) -> wire.Message:
    """Return the question that brings files into a student's process."""
    return wire.encode({"op": "receive", "args": {"folder": RECEIVED, "files": files}})


def checksums(notebook: NotebookNode) -> dict[str, str]:
    """Return the checksums of the handed-in files by name: equal ones are copies of one file."""
    found: dict[str, str] = {}
    for cell in notebook.cells:
        found |= cell.metadata.get("pawmark", {}).get("kept", {})
    return found


def _stand_in(cell: NotebookNode) -> dict[str, Any] | None:
    found: dict[str, Any] | None = cell.metadata.get("pawmark", {}).get("handed_in")
    return found


def _source(lines: list[str], kept: dict[str, str]) -> str:
    head = ["# The grader does not train again: it reads what was handed in."]
    head += [f"# {name}: sha256 {digest}" for name, digest in kept.items()]
    return "\n".join([*head, *lines])


def _find(submission: Path, name: str) -> bytes:
    """Read a file by its name, at any depth or in a zip archive; the shallowest one counts."""
    paths = [] if is_linked(submission) else [entry.path for entry in files_of(submission)]
    paths.sort(key=lambda path: len(path.parts))
    reason = UnreadableError("it was not handed in")
    for path in paths:
        if path.name == name:
            try:
                return read_regular(path, MAX_BYTES)
            except UnreadableError as error:
                reason = error
    for path in paths:
        if path.name.lower().endswith(".zip"):
            data = _in_archive(path, name)
            if data is not None:
                return data
    raise reason


def _in_archive(path: Path, name: str) -> bytes | None:
    """Read a file out of an archive into memory; what the archive says of its size is not believed.

    Links in an archive are files whose content is a path: they are read as such, and go nowhere.
    """
    errors = (OSError, ValueError, RuntimeError, EOFError, NotImplementedError, KeyError,
              IndexError, MemoryError, zlib.error, zipfile.BadZipFile, UnreadableError)  # fmt: skip
    with suppress(*errors), zipfile.ZipFile(_bytes_of(path)) as archive:
        for member in archive.infolist():
            if PurePosixPath(member.filename).name == name and "__MACOSX" not in member.filename:
                with archive.open(member) as file:
                    data = file.read(MAX_BYTES + 1)
                return data if len(data) <= MAX_BYTES else None
    return None


def _bytes_of(path: Path) -> io.BytesIO:
    return io.BytesIO(read_regular(path, 2 * MAX_BYTES))


def _store(course: Path, data: bytes) -> str:
    """Keep bytes under their checksum, and return it."""
    digest = hashlib.sha256(data).hexdigest()
    path = course / FOLDER / digest
    if not path.is_file():
        write_whole(path, data, private=True)
    return digest


def _stored(course: Path, digest: str) -> bytes:
    path = course / FOLDER / digest
    try:
        data = path.read_bytes()
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != digest:
        raise CourseError(
            f"{path}, which a student handed in, is gone or damaged. Remove it and the folder "
            "autograded/ of that student, and grade again."
        )
    return data
