"""Rows, misconceptions and counterexamples, on the feedback page and in an author's notebook."""

import io
from dataclasses import replace

from made_records import make_record
from rich.console import Console

from pawmark.grading import pages
from pawmark.grading.feedback.exporter import Exercise, Page
from pawmark.grading.pages.result_table import ResultTable
from pawmark.grading.results.grade import Grade, Person, by_checks, standing_of
from pawmark.grading.results.grade import Part as Points
from pawmark.grading.results.outcomes import (
    SAME_REASON,
    CheckResult,
    Counterexample,
    ExerciseResult,
    Outcome,
    Part,
)
from pawmark.grading.results.table import show_grades

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
    points = Points("01-box", 2.4, 4.5, automatic=2.4)
    exercise = Exercise("01-box", "Boxes", points, ROWS, remarks=(f"calls {HOSTILE}",))
    return Page("ann", "01_boxes", Grade((points,)), (exercise,), (), True)


def test_a_row_shows_points_parts_and_the_smallest_example():
    """What a row is made of, what it pays, and the example are read; nothing of it is markup."""
    text = pages.render("feedback.html.j2", page=page())

    assert "core 1.4 of 3.5" in text
    assert "all of its points or none" not in text
    assert "it keeps at most half of its points (the core at" in text
    assert "the last column is missing" in text
    assert text.index("wide boxes") < text.index("high boxes")
    assert "empty boxes" not in text
    assert "box(&lt;script&gt;" in text
    assert "<script" not in text


def test_the_page_says_how_each_kind_of_exercise_is_paid():
    """Items and test functions give all or nothing, rows a part: each is told where it occurs."""
    item = CheckResult("situation J", "situation J", Outcome.PASSED, 0.5, 0.5, row="item")
    check = CheckResult("test_a", "A title.", Outcome.PASSED, 1.0, 1.0)
    lost = CheckResult("core", "Core", Outcome.TIMEOUT, 0.0, 1.0, row="core")
    told = {}
    for name, one in {"item": item, "check": check, "row": lost}.items():
        points = Points("01-x", 0.0, 1.0, automatic=0.0)
        page = Page("ann", "01_x", Grade((points,)), (Exercise("01-x", "X", points, (one,)),), (),
                    True)  # fmt: skip
        told[name] = pages.render("feedback.html.j2", page=page)

    for name, words in {
        "item": "consist of separate questions: each gives all",
        "check": "has a list of checks, each gives all",
        "row": "Most exercises are paid in rows",
    }.items():
        assert [other for other, text in told.items() if words in text] == [name]


def test_an_author_reads_the_same_in_the_notebook():
    """The table of a live notebook names the row, its points and the example, all escaped."""
    table = ResultTable(ExerciseResult("01-box", ROWS))

    assert "[failed] core 1.4 of 3.5" in repr(table)
    assert "and 4 was expected" in repr(table)
    assert "core 1.4 of 3.5" in table._repr_html_()
    assert "<script" not in table._repr_html_()


def test_the_terminal_says_what_each_row_lost_and_why():
    """A line for an exercise with its rows, the message once, the example below it."""
    lost = (ROWS[0], replace(ROWS[1], outcome=Outcome.FAILED, points=0.5, message=SAME_REASON))
    record = make_record("ann", "01_boxes", exercises=(ExerciseResult("01-box", lost),))
    standing = standing_of(Person("ann"), "01_boxes", by_checks(record), record, handed_in=True)
    console = Console(record=True, width=120, file=io.StringIO())

    show_grades([standing], console)

    assert console.export_text().split("ann, 01_boxes\n")[1].splitlines() == [
        "  01-box: core 1.4 of 3.5, corners 0.5 of 1",
        "      failed: the last column is missing",
        f"      box({HOSTILE}) gives at [2] 3, and 4 was expected",
    ]


def test_an_item_goes_by_its_name():
    """Each item of an exercise of items has a line, with its name for that of a row."""
    item = CheckResult("situation J", "situation J", Outcome.FAILED, 0.0, 0.5,
                       message="no place is asked for", row="item")  # fmt: skip

    assert item.row_points == "situation J 0 of 0.5"
    assert "[failed] situation J 0 of 0.5: no place" in repr(
        ResultTable(ExerciseResult("x", (item,)))
    )
