"""The task as a Dask worker runs it: by a process beside it, which is watched and ends with it."""

import atexit
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pawmark.grading.batch.pool import Pool, WorkerEndedError

TASK, CHECKS, OLD, RECORDING = "task.json", "checks.json", "old.jsonl", "recording.jsonl"

_pool = Pool()
atexit.register(_pool.close)


class TaskFailedError(Exception):
    """The process that ran a submission ended without a result; another worker may have more luck.

    The message is the end of what it said.
    """


@dataclass(frozen=True)
class Done:
    """What comes back of one submission.

    Attributes
    ----------
    recording
        The text of its recording; empty when the worker refused.
    points, max_points
        What its checks gave, for the line that shows progress.
    seconds
        How long it took.
    refused
        Why this worker cannot run it, and what would help; empty as a rule.
    """

    recording: bytes = b""
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
        The recording of an earlier run; may be empty.
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
        try:
            answer = _pool.ask({"do": "task", "folder": name}, variables, _is_cancelled())
        except WorkerEndedError as error:
            raise TaskFailedError(f"no result. It said last: {error}") from None
        if "failed" in answer:
            raise TaskFailedError(f"no result. It said last: {answer['failed']}")
        if "refused" in answer:
            return Done(refused=f"{_name()}: {answer['refused']}")
        numbers = {name: answer[name] for name in ("points", "max_points", "seconds")}
        return Done((folder / RECORDING).read_bytes(), **numbers)


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
