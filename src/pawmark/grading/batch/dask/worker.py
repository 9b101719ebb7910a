"""The task as a Dask worker runs it: by a process beside it, which is watched and ends with it."""

import json
import os
import select
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pawmark.grading.session import warm

TASK, CHECKS, OLD, RESULT, TAPE = "task.json", "checks.json", "old.jsonl", "result.json", "tape"

_POLL = 0.5
_OWN = ("PAWMARK_PROFILE", "KERAS_BACKEND")


class TaskFailedError(Exception):
    """The process that ran a submission ended without a result; another worker may have more luck.

    The message is the end of what it said.
    """


@dataclass(frozen=True)
class Done:
    """What comes back of one submission.

    Attributes
    ----------
    tape
        The text of its tape; empty when the worker refused.
    points, max_points
        What its checks gave, for the line that shows progress.
    seconds
        How long it took.
    refused
        Why this worker cannot run it, and what would help; empty as a rule.
    """

    tape: bytes = b""
    points: float = 0.0
    max_points: float = 0.0
    seconds: float = 0.0
    refused: str = ""


def run(task: bytes, checks: bytes, old: bytes, variables: Mapping[str, str]) -> Done:
    """Run a submission on this machine.

    Parameters
    ----------
    task
        See `pawmark.grading.batch.dask.task.Task`.
    checks
        The hidden checks, packed.
    old
        The tape of an earlier run; may be empty.
    variables
        Variables of the environment that student code sees.

    Raises
    ------
    TaskFailedError
        If there is no result.
    """
    with tempfile.TemporaryDirectory(prefix="pawmark-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for file, data in ((TASK, task), (CHECKS, checks), (OLD, old)):
            (folder / file).write_bytes(data)
        said = _run_apart(folder, variables)
        try:
            tree = json.loads((folder / RESULT).read_bytes())
        except (OSError, ValueError):
            raise TaskFailedError(f"no result. It said last: {said[-1500:]}") from None
        if tree.get("refused"):
            return Done(refused=f"{_name()}: {tree['refused']}")
        return Done((folder / TAPE).read_bytes(), **tree)


def _run_apart(folder: Path, variables: Mapping[str, str]) -> str:
    """Run a task by a process that is free, or by a new one; return what it said if it ended."""
    wanted = tuple(sorted(variables.items()))
    with _LOCK:
        found = next((runner for runner in _IDLE if runner.variables == wanted), None)
        if found is not None:
            _IDLE.remove(found)
    runner = found if found is not None and found.alive else _Runner(wanted)
    try:
        done = runner.run(folder, _is_cancelled())
    except BaseException:
        runner.close()
        raise
    if not done:
        return runner.close()
    with _LOCK:
        _IDLE.append(runner)
    return ""


class _Runner:
    """A process of `pawmark.grading.batch.dask.runner`, which takes one task after another.

    Parameters
    ----------
    variables
        Variables of the environment that student code sees.
    """

    def __init__(self, variables: tuple[tuple[str, str], ...]) -> None:
        self.variables = variables
        kept = {name: value for name, value in os.environ.items() if name not in _OWN}
        package = str(Path(__file__).resolve().parents[4])
        path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the process)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "pawmark.grading.batch.dask.runner"],
            # The process ends when this pipe closes: also when this worker is killed.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            start_new_session=True,  # Ctrl-C is for the worker
            bufsize=0,
            env={warm.SWITCH: warm.OF_WORKERS, **kept, **dict(variables), "PYTHONPATH": path},
        )

    @property
    def alive(self) -> bool:
        """Whether it can take a task."""
        return self._process.poll() is None

    def run(self, folder: Path, is_cancelled: Callable[[], bool]) -> bool:
        """Run the task in a folder; False when it ended over it, or nobody wants its result."""
        try:
            self._process.stdin.write(f"{folder}\n".encode())
        except OSError:
            return False
        while not select.select([self._process.stdout], [], [], _POLL)[0]:
            if is_cancelled():
                return False
        return bool(self._process.stdout.read(1))

    def close(self) -> str:
        """End it, and what it runs; return what it said."""
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
        with self._log:
            self._log.seek(0)
            return self._log.read().decode(errors="replace")


_IDLE: list[_Runner] = []
_LOCK = threading.Lock()


def _is_cancelled() -> Callable[[], bool]:
    """Return what tells whether the task at hand was given up: the client is gone, or said so."""
    from distributed import get_worker

    try:
        worker = get_worker()
        key = worker.get_current_task()
    except ValueError:  # not on a worker
        return lambda: False

    def is_cancelled() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state == "cancelled"

    return is_cancelled


def _name() -> str:
    from distributed import get_worker

    try:
        return f"the worker {get_worker().address}"
    except ValueError:
        return "this machine"
