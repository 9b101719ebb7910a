"""One file over HTTP: from several mirrors, resumed where it was cut off, checked at the end."""

import hashlib
import http.client
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pawmark.errors import DataError
from pawmark.progress import progress_bar

CHUNK = 1 << 18
# A server that cuts every connection after a few bytes is given up at some time.
MAX_CONNECTIONS = 500


@dataclass(frozen=True)
class RemoteFile:
    """A file that is known before it is downloaded.

    Attributes
    ----------
    name : str
        Its name, which the address of a mirror is followed by.
    size : int
        Bytes.
    md5, sha256 : str
        Checksums in hexadecimal; both must agree.
    unpacked : int
        Bytes that its content takes on disk, for the check of free space.
    """

    name: str
    size: int
    md5: str
    sha256: str
    unpacked: int = 0


@dataclass(frozen=True)
class Patience:
    """How long a mirror is waited for.

    Attributes
    ----------
    connect, read : float
        Seconds for a connection, and between two pieces of data.
    slowest : float
        Bytes a second; a slower mirror is left while others have not been tried.
    window : float
        Seconds over which the speed is measured.
    tries : int
        Times that a mirror may break off in a row without having sent anything.
    pause : float
        Seconds before the second try; longer before the next ones.
    """

    connect: float = 10.0
    read: float = 30.0
    slowest: float = 50_000.0
    window: float = 20.0
    tries: int = 3
    pause: float = 1.0


class _MirrorError(Exception):
    """A mirror did not deliver; it may do so later."""


class _UselessError(_MirrorError):
    """A mirror will not deliver, however often it is asked."""


class _SlowError(_MirrorError):
    """A mirror delivers, but slowly."""


def download(
    file: RemoteFile,
    mirrors: Sequence[str],
    folder: Path,
    say: Callable[[str], None] = print,
    patience: Patience | None = None,
) -> Path:
    """Download a file, or what is missing of it.

    Parameters
    ----------
    file : RemoteFile
        What to download.
    mirrors : sequence of str
        Addresses of folders that hold it, tried in this order.
    folder : pathlib.Path
        Where it goes. What has come of it so far lies there as ``NAME.part``.
    say : callable
        Takes a line about each mirror.
    patience : Patience, optional
        How long a mirror is waited for.

    Returns
    -------
    pathlib.Path
        The file, whole and with the right checksums.

    Raises
    ------
    DataError
        No mirror delivered it; the message gives the reason for each of them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / file.name
    if target.is_file() and differs(target, file) is None:
        return target
    transfer = _Transfer(file, folder / f"{file.name}.part", patience or Patience())
    reasons = _try_all(transfer, [_address(mirror, file) for mirror in mirrors], say)
    if reasons is not None:
        raise DataError(_nothing_came(file, reasons, transfer.part))
    transfer.note.unlink(missing_ok=True)
    transfer.part.replace(target)
    return target


def differs(path: Path, file: RemoteFile) -> str | None:
    """Tell in what a file on disk differs from the one that is wanted; None if in nothing."""
    size = path.stat().st_size
    if size != file.size:
        return f"it has {size:,} bytes, expected were {file.size:,}"
    digests = {"md5": hashlib.md5(usedforsecurity=False), "sha256": hashlib.sha256()}
    with (
        path.open("rb") as source,
        progress_bar(f"Checking {file.name}", size, in_bytes=True) as advance,
    ):
        while block := source.read(1 << 20):
            for digest in digests.values():
                digest.update(block)
            advance(len(block))
    for name, digest in digests.items():
        wanted = getattr(file, name)
        if digest.hexdigest() != wanted.lower():
            return f"its {name} checksum is {digest.hexdigest()}, expected was {wanted}"
    return None


def shown(address: str) -> str:
    """Give an address without the password that it may hold."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _address(mirror: str, file: RemoteFile) -> str:
    if urlsplit(mirror).scheme not in ("http", "https"):
        raise DataError(
            f"{shown(mirror)!r} is no address of a mirror. Expected was one that begins with "
            "https:// or http:// and leads to a folder that holds the archives."
        )
    return f"{mirror.rstrip('/')}/{file.name}"


