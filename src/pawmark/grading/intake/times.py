"""When a hand-in came, by its ``timestamp.txt``."""

import os
from datetime import datetime
from pathlib import Path

from pawmark.grading.intake import files
from pawmark.grading.intake.walking import UnreadableError, is_linked, read_regular

TIMESTAMP = "timestamp.txt"
TIMELESS = (
    "timestamp.txt holds no time, so it counts as in time. Put one there, such as 2026-03-02 "
    "11:58:00 UTC, or remove the file, and grade it again with --force"
)


def time_of(folder: Path) -> datetime | None:
    """Return when a hand-in came, in UTC, by its ``timestamp.txt``; what is no time is None."""
    from nbgrader.utils import parse_utc  # here: its import costs each process of grading time

    try:
        found: datetime = parse_utc(files.timestamp_of(folder))
    except (ValueError, OverflowError):
        return None
    return found


def has_no_time(folder: Path) -> bool:
    """Tell whether a hand-in has a ``timestamp.txt`` that holds something else than a time.

    An empty one says nothing, as with nbgrader.
    """
    path = folder / TIMESTAMP
    if is_linked(folder) or not os.path.lexists(path):
        return False
    try:
        return bool(read_regular(path, files.MAX_TIMESTAMP).strip()) and time_of(folder) is None
    except UnreadableError:
        return True
