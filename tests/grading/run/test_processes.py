"""Which cell is to blame when a process ends, and who is asked where that cannot be told."""

import pytest
from check_files import write_checks
from hand_ins import CHECKS, FILE, NAME, Work, cell_of, code, place_of, put

from pawmark.grading.intake.choosing import choose
from pawmark.grading.intake.finding import find
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.run import processes
from pawmark.grading.run.execution import AS_HANDED_IN, LEFT_OUT, Execution
from pawmark.grading.run.pipeline import not_attempted_in
from pawmark.grading.run.recording import from_bytes, to_bytes
from pawmark.grading.run.slices import Slice
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.sandbox.namespaced import Bubblewrap
from pawmark.grading.secret import PRACTICE
from pawmark.grading.session import warm
from pawmark.grading.session.kernel import StudentKernel

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)
WORK = Work()


@pytest.fixture(autouse=True)
def warm_starts(monkeypatch):
    """Start every process as a copy of one that has imported all."""
    monkeypatch.setenv("PAWMARK_WARM", "1")
    yield
    warm.close()


@pytest.fixture
def run(tmp_path, small_pets):
    """Return what runs a notebook and its checks in the real sandbox."""
    write_checks(tmp_path, NAME, CHECKS)

    def execute(notebook, old=None, **more):
        put(tmp_path / "hand-in", notebook)
        repaired = choose(WORK.release, find(tmp_path / "hand-in"), FILE)
        libraries = warm.libraries_for(["import numpy"])
        settings = {"timeout": 30, "budget": 300} | more
        execution = Execution(
            notebook=repaired.notebook,
            not_attempted=not_attempted_in(repaired.notebook, repaired),
            course=tmp_path,
            data=small_pets,
            guest_root="/nowhere",
            new_kernel=lambda: StudentKernel(Bubblewrap(), libraries),
            seed=5,
            secret=PRACTICE,
            sandbox="bubblewrap",
            old=old,
            **settings,
        )
        execution.run()
        return execution

    return execute


def with_cells(*sources, after="setup"):
    """Return the right answers, with cells of the student's own."""
    notebook = WORK.notebook
    place = place_of(notebook, after) + 1
    notebook["cells"][place:place] = [code(source) for source in sources]
    return notebook


def points(execution):
    """Return the points by exercise."""
    return {name: result.points for name, result in execution.results.items()}


ALL = {"01-double": 5, "01-treble": 5}
LATER = "import os, threading\nthreading.Timer({}, os._exit, [1]).start()"
DELAYED = {
    "shutdown": "import IPython\nIPython.Application.instance().kernel.do_shutdown(True)",
    "timer": LATER.format(0.7),
    "alarm": "import signal\nsignal.alarm(1)",
    "child": "import os, time\nif os.fork() == 0:\n    time.sleep(0.7)\n"
    "    os.kill(os.getppid(), 9)\n    os._exit(0)",
    "hook": "import os\nget_ipython().events.register('pre_run_cell', lambda *_: os._exit(1))",
    "loop": "import asyncio, os\nasyncio.get_running_loop().call_later(0.7, os._exit, 1)",
}


@pytest.mark.parametrize(
    "way",
    [
        way if way in ("shutdown", "timer") else pytest.param(way, marks=pytest.mark.slow)
        for way in DELAYED
    ],
)
def test_a_cell_that_ends_the_process_later_costs_nobody_else_a_point(run, way):
    """It is found among innocent ones, named, and left out; all answers have their points."""
    slow = WORK.notebook
    cell_of(slow, "treble")["source"] += "\n\nimport time\ntime.sleep(1)"
    place = place_of(slow, "setup") + 1
    slow["cells"][place:place] = [code("mine = 1"), code(DELAYED[way]), code("also_mine = 2")]
    execution = run(slow)
    begins = DELAYED[way].splitlines()[0][:60]

    assert points(execution) == ALL
    assert len(execution.losses) == 1
    assert repr(begins) in execution.losses[0]
    assert "later" in execution.losses[0]
    assert execution.doubts == ()
    again = run(slow, from_bytes(to_bytes(execution.recording)))
    assert (points(again), again.losses, again.live) == (ALL, execution.losses, 0)


def test_an_answer_that_ends_the_process_at_once_costs_itself_alone(run):
    """The replay without it stands, so it is named, and nobody else and no person is troubled."""
    notebook = with_cells("mine = 1")
    cell_of(notebook, "double")["source"] += "\n\nimport os\nos._exit(1)"
    execution = run(notebook)

    assert points(execution) == {"01-double": 0, "01-treble": 5}
    assert ["'def double(x):'" in line for line in execution.losses] == [True]
    assert execution.doubts == ()


