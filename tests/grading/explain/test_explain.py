"""``pawmark explain``: what was asked, what came, why it was refused; a notebook repeats it."""

import contextlib
import os
import re
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path

import any_course
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbgrader.api import Gradebook
from small_class import HALF, PRIMES, RIGHT, SUMS, WRITTEN, WRONG, SmallClass

from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading.boundary import wire
from pawmark.grading.checks.asking import Question
from pawmark.grading.checks.specification import Input
from pawmark.grading.checks.student import Student
from pawmark.grading.checks.watching import Place
from pawmark.grading.explain.expecting import expected_of
from pawmark.grading.explain.notebook import write_notebook
from pawmark.grading.explain.pictures import picture_of
from pawmark.grading.explain.repeating import Repeat, alike, packed, recorded
from pawmark.grading.explain.retelling import retell
from pawmark.grading.gradebook.book import comments_of
from pawmark.grading.results.outcomes import CheckResult, Outcome
from pawmark.grading.sandbox import bubblewrap

needs_sandbox = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)
FILES = RIGHT | {"01-mean-of-file": "def mean_of_file(path):\n    return len(open(path).read())"}
RAISING = RIGHT | {"01-mean-of-file": "def mean_of_file(path):\n    return float('no')"}


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> SmallClass:
    """Grade a few students."""
    made = SmallClass.made_in(tmp_path_factory.mktemp("explain") / "course")
    for who, answers in (("ben", WRONG), ("dóra", HALF), ("fil", FILES)):
        for name in (SUMS, PRIMES):
            made.hand_in(who, name, answers)
    made.hand_in("cem", SUMS, None)
    made.hand_in("gil", SUMS, RAISING)
    made.must("pawmark", "grade", "01", "02", "--workers", "2")
    return made


def repeated(course: SmallClass, *words: str) -> tuple[str, nbformat.NotebookNode]:
    """Explain, and run the notebook; return what was told, and the notebook that ran."""
    told = course.must("pawmark", "explain", *words, "--notebook", "loss.ipynb")
    notebook = nbformat.read(course.root / "loss.ipynb", as_version=4)
    return told, executed(course, notebook)


