"""The trusted side of a student's kernel: every wait has a deadline, every reply is data.

The kernel and its runner live in the sandbox. Two sockets lead there: *control* carries orders
(run a cell, answer a question), the *door* carries questions and answers.
"""

import contextlib
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from pawmark.errors import SandboxError
from pawmark.grading.boundary import seccomp, wire
from pawmark.grading.boundary.limits import Limits, Usage, files_in_memory, shared_once, usage_of
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.session import warm

START_LIMIT = 120.0
MAX_OUTPUTS = 250

_GRACE = 2.0
_POLL = 0.05
_EXACT_FOR = 0.2
_CHUNK = 1 << 20
_MAX_CONTROL = wire.MAX_JSON + (1 << 16)
_MAX_DOOR = wire.MAX_BYTES + wire.MAX_JSON + (1 << 16)


class KernelLost(Exception):  # noqa: N818  (what happened, not a fault of ours)
    """The kernel is gone: it took too long, took too much memory or ended.

    Attributes
    ----------
    outcome
        TIMEOUT, CRASHED or OUT_OF_MEMORY.
    """

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"the student's kernel was lost: {outcome}")
        self.outcome = outcome


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
    """

    outputs: list[dict[str, Any]]
    outcome: Outcome | None
    error_name: str
    seconds: float


class StudentKernel:
    """A kernel for one submission, in a sandbox of its own; a context manager.

    The thread that calls `start` must outlive the kernel: the sandbox dies with it.

    Parameters
    ----------
    data
        The data set that the student's code sees, or None.
    sandboxed
        False runs the code unprotected; only where the instructor has opted out.
    limits
        What all processes of the submission may use together.
    libraries
        What it may find imported already: see `warm.libraries_for`. Empty starts it cold.

    Attributes
    ----------
    warm
        Whether it was started as a copy of a template.
    peak_memory
        The most bytes that were seen in use; memory that processes share counts for each.
    """

    def __init__(
        self,
        data: Path | None,
        sandboxed: bool = True,
        limits: Limits | None = None,
        libraries: str = "",
    ) -> None:
        self.data = data
        self.libraries = libraries if sandboxed else ""
        self.warm = False
        self.sandboxed = sandboxed
        self.limits = limits or Limits()
        self._process: subprocess.Popen[bytes] | None = None
        self._family: list[psutil.Process] | None = None
        self._control: socket.socket | None = None
        self._door: socket.socket | None = None
        self._home: str | None = None
        self._stopped: Outcome | None = None
        self.peak_memory = 0

    def __enter__(self) -> "StudentKernel":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Whether the kernel can still be asked."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the sandbox and the kernel in it.

        Raises
        ------
        SandboxError
            If there is no working sandbox or the kernel does not start in it.
        """
        reason = bubblewrap.available() if self.sandboxed else None
        if reason is not None:
            raise SandboxError(reason)
        self.warm = bool(self.libraries) and warm.wanted() and self._started_warm()
        if not self.warm:
            self._spawn()
            self._greet()
        # Only now: until the sandbox stands, its root is that of the machine.
        if self.sandboxed:
            self._family = _tree(self._process.pid)
        watched = (self._process, self._family)
        threading.Thread(target=self._watch, args=watched, daemon=True).start()

    def used(self) -> Usage:
        """Return what the sandbox's processes use now, and what processor time they took so far."""
        if not self.alive or not self._family:
            return Usage()
        root = _root_of(self._family)
        if root is None:
            return Usage()
        try:
            return usage_of(Path(f"/proc/self/fd/{root}/proc"), self.limits.tasks)
        finally:
            os.close(root)

    def close(self) -> None:
        """End every process of the submission."""
        process, self._process = self._process, None
        if process is not None:
            _kill_tree(process, self._family)
            if process.stdin is not None:
                process.stdin.close()
        for end in (self._control, self._door):
            if end is not None:
                end.close()
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None

    def run(self, source: str, timeout: float) -> CellRun:
        """Run one cell; when it does not come to an end the kernel is closed.

        Parameters
        ----------
        source
            The code of the cell.
        timeout
            Seconds that it may take.
        """
        began = time.monotonic()
        try:
            self._order({"op": "run", "source": source}, began + timeout)
            reply = self._reply(began + timeout)
        except KernelLost as lost:
            return CellRun([], lost.outcome, "", time.monotonic() - began)
        outcome = None if reply.get("status") == "ok" else Outcome.STUDENT_ERROR
        if reply.get("dead") is not False:
            outcome = self._lost(Outcome.CRASHED).outcome
        name = _text(reply.get("ename"))[:200]
        return CellRun(_outputs(reply.get("outputs")), outcome, name, time.monotonic() - began)

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
            self._transfer(lambda limit, part=part: self._send(part, limit, ended), deadline)
        answer = self._frame(lambda n, limit: self._receive_door(n, limit, ended), deadline)
        dead = ended.dead if ended.seen else self._reply(deadline).get("dead") is not False
        if dead:
            raise self._lost(Outcome.CRASHED)
        return answer

    def _greet(self) -> None:
        try:
            reply = self._reply(time.monotonic() + START_LIMIT)
        except KernelLost as lost:
            raise SandboxError(f"the kernel did not start: {lost.outcome}") from lost
        if reply.get("status") != "ready":
            self.close()
            raise SandboxError("the kernel did not start: its runner gave no sign of life")

    def _started_warm(self) -> bool:
        """Start as a copy of the template, in a sandbox made first; False leaves nothing behind."""
        filtered = bubblewrap.filtered()
        calls = seccomp.open_program() if filtered else None
        inner = self._sockets()
        ends = (inner[0].fileno(), inner[1].fileno())
        try:
            with (
                inner[0],
                inner[1],
                _closing(calls),
                warm.template(self.data, self.libraries) as template,
            ):
                self._process = template.hold(calls)
                pid = _tree(self._process.pid)[-1].pid
                template.enter(pid, ends, self.limits, filtered)
            self._greet()
        except (warm.TemplateError, SandboxError, IndexError):
            self.close()
            return False
        return True

    def _sockets(self) -> tuple[socket.socket, socket.socket]:
        """Make both pairs of sockets; return the ends of the sandbox."""
        self._control, inner_control = socket.socketpair()
        self._door, inner_door = socket.socketpair()
        for end in (self._control, self._door):
            end.setblocking(False)
        return inner_control, inner_door

    def _spawn(self) -> None:
        inner_control, inner_door = self._sockets()
        numbers = (inner_control.fileno(), inner_door.fileno())
        space = "own" if self.sandboxed else "shared"
        argv = [sys.executable, "-m", "pawmark.grading.inside.runner", *map(str, numbers)]
        argv += [self.limits.to_text(), space]
        if not self.sandboxed:
            self._home = tempfile.mkdtemp(prefix="pawmark-")
        data = str(self.data) if self.data else None
        calls = seccomp.open_program() if self.sandboxed and bubblewrap.filtered() else None
        with inner_control, inner_door, _closing(calls):
            self._process = subprocess.Popen(  # noqa: S603  (our own command line)
                bubblewrap.command(argv, self.data, self.sandboxed, calls),
                pass_fds=numbers if calls is None else (*numbers, calls),
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=self._home,
                # Student code can read what process 1 of its sandbox was started with.
                env=bubblewrap.environment(self._home, data) if self._home else {},
            )

    def _watch(self, process: subprocess.Popen[bytes], family: list[psutil.Process] | None) -> None:
        _hurry()
        try:
            with _Gauge(process.pid, family) as gauge:
                while process.poll() is None and self._stopped is None:
                    self._stopped = gauge.exceeded(self.limits)
                    self.peak_memory = gauge.peak
                    time.sleep(0 if self._stopped else _POLL)
        finally:  # whatever happens here: nothing runs unwatched
            _kill_tree(process, family)

    def _lost(self, outcome: Outcome) -> KernelLost:
        self.close()
        return KernelLost(self._stopped or outcome)

    def _transfer(self, work: Callable[[float], Any], deadline: float) -> Any:
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
            self._transfer(lambda limit, part=part: _send(self._control, part, limit), deadline)

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
        _send(self._door, data, deadline, ended)

    def _receive_door(self, count: int, deadline: float, ended: "_Ended") -> bytes:
        return _receive(self._door, count, deadline, ended)


