"""Archives, read into memory one file at a time: names in them are never used as paths.

Every byte that is unpacked counts, also when it is thrown away, and unpacking stops where the
reader stops: what an archive says of its sizes is not believed.
"""

import bz2
import contextlib
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pawmark.grading.intake.budget import Budget
from pawmark.grading.intake.walking import UnreadableError

MAX_UNPACKED = 200_000_000

_CHUNK = 1 << 16
_LOCAL = struct.Struct("<4s5H3L2H")
_END = b"PK\x05\x06"
_MAX_DIRECTORY = 2_000_000
_OLDEST = 1981  # before, a time is that of an archive that keeps none
_LOCKED = 99  # WinZip's way to lock a file by a password
_METHODS = {9: "Deflate64", 14: "LZMA", 20: "Zstandard", 93: "Zstandard", 95: "XZ", 98: "PPMd"}
# What a made-up archive does to the modules: wrong numbers, unknown methods, endless nesting.
_ERRORS = (OSError, ValueError, RuntimeError, EOFError, NotImplementedError, KeyError, IndexError,
           MemoryError, OverflowError, struct.error, zlib.error, lzma.LZMAError,
           zipfile.BadZipFile, tarfile.TarError)  # fmt: skip


class _Engine(Protocol):
    """What unpacks a stream, as three modules of Python's have it."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Unpack some bytes, to so many at most."""


_COMPRESSED: dict[bytes, Callable[[], _Engine]] = {
    b"\x1f\x8b": lambda: zlib.decompressobj(31),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\x00": lambda: lzma.LZMADecompressor(memlimit=1 << 28),
}


@dataclass(frozen=True)
class Member:
    """A file in an archive.

    Attributes
    ----------
    name
        Its path in the archive.
    when
        When it was changed, as far as the archive knows.
    read
        Gives its first bytes, at most so many; raises `UnreadableError` where they cannot be had.
    """

    name: str
    when: datetime | None
    read: Callable[[int], bytes]


def is_archive(head: bytes) -> bool:
    """Tell by the first bytes (some 300) whether a file is an archive that can be opened here."""
    return head.startswith((b"PK\x03\x04", _END, *_COMPRESSED)) or is_tar(head)


def is_tar(head: bytes) -> bool:
    """Tell by the first bytes whether a file is a tar archive that is not compressed."""
    return head[257:262] == b"ustar"


def members(data: bytes, budget: Budget) -> Iterator[Member]:
    """Yield the files of an archive, in its order; a compressed file is an archive of one.

    Parameters
    ----------
    data
        The archive.
    budget
        What reading it may cost.

    Raises
    ------
    UnreadableError
        If it, or what is left of it, cannot be read; what was yielded before is good.
    BudgetError
        If it costs too much.
    """
    try:
        if data.startswith(b"PK"):
            yield from _in_zip(data, budget)
        elif is_tar(data[:300]):
            yield from _in_tar(data, budget)
        else:
            yield _compressed(data, budget)
    except RecursionError:
        raise UnreadableError("the archive is nested too deeply") from None
    except _ERRORS:
        raise UnreadableError("the archive is damaged, or incomplete") from None


def _in_zip(data: bytes, budget: Budget) -> Iterator[Member]:
    place = data.rfind(_END)
    if place < 0:
        yield from _cut_off(data, budget)
        raise UnreadableError("the archive is cut off")
    if _directory_size(data, place) > _MAX_DIRECTORY:
        raise UnreadableError("the archive holds too many files")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            budget.take_file()
            if not info.is_dir() and not stat.S_ISLNK(info.external_attr >> 16):
                yield Member(info.filename, _zip_time(info.date_time), _zipped(data, info, budget))


def _directory_size(data: bytes, place: int) -> int:
    """Return how long the list of files is said to be, of which `zipfile` makes objects at once."""
    size: int = struct.unpack_from("<L", data, place + 12)[0]
    larger = data.rfind(b"PK\x06\x06", 0, place)
    if larger >= 0:
        size = max(size % 0xFFFFFFFF, struct.unpack_from("<Q", data, larger + 40)[0])
    return size


def _zipped(data: bytes, info: zipfile.ZipInfo, budget: Budget) -> Callable[[int], bytes]:
    def read(count: int) -> bytes:
        if info.flag_bits & 1:
            raise UnreadableError("it is locked by a password")
        try:
            start = _start_of(data, info.header_offset)
            packed = memoryview(data)[start : start + info.compress_size]
            return _unpacked(packed, info.compress_type, count, budget)[0]
        except _ERRORS:
            raise UnreadableError("it is damaged in its archive") from None

    return read


