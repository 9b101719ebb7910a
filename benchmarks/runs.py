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
from types import MappingProxyType

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
    cpu_seconds
        Processor time of it and all below it, as last seen of each process: on a machine that has
        other work, this says more than the clock.
    cpu_by
        Processor time by kind of process, where kinds were asked for.
    idle_seconds
        How long the machine's cores had nothing to do, added up.
    peaks
        By process that was watched: the most memory that it and all below it had at one time, in
        bytes, shared pages divided among those that share them.
    lines
        What it printed, each line with the second in which it came.
    status
        Its exit status.
    """

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    cpu_by: dict[str, float] = field(default_factory=dict)
    idle_seconds: float = 0.0
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
    kinds: Mapping[str, str] = MappingProxyType({}),
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
    kinds
        Names of kinds of processes, by a text of their command lines.
    """
    result = Run()
    began, idle = time.monotonic(), _idle()
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
    watcher = threading.Thread(target=_watch, args=[process, watched, stop, kinds, result])
    watcher.start()
    for line in process.stdout:
        result.lines.append((time.monotonic() - began, line.rstrip("\n")))
    result.status = process.wait()
    result.seconds = time.monotonic() - began
    result.idle_seconds = _idle() - idle
    watcher.join()
    process.stdout.close()
    return result


def _idle() -> float:
    """Return the seconds that the machine's cores were idle since it started."""
    times = psutil.cpu_times()
    return times.idle + getattr(times, "iowait", 0.0)


def _watch(
    process: subprocess.Popen,
    watched: str | None,
    stop: Callable[[], bool],
    kinds: Mapping[str, str],
    result: Run,
) -> None:
    seen: dict[int, float] = {}
    kind_of: dict[int, str] = {}
    while process.poll() is None:
        if stop():
            os.killpg(process.pid, signal.SIGKILL)
            return
        seen |= _cpu_below(process.pid)
        result.cpu_seconds = sum(seen.values())
        kind_of |= {pid: _kind(pid, kinds) for pid in seen.keys() - kind_of.keys()}
        result.cpu_by = {
            kind: sum(seconds for pid, seconds in seen.items() if kind_of[pid] == kind)
            for kind in {*kinds.values(), ""}
        }
        for root in _roots(process.pid, watched):
            with contextlib.suppress(psutil.Error):
                family = [root, *root.children(recursive=True)]
                memory = sum(map(_memory, family))
                result.peaks[root.pid] = max(memory, result.peaks.get(root.pid, 0))
        time.sleep(_EVERY)


def _cpu_below(pid: int) -> dict[int, float]:
    """Return the processor time of a process and all below it, by their numbers."""
    found = {}
    with contextlib.suppress(psutil.Error):
        top = psutil.Process(pid)
        for process in (top, *top.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                found[process.pid] = sum(process.cpu_times()[:2])
    return found


def _kind(pid: int, kinds: Mapping[str, str]) -> str:
    """Return the kind of a process, empty where it is none of them."""
    with contextlib.suppress(psutil.Error):
        line = " ".join(psutil.Process(pid).cmdline())
        return next((kind for text, kind in kinds.items() if text in line), "")
    return ""


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
