"""The clean process: what it computes, keeps and tells."""

import gc
import os
import signal
import stat
import time
import warnings

import numpy as np
import pytest

from pawmark.vision import clean, clean_worker

MODULE = """
import os
import time


def doubled(values, times=2):
    return values * times


def process():
    return os.getpid()


def broken(text):
    raise ValueError(text)


def slow(value):
    time.sleep(1)
    return value
"""


@pytest.fixture
def checks(tmp_path):
    """Return a module of checks in a course of its own."""
    path = tmp_path / "grader_tests" / "09_sums" / "test_09_double.py"
    path.parent.mkdir(parents=True)
    path.write_text(MODULE)
    yield clean_worker.module_of(path)
    clean.end()


def test_a_function_of_a_module_runs_in_another_process(checks):
    """Arrays go there and come back; the process is one, and not this one."""
    assert clean.compute(checks.doubled, np.arange(3), times=3).tolist() == [0, 3, 6]
    assert clean.compute(checks.process) != checks.process()


def test_errors_are_told(checks):
    """An error in the clean process is raised here, with its class and text."""
    with pytest.raises(clean.RaisedThereError, match="too small") as caught:
        clean.compute(checks.broken, "too small")

    assert "ValueError" in caught.value.kinds


def test_an_answer_that_nobody_waited_for_is_given_to_nobody(checks, tmp_path):
    """Ctrl-C or an alarm while it computes: the next question gets its own answer, and keeps it."""

    def ring(*_):
        raise KeyboardInterrupt

    assert clean.compute(checks.doubled, 1) == 2
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            clean.compute(checks.slow, "late")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    assert clean.compute(checks.doubled, 4) == 8
    assert clean.compute(checks.slow, "again") == "again"


def test_a_process_that_ended_by_itself_is_replaced(checks):
    """As after a while without questions: the next one starts another, and leaves no pipe open."""
    first = clean.compute(checks.process)
    os.kill(first, signal.SIGKILL)
    time.sleep(0.2)

    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert clean.compute(checks.doubled, 2) == 4
        gc.collect()

    assert [str(one.message) for one in heard if one.category is ResourceWarning] == []


def test_a_class_computes_once(checks, tmp_path):
    """The result is kept for the grader only, and outlives the process."""
    first = clean.compute(checks.process)
    clean.end()

    folder = tmp_path / ".pawmark" / "networks"
    assert clean.compute(checks.process) == first
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())


def test_an_edit_of_the_checks_computes_anew(checks, tmp_path):
    """After an edit beside the function, nothing of before is believed."""
    first = clean.compute(checks.process)
    (tmp_path / "grader_tests" / "09_sums" / "shared.py").write_text("X = 1\n")

    assert clean.compute(checks.process) != first
