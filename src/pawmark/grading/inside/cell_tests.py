"""Runs a cell of tests beside the student's code: in a copy of the process where one can be had.

A copy is a fork of the kernel: the text of hidden tests is then left nowhere in the process in
which student code runs on, unless that code took hold of it meanwhile (docs/threat-model.md). Where
a library would not survive that, the cell runs in the process itself; afterwards every name is
bound as it was before, and nothing of the text is kept where Python or IPython keep code. Nothing
here is trusted by the grader; student code could replace all of it.
"""

import contextlib
import io
import json
import linecache
import logging
import os
import select
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

MAX_TEXT = 1 << 20  # characters that a cell may print, and as many again for what it shows
MAX_OUTPUTS = 200
_MAX_REPLY = 8 << 20

# Their threads, or what they hold on a card, are not there in a copy.
_NOT_TO_BE_COPIED = {"tensorflow", "torch", "jax", "jaxlib", "cupy", "mxnet", "paddle", "pyspark"}


def run(shell: Any, source: str, before: list[str], seconds: float, copy: bool) -> dict[str, Any]:
    """Run a cell, and return its outputs in nbformat's form.

    Parameters
    ----------
    shell
        The shell of the kernel.
    source
        The text of the cell.
    before
        Texts that run in the copy before it, of which nothing is shown.
    seconds
        How long a copy may take.
    copy
        Whether a copy is wanted.

    Returns
    -------
    dict
        ``copied``, ``outputs``, and ``ended``: how the copy ended before the cell did; empty where
        it did not.
    """
    if not copy:
        return {"copied": False, "outputs": _in_place(shell, source, before), "ended": ""}
    if not hasattr(os, "fork") or _NOT_TO_BE_COPIED & sys.modules.keys():
        return {"copied": False, "outputs": [], "ended": "no copy"}
    return {"copied": True, **_in_a_copy(shell, source, before, seconds)}


def _in_a_copy(shell: Any, source: str, before: list[str], seconds: float) -> dict[str, Any]:
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of threads that a copy has not
        pid = os.fork()
    if pid == 0:
        os.close(reading)
        _be_the_copy(shell, source, before, writing)
    os.close(writing)
    try:
        data, ended = _read(reading, seconds)
    finally:
        os.close(reading)
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.waitpid(pid, 0)
    try:
        return {"outputs": json.loads(data), "ended": ""}
    except ValueError:
        return {"outputs": [], "ended": ended or "died"}


def _read(reading: int, seconds: float) -> tuple[bytes, str]:
    """Read what a copy tells until it ends, or its time is over."""
    data, until = bytearray(), time.monotonic() + seconds
    while len(data) <= _MAX_REPLY:
        left = until - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            return b"", "timeout"
        part = os.read(reading, 1 << 16)
        if not part:
            return bytes(data), ""
        data += part
    return b"", "too large"


def _be_the_copy(shell: Any, source: str, before: list[str], writing: int) -> NoReturn:
    try:
        with tempfile.TemporaryFile() as shown:
            for number in (1, 2):
                os.dup2(shown.fileno() if number == 2 else os.open(os.devnull, os.O_WRONLY), number)
            for text in before:
                _outputs_of(shell, text)
            outputs = _outputs_of(shell, source)
            shown.seek(0)
            written = shown.read(MAX_TEXT).decode("utf-8", "replace")
        if written:  # by what writes past Python; a kernel shows that as well
            outputs.insert(0, {"output_type": "stream", "name": "stderr", "text": written})
        data = json.dumps(outputs, default=str).encode()
        while data:
            data = data[os.write(writing, data) :]
    finally:
        os._exit(0)


def _in_place(shell: Any, source: str, before: list[str]) -> list[dict[str, Any]]:
    """Run a cell in this process, and put the names back that it has bound."""
    names, kept = dict(shell.user_ns), set(linecache.cache)
    last = getattr(shell, "last_execution_result", None)
    with _nothing_kept(shell):
        for text in before:
            _outputs_of(shell, text)
        outputs = _outputs_of(shell, source)
    for name in set(shell.user_ns) - names.keys():
        del shell.user_ns[name]
    shell.user_ns.update(names)
    for name in set(linecache.cache) - kept:
        del linecache.cache[name]
    shell.last_execution_result = last
    return outputs


