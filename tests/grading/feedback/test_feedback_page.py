"""The feedback page, made by plain ``nbgrader generate_feedback`` from a graded tiny course."""

import base64
import io
import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from check_files import write_checks
from nbgrader.api import Gradebook
from page_reading import Reader, axe_findings, needs_browser
from PIL import Image

from pawmark.authoring.answers import fill
from pawmark.grading.course_folder import run_nbgrader
from pawmark.grading.feedback.exporter import WORDS, own_traceback, within_page
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.sandbox import bubblewrap

NAME = "98_pages_tried"
REPO = Path(__file__).resolve().parents[3]
SECRET = "hidden-secret-of-the-checks"

needs_sandbox = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)

CHECKS = f'''"""Hidden checks: {SECRET}."""

import numpy as np
import pytest
from pawmark.checks import Training, compare_masks, expect, expect_number


@pytest.mark.cell("98-double", points=2)
def test_doubles(student, rng):
    """`double` doubles."""
    number = expect_number(student.call("double", 3), "the result")
    expect(number == 6, "this is <b>not</b> the double", got=number, expected=6)


@pytest.mark.cell("98-double", points=1)
def test_doubles_zero(student):
    """Twice nothing is nothing."""
    expect(student.call("double", 0) == 0, "zero changes")


@pytest.mark.cell("98-mask", points=1)
def test_mask(student):
    """Labels start at 0."""
    mask = student.call("mask")
    expected = np.kron([[0, 1], [2, 1]], np.ones((20, 20), int))
    same = np.array_equal(mask, expected)
    expect(same, "labels start at 1", picture=compare_masks(mask, expected))


@pytest.mark.cell("98-mask", points=1)
def test_mask_again(student):
    """A check that is broken."""
    if student.has("boom"):
        raise ZeroDivisionError("{SECRET}")


@pytest.mark.cell("98-train", points=1)
def test_training(student, hand_out):
    """The model beats the bar."""
    losses = student.call("train")
    hand_out(Training(tuple(losses), tuple(losses), losses[-1], 0.5, 0.9))
    expect(losses[-1] < 0.5, "the loss is too high")
'''

RIGHT = {
    "98-double": "def double(x):\n    return 2 * x",
    "98-mask": "def mask():\n    return np.kron([[0, 1], [2, 1]], np.ones((20, 20), int))",
    "98-train": "def train():\n    return [0.9, 0.6, 0.4]",
}
WRONG = {
    "98-double": "boom = 1\n\n\ndef double(x):\n    return x + 2",
    "98-mask": "def mask():\n    return 1 + np.kron([[0, 1], [2, 1]], np.ones((20, 20), int))",
    "98-train": "def train():\n    return lossses",
}
WRITTEN = "Because <script>alert(1)</script> of **this**."


def notebook() -> nbformat.NotebookNode:
    """Write the source notebook: three exercises and a written answer."""
    new = nbformat.v4
    cells = [new.new_markdown_cell("# 98 · Pages\n\n## Functions", id="intro")]
    cells.append(cell("98-setup", "import numpy as np", locked=True))
    for number, (name, text) in enumerate(RIGHT.items(), start=1):
        heading = f"### Exercise {number} · `{name[3:]}` · 3 points"
        cells.append(new.new_markdown_cell(heading, id=f"{name}-task"))
        head, *body = text.split("\n")
        body = ["    ### BEGIN SOLUTION", *body, "    ### END SOLUTION"]
        cells.append(cell(name, "\n".join([head, *body]), solution=True))
        checks = f"assert {name[3:]}\n### BEGIN HIDDEN TESTS\n# {SECRET}\n### END HIDDEN TESTS"
        cells.append(cell(f"{name}-check", checks, 3, grade=True, locked=True))
    flags = {"grade": True, "solution": True, "locked": False, "task": False, "points": 2}
    settings = {**flags, "schema_version": 3, "grade_id": "98-why"}
    cells.append(new.new_markdown_cell("Write why.", id="why", metadata={"nbgrader": settings}))
    return new.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "p"}}
    )


def cell(name: str, source: str, points: int | None = None, **flags: bool) -> nbformat.NotebookNode:
    """Make a cell of the assignment."""
    settings = {"grade": False, "solution": False, "locked": False, "task": False, **flags}
    settings |= {"grade_id": name, "schema_version": 3}
    if points is not None:
        settings["points"] = points
    return nbformat.v4.new_code_cell(source, id=name, metadata={"nbgrader": settings})


