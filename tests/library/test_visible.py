"""Visible checks: a small table for people, the same exception for everything else."""

import json
import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from pawmark.visible import FAILED, NOT_REACHED, PASSED, CheckTable, NotAttempted, rows_of

CELL = """_value = double(3)
assert _value is not None, "nothing came back"
for _case in (1, 2):
    assert double(_case) == 2 * _case, (
        f"the double of {_case} is not <b>{double(_case)}</b>"
    )
assert double("a") == "aa", "words can be doubled, too"
"""


ODD = """_value = odd()
assert _value is not None, "nothing came back"
_height, _width = np.shape(_value)
assert _height < _width, "it should be wide"
assert sum(one for one in _value) == 0, "the sum"
"""


def run(*sources, **environment):
    """Run cells in a kernel, the figures imported first; return the outputs of each cell."""
    cells = [nbformat.v4.new_code_cell(text) for text in ("import pawmark.figures", *sources)]
    client = NotebookClient(nbformat.v4.new_notebook(cells=cells), allow_errors=True)
    with client.setup_kernel(env=os.environ | environment):
        for number, cell in enumerate(cells):
            client.execute_cell(cell, number)
    return [cell.outputs for cell in cells[1:]]


@pytest.fixture(scope="module")
def outputs():
    """Run a course of events in one kernel: each kind of cell once."""
    names = {
        "undone": "def double(x):\n    raise NotImplementedError()",
        "check of undone": CELL,
        "wrong": "def double(x):\n    return x + 1",
        "check of wrong": CELL,
        "right": "def double(x):\n    return 2 * x",
        "check of right": CELL,
        "inner assert": "def inner():\n    assert False, 'deep'\ninner()",
        "other error": "1 / 0",
        "own refusal": "def f():\n    raise NotImplementedError('not today')\nf()",
        "raised by hand": "assert True, 'fine'\nraise AssertionError('by hand')",
        "still alive": "6 * 7",
        "odd": "import numpy as np\ndef odd():\n    return [[1, 2], [3]]",
        "bad": "def bad():\n    return odd()['x']",
        "check of odd": ODD,
        "check of an error within": "assert 1 < 2, 'fine'\nassert bad() is None, 'bad'",
    }
    return dict(zip(names, run(*names.values()), strict=True))


def kinds(found):
    return [output.output_type for output in found]


def test_rows_stop_at_the_assert_that_failed():
    """Asserts above the failed one passed, those below were not reached."""
    rows = rows_of(CELL, failed_line=5, hint="look here")

    assert [row.outcome for row in rows] == [PASSED, FAILED, NOT_REACHED]
    assert [row.hint for row in rows] == ["", "look here", ""]
    assert rows[1].condition == "double(_case) == 2 * _case"


def test_pages_show_messages_and_conditions_as_text():
    """Nothing in a message or a condition acts in a page."""
    rows = rows_of('assert a < b, "x"', 1, "<script>alert(1)</script>")
    page = CheckTable(rows)._repr_html_() + NotAttempted("<i>")._repr_html_()

    assert "a &lt; b" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "<i>" not in page


def test_a_failed_check_is_a_table_and_still_an_error(outputs):
    """A person sees what passed and what failed; the error carries the hint and no traceback."""
    table, error = outputs["check of wrong"]

    assert "1 of 3 visible checks passed" in table.data["text/plain"]
    assert "the double of 2 is not &lt;b&gt;3&lt;/b&gt;" in table.data["text/html"]
    assert (error.output_type, error.ename) == ("error", "AssertionError")
    assert error.traceback == ["AssertionError: the double of 2 is not <b>3</b>"]


def test_an_odd_result_is_told_in_words(outputs):
    """What a check cannot look at fails the check that comes next, and no traceback is shown."""
    table, error = outputs["check of odd"]

    assert "1 of 3 visible checks passed" in table.data["text/plain"]
    assert "has another form than the exercise asks for" in table.data["text/plain"]
    assert len(error.traceback) == 1
    assert error.ename == "ValueError"


def test_an_error_in_a_function_keeps_its_traceback(outputs):
    """Where the notebook's own function fails, the line at which it does is what helps."""
    (error,) = outputs["check of an error within"]

    assert error.ename == "TypeError"
    assert len(error.traceback) > 2


def test_an_undone_exercise_is_named(outputs):
    """The stub's error says which exercise is missing and what to do."""
    note, error = outputs["check of undone"]

    assert "Not attempted yet: double" in note.data["text/plain"]
    assert error.ename == "NotImplementedError"
    assert error.traceback == ["NotImplementedError: double is not attempted yet"]


def test_passed_checks_are_folded(outputs):
    """When all is well, one line says so, and the checks can be unfolded."""
    (table,) = outputs["check of right"]

    assert table.data["text/plain"].startswith("3 of 3 visible checks passed")
    assert "<details>" in table.data["text/html"]


@pytest.mark.parametrize("name", ["inner assert", "other error", "own refusal", "raised by hand"])
def test_other_errors_keep_their_traceback(outputs, name):
    """Where the traceback tells more than a table could, it stays."""
    assert kinds(outputs[name]) == ["error"]
    assert len(outputs[name][0].traceback) > 2
    assert kinds(outputs["still alive"]) == ["execute_result"]


def test_what_is_not_python_has_no_rows():
    """A cell with IPython's additions to Python is shown as IPython shows it."""
    assert rows_of("%time assert True, 'fine'") == []


def test_the_graders_kernel_is_left_as_it_is():
    """In a kernel that runs submissions nothing is shown in another way."""
    (found,) = run('assert 1 == 2, "no"', PAWMARK_CHANNEL_FD="99")

    assert kinds(found) == ["error"]
    assert len(found[0].traceback) > 2


def test_a_cell_that_is_no_check_keeps_its_traceback():
    """In a front end that names cells, only cells named as checks get a table."""
    from pawmark.visible import Display

    display = Display(shell=None)
    display.cell_id = "my-own-cell"

    assert not display.is_check()
    display.cell_id = "multi-hot-check"
    assert display.is_check()


def test_every_visible_check_can_be_shown():
    """Each check cell of every release gives a table whose rows are short and not empty."""
    root = Path(__file__).resolve().parents[2] / "release"
    paths = sorted(root.glob("*/*.ipynb"))

    assert len(paths) == 6
    for path in paths:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            nbgrader = cell["metadata"].get("nbgrader", {})
            if nbgrader.get("grade") and cell["cell_type"] == "code":
                assert cell["id"].endswith("-check")
                assert 2 <= len(rows_of("".join(cell["source"]))) <= 8
