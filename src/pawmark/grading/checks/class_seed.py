"""The seed of inputs that a whole class shares, drawn when the first of a course is graded."""

import contextlib
import secrets
from pathlib import Path

from pawmark.files import write_whole
from pawmark.grading.course_folder import SEEDS

_NAME = "shared"


def of(course: Path) -> int:
    """Return the seed of a course, a number of 63 bits; where it cannot be kept, a new one."""
    path = course / SEEDS / _NAME
    found = _read(path)
    if found is None:
        with contextlib.suppress(OSError):
            keep(course, secrets.randbits(63))
        found = _read(path)  # of two who drew at once, the second one's holds
    return secrets.randbits(63) if found is None else found


def keep(course: Path, seed: int) -> None:
    """Give a course the seed of another: a worker's copy that of the course at home.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    write_whole(course / SEEDS / _NAME, f"{seed}\n".encode(), private=True)


def _read(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