@contextlib.contextmanager
def _nothing_kept(shell: Any) -> Iterator[None]:
    """Put back what is replaced while a cell runs in this process."""
    own = {name: vars(shell).get(name) for name in ("_showtraceback",)}
    publisher, hook = shell.display_pub, shell.display_trap.hook
    try:
        yield
    finally:
        shell.display_pub, shell.display_trap.hook = publisher, hook
        for name, value in own.items():
            if value is None:
                vars(shell).pop(name, None)
            else:
                setattr(shell, name, value)


def _outputs_of(shell: Any, source: str) -> list[dict[str, Any]]:
    outputs: list[dict[str, Any]] = []
    shell._showtraceback = lambda kind, value, lines: outputs.append(_error(kind, value, lines))
    shell.display_pub = _publisher(shell, outputs)
    usual, logged = (sys.stdout, sys.stderr, sys.displayhook), logging.root.manager.disable
    # The shell puts its own hook there at the outermost cell only, and this runs within one.
    shell.display_trap.hook = sys.displayhook = _Hook(shell, outputs)
    logging.disable(logging.NOTSET)
    sys.stdout, sys.stderr = _Stream("stdout", outputs), _Stream("stderr", outputs)
    try:
        result = shell.run_cell(source, store_history=False)
    finally:
        sys.stdout, sys.stderr, sys.displayhook = usual
        logging.disable(logged)
    error = result.error_before_exec or result.error_in_exec
    if error is not None and not any(one["output_type"] == "error" for one in outputs):
        outputs.append(_error(type(error), error, []))  # whatever keeps it from being shown
    return outputs[:MAX_OUTPUTS]


def _error(kind: Any, value: Any, lines: Any) -> dict[str, Any]:
    try:
        text = str(value)
    except Exception:  # an exception class of the student's may itself raise
        text = "(its message could not be read)"
    return {
        "output_type": "error",
        "ename": str(getattr(kind, "__name__", kind))[:200],
        "evalue": text[:MAX_TEXT],
        "traceback": [str(line)[:10_000] for line in list(lines)[-50:]],
    }


class _Stream(io.TextIOBase):
    """What is printed, as outputs of a cell; not without end."""

    def __init__(self, name: str, outputs: list[dict[str, Any]]) -> None:
        self._name, self._outputs, self._left = name, outputs, MAX_TEXT

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Take a text."""
        kept = str(text)[: self._left]
        self._left -= len(kept)
        last = self._outputs[-1] if self._outputs else {}
        if last.get("output_type") == "stream" and last["name"] == self._name:
            last["text"] += kept
        elif kept:
            self._outputs.append({"output_type": "stream", "name": self._name, "text": kept})
        return len(text)


class _Hook:
    """What the last line of a cell gives, as its result."""

    def __init__(self, shell: Any, outputs: list[dict[str, Any]]) -> None:
        self._shell, self._outputs = shell, outputs

    def __call__(self, result: Any = None) -> None:
        """Take a result; None is none."""
        if result is None:
            return
        data, metadata = self._shell.display_formatter.format(result)
        about = {"execution_count": None, "data": data, "metadata": metadata}
        self._outputs.append({"output_type": "execute_result", **about})


def _publisher(shell: Any, outputs: list[dict[str, Any]]) -> Any:
    from IPython.core.displaypub import DisplayPublisher

    class Publisher(DisplayPublisher):
        """What a cell displays, as its outputs."""

        def publish(self, data: Any, metadata: Any = None, *_: Any, **__: Any) -> None:
            outputs.append(
                {"output_type": "display_data", "data": data, "metadata": metadata or {}}
            )

        def clear_output(self, *_: Any, **__: Any) -> None:
            outputs.clear()

    make: Callable[..., Any] = Publisher
    return make(parent=shell)