@pytest.fixture(scope="module")
def course(tmp_path_factory, small_pets) -> Path:
    """Release, grade three submissions, and make their pages."""
    folder = tmp_path_factory.mktemp("pages") / "course"
    (folder / "source" / NAME).mkdir(parents=True)
    nbformat.write(notebook(), folder / "source" / NAME / f"{NAME}.ipynb")
    write_checks(folder, NAME, CHECKS)
    shutil.copy(REPO / "nbgrader_config.py", folder)
    run(folder, small_pets, "generate_assignment", NAME)
    release = folder / "release" / NAME / f"{NAME}.ipynb"
    names = {
        "right": f"{NAME}.ipynb",
        "wrong": "<script>alert(1)<script>.ipynb",
        "none": f"{NAME}.ipynb",
    }
    answers = {"right": RIGHT, "wrong": WRONG, "none": {}}
    for student, file in names.items():
        made = fill(nbformat.read(release, as_version=4), answers[student])
        if student == "wrong":
            made.cells[-1].source = WRITTEN
            made.cells.append(nbformat.v4.new_code_cell(HOSTILE, id="mine"))
        path = folder / "submitted" / student / NAME / file
        path.parent.mkdir(parents=True)
        nbformat.write(made, path)
    run(folder, small_pets, "autograde", NAME, may_fail=True)  # a broken check fails the command
    grade_by_hand(folder)
    run(folder, small_pets, "generate_feedback", NAME)
    return folder


HOSTILE = """
from IPython.display import HTML, display
display(HTML('<h1>Mine</h1><script>alert(2)</script><img src="https://example.org/x.png">'))
display(HTML('<p style="color: #eee">faint</p><table><tr><td>1</td></tr></table>'))
print("x" * 300)
"""


def run(folder: Path, data, *arguments: str, may_fail: bool = False) -> None:
    """Run nbgrader as an instructor does."""
    log = folder / "log"
    variables = {"PAWMARK_DATA": str(data.root), "PAWMARK_CELL_TIMEOUT": "20"}
    status = run_nbgrader(folder, *arguments, log=log, environment=variables)
    assert may_fail or status == 0, log.read_text()[-4000:]


def grade_by_hand(folder: Path) -> None:
    """Give points and a comment to one exercise, as formgrader does."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "pawmark") as gradebook:
        where = (NAME, NAME, "right")
        grade = gradebook.find_grade("98-double-check", *where)
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.find_comment("98-double", *where).manual_comment = "See **page 3**."
        gradebook.db.commit()


def page(course: Path, student: str) -> str:
    """Return the page of a student."""
    return (course / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")


def words(course: Path, student: str) -> str:
    """Return the text of a page, with single spaces."""
    return " ".join(" ".join(Reader(page(course, student)).text).split())


@needs_sandbox
@pytest.mark.parametrize("student", ["right", "wrong", "none"])
def test_page_runs_and_loads_nothing(course, student):
    """A page is one file: no script, no handler, no address but pictures within, and it says so."""
    text = page(course, student)

    assert Reader(text).found == []
    assert "url(" not in re.sub(r'clip-path="url\(#\w+\)"', "", text)
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text


@needs_sandbox
def test_score_by_exercise_and_check(course):
    """The page says the score, the exercises by their headings, and each check with its points."""
    shown = words(course, "wrong")

    assert "0 of 11 points" in shown
    assert "Exercise 1 · double 0 of 3" in shown
    assert "Exercise 3 · train 0 of 3" in shown
    assert "failed double doubles. 0 of 2" in shown
    assert "this is <b>not</b> the double You got 5.0 Expected 6" in shown
    assert "0 of 3 checks passed" not in shown


@needs_sandbox
def test_failed_mask_is_shown_beside_the_expected_one(course):
    """A check that hands out a picture shows it with a text; a passed one has no need of it."""
    pictures = [p for p in Reader(page(course, "wrong")).pictures if "expected mask" in p["alt"]]

    assert len(pictures) == 1
    assert "differ in 100% of the pixels" in pictures[0]["alt"]
    data = base64.b64decode(pictures[0]["src"].partition(",")[2])
    assert Image.open(io.BytesIO(data)).format == "PNG"
    assert "expected mask" not in page(course, "right")


@needs_sandbox
def test_training_is_shown_beside_the_bar(course):
    """A training run is drawn with the bar, and told in words."""
    text = page(course, "right")

    assert 'role="img"' in text
    assert "your best model has a loss of 0.4." in text
    assert "below the bar of 0.5" in text


@needs_sandbox
def test_error_of_the_student_is_shown_without_the_graders_frames(course):
    """A traceback holds the student's lines, and no path of the grader's machine."""
    text = page(course, "wrong")

    assert "NameError: name" in text
    assert "return lossses" in text
    assert "grading/guest.py" not in text


@needs_sandbox
def test_error_of_the_grader_is_named_and_not_shown(course):
    """A broken check waits for a person; neither its traceback nor the checks are on the page."""
    shown = words(course, "wrong")

    assert "What a person still has to look at" in shown
    assert "a check failed by a mistake of its own" in shown
    assert SECRET not in page(course, "wrong")
    assert "ZeroDivisionError" not in page(course, "wrong")


@needs_sandbox
def test_repairs_are_listed_as_text(course):
    """What was put right is listed, and a file name in it is text."""
    text = page(course, "wrong")

    assert "What the grader put right" in text
    assert "&lt;script&gt;alert(1)" in text


@needs_sandbox
def test_points_and_words_of_a_person_are_shown(course):
    """Points given by hand count, are called so, and a comment is shown with its emphasis."""
    shown = words(course, "right")

    assert "1.5 of 3 points, given by a person; the checks alone give 3" in shown
    assert "<strong>page 3</strong>" in page(course, "right")


@needs_sandbox
def test_untouched_release_is_told_kindly(course):
    """Who handed in the release reads that nothing was attempted, without a list of failures."""
    shown = words(course, "none")

    assert "3 not attempted" in shown
    assert "✗" not in shown
    assert "failed" not in shown


@needs_sandbox
def test_page_without_a_record_says_so(course, small_pets, tmp_path):
    """Where the record is gone the points of the gradebook are still there, with a word on it."""
    copy = shutil.copytree(course, tmp_path / "course", symlinks=True)
    (copy / "autograded" / "right" / NAME / f"{NAME}.record.json").unlink()
    run(copy, small_pets, "generate_feedback", NAME, "--student", "right", "--force")
    shown = words(copy, "right")

    assert "no record of the single checks" in shown
    assert "1.5 of 3" in shown


@needs_sandbox
def test_record_tells_time_and_memory(course):
    """The record says how long the student's code ran and how much memory it was seen to use."""
    path = course / "autograded" / "right" / NAME / f"{NAME}.record.json"
    used = json.loads(path.read_text())["run"]

    assert 0 < used["seconds"] < 100
    assert used["memory"] > 10 << 20


