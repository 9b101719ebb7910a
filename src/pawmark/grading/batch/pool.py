"""Workers of this machine: processes that run submissions, several at once."""

import contextlib
import json
import os
import queue
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import psutil

from pawmark.grading.session import warm

# Measured under `quick` by make bench: a worker with its template and the largest submission.
MEMORY_PER_WORKER = 2 << 30
_OWN_MEMORY = 1 << 30


def workers_that_fit(wanted: int | None = None) -> int:
    """Return how many submissions to run at once: by cores, and by memory now free.

    Where ``PAWMARK_MEMORY_GB`` limits a submission, that and what a worker itself takes is counted
    for each: then all of them together stay within what is free.
    """
    limit = os.environ.get("PAWMARK_MEMORY_GB")
    each = int(float(limit) * (1 << 30)) + _OWN_MEMORY if limit else MEMORY_PER_WORKER
    by_memory = int(psutil.virtual_memory().available // each)
    return max(1, wanted or min(len(os.sched_getaffinity(0)), by_memory))


class Worker:
    """One process of `pawmark.grading.batch.worker`.

    Parameters
    ----------
    log
        The file that takes what it says beside its answers.
    """

    def __init__(self, log: Path) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pawmark.grading.batch.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                start_new_session=True,  # Ctrl-C is for the one who waits
                env={warm.SWITCH: warm.OF_WORKERS, **os.environ},
                text=True,
            )

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def run(self, course: Path, assignment: str, student: str) -> dict[str, Any] | None:
        """Run a submission; return what the worker's `run` does, None if it ended."""
        order = {"course": str(course), "assignment": assignment, "student": student}
        try:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:
            line = ""
        if line.endswith("\n"):
            return json.loads(line)
        self._process.kill()  # it has no more to say: whoever looks next finds it ended
        self._process.wait()
        return None

    def close(self) -> None:
        """End it, and what it runs."""
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


class Crew:
    """Some workers; a context manager. Any thread may give them work.

    Parameters
    ----------
    size
        How many submissions run at once.
    logs
        The folder for what they say.
    """

    def __init__(self, size: int, logs: Path) -> None:
        self.size = size
        self.logs = logs
        self._idle: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        self._all: list[Worker] = []
        for _ in range(size):
            self._idle.put(None)  # started when there is work for it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all workers, and what they run; whoever waits for one gets None."""
        for worker in self._all:
            worker.close()

    def run(self, course: Path, assignment: str, student: str) -> dict[str, Any] | None:
        """Run a submission by a worker that is free; None when that worker ended over it."""
        with self._one() as worker:
            return worker.run(course, assignment, student)

    @contextlib.contextmanager
    def _one(self) -> Iterator[Worker]:
        worker = self._idle.get()
        if worker is None or worker._process.poll() is not None:
            worker = Worker(self.logs / f"worker-{len(self._all) + 1}.log")
            self._all.append(worker)
        try:
            yield worker
        finally:
            self._idle.put(worker)
