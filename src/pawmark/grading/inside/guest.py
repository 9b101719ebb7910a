"""The student's side of the boundary: answers questions about the live namespace.

This module runs in the student's process and holds no secret. Whatever it replies, the grader
reads it as data and compares it with answers that never come here.
"""

import builtins
import contextlib
import importlib
import io
import itertools
import logging
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from pawmark import settings
from pawmark.grading.boundary import wire
from pawmark.grading.inside import cell_tests

_DETAIL_LINES = 12
MAX_ANSWER = 64 << 20  # bytes of one answer in a batch
_MAX_BATCH = wire.MAX_BYTES // 2
_MAX_SLOW = 2  # after so many slow answers, a batch asks no more


# Frames that are not the notebook's: of libraries, of this package, of expressions evaluated here.
_ELSEWHERE = tuple(
    {sys.prefix, sys.base_prefix, str(Path(__file__).parents[2]), "<frozen", "<string>"}
)


class _TimeIsUp(BaseException):
    """One answer of a batch takes too long."""


class Guest:
    """Answers the grader's questions from one namespace.

    Parameters
    ----------
    namespace
        The live namespace of the notebook.
    alone
        Whether nobody sits at this process who could interrupt it: then an interrupt is what an
        answer raised, like any other error.
    """

    def __init__(self, namespace: dict[str, Any], alone: bool = False) -> None:
        self.namespace = namespace
        self.alone = alone
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
        except _TimeIsUp:
            return wire.encode({"status": "timeout"})
        except NotImplementedError:
            return wire.encode({"status": "not attempted"})
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt) and not self.alone:
                raise
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


def _describe(error: BaseException) -> dict[str, Any]:
    try:
        detail = _own_traceback(error)
        message = str(error)
    except Exception:  # an exception class of the student's may itself raise
        detail, message = "", "(its message could not be read)"
    return {
        "type": type(error).__name__[:200],
        "message": message[: wire.MAX_TEXT],
        "detail": detail[-wire.MAX_TEXT :],
        "kinds": [kind.__name__[:200] for kind in type(error).__mro__[:20]],
        "line": _line_of(error),
    }


def _own_traceback(error: BaseException) -> str:
    """Return the end of a traceback as Python writes it, with the notebook's own frames only."""
    told = traceback.TracebackException.from_exception(error)
    _keep_own_frames(told)
    lines = "".join(told.format()).strip().splitlines()[-_DETAIL_LINES:]
    # No line of code without the line before it that says where it stands.
    headless = itertools.takewhile(lambda line: line.startswith("   "), lines)
    return "\n".join(lines[len(list(headless)) :])


def _keep_own_frames(told: traceback.TracebackException) -> None:
    told.stack = traceback.StackSummary.from_list(
        [frame for frame in told.stack if not frame.filename.startswith(_ELSEWHERE)]
    )
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other is not None:
            _keep_own_frames(other)


def _line_of(error: BaseException) -> str:
    """Return the line of the notebook at which an error came out, or empty."""
    try:
        frames = traceback.extract_tb(error.__traceback__)
    except Exception:  # student code may have put anything there
        return ""
    for frame in reversed(frames):
        if frame.line and not frame.filename.startswith(_ELSEWHERE):
            return frame.line.strip()[:200]
    return ""


def _call(guest: Guest, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return guest.find(name)(*args, **kwargs)


def _evaluate(guest: Guest, expression: str, bindings: dict[str, Any]) -> Any:
    return eval(expression, guest.namespace | bindings)  # noqa: S307  (the sandboxed side)


def _has(guest: Guest, name: str) -> bool:
    return name in guest.namespace


def _folder(guest: Guest, files: dict[str, bytes]) -> str:
    root = guest.fresh_folder()
    for name, data in files.items():
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
            continue
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


class _Call:
    """The arguments of one call, built beside the student's code; see `_probe`."""

    def __init__(self, guest: Guest, tree: dict[str, Any]) -> None:
        self._guest = guest
        self._folders: list[tuple[dict[str, bytes], str]] = []
        self._states: dict[str, tuple[Any, str | None]] = {}
        self.args = [self._build(f"argument {n + 1}", one) for n, one in enumerate(tree["args"])]
        self.kwargs = {name: self._build(name, one) for name, one in tree["kwargs"].items()}
        self._before = self._state()

    def _build(self, name: str, tree: dict[str, Any]) -> Any:
        if "place" in tree:
            root = self._folder(tree["place"])
            if tree.get("relative"):  # until the question is answered: see `_staying`
                os.chdir(Path(root).parent)
                root = Path(root).name
            place = Path(root) / tree["path"]
            return place if tree.get("as_path") else str(place)
        if "inside" in tree:
            value = _operation(tree["inside"])(self._guest, **tree["arguments"])
            self._states[name] = value, tree.get("state")
            return value
        if "parts" in tree:
            parts = [self._build(f"{name}[{n}]", one) for n, one in enumerate(tree["parts"])]
            value = tuple(parts) if tree["tuple"] else parts
        else:
            value = tree["value"]
        self._states[name] = value, None
        return value

    def _folder(self, files: dict[str, bytes]) -> str:
        for known, root in self._folders:
            if known == files:
                return root
        self._folders.append((files, _folder(self._guest, files)))
        return self._folders[-1][1]

    def _state(self) -> dict[str, str]:
        return {
            name: wire.state_of(value if state is None else eval(state, {"value": value}))  # noqa: S307
            for name, (value, state) in self._states.items()
        }

    def changed(self) -> list[str]:
        """Name the arguments that are not as they were built."""
        after = self._state()
        return [name for name in after if after[name] != self._before[name]]

    def plain(self, value: Any) -> Any:
        """Name the folders that were written for this call as the grader names them."""
        for _, root in self._folders:
            for told in (root, Path(root).name):  # from the root, and from the folder above
                value = _renamed(value, told)
        return value


def _renamed(value: Any, root: str) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_renamed(one, root) for one in value)
    if isinstance(value, dict):
        return {key: _renamed(one, root) for key, one in value.items()}
    if isinstance(value, str | PurePath) and (str(value) + "/").startswith(root + "/"):
        return "folder:/" + str(value)[len(root) + 1 :] if str(value) != root else "folder:"
    return value


