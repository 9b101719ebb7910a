"""Computes with Keras in a clean process: right results that no student's code can touch.

A check that needs TensorFlow for its right result asks for it here::

    from pawmark.vision import clean

    probabilities = clean.compute(predict, weights, images)

`compute` calls the function in a process of its own, which imports modules of checks and of this
package, and nothing that was handed in. Arguments and results are plain data of the wire format:
numbers, text, lists, dicts, arrays. The process is started by the first question that nobody has
asked yet, answers one after the other, and ends when it has had nothing to do for a while. What it
computed is kept in ``.pawmark/networks/`` of the course, readable by the grader only, so a class
computes each result once.

Results are kept by the source of the function's folder and of this room, so the function has to
be one of the module's own, by name, and may depend on nothing but its arguments.
"""

import contextlib
import hashlib
import os
import secrets
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pawmark.errors import CourseError
from pawmark.files import write_whole
from pawmark.grading import course_folder
from pawmark.grading.boundary import wire

IDLE = 300.0  # seconds after which a process without questions ends
_WORKER = "pawmark.vision.clean_worker"
_REMEMBERED = 512  # results in memory
_DAYS = 30.0  # a result that nobody asked for is forgotten
_OWN = sorted(Path(__file__).parent.glob("*.py"))


class RaisedThereError(Exception):
    """The function raised an error in the clean process.

    Attributes
    ----------
    kinds
        The name of the error's class, and of those above it.
    text
        What it says.
    """

    def __init__(self, kinds: tuple[str, ...], text: str) -> None:
        super().__init__(f"{kinds[0]}: {text}")
        self.kinds, self.text = kinds, text


def compute(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what a function gives for some arguments, computed in the clean process.

    Parameters
    ----------
    function
        A function on the top level of a module of checks or of this package.
    args, kwargs
        Plain data.

    Raises
    ------
    RaisedThereError
        If the function raised an error.
    CourseError
        If the clean process cannot be used.
    """
    return compute_for(_file_of(function), function, *args, **kwargs)


def compute_for(checks: Path, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what a function of this package gives, for a module of checks: see `compute`.

    The result is kept in the course of that module, and holds until one beside it is edited.
    """
    where = {
        "module": function.__module__,
        "path": str(_file_of(function)),
        "name": function.__qualname__,
    }
    question = wire.encode({"function": where, "args": list(args), "kwargs": kwargs})
    found = wire.decode(_answers.get(question, _sources(checks.parent), _folder_of(checks)))
    if "raised" in found:
        raise RaisedThereError(tuple(found["raised"]), found["text"])
    return found["value"]


def _file_of(function: Callable[..., Any]) -> Path:
    return Path(function.__code__.co_filename).resolve()


def _sources(folder: Path) -> str:
    """Return the digest of all that decides on results: the checks beside, and this room."""
    digest = hashlib.sha256()
    for path in [*sorted(folder.glob("*.py")), *_OWN]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _folder_of(path: Path) -> Path | None:
    """Return where results for the checks of a course are kept; None for functions of others."""
    course = path.parents[2] if len(path.parents) > 2 else path.parent
    return course / course_folder.NETWORKS if path.parents[1].name == "grader_tests" else None


class _Answers:
    """All answers of the clean process, in memory and in the course."""

    def __init__(self) -> None:
        self._memory: OrderedDict[str, wire.Message] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, question: wire.Message, sources: str, folder: Path | None) -> wire.Message:
        """Return the answer to a question, computed only if it is not known."""
        key = hashlib.sha256(f"{wire.digest_of(question)} {sources}".encode()).hexdigest()
        with self._lock:
            answer = self._memory.get(key) or _read(folder, key)
            if answer is None:
                answer = _process.ask(question, sources)
                _keep(folder, key, answer)
            self._memory[key] = answer
            self._memory.move_to_end(key)
            while len(self._memory) > _REMEMBERED:
                self._memory.popitem(last=False)
            return answer


def _read(folder: Path | None, key: str) -> wire.Message | None:
    if folder is None:
        return None
    with contextlib.suppress(OSError, wire.WireError):
        answer = wire.unpack((folder / key).read_bytes())
        wire.decode(answer)
        os.utime(folder / key)
        return answer
    return None


def _keep(folder: Path | None, key: str, answer: wire.Message) -> None:
    """Keep an answer where only the grader can read it; where that fails, it is computed again."""
    if folder is None:
        return
    with contextlib.suppress(OSError, wire.WireError):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        write_whole(folder / key, wire.pack(answer), private=True)
        if secrets.randbelow(100) == 0:
            _forget_old(folder)


def _forget_old(folder: Path) -> None:
    limit = time.time() - _DAYS * 24 * 3600
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)


class _Process:
    """The clean process, started when it is needed; a fork of this one starts its own."""

    def __init__(self) -> None:
        self._running: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._sources = ""

    def ask(self, question: wire.Message, sources: str) -> wire.Message:
        """Return its answer; a process that has read other sources is replaced.

        Raises
        ------
        CourseError
            If there is none, twice.
        """
        if sources != self._sources:
            self.end()
            self._sources = sources
        for _ in range(2):  # it may have ended for want of questions just now
            process = self._start()
            try:
                wire.write_frame(_sender(process.stdin), question)
                return wire.read_frame(_receiver(process.stdout))
            except BaseException as error:
                self.end()  # interrupted or not: its answer must not be taken for the next one's
                if not isinstance(error, OSError | EOFError | wire.WireError):
                    raise
        raise CourseError(
            "The process that computes right results with Keras ended without an answer. Is there "
            f"enough memory? `{sys.executable} -P -m {_WORKER} 1` shows what it says."
        )

    def _start(self) -> "subprocess.Popen[bytes]":
        running = self._running
        if running is not None and self._owner == os.getpid() and running.poll() is None:
            return running
        self.end()  # one that ended by itself leaves its pipes, as does one of a parent
        self._owner = os.getpid()
        self._running = subprocess.Popen(  # noqa: S603  (this Python, and a module of ours)
            [sys.executable, "-P", "-m", _WORKER, str(IDLE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        return self._running

    def end(self) -> None:
        """Close the pipes to it, and end it if this process has started it."""
        running, self._running = self._running, None
        if running is None:
            return
        for stream in (running.stdin, running.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()
        if self._owner == os.getpid():
            running.kill()
            running.wait()


def _environment() -> dict[str, str]:
    own = {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    package = str(Path(__file__).parents[2])
    found = os.environ.get("PYTHONPATH")
    return {**os.environ, **own, "PYTHONPATH": f"{package}:{found}" if found else package}


def _sender(stream: Any) -> Callable[[bytes], None]:
    def send(data: bytes) -> None:
        stream.write(data)
        stream.flush()

    return send


def _receiver(stream: Any) -> Callable[[int], bytes]:
    def receive(count: int) -> bytes:
        data = stream.read(count)
        if len(data) < count:
            raise EOFError("the clean process ended")
        return data

    return receive


def end() -> None:
    """End the clean process now; the next question starts another."""
    _process.end()


_process = _Process()
_answers = _Answers()

__all__ = ["RaisedThereError", "compute", "compute_for", "end"]
