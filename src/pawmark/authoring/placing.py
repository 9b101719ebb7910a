"""New files of a course, written all or none, and nothing over what is there."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pawmark.errors import CourseError


def place(course: Path, parts: Mapping[Path, str], remedy: str) -> list[Path]:
    """Write new files into a course.

    Parameters
    ----------
    course
        The course folder.
    parts
        The text of each file, by its path in the course.
    remedy
        What to do where one of them is there already, in words.

    Returns
    -------
    list of pathlib.Path
        The files written, relative to the course.

    Raises
    ------
    CourseError
        When a file is there already, or cannot be written. Then nothing is written.
    """
    taken = [str(path) for path in parts if (course / path).exists()]
    if taken:
        raise CourseError(f"{taken[0]} is there already. {remedy}")
    with tempfile.TemporaryDirectory(prefix=".new-", dir=course) as folder:
        for path, text in parts.items():
            _write(Path(folder) / path, text)
        _move_in(Path(folder), course, list(parts))
    return list(parts)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _move_in(folder: Path, course: Path, places: list[Path]) -> None:
    """Move everything in, or nothing: the source comes last, and makes it an assignment."""
    moved: list[Path] = []
    try:
        for path in sorted(places, key=lambda path: path.parts[0] == "source"):
            (course / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(folder / path, course / path)
            moved.append(course / path)
    except OSError as error:
        for written in moved:
            written.unlink(missing_ok=True)
        raise CourseError(f"{path} cannot be written ({error}). Nothing was changed.") from error