@needs_sandbox
@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_accessible(course, scheme):
    """The axe rules find nothing on a page with everything on it, opened out, light and dark."""
    pytest.importorskip("axe_playwright_python")

    assert axe_findings(course / "feedback" / "wrong" / NAME / f"{NAME}.html", scheme) == []


def test_frames_of_the_grader_are_left_out():
    """Of a traceback only the student's own frames stay, under a plain name."""
    text = (
        "Traceback (most recent call last):\n"
        '  File "/x/site-packages/pawmark/grading/guest.py", line 62, in answer\n'
        "    value = run()\n"
        '  File "/x/site-packages/pawmark/vision/inside.py", line 9, in _predict\n'
        "    return model.predict(inputs)\n"
        '  File "<string>", line 1, in <module>\n'
        '  File "/tmp/ipykernel_4/14.py", line 2, in f\n'
        "    return opne(path)\n"
        "NameError: name 'opne' is not defined"
    )

    assert own_traceback(text) == (
        "Traceback (most recent call last):\n"
        '  File "your notebook", line 2, in f\n'
        "    return opne(path)\n"
        "NameError: name 'opne' is not defined"
    )


def test_a_frame_without_its_head_is_left_out():
    """The end of a long traceback may begin with a line of the grader's own code."""
    text = (
        '    value = _operation(question["op"])(self, **question["args"])\n'
        "            ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        '  File "/tmp/ipykernel_4/14.py", line 2, in f\n'
        "    return a[1.5]\n"
        "TypeError: list indices must be integers or slices, not float"
    )

    assert own_traceback(text).splitlines() == [
        '  File "your notebook", line 2, in f',
        "    return a[1.5]",
        "TypeError: list indices must be integers or slices, not float",
    ]


def test_headings_and_pictures_of_a_notebook_fit_the_page():
    """Headings go below those of the page, and a picture without a text gets one."""
    made = within_page('<h1>A</h1><h5>B</h5><img src="x"><img alt="cat" src="y"><img width="1">')

    assert made.startswith("<h3>A</h3><h6>B</h6>")
    assert made.count("alt=") == made.count("<img") == 2
    assert made.endswith("[a picture from elsewhere is left out]</em>")


def test_every_outcome_is_explained():
    """The page lists the words of those outcomes that it knows: one without would be left out."""
    assert WORDS.keys() == set(Outcome)
