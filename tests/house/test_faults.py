"""Faults of the machine: after a rerun every submission has the grade of an undisturbed run."""

import io
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from attack_course import HONEST, NAME, WRONG, Course
from rich.console import Console

from pawmark.errors import CourseError
from pawmark.grading.batch import grade_class
from pawmark.grading.checks.session import check_module
from pawmark.grading.gradebook import readiness
from pawmark.grading.sandbox import bubblewrap

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)
CLASS = {"anna": HONEST, "ben": WRONG, "cleo": HONEST}
SCORES = {"anna": 8, "ben": 4, "cleo": 8}
OWN_MOUNTS = ("unshare", "--map-root-user", "--mount")
ALMOST_FULL = """
mkdir "$1.small"
mount -t tmpfs -o size=200m tmpfs "$1.small"
cp -a "$1/." "$1.small"
used=$(df -k --output=used "$1.small" | tail -n 1)
mount -o "remount,size=$((used + $2))k" "$1.small"
mount --bind "$1.small" "$1"
cd "$1"
grade && echo "was not full"
mount -o remount,size=200m "$1.small"
grade
cp -a "$1/." "$1.after"
"""
READ_ONLY = """
mount --bind "$1" "$1"
mount -o remount,ro,bind "$1"
cd "$1"
grade
"""
JUMPING_CLOCK = """
import itertools, random, time

_real, _days = time.time, random.Random(3)
time.time = lambda: _real() + 86400 * _days.uniform(-900, 900)
time.time_ns = lambda: int(time.time() * 1e9)
"""


def _no_mounts() -> str | None:
    """Tell why this test may not mount anything for itself; None if it may."""
    command = [*OWN_MOUNTS, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        return str(error)
    return done.stderr.strip() if done.returncode else None


needs_mounts = pytest.mark.skipif(
    _no_mounts() is not None, reason=f"no mounts of its own: {_no_mounts()}"
)


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory, small_pets):
    """Release a course once, with three submissions."""
    course = Course(tmp_path_factory.mktemp("class"), small_pets.root)
    course.build()
    for student, cells in CLASS.items():
        course.hand_in(student, cells)
    return course


@pytest.fixture
def course(tmp_path, handed_in, small_pets):
    """Give a fresh course with three submissions."""
    folder = shutil.copytree(handed_in.root.parent, tmp_path / "class")
    return Course(folder, small_pets.root)


