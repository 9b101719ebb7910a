"""Hand-ins of every shape, read: what of them is graded, and whether a person is asked."""

import base64

import pytest
from hand_ins import FILE, PNG, REASON, SHAPES, Work

from pawmark.grading.intake.choosing import choose
from pawmark.grading.intake.finding import find

CODE = {"01-double", "01-treble"}
WORK = Work()


def read(folder):
    """Read a submission."""
    return choose(WORK.release, find(folder), FILE, {"three.txt": b"3"})


@pytest.mark.parametrize("name", SHAPES)
def test_what_was_handed_in_is_found(name, tmp_path):
    """Every shape is graded, or a person is asked; never is it taken for not attempted."""
    result, make = SHAPES[name]
    make(tmp_path, WORK)
    repaired = read(tmp_path)

    assert bool(repaired.doubts) == (result != "full"), repaired.doubts
    assert bool(repaired.unread) == (result == "unread"), repaired.unread
    if result != "unread":
        assert repaired.attempted >= CODE or repaired.free_code
        assert repaired.graded
    else:
        assert "could be graded" in repaired.repairs[0]


@pytest.mark.parametrize("name", [name for name in SHAPES if name.startswith("written")])
def test_written_answers_stand_in_their_place(name, tmp_path):
    """A text that stands elsewhere is put where the person who grades looks, or they are asked."""
    SHAPES[name][1](tmp_path, WORK)
    repaired = read(tmp_path)
    cell = next(cell for cell in repaired.notebook.cells if cell.get("id") == "why")

    if SHAPES[name][0] == "full":
        assert cell.cell_type == "markdown"
        assert cell.source.startswith(REASON)
        assert "01-why" in repaired.attempted
    else:
        assert [doubt.exercise for doubt in repaired.doubts] == ["01-why"]
        assert any(REASON in cell.source for cell in repaired.notebook.cells)
    if "picture" in name:
        assert [base64.b64decode(forms["image/png"]) for forms in cell.attachments.values()] == [
            PNG
        ]
