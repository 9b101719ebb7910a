"""Submissions run by a real Dask scheduler and workers, each a process of its own on this machine."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from attack_course import HONEST, NAME, TARGET, WRONG, Course
from rich.console import Console

import pawmark
from pawmark import cohort
from pawmark.cluster.runner import RefusedError, require_same
from pawmark.errors import CourseError
from pawmark.grading import records, sandbox

distributed = pytest.importorskip("distributed", reason="the cluster extra is not installed")
Client = distributed.Client
pytestmark = pytest.mark.skipif(
    sandbox.available() is not None, reason=f"no sandbox: {sandbox.available()}"
)
LOOP = HONEST | {"99-clip": "def clipped(values, low, high):\n    while True:\n        pass"}
SLOW = HONEST | {"99-mean": "import time\n\ntime.sleep(4)\n" + HONEST["99-mean"]}
CLASS = {
    "anna-right": HONEST,
    "ben-wrong": WRONG,
    "cleo-loop": LOOP,
    "dora-same": HONEST,
    "emil-nothing": {},
}
SCORES = {"anna-right": 8, "ben-wrong": 4, "cleo-loop": 6, "dora-same": 8, "emil-nothing": 0}


class Cluster:
    """A scheduler and its workers, without anything shared with the course.

    Parameters
    ----------
    folder
        Where they run, and what they say.
    cache
        A cache folder with the drawn data, so that no worker draws them again.
    """

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if "PAWMARK" not in name},
            "PAWMARK_CACHE": str(cache),
            "PYTHONPATH": str(Path(pawmark.__file__).resolve().parents[1]),
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
            "DASK_DISTRIBUTED__DASHBOARD__LINK": "",
        }
        self.started: list[subprocess.Popen] = []
        self.address = ""

    def start(self) -> None:
        """Start the scheduler, on a port that is free."""
        told = self.folder / "scheduler.json"
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        self._run("scheduler", *options, "--scheduler-file", str(told))
        until(told.exists)
        until(lambda: told.read_text().endswith("}"))
        self.address = json.loads(told.read_text())["address"]

    def add(self, *options: str, **environment: str) -> subprocess.Popen:
        """Start a worker that has one submission at a time."""
        options = ("--no-nanny", "--no-dashboard", "--nthreads", "1", *options)
        return self._run("worker", self.address, *options, **environment)

    def _run(self, what: str, *arguments: str, **environment: str) -> subprocess.Popen:
        with (self.folder / f"{what}-{len(self.started)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", what, *arguments],
                cwd=self.folder,
                env=self.environment | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.started.append(process)
        return process

    def stop(self) -> None:
        """End all of it."""
        for process in self.started:
            process.kill()
            process.wait()


def until(what, seconds: float = 60) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def cluster(tmp_path_factory, small_cache):
    """Give a scheduler without workers."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"), small_cache)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@contextmanager
def surroundings(course: Course):
    """Set the variables under which a course is graded, with the same hidden inputs each time."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in course.environment.items():
            patch.setenv(name, value)
        patch.setenv("PAWMARK_SEED", "5")
        yield


def build(folder: Path, data: Path, students: dict) -> Course:
    """Build a course in which some have handed in."""
    course = Course(folder, data)
    course.build()
    for student, cells in students.items():
        course.hand_in(student, cells)
    return course


def grade(course: Course, scheduler: str | None = None, status: int = 0, **options) -> str:
    """Grade the class and return what was printed."""
    console = Console(file=io.StringIO(), width=200)
    with surroundings(course):
        done = cohort.grade(course.root, NAME, console, scheduler=scheduler, **options)
    assert done == status, console.file.getvalue()
    return console.file.getvalue()


def results(course: Course) -> str:
    """Return scores, and every byte of each record but times."""
    kept = {}
    for path in sorted((course.root / "autograded").glob(f"*/{NAME}/{NAME}.record.json")):
        record = json.loads(path.read_text())
        record.pop("seconds")
        kept[path.parent.parent.name] = record
    return json.dumps([course.scores(), kept])


def tapes(course: Course) -> dict[str, bytes]:
    """Return the tapes by name."""
    return {path.name: path.read_bytes() for path in (course.root / records.FOLDER).iterdir()}


def kill_who_runs(cluster: Cluster, workers: dict[str, subprocess.Popen]) -> threading.Thread:
    """Kill the first worker that is seen to run a submission, from a thread that is returned."""

    def kill() -> None:
        with Client(cluster.address, set_as_default=False) as client:
            names = {}

            def running() -> list[str]:
                entries = client.scheduler_info(n_workers=-1)["workers"]
                names.update({address: entry["name"] for address, entry in entries.items()})
                found = client.processing().items()
                return [who for who, keys in found if any("pawmark-run" in key for key in keys)]

            until(running)
            workers[names[running()[0]]].kill()

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def test_distributed_is_sequential(cluster, tmp_path, small_pets):
    """Two workers, one of them killed on the way, give the records of plain nbgrader autograde."""
    alone = build(tmp_path / "alone", small_pets.root, CLASS)
    with surroundings(alone):
        done = alone.nbgrader("autograde", NAME)
    assert done.returncode == 0, done.stderr
    assert alone.scores() == SCORES
    shared = build(tmp_path / "shared", small_pets.root, CLASS)
    workers = {name: cluster.add("--name", name) for name in ("one", "two")}
    killer = kill_who_runs(cluster, workers)

    printed = grade(shared, cluster.address)
    killer.join()

    assert printed.count(" of 5  ") == 5
    assert sum(process.poll() is not None for process in workers.values()) == 1
    assert results(shared) == results(alone)
    assert tapes(shared) == tapes(alone)