def _start_of(data: bytes, place: int) -> int:
    """Return where the bytes of a file begin, from the place of its header."""
    header = _LOCAL.unpack_from(data, place)
    if header[0] != b"PK\x03\x04":
        raise ValueError("no file begins here")
    return place + _LOCAL.size + int(header[9]) + int(header[10])


def _cut_off(data: bytes, budget: Budget) -> Iterator[Member]:
    """Yield the files of a zip whose end is missing, up to the one that is cut."""
    place = 0
    while data.startswith(b"PK\x03\x04", place):
        budget.take_file()
        header = _LOCAL.unpack_from(data, place)
        start = _start_of(data, place)
        raw = data[place + _LOCAL.size : place + _LOCAL.size + header[9]]
        name = raw.decode("utf-8" if header[2] & 0x800 else "cp437", "replace")
        rest = memoryview(data)[start : start + header[7] if header[7] else None]
        content, used = _unpacked(rest, header[3], MAX_UNPACKED, budget)
        if not name.endswith("/"):
            yield Member(name, None, _held(content))
        place = data.find(b"PK\x03\x04", start + used)
        if place < 0:
            return


def _held(content: bytes) -> Callable[[int], bytes]:
    return lambda count: content[:count]


def _unpacked(packed: memoryview, method: int, count: int, budget: Budget) -> tuple[bytes, int]:
    """Unpack at most so many bytes; return them, and how many packed bytes they took."""
    if method == zipfile.ZIP_STORED:
        found = bytes(packed[:count])
        budget.take_bytes(len(found))
        return found, len(found)
    makers: dict[int, Callable[[], _Engine]] = {
        zipfile.ZIP_DEFLATED: lambda: zlib.decompressobj(-15),
        zipfile.ZIP_BZIP2: bz2.BZ2Decompressor,
    }
    if method not in makers:
        raise _unusual(method)
    return _stream(packed, makers[method](), count, budget)


def _unusual(method: int) -> UnreadableError:
    """Say why a file in a sound archive is not unpacked: it is not damaged."""
    if method == _LOCKED:
        return UnreadableError("it is locked by a password")
    how = _METHODS.get(method, f"method {method}")
    return UnreadableError(
        f"it is compressed in a way that grading does not open ({how}): pack it as an ordinary .zip"
    )


def _stream(packed: memoryview, engine: _Engine, count: int, budget: Budget) -> tuple[bytes, int]:
    """Unpack a stream piece by piece, so that it ends where enough has come."""
    found, place, pending = bytearray(), 0, b""
    while len(found) < count and not engine.eof:
        part = pending
        if not part and getattr(engine, "needs_input", True):
            part = bytes(packed[place : place + _CHUNK])
            place += len(part)
        made = engine.decompress(part, min(_CHUNK, count - len(found)))
        pending = getattr(engine, "unconsumed_tail", b"")
        budget.take_bytes(len(made))
        found += made
        if not part and not made:
            break
    return bytes(found), place - len(pending) - len(getattr(engine, "unused_data", b""))


def _zip_time(when: tuple[int, int, int, int, int, int]) -> datetime | None:
    with contextlib.suppress(ValueError):
        return datetime(*when) if when[0] >= _OLDEST else None
    return None


def _compressed(data: bytes, budget: Budget) -> Member:
    """Return the one file that was compressed; its own kind is seen from its bytes."""
    maker = next(maker for magic, maker in _COMPRESSED.items() if data.startswith(magic))

    def read(count: int) -> bytes:
        try:
            return _stream(memoryview(data), maker(), min(count, MAX_UNPACKED), budget)[0]
        except _ERRORS:
            raise UnreadableError("it is damaged") from None

    return Member("", None, read)


def _in_tar(data: bytes, budget: Budget) -> Iterator[Member]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for info in archive:
            budget.take_file()
            if info.isreg():
                yield Member(info.name, _tar_time(info.mtime), _tarred(archive, info, budget))


def _tar_time(seconds: float) -> datetime | None:
    with contextlib.suppress(ValueError, OverflowError, OSError, TypeError):
        when = datetime.fromtimestamp(seconds)
        return when if when.year >= _OLDEST else None
    return None


def _tarred(
    archive: tarfile.TarFile, info: tarfile.TarInfo, budget: Budget
) -> Callable[[int], bytes]:
    def read(count: int) -> bytes:
        try:
            file = archive.extractfile(info)
            if file is None:
                raise tarfile.TarError("a link, or no file")
            with file:
                found = file.read(min(count, MAX_UNPACKED))
        except (*_ERRORS, RecursionError, AttributeError):
            raise UnreadableError("it is damaged in its archive") from None
        budget.take_bytes(len(found))
        return found

    return read
