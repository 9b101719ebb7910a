"""Two who grade one assignment at the same time: the second says so, waits, and finds it done."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from small_class import PRIMES, RIGHT, SUMS, WRONG, SmallClass

from pawmark.grading.gradebook.claim import claimed
from pawmark.grading.sandbox import bubblewrap

HOLD = """
import sys, time
from pathlib import Path
from pawmark.errors import PawmarkError
from pawmark.grading.gradebook.claim import claimed
say = lambda line: print(line, flush=True)
try:
    with claimed(Path(sys.argv[1]), sys.argv[2].split(), "pawmark grade", say):
        say("held")
        time.sleep(float(sys.argv[3]))
except PawmarkError as error:
    say(error)
"""


@contextmanager
def holder(course, names, seconds=60.0):
    """Start a process that holds claims, or waits for them."""
    command = [sys.executable, "-c", HOLD, str(course), names, str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_second_says_who_grades_and_waits(tmp_path):
    """It names the command, its process, its machine and since when; another is not in its way."""
    with holder(tmp_path, "02_b 01_a") as first:
        assert first.stdout.readline() == "held\n"
        with holder(tmp_path, "03_c", 0) as other:
            assert other.stdout.read() == "held\n"
        with holder(tmp_path, "01_a", 0) as second:
            said = second.stdout.readline()
            who = f"process {first.pid} on {os.uname().nodename}, since "
            assert said.startswith(f"01_a is being graded by pawmark grade ({who}")
            assert said.endswith(" UTC); waiting for it to end.\n")
            first.kill()  # the claim of a command that was killed is none

            assert second.stdout.read() == "held\n"


def test_ctrl_c_ends_the_waiting(tmp_path):
    """Who waits and is stopped has done nothing, and says so in a sentence."""
    with holder(tmp_path, "01_a") as first:
        first.stdout.readline()
        with holder(tmp_path, "01_a") as second:
            second.stdout.readline()
            time.sleep(0.3)
            second.send_signal(signal.SIGINT)

            assert second.stdout.read() == "interrupted while it waited: it has done nothing.\n"


def test_a_process_that_was_started_while_it_was_held_does_not_hold_it(tmp_path):
    """A worker that outlives its command keeps nobody waiting."""
    with claimed(tmp_path, ["01_a"], "pawmark grade", print):
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
    try:
        with holder(tmp_path, "01_a", 0) as other:
            assert other.stdout.read() == "held\n"
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_course_that_cannot_be_written_is_left_to_the_command(tmp_path):
    """What is wrong there is said where it is written to, in its own words."""
    (tmp_path / ".pawmark").write_text("no folder")

    with claimed(tmp_path, ["01_a"], "pawmark grade", print):
        pass


def test_a_note_that_cannot_be_written_stops_nobody(tmp_path):
    """On a full disk, as in a file of which none can be written at a place, the claim holds."""
    (tmp_path / ".pawmark" / "claims").mkdir(parents=True)
    os.mkfifo(tmp_path / ".pawmark" / "claims" / PRIMES)
    held = []

    with claimed(tmp_path, [PRIMES], "pawmark grade", print):
        held.append(PRIMES)
    assert held == [PRIMES]


@pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)
def test_two_graders_at_once_do_the_work_once(tmp_path):
    """The second finds graded what the first did; nbgrader itself waits for no claim."""
    course = SmallClass.made_in(tmp_path / "course")
    for who, answers in (("ann", RIGHT), ("ben", WRONG)):
        course.hand_in(who, PRIMES, answers)
    course.hand_in("ann", SUMS, RIGHT)
    said = course.run_together(("pawmark", "grade", "02"), ("pawmark", "grade", "02"))

    assert [code for code, _, _ in said] == [0, 0]
    (waited,) = [one for one in said if f"{PRIMES} is being graded by pawmark grade" in one[2]]
    (worked,) = [one for one in said if one is not waited]
    assert f"{PRIMES}: 2 are graded already" in waited[1]
    assert "2 of 2" in worked[1]
    grades = course.grades(PRIMES)
    assert [grades[PRIMES, who]["score"] for who in ("ann", "ben")] == [6, 1]
    with claimed(course.root, [SUMS], "pawmark grade", print):
        course.must("nbgrader", "autograde", SUMS)
