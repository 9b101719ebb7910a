"""The quality gate of the source notebooks: what a reader is told is so."""

import re
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import is_grade, is_locked, is_solution

from pawmark.grading.course_folder import assignments

ROOT = Path(__file__).resolve().parents[2]
NAMES = assignments(ROOT)
HEADING = re.compile(r"^### .* · (\d+) points?$", re.MULTILINE)
TOTAL = re.compile(r"\*\*Time\*\*.* (\d+) points \|")
IMAGE = re.compile(r"<img\b[^>]*>")


@pytest.fixture(params=NAMES)
def source(request):
    """Give each source notebook in turn."""
    path = ROOT / "source" / request.param / f"{request.param}.ipynb"
    return nbformat.read(path, as_version=4)


def prose(notebook):
    """Return the text of all markdown cells."""
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_points_in_the_text_are_those_of_the_checks(source):
    """Each exercise's heading tells the points of its check, and the opening tells their sum."""
    points = [int(cell.metadata.nbgrader.points) for cell in source.cells if is_grade(cell)]

    assert [int(text) for text in HEADING.findall(prose(source))] == points
    assert [int(text) for text in TOTAL.findall(prose(source))] == [sum(points)]


def test_every_exercise_has_minutes_and_difficulty(source):
    """Who plans an evening reads how long an exercise takes and how hard it is."""
    exercises = re.findall(r"^### Exercise \d+ .*?(?=^#|\Z)", prose(source), re.MULTILINE | re.S)

    assert len(exercises) == sum(map(is_solution, source.cells))
    for text in exercises:
        assert re.search(r"[Aa]bout \d+ minutes · difficulty [1-5] of 5", text), text[:80]


def test_opening_says_what_for_and_how_long(source):
    """The first cell tells what one does, learns, needs, and how many minutes it takes."""
    opening = source.cells[0].source

    for word in ("You will", "You will learn", "You need", "Time"):
        assert f"**{word}**" in opening
    assert re.search(r"\d+( to \d+)? minutes", opening)
    assert re.search(r"more\s+checks\s+run\s+at\s+grading", prose(source).replace("*", ""))


def test_there_is_thinking_hints_and_a_stretch(source):
    """Every notebook asks to predict first, folds hints away, asks why, and ends in a stretch."""
    text = prose(source)

    assert len(re.findall(r"\bPredict", text)) >= 2
    assert len(re.findall("<details>", text)) >= 4
    assert text.count("<details>") == text.count("</details>") == text.count("</summary>")
    assert re.search(r"^## .*[Ss]tretch", text, re.MULTILINE)


def test_ids_are_readable_and_belong_to_the_assignment(source):
    """Cell ids are words, and every grade_id starts with the number of the assignment."""
    number = source.cells[0].source.split()[1]

    for cell in source.cells:
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", cell.id)
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", f"{number}-")
        assert grade_id.startswith(f"{number}-")


def test_every_answer_has_its_check_and_the_rest_is_locked(source):
    """An exercise has a check cell; code that later cells need cannot be changed by a slip."""
    ids = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in source.cells}
    code = [cell for cell in source.cells if cell.cell_type == "code"]

    for cell in code:
        if is_solution(cell):
            assert f"{cell.metadata.nbgrader.grade_id}-check" in ids
        elif "grade_id" in cell.metadata.get("nbgrader", {}):
            assert is_locked(cell)
    assert sum("nbgrader" not in cell.metadata for cell in code) <= 3


def test_pictures_in_the_text_have_an_alternative(source):
    """Markdown pictures carry a description."""
    assert not re.search(r"!\[\s*\]\(", prose(source))
    assert all(re.search(r'alt="[^"]{10,}"', tag) for tag in IMAGE.findall(prose(source)))


@pytest.mark.parametrize("name", NAMES)
def test_figures_have_an_alternative(name):
    """Every figure of the executed solution carries a description, and no image goes without."""
    solution = nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4)
    outputs = [output for cell in solution.cells for output in cell.get("outputs", [])]
    pages = [str(output.data.get("text/html", "")) for output in outputs if "data" in output]
    images = [tag for page in pages for tag in IMAGE.findall(page)]

    assert len(images) >= 3
    assert all(re.search(r'alt="[^"]{15,}"', tag) for tag in images)
    assert not any("image/png" in output.get("data", {}) for output in outputs)


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_runs_without_a_warning(name):
    """Nothing on the error stream of the executed solution asks the reader to worry."""
    solution = nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4)
    noise = [
        output.text
        for cell in solution.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and (output.name == "stderr" or "WARN" in output.text)
    ]

    assert noise == []
