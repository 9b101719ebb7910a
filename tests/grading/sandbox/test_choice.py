"""The one gate before student code runs: in which sandbox, or why not at all."""

import io
import time

import pytest
from rich.console import Console

from pawmark.authoring import demo
from pawmark.authoring.doctor import grading
from pawmark.doctor import Status
from pawmark.errors import SandboxError, SettingsError
from pawmark.grading.batch import grade_class, regrade
from pawmark.grading.batch.submission import jobs_of
from pawmark.grading.run.run_settings import RunSettings
from pawmark.grading.sandbox import bubblewrap, choice, landlocked

NO_SANDBOX = "PAWMARK_SANDBOX is 'off': bubblewrap, landlock or none is wanted"


@pytest.fixture
def only_landlock(monkeypatch):
    """Let this be a machine that grants no name spaces, and has Landlock."""
    monkeypatch.delenv(choice.VARIABLE, raising=False)
    monkeypatch.setattr(bubblewrap, "available", lambda: "bubblewrap does not work here")
    monkeypatch.setattr(bubblewrap, "installed", lambda: True)
    monkeypatch.setattr(landlocked, "available", lambda data=None: None)
    choice.forget()
    yield
    monkeypatch.undo()
    choice.forget()


def test_a_sandbox_goes_by_its_name(monkeypatch):
    """What is asked for by name is what the settings of a run carry."""
    monkeypatch.setenv(choice.VARIABLE, "none")

    assert RunSettings.here().sandbox == "none"


def test_a_name_that_is_none_is_refused_everywhere(monkeypatch, tmp_path, small_pets):
    """A slip in PAWMARK_SANDBOX stops every way to grade, before a file is looked at."""
    monkeypatch.setenv(choice.VARIABLE, "off")

    for gate in (
        choice.require,
        choice.chosen,
        RunSettings.here,
        lambda: choice.require_beside("bubblewrap"),
        lambda: jobs_of(tmp_path, "99_absent", "ada"),
        lambda: grade_class.require_ready(tmp_path),
        lambda: regrade.require_ready(tmp_path),
    ):
        with pytest.raises(SettingsError, match=NO_SANDBOX):
            gate()
    finding = grading.sandbox()
    assert finding.status is Status.MEND
    assert NO_SANDBOX in finding.remedy


@pytest.mark.usefixtures("only_landlock")
def test_landlock_helps_the_demo_out_where_bubblewrap_is_missing(monkeypatch):
    """Before it runs without walls, the demo takes the walls that need no installation."""
    monkeypatch.setattr(bubblewrap, "installed", lambda: False)
    choice.forget()
    out = io.StringIO()
    variables = demo.environment_of(Console(file=out, width=200))

    assert choice.refusal() is not None
    assert variables["PAWMARK_SANDBOX"] == "landlock"
    assert "The demo does that." in out.getvalue()
    monkeypatch.setattr(landlocked, "available", lambda data=None: "no Landlock here")
    choice.forget()
    assert demo.environment_of(Console(file=out, width=200))["PAWMARK_SANDBOX"] == "none"
    assert "NO SANDBOX" in out.getvalue()


def test_the_demo_says_that_it_goes_on(monkeypatch):
    """Whoever waits reads a line every so often, and none once it is done."""
    monkeypatch.setattr(demo, "SILENCE", 0.05)
    out = io.StringIO()
    with demo.speaking(Console(file=out), "grading 02"):
        time.sleep(0.5)
    said = out.getvalue()
    time.sleep(0.2)

    assert said.count("still grading 02, 0 s so far") >= 2
    assert out.getvalue() == said


@pytest.mark.usefixtures("only_landlock")
def test_what_works_here_is_used_for_another_machine():
    """A worker on which only Landlock works grades for a client with bubblewrap, and says so."""
    assert choice.require_beside("bubblewrap") == "landlock"


@pytest.mark.usefixtures("only_landlock")
def test_the_doctor_asks_the_gate():
    """Where grading would use Landlock, nobody is told to do without a sandbox."""
    finding = grading.sandbox()

    assert finding.status is Status.OK
    assert "Landlock" in finding.says


@pytest.mark.parametrize(("here", "there"), [("none", "bubblewrap"), ("bubblewrap", "none")])
def test_nobody_does_without_for_another_machine(monkeypatch, here, there):
    """To grade without a sandbox has to be said on both sides."""
    monkeypatch.setenv(choice.VARIABLE, here)
    if here != "none" and choice.refusal() is not None:
        pytest.skip("no sandbox")

    with pytest.raises(SandboxError, match="on one side only"):
        choice.require_beside(there)


def test_the_doctor_names_a_sandbox_that_is_switched_off(monkeypatch):
    """Grading without a sandbox is something to mend, not a machine in order."""
    monkeypatch.setenv(choice.VARIABLE, "none")

    finding = grading.sandbox()

    assert finding.status is Status.MEND
    assert "none" in finding.says