def start(course: Course) -> subprocess.Popen:
    """Start grading without waiting for it."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.Popen(
        [sys.executable, "-m", "nbgrader", "autograde", NAME],
        cwd=course.root,
        env=os.environ | {"PATH": path} | course.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def finish(course: Course) -> None:
    """Grade what is left, and require the grades of an undisturbed run."""
    done = course.nbgrader("autograde", NAME)

    assert done.returncode == 0, done.stderr[-3000:]
    assert course.scores() == SCORES
    assert all(course.record(student)["student"] == student for student in CLASS)


def in_own_mounts(course: Course, script: str, *arguments: str) -> subprocess.CompletedProcess:
    """Run a shell script in which $1 is the course and ``grade`` grades; its mounts are its own."""
    grade = f'grade() {{ "{sys.executable}" -m nbgrader autograde {NAME}; }}'
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [*OWN_MOUNTS, "sh", "-ec", f"{grade}\n{script}", "sh", str(course.root), *arguments],
        env=os.environ | {"PATH": path} | course.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=300,
        check=False,
    )


def kill_at_random_moments(course: Course, times: int, seed: int) -> None:
    """Kill grading without a warning, each time later or earlier than before."""
    moments = random.Random(seed)
    for _ in range(times):
        grader = start(course)
        time.sleep(moments.uniform(1.5, 14))
        grader.send_signal(signal.SIGKILL)
        grader.wait()


def test_killed_graders_lose_no_grade(course):
    """Three graders killed at random moments: a rerun gives every grade, and nothing survives."""
    before = course.fingerprint()
    kill_at_random_moments(course, times=3, seed=int(time.time()))

    finish(course)

    assert course.fingerprint() == before
    assert course.survivors() == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_many_killed_graders_lose_no_grade(course, seed):
    """Five graders killed, eight times over: always the grades of an undisturbed run."""
    kill_at_random_moments(course, times=5, seed=seed)

    finish(course)


def test_two_graders_at_once(course):
    """Two graders of one course end with the grades of one."""
    first, second = start(course), start(course)
    first.wait(timeout=300)
    second.wait(timeout=300)

    finish(course)


def test_data_that_vanishes(course, tmp_path):
    """A data folder that is gone stops grading with its name; once it is back, all is graded."""
    data = Path(course.environment["PAWMARK_DATA"])
    course.environment["PAWMARK_DATA"] = str(tmp_path / "gone")
    done = course.nbgrader("autograde", NAME)

    assert done.returncode == 1
    assert "does not exist" in done.stderr
    assert not (course.root / "autograded").exists()
    course.environment["PAWMARK_DATA"] = str(data)
    finish(course)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_data_that_vanishes_midway(course, tmp_path, seed):
    """Data that are gone while others are graded cost nobody a point once they are back."""
    data = Path(course.environment["PAWMARK_DATA"])
    here, away = tmp_path / "pets", tmp_path / "away"
    shutil.copytree(data, here)
    course.environment["PAWMARK_DATA"] = str(here)
    grader = start(course)
    time.sleep(random.Random(seed).uniform(4, 9))
    here.rename(away)
    grader.wait(timeout=200)
    away.rename(here)

    finish(course)


def test_a_fault_in_the_checks_is_graded_again(course):
    """What the grader itself got wrong is graded again by a rerun, with nothing to remember."""
    module = check_module(course.root, "99-mean")
    kept = module.read_text()
    module.write_text(kept.replace("expect_close(got, values.mean()", "open('/gone')", 1))
    done = course.nbgrader("autograde", NAME)

    assert done.returncode == 1
    module.write_text(kept)
    finish(course)


def test_locked_gradebook(course):
    """A gradebook that another program keeps locked costs no grade once it is free again."""
    course.environment["PAWMARK_GRADEBOOK_WAIT"] = "1"
    with closing(sqlite3.connect(course.root / "gradebook.db")) as other:
        other.execute("begin exclusive")
        done = course.nbgrader("autograde", NAME)
        assert done.returncode != 0
        assert "gradebook.db is locked by another program" in done.stderr
        assert "Traceback" not in done.stderr
        assert not (course.root / "autograded").exists()
        other.rollback()

    finish(course)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_gradebook_locked_midway(course, seed):
    """A gradebook that is locked for a while, at any moment, costs no grade after a rerun."""
    grader = start(course)
    time.sleep(random.Random(seed).uniform(2, 9))
    with closing(sqlite3.connect(course.root / "gradebook.db", timeout=60)) as other:
        other.execute("begin exclusive")
        time.sleep(8)
        other.rollback()
    grader.wait(timeout=200)

    finish(course)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("no database", marks=pytest.mark.slow),
        pytest.param("cut", marks=pytest.mark.slow),
        "overwritten",
    ],
)
def test_corrupted_gradebook_is_said(course, damage):
    """A damaged gradebook stops grading with a message; put back, it gives every grade."""
    before = course.fingerprint()
    book = course.root / "gradebook.db"
    kept = shutil.copy(book, course.root / "kept.db")
    content = book.read_bytes()
    half = len(content) // 2
    damaged = {
        "no database": b"this is no database" * 100,
        "cut": content[:half],
        "overwritten": content[:4096] + bytes(half) + content[4096 + half :],
    }
    book.write_bytes(damaged[damage])
    done = course.nbgrader("autograde", NAME)

    assert done.returncode != 0
    assert "gradebook.db is damaged" in done.stderr
    assert "Traceback" not in done.stderr
    assert book.read_bytes() == damaged[damage]
    assert course.fingerprint() == before
    shutil.move(kept, book)
    finish(course)


def test_grading_a_class_stops_at_a_damaged_gradebook(course):
    """Grading side by side says what is wrong with the gradebook before it runs anything."""
    (course.root / "gradebook.db").write_bytes(b"this is no database" * 100)

    with pytest.raises(CourseError, match=r"gradebook\.db is damaged"):
        grade_class.grade(course.root, NAME, Console(file=io.StringIO()))
    assert not (course.root / ".pawmark").exists()


def test_grading_a_class_grades_again_what_was_left_half_way(course):
    """A grader killed while it wrote leaves a folder that is no grade, side by side too."""
    folder = course.folder("autograded", "ben")
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text('{"cells": [')
    mark = readiness.mark_of(course.root, NAME, "ben")
    mark.parent.mkdir(parents=True)
    mark.touch()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in course.environment.items():
            patch.setenv(name, value)
        status = grade_class.grade(course.root, NAME, Console(file=io.StringIO()), students=["ben"])

    assert status == 0
    assert course.scores() == {"ben": 4}
    assert not mark.exists()


@needs_mounts
@pytest.mark.parametrize(
    "kibibytes",
    [40, *(pytest.param(free, marks=pytest.mark.slow) for free in (0, 20, 60))],
)
def test_full_disk(course, kibibytes):
    """A disk that becomes full while grading writes costs no grade once there is room again."""
    before = course.fingerprint()
    done = in_own_mounts(course, ALMOST_FULL, str(kibibytes))

    assert done.returncode == 0, done.stderr[-3000:]
    assert "was not full" not in done.stdout
    told = ("disk is full", "cannot write to the course folder")
    assert any(message in done.stderr for message in told)
    shutil.rmtree(course.root)
    Path(f"{course.root}.after").rename(course.root)
    assert course.fingerprint() == before
    finish(course)


@needs_mounts
def test_read_only_course(course):
    """A course that cannot be written is refused with its name, and is graded once it can be."""
    before = course.fingerprint()
    done = in_own_mounts(course, READ_ONLY)

    assert done.returncode != 0
    assert f"cannot write to the course folder {course.root}" in done.stderr
    assert "Traceback" not in done.stderr
    assert course.fingerprint() == before
    finish(course)


@pytest.mark.slow
def test_clock_that_jumps(course, tmp_path):
    """A wall clock that jumps by years, either way, at every look, changes no grade.

    The clock of the grader's own Python is replaced: the machine's stays as it is.
    """
    folder = tmp_path / "clock"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(JUMPING_CLOCK)
    course.environment["PYTHONPATH"] += f"{os.pathsep}{folder}"

    finish(course)