@contextlib.contextmanager
def _closing(descriptor: int | None) -> Iterator[None]:
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


class _Ended:
    """Watches, while the door is used, for the runner's word that the question has ended."""

    def __init__(self, control: socket.socket, reply: Callable[[float], dict]) -> None:
        self.control = control
        self.reply = reply
        self.seen = False
        self.dead = False
        self.until = float("inf")

    def look(self, deadline: float) -> None:
        tree = self.reply(deadline)
        self.seen, self.dead = True, tree.get("dead") is not False
        self.until = time.monotonic() + _GRACE


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


def _tree(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return []


def _hurry() -> None:
    """Put this thread before others, where that is allowed.

    Root's processes may multiply without limit, and then a thread among thousands comes too late.
    """
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), -10)


class _Gauge:
    """Measures what the processes of a submission use, from outside."""

    def __init__(self, pid: int, family: list[psutil.Process] | None) -> None:
        self.pid = pid
        self.root = _root_of(family) if family else None
        self.exact = self.counted = self.peak = 0
        self.exact_until = 0.0

    def __enter__(self) -> "_Gauge":
        return self

    def __exit__(self, *_: object) -> None:
        if self.root is not None:
            os.close(self.root)  # an open root keeps the sandbox's files in memory

    def exceeded(self, limits: Limits) -> Outcome | None:
        """Return what the submission is to be stopped for, if anything."""
        usage = self._usage(limits.tasks)
        self.peak = max(self.peak, usage.memory)
        if usage.tasks > limits.tasks:
            return Outcome.CRASHED
        if usage.memory > limits.memory and self._exact(usage, limits.memory) > limits.memory:
            return Outcome.OUT_OF_MEMORY
        return Outcome.TIMEOUT if usage.cpu_seconds > limits.cpu_seconds else None

    def _usage(self, most: int) -> Usage:
        if self.root is None:
            return sum((_usage(process) for process in _tree(self.pid)), Usage())
        root = Path(f"/proc/self/fd/{self.root}")
        return usage_of(root / "proc", most) + Usage(memory=files_in_memory(root))

    def _exact(self, usage: Usage, limit: int) -> int:
        """Return the memory in use, shared memory counted once.

        That takes a moment, in which more can be taken: it is done again only when what was added
        since the last time could go over the limit, or after a while.
        """
        if self.root is None:
            return usage.memory
        estimate = self.exact + max(usage.memory - self.counted, 0)
        if estimate > limit or time.monotonic() > self.exact_until:
            root = Path(f"/proc/self/fd/{self.root}")
            shared = shared_once(root / "proc")
            self.exact = usage.memory if shared is None else shared + files_in_memory(root)
            self.counted = usage.memory
            self.exact_until = time.monotonic() + _EXACT_FOR
            estimate = self.exact
        return estimate


