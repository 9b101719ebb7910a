"""Answers in percent format, and notebooks filled with them."""

from pathlib import Path

import nbformat
import pytest

from pawmark.authoring.answers import fill, is_solution, read_answer, reference_cells
from pawmark.errors import CourseError
from pawmark.grading.course_folder import find_assignment

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = sorted((ROOT / "tests" / "answers").glob("*/*/*.py"))
TEXT = '''"""Counted from one.

fails: test_a, test_b
says: counted from one
"""

# %% 02-first
def first():
    return 1

# %% 02-second
second = 2
'''


def notebook(source):
    """Build a notebook with one solution cell."""
    cell = nbformat.v4.new_code_cell(
        source, metadata={"nbgrader": {"grade_id": "02-first", "solution": True}}
    )
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("text"), cell])


def test_answer_is_read_in_parts(tmp_path):
    """Docstring, failing checks, message and cells are told apart."""
    path = tmp_path / "answer_a.py"
    path.write_text(TEXT)

    answer = read_answer(path)

    assert answer.docstring == "Counted from one."
    assert answer.fails == ("test_a", "test_b")
    assert answer.says == "counted from one"
    assert answer.cells == {"02-first": "def first():\n    return 1", "02-second": "second = 2"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('"""Says nothing."""\n', "has no cells"),
        ("# %% 02-first\nx = 1\n", "begin with a docstring"),
        ('"""Broken\n# %% 02-first\n', "is not Python"),
        (None, "cannot be read"),
    ],
    ids=["no-cells", "no-docstring", "broken", "absent"],
)
def test_bad_answer_is_named(tmp_path, text, message):
    """A file that is not an answer gets one readable message."""
    path = tmp_path / "answer_a.py"
    if text is not None:
        path.write_text(text)

    with pytest.raises(CourseError, match=message):
        read_answer(path)


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_every_answer_of_the_bank_reads(path):
    """Wrong answers say what they fail or what is named of them, right ones do not; cells exist."""
    answer = read_answer(path)
    assignment = path.parent.parent.name
    source = ROOT / "source" / assignment / f"{assignment}.ipynb"

    wrong = path.parent.name == "wrong"
    by_checks, by_variants = bool(answer.fails), bool(answer.names)
    assert (by_checks or by_variants) == wrong
    assert by_checks <= bool(answer.says or answer.names)
    # An exercise of items has no severities: each item pays for itself.
    assert bool(answer.severity) <= by_variants
    assert answer.cells.keys() <= reference_cells(nbformat.read(source, 4)).keys()


def test_reference_has_no_delimiters():
    """A reference keeps its body and loses the lines that mark it."""
    body = "def first():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"

    assert reference_cells(notebook(body)) == {"02-first": "def first():\n    return 1\n"}


def test_fill_leaves_the_release_alone():
    """Filling gives a new notebook, in which only the named solution cell differs."""
    release = notebook("raise NotImplementedError()")

    filled = fill(release, {"02-first": "x = 1"})

    assert [cell.source for cell in filled.cells] == ["text", "x = 1"]
    assert [cell.source for cell in release.cells if is_solution(cell)] == [
        "raise NotImplementedError()"
    ]


def test_fill_refuses_a_cell_that_is_not_there():
    """A grade_id that the notebook lacks is an error that names it."""
    with pytest.raises(CourseError, match="02-second"):
        fill(notebook(""), {"02-second": "x = 1"})


def test_assignment_by_number_or_with_a_hint():
    """An assignment goes by its number too, and a misspelt one is answered with the nearest."""
    assert find_assignment(ROOT, "02") == "02_data_loading"
    with pytest.raises(CourseError, match="Did you mean 02_data_loading"):
        find_assignment(ROOT, "02_data_loadin")


def test_a_number_that_does_not_tell_which_assignment_is_meant(tmp_path):
    """A number is that of a name with or without a 0; of two of one number both are named."""
    for name in ("1_words", "02_first", "02_second"):
        (tmp_path / "source" / name).mkdir(parents=True)
        (tmp_path / "source" / name / f"{name}.ipynb").write_text("{}")

    assert find_assignment(tmp_path, "1") == find_assignment(tmp_path, "01") == "1_words"
    with pytest.raises(CourseError, match="several assignments: 02_first, 02_second"):
        find_assignment(tmp_path, "2")