def _try_all(
    transfer: "_Transfer", addresses: list[str], say: Callable[[str], None]
) -> dict[str, str] | None:
    """Go through the mirrors twice; return None on success, else the reasons of all of them."""
    reasons: dict[str, str] = {}
    left = list(addresses)
    # The second time round a slow mirror is better than none.
    for slowest in (transfer.patience.slowest, 0.0):
        for address in list(left):
            say(f"{transfer.file.name}: from {shown(address)}")
            try:
                transfer.from_mirror(address, slowest)
            except _MirrorError as error:
                reasons[address] = str(error)
                say(f"{transfer.file.name}: {error}")
                if isinstance(error, _UselessError):
                    left.remove(address)
            else:
                return None
    return reasons


def _nothing_came(file: RemoteFile, reasons: dict[str, str], part: Path) -> str:
    listed = "\n".join(f"  - {shown(address)}: {reason}" for address, reason in reasons.items())
    kept = f"What has come is kept in {part.parent}: the same command goes on from there.\n"
    return (
        f"{file.name} could not be downloaded ({file.size:,} bytes were expected):\n{listed}\n"
        f"{kept if part.exists() else ''}"
        "Is this machine on the internet? Behind a proxy, set HTTPS_PROXY. Other addresses can be "
        "given with --mirror or PAWMARK_MIRRORS. Or download the archives elsewhere, and then: "
        "pawmark data fetch --from-files images.tar.gz annotations.tar.gz"
    )


class _Transfer:
    """Brings one file into its ``.part``, over as many connections as it takes."""

    def __init__(self, file: RemoteFile, part: Path, patience: Patience) -> None:
        import requests  # late: only who downloads should wait for it

        self.file = file
        self.part = part
        self.note = part.with_name(f"{part.name}.json")
        self.patience = patience
        self._advance: Callable[[int], None] = lambda steps: None
        self._shown = 0
        self._session = requests.Session()

    @property
    def have(self) -> int:
        """Bytes that have come so far."""
        return self.part.stat().st_size if self.part.is_file() else 0

    def from_mirror(self, address: str, slowest: float) -> None:
        """Get what is missing from one mirror, and check the whole.

        Raises
        ------
        _MirrorError
            It does not deliver, or delivers something else.
        """
        while True:
            own = self.have == 0
            title = f"Downloading {self.file.name}"
            with progress_bar(title, self.file.size, in_bytes=True) as self._advance:
                self._shown = 0
                self._show(self.have)
                self._fill(address, slowest)
            problem = differs(self.part, self.file)
            if problem is None:
                return
            self._forget()
            if own:
                raise _UselessError(f"this is another file: {problem}")
            # The beginning came from elsewhere or long ago, and may be what is wrong.

    def _fill(self, address: str, slowest: float) -> None:
        """Open connections until all bytes are there."""
        idle = 0
        for _ in range(MAX_CONNECTIONS):
            before = self.have
            if before == self.file.size:
                return
            try:
                self._receive(address, slowest)
                continue
            except (_UselessError, _SlowError):
                raise
            except _MirrorError:
                idle = idle + 1 if self.have <= before else 0
                if idle >= self.patience.tries:
                    raise
            time.sleep(self.patience.pause * (idle + 1))
        raise _UselessError("it broke off all the time")

    def _receive(self, address: str, slowest: float) -> None:
        """Read from one connection as long as it lasts."""
        if self.have > self.file.size:
            self._forget()
        with _named(self.patience), self._request(address) as response:
            start = self._begin(address, response)
            chunks = self._chunks(response, self.file.size - start, slowest)
            with self.part.open("r+b" if start else "wb") as out:
                out.seek(start)
                out.truncate()
                for chunk in chunks:
                    out.write(chunk)
                    self._show(out.tell())
        if self.have < self.file.size:
            raise _MirrorError(f"it broke off after {self.have:,} bytes")

    def _request(self, address: str) -> Any:
        headers = {"Accept-Encoding": "identity"}
        if self.have:
            headers["Range"] = f"bytes={self.have}-"
            # Another mirror's file is the same if its checksum is; that is seen at the end.
            note = self._read_note()
            if note.get("address") == address and note.get("validator"):
                headers["If-Range"] = note["validator"]
        timeout = (self.patience.connect, self.patience.read)
        return self._session.get(address, headers=headers, stream=True, timeout=timeout)

    def _begin(self, address: str, response: Any) -> int:
        """Return the place in the file at which the answer begins; refuse any other answer."""
        status = response.status_code
        if status == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            self._forget()
            raise _MirrorError("it has fewer bytes than have come")
        if status not in (http.client.OK, http.client.PARTIAL_CONTENT):
            lasting = 400 <= status < 500 and status not in (408, 425, 429)
            kind = _UselessError if lasting else _MirrorError
            words = ascii(response.reason or "")[1:-1][:60]  # a server may send anything
            raise kind(f"it answers {status} {words}".strip())
        partial = status == http.client.PARTIAL_CONTENT
        start, total = _extent(response.headers, partial)
        if (total is not None and total != self.file.size) or start > self.have:
            told = "" if total is None else f" of {total:,} bytes"
            raise _UselessError(f"it sends another file{told}")
        if start == 0:
            self._write_note(address, response.headers)
        return start

    def _chunks(self, response: Any, left: int, slowest: float) -> Iterator[bytes]:
        """Yield what comes, as it comes; not more than is wanted, and not too slowly."""
        began, since = time.monotonic(), 0
        # The bytes as sent: some servers label an archive as compressed for the way only.
        while chunk := response.raw.read1(CHUNK, decode_content=False):
            left -= len(chunk)
            if left < 0:
                raise _UselessError("it sends more bytes than the file has")
            yield chunk
            since += len(chunk)
            seconds = time.monotonic() - began
            if seconds >= self.patience.window:
                if left and since < slowest * seconds:
                    raise _SlowError(f"it is slow: {since / seconds:,.0f} bytes a second")
                began, since = time.monotonic(), 0

    def _show(self, place: int) -> None:
        self._advance(place - self._shown)
        self._shown = place

    def _forget(self) -> None:
        self.part.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)
        self._show(0)

    def _read_note(self) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            note = json.loads(self.note.read_text(encoding="utf-8"))
            return note if isinstance(note, dict) else {}
        return {}

    def _write_note(self, address: str, headers: Any) -> None:
        """Keep what tells later whether the mirror still has the same file."""
        tag = headers.get("ETag", "")
        strong = tag if tag and not tag.startswith("W/") else headers.get("Last-Modified", "")
        text = json.dumps({"address": address, "validator": strong})
        self.note.write_text(text, encoding="utf-8")


