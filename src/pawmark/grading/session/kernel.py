"""The trusted side of a student's kernel: every wait has a deadline, every reply is data.

The kernel and its runner live in the sandbox. Two sockets lead there: *control* carries orders
(run a cell, answer a question), the *question channel* carries questions and answers.
"""

import contextlib
import os
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from pawmark.errors import SandboxError
from pawmark.grading.boundary import wire
from pawmark.grading.boundary.limits import Usage
from pawmark.grading.intake.kernels import PYTHON
from pawmark.grading.intake.outputs import plain_outputs, text_of
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.sandbox.namespaced import Bubblewrap
from pawmark.grading.sandbox.protocol import Excess, Sandbox
from pawmark.grading.session import warm

START_LIMIT = 120.0
MAX_OUTPUTS = 250

GRACE = 2.0
_CHUNK = 1 << 20
_TOO_LONG = {
    "output_type": "stream",
    "name": "stderr",
    "text": "Grader: this cell was not run: it is longer than what is handed to a process.\n",
}
_MAX_CONTROL = wire.MAX_JSON + (1 << 16)
_Got = TypeVar("_Got")
_STOPPED = {
    Excess.MEMORY: Outcome.OUT_OF_MEMORY,
    Excess.PROCESSES: Outcome.CRASHED,
    Excess.PROCESSOR_TIME: Outcome.TIMEOUT,
}


class KernelLost(Exception):  # noqa: N818  (what happened, not a fault of ours)
    """The kernel is gone: it took too long, took too much memory or ended.

    Attributes
    ----------
    outcome
        TIMEOUT, CRASHED or OUT_OF_MEMORY.
    asked
        Whether it says that it was asked to end, as ``exit()`` does.
    """

    def __init__(self, outcome: Outcome, asked: bool = False) -> None:
        super().__init__(f"the student's kernel was lost: {outcome}")
        self.outcome = outcome
        self.asked = asked


@dataclass(frozen=True)
class CellRun:
    """What came of running one cell.

    Attributes
    ----------
    outputs
        Outputs in nbformat's form, as plain dicts.
    outcome
        None if the cell ran to its end; else what stopped it.
    error_name
        The name of the exception class that the student's process tells; empty without one.
    seconds
        How long the cell ran.
    asked
        Whether the process says that this cell asked it to end, as ``exit()`` does.
    """

    outputs: list[dict[str, Any]]
    outcome: Outcome | None
    error_name: str
    seconds: float
    asked: bool = False


