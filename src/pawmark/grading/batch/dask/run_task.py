"""Runs a task that came from another machine, as that one would have run it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pawmark.errors import PawmarkError
from pawmark.grading import course as courses
from pawmark.grading import fingerprint, resources
from pawmark.grading.batch.dask import worker
from pawmark.grading.batch.dask.task import Task, unpack
from pawmark.grading.boundary.limits import Limits
from pawmark.grading.run import recording
from pawmark.grading.run.pipeline import execution
from pawmark.grading.run.run_settings import RunSettings
from pawmark.grading.sandbox import choice
from pawmark.grading.secret import Secret
from pawmark.settings import require_valid

_NAMES = {"pawmark": "the pawmark package", "python": "Python"}


class RefusedError(PawmarkError):
    """A task that must not be run here: its result would not be that of the client's machine."""


def run(folder: str) -> dict[str, Any]:
    """Run the task that lies in a folder, and leave its recording there.

    Returns
    -------
    dict
        ``points`` and ``max_points``.

    Raises
    ------
    RefusedError
        If the result would not be that of the machine that asks.
    SandboxError
        If student code must not run here.
    SettingsError
        If a setting of this machine cannot be used.
    """
    require_valid()
    place = Path(folder)
    data = (place / worker.TASK).read_bytes()
    # The fingerprint first: another version may write tasks that this one cannot read.
    head = json.loads(data)
    courses.use(str(head.get("plugin", courses.DEFAULT)))
    require_same(head["fingerprint"], fingerprint.of_installation())
    task = Task.from_bytes(data)
    settings = _suited(task.settings)
    _require_memory(settings.limits.memory)
    found = courses.find(task.data)
    unpack((place / worker.CHECKS).read_bytes(), place)
    old = recording.from_bytes((place / worker.OLD).read_bytes())
    about = {"assignment": task.assignment, "checks": task.checks}
    secret = Secret(task.secret)
    done = execution(
        task.notebook,
        task.not_attempted,
        task.beside,
        place,
        found,
        settings,
        task.seed,
        secret,
        about,
        old,
    )
    results = done.run().values()
    (place / worker.RECORDING).write_bytes(recording.to_bytes(done.recording))
    return {
        "points": sum(result.points for result in results),
        "max_points": sum(result.max_points for result in results),
    }


def _suited(wanted: RunSettings) -> RunSettings:
    """Return the settings as this machine can keep them.

    It has a sandbox of its own, and as many threads, and as much of the processors, as a machine
    of its size needs.
    """
    own = Limits()
    limits = replace(
        wanted.limits,
        tasks=max(wanted.limits.tasks, own.tasks),
        cpu_seconds=max(wanted.limits.cpu_seconds, own.cpu_seconds),
    )
    return replace(wanted, sandbox=choice.require_beside(wanted.sandbox), limits=limits)


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


def _require_memory(wanted: int) -> None:
    total = resources.memory().total
    if wanted > total:
        raise RefusedError(
            f"a submission may use {wanted / (1 << 30):.1f} GB of memory, and this machine has "
            f"{total / (1 << 30):.1f}. Set PAWMARK_MEMORY_GB to less where pawmark grade is "
            "called, or use larger machines."
        )
