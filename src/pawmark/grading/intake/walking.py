"""The files of a submission's folder: no link is followed, nothing but files is opened."""

import os
import re
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pawmark.grading.intake.budget import Budget

# Folders in which programs keep copies and packages.
_KEPT_BY_PROGRAMS = re.compile(
    r"(?:^|/)(?:\.[^/]*|__MACOSX|__pycache__|site-packages|node_modules)$"
)
_HALF = re.compile("[\ud800-\udfff]")


def legible(text: str) -> str:
    """Return a text with names of files in it so that it can be written.

    Bytes of a name that are no UTF-8 are taken for letters as Windows has them.
    """

    def letter(found: re.Match[str]) -> str:
        byte = ord(found[0]) - 0xDC00
        return bytes([byte]).decode("cp1252", "replace") if 128 <= byte < 256 else "\ufffd"

    return _HALF.sub(letter, text)


class UnreadableError(Exception):
    """A file cannot be read as one that was handed in; the message is for the student."""


@dataclass(frozen=True)
class Entry:
    """A file in a folder, at some depth.

    Attributes
    ----------
    path
        Where it lies.
    name
        Its path below the folder.
    """

    path: Path
    name: str


@dataclass
class Walk:
    """One way through a folder.

    Parameters
    ----------
    folder
        Where it begins.
    budget
        What it may cost.

    Attributes
    ----------
    skipped
        Folders that could not be looked into, as words for the student.
    """

    folder: Path
    budget: Budget

    def __post_init__(self) -> None:
        self.skipped: list[str] = []

    def files(self) -> Iterator[Entry]:
        """Yield what is no folder: level by level, by their names.

        Where programs keep copies and packages is looked at last, so that no number of files there
        hides what a student made. It goes without recursion: a folder may be nested as deep as its
        owner likes.

        Raises
        ------
        BudgetError
            If it costs too much.
        """
        first, last = deque([""]), deque[str]()
        while first or last:
            name = (first or last).popleft()
            files, folders = self._look(name)
            yield from (Entry(self.folder / below, below) for below in files)
            for below in folders:
                (last if _KEPT_BY_PROGRAMS.search(below) else first).append(below)

    def _look(self, name: str) -> tuple[list[str], list[str]]:
        files: list[str] = []
        folders: list[str] = []
        try:
            with os.scandir(self.folder / name) as entries:
                for entry in entries:
                    self.budget.take_file()
                    below = f"{name}/{entry.name}" if name else entry.name
                    (folders if entry.is_dir(follow_symlinks=False) else files).append(below)
        except OSError as error:
            shown = f"the folder {name[:200]!r}" if name else "the folder of the submission"
            self.skipped.append(f"{shown} cannot be read: {error.strerror}")
        return sorted(files), sorted(folders)


def is_linked(folder: Path, levels: int = 2) -> bool:
    """Tell whether a folder, or one of those above it, is a symbolic link.

    Parameters
    ----------
    folder
        The folder of a submission.
    levels
        How many names, from the end of its path, belong to students: that of the assignment and
        that of the student. What lies above is the instructor's, who may put links there.
    """
    return any(path.is_symlink() for path in [folder, *folder.parents][:levels])


def is_empty(folder: Path) -> bool:
    """Tell whether there is nothing at all in a folder."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except OSError:
        return False


class RegularFile:
    """A regular file, open for reading; a context manager.

    Parameters
    ----------
    path
        Where it should lie.

    Raises
    ------
    UnreadableError
        If it is missing, a link, a pipe, a device, or may not be read.
    """

    def __init__(self, path: Path) -> None:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            self._descriptor = os.open(path, flags)
        except FileNotFoundError:
            raise UnreadableError("it is missing") from None
        except (OSError, ValueError):
            raise UnreadableError("it is not a regular file that can be opened") from None
        status = os.fstat(self._descriptor)
        self.size = status.st_size
        if not stat.S_ISREG(status.st_mode):
            os.close(self._descriptor)
            raise UnreadableError("it is not a regular file")

    def __enter__(self) -> "RegularFile":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def read(self, count: int) -> bytes:
        """Return at most so many of the bytes that come next.

        Raises
        ------
        UnreadableError
            If the system cannot read them.
        """
        parts = []
        try:
            while count > 0 and (part := os.read(self._descriptor, min(count, 1 << 24))):
                parts.append(part)
                count -= len(part)
        except OSError:
            raise UnreadableError("it cannot be read") from None
        return b"".join(parts)


def read_regular(path: Path, limit: int) -> bytes:
    """Read a regular file, and nothing else that may lie at its place.

    Raises
    ------
    UnreadableError
        If it is missing, a link, a pipe, a device or larger than `limit` bytes.
    """
    with RegularFile(path) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise UnreadableError(f"it is larger than {limit // 1_000_000} MB")
    return data
