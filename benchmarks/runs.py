"""Runs a command and measures it: wall time, processor time of what it waits for, memory."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

_EVERY = 0.5
_PSS = re.compile(rb"^Pss:\s+(\d+)", re.MULTILINE)


@dataclass
class Run:
    """What a command took.

    Attributes
    ----------
    seconds
        From its start to its end.
    peaks
        By process that was watched: the most memory that it and all below it had at one time, in
        bytes, shared pages divided among those that share them.
    lines
        What it printed, each line with the second in which it came.
    status
        Its exit status.
    """

    seconds: float = 0.0
    peaks: dict[int, int] = field(default_factory=dict)
    lines: list[tuple[float, str]] = field(default_factory=list)
    status: int = 0

    def time_of(self, text: str) -> float | None:
        """Return when a line with this text came."""
        return next((when for when, line in self.lines if text in line), None)


def python(*arguments: str) -> list[str]:
    """Return the command line of a module of this Python."""
    return [sys.executable, "-m", *arguments]


def pawmark(*arguments: str) -> list[str]:
    """Return a command line of the kit's own."""
    return [sys.executable, "-c", "from pawmark.cli import main; main()", *arguments]


def run(
    command: list[str],
    folder: Path,
    environment: Mapping[str, str],
    watched: str | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Run:
    """Run a command and measure it.

    Parameters
    ----------
    command
        The command line.
    folder
        The folder to run it in.
    environment
        Variables on top of those of this process.
    watched
        Measure the memory of each process below the command whose command line has this text; by
        default that of the command itself.
    stop
        Asked twice a second; when it says so, the command is killed with all it started.
    """
    result = Run()
    began = time.monotonic()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    process = subprocess.Popen(  # noqa: S603  (our own command line)
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    watcher = threading.Thread(target=_watch, args=[process, watched, stop, result])
    watcher.start()
    for line in process.stdout:
        result.lines.append((time.monotonic() - began, line.rstrip("\n")))
    result.status = process.wait()
    result.seconds = time.monotonic() - began
    watcher.join()
    process.stdout.close()
    return result


def _watch(
    process: subprocess.Popen, watched: str | None, stop: Callable[[], bool], result: Run
) -> None:
    while process.poll() is None:
        if stop():
            os.killpg(process.pid, signal.SIGKILL)
            return
        for root in _roots(process.pid, watched):
            with contextlib.suppress(psutil.Error):
                family = [root, *root.children(recursive=True)]
                memory = sum(map(_memory, family))
                result.peaks[root.pid] = max(memory, result.peaks.get(root.pid, 0))
        time.sleep(_EVERY)


def _roots(pid: int, watched: str | None) -> list[psutil.Process]:
    try:
        top = psutil.Process(pid)
        if watched is None:
            return [top]
        return [child for child in top.children() if watched in " ".join(child.cmdline())]
    except psutil.Error:
        return []


def _memory(process: psutil.Process) -> int:
    try:
        found = _PSS.search(Path(f"/proc/{process.pid}/smaps_rollup").read_bytes())
    except OSError:
        return 0
    return int(found[1]) << 10 if found else 0