def _probe(
    guest: Guest,
    name: str,
    call: dict[str, Any],
    read: list[Any] | None = None,
    other: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Call a function as the grader describes, and say whether it changed the caller's objects.

    With `other` it is called three times, f(a), f(b), f(a), with the same objects for a.
    """
    function, first = guest.find(name), _Call(guest, call)

    def result(given: _Call, value: Any) -> Any:
        if read is not None:
            marks = {"result": value, "arguments": given.args}
            value = _operation(read[0])(guest, **_filled(read[1], marks))
        return given.plain(value)

    value = function(*first.args, **first.kwargs)
    if other is None:
        return {"value": result(first, value), "changed": first.changed()}
    at_once = _copy(guest, result(first, value))
    second = _Call(guest, other)
    function(*second.args, **second.kwargs)
    later = _copy(guest, result(first, value))
    again = result(first, function(*first.args, **first.kwargs))
    return {"first": at_once, "later": later, "again": again, "changed": first.changed()}


def _filled(tree: Any, marks: dict[str, Any]) -> Any:
    """Put what is known here into the arguments of an operation."""
    if not isinstance(tree, dict):
        return tree
    if tree.keys() == {"mark"}:
        return marks[tree["mark"]]
    return {key: _filled(value, marks) for key, value in tree.items()}


def _copy(guest: Guest, value: Any) -> Any:
    """Return a value as it is now, whatever becomes of the object."""
    return wire.decode(wire.encode(value, guest.keep), guest.kept.__getitem__)


def _batch(guest: Guest, questions: list[bytes], seconds: float) -> list[bytes]:
    """Answer questions one by one; an error in one, or a slow one, is an answer of its own."""
    answers, left, slow = [], _MAX_BATCH, 0
    for question in questions:
        answer = wire.encode({"status": "timeout"})
        if slow < _MAX_SLOW:
            began = time.monotonic()
            with _staying(), _alarm(seconds):
                answer = guest.answer(wire.unpack(question))
            slow += time.monotonic() - began >= seconds
        answers.append(_packed(answer, min(left, MAX_ANSWER)))
        left -= len(answers[-1])
    return answers


def _packed(answer: wire.Message, most: int) -> bytes:
    too_large = wire.pack(wire.encode({"status": "too large"}))
    try:
        packed = wire.pack(answer)
    except wire.WireError:
        return too_large
    return packed if len(packed) <= most else too_large


@contextlib.contextmanager
def _staying() -> Iterator[None]:
    """Come back to the working folder: an answer must not hang on the questions before it."""
    here = None
    with contextlib.suppress(OSError):  # it may be gone
        here = Path.cwd()
    yield
    with contextlib.suppress(OSError):
        if here is not None:
            os.chdir(here)


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Interrupt what takes longer; only in the main thread, where kernels run cells."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: Any) -> None:
        raise _TimeIsUp

    before = signal.signal(signal.SIGALRM, ring)
    began, (left, again) = time.monotonic(), signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:  # somebody else's alarm goes on
            passed = time.monotonic() - began
            signal.setitimer(signal.ITIMER_REAL, max(left - passed, 0.001), again)


def _test_cell(
    guest: Guest, source: str, before: list[str], seconds: float, copy: bool
) -> dict[str, Any]:
    """Run a cell of tests: see `cell_tests`."""
    from IPython import get_ipython

    return cell_tests.run(get_ipython(), source, before, seconds, copy)


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "test_cell": _test_cell,
    "probe": _probe,
    "batch": _batch,
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
    """Answer one question that waits on the channel, a socket inherited from the grader."""
    if not _serving:
        from IPython import get_ipython

        _serving.append(Guest(get_ipython().user_ns, alone=True))
    number = settings.here.channel_fd
    assert number is not None, "a runner starts this kernel, and tells it"
    serve_by(_serving[0], number)


def serve_by(guest: Guest, number: int) -> None:
    """Let a guest answer one question that waits on a socket, given by its descriptor."""
    channel = socket.socket(fileno=os.dup(number))
    try:
        message = wire.read_frame(lambda count: _read(channel, count))
        answer = guest.answer(message)
        try:
            wire.write_frame(channel.sendall, answer)  # nothing is sent of what is too large
        except wire.WireError:
            wire.write_frame(channel.sendall, wire.encode({"status": "too large"}))
    finally:
        channel.close()


def _read(channel: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = channel.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise EOFError("the grader closed the channel")
        parts += part
    return bytes(parts)
