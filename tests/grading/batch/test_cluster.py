"""Submissions run by a real Dask scheduler and workers, each a process of its own."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from attack_course import HONEST, NAME, TARGET, WRONG, Course
from rich.console import Console

import pawmark
from pawmark.errors import CourseError
from pawmark.grading.batch import grade_class
from pawmark.grading.batch.dask.run_task import RefusedError, require_same
from pawmark.grading.batch.submission import jobs_of
from pawmark.grading.run import recording
from pawmark.grading.sandbox import bubblewrap, landlocked

distributed = pytest.importorskip("distributed", reason="the cluster extra is not installed")
Client = distributed.Client
pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)
LOOP = HONEST | {"99-clip": "def clipped(values, low, high):\n    while True:\n        pass"}
SLOW = HONEST | {"99-mean": "import time\n\ntime.sleep(4)\n" + HONEST["99-mean"]}
SLOW_TOO = SLOW | {"99-clip": f"{HONEST['99-clip']}  # written in another way"}
CLASS = {
    "anna-right": HONEST,
    "ben-wrong": WRONG,
    "cleo-loop": LOOP,
    "dora-same": HONEST,
}
SCORES = {"anna-right": 8, "ben-wrong": 4, "cleo-loop": 6, "dora-same": 8}


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

    def stop(self, first: int) -> None:
        """End what was started after the first so many."""
        for process in self.started[first:]:
            process.kill()
            process.wait()


def until(what, seconds: float = 60) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory, small_cache):
    """Start a scheduler."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"), small_cache)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop(0)


@pytest.fixture
def cluster(scheduler):
    """Give a scheduler without workers."""
    yield scheduler
    scheduler.stop(1)


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
        done = grade_class.grade(course.root, NAME, console, scheduler=scheduler, **options)
    assert done == status, console.file.getvalue()
    return console.file.getvalue()


USED = ("seconds", "memory")


def results(course: Course) -> str:
    """Return scores, and every byte of each record but times and the name of the secret."""
    kept = {}
    for path in sorted((course.root / "autograded").glob(f"*/{NAME}/{NAME}.record.json")):
        record = json.loads(path.read_text())
        del record["seconds"], record["run"], record["secret"]  # each course has its own
        kept[path.parent.parent.name] = record
    return json.dumps([course.scores(), kept])


def recordings(course: Course) -> dict[str, bytes]:
    """Return the recordings by name, without what differs from run to run of the same code."""
    found = {}
    for path in (course.root / recording.FOLDER).iterdir():
        head, _, rest = path.read_bytes().partition(b"\n")
        kept = {name: value for name, value in json.loads(head).items() if name not in USED}
        found[path.name] = json.dumps(kept).encode() + rest
    return found


def kill_who_runs(
    cluster: Cluster, workers: dict[str, subprocess.Popen], task: str, times: int
) -> threading.Thread:
    """Kill so many workers that are seen to run a task, from a thread that is returned."""

    def kill() -> None:
        killed: set[str] = set()
        with Client(cluster.address, set_as_default=False) as client:
            while len(killed) < times:
                entries = client.scheduler_info(n_workers=-1)["workers"]
                for address, keys in client.processing().items():
                    name = entries.get(address, {}).get("name")
                    new = name in workers and name not in killed  # known since the first look
                    if new and any(task in key for key in keys):
                        workers[name].kill()
                        killed.add(name)
                        break
                time.sleep(0.02)

    thread = threading.Thread(target=kill, daemon=True)
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
    killer = kill_who_runs(cluster, workers, "pawmark-run", times=1)

    printed = grade(shared, cluster.address)
    killer.join()

    assert printed.count(" of 4  ") == 4
    assert sum(process.poll() is not None for process in workers.values()) == 1
    assert results(shared) == results(alone)
    assert recordings(shared) == recordings(alone)


