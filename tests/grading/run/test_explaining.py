"""The rows of an exercise tell the cause that lies in the answer's own cell."""

import nbformat
import pytest

from pawmark.grading.intake.unusual import unusual_in
from pawmark.grading.results.outcomes import NOT_ATTEMPTED_YET, CheckResult, ExerciseResult, Outcome
from pawmark.grading.run.explaining import explained

MISSING = "your code raises NameError: name 'double' is not defined"


def told(source, kind, text, message=MISSING, outcome=Outcome.STUDENT_ERROR, commented=()):
    """Return the messages of an exercise whose answer's cell printed an error."""
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata["nbgrader"] = {"grade_id": "01-double", "solution": True}
    if kind:
        cell.outputs = [nbformat.v4.new_output("error", ename=kind, evalue=text, traceback=[])]
    checks = (
        CheckResult("a", "A", outcome, 0.0, 1.0, message),
        CheckResult("b", "B", outcome, 0, 1),
    )
    notebook = nbformat.v4.new_notebook(cells=[cell])
    results = {"01-double": ExerciseResult("01-double", checks)}
    return explained(results, notebook, commented)["01-double"].checks


@pytest.mark.parametrize(
    ("sign", "said"),
    [
        ("\u2019", "a curly quote \u2019 in line 3; Python wants '"),
        ("\u201c", 'a curly quote \u201c in line 3; Python wants "'),
        ("\u00a0", "an unusual space (U+00A0) in line 3; Python wants an ordinary one"),
        ("\ufeff", "a character that editors do not show (U+FEFF) in line 3; delete it"),
        ("\u200b", "a character that editors do not show (U+200B) in line 3; delete it"),
        ("\u2013", "a dash \u2013 in line 3; Python wants -"),
        ("\u00d7", "a sign for times \u00d7 in line 3; Python wants *"),
        ("\uff08", "a wide sign \uff08 in line 3; Python wants ("),
    ],
)
def test_a_character_that_python_refuses_is_named(sign, said):
    """The row tells the error of the cell, the line and what to write, and keeps what it said."""
    source = f"# caf\u00e9\ndef double(x):\n    return 2 {sign} x"
    text = f"invalid character (U+{ord(sign):04X}) (1234.py, line 3)"
    first, second = told(source, "SyntaxError", text)

    assert f"SyntaxError: invalid character (U+{ord(sign):04X}): {said}" in first.message
    assert first.message.endswith(f"Then {MISSING}")
    assert second.message == ""


def test_lines_are_counted_as_the_student_sees_them():
    """IPython takes empty lines off the beginning of a cell before it counts."""
    first, _ = told("\n\ndef double(x)\n    return 2", "SyntaxError", "expected ':' (x.py, line 1)")

    assert "does not run: SyntaxError: expected ':', in line 3. Then" in first.message


def test_a_cell_that_stops_with_another_error_is_told_too():
    """What stands below the line that failed was never defined."""
    first, _ = told(
        "import nothing\ndef double(x): pass", "ModuleNotFoundError", "No module named x"
    )

    assert "your answer stopped with ModuleNotFoundError: No module named x. Then" in first.message


def test_other_messages_stay():
    """A cell's error says nothing of a check that failed for another reason."""
    for message, outcome in (
        ("double does not double", Outcome.FAILED),
        ("your code raises ValueError: no", Outcome.STUDENT_ERROR),
    ):
        first, _ = told("1 / 0", "ZeroDivisionError", "division by zero", message, outcome)

        assert first.message == message
    assert told("x", "", "")[0].message == MISSING


@pytest.mark.parametrize("sign", ["\u00e9", "\u03b1", "x", '"'])
def test_letters_are_nothing_unusual(sign):
    """Python takes letters of all languages for names."""
    assert unusual_in(f"a = 1\n{sign} = 2", 2) == ""


@pytest.mark.parametrize("line", [0, -1, 3, 10**9])
def test_a_line_that_is_not_there_is_no_matter(line):
    """The number comes from the student's process."""
    assert unusual_in("\u2019\n\u2019", line) == ""


def test_code_that_is_commented_out_is_called_so():
    """It is not attempted, and the row says why; where something else answers, points stay."""
    first, second = told("# def double(x):", "", "", commented={"01-double"})

    assert (first.outcome, second.outcome) == (Outcome.NOT_ATTEMPTED, Outcome.NOT_ATTEMPTED)
    assert "the code is commented out" in first.message
    assert not first.is_untouched
    passed = CheckResult("a", "A", Outcome.PASSED, 1.0, 1.0)
    results = {"01-double": ExerciseResult("01-double", (passed,))}
    notebook = nbformat.v4.new_notebook()
    assert explained(results, notebook, {"01-double"}) == results
    assert CheckResult("a", "A", Outcome.NOT_ATTEMPTED, 0, 1, NOT_ATTEMPTED_YET).is_untouched
