"""No sandbox: student code runs with all rights of the grader, where the instructor has opted out.

It is measured and ended as far as its processes can be found, and has a home folder of its own.
"""

import contextlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from pathlib import Path

import psutil

from pawmark.grading.boundary.limits import Limits, Usage
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.sandbox.namespaced import family_of, usage_of_family
from pawmark.grading.sandbox.protocol import Excess

_POLL = 0.05


class Unprotected:
    """What stands in the place of a sandbox; see `Sandbox`."""

    def __init__(self, data: Path | None = None, limits: Limits | None = None) -> None:
        self.data = data
        self.limits = limits or Limits()
        self.peak_memory = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._home = ""
        self._ending = threading.Lock()

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
        argv = [sys.executable, "-m", "pawmark.grading.inside", "runner"]
        argv += [str(control), str(channel)]
        self._home = tempfile.mkdtemp(prefix="pawmark-")
        data = None if self.data is None else str(self.data)
        self._process = subprocess.Popen(  # noqa: S603  (our own command line)
            [*argv, self.limits.to_text(), "shared"],
            pass_fds=(control, channel),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._home,
            env=bubblewrap.environment(self._home, data),
        )

    def usage(self) -> Usage:
        """See `Sandbox`; what has ended is not counted, so nothing is said of processor time."""
        return Usage()

    def watch(self) -> Generator[Excess | None, None, None]:
        """See `Sandbox`."""
        process = self._process
        while process is not None and self.alive:
            usage = usage_of_family(process.pid)
            self.peak_memory = max(self.peak_memory, usage.memory)
            yield _too_much(usage, self.limits)
            time.sleep(_POLL)

    def end(self) -> None:
        """See `Sandbox`."""
        with self._ending:
            process, self._process = self._process, None
            if process is None:
                return
            _kill(process)
            shutil.rmtree(self._home, ignore_errors=True)


def _too_much(usage: Usage, limits: Limits) -> Excess | None:
    if usage.tasks > limits.tasks:
        return Excess.PROCESSES
    if usage.memory > limits.memory:
        return Excess.MEMORY
    return Excess.PROCESSOR_TIME if usage.cpu_seconds > limits.cpu_seconds else None


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it started, as far as that can be found."""
    if process.poll() is not None:
        return
    family = family_of(process.pid)
    for member in family:
        with contextlib.suppress(psutil.Error):
            member.kill()
    process.wait()
    psutil.wait_procs(family[1:], timeout=5)
