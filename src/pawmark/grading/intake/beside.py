"""Files that were handed in beside the notebook, as the notebook will find them when it runs."""

import functools
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pawmark.grading.course_folder import is_left_out
from pawmark.grading.intake.attempts import own_name

MAX_FILE = 20_000_000
MAX_TOTAL = 50_000_000
MAX_COUNT = 200
MAX_PATH = 200

_IMPORTED = {".py", ".pyc", ".pyd", ".so"}
OF_NBGRADER = {"timestamp.txt", ".nbgrader.log"}


@dataclass(frozen=True)
class Lying:
    """A file that is not the notebook.

    Attributes
    ----------
    archive
        The archive in which it lies, by name; empty for the folder itself.
    path
        Where it lies in there.
    data
        Its bytes.
    """

    archive: str
    path: str
    data: bytes


def placed(
    files: Iterable[Lying], archive: str, notebook: str, course_files: Mapping[str, bytes]
) -> tuple[dict[str, bytes], list[str]]:
    """Choose the files that lie in the working folder, and their paths in it.

    Parameters
    ----------
    files
        What was handed in beside the notebook.
    archive, notebook
        Where the notebook lies: what lies in its folder lies beside it.
    course_files
        Files that the assignment itself brings, which come first.

    Returns
    -------
    files
        Bytes by path.
    notes
        A line on each that was left out, for the student.
    """
    base = PurePosixPath(notebook).parent
    from_canvas = own_name(PurePosixPath(notebook).name) != PurePosixPath(notebook).name
    kept, notes, total = dict(course_files), [], 0
    for file in files:
        path = PurePosixPath(file.path)
        if file.archive == archive and path.is_relative_to(base):
            path = path.relative_to(base)
        if from_canvas:
            path = path.with_name(own_name(path.name))
        if path.name in OF_NBGRADER or is_hidden(path):
            continue
        if course_files.get(str(path)) == file.data:  # as it was handed out
            continue
        reason = _reason(path, file.data, kept)
        if reason is None and total + len(file.data) > MAX_TOTAL:
            reason = f"all files together are larger than {MAX_TOTAL // 1_000_000} MB"
        if reason is None:
            kept[str(path)] = file.data
            total += len(file.data)
        else:
            notes.append(f"the file {str(path)[:MAX_PATH]!r} does not lie in the folder: {reason}")
    return kept, notes


def is_hidden(path: PurePosixPath) -> bool:
    """Tell whether some program left a file, and not the student."""
    return any(part.startswith(".") or part in ("__MACOSX", "__pycache__") for part in path.parts)


def is_trained(path: PurePosixPath) -> bool:
    """Tell whether a file is what a training leaves: the grader trains again, or takes it apart."""
    return any(map(is_left_out, path.parts)) and not is_hidden(path)


def _reason(path: PurePosixPath, data: bytes, kept: Mapping[str, bytes]) -> str | None:
    """Return why a file is left out, or None."""
    if len(data) > MAX_FILE:
        return f"it is larger than {MAX_FILE // 1_000_000} MB"
    if not _is_sound(path):
        return "its name cannot be used"
    if is_trained(path):
        return "what was trained is trained again"
    if shadows(path):
        return "its name is that of a library, which it would hide"
    if str(path) in kept:
        return "another file has its name"
    if any(str(parent) in kept for parent in path.parents):
        return "a file has the name of its folder"
    if any(PurePosixPath(name).is_relative_to(path) for name in kept):
        return "a folder has its name"
    return f"there are more than {MAX_COUNT} files" if len(kept) >= MAX_COUNT else None


def _is_sound(path: PurePosixPath) -> bool:
    name = str(path)
    plain = name.isprintable() and name.isascii() | name.isprintable()
    inside = not path.is_absolute() and ".." not in path.parts and path.name
    return bool(inside and plain and len(name.encode("utf-8", "replace")) <= MAX_PATH)


def shadows(path: PurePosixPath) -> bool:
    """Tell whether a file in the working folder would be imported in the place of a library."""
    if len(path.parts) == 1 and path.suffix.lower() not in _IMPORTED:
        return False
    return path.parts[0].split(".")[0].lower() in _libraries()


@functools.cache
def _libraries() -> frozenset[str]:
    """Return the names under which Python and what is installed here can be imported."""
    places = {Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib", "stdlib")}
    places |= {Path(entry) for entry in sys.path if entry.endswith("site-packages")}
    found = {
        entry.name.split(".")[0].lower()
        for place in places
        if place.is_dir()
        for entry in place.iterdir()
        if entry.is_dir() or entry.suffix in _IMPORTED
    }
    names = {name.lower() for name in sys.stdlib_module_names} | found
    return frozenset(names | {"pawmark", "sitecustomize", "usercustomize"})


def read_course_files(folder: Path) -> dict[str, bytes]:
    """Read the files that an assignment's source brings beside its notebook.

    Parameters
    ----------
    folder
        The folder of the source notebook: the instructor's own.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        left_out = any(map(is_left_out, name.parts)) or is_hidden(PurePosixPath(name.as_posix()))
        if path.is_file() and path.suffix != ".ipynb" and not left_out:
            found[name.as_posix()] = path.read_bytes()
    return found