def test_a_cell_that_set_a_trap_is_to_blame_and_not_the_one_that_fell_into_it(run):
    """What ends the process only when an answer calls it costs the one who put it there."""
    trap = "import math, os\nmath.floor = lambda *_: os._exit(1)"
    notebook = with_cells("mine = 1", trap, "other = 2")
    cell_of(notebook, "treble")["source"] += "\n\nimport math\nmath.floor(1.5)"
    execution = run(notebook)

    assert points(execution) == ALL
    assert ["'import math, os'" in line for line in execution.losses] == [True]
    assert execution.doubts == ()


def test_a_trap_into_which_an_answer_falls_when_it_is_asked_is_found(run):
    """The answer does well without the cell that set it: that cell is named."""
    notebook = with_cells("import math, os\nmath.floor = lambda *_: os._exit(1)")
    cell_of(notebook, "treble")["source"] = (
        "import math\n\ndef treble(x):\n    return 3 * math.floor(x)"
    )
    execution = run(notebook)

    assert points(execution) == ALL
    assert ["'import math, os'" in line for line in execution.losses] == [True]


def test_a_cause_that_cannot_be_established_asks_a_person(run, monkeypatch):
    """Where the processes are used up, nobody is named as the cause, and a person is asked."""
    monkeypatch.setattr(processes, "MAX_RESTARTS", 1)
    notebook = with_cells(DELAYED["shutdown"])
    # So long that the end comes before the notebook's.
    cell_of(notebook, "treble")["source"] += "\n\nimport time\ntime.sleep(3)"
    execution = run(notebook)
    checks = [check for result in execution.results.values() for check in result.checks]
    said = " ".join([*execution.losses, *(check.message for check in checks)])

    assert "could not be established" in said
    assert "your code" not in said
    assert any(doubt.exercise is None for doubt in execution.doubts)
    asked = {doubt.exercise for doubt in execution.doubts} - {None}
    assert asked == {name for name, got in points(execution).items() if got == 0}
    again = run(notebook, from_bytes(to_bytes(execution.recording)))
    assert again.doubts == execution.doubts


def test_time_that_is_over_asks_a_person(run):
    """What is not reached has no points, and is nobody's silent zero."""
    execution = run(with_cells("import time\ntime.sleep(60)"), budget=8)

    assert execution.doubts
    assert {doubt.exercise for doubt in execution.doubts} >= {"01-double", "01-treble"}


SILENT = {
    "stopped": "import os, signal, threading\n"
    "threading.Timer(0.7, os.kill, [os.getpid(), signal.SIGSTOP]).start()",
    "deaf": "get_ipython().run_cell = lambda *_, **__: None",
    "held": "import ctypes, threading\n"
    "threading.Timer(0.7, ctypes.PyDLL(None).sleep, [999]).start()",
    "alarm": "import signal\n\ndef loop(*_):\n    while True:\n        pass\n\n"
    "signal.signal(signal.SIGALRM, loop)\nsignal.setitimer(signal.ITIMER_REAL, 0.7)",
    "busy": "import threading\n\ndef spin():\n    while True:\n        pass\n\n"
    "for _ in range(6):\n    threading.Thread(target=spin, daemon=True).start()",
}


@pytest.fixture
def impatient(monkeypatch):
    """Wait three seconds for the answer of a process that is asked to do nothing."""
    monkeypatch.setattr(processes, "MAX_SILENCE", 3.0)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "way",
    [
        way if way in ("stopped", "deaf") else pytest.param(way, marks=pytest.mark.slow)
        for way in SILENT
    ],
)
def test_a_cell_that_silences_the_process_costs_nobody_else_a_point(run, way):
    """It is found among innocent ones, named, and left out; a person is told that it was."""
    notebook = with_cells("mine = 1", SILENT[way], "also_mine = 2")
    # Many short waits: with busy threads beside them each takes a turn of theirs. And one until
    # after the silence has begun, however fast all else was.
    cell_of(notebook, "treble")["source"] = (
        "import time\n\ndef treble(x):\n    end = time.monotonic() + 1.2\n"
        "    for _ in range(300):\n        time.sleep(0.001)\n"
        "    time.sleep(max(0, end - time.monotonic()))\n    return 3 * x"
    )
    execution = run(notebook, timeout=5)

    assert points(execution) == ALL, (execution.results, execution.losses, execution.doubts)
    assert [repr(SILENT[way].splitlines()[0][:60]) in line for line in execution.losses] == [True]
    assert "from answering later" in execution.losses[0]
    assert [doubt.reason for doubt in execution.doubts] == [processes.DOUBT_LEFT_OUT]
    again = run(notebook, from_bytes(to_bytes(execution.recording)))
    assert (points(again), again.losses, again.live) == (ALL, execution.losses, 0)


