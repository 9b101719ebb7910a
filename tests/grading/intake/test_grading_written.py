"""Written answers: what students get, what comes back, and what a grader's browser is shown."""

from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbgrader import server_extensions
from nbgrader.utils import determine_grade
from traitlets.config import Config

from pawmark.authoring.answers import fill, reference_cells
from pawmark.grading.gradebook.config import configure
from pawmark.grading.intake.choosing import choose
from pawmark.grading.intake.finding import find
from pawmark.grading.intake.forms import release_form

NAME = "04_pooling_vs_stride"
SOURCE = Path(__file__).resolve().parents[3] / "source" / NAME / f"{NAME}.ipynb"
CELL = "recommendation"
TEMPLATES = Path(server_extensions.__file__).parent / "formgrader" / "templates"


@pytest.fixture(scope="module")
def source():
    return nbformat.read(SOURCE, as_version=4)


@pytest.fixture(scope="module")
def pristine(source):
    return release_form(source)


def cell_of(notebook):
    return next(cell for cell in notebook.cells if cell.get("id") == CELL)


def hand_in(pristine, folder, text):
    """Return the repaired notebook of a student who wrote a text."""
    notebook = nbformat.from_dict(pristine)
    cell_of(notebook).source = text
    nbformat.write(notebook, folder / "submitted.ipynb")
    return choose(pristine, find(folder), "submitted.ipynb")


def test_rubric_stays_with_the_instructor(source, pristine):
    """Students get a stub in the place of rubric and model answer."""
    assert "ubric" in cell_of(source).source
    assert cell_of(pristine).source == "YOUR ANSWER HERE"
    assert "rubric" not in nbformat.writes(pristine).lower()


def test_written_answer_reaches_the_grader(pristine, tmp_path):
    """The text comes back as a text cell that waits for a person."""
    repaired = hand_in(pristine, tmp_path, "Keep the *pooling*.")

    cell = cell_of(repaired.notebook)
    assert (cell.cell_type, cell.source) == ("markdown", "Keep the *pooling*.")
    assert repaired.attempted == {"04-recommendation"}
    assert determine_grade(cell) == (None, 4.0)


def test_untouched_stub_needs_no_person(pristine, tmp_path):
    """A text that was never written scores nothing at once."""
    repaired = hand_in(pristine, tmp_path, cell_of(pristine).source)

    assert determine_grade(cell_of(repaired.notebook)) == (0, 4.0)


def test_reference_leaves_the_text_to_people(source, pristine):
    """Filling in the reference's code touches no written answer."""
    filled = fill(pristine, reference_cells(source))

    assert cell_of(filled).source == "YOUR ANSWER HERE"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        '<img src="x" onerror="alert(1)">',
        "[a link](javascript:alert(1))",
        "<javascript:alert(1)>",
        '<iframe src="https://example.org"></iframe>',
        "![a beacon](https://example.org/seen.png)",
    ],
)
def test_written_answer_cannot_act_in_a_page(attack):
    """Scripts, remote pictures and script links of a text do not reach the grader's page."""
    settings = Config()
    configure(settings)
    page = HTMLExporter(config=settings).environment.from_string("{{ text | markdown2html }}")

    shown = page.render(text=f"**bold** and 3 < 4 {attack} after")

    assert "<strong>bold</strong> and 3 &lt; 4" in shown
    acting = ("<script", "onerror", 'href="javascript:', "<iframe", 'src="https')
    assert not any(word in shown.lower() for word in acting)


def shown(text, attachments):
    """Return a text cell as formgrader and feedback show it."""
    settings = Config()
    configure(settings)
    page = HTMLExporter(config=settings).environment.from_string("{{ text | markdown2html }}")
    return page.render(text=text, cell={"attachments": attachments})


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "gif"])
@pytest.mark.parametrize("name", ["plot.png", "a%20b.png"])
def test_pasted_pictures_are_shown(kind, name):
    """A picture in an answer is part of the page, also where its name is spelled for addresses."""
    pictures = {"plot.png": {f"image/{kind}": "AAAA"}, "a b.png": {f"image/{kind}": "AAAA"}}

    assert f'src="data:image/{kind};base64,AAAA"' in shown(f"![a](attachment:{name})", pictures)


@pytest.mark.parametrize("name", ["gone.png", "", "__class__"])
def test_a_pasted_picture_that_is_missing_hides_nothing_else(name):
    """A text that names a picture which is not there can still be read."""
    page = shown(f"Before ![a plot](attachment:{name}) after", {})

    assert "Before" in page
    assert "after" in page
    assert "src=" not in page


def test_formgrader_shows_written_answers_through_our_filter():
    """Formgrader turns text cells into HTML with the one filter that the kit replaces."""
    text = (TEMPLATES / "formgrade" / "index.html.j2").read_text(encoding="utf-8")

    shown = [line for line in text.splitlines() if "cell.source" in line and "strip_files" in line]
    assert shown
    assert all("markdown2html" in line for line in shown)
