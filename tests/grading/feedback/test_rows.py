"""Rows, misconceptions and counterexamples, on the feedback page and in an author's notebook."""

from pawmark.grading import pages
from pawmark.grading.feedback.exporter import Exercise, Page
from pawmark.grading.pages.result_table import ResultTable
from pawmark.grading.results.outcomes import (
    CheckResult,
    Counterexample,
    ExerciseResult,
    Outcome,
    Part,
)

HOSTILE = "<script>alert(1)</script>"
ROWS = (
    CheckResult(
        "core", "The right result for ordinary inputs", Outcome.FAILED, 1.4, 3.5,
        message="the last column is missing", row="core", misconception="01-box.last",
        parts=(Part("wide boxes", True), Part("high boxes", False)),
        counterexample=Counterexample(f"box({HOSTILE})", "3", "4", "[2]"),
    ),
    CheckResult("corners", "The right result where the text asks for more", Outcome.PASSED,
                1.0, 1.0, row="corners", parts=(Part("empty boxes", True),)),
)  # fmt: skip


def page():
    """Return a page with one exercise of two rows."""
    exercise = Exercise("01-box", "Boxes", 2.4, 4.5, ROWS, remarks=(f"calls {HOSTILE}",))
    return Page("ann", "01_boxes", 2.4, 4.5, 0.0, (exercise,), (), True)


def test_a_row_shows_points_parts_and_the_smallest_example():
    """What a row is made of, what it pays, and the example are read; nothing of it is markup."""
    text = pages.render("feedback.html.j2", page=page())

    assert "1.4 of 3.5" in text
    assert "the last column is missing" in text
    assert text.index("wide boxes") < text.index("high boxes")
    assert "empty boxes" not in text
    assert "box(&lt;script&gt;" in text
    assert "<script" not in text


def test_an_author_reads_the_same_in_the_notebook():
    """The table of a live notebook names the row, its points and the example, all escaped."""
    table = ResultTable(ExerciseResult("01-box", ROWS))

    assert "[failed] core 1.4 of 3.5" in repr(table)
    assert "and 4 was expected" in repr(table)
    assert "1.4 of 3.5" in table._repr_html_()
    assert "<script" not in table._repr_html_()
