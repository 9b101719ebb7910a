"""The student's side of the boundary: answers questions about the live namespace.

This module runs in the student's process and holds no secret. Whatever it replies, the grader
reads it as data and compares it with answers that never come here.
"""

import builtins
import contextlib
import importlib
import io
import logging
import os
import random
import shutil
import socket
import sys
import tempfile
import traceback
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pawmark import settings
from pawmark.grading.boundary import wire

_DETAIL_LINES = 12


class Guest:
    """Answers the grader's questions from one namespace.

    Parameters
    ----------
    namespace
        The live namespace of the notebook.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self.kept: list[Any] = []
        self._scratch: str | None = None

    def fresh_folder(self) -> Path:
        """Make an empty folder that goes when this object or its process does."""
        if self._scratch is None:
            self._scratch = tempfile.mkdtemp(prefix="pawmark-check-")
            weakref.finalize(self, shutil.rmtree, self._scratch, ignore_errors=True)
        return Path(tempfile.mkdtemp(dir=self._scratch))

    def keep(self, value: Any) -> int:
        """Keep an object that cannot cross and return its number."""
        self.kept.append(value)
        return len(self.kept) - 1

    def answer(self, message: wire.Message) -> wire.Message:
        """Answer one question; an exception of the student's becomes part of the answer."""
        try:
            question = wire.decode(message, self.kept.__getitem__)
            with contextlib.redirect_stdout(io.StringIO()), _no_warnings():
                value = _operation(question["op"])(self, **question["args"])
            return wire.encode({"status": "ok", "value": value}, self.keep)
        except KeyboardInterrupt:
            raise
        except NotImplementedError:
            return wire.encode({"status": "not attempted"})
        except BaseException as error:
            return wire.encode({"status": "error", **_describe(error)})
        finally:
            _close_figures()

    def find(self, name: str) -> Any:
        """Look a name up in the notebook, as the notebook would."""
        if name in self.namespace:
            return self.namespace[name]
        if hasattr(builtins, name):
            return getattr(builtins, name)
        raise NameError(f"name {name!r} is not defined")


@contextlib.contextmanager
def _no_warnings() -> Iterator[None]:
    """Keep libraries from warning, in an instructor's notebook, that checks use many models."""
    before = logging.root.manager.disable
    logging.disable(max(before, logging.WARNING))
    try:
        yield
    finally:
        logging.disable(before)


def _close_figures() -> None:
    """Close what a check had drawn: in a notebook it would be shown below the cell."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        with contextlib.suppress(Exception):  # student code may have put anything there
            pyplot.close("all")


def _describe(error: BaseException) -> dict[str, str]:
    try:
        lines = traceback.format_exception(error)
        text = "".join(lines).strip().splitlines()
        detail = "\n".join(text[-_DETAIL_LINES:])
        message = str(error)
    except Exception:  # an exception class of the student's may itself raise
        detail, message = "", "(its message could not be read)"
    return {
        "type": type(error).__name__[:200],
        "message": message[: wire.MAX_TEXT],
        "detail": detail[-wire.MAX_TEXT :],
    }


def _call(guest: Guest, name: str, args: list, kwargs: dict) -> Any:
    return guest.find(name)(*args, **kwargs)


def _evaluate(guest: Guest, expression: str, bindings: dict) -> Any:
    return eval(expression, guest.namespace | bindings)  # noqa: S307  (the sandboxed side)


def _has(guest: Guest, name: str) -> bool:
    return name in guest.namespace


def _folder(guest: Guest, files: dict[str, bytes]) -> str:
    root = guest.fresh_folder()
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return str(root)


def _lay(guest: Guest, files: dict[str, bytes]) -> None:
    """Put files into the working folder, to be read and not to be changed."""
    for name, data in files.items():
        path = Path.cwd() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # The mode comes with the file: where the sandbox is Landlock's, it cannot be changed later.
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
        with open(number, "wb") as file:  # noqa: PTH123  (a descriptor)
            file.write(data)


def _read_file(guest: Guest, path: Any) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(wire.MAX_BYTES // 2)


def _exists(guest: Guest, path: Any) -> bool:
    return Path(path).exists()


def _scratch(guest: Guest, name: str) -> str:
    return str(guest.fresh_folder() / name)


def _seed(guest: Guest, seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)


def _receive(guest: Guest, folder: str, files: dict[str, bytes]) -> None:
    """Put files that were handed in into a folder of the home folder."""
    target = Path.home() / folder
    target.mkdir(exist_ok=True)
    for name, data in files.items():
        (target / Path(name).name).write_bytes(data)


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "call": _call,
    "evaluate": _evaluate,
    "has": _has,
    "folder": _folder,
    "lay": _lay,
    "read_file": _read_file,
    "exists": _exists,
    "scratch": _scratch,
    "seed": _seed,
    "receive": _receive,
}


def _operation(name: str) -> Callable[..., Any]:
    """Find what answers a question: of this module, or of a module of the course's own.

    Such a question is named ``MODULE:NAME``: see ``inside`` in `pawmark.grading.course`.
    """
    module, colon, own = name.partition(":")
    return importlib.import_module(module).OPERATIONS[own] if colon else _OPERATIONS[name]


_serving: list[Guest] = []


def serve() -> None:
    """Answer one question that waits on the door, a socket inherited from the grader."""
    if not _serving:
        from IPython import get_ipython

        _serving.append(Guest(get_ipython().user_ns))
    door = socket.socket(fileno=os.dup(settings.here.door_fd))
    try:
        message = wire.read_frame(lambda count: _read(door, count))
        answer = _serving[0].answer(message)
        try:
            wire.write_frame(door.sendall, answer)  # nothing is sent of what is too large
        except wire.WireError:
            wire.write_frame(door.sendall, wire.encode({"status": "too large"}))
    finally:
        door.close()


def _read(door: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = door.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise EOFError("the grader closed the door")
        parts += part
    return bytes(parts)