def executed(course: SmallClass, notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Run a notebook in the folder of the course."""
    where = {"metadata": {"path": str(course.root)}}
    NotebookClient(notebook, resources=where, allow_errors=True, kernel_name="python3").execute()
    return notebook


def errors(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the errors with which cells ended."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [f"{o.ename}: {o.evalue}" for o in outputs if o.output_type == "error"]


@needs_sandbox
def test_a_lost_check_is_told_and_repeated(course):
    """What was asked, what came, where the check refused it; the notebook loses the same again."""
    told, notebook = repeated(course, "02", "ben", "02-is-prime:test_one_is_no_prime")

    assert "ben, 02_primes: 1 of 6" in told
    assert "02-is-prime, 1 is no prime. 0 of 1, failed" in told
    assert "why       1 has one divisor, and a prime has two" in told
    assert "  expected  " in told
    assert "asked     is_prime(1)\n  answered  True" in told
    assert re.search(
        r"refused   grader_tests/02_primes/test_02_is_prime.py, line \d+: expect", told
    )
    assert errors(notebook) == [
        "AssertionError: 02-is-prime, 1 is no prime. 0 of 1: 1 has one divisor, and a prime has two"
    ]


@needs_sandbox
def test_what_was_expected_of_a_call_that_raised_is_told(course):
    """Where no answer came, the check's own condition says what it should have been."""
    told, notebook = repeated(course, "01", "gil", "test_mean_of_file")

    assert "answered  ValueError" in told
    condition = "got == pytest.approx(sum(numbers) / len(numbers))"
    assert f"  expected  an answer without an error, and of it: {condition}, where " in told
    assert re.search(r"where pytest.approx\(sum\(numbers\) / len\(numbers\)\) is \d", told)
    assert any("Expected: an answer without an error" in cell.source for cell in notebook.cells)


@needs_sandbox
def test_what_people_gave_and_wrote_is_told_by_exercise(course):
    """Points by a person stand there with their comment; a written answer can be asked for."""
    with course.gradebook() as book:
        written = book.find_grade(WRITTEN, SUMS, SUMS, "dóra")
        written.manual_score, written.needs_manual_grade = 1, False
        book.find_comment(
            WRITTEN, SUMS, SUMS, "dóra"
        ).manual_comment = "Why $\\frac1n$?\nSee p. 3.\n"
        book.find_grade("01-total-check", SUMS, SUMS, "dóra").manual_score = 2.5
        book.find_comment("01-total", SUMS, SUMS, "dóra").manual_comment = "Half right."
    told = course.must("pawmark", "explain", "01", "dóra")
    one = course.must("pawmark", "explain", "01", "dóra", WRITTEN)
    graded = course.must("pawmark", "explain", "01", "dóra", "01-total-check")

    assert "  01-total: 2.5 by a person, in the place of" in told
    assert "  01-total: a person wrote: Half right.\n" in told
    assert f"  {WRITTEN}: 1 by a person\n" in told
    wrote = f"  {WRITTEN}: a person wrote:\n    Why $\\frac1n$?\n    See p. 3.\n"
    assert wrote in told
    assert wrote in one
    assert "Half right" not in one
    assert "Half right" in graded  # a person knows the exercise by its cell in formgrader, too
    assert f"No check of {WRITTEN} lost a point." in one


def test_comments_on_exercises_of_one_name_are_all_told(tmp_path, monkeypatch):
    """Two notebooks of an assignment may have such: what is written of one hides no other."""
    # A new gradebook starts alembic by its bare name.
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "") as book:
        book.add_assignment("ps1")
        for name in ("lists", "strings"):
            book.add_notebook(name, "ps1")
            book.add_solution_cell("essay", name, "ps1")
        book.add_student("ann")
        book.add_submission("ps1", "ann")
        for name in ("strings", "lists"):
            book.find_comment("essay", name, "ps1", "ann").manual_comment = f"Of {name}."
        book.db.commit()

    assert comments_of(tmp_path, "ps1", "ann") == {"essay": "Of lists.\nOf strings."}


def test_a_gradebook_that_is_locked_is_called_so(tmp_path, monkeypatch):
    """Who only reads is told to wait, and not to upgrade what is in order."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "") as book:
        book.add_student("ann")
    with contextlib.closing(sqlite3.connect(tmp_path / "gradebook.db")) as other:
        other.execute("begin exclusive")
        with pytest.raises(
            CourseError, match=r"is locked by another program\. Wait for it"
        ) as told:
            comments_of(tmp_path, "ps1", "ann")

    assert "upgrade" not in str(told.value)


@pytest.mark.parametrize(
    ("line", "condition"),
    [
        (3, "got == 1"),
        (6, "student.call('f', 2) == 2"),
        (7, ""),
        (99, ""),
    ],
)
def test_the_condition_is_the_next_of_the_same_check(tmp_path, line, condition):
    """A later check's condition is not taken for that of an earlier one that has none."""
    path = tmp_path / "test_a.py"
    path.write_text(
        "def test_a(student):\n"
        "    student = student\n"
        "    got = student.call('f', 1)\n"
        "    expect(got == 1,\n        'not one')\n"
        "    assert student.call('f', 2) == 2\n"
        "    last = student.call('f', 3)\n"
        "def test_b(student):\n"
        "    expect(student.call('f', 4), 'b')\n"
    )
    result = CheckResult("test_a", "A.", Outcome.STUDENT_ERROR, 0, 1)
    said = expected_of(result, Place(str(path), line, ""))

    assert said == "an answer without an error" + (f", and of it: {condition}" if condition else "")


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("assert got == sum(numbers)", "got == sum(numbers), where sum(numbers) is 3"),
        ("expect(got < most, 'too much', got)", "got < most, where most is 7"),
        ("expect(got == 3, 'not three')", "got == 3"),
        ("expect(isinstance(got, int), 'no number')", "isinstance(got, int)"),
        (
            "expect_close(got, numbers, 'far')",
            "expect_close(got, numbers, 'far'), where numbers is [1, 2]",
        ),
        (
            "expect(np.allclose(got, numbers), 'far')",
            "np.allclose(got, numbers), where numbers is [1, 2]",
        ),
        ("assert got == student.call('f', 2)", "got == student.call('f', 2)"),
        ("assert got == missing", "got == missing"),
        ("assert got == 1 / 0", "got == 1 / 0"),
    ],
)
def test_a_plain_check_that_failed_tells_its_condition(tmp_path, statement, says):
    """With the value that it compares with, where it is known; the student is asked nothing."""
    path = tmp_path / "test_a.py"
    path.write_text(f"def test_a(student):\n    got = student.call('f')\n    {statement}\n")
    student = Student.local({"f": lambda *_: pytest.fail("asked")})
    names = {"numbers": [1, 2], "most": 7, "got": 9, "student": student}
    failed = CheckResult("test_a", "A.", Outcome.FAILED, 0, 1)
    place = Place(str(path), 3, "", names)

    assert expected_of(failed, place) == says
    assert expected_of(replace(failed, expected="7"), place) == ""
    assert expected_of(replace(failed, row="core"), place) == ""


