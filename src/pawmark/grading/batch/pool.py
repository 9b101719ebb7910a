"""Workers of this machine: processes that run submissions, several at once."""

import contextlib
import json
import os
import select
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Self

from pawmark import settings
from pawmark.grading import resources

# Measured under `quick` by make bench: a worker with its template and the largest submission.
MEMORY_PER_WORKER = 2 << 30
_OWN_MEMORY = 1 << 30
_POLL = 500  # milliseconds
_END = 10.0
_LAST_WORDS = 1500


def workers_that_fit(wanted: int | None = None) -> int:
    """Return how many submissions to run at once: by cores, and by memory now free.

    In a container, a service or a job both are what it may have, and not what the machine has.

    Where ``PAWMARK_MEMORY_GB`` limits a submission, that and what a worker itself takes is counted
    for each: then all of them together stay within what is free.
    """
    limit = settings.here.memory_gb
    each = MEMORY_PER_WORKER if limit is None else int(limit * (1 << 30)) + _OWN_MEMORY
    by_memory = resources.memory().available // each
    return max(1, wanted or min(resources.cores(), by_memory))


class WorkerEndedError(Exception):
    """A worker ended over an order, or was ended; the message is the end of what it said."""


class Worker:
    """One process of `pawmark.grading.batch.serve`, which takes one order after another.

    Parameters
    ----------
    log
        The open file that takes what it says beside its answers; closed with the worker.
    variables
        Variables of the environment that decide for student code; by default this process's own.
    """

    def __init__(self, log: IO[bytes], variables: Mapping[str, str] | None = None) -> None:
        self.variables = None if variables is None else dict(variables)
        self._log = log
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "pawmark.grading.batch.serve"],
            # The process ends when this pipe closes: also when the one who waits is killed.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the one who waits
            bufsize=0,
            env=_environment(variables),
        )

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can take an order."""
        return self._process.poll() is None

    def ask(
        self, order: Mapping[str, str], given_up: Callable[[], bool] = lambda: False
    ) -> dict[str, Any]:
        """Give it an order and return the answer; see `pawmark.grading.batch.serve`.

        Parameters
        ----------
        order
            What to do.
        given_up
            Asked now and then; True ends the worker.

        Raises
        ------
        WorkerEndedError
            If there is no answer: the worker is of no more use then.
        """
        line = b""
        orders, answers = self._pipes()
        with contextlib.suppress(OSError, ValueError):  # it has ended, or somebody closed it
            orders.write(json.dumps(order).encode() + b"\n")
            poll = select.poll()
            poll.register(answers, select.POLLIN)
            while not poll.poll(_POLL) and not given_up():
                continue
            if not given_up():
                line = answers.readline()
        if not line.endswith(b"\n"):
            raise WorkerEndedError(self.close())
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout

    def close(self) -> str:
        """End it, and what it runs; return the end of what it said."""
        orders, answers = self._pipes()
        with contextlib.suppress(OSError):
            orders.close()
        try:
            self._process.wait(_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        answers.close()

        if self._log.closed:
            return ""
        with self._log:
            end = self._log.seek(0, os.SEEK_END)
            self._log.seek(max(0, end - _LAST_WORDS))
            return self._log.read().decode(errors="replace")


def _environment(variables: Mapping[str, str] | None) -> dict[str, str]:
    given = dict(variables or {})
    kept = {name: value for name, value in os.environ.items() if name not in given}
    package = str(Path(__file__).resolve().parents[3])
    path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
    own = settings.environment(warm=settings.OF_WORKERS)
    decided = {name: value for name, value in given.items() if value}  # an empty one is unset
    return {**own, **kept, **decided, "PYTHONPATH": path}


class Pool:
    """Workers that are started when there is work for them; a context manager.

    Any thread may give them work, and waits for the answer: so there are as many as threads.

    Parameters
    ----------
    logs
        The folder for what they say; None keeps that for as long as they live.
    """

    def __init__(self, logs: Path | None = None) -> None:
        self.logs = logs
        self._idle: list[Worker] = []
        self._all: list[Worker] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pids(self) -> list[int]:
        """The processes that were started, the last one last."""
        return [worker.pid for worker in self._all]

    def close(self) -> None:
        """End all workers, and what they run; whoever waits for one is told that it ended."""
        for worker in self._all:
            worker.close()

    def ask(
        self,
        order: Mapping[str, str],
        variables: Mapping[str, str] | None = None,
        given_up: Callable[[], bool] = lambda: False,
    ) -> dict[str, Any]:
        """Give an order to a worker that is free, or to a new one; see `Worker.ask`.

        Raises
        ------
        WorkerEndedError
            If that worker ended over it.
        """
        worker = self._take(variables)
        answer = worker.ask(order, given_up)
        with self._lock:
            self._idle.append(worker)
        return answer

    def _take(self, variables: Mapping[str, str] | None) -> Worker:
        with self._lock:
            self._idle = [worker for worker in self._idle if worker.alive]
            for worker in reversed(self._idle):
                if worker.variables == variables:
                    self._idle.remove(worker)
                    return worker
            self._all.append(Worker(self._open_log(), variables))
            return self._all[-1]

    def _open_log(self) -> IO[bytes]:
        if self.logs is None:
            return tempfile.TemporaryFile()
        self.logs.mkdir(parents=True, exist_ok=True)
        return (self.logs / f"worker-{len(self._all) + 1}.log").open("a+b")
