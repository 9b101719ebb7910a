"""What of a submission nbgrader itself is given: plain files, and a time that looks like one."""

import hashlib
import re
from pathlib import Path
from zoneinfo import available_timezones

from pawmark.grading.course_folder import RECORD_SUFFIX
from pawmark.grading.intake.budget import Budget, BudgetError
from pawmark.grading.intake.walking import (
    Entry,
    UnreadableError,
    Walk,
    is_linked,
    read_regular,
)

MAX_EXTRA_BYTES = 100_000_000

MAX_TIMESTAMP = 100
_MAX_NAMED = 40
_TIME = re.compile(r"[0-9A-Za-z:., +-]+")
_NOTEBOOK_NAME = re.compile(r"\.ipynb(\.|$)", re.IGNORECASE)


def files_of(folder: Path) -> list[Entry]:
    """List the files in a folder and below, as far as that is cheap; links are not followed."""
    found: list[Entry] = []
    try:
        for entry in Walk(folder, Budget()).files():
            found.append(entry)
    except BudgetError:  # what came before is kept
        pass
    return found


def digest_of(folder: Path) -> str:
    """Return a digest of all that was handed in: the names of the files, and what is in them.

    What programs keep beside them is left out: to look into a notebook changes nothing.
    """
    digest = hashlib.sha256()
    for entry in sorted(files_of(folder), key=lambda entry: entry.name):
        if any(part.startswith(".") or part == "__pycache__" for part in entry.name.split("/")):
            continue
        try:
            content = hashlib.sha256(read_regular(entry.path, MAX_EXTRA_BYTES)).hexdigest()
        except (UnreadableError, OSError):  # a link, a pipe, or more than is taken
            content = "unread"
        digest.update(f"{entry.name!r} {content}\n".encode())
    return digest.hexdigest()


def copy_extra(source: Path, target: Path) -> list[str]:
    """Copy a submission's files that are no notebooks, if they are plain; return what was left out.

    nbgrader copies them by following links, and a link may lead to the gradebook or the checks.
    """
    if is_linked(source):
        return []
    left_out, total = [], 0
    for entry in files_of(source):
        if any(map(_NOTEBOOK_NAME.search, entry.name.split("/"))):
            continue
        if _is_written(entry.name, source.name):
            left_out.append(f"the file {entry.name!r} was left out: grading writes such a file")
            continue
        try:
            data = read_regular(entry.path, MAX_EXTRA_BYTES - total)
            _copy(data, target / entry.name)
        except (UnreadableError, OSError) as error:
            reason = error if isinstance(error, UnreadableError) else error.strerror
            left_out.append(f"the file {entry.name!r} was left out: {reason}")
            continue
        total += len(data)
    return left_out[:_MAX_NAMED]


def _is_written(name: str, assignment: str) -> bool:
    """Tell whether grading or feedback writes a file of this name."""
    first = name.split("/")[0]
    written = (f"{assignment}{RECORD_SUFFIX}", f"{assignment}.html", f"{assignment}_files")
    return first.lower() in {one.lower() for one in written}


def _copy(data: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def timestamp_of(folder: Path) -> str:
    """Return what a submission's ``timestamp.txt`` says; empty unless it looks like a time."""
    if is_linked(folder):
        return ""
    try:
        text = read_regular(folder / "timestamp.txt", MAX_TIMESTAMP).decode("ascii").strip()
    except (UnreadableError, UnicodeDecodeError):
        return ""
    time, _, zone = text.rpartition(" ")
    if "/" in zone and zone in available_timezones():  # any other may be read from a path
        return text if _TIME.fullmatch(time) else ""
    return text if _TIME.fullmatch(text) else ""