@pytest.mark.slow
def test_a_submission_that_ends_its_workers(cluster, tmp_path, small_pets):
    """Workers lost again and again: a person is asked, others are graded; --force tries again."""
    course = build(tmp_path, small_pets.root, {"anna": HONEST, "mallory": SLOW})
    workers = {name: cluster.add("--name", name) for name in ("a", "b", "c", "d", "e")}
    killer = kill_who_runs(cluster, workers, key_of(course, "mallory"), times=4)

    printed = grade(course, cluster.address, status=1)
    killer.join(30)

    assert "mallory: not run: its workers were lost, again and again; about" in printed
    assert course.scores() == {"anna": 8, "mallory": 0}
    assert course.outcomes("mallory", TARGET) == {"grader error"}
    assert course.outcomes("anna", TARGET) == {"passed"}
    assert (
        "were lost, again and again"
        in course.record("mallory")["exercises"][0]["checks"][0]["detail"]
    )
    grade(course, cluster.address, force=True)
    assert course.scores() == {"anna": 8, "mallory": 8}


def key_of(course: Course, student: str) -> str:
    """Return the name of the recording of a submission."""
    with surroundings(course):
        return jobs_of(course.root, NAME, student)[0].key


@pytest.mark.slow
def test_interrupted_run_goes_on(cluster, tmp_path, small_pets):
    """Ctrl-C ends what runs on the workers; what was run is kept, and the rest done next time."""
    course = build(tmp_path, small_pets.root, {"anna": SLOW_TOO, "mallory": SLOW})
    cluster.add()
    program = "from pawmark.cli import main; main()"
    command = [sys.executable, "-c", program, "grade", "99", "--scheduler", cluster.address]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    first = subprocess.Popen(
        command,
        cwd=course.root,
        env=os.environ | course.environment | {"PATH": path, "PAWMARK_SEED": "5"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with first:
        said = next(line for line in first.stdout if "1 of 2" in line)
        first.send_signal(signal.SIGINT)
        said += first.stdout.read()

    assert first.returncode == 130
    assert "interrupted. What was run is kept" in said
    assert "Traceback" not in said
    until(lambda: not runners(cluster))
    printed = grade(course, cluster.address)
    assert printed.count("was run already") == 1
    assert course.scores() == {"anna": 8, "mallory": 8}


def runners(cluster: Cluster) -> list[psutil.Process]:
    """Return the processes in which the workers of this cluster, and no other, run submissions."""
    cache = cluster.environment["PAWMARK_CACHE"]
    return [
        process
        for process in psutil.process_iter(["cmdline", "environ"])
        if "pawmark.grading.batch.serve" in (process.info["cmdline"] or [])
        and (process.info["environ"] or {}).get("PAWMARK_CACHE") == cache
    ]


def test_another_installation_is_refused(cluster, tmp_path, small_pets):
    """A worker with other code runs nothing, and the message names what differs."""
    course = build(tmp_path, small_pets.root, {"anna": HONEST})
    other = tmp_path / "other"
    shutil.copytree(Path(pawmark.__file__).parent, other / "pawmark")
    with (other / "pawmark" / "errors.py").open("a") as file:
        file.write("# another version\n")
    cluster.add(PYTHONPATH=str(other))

    with pytest.raises(CourseError, match="another installation: the pawmark package is") as error:
        grade(course, cluster.address)

    assert cluster.address.rsplit(":", 1)[0] in str(error.value)
    assert not (course.root / recording.FOLDER).exists()


@pytest.mark.skipif(landlocked.available() is not None, reason=str(landlocked.available()))
def test_a_worker_grades_in_its_own_sandbox_and_says_so(cluster, tmp_path, small_pets):
    """A worker that uses Landlock writes landlock, whatever the machine that asks would use."""
    course = build(tmp_path, small_pets.root, {"anna": HONEST})
    cluster.add(PAWMARK_SANDBOX="landlock")

    grade(course, cluster.address)

    assert course.scores() == {"anna": 8}
    assert course.record("anna")["sandbox"] == "landlock"


@pytest.mark.slow
def test_photographs_must_be_on_the_worker(cluster, tmp_path, small_pets):
    """Data that cannot be drawn are asked for by name; a worker that has them grades with them."""
    data = tmp_path / "photographs"
    shutil.copytree(small_pets.root, data, ignore=shutil.ignore_patterns("pawmark-*.json"))
    course = build(tmp_path, data, {"anna": HONEST})
    worker = cluster.add()
    with pytest.raises(CourseError, match=r"uses the data real-.*, and here PAWMARK_DATA is not"):
        grade(course, cluster.address)
    worker.kill()
    cluster.add(PAWMARK_DATA=str(data))

    grade(course, cluster.address)

    assert course.scores() == {"anna": 8}


@pytest.mark.slow
def test_training_asks_for_a_gpu(cluster, tmp_path, small_pets, monkeypatch):
    """Under the gpu profile what trains runs where a GPU is offered, and nowhere else."""
    course = build(tmp_path, small_pets.root, {"anna": HONEST})
    path = course.root / "source" / NAME / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"][1]["metadata"]["pawmark"] = {"seconds": 300}
    path.write_text(json.dumps(notebook))
    monkeypatch.setenv("PAWMARK_PROFILE", "gpu")
    cluster.add()
    with Client(cluster.address, set_as_default=False) as client:
        client.wait_for_workers(1)
        with pytest.raises(CourseError, match="needs what no worker offers: GPU=1"):
            grade(course, cluster.address)
        cluster.add("--resources", "GPU=1")
        client.wait_for_workers(2)

    grade(course, cluster.address)

    assert course.scores() == {"anna": 8}


def test_no_scheduler_is_said_in_a_sentence(tmp_path, small_pets, monkeypatch):
    """An address where nothing answers, and a missing extra, give one readable message."""
    course = build(tmp_path, small_pets.root, {"anna": HONEST})
    monkeypatch.setattr("pawmark.grading.batch.dask.client._CONNECT", 1)
    with pytest.raises(CourseError, match=r"No Dask scheduler answers at tcp://127.0.0.1:9 "):
        grade(course, "tcp://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CourseError, match=r"pip install 'pawmark\[cluster\]'"):
        grade(course, "tcp://127.0.0.1:9")


def test_a_class_that_is_not_trained_again_needs_no_cluster(tmp_path, small_pets, monkeypatch):
    """Where trained weights are taken as handed in, a scheduler is refused with the reason."""
    course = build(tmp_path, small_pets.root, {"anna": HONEST})
    monkeypatch.setenv("PAWMARK_TRAINING", "handed-in")

    with pytest.raises(CourseError, match=r"PAWMARK_TRAINING=handed-in .* leave --scheduler out"):
        grade(course, "tcp://127.0.0.1:9")


def test_versions_are_compared_by_name():
    """What differs between two installations is listed with both versions."""
    with pytest.raises(RefusedError, match=r"numpy is 1.0, wanted is 2.0; keras is absent, wanted"):
        require_same(
            {"numpy": "2.0", "keras": "3.0", "python": "3"}, {"numpy": "1.0", "python": "3"}
        )


@pytest.mark.slow
def test_lost_scheduler_is_said_in_a_sentence(tmp_path, small_cache, small_pets):
    """A scheduler that is lost ends the command with one sentence, and what ran on the workers."""
    course = build(tmp_path, small_pets.root, {"mallory": SLOW})
    (tmp_path / "cluster").mkdir()
    cluster = Cluster(tmp_path / "cluster", small_cache)
    try:
        cluster.start()
        cluster.add()
        killer = threading.Thread(
            target=lambda: until(lambda: runners(cluster)) or cluster.started[0].kill()
        )
        killer.start()
        with pytest.raises(CourseError, match="The scheduler is gone"):
            grade(course, cluster.address)
        killer.join()
        until(lambda: not runners(cluster))
    finally:
        cluster.stop(0)
