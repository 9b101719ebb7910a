"""Runs submissions beside a Dask worker: ``python -m pawmark.grading.batch.dask.runner``.

Orders come on standard input: a line with a folder each, in which a task lies. When its tape and
its result lie there, one byte goes back. The process ends, and everything of the submission with
it, when its standard input closes: so nothing is left of a worker that is killed. It takes one task
after another, which saves what each would have to import.
"""

import json
import os
import queue
import shutil
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import psutil

from pawmark.errors import PawmarkError, SandboxError
from pawmark.grading.batch.dask import worker
from pawmark.grading.batch.dask.task import Task, unpack
from pawmark.grading.boundary.limits import Limits
from pawmark.grading.run import recording
from pawmark.grading.run.pipeline import Circumstances, opted_out
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.session import warm

_NAMES = {"pawmark": "the pawmark package", "python": "Python"}


class RefusedError(PawmarkError):
    """A task that must not be run here: its result would not be that of the client's machine."""


def main() -> None:
    """Carry out orders until there are no more."""
    answers = os.dup(1)
    os.dup2(2, 1)  # nothing else gets into the answers, whatever a check prints
    orders: queue.SimpleQueue[Path] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=[orders], daemon=True).start()
    while True:
        folder = orders.get()
        try:
            result = _run(folder)
        except PawmarkError as error:
            result = {"refused": str(error)}
        part = folder / "result.part"
        part.write_text(json.dumps(result), encoding="utf-8")
        part.rename(folder / worker.RESULT)
        os.write(answers, b".")


def _listen(orders: "queue.SimpleQueue[Path]") -> None:
    folder = None
    with os.fdopen(os.dup(0), encoding="utf-8") as lines:
        for line in lines:
            folder = Path(line.rstrip("\n"))
            orders.put(folder)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
    warm.close()
    os._exit(1)  # the sandbox dies with its parent


def _run(folder: Path) -> dict[str, float]:
    began = time.monotonic()
    # The fingerprint first: another version may write tasks that this one cannot read.
    told = json.loads((folder / worker.TASK).read_bytes())
    require_same(told["fingerprint"], recording.fingerprint())
    task = Task.from_bytes((folder / worker.TASK).read_bytes())
    _require_sandbox(task)
    _require_memory(task.circumstances.limits.memory)
    data = task.data.find()
    unpack((folder / worker.CHECKS).read_bytes(), folder)
    old = recording.from_bytes((folder / worker.OLD).read_bytes())
    here = _suited(task.circumstances)
    told = {"assignment": task.assignment, "checks": task.checks}
    execution = here.execution(task.notebook, task.undone, folder, data, told, task.beside, old)
    results = execution.run()
    (folder / worker.TAPE).write_bytes(recording.to_bytes(execution.tape))
    return {
        "points": sum(result.points for result in results.values()),
        "max_points": sum(result.max_points for result in results.values()),
        "seconds": time.monotonic() - began,
    }


def _suited(circumstances: Circumstances) -> Circumstances:
    """Allow as many threads, and as much of the processors, as a machine of this size needs."""
    wanted, own = circumstances.limits, Limits()
    limits = replace(
        wanted,
        tasks=max(wanted.tasks, own.tasks),
        cpu_seconds=max(wanted.cpu_seconds, own.cpu_seconds),
    )
    return replace(circumstances, limits=limits)


def require_same(wanted: Mapping[str, str], here: Mapping[str, str]) -> None:
    """Compare the versions of two installations.

    Raises
    ------
    RefusedError
        If they are not the same; the message names what differs.
    """
    odd = [
        f"{_NAMES.get(name, name)} is {here.get(name, 'absent')}, wanted is {version}"
        for name, version in wanted.items()
        if here.get(name) != version
    ]
    if odd:
        raise RefusedError(
            f"another installation: {'; '.join(odd)}. Install the same versions of both on the "
            "workers and where pawmark grade is called, and start the workers again."
        )


def _require_sandbox(task: Task) -> None:
    if task.circumstances.sandboxed == opted_out():
        raise RefusedError(
            "PAWMARK_SANDBOX is set to none on one side only. Unset it, or set it both for the "
            "workers and where pawmark grade is called."
        )
    reason = bubblewrap.available() if task.circumstances.sandboxed else None
    if reason is not None:
        raise SandboxError(reason)


def _require_memory(wanted: int) -> None:
    total = psutil.virtual_memory().total
    if wanted > total:
        raise RefusedError(
            f"a submission may use {wanted / (1 << 30):.1f} GB of memory, and this machine has "
            f"{total / (1 << 30):.1f}. Set PAWMARK_MEMORY_GB to less where pawmark grade is "
            "called, or use larger machines."
        )


if __name__ == "__main__":
    main()
