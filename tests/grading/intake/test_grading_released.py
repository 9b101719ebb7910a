"""Release forms are kept, and made again where what is kept is of no use."""

from pathlib import Path

import nbformat
import pytest
from traitlets.config import Config

from pawmark.grading import course as courses
from pawmark.grading.intake import forms
from pawmark.grading.intake import release_form as released
from pawmark.grading.intake.forms import release_form

NAME = "02_data_loading"
SOURCE = Path(__file__).resolve().parents[3] / "source" / NAME / f"{NAME}.ipynb"


@pytest.fixture(autouse=True)
def forgotten():
    """Let each test begin like a process of its own."""
    released.kept_forms.cache_clear()


def files(course):
    return sorted((course / released.FOLDER).iterdir())


def test_what_is_kept_is_what_was_made(tmp_path, monkeypatch):
    """A second process reads it, and needs nothing to make it."""
    made = released.release_of(SOURCE.read_bytes(), tmp_path)
    plain = release_form(nbformat.read(SOURCE, as_version=4))
    released.kept_forms.cache_clear()
    monkeypatch.setattr(forms, "make", None)

    kept = released.release_of(SOURCE.read_bytes(), tmp_path)

    assert kept == made == plain
    assert isinstance(kept.cells[0].metadata, nbformat.NotebookNode)
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize("change", ["source", "versions"])
def test_another_source_or_version_is_made_anew(change, tmp_path, monkeypatch):
    """Nobody is graded on the release form of something else."""
    source = SOURCE.read_bytes()
    released.release_of(source, tmp_path)
    released.kept_forms.cache_clear()
    if change == "source":
        source = source.replace(b"Oxford", b"Another")
    else:
        another = {"pawmark": "another"}
        monkeypatch.setattr(released.fingerprint, "of_installation", lambda: another)

    found = released.release_of(source, tmp_path)

    assert found == release_form(nbformat.reads(source.decode(), as_version=4))
    assert len(files(tmp_path)) == 2


def test_a_damaged_file_is_made_again(tmp_path):
    """Half a file is of no use, and does no harm."""
    made = released.release_of(SOURCE.read_bytes(), tmp_path)
    released.kept_forms.cache_clear()
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])

    assert released.release_of(SOURCE.read_bytes(), tmp_path) == made
    assert path.read_bytes() == whole


def test_a_course_that_cannot_be_written_is_graded_all_the_same(tmp_path):
    """Keeping only saves time."""
    (tmp_path / ".pawmark").write_text("no folder")

    assert released.release_of(SOURCE.read_bytes(), tmp_path).cells


STUB = "# Your turn"
SMALL = """
x = 0
### BEGIN ANSWER
x = 1
### END ANSWER
"""


TESTED = "assert x\n### BEGIN HIDDEN TESTS\nassert x == 1\n### END HIDDEN TESTS"


def cell(text, grade_id, **about):
    """Return a cell of nbgrader's."""
    kinds = {"grade": False, "solution": False, "locked": False, "task": False}
    about = {"grade_id": grade_id, "schema_version": 3} | kinds | about
    return nbformat.v4.new_code_cell(text, id=grade_id, metadata={"nbgrader": about})


def small(tmp_path):
    """Make a course folder with a source notebook of one exercise, by delimiters of its own."""
    cells = [
        cell(SMALL.strip(), "x", solution=True),
        cell(TESTED, "test_x", grade=True, locked=True, points=1),
    ]
    path = tmp_path / "source" / "one" / "one.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("The course", id="top")]),
        tmp_path / "header.ipynb",
    )
    return path


def use(config, tmp_path, monkeypatch):
    """Take a configuration for that of the course in use, without a trace afterwards."""
    monkeypatch.setattr(courses, "configuration", lambda: config)


def test_the_release_is_made_as_the_course_has_set_it(tmp_path, monkeypatch):
    """Its own stub, delimiters and header; what it changes in them is another release."""
    path = small(tmp_path)
    config = Config()
    config.ClearSolutions.begin_solution_delimeter = "BEGIN ANSWER"
    config.ClearSolutions.end_solution_delimeter = "END ANSWER"
    config.ClearSolutions.code_stub = {"python": STUB}
    config.IncludeHeaderFooter.header = "header.ipynb"
    use(config, tmp_path, monkeypatch)
    made = released.forms_of(path.read_bytes(), tmp_path, path)
    config.ClearSolutions.code_stub = {"python": "# Mine"}
    other = released.forms_of(path.read_bytes(), tmp_path, path)

    assert [cell.source for cell in made.release.cells] == [
        "The course", f"x = 0\n{STUB}", "assert x"
    ]  # fmt: skip
    assert made.tests["test_x"][0] == TESTED
    assert other.release.cells[1].source == "x = 0\n# Mine"
    assert len(files(tmp_path)) == 2


def test_a_step_of_the_course_own_is_taken(tmp_path, monkeypatch):
    """A course that lists its own steps of making a release gets a release made by them."""
    path = small(tmp_path)
    config = Config()
    config.GenerateAssignment.preprocessors = ["nbgrader.preprocessors.ClearHiddenTests"]
    use(config, tmp_path, monkeypatch)
    made = released.forms_of(path.read_bytes(), tmp_path, path)

    assert "BEGIN ANSWER" in made.release.cells[0].source
    assert made.release.cells[1].source == "assert x"
    assert "HIDDEN" in made.tests["test_x"][0]
