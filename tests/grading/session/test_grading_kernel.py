"""The student's kernel in the real sandbox: what comes back, what stops it, what it cannot see."""

import sys
import time
from pathlib import Path

import psutil
import pytest

from pawmark.grading.boundary import wire
from pawmark.grading.boundary.limits import Limits
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.sandbox.namespaced import Bubblewrap
from pawmark.grading.session.kernel import KernelLost, StudentKernel

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)
REPO = Path(__file__).resolve().parents[3]
LIMIT = 20.0


@pytest.fixture(scope="module")
def kernel():
    with StudentKernel(Bubblewrap()) as started:
        yield started


def printed(kernel: StudentKernel, source: str) -> str:
    run = kernel.run(source, LIMIT)
    assert run.outcome is None, run
    return "".join(output.get("text", "") for output in run.outputs)


def test_prints_and_results_come_back(kernel):
    run = kernel.run("print('a')\nprint('b')\n6 * 7", LIMIT)

    assert run.outputs[0]["text"] == "a\nb\n"
    assert run.outputs[1]["data"]["text/plain"] == "42"


def test_an_error_is_named_and_the_kernel_lives_on(kernel):
    run = kernel.run("1 / 0", LIMIT)

    assert (run.outcome, run.error_name) == (Outcome.STUDENT_ERROR, "ZeroDivisionError")
    assert kernel.alive


def test_output_without_end_is_cut(kernel):
    run = kernel.run("for _ in range(100): print('x' * 200_000)", LIMIT)

    assert sum(len(output["text"]) for output in run.outputs) < 5 << 20


def test_nothing_of_the_instructor_is_visible(kernel):
    listing = "import os; print(*[n for p in {} if os.path.isdir(p) for n in os.listdir(p)])"
    shown = printed(kernel, listing.format([str(REPO), str(REPO / "src"), "/root"])).split()

    # The Python that grades may lie in any of these; nothing else is there.
    assert set(shown) <= {"src", "pawmark", Path(sys.prefix).name, ".pyenv", ".local"}
    assert printed(kernel, "print(os.path.exists('/etc/shadow'))") == "False\n"


def test_there_is_no_network(kernel):
    run = kernel.run("import socket; socket.create_connection(('1.1.1.1', 53), 2)", LIMIT)

    assert run.outcome is Outcome.STUDENT_ERROR
    assert run.error_name == "OSError"


def test_a_question_is_answered(kernel):
    kernel.run("def double(x):\n    return 2 * x", LIMIT)
    question = {"op": "call", "args": {"name": "double", "args": [21], "kwargs": {}}}
    answer = wire.decode(kernel.ask(wire.encode(question), LIMIT))

    assert answer == {"status": "ok", "value": 42}


def test_a_loop_without_end_is_a_timeout():
    with StudentKernel(Bubblewrap()) as kernel:
        run = kernel.run("while True: pass", 1.0)

        assert run.outcome is Outcome.TIMEOUT
        assert run.seconds < 8
        assert not kernel.alive


def test_an_exit_is_a_crash_and_later_questions_are_refused():
    with StudentKernel(Bubblewrap()) as kernel:
        assert kernel.run("import os; os._exit(3)", LIMIT).outcome is Outcome.CRASHED
        with pytest.raises(KernelLost) as lost:
            kernel.ask(wire.encode({"op": "has", "args": {"name": "x"}}), 5)

    assert lost.value.outcome is Outcome.CRASHED


def test_too_much_memory_is_told_apart():
    with StudentKernel(Bubblewrap(None, Limits(memory=700 << 20))) as kernel:
        run = kernel.run("import time\nkept = bytearray(b'x') * (1 << 30)\ntime.sleep(9)", LIMIT)

    assert run.outcome is Outcome.OUT_OF_MEMORY


def test_a_detached_child_ends_with_the_kernel():
    mark = f"{time.time_ns() % 10**6 + 10**6}"
    with StudentKernel(Bubblewrap()) as kernel:
        kernel.run(
            f"import subprocess; subprocess.Popen(['sleep', '{mark}'], start_new_session=True)", 9
        )
        assert _sleeping(mark)
    assert not _sleeping(mark)


def _sleeping(mark: str) -> bool:
    return any(
        mark in (process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])
    )