def _root_of(family: list[psutil.Process]) -> int | None:
    """Open the root folder of the sandbox; None leaves the slower way through the whole machine."""
    for process in reversed(family[1:]):
        with contextlib.suppress(OSError):
            return os.open(f"/proc/{process.pid}/root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    return None


def _usage(process: psutil.Process) -> Usage:
    try:
        with process.oneshot():
            seconds = sum(process.cpu_times()[:2])
            return Usage(process.memory_info().rss, process.num_threads(), seconds)
    except psutil.Error:
        return Usage()


def _kill_tree(process: subprocess.Popen[bytes], family: list[psutil.Process] | None) -> None:
    """End a submission's processes and wait until they are gone.

    The first child of bubblewrap is process 1 of the sandbox: the system ends all others with it,
    at once, where killing them one by one would lose against code that starts new ones. Bubblewrap
    itself ends when that child has, and takes its name off the list of processes at once; whoever
    inherited it from a killed bubblewrap may take seconds.
    """
    if process.poll() is not None:
        return
    if not family:  # no sandbox, or none that stands yet
        family = _tree(process.pid) if family is None else family
        process.kill()
    for member in family[1:]:
        with contextlib.suppress(psutil.Error):
            member.kill()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    psutil.wait_procs(family[1:], timeout=5)


def _outputs(values: Any) -> list[dict[str, Any]]:
    """Keep what has the form of an output, rebuilt from known fields; drop the rest."""
    if not isinstance(values, list):
        return []
    made = (_output(value) for value in values[:MAX_OUTPUTS] if isinstance(value, dict))
    return [output for output in made if output is not None]


def _output(value: dict[str, Any]) -> dict[str, Any] | None:
    kind = value.get("output_type")
    if kind == "stream":
        name = "stderr" if value.get("name") == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": _text(value.get("text"))}
    if kind == "error":
        lines = value.get("traceback")
        lines = [_text(line) for line in lines] if isinstance(lines, list) else []
        names = {name: _text(value.get(name)) for name in ("ename", "evalue")}
        return {"output_type": kind, **names, "traceback": lines}
    if kind in ("display_data", "execute_result"):
        return _rich(str(kind), value)
    return None


def _rich(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    data = value.get("data")
    data = data if isinstance(data, dict) else {}
    texts = {_text(mime): _text(text) for mime, text in data.items() if isinstance(text, str)}
    output = {"output_type": kind, "data": texts, "metadata": {}}
    if kind == "execute_result":
        count = value.get("execution_count")
        output["execution_count"] = count if type(count) is int and 0 <= count < 1 << 31 else None
    return output


def _text(value: Any) -> str:
    return wire.plain_text(value) if isinstance(value, str) else ""
