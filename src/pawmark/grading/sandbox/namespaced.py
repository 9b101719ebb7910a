"""A submission's sandbox of name spaces of its own: started, measured from outside, ended."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Self

import psutil

from pawmark.errors import SandboxError
from pawmark.grading.boundary import seccomp
from pawmark.grading.boundary.limits import Limits, Usage, files_in_memory, shared_once, usage_of
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.sandbox.protocol import Excess

_POLL = 0.05
_EXACT_FOR = 0.2


class Bubblewrap:
    """A sandbox by bubblewrap; see `Sandbox`."""

    def __init__(self, data: Path | None = None, limits: Limits | None = None) -> None:
        self.data = data
        self.limits = limits or Limits()
        self._process: subprocess.Popen[bytes] | None = None
        self._family: list[psutil.Process] = []
        self._ending = threading.Lock()
        self.peak_memory = 0

    @property
    def alive(self) -> bool:
        """See `Sandbox`."""
        process = self._process  # another thread may end it meanwhile
        return process is not None and process.poll() is None

    @property
    def pid(self) -> int | None:
        """See `Sandbox`."""
        process = self._process
        return None if process is None else process.pid

    def start(self, control: int, channel: int) -> None:
        """See `Sandbox`."""
        reason = bubblewrap.available()
        if reason is not None:
            raise SandboxError(reason)
        argv = [sys.executable, "-m", "pawmark.grading.inside", "runner"]
        argv += [str(control), str(channel)]
        argv += [self.limits.to_text(), "own"]
        with filter_of_calls() as calls:
            # No variables: student code can read what process 1 was started with.
            wrapped = bubblewrap.command(argv, self.data, calls)
            passed = (control, channel) if calls is None else (control, channel, calls)
            self._process = bubblewrap.start(wrapped, passed)

    def adopt(self, process: subprocess.Popen[bytes]) -> int:
        """Take over an empty sandbox that stands already; return its innermost process.

        Raises
        ------
        SandboxError
            If it has ended.
        """
        self._process = process
        family = family_of(process.pid)
        if not family:
            raise SandboxError("the sandbox has ended")
        innermost: int = family[-1].pid
        return innermost

    def usage(self) -> Usage:
        """See `Sandbox`."""
        root = _root_of(self._stood())
        if root is None:
            return Usage()
        try:
            return usage_of(Path(f"/proc/self/fd/{root}/proc"), self.limits.tasks)
        finally:
            os.close(root)

    def watch(self) -> Generator[Excess | None, None, None]:
        """See `Sandbox`."""
        process, family = self._process, self._stood()
        if process is None:
            return
        with _Gauge(process.pid, family) as gauge:
            while self.alive:
                found = gauge.exceeded(self.limits)
                self.peak_memory = max(self.peak_memory, gauge.peak)
                yield found
                time.sleep(_POLL)

    def end(self) -> None:
        """See `Sandbox`.

        The first child of bubblewrap is process 1 of the sandbox: the system ends all others with
        it, at once, where killing them one by one would lose against code that starts new ones. It
        is killed from here, by a thread that comes before others.
        """
        with self._ending:
            process, self._process = self._process, None
            family, self._family = self._family, []
            if process is None:
                return
            for member in family[1:2]:
                with contextlib.suppress(psutil.Error):
                    member.kill()
            bubblewrap.end(process)

    def _stood(self) -> list[psutil.Process]:
        """Return its processes as they were when it stood, without the one that it hangs by."""
        process = self._process
        if process is not None and not self._family:
            self._family = family_of(process.pid)[1:]
        return self._family


@contextlib.contextmanager
def filter_of_calls() -> Iterator[int | None]:
    """Open the filter of system calls to be handed on; None where there is none."""
    descriptor = seccomp.open_program() if bubblewrap.filtered() else None
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)


def family_of(pid: int) -> list[psutil.Process]:
    """Return a process and all that it started, itself first; nothing when it has ended."""
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return []


def usage_of_family(pid: int) -> Usage:
    """Return what a process and all that it started use."""
    return sum(map(_usage, family_of(pid)), Usage())


def _usage(process: psutil.Process) -> Usage:
    try:
        with process.oneshot():
            seconds = sum(process.cpu_times()[:2])
            return Usage(process.memory_info().rss, process.num_threads(), seconds)
    except psutil.Error:
        return Usage()


class _Gauge:
    """Measures what the processes of a sandbox use, from outside."""

    def __init__(self, pid: int, family: list[psutil.Process]) -> None:
        self.pid = pid
        self.root = _root_of(family)
        self.exact = self.counted = self.peak = 0
        self.exact_until = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.root is not None:
            os.close(self.root)  # an open root keeps the sandbox's files in memory

    def exceeded(self, limits: Limits) -> Excess | None:
        """Return what there is too much of, if anything."""
        usage = self._usage(limits.tasks)
        self.peak = max(self.peak, usage.memory)
        if usage.tasks > limits.tasks:
            return Excess.PROCESSES
        if usage.memory > limits.memory and self._exact(usage, limits.memory) > limits.memory:
            return Excess.MEMORY
        return Excess.PROCESSOR_TIME if usage.cpu_seconds > limits.cpu_seconds else None

    def _usage(self, most: int) -> Usage:
        if self.root is None:
            return usage_of_family(self.pid)
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
