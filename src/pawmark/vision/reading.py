"""Reads the arrays of a ``.keras`` file: ``python -m pawmark.vision.reading DESCRIPTOR``.

A program for a sandbox in which no student code runs: the file is hostile bytes, and the library
that reads it is not made for those. Only numbers are read. The structure and the code that such a
file can hold are not looked at.
"""

import io
import os
import socket
import sys
import zipfile
from typing import Any

import numpy as np

from pawmark.grading.boundary import wire
from pawmark.grading.boundary.limits import Limits
from pawmark.grading.inside.own_user import become_student

WEIGHTS = "model.weights.h5"
MAX_BYTES = 16 << 20
MAX_ARRAYS = 1000
_LIMITS = Limits(memory=1 << 30, cpu_seconds=30)


def arrays_of(data: bytes) -> list[np.ndarray]:
    """Return the arrays of the layers in a ``.keras`` file, by the names that they have in it.

    Raises
    ------
    ValueError
        When there are too many, or they are too large.
    Exception
        Whatever ends in three libraries when the file is none.
    """
    import h5py

    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(WEIGHTS) as file:
        weights = file.read(MAX_BYTES + 1)
    if len(weights) > MAX_BYTES:
        raise ValueError("the weights are too large")
    with h5py.File(io.BytesIO(weights), "r") as tree:
        found: dict[str, Any] = {}

        def visit(name: str, item: Any) -> None:
            if len(found) >= MAX_ARRAYS:
                raise ValueError("there are too many arrays")
            if isinstance(item, h5py.Dataset) and not name.startswith("optimizer/"):
                if item.dtype.kind not in "biuf" or item.size * item.dtype.itemsize > MAX_BYTES:
                    raise ValueError("an array is too large, or holds no numbers")
                found[name] = np.asarray(item[()])

        tree.visititems(visit)
    return [found[name] for name in sorted(found)]


def answer(question: wire.Message) -> wire.Message:
    """Return the arrays of the file in a question; nothing where it cannot be read."""
    try:
        return wire.encode({"arrays": arrays_of(wire.decode(question)["file"])})
    except Exception as error:
        return wire.encode({"unreadable": type(error).__name__[:100]})


def main() -> None:
    """Answer one question over the socket whose number is on the command line."""
    _LIMITS.apply(namespaced=False)
    if sys.argv[2] == "own" and os.getuid() == 0:
        become_student()
    with socket.socket(fileno=int(sys.argv[1])) as door:

        def receive(count: int) -> bytes:
            parts = bytearray()
            while len(parts) < count:
                part = door.recv(count - len(parts))
                if not part:
                    raise EOFError
                parts += part
            return bytes(parts)

        wire.write_frame(door.sendall, answer(wire.read_frame(receive)))


if __name__ == "__main__":
    main()
