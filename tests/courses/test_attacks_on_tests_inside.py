"""What tests inside a notebook hold against a student, and what they cannot: as the page says.

docs/threat-model.md, "Tests inside the notebook".
"""

import nbformat
import pytest
from any_course import copy
from traitlets.config import Config

from pawmark.authoring.answers import fill, reference_cells
from pawmark.grading import course as courses
from pawmark.grading.batch.submission import jobs_of
from pawmark.grading.gradebook import course_settings
from pawmark.grading.intake.release_form import forms_of
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.sandbox import bubblewrap

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)
NAME = "data1"
RIGHT = (2.0, 1.0)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Give a course with one notebook, two tests that hide something, and a file beside."""
    before = courses.name()
    made = copy("files", tmp_path_factory.mktemp("course"), pawmark=False)
    yield made
    courses.use_configured(Config({"Pawmark": {"plugin": before}}), made)


def graded(course, student, changed, added=""):
    """Grade a hand-in with some answers changed, and a cell added at its beginning."""
    courses.use_configured(course_settings.load(course), course)
    source = course / "source" / NAME / f"{NAME}.ipynb"
    release = forms_of(source.read_bytes(), course, source).release
    right = reference_cells(nbformat.read(source, as_version=4))
    notebook = fill(release, right | changed)
    if added:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(added, id="added"))
    path = course / "submitted" / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    return jobs_of(course, NAME, student)[0].run()


def points(done):
    return tuple(result.points for result in done.results.values())


def outcome(done, exercise):
    return done.results[exercise].checks[0].outcome


def test_a_right_answer_is_replayed_without_running(course):
    """A second grading takes the tests' outputs from the recording."""
    done = graded(course, "ann", {})
    again = jobs_of(course, NAME, "ann")[0].run()

    assert points(done) == points(again) == RIGHT
    assert (done.live, again.live) == (1, 0)
    assert done.doubts == ()


def test_what_failed_is_shown_again_as_it_was(course):
    """From the recording a cell of tests shows what the whole cell gave, not its visible half."""
    wrong = {"total": "def total(path):\n    return 0", "wettest": "def wettest(path): pass"}
    done = graded(course, "amy", wrong)
    again = jobs_of(course, NAME, "amy")[0].run()

    assert again.live == 0
    assert again.notebook.cells == done.notebook.cells


@pytest.mark.parametrize(
    ("body", "stopped"),
    [("import os; os._exit(0)", Outcome.CRASHED), ("while True: pass", Outcome.TIMEOUT)],
)
def test_a_death_or_a_loop_costs_its_exercise_only(course, monkeypatch, body, stopped):
    """The other exercise keeps its points, and nobody has to look."""
    monkeypatch.setenv("PAWMARK_CELL_TIMEOUT", "5")
    wrong = {"total": f"def total(path):\n    {body}"}
    done = graded(course, f"ben-{stopped.name}", wrong)

    assert points(done) == (0.0, 1.0)
    assert outcome(done, "test_total") is stopped
    assert not any(result.needs_person for result in done.results.values())


def test_hidden_tests_cannot_be_read_beforehand_or_afterwards(course):
    """Not from a file, not from the cells that ran before, not from the process afterwards."""
    look = f"""
import linecache, os
def found():
    part = 'other' + '.csv'
    texts = [str(globals().get('In')), str(linecache.cache), str(list(globals()))]
    return sum(part in text for text in texts) + os.path.exists({str(course)!r})
before = found()
"""
    later = "def wettest(path):\n    return 'tue'\nprint('found', before, found())"
    done = graded(course, "cem", {"wettest": later}, added=look)
    shown = [str(cell.get("outputs")) for cell in done.notebook.cells if cell.cell_type == "code"]

    assert points(done) == RIGHT
    assert any("found 0 0" in text for text in shown)


def test_what_was_printed_at_home_and_what_hides_errors_earn_nothing(course):
    """Only the run counts, and an error that is not shown is one."""
    hide = "get_ipython().showtraceback = lambda *a, **k: None"
    wrong = {"total": "def total(path):\n    return 0", "wettest": "def wettest(path): pass"}

    assert points(graded(course, "dot", wrong, added=hide)) == (0.0, 0.0)


def test_what_cannot_be_held(course):
    """A determined student makes comparisons true: so the result says that it was made inside."""
    trick = "class Yes:\n    def __eq__(self, other): return True\n"
    cheat = {
        "total": trick + "def total(path): return Yes()",
        "wettest": trick + "def wettest(path): return Yes()",
    }
    done = graded(course, "eve", cheat)

    assert points(done) == RIGHT
    assert all(result.inside for result in done.results.values())


def test_a_hook_reads_the_text_as_the_copy_is_made(course):
    """The page says so: if this fails, more holds than it promises."""
    hook = """
import os, sys
seen = []
def look():
    frame = sys._getframe()
    while frame:
        seen.extend(v for v in map(str, frame.f_locals.values()) if 'other' + '.csv' in v)
        frame = frame.f_back
os.register_at_fork(before=look)
"""
    later = "def wettest(path):\n    return 'tue'\nprint('seen', bool(seen))"
    done = graded(course, "fay", {"wettest": later}, added=hook)

    assert points(done) == RIGHT
    assert any("seen True" in str(cell.get("outputs")) for cell in done.notebook.cells)
