"""What is told of an error in student code: its own frames, and nobody else's."""

import linecache

import pytest

from pawmark.grading.checks.student import Student, StudentError

CELL = """
import json

def wrong_key(table):
    return table["x"]

def deep(n):
    return deep(n - 1) if n else wrong_key([])

def by_library(text):
    return json.loads(text)

def chained():
    try:
        wrong_key([])
    except TypeError as error:
        raise ValueError("no table") from error
"""
NAME = "/tmp/ipykernel_4/14.py"


@pytest.fixture
def student(monkeypatch):
    """Give a notebook with one cell, whose lines are known as a kernel knows them."""
    monkeypatch.setitem(
        linecache.cache, NAME, (len(CELL), None, CELL.splitlines(keepends=True), NAME)
    )
    namespace = {}
    exec(compile(CELL, NAME, "exec"), namespace)
    return Student.local(namespace)


def told(student, *call):
    """Return what is told of the error that a call ends in."""
    with pytest.raises(StudentError) as caught:
        student.call(*call)
    return caught.value.detail


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (("wrong_key", []), 'return table["x"]'),
        (("deep", 30), 'return table["x"]'),
        (("by_library", "{"), "return json.loads(text)"),
        (("chained",), 'raise ValueError("no table") from error'),
    ],
)
def test_only_frames_of_the_notebook_are_told(student, call, line):
    """Neither the grader's line that calls, nor a library's, stands in the traceback."""
    text = told(student, *call)

    assert line in text
    assert all(NAME in row for row in text.splitlines() if row.startswith("  File"))
    assert "_operation" not in text
    assert "pawmark" not in text


def test_no_line_stands_without_its_place(student):
    """The end of a long traceback begins with a frame's head, never within one."""
    for depth in range(2, 12):
        first = told(student, "deep", depth).splitlines()[0]

        assert first.startswith(("Traceback", "  File", "  [Previous"))


def test_an_error_outside_of_the_notebook_is_told_by_its_message(student):
    """Of a question that only the grader's side fails on, no frame is told."""
    text = told(student, "no_such_function")

    assert text.splitlines()[-1] == "NameError: name 'no_such_function' is not defined"
    assert "  File" not in text
