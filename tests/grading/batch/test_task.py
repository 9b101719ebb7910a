"""What travels to a worker of a cluster comes out as it went in."""

from hand_ins import Work
from nbformat import from_dict

from pawmark.grading.batch.dask.task import Task
from pawmark.grading.boundary.limits import Limits
from pawmark.grading.run.run_settings import RunSettings


def test_a_task_travels_with_the_files_beside_the_notebook():
    """Notebook, exercises, limits and every byte of the files arrive on the other machine."""
    task = Task(
        key="k",
        assignment="01_small",
        checks="c",
        notebook=from_dict(Work().notebook),
        not_attempted=frozenset({"01-double"}),
        beside={"helpers.py": b"x = 1\n", "data/plot.png": bytes(range(256)), "empty": b""},
        settings=RunSettings("bubblewrap", 60.0, 3600.0, Limits(), None),
        seed=7,
        secret=b"part of the course's",
        plugin="none",
        data={"identity": "drawn", "seed": 7},
        fingerprint={"python": "3"},
        variables={"PAWMARK_PROFILE": "quick"},
    )
    arrived = Task.from_bytes(task.to_bytes())

    assert arrived == task