class StudentKernel:
    """A kernel for one submission, in a sandbox of its own; a context manager.

    Parameters
    ----------
    sandbox
        The sandbox that it runs in, not yet started.
    libraries
        What it may find imported already: see `warm.libraries_for`. Empty starts it cold, as does
        a sandbox without name spaces of its own: only those keep a copy of a warm interpreter
        apart.
    kernel
        The name of Jupyter's kernel: of one that is not this Python's, only cells can be run.

    Attributes
    ----------
    warm
        Whether it was started as a copy of a template.
    """

    def __init__(
        self, sandbox: Sandbox, libraries: tuple[str, ...] = (), kernel: str = PYTHON
    ) -> None:
        self.sandbox = sandbox
        self.libraries = libraries
        self.kernel = kernel
        self.warm = False
        self._control: socket.socket  # both made by the start
        self._channel: socket.socket
        self._ours: list[socket.socket] = []
        self._stopped: Outcome | None = None

    def __enter__(self) -> "StudentKernel":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Whether the kernel can still be asked."""
        return self.sandbox.alive

    @property
    def peak_memory(self) -> int:
        """The most bytes that were seen in use; memory that processes share counts for each."""
        return self.sandbox.peak_memory

    def start(self) -> None:
        """Start the sandbox and the kernel in it.

        Raises
        ------
        SandboxError
            If there is no working sandbox or the kernel does not start in it.
        """
        self.warm = self._started_warm()
        if not self.warm:
            with self._ends() as ends:
                self.sandbox.start(*ends)
            self._greet()
        # Only now: until the sandbox stands, what is seen of it is this machine's.
        self.sandbox.usage()
        threading.Thread(target=self._watch, daemon=True).start()

    def used(self) -> Usage:
        """Return what the sandbox's processes use now, and what processor time they took so far."""
        return self.sandbox.usage() if self.alive else Usage()

    def close(self) -> None:
        """End every process of the submission."""
        self.sandbox.end()
        for end in self._ours:
            end.close()

    def run(self, source: str, timeout: float, history: bool = True) -> CellRun:
        """Run one cell; when it does not come to an end the kernel is closed.

        Parameters
        ----------
        source
            The code of the cell.
        timeout
            Seconds that it may take.
        history
            Whether the kernel keeps it in its history.
        """
        began = time.monotonic()
        try:
            order = {"op": "run", "source": source, "history": history}
            self._order(order, began + timeout)
            reply = self._reply(began + timeout)
        except wire.TooLargeError:
            return CellRun([_TOO_LONG], Outcome.STUDENT_ERROR, "", time.monotonic() - began)
        except KernelLost as lost:
            return CellRun([], lost.outcome, "", time.monotonic() - began)
        outcome = None if reply.get("status") == "ok" else Outcome.STUDENT_ERROR
        if reply.get("dead") is not False:
            outcome = self._lost(Outcome.CRASHED).outcome
        name = text_of(reply.get("ename"))[:200]
        seconds, asked = time.monotonic() - began, reply.get("asked") is True
        return CellRun(
            plain_outputs(reply.get("outputs"), MAX_OUTPUTS), outcome, name, seconds, asked
        )

    def ask(self, message: wire.Message, timeout: float) -> wire.Message:
        """Ask the student's namespace and return its answer.

        Raises
        ------
        KernelLost
            If no well-formed answer came in time; the kernel is closed then.
        WireError
            If the question is too large to be sent.
        """
        deadline = time.monotonic() + timeout
        parts: list[bytes] = []
        wire.write_frame(parts.append, message)
        self._order({"op": "ask"}, deadline)
        ended = self._ended()
        for part in parts:
            self._transfer(partial(self._send, part, ended=ended), deadline)
        answer = self._frame(lambda n, limit: self._receive(n, limit, ended), deadline)
        if not ended.seen:
            ended.hear(self._reply(deadline))
        if ended.dead:
            raise self._lost(Outcome.CRASHED, ended.asked)
        return answer

    def _greet(self) -> None:
        try:
            self._order({"kernel": self.kernel}, time.monotonic() + START_LIMIT)
            reply = self._reply(time.monotonic() + START_LIMIT)
        except KernelLost as lost:
            raise SandboxError(f"the kernel did not start: {lost.outcome}") from lost
        if reply.get("status") != "ready":
            self.close()
            raise SandboxError("the kernel did not start: its runner gave no sign of life")

    def _started_warm(self) -> bool:
        """Start as a copy of the template, in a sandbox made first; False leaves nothing behind."""
        if not (self.libraries and isinstance(self.sandbox, Bubblewrap) and warm.wanted()):
            return False
        try:
            with self._ends() as ends:
                warm.start(self.sandbox, self.libraries, ends)
            self._greet()
        except (warm.TemplateError, SandboxError):
            self.close()
            return False
        return True

    @contextlib.contextmanager
    def _ends(self) -> Iterator[tuple[int, int]]:
        """Make both pairs of sockets, and lend the ends of the sandbox for its start."""
        self._control, inner_control = self._pair()
        self._channel, inner_channel = self._pair()
        with inner_control, inner_channel:
            yield inner_control.fileno(), inner_channel.fileno()

    def _pair(self) -> tuple[socket.socket, socket.socket]:
        """Make a pair of sockets; the first is ours, and is closed with the kernel."""
        ours, inner = socket.socketpair()
        ours.setblocking(False)
        self._ours.append(ours)
        return ours, inner

    def _watch(self) -> None:
        _hurry()
        try:
            with contextlib.closing(self.sandbox.watch()) as looks:
                excess = next(filter(None, looks), None)
                self._stopped = None if excess is None else _STOPPED[excess]
        finally:  # whatever happens here: nothing runs unwatched
            self.sandbox.end()

    def _lost(self, outcome: Outcome, asked: bool = False) -> KernelLost:
        self.close()
        return KernelLost(self._stopped or outcome, asked)

    def _transfer(self, work: Callable[[float], _Got], deadline: float) -> _Got:
        """Do some reading or writing; whatever goes wrong with it costs the kernel."""
        if not self.alive:
            raise self._lost(Outcome.CRASHED)
        try:
            return work(deadline)
        except TimeoutError as error:
            raise self._lost(Outcome.TIMEOUT) from error
        except (wire.WireError, OSError, EOFError) as error:
            raise self._lost(Outcome.CRASHED) from error

    def _frame(self, receive: Callable[[int, float], bytes], deadline: float) -> wire.Message:
        return self._transfer(
            lambda limit: wire.read_frame(lambda count: receive(count, limit)), deadline
        )

    def _order(self, tree: dict[str, Any], deadline: float) -> None:
        parts: list[bytes] = []
        wire.write_frame(parts.append, wire.Message(tree))
        for part in parts:
            self._transfer(partial(_send, self._control, part), deadline)

    def _reply(self, deadline: float) -> dict[str, Any]:
        budget = _Budget(_MAX_CONTROL)
        tree = self._frame(
            lambda count, limit: _receive(self._control, budget.take(count), limit), deadline
        ).tree
        if not isinstance(tree, dict):
            raise self._lost(Outcome.CRASHED)
        return tree

    def _ended(self) -> "_Ended":
        return _Ended(self._control, self._reply)

    def _send(self, data: bytes, deadline: float, ended: "_Ended") -> None:
        _send(self._channel, data, deadline, ended)

    def _receive(self, count: int, deadline: float, ended: "_Ended") -> bytes:
        return _receive(self._channel, count, deadline, ended)