def _extent(headers: Any, partial: bool) -> tuple[int, int | None]:
    """Read from the headers where the answer begins, and how long the whole file is."""
    try:
        if not partial:
            length = headers.get("Content-Length")
            return 0, None if length is None else int(length)
        unit, _, rest = headers.get("Content-Range", "").partition(" ")
        span, _, total = rest.partition("/")
        start = int(span.partition("-")[0])
        if unit != "bytes" or start < 0:
            raise ValueError
        return start, None if total == "*" else int(total)
    except ValueError:
        raise _UselessError("its answer has headers that make no sense") from None


@contextmanager
def _named(patience: Patience) -> Iterator[None]:
    """Say in words what goes wrong on the way; errors of this machine's disk pass."""
    import urllib3

    try:
        yield
    except (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError, ValueError) as error:
        named = _reason(error, patience)
        if named is None:
            raise
        raise named from error


def _reason(error: Exception, patience: Patience) -> _MirrorError | None:
    """Say what a network error means; None for any other error."""
    import requests
    import urllib3

    silence = f"nothing came for {patience.read:g} s"
    meanings = (
        (requests.exceptions.ProxyError, _MirrorError, "the proxy is not there, or refuses"),
        (requests.exceptions.SSLError, _UselessError, "its certificate is not trusted here"),
        (requests.exceptions.ConnectTimeout, _MirrorError,
         f"no answer within {patience.connect:g} s"),
        (requests.exceptions.ReadTimeout, _MirrorError, silence),
        (requests.exceptions.TooManyRedirects, _UselessError, "it redirects without end"),
        (requests.exceptions.ConnectionError, _MirrorError, "no connection"),
        (urllib3.exceptions.ReadTimeoutError, _MirrorError, silence),
        ((requests.exceptions.InvalidURL, UnicodeError), _UselessError,
         "the address, or that of the proxy, makes no sense"),
        ((requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException,
          ConnectionError, TimeoutError), _MirrorError, "the connection broke off"),
    )  # fmt: skip
    for kinds, kind, reason in meanings:
        if isinstance(error, kinds):
            return kind(reason)
    return None