@needs_sandbox
def test_another_answer_does_not_repeat_the_loss(course):
    """With the mended answer in the student's place the notebook says that it is another one."""
    course.must("pawmark", "explain", "02", "ben", "02-is-prime", "--notebook", "loss.ipynb")
    notebook = nbformat.read(course.root / "loss.ipynb", as_version=4)
    for cell in notebook.cells:
        if "def is_prime" in cell.source:
            cell.source = "def is_prime(n):\n    return n > 1 and all(n % k for k in range(2, n))"
    text = "".join(
        output.get("text", "")
        for cell in executed(course, notebook).cells
        for output in cell.get("outputs", ())
    )

    assert errors(notebook) == []
    assert "Not repeated: the answers are others now than those graded, to is_prime" in text


@needs_sandbox
def test_files_and_folders_are_where_they_are_here(course):
    """The data, and folders that a check writes, lie elsewhere in the notebook, and are found."""
    told, notebook = repeated(course, "01", "fil", "01-mean-of-file")

    assert "asked     mean_of_file('" in told
    assert len(errors(notebook)) == 2
    assert all("AssertionError: 01-mean-of-file" in error for error in errors(notebook))


@needs_sandbox
def test_a_question_of_the_course_is_repeated(course):
    """What only this course asks is asked in the notebook too."""
    told, notebook = repeated(course, "02", "dóra", "test_parameter")

    assert "dóra, 02_primes: 5 of 6" in told
    assert "parameters(name='primes_below')" in told
    assert len(errors(notebook)) == 1
    assert "the parameter has another name" in errors(notebook)[0]


@needs_sandbox
def test_no_student_code_runs_for_the_telling(course):
    """All is in the recording: nothing is said of a run, and no recording is written anew."""
    records = sorted((course.root / ".pawmark" / "records").iterdir())
    before = [path.stat().st_mtime_ns for path in records]
    told = course.must("pawmark", "explain", "01", "cem")

    assert "ran once more" not in told
    assert "not attempted" in told
    names = [path.name for path in sorted((course.root / ".pawmark" / "records").iterdir())]
    assert names == [path.name for path in records]
    assert len(before) == len(names)


@needs_sandbox
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("02", "zoe"), "Not handed in by 'zoe': 02_primes"),
        (("02", "eve"), "Not handed in by 'eve': 02_primes"),
        (("02", "eve/../ben"), "Not handed in by 'eve/../ben': 02_primes"),
        (("02", "ben", "test_nothing"), "There is no exercise or check 'test_nothing'. Points"),
        (("01", "ben", "01-mean-of-file"), "01-mean-of-file lost no point"),
    ],
)
def test_what_cannot_be_explained_is_said(course, words, says):
    """Each is one message; an empty folder is nothing handed in."""
    (course.root / "submitted" / "eve" / PRIMES).mkdir(parents=True, exist_ok=True)
    done = course.run("pawmark", "explain", *words)

    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@needs_sandbox