class _Ended:
    """Watches, while the channel is used, for the runner's word that the question has ended."""

    def __init__(self, control: socket.socket, reply: Callable[[float], dict[str, Any]]) -> None:
        self.control = control
        self.reply = reply
        self.seen = False
        self.dead = False
        self.asked = False
        self.until = float("inf")

    def look(self, deadline: float) -> None:
        self.hear(self.reply(deadline))
        self.until = time.monotonic() + GRACE

    def hear(self, tree: dict[str, Any]) -> None:
        self.seen, self.dead = True, tree.get("dead") is not False
        self.asked = tree.get("asked") is True


class _Budget:
    """Bytes that one frame may still take."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, count: int) -> int:
        self.left -= count
        if self.left < 0:
            raise wire.WireError("a message is larger than allowed")
        return count


def _wait(end: socket.socket, write: bool, deadline: float, ended: _Ended | None) -> None:
    """Wait until a socket is ready; raises TimeoutError or EOFError when it will not be."""
    while True:
        watched = [] if ended is None or ended.seen else [ended.control]
        left = min(deadline, ended.until if ended else deadline) - time.monotonic()
        poll = select.poll()  # unlike select, it takes descriptors above 1023
        poll.register(end, select.POLLOUT if write else select.POLLIN)
        for other in watched:
            poll.register(other, select.POLLIN)
        ready = {number for number, _ in poll.poll(max(left, 0) * 1000)}
        if end.fileno() in ready and time.monotonic() < deadline:
            return
        if ready and watched and ended is not None:
            ended.look(deadline)
        elif time.monotonic() >= deadline:
            raise TimeoutError
        elif left <= 0:
            raise EOFError


def _send(end: socket.socket, data: bytes, deadline: float, ended: _Ended | None = None) -> None:
    view = memoryview(data)
    while view:
        _wait(end, True, deadline, ended)
        with contextlib.suppress(BlockingIOError):
            view = view[end.send(view[:_CHUNK]) :]


def _receive(end: socket.socket, count: int, deadline: float, ended: _Ended | None = None) -> bytes:
    data = bytearray()
    while len(data) < count:
        _wait(end, False, deadline, ended)
        with contextlib.suppress(BlockingIOError):
            part = end.recv(min(count - len(data), _CHUNK))
            if not part:
                raise EOFError("the student's process closed a socket")
            data += part
    return bytes(data)


def _hurry() -> None:
    """Put this thread before others, where that is allowed.

    Root's processes may multiply without limit, and then a thread among thousands comes too late.
    """
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), -10)
