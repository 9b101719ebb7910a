"""Kills graders at random moments and counts what they leave behind; run as a program of its own.

``python killed_graders.py SANDBOX START ROUNDS SEED`` prints one JSON object. It adopts whatever
loses its parent, in sandboxes too, so that no process that is left can hide from it.

SANDBOX is ``bubblewrap``, ``landlock`` or ``bare``; START is ``cold``, ``warm``, or ``second`` for
a warm one whose template stands already. ``bare`` starts next to nothing in a sandbox, without a
kernel, and kills whoever started it within the moments that this takes: many rounds in little time.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time

import psutil

from pawmark.grading.boundary import landlock
from pawmark.grading.sandbox import bubblewrap

ADOPT = 36  # PR_SET_CHILD_SUBREAPER
AT_ONCE = 4
PATIENCE = 30.0
SIGNALS = (signal.SIGKILL, signal.SIGTERM)
SPIN = "while True: pass"
# Says when it begins; then starts a sandbox, in which a child is detached and code runs on.
GRADER = """
import sys
from pawmark.grading.sandbox.landlocked import Landlocked
from pawmark.grading.sandbox.namespaced import Bubblewrap
from pawmark.grading.session.kernel import StudentKernel
from pawmark.grading.inside.preloaded import LIBRARIES

def kernel():
    if sys.argv[1] == "landlock":
        return StudentKernel(Landlocked())
    return StudentKernel(Bubblewrap(), libraries=() if sys.argv[2] == "cold" else LIBRARIES)

if sys.argv[2] == "second":
    with kernel() as first:
        assert first.warm
print("begins", flush=True)
with kernel() as started:
    started.run("import subprocess; subprocess.Popen(['sleep', '900'], start_new_session=True)", 60)
    started.run("import time; time.sleep(900)", 900)
"""


def start(kind: str, how: str) -> subprocess.Popen:
    """Start a grader, which says on its standard output when it begins."""
    environment = os.environ | {"PAWMARK_WARM": "0" if how == "cold" else "1"}
    argv = [sys.executable, "-c", GRADER, kind, how]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, env=environment)


def moment(chance: random.Random) -> float:
    """Draw when to kill: any time of the first two seconds, more often soon."""
    return chance.uniform(0, chance.choice((0.15, 0.5, 2.0)))


def kill_some(kind: str, how: str, count: int, chance: random.Random) -> list[int]:
    """Kill some graders that start side by side; return how many processes each had."""
    graders = [start(kind, how) for _ in range(count)]
    plan = []
    for grader in graders:
        with grader.stdout as said:
            assert said.readline() == b"begins\n"
        plan.append((time.monotonic() + moment(chance), chance.choice(SIGNALS), grader))
    had = []
    for when, number, grader in sorted(plan, key=lambda entry: entry[0]):
        time.sleep(max(when - time.monotonic(), 0))
        had.append(len(family(grader.pid)))
        grader.send_signal(number)
    for grader in graders:
        grader.wait()
    return had


def kill_bare(chance: random.Random) -> int:
    """Kill a process right after it started a sandbox; return how many processes it had."""
    argv = bubblewrap.command(["sleep", "900"], None)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        bubblewrap.start(argv, ())
        os.write(writing, b"x")
        time.sleep(900)
    os.read(reading, 1)
    os.close(reading)
    os.close(writing)
    time.sleep(chance.uniform(0, chance.choice((0.04, 0.1, 0.5))))
    had = len(family(pid))
    os.kill(pid, chance.choice(SIGNALS))
    os.waitpid(pid, 0)
    return had


def family(pid: int) -> list[psutil.Process]:
    """Return all descendants of a process."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def wait_for_the_end(others: set[int]) -> tuple[float, list[str]]:
    """Wait until no descendant is left but some; return how long, and what is left all the same."""
    began = time.monotonic()
    while True:
        reap()
        left = [process for process in family(os.getpid()) if process.pid not in others]
        seconds = time.monotonic() - began
        if not left or seconds > PATIENCE:
            found = [described(process) for process in left]
            for process in left:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            return seconds, found
        time.sleep(0.01)


def reap() -> None:
    """Take note of the end of adopted processes."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def described(process: psutil.Process) -> str:
    """Return what a process is, who its parent is, and what it is doing."""
    with contextlib.suppress(psutil.Error):
        words = " ".join(process.cmdline()[-6:])[-200:]
        return f"{process.pid} of {process.ppid()}, {process.status()}: {process.name()} {words}"
    return "one that has just ended"


def main() -> None:
    """Do all rounds under load, and say what came of them."""
    kind, how, rounds, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    landlock.control(ADOPT, 1)
    chance = random.Random(seed)
    busy = [subprocess.Popen([sys.executable, "-I", "-S", "-c", SPIN]) for _ in range(2)]
    had, left, slowest = [], [], 0.0
    try:
        while len(had) < rounds:
            if kind == "bare":
                had.append(kill_bare(chance))
            else:
                had += kill_some(kind, how, min(AT_ONCE, rounds - len(had)), chance)
            seconds, found = wait_for_the_end({process.pid for process in busy})
            slowest = max(slowest, seconds)
            left += found
    finally:
        for process in busy:
            process.kill()
            process.wait()
    print(json.dumps({"user": os.getuid(), "had": had, "left": left, "slowest": slowest}))


if __name__ == "__main__":
    main()
