"""Workers that stay: how many there are, what they answer, and what happens when one ends."""

import contextlib
import os
import signal

import psutil
import pytest
from attack_course import HONEST, NAME, Course

from pawmark.grading import resources
from pawmark.grading.batch import pool
from pawmark.grading.sandbox import bubblewrap

GIB = 1 << 30


@pytest.mark.parametrize(
    ("cores", "free", "limit", "wanted", "expected"),
    [
        (8, 64 * GIB, None, None, 8),
        (8, 5 * GIB, None, None, 2),
        (8, 1 * GIB, None, None, 1),
        (8, 64 * GIB, "7", None, 8),
        (8, 33 * GIB, "7", None, 4),
        (8, 1 * GIB, None, 5, 5),
    ],
)
def test_as_many_as_cores_and_memory_allow(
    monkeypatch, tmp_path, cores, free, limit, wanted, expected
):
    """Cores, or free memory over that of a worker, whichever is less; who asks decides."""
    monkeypatch.setattr(resources, "SYSTEM", tmp_path)  # no groups with limits of their own
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)))
    memory = psutil.virtual_memory()._replace(available=free)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    monkeypatch.delenv("PAWMARK_MEMORY_GB", raising=False)
    if limit is not None:
        monkeypatch.setenv("PAWMARK_MEMORY_GB", limit)

    assert pool.workers_that_fit(wanted) == expected


@pytest.mark.skipif(bubblewrap.available() is not None, reason=str(bubblewrap.available()))
def test_a_worker_that_ends_is_replaced(tmp_path, small_pets, monkeypatch):
    """It costs its order, and is said to have ended; the next one gets a new worker."""
    course = Course(tmp_path, small_pets.root)
    course.build()
    course.hand_in("ada", HONEST)
    for name, value in course.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PAWMARK_WARM", "0")
    with pool.Pool(tmp_path / "logs") as workers:
        answer = workers.ask(order(course))
        assert (answer["points"], answer["max_points"], answer["live"]) == (8, 8, 1)
        assert workers.ask(order(course))["live"] == 0  # its recording is there
        assert "FileNotFoundError" in workers.ask(order(course, assignment="98_absent"))["failed"]
        (first,) = workers.pids
        os.kill(first, signal.SIGKILL)
        with contextlib.suppress(pool.WorkerEndedError):  # unless it was seen to have ended
            workers.ask(order(course))
        assert workers.ask(order(course))["points"] == 8
        _, last = workers.pids
    assert not psutil.pid_exists(last)


def order(course, assignment=NAME):
    """Return the order to run what Ada handed in."""
    return {
        "do": "submission",
        "course": str(course.root),
        "assignment": assignment,
        "student": "ada",
    }
