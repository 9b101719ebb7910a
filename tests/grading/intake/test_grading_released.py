"""Release forms are kept, and made again where what is kept is of no use."""

from pathlib import Path

import nbformat
import pytest

from pawmark.grading.intake import release_form as released
from pawmark.grading.intake.rebuild import release_form

NAME = "02_data_loading"
SOURCE = Path(__file__).resolve().parents[3] / "source" / NAME / f"{NAME}.ipynb"


@pytest.fixture(autouse=True)
def forgotten():
    """Let each test begin like a process of its own."""
    released.release_of.cache_clear()


def files(course):
    return sorted((course / released.FOLDER).iterdir())


def test_what_is_kept_is_what_was_made(tmp_path, monkeypatch):
    """A second process reads it, and needs nothing to make it."""
    made = released.release_of(SOURCE.read_bytes(), tmp_path)
    released.release_of.cache_clear()
    monkeypatch.setattr(released, "release_form", None)

    kept = released.release_of(SOURCE.read_bytes(), tmp_path)

    assert kept == made == release_form(nbformat.read(SOURCE, as_version=4))
    assert isinstance(kept.cells[0].metadata, nbformat.NotebookNode)
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize("change", ["source", "versions"])
def test_another_source_or_version_is_made_anew(change, tmp_path, monkeypatch):
    """Nobody is graded on the release form of something else."""
    source = SOURCE.read_bytes()
    released.release_of(source, tmp_path)
    released.release_of.cache_clear()
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
    released.release_of.cache_clear()
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])

    assert released.release_of(SOURCE.read_bytes(), tmp_path) == made
    assert path.read_bytes() == whole


def test_a_course_that_cannot_be_written_is_graded_all_the_same(tmp_path):
    """Keeping only saves time."""
    (tmp_path / ".pawmark").write_text("no folder")

    assert released.release_of(SOURCE.read_bytes(), tmp_path).cells
