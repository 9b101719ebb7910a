"""What students hand in, read as a folder of hostile files: nothing is followed or unpacked.

A submission should be one notebook of the right name. This finds the notebook where it is not:
under another name, in a folder, in a zip archive, beside others.
"""

import contextlib
import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 50_000_000
MAX_FILES = 2000
MAX_FOUND = 20
MAX_EXTRA_BYTES = 100_000_000

_MAX_TIMESTAMP = 100
_TIME = re.compile(r"[0-9A-Za-z:., +-]+")  # no slash: a time zone may be read from a path
_HIDDEN = re.compile(r"(^|/)(\.|__MACOSX(/|$))")

# What a made-up archive does to the module: wrong numbers, unknown methods, encryption.
_ARCHIVE_ERRORS = (OSError, ValueError, RuntimeError, EOFError, NotImplementedError, KeyError,
                   IndexError, MemoryError, zlib.error)  # fmt: skip


class UnreadableError(Exception):
    """A file cannot be read as one that was handed in; the message is for the student."""


@dataclass(frozen=True)
class Found:
    """A notebook that was found in a submission.

    Attributes
    ----------
    name
        Where it lies, as the student would say it: ``folder/a.ipynb``, ``work.zip: a.ipynb``.
    data
        Its bytes.
    """

    name: str
    data: bytes

    @property
    def hidden(self) -> bool:
        """Whether it is a copy that some program left, and not what the student made."""
        return bool(_HIDDEN.search(self.name.replace(": ", "/")))


def read_regular(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Read a regular file, and nothing else that may lie at its place.

    Raises
    ------
    UnreadableError
        If it is missing, a link, a pipe, a device or too large.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise UnreadableError("it is missing") from None
    except (OSError, ValueError):
        raise UnreadableError("it is not a regular file that can be opened") from None
    try:
        data = _read_descriptor(descriptor, limit)
    except OSError:
        raise UnreadableError("it cannot be read") from None
    finally:
        os.close(descriptor)
    if len(data) > limit:
        raise UnreadableError(f"it is larger than {limit // 1_000_000} MB")
    return data


def _read_descriptor(descriptor: int, limit: int) -> bytes:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise UnreadableError("it is not a regular file")
    with open(descriptor, "rb", closefd=False) as file:
        return file.read(limit + 1)


def files_of(folder: Path) -> list[Path]:
    """List the files in a folder and below, in order of their names; links are not followed."""
    found: list[Path] = []
    for root, folders, names in os.walk(folder):
        folders.sort()
        found += [Path(root, name) for name in sorted(names)]
        if len(found) > MAX_FILES:
            break
    return found[:MAX_FILES]


def notebooks_of(folder: Path) -> Iterator[Found]:
    """Yield the notebooks of a submission that can be read, at any depth and in zip archives."""
    count = 0
    for path in files_of(folder):
        name = str(path.relative_to(folder))
        if name.lower().endswith(".zip"):
            found = _in_archive(path, name)
        else:
            found = _in_file(path, name) if name.lower().endswith(".ipynb") else iter(())
        for notebook in found:
            yield notebook
            count += 1
            if count >= MAX_FOUND:
                return


def _in_file(path: Path, name: str) -> Iterator[Found]:
    with contextlib.suppress(UnreadableError):
        yield Found(name, read_regular(path))


def _in_archive(path: Path, name: str) -> Iterator[Found]:
    """Read the notebooks of an archive into memory: names in it are never used as paths."""
    with (
        contextlib.suppress(UnreadableError, zipfile.BadZipFile, *_ARCHIVE_ERRORS),
        zipfile.ZipFile(io.BytesIO(read_regular(path))) as archive,
    ):
        for member in archive.infolist()[:MAX_FILES]:
            if member.filename.lower().endswith(".ipynb"):
                data = _member(archive, member)
                if data is not None:
                    yield Found(f"{name}: {member.filename}", data)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes | None:
    if stat.S_ISLNK(member.external_attr >> 16):
        return None
    with contextlib.suppress(zipfile.BadZipFile, *_ARCHIVE_ERRORS):
        with archive.open(member) as file:
            data = file.read(MAX_BYTES + 1)  # what the archive says of the size does not count
        return data if len(data) <= MAX_BYTES else None
    return None


def copy_extra(source: Path, target: Path) -> list[str]:
    """Copy a submission's files that are no notebooks, if they are plain; return what was left out.

    nbgrader copies them by following links, and a link may lead to the gradebook or the checks.
    """
    left_out, total = [], 0
    for path in files_of(source):
        name = path.relative_to(source)
        if path.suffix.lower() == ".ipynb":
            continue
        if name.parts[0].startswith((f"{source.name}.", f"{source.name}_files")):
            left_out.append(f"the file {str(name)!r} was left out: grading writes such a file")
            continue
        try:
            data = read_regular(path, MAX_EXTRA_BYTES - total)
        except UnreadableError as error:
            left_out.append(f"the file {str(name)!r} was left out: {error}")
            continue
        total += len(data)
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(data)
    return left_out


def timestamp_of(folder: Path) -> str:
    """Return what a submission's ``timestamp.txt`` says; empty unless it looks like a time."""
    try:
        text = read_regular(folder / "timestamp.txt", _MAX_TIMESTAMP).decode("ascii").strip()
    except (UnreadableError, UnicodeDecodeError):
        return ""
    return text if _TIME.fullmatch(text) else ""
