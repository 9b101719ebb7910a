"""Unpacking an archive whose content is not trusted: nothing leaves the folder, nothing swells."""

import gzip
import tarfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pawmark.errors import DataError
from pawmark.progress import progress_bar

_SHOWN = 80
_MAX_NAME = 200

# Python's own filter is a second wall, where this Python has it.
_FILTER = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
_FILTERED = (tarfile.FilterError,) if _FILTER else ()
# The last three: a file where an earlier entry was a folder, and the reverse.
_DAMAGED = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError,
            NotADirectoryError, IsADirectoryError, FileExistsError)  # fmt: skip


@dataclass(frozen=True)
class Bounds:
    """What an archive may hold; the real ones are well below.

    Attributes
    ----------
    members : int
        Files and folders.
    member_bytes, total_bytes : int
        Size of one file, and of all together.
    depth : int
        Folders within folders.
    """

    members: int = 60_000
    member_bytes: int = 64 << 20
    total_bytes: int = 3 << 30
    depth: int = 8


class _Refused(Exception):  # noqa: N818 - what happened to the archive
    """An archive holds what it must not hold."""


def unpack(
    archive: Path, folder: Path, wanted: Collection[str], bounds: Bounds | None = None
) -> None:
    """Unpack the folders that are wanted from a ``.tar.gz``.

    Parameters
    ----------
    archive : pathlib.Path
        The archive.
    folder : pathlib.Path
        Where its folders go.
    wanted : collection of str
        Names of the folders at its top: what lies elsewhere in it is left out.
    bounds : Bounds, optional
        What it may hold.

    Raises
    ------
    DataError
        The archive is damaged, larger than allowed, or holds a link, a device, a pipe or a path
        that leads out of the folder. What was unpacked before stays.
    """
    try:
        with archive.open("rb") as file:
            _unpack(file, archive.stat().st_size, folder, wanted, bounds or Bounds())
    except (_Refused, RecursionError, *_FILTERED) as error:
        raise DataError(
            f"{archive} was not unpacked: {error}. Expected was an archive of plain files in "
            f"{' and '.join(f'{name}/' for name in wanted)}. Do not use it; download it again."
        ) from error
    except _DAMAGED as error:
        raise DataError(
            f"{archive} is damaged or no .tar.gz ({error}). Download it again."
        ) from error


def _unpack(file, size: int, folder: Path, wanted: Collection[str], bounds: Bounds) -> None:
    total = 0
    with (
        _Bounded(file, bounds) as unzipped,
        tarfile.open(fileobj=unzipped, mode="r:") as tar,
        progress_bar(f"Unpacking {Path(file.name).name}", size, in_bytes=True) as advance,
    ):
        place = 0
        for count, member in enumerate(tar, start=1):
            total += max(member.size, 0)
            _refuse_too_much(count, member, total, bounds)
            if _inspected(member, wanted, bounds):
                member.mode = 0o755 if member.isdir() else 0o644
                tar.extract(member, folder, set_attrs=bool(_FILTER), **_FILTER)
            advance(file.tell() - place)
            place = file.tell()
            tar.members = []  # else it remembers every one


def _refuse_too_much(count: int, member: tarfile.TarInfo, total: int, bounds: Bounds) -> None:
    if count > bounds.members:
        raise _Refused(f"it holds more than {bounds.members:,} files")
    if member.size > bounds.member_bytes:
        raise _Refused(f"{_name(member)} has {member.size:,} bytes")
    if total > bounds.total_bytes:
        raise _Refused(f"it holds more than {bounds.total_bytes:,} bytes")


def _inspected(member: tarfile.TarInfo, wanted: Collection[str], bounds: Bounds) -> bool:
    """Tell whether a member is wanted; refuse the whole archive for a dangerous one."""
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or set(member.name) & set("\\:\0"):
        raise _Refused(f"{_name(member)} leads out of the folder")
    if not (member.isreg() or member.isdir()) or member.issparse():
        raise _Refused(f"{_name(member)} is a link, a device, a pipe or another special file")
    if len(path.parts) > bounds.depth or any(len(part) > _MAX_NAME for part in path.parts):
        raise _Refused(f"{_name(member)} lies too deep, or its name is too long")
    return bool(path.parts) and path.parts[0] in wanted


def _name(member: tarfile.TarInfo) -> str:
    """Give a name that may be printed, whatever it holds."""
    return ascii(member.name[:_SHOWN])


class _Bounded(gzip.GzipFile):
    """Unzips, but not without end: tar headers may tell of any size."""

    def __init__(self, file, bounds: Bounds) -> None:
        super().__init__(fileobj=file, mode="rb")
        self._most = bounds.member_bytes
        self._left = bounds.total_bytes + bounds.members * 4 * tarfile.BLOCKSIZE

    def read(self, size: int | None = -1) -> bytes:
        """Read as a file does, within the bounds."""
        if size is None or size < 0 or size > self._most:
            raise _Refused("one of its entries is too large")
        data = super().read(size)
        self._left -= len(data)
        if self._left < 0:
            raise _Refused("unzipped, it is too large")
        return data
