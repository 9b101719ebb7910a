"""Machines that are not as usual: files that only their owner may read, no home, one core."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pawmark.grading.results import record
from pawmark.grading.sandbox import choice

ROOT = Path(__file__).resolve().parents[2]
SUMS = "01_sums"

needs_sandbox = pytest.mark.skipif(choice.refusal() is not None, reason=str(choice.refusal()))


@pytest.fixture
def course(tmp_path) -> Path:
    """Give a copy of the course that needs no large library, with one hand-in."""
    course = Path(shutil.copytree(ROOT / "tests" / "courses" / "arithmetic", tmp_path / "course"))
    shutil.copytree(course / "source" / SUMS, course / "submitted" / "ann" / SUMS)
    return course


def run(folder: Path, *arguments: str, umask: int = -1, **more: str) -> subprocess.CompletedProcess:
    """Run a Python in a folder, without what the tests' own environment says of homes."""
    hidden = ("HOME", "PAWMARK_CACHE", "XDG_CACHE_HOME", "PAWMARK_DATA")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=kept | more,
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )


def pawmark(folder: Path, *arguments: str, umask: int = -1, **more: str):
    """Run a command of Pawmark; see `run`."""
    program = "from pawmark.cli import main; main()"
    return run(folder, "-c", program, *arguments, umask=umask, **more)


def points(course: Path, umask: int = -1, **more: str) -> float:
    """Release, grade, and return the points that a record has."""
    released = run(
        course, "-m", "nbgrader", "generate_assignment", SUMS, "--force", umask=umask, **more
    )
    assert released.returncode == 0, released.stderr
    graded = pawmark(course, "grade", "01", umask=umask, **more)
    assert graded.returncode == 0, graded.stdout + graded.stderr
    (grade,) = record.read_all(course / "autograded")
    return grade.points


@needs_sandbox
def test_files_that_only_their_owner_may_read(course, tmp_path):
    """Under umask 077 sandboxes, other users too, still find what they must read."""
    assert points(course, umask=0o077, HOME=str(tmp_path)) == 9


@needs_sandbox
def test_without_a_variable_for_the_home(course):
    """Where HOME is unset, as under cron, the system's own entry of the user is enough."""
    assert points(course) == 9


def test_a_home_that_cannot_be_written(tmp_path):
    """Photographs need a folder of their own then: one sentence says how to name it."""
    home = {"HOME": "/proc/nobody"}
    refused = pawmark(tmp_path, "data", "make", "--count", "12", "--path", **home)
    cache = {"PAWMARK_CACHE": str(tmp_path / "cache")}
    made = pawmark(tmp_path, "data", "make", "--count", "12", "--path", **home, **cache)

    assert refused.returncode == 1
    assert refused.stderr.startswith("pawmark: ")
    assert "PAWMARK_CACHE" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert made.returncode == 0, made.stderr
    assert (Path(made.stdout.strip()) / "images").is_dir()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system ties to no core")
def test_one_core_is_one_worker(course):
    """Tied to one core, the doctor says that one submission is graded at a time."""
    tied = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "from pawmark.cli import main; main()"
    )
    done = run(course, "-c", tied, "doctor", "--json", HOME=str(course))
    (workers,) = (one for one in json.loads(done.stdout) if one["topic"] == "workers")

    assert workers["says"].startswith("1 core, ")
