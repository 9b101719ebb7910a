"""Faults of the machine: after a rerun every submission has the grade of an undisturbed run."""

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

from pawmark.grading import sandbox

pytestmark = pytest.mark.skipif(
    sandbox.available() is not None, reason=f"no sandbox: {sandbox.available()}"
)
CLASS = {"anna": HONEST, "ben": WRONG, "cleo": HONEST}
SCORES = {"anna": 8, "ben": 4, "cleo": 8}


@pytest.fixture
def course(tmp_path, small_pets):
    """Give a fresh course with three submissions."""
    course = Course(tmp_path, small_pets.root)
    course.build()
    for student, cells in CLASS.items():
        course.hand_in(student, cells)
    return course


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


def test_locked_gradebook(course):
    """A gradebook that another program keeps locked costs no grade once it is free again."""
    with closing(sqlite3.connect(course.root / "gradebook.db")) as other:
        other.execute("begin exclusive")
        done = course.nbgrader("autograde", NAME)
        assert done.returncode != 0
        other.rollback()

    finish(course)


def test_corrupted_gradebook_is_said(course):
    """A gradebook that is no database stops grading; the submissions stay as they were."""
    before = course.fingerprint()
    book = course.root / "gradebook.db"
    kept = shutil.copy(book, course.root / "kept.db")
    book.write_bytes(b"this is no database" * 100)
    done = course.nbgrader("autograde", NAME)

    assert done.returncode != 0
    assert course.fingerprint() == before
    shutil.move(kept, book)
    finish(course)
