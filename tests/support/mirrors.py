"""Web servers that hold two archives and misbehave in the ways that real ones do."""

import hashlib
import io
import json
import re
import shutil
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from pawmark import pets
from pawmark.pets.fetching.archive import Collection
from pawmark.pets.fetching.download import RemoteFile

NAMES = ("images.tar.gz", "annotations.tar.gz")
CUT = 60_000  # bytes after which a mirror that cuts connections does so
DRIP = 400  # bytes that a slow mirror sends at a time


def pack(folder: Path, data: pets.Pets, names: tuple[str, ...]) -> Collection:
    """Pack some pictures as the original archives are packed, strays included."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(folder / NAMES[0], "w:gz") as tar:
        for name in names:
            tar.add(data.image_path(name), f"images/{name}.jpg")
        _add(tar, "images/Abyssinian_100.mat", b"not a picture")
    with tarfile.open(folder / NAMES[1], "w:gz") as tar:
        _add(tar, "._annotations", b"left by a file manager")
        _add(tar, "annotations/list.txt", b"# a list\n")
        for name in names:
            _add(tar, f"annotations/trimaps/._{name}.png", b"left by a file manager")
            tar.add(data.trimap_path(name), f"annotations/trimaps/{name}.png")
    return Collection(tuple(describe(folder / name) for name in NAMES), ())


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def describe(path: Path) -> RemoteFile:
    """Describe a file by its bytes."""
    content = path.read_bytes()
    sums = (hashlib.md5(content).hexdigest(), hashlib.sha256(content).hexdigest())
    return RemoteFile(path.name, len(content), *sums, unpacked=len(content))


def describe_all(files: tuple[RemoteFile, ...], path: Path, mirrors: list[str]) -> Path:
    """Write the description of archives that PAWMARK_ARCHIVES can name."""
    archives = [
        {key: getattr(file, key) for key in ("name", "size", "md5", "sha256", "unpacked")}
        for file in files
    ]
    path.write_text(json.dumps({"mirrors": mirrors, "archives": archives}))
    return path


@dataclass
class Web:
    """A running web server, and what it was asked.

    Attributes
    ----------
    port
        Where it listens.
    log
        Path, Range and If-Range of each request.
    released
        Set it, and the mirror that holds back delivers.
    """

    port: int
    log: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def mirror(self, kind: str) -> str:
        """Return the address of a mirror that behaves in a way."""
        return f"http://127.0.0.1:{self.port}/{kind}/"

    def asked(self, kind: str) -> list[tuple[str, str | None, str | None]]:
        """Return what a mirror was asked."""
        return [entry for entry in self.log if entry[0].startswith(f"/{kind}/")]


@contextmanager
def serving(folder: Path) -> Iterator[Web]:
    """Serve a folder of archives; the first part of a path chooses the behaviour."""
    with _running(_Mirror) as server:
        server.folder = folder
        server.web = Web(server.server_port)
        yield server.web


@contextmanager
def proxying(web: Web) -> Iterator[Web]:
    """Run a proxy that takes every host for one web server."""
    with _running(_Proxy) as server:
        server.behind = web
        server.web = Web(server.server_port)
        yield server.web


@contextmanager
def _running(handler: type[BaseHTTPRequestHandler]) -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.ending = threading.Event()
        thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.ending.set()
            server.shutdown()
            thread.join()


class _Mirror(BaseHTTPRequestHandler):
    """Answers as the first part of the path says."""

    def log_message(self, *_: object) -> None:
        """Keep the terminal quiet."""

    def do_GET(self) -> None:
        """Answer one request."""
        asked = (self.path, self.headers.get("Range"), self.headers.get("If-Range"))
        self.server.web.log.append(asked)
        kind, _, name = self.path.strip("/").rpartition("/")
        # Who asked may have had enough before the end.
        with suppress(BrokenPipeError, ConnectionResetError):
            getattr(self, kind)((self.server.folder / name).read_bytes())
        self.close_connection = True

    def send(self, content: bytes, status: int = 200, **headers: object) -> None:
        """Send a head and a body."""
        self.head(len(content), status, **headers)
        self.wfile.write(content)

    def head(self, length: int, status: int = 200, **headers: object) -> None:
        """Send the head of an answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), str(value))
        self.end_headers()

    def good(self, content: bytes, cut: int | None = None, tag: str = '"one"') -> None:
        """Serve ranges, as a web server should."""
        start = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        same = self.headers.get("If-Range") in (None, tag)
        if start and same and int(start[1]) < len(content):
            first = int(start[1])
            span = f"bytes {first}-{len(content) - 1}/{len(content)}"
            self.head(len(content) - first, 206, ETag=tag, Content_Range=span)
        elif start and same:
            self.send(b"", 416)
            return
        else:
            first = 0
            self.head(len(content), ETag=tag)
        self.wfile.write(content[first:][:cut])

    def cutting(self, content: bytes) -> None:
        """Serve ranges, and cut every connection after some bytes."""
        self.good(content, CUT)

    def changing(self, content: bytes) -> None:
        """Have another file at the second request: the first part must not be used."""
        first = len(self.server.web.asked("changing")) == 1
        self.good(content[::-1] if first else content, CUT if first else None,
                  '"old"' if first else '"new"')  # fmt: skip

    def rangeless(self, content: bytes) -> None:
        """Know no ranges; cut the first connection."""
        first = len(self.server.web.asked("rangeless")) == 1
        self.head(len(content))
        self.wfile.write(content[:CUT] if first else content)

    def lengthless(self, content: bytes) -> None:
        """Do not tell the length, and send in chunks."""
        self.protocol_version = "HTTP/1.1"
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for start in range(0, len(content), 5000):
            part = content[start : start + 5000]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def endless(self, content: bytes) -> None:
        """Send without end; of other bytes, since the first part of the right ones would do."""
        self.send_response(200)
        self.end_headers()
        while not self.server.ending.is_set():
            self.wfile.write(bytes(len(content)))

    def labelled(self, content: bytes) -> None:
        """Call the archive compressed for the way, as some servers do."""
        self.send(content, Content_Encoding="x-gzip")

    def wrong(self, content: bytes) -> None:
        """Send other bytes of the same number."""
        self.send(bytes(len(content)))

    def page(self, content: bytes) -> None:
        """Send a page to log in, as hotels do."""
        self.send(b"<html>Welcome! Please pay.</html>", Content_Type="text/html")

    def strange(self, content: bytes) -> None:
        """Tell a range that was not asked for."""
        self.send(content, 206, Content_Range="bytes from here/there")

    def missing(self, content: bytes) -> None:
        """Have nothing."""
        self.send(b"no such file", 404)

    def busy(self, content: bytes) -> None:
        """Be overloaded."""
        self.send(b"later", 503)

    def moved(self, content: bytes) -> None:
        """Send elsewhere."""
        name = self.path.rpartition("/")[2]
        self.send(b"", 302, Location=self.server.web.mirror("good") + name)

    def looping(self, content: bytes) -> None:
        """Send in a circle."""
        self.send(b"", 302, Location=self.path)

    def held(self, content: bytes) -> None:
        """Hold back until the test lets go."""
        self.server.web.released.wait(60)
        self.good(content)

    def silent(self, content: bytes) -> None:
        """Take the request and say nothing."""
        self.server.ending.wait(20)

    def slow(self, content: bytes) -> None:
        """Send drop by drop; what was asked for from a later place, too."""
        start = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        first = int(start[1]) if start else 0
        span = {"Content_Range": f"bytes {first}-{len(content) - 1}/{len(content)}"}
        self.head(len(content) - first, 206 if start else 200, **(span if start else {}))
        for place in range(first, len(content), DRIP):
            self.wfile.write(content[place : place + DRIP])
            self.wfile.flush()
            if self.server.ending.wait(0.05):
                return


class _Proxy(BaseHTTPRequestHandler):
    """Hands requests for any host on to one server."""

    def log_message(self, *_: object) -> None:
        """Keep the terminal quiet."""

    def do_GET(self) -> None:
        """Ask in the name of who asked."""
        self.server.web.log.append((self.path, self.headers.get("Range"), None))
        parts = urlsplit(self.path)
        address = f"http://127.0.0.1:{self.server.behind.port}{parts.path}"
        kept = {k: v for k, v in self.headers.items() if k in ("Range", "If-Range")}
        try:
            answer = build_opener(ProxyHandler({})).open(Request(address, headers=kept))
        except HTTPError as error:
            answer = error
        with answer:
            self.send_response(answer.status)
            for key in ("Content-Length", "Content-Range", "ETag"):
                if key in answer.headers:
                    self.send_header(key, answer.headers[key])
            self.end_headers()
            shutil.copyfileobj(answer, self.wfile)  # a cut is handed on as it is


def wait_for(condition, seconds: float = 30.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it has not come about"
        time.sleep(0.02)
