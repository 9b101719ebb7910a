"""Limits on a submission's processes together, in the real sandbox, without cgroups."""

import os
import resource
import time
from pathlib import Path

import pytest

from pawmark.grading.boundary import wire
from pawmark.grading.boundary.limits import Limits, Usage, process_usage, usage_of
from pawmark.grading.checks.student import Student, StudentError
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.sandbox.namespaced import Bubblewrap
from pawmark.grading.sandbox.unprotected import Unprotected
from pawmark.grading.session.kernel import StudentKernel

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)
LIMIT = 60.0
SMALL = Limits(memory=700 << 20, tasks=120, file_size=8 << 20, cpu_seconds=600)

GRAB = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        kept = []
        while True:
            kept.append(bytearray(b"x") * (16 << 20))
time.sleep(60)
"""
FILES = """
for folder in ("/tmp", "/dev/shm", "/home/student"):
    for number in range(60):
        with open(f"{folder}/{number}", "wb") as file:
            file.write(bytes(7 << 20))
import time; time.sleep(60)
"""
NAMES = """
import os, time
for number in range(800_000):
    os.mkdir(f"/tmp/{number}")
time.sleep(60)
"""
# At most so many, and all of them asleep, should the limit not hold.
FORKS = """
import os, time
for _ in range(300):
    try:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    except OSError:
        pass
time.sleep(60)
"""
THREADS = """
import threading, time
for _ in range(1000): threading.Thread(target=time.sleep, args=(60,)).start()
time.sleep(60)
"""
SHARED = """
import os, time
kept = bytearray(b"x") * (300 << 20)
for _ in range(6):
    if os.fork() == 0:
        time.sleep(1.5)
        os._exit(0)
time.sleep(1.5)
print("went on")
"""


@pytest.fixture
def kernel():
    with StudentKernel(Bubblewrap(None, SMALL)) as started:
        yield started


@pytest.mark.parametrize(
    ("source", "outcomes"),
    [
        pytest.param(GRAB, {Outcome.OUT_OF_MEMORY}, id="memory of several processes"),
        pytest.param(FILES, {Outcome.OUT_OF_MEMORY}, id="files in memory"),
        pytest.param(
            FORKS,
            {Outcome.CRASHED, Outcome.OUT_OF_MEMORY},
            id="processes",
            marks=pytest.mark.skipif(
                not bubblewrap.bounds_processes(),
                reason="the system does not limit root's processes in number, nor another user's",
            ),
        ),
        pytest.param(THREADS, {Outcome.CRASHED, Outcome.STUDENT_ERROR}, id="threads"),
        pytest.param(NAMES, {Outcome.OUT_OF_MEMORY}, id="empty names", marks=pytest.mark.slow),
    ],
)
def test_what_all_processes_use_together_is_limited(kernel, source, outcomes):
    """Too much of anything ends the submission's processes, soon and with the reason."""
    run = kernel.run(source, LIMIT)

    assert run.outcome in outcomes
    assert run.seconds < LIMIT / 2


def test_shared_memory_is_counted_once(kernel):
    """Six copies of a process that write nothing use no more than one."""
    run = kernel.run(SHARED, LIMIT)

    assert run.outcome is None
    assert run.outputs[0]["text"] == "went on\n"


def test_one_allocation_beyond_the_limit_is_refused_at_once(kernel):
    """A single request that is far too large raises MemoryError and the kernel lives on."""
    run = kernel.run("kept = bytearray(4 << 30)", LIMIT)

    assert (run.outcome, run.error_name) == (Outcome.STUDENT_ERROR, "MemoryError")
    assert kernel.alive


def test_running_out_of_memory_in_a_question_has_its_own_outcome(kernel):
    """A function that asks for too much is told apart from one with an error."""
    kernel.run("def f():\n    return bytearray(4 << 30)", LIMIT)
    student = Student(lambda message: kernel.ask(message, LIMIT))

    with pytest.raises(StudentError) as caught:
        student.call("f")
    assert caught.value.outcome is Outcome.OUT_OF_MEMORY


def test_an_answer_that_is_too_large_has_its_own_outcome(kernel):
    """An answer beyond the cap is not sent, said so, and the kernel lives on."""
    kernel.run(f"def f():\n    return 'x' * {wire.MAX_JSON + 1}", LIMIT)
    student = Student(lambda message: kernel.ask(message, LIMIT))

    with pytest.raises(StudentError) as caught:
        student.call("f")
    assert caught.value.outcome is Outcome.OUTPUT_LIMIT
    assert student.has("f")


def test_processor_time_is_limited():
    """A process that computes without end is stopped long before its wall clock limit."""
    with StudentKernel(Bubblewrap(None, Limits(cpu_seconds=8))) as kernel:
        run = kernel.run("while True: pass", LIMIT)

    assert run.outcome in (Outcome.TIMEOUT, Outcome.CRASHED)
    assert run.seconds < LIMIT


def test_resource_limits_hold_and_cannot_be_raised(kernel):
    """File size, open files and core dumps are limited, for good."""
    run = kernel.run(
        "import resource as r\n"
        "print(*map(r.getrlimit, (r.RLIMIT_CORE, r.RLIMIT_FSIZE, r.RLIMIT_CPU)))\n"
        "for kind in (r.RLIMIT_FSIZE, r.RLIMIT_DATA, r.RLIMIT_NOFILE):\n"
        "    try: r.setrlimit(kind, (-1, -1))\n"
        "    except (ValueError, OSError): print('refused')\n"
        "open('large', 'wb').write(bytes(9 << 20))",
        LIMIT,
    )

    assert run.outputs[0]["text"] == "(0, 0) (8388608, 8388608) (600, 600)\n" + 3 * "refused\n"
    assert run.error_name == "OSError"


def test_watching_costs_little(kernel):
    """Looking at the sandbox's processes takes less than a hundredth of the time between looks."""
    began = time.process_time()
    time.sleep(3)

    assert time.process_time() - began < 0.3


def test_usage_counts_what_a_process_uses():
    """Memory, threads and processor time of this process are what others say they are."""
    usage = process_usage(Path("/proc/self"))

    assert usage.memory == pytest.approx(
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10, rel=0.9
    )
    assert usage.tasks >= 1
    assert usage.cpu_seconds == pytest.approx(sum(os.times()[:4]), abs=2)


def test_usage_of_what_has_ended_or_is_strange_is_nothing(tmp_path):
    """A process that ended between two looks, or a garbled line, raises nothing."""
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "stat").write_bytes(b"1 (a) b) c) S")

    assert usage_of(tmp_path, 5) == Usage()
    assert process_usage(tmp_path / "2") == Usage()
    assert usage_of(tmp_path / "3", 5) == Usage()
    assert usage_of(tmp_path, 0) == Usage(tasks=1)


def test_limits_travel_as_text():
    """What the grader sets is what the runner reads."""
    assert Limits.from_text(SMALL.to_text()) == SMALL
    assert Limits().tasks >= 512 + (os.cpu_count() or 1)


def test_memory_and_processes_are_limited_without_a_sandbox_too():
    """Where the instructor has opted out, the watcher still looks at the tree of processes."""
    with StudentKernel(Unprotected(None, SMALL)) as kernel:
        run = kernel.run("kept = bytearray(b'x') * (900 << 20)\nimport time; time.sleep(60)", LIMIT)

    assert run.outcome is Outcome.OUT_OF_MEMORY
