"""A regrade that is stopped while it writes says what it has written, and what to do next."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from small_class import PRIMES, SUMS, WRONG, SmallClass

from pawmark.grading.batch.regrade import Interrupted
from pawmark.grading.gradebook import readiness
from pawmark.grading.sandbox import bubblewrap

# Writing is what a thread does: there, and not where a preview asks for penalties, it is slow.
SLOW = """

import threading
import time
from pathlib import Path


class Slow(AnHourAPoint):
    def late_submission_penalty(self, *asked):
        if Path("slow").exists() and threading.current_thread() is not threading.main_thread():
            Path("writing").touch()
            time.sleep(2)
        return super().late_submission_penalty(*asked)


c.AssignLatePenalties.plugin_class = Slow
"""


@pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)
def test_ctrl_c_while_grades_are_written_tells_what_is_and_what_is_not(tmp_path):
    """One true sentence; the same command writes the rest, and nothing is lost."""
    course = SmallClass.made_in(tmp_path / "course")
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + SLOW)
    with course.gradebook() as book:
        book.update_or_create_assignment(SUMS, duedate="2026-03-01 12:00:00")
    for name in (SUMS, PRIMES):
        course.hand_in("ben", name, WRONG, came="2026-03-01 12:30:00")
    course.must("pawmark", "grade", "01", "02", "--workers", "2")
    before = course.grades()
    for exercise in ("01-total", "02-is-prime"):
        (path,) = course.root.rglob(f"grader_tests/*/test_{exercise.replace('-', '_')}.py")
        path.write_text(path.read_text().replace("expect(", "expect(True or "))
    (course.root / "slow").touch()
    said = interrupted_when(course, "writing")

    assert said == (
        "pawmark: interrupted. Of 2 grades that change, written: 1, as before: 1; the same "
        "command writes the rest.\n"
    )
    after = course.grades()
    assert after[SUMS, "ben"]["score"] > before[SUMS, "ben"]["score"]
    assert after[PRIMES, "ben"] == before[PRIMES, "ben"]
    (course.root / "slow").unlink()
    course.must("pawmark", "regrade", "01", "02", "--write")
    assert course.grades()[PRIMES, "ben"]["score"] > before[PRIMES, "ben"]["score"]


def interrupted_when(course: SmallClass, name: str) -> str:
    """Regrade both assignments, press Ctrl-C when a file is there, and return what is said."""
    with subprocess.Popen(
        [Path(sys.executable).with_name("pawmark"), "regrade", "01", "02", "--write"],
        cwd=course.root,
        env=course.surroundings(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        until = time.monotonic() + 300
        while not (course.root / name).exists() and time.monotonic() < until:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=100)[1]
    assert process.returncode == 130
    return said


def test_what_was_written_begun_and_left_is_counted(tmp_path):
    """It is what lies on the disk: a record that is another one, and the mark of what was begun."""
    found = {PRIMES: [SimpleNamespace(student=who) for who in ("ann", "ben", "cleo", "dan")]}
    paths = {}
    for who in ("ann", "ben", "cleo"):
        folder = tmp_path / "autograded" / who / PRIMES
        folder.mkdir(parents=True)
        paths[who] = folder / f"{PRIMES}.record.json"
        paths[who].write_text("{}")
    assert "nothing was written" in str(Interrupted(tmp_path, {PRIMES: []}))
    told = Interrupted(tmp_path, found)
    assert str(told) == (
        "interrupted. Of 4 grades that change, written: 0, as before: 4; the same command writes "
        "the rest."
    )

    paths["ann"].unlink()
    paths["ann"].write_text("{ }")
    mark = readiness.mark_of(tmp_path, PRIMES, "ben")
    mark.parent.mkdir(parents=True)
    mark.touch()
    assert str(told) == (
        "interrupted. Of 4 grades that change, written: 1, half-way: 1 (pawmark grade 02 writes "
        "these), as before: 2; the same command writes the rest."
    )

    mark.unlink()
    for who in ("ben", "cleo", "dan"):
        folder = tmp_path / "autograded" / who / PRIMES
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{PRIMES}.record.json").unlink(missing_ok=True)
        (folder / f"{PRIMES}.record.json").write_text("{  }")
    assert str(told) == (
        "interrupted. All 4 grades that change had been written. New pages for them: nbgrader "
        "generate_feedback NAME, for 02_primes"
    )
