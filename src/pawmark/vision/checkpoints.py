"""What is in a ``.keras`` file of a student's, read by a program in a sandbox of its own.

Student code has written the file, and does not run where it is read. See `pawmark.vision.reading`.
"""

import contextlib
import hashlib
import socket
import sys
from collections import OrderedDict
from collections.abc import Iterator

import numpy as np

from pawmark.grading.boundary import wire
from pawmark.grading.sandbox import program

MAX_FILE = 1 << 20
_SECONDS = 60.0
_REMEMBERED = 64

_known: "OrderedDict[str, list[np.ndarray] | None]" = OrderedDict()


def arrays(data: bytes) -> list[np.ndarray] | None:
    """Return the arrays of the layers in a ``.keras`` file, or None where it is none.

    Parameters
    ----------
    data
        The content of the file, at most a megabyte.
    """
    key = hashlib.sha256(data).hexdigest()
    if key not in _known:
        _known[key] = _read(data)
        while len(_known) > _REMEMBERED:
            _known.popitem(last=False)
    return _known[key]


def _read(data: bytes) -> list[np.ndarray] | None:
    if not data.startswith(b"PK") or len(data) > MAX_FILE:
        return None
    ours, theirs = socket.socketpair()
    argv = [sys.executable, "-m", "pawmark.vision.reading", str(theirs.fileno())]
    with ours, theirs, program.running(argv, theirs.fileno()):
        theirs.close()
        ours.settimeout(_SECONDS)
        with contextlib.suppress(OSError, EOFError, wire.WireError):
            wire.write_frame(ours.sendall, wire.encode({"file": data}))
            found = wire.decode(wire.read_frame(lambda count: _received(ours, count)))
            if isinstance(found, dict) and isinstance(found.get("arrays"), list):
                return [one for one in found["arrays"] if isinstance(one, np.ndarray)]
    return None


def _received(door: socket.socket, count: int) -> bytes:
    return b"".join(_parts(door, count))


def _parts(door: socket.socket, count: int) -> Iterator[bytes]:
    while count > 0:
        part = door.recv(count)
        if not part:
            raise EOFError("the reader ended")
        count -= len(part)
        yield part