@pytest.mark.parametrize("helper", ["", "def waits():\n    pass"])
def test_an_answer_that_never_ends_costs_itself_alone(run, helper):
    """It does so without any other cell too, or with those that it needs: nobody is troubled."""
    notebook = with_cells(helper or "mine = 1")
    body = "while True:\n        waits()" if helper else "while True:\n        pass"
    cell_of(notebook, "treble")["source"] = f"def treble(x):\n    {body}"
    execution = run(notebook, timeout=3)
    [check] = execution.results["01-treble"].checks

    assert points(execution) == {"01-double": 5, "01-treble": 0}
    assert check.outcome is Outcome.TIMEOUT
    assert "is a loop endless?" in check.message
    assert execution.doubts == ()


@pytest.mark.usefixtures("impatient")
def test_what_silences_the_process_unseen_ends_the_run_early(run):
    """Two in a row hang for no known cause: nobody is blamed, the rest waits for a person."""
    notebook = with_cells(*(f"mine = {n}  # hang" for n in range(4)), after="double-check")
    cell_of(notebook, "double")["source"] += (
        "\n\nimport time\nget_ipython().events.register('pre_run_cell',\n"
        "    lambda info: time.sleep(99) if '# hang' in info.raw_cell else None)"
    )
    execution = run(notebook, timeout=3)
    [check] = execution.results["01-treble"].checks
    said = " ".join([*execution.losses, check.message])

    assert points(execution) == {"01-double": 5, "01-treble": 0}
    assert check.outcome is Outcome.NOT_REACHED
    assert len(execution.losses) == 2
    assert "it was not this answer's doing as far as can be told" in said
    assert "your code" not in said
    asked = {doubt.exercise: doubt.reason for doubt in execution.doubts}
    assert asked.keys() == {None, "01-treble"}
    assert asked[None] == processes.DOUBT_SILENT


def test_an_interrupt_that_an_answer_raises_ends_nothing(run):
    """KeyboardInterrupt is an error like others: the row names it, and the process lives on."""
    notebook = WORK.notebook
    cell_of(notebook, "double")["source"] = "def double(x):\n    raise KeyboardInterrupt('no')"
    execution = run(notebook)
    [check] = execution.results["01-double"].checks

    assert points(execution) == {"01-double": 0, "01-treble": 5}
    assert (check.outcome, check.message) == (Outcome.STUDENT_ERROR, "KeyboardInterrupt: no")
    assert execution.live == 1


def test_edits_that_ask_anew_find_every_cell(run, tmp_path):
    """After edits of the checks of two exercises, both ask a process in which all cells ran."""
    first = run(WORK.notebook, about={"checks": "1"})
    edited = CHECKS.replace('"double", 2) == 4', '"double", 3) == 6')
    write_checks(tmp_path, NAME, edited.replace('"treble", 2) == 6', '"treble", 3) == 9'))
    again = run(WORK.notebook, from_bytes(to_bytes(first.recording)), about={"checks": "2"})

    assert again.live == 1
    assert points(again) == ALL


SET_UP = 1  # the place of the assignment's own cell
PART = Slice({SET_UP: ("TEN", "math")})


def shown(execution):
    """Return what stands below the cell that sets up."""
    return [output.text for output in execution.notebook.cells[SET_UP].outputs]


def test_a_part_of_a_notebook(run):
    """What is left out says so, with what it showed when it was handed in; a recording keeps it."""
    notebook = WORK.notebook
    notebook["cells"][SET_UP]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "ten"}
    ]
    part = run(notebook, part=PART)
    again = run(notebook, from_bytes(to_bytes(part.recording)), about={"checks": "2"})
    for execution in (part, again):
        assert points(execution) == ALL
        assert execution.left_out == ("01-setup",)
        assert shown(execution) == [f"Grader: {AS_HANDED_IN}.\n", "ten"]
    assert (part.live, again.live) == (1, 0)

    # All begins anew without the cell that ends the process, and what is left out says so once.
    slow = with_cells(DELAYED["shutdown"])
    cell_of(slow, "treble")["source"] += "\n\nimport time\ntime.sleep(1)"
    late = run(slow, part=PART)
    assert len(late.losses) == 1
    assert shown(late) == [f"Grader: {LEFT_OUT}.\n"]
    assert shown(run(notebook)) == []


def test_a_part_that_was_too_small(run):
    """Everything runs when a cell misses a name, as if the part had never been run."""
    execution = run(with_cells("print(TEN)"), part=PART)
    assert points(execution) == ALL
    assert execution.left_out == ()
    assert [cell.outputs[0].text for cell in execution.notebook.cells if cell.get("outputs")] == [
        "10\n"
    ]
    assert not execution.recording.left_out