def test_every_notebook_of_a_submission_is_told(tmp_path):
    """What was lost in the second is told too; the notebook that repeats it is that of one."""
    root = any_course.copy("several", tmp_path, pawmark=True)
    any_course.release(root, "ps1")
    any_course.hand_in(root, "ps1", "ann", any_course.RELEASED)
    with courses.using():
        retold = retell(root, "ps1", "ann")
        one = retell(root, "ps1", "ann", "test_shout")

    lost = [loss.exercise for loss in retold.lost]
    assert {"squares_visible", "test_shout"} <= set(lost)
    with pytest.raises(CourseError, match=r"in 2 of ps1\. Name an exercise before --notebook, one"):
        write_notebook(retold, tmp_path / "loss.ipynb")
    write_notebook(one, tmp_path / "loss.ipynb")
    assert "def shout" in (tmp_path / "loss.ipynb").read_text()


def test_arrays_that_are_pictures_are_drawn():
    """Masks, photographs and batches are drawn; rows of numbers and what is odd are not."""
    mask = np.zeros((12, 9), np.uint8)
    drawn = [mask, mask[..., None], np.zeros((2, 12, 9, 3)), np.full((8, 8), np.nan)]

    assert all((picture_of(one) or b"").startswith(b"\x89PNG") for one in drawn)
    for other in (np.zeros(100), np.zeros((2, 50)), "text", None, np.zeros((2, 2)), [[1] * 9] * 9):
        assert picture_of(other) is None


def test_objects_are_named_anew():
    """An object that stays beside the code has another number the second time."""
    repeat = Repeat({"made": object, "kept": [], "name": lambda thing: type(thing).__name__})
    opaque = recorded({"value": wire.Opaque(7, "builtins.object", "")})
    first = wire.encode({"op": "call", "args": {"name": "made", "args": [], "kwargs": {}}})
    second = {"op": "call", "args": {"name": "name", "args": [wire.Opaque(7, "", "")]}}
    second["args"]["kwargs"] = {}

    assert repeat.ask("made()", packed(first), packed(opaque)).same
    came = repeat.ask(
        "name()", packed(wire.encode(second)), packed(wire.encode({"value": "object"}))
    )
    assert came.same


def test_a_question_of_a_specification_is_answered_as_in_the_sandbox():
    """A probe says what came and what it changed; an error has its class and its words."""
    repeat = Repeat({"half": lambda x: 1 / x})
    question = Question("half", Input((0,)))
    graded = wire.encode({"error": "ZeroDivisionError", "message": "division by zero"})

    came = repeat.ask("half(0)", packed(question.message), packed(graded))
    assert came.same
    with pytest.raises(AssertionError, match="01-half, core 0 of 3: it divides by nothing"):
        repeat.verdict("01-half, core", "0 of 3", "it divides by nothing")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1.0, 1.0 + 1e-7, True),
        (1.0, 1, True),
        (1, 2, False),
        ([np.ones(3)], [np.ones(3) + 1e-7], True),
        (np.ones(3), np.ones(4), False),
        ({"a": 1}, {"b": 1}, False),
        (float("nan"), float("nan"), True),
        ("a", "a", True),
        (True, 1, False),
    ],
)
def test_the_same_answer_is_told(one, other, same):
    """Numbers are the same but for what two computers differ in."""
    assert alike(one, other) is same
    assert alike(other, one) is same


def test_nothing_of_the_secret_is_in_the_package():
    """What the notebook imports needs no file of the course's."""
    text = (Path(wire.__file__).parents[1] / "explain" / "repeating.py").read_text()

    assert "secret" not in text.lower()
