"""Cells of tests beside student code, in a real kernel: copied, scored, and gone afterwards."""

import pytest

from pawmark.grading.run.testing_inside import hidden_part, message_for, needed_before, read_tested
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.sandbox.namespaced import Bubblewrap
from pawmark.grading.session.kernel import StudentKernel

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)
SECRET = "hidden_answer_is_42"


@pytest.fixture(scope="module")
def kernel():
    with StudentKernel(Bubblewrap()) as started:
        yield started


def outputs_of(kernel, source, copy=True, seconds=20.0, before=()):
    """Run a cell of tests and return its outputs; None where the copy ended before it did."""
    reply = kernel.ask(message_for(source, before, seconds, copy), 60)
    found = read_tested(reply)
    return None if found is None else found.outputs


def shown(kernel, source):
    """Run a cell and return what it prints."""
    run = kernel.run(source, 30)
    return "".join(output.get("text", "") for output in run.outputs)


@pytest.mark.parametrize("copy", [True, False])
def test_outputs_are_those_of_a_notebook(kernel, copy):
    """Printed text, what is displayed, a result and an error come as a kernel would send them."""
    source = "from IPython.display import display\nprint('a')\ndisplay('b')\n1 + 1.5"
    kinds = [
        (o["output_type"], o.get("text") or o.get("data")) for o in outputs_of(kernel, source, copy)
    ]
    (error,) = outputs_of(kernel, "assert False, 'no'", copy)

    assert kinds[0] == ("stream", "a\n")
    assert kinds[1][0] == "display_data"
    assert kinds[2] == ("execute_result", {"text/plain": "2.5"})
    assert (error["output_type"], error["ename"], error["evalue"]) == (
        "error", "AssertionError", "no",
    )  # fmt: skip


def test_what_goes_past_python_to_stderr_is_seen(kernel):
    """Nbgrader's rule counts it, as a kernel shows it."""
    outputs = outputs_of(kernel, "import os\nos.write(2, b'from below')")

    assert outputs[0] == {"output_type": "stream", "name": "stderr", "text": "from below"}


@pytest.mark.parametrize("copy", [True, False])
def test_nothing_of_hidden_tests_stays(kernel, copy):
    """Not in the namespace, the history, or where Python and IPython keep the text of code."""
    kernel.run("value = [1]", 30)
    outputs = outputs_of(kernel, f"{SECRET} = 42\nvalue = 0\ndef helper(): return {SECRET}", copy)
    look = f"""
import gc, linecache
from IPython import get_ipython
shell = get_ipython()
part = {SECRET[:9]!r} + {SECRET[9:]!r}
texts = [str(shell.user_ns.get(n)) for n in ("In", "_i", "_ih", "_oh")]
texts += [str(list(shell.user_ns)), str(linecache.cache), str(vars(shell.history_manager))]
texts += [str(shell.last_execution_result)]
print(value, [t.count(part) for t in texts])
"""

    assert outputs == []
    assert shown(kernel, look).strip() == "[1] [0, 0, 0, 0, 0, 0, 0, 0]"


def test_a_copy_leaves_the_state_alone(kernel):
    """What tests do to the student's objects is not there afterwards."""
    kernel.run("kept = [1, 2]", 30)
    assert outputs_of(kernel, "kept.append(3)\nassert kept == [1, 2, 3]") == []
    assert shown(kernel, "print(kept)") == "[1, 2]\n"


@pytest.mark.parametrize("end", ["import os; os._exit(3)", "while True: pass"])
def test_a_copy_that_ends_or_hangs_costs_nothing_else(kernel, end):
    """The process in which the notebook runs goes on."""
    assert outputs_of(kernel, end, seconds=1.0) is None
    assert shown(kernel, "print('here')") == "here\n"


def test_hidden_parts_above_run_before_a_cell_that_needs_them(kernel):
    """Helpers of earlier hidden tests are there, as in a notebook that is run whole."""
    hidden = [hidden_part("assert 1\n#\ndef near(a, b): return a == b", "assert 1"), "x = 1"]
    source = "assert near(1, 1)"

    assert needed_before(source, hidden) == ["#\ndef near(a, b): return a == b"]
    assert needed_before("assert x", hidden) == hidden
    assert needed_before("assert 1", hidden) == []
    assert outputs_of(kernel, source, before=needed_before(source, hidden)) == []


def test_what_is_never_shown_is_an_error_all_the_same(kernel):
    """A student who keeps the shell from showing errors has failed the tests as others do."""
    kernel.run("keep = get_ipython().showtraceback; get_ipython().showtraceback = print", 30)
    hidden = outputs_of(kernel, "assert False")
    plain = kernel.run("assert False", 30)
    kernel.run("get_ipython().showtraceback = keep", 30)

    assert [o["output_type"] for o in hidden if o["output_type"] == "error"] == ["error"]
    assert any(o["output_type"] == "error" for o in plain.outputs)
