"""The task as a Dask worker runs it: in a process of its own, which is watched and ends with it."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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
        See `pawmark.cluster.task.Task`.
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
        said = _run_apart(folder, variables, _is_cancelled())
        try:
            tree = json.loads((folder / RESULT).read_bytes())
        except (OSError, ValueError):
            raise TaskFailedError(f"no result. It said last: {said[-1500:]}") from None
        if tree.get("refused"):
            return Done(refused=f"{_name()}: {tree['refused']}")
        return Done((folder / TAPE).read_bytes(), **tree)


def _run_apart(folder: Path, variables: Mapping[str, str], is_cancelled: Callable[[], bool]) -> str:
    """Run the process, and end it when nobody wants its result any more; return what it said."""
    with (folder / "log").open("w+b") as log, _started(folder, variables, log) as process:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_POLL)
                break
            if is_cancelled():
                break
    return (folder / "log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def _started(
    folder: Path, variables: Mapping[str, str], log: object
) -> Iterator[subprocess.Popen[bytes]]:
    kept = {name: value for name, value in os.environ.items() if name not in _OWN}
    package = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
    process = subprocess.Popen(  # noqa: S603  (our own module)
        [sys.executable, "-P", "-m", "pawmark.cluster.runner", str(folder)],
        # The process ends when this pipe closes: also when this worker is killed.
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env={**kept, **variables, "PYTHONPATH": path},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()


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
