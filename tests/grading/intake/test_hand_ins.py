"""Hand-ins of every shape, read: what of them is graded, and whether a person is asked."""

import base64

import pytest
from hand_ins import FILE, PNG, REASON, SHAPES, Work, put, to_bytes, to_format

from pawmark.grading.intake.choosing import choose
from pawmark.grading.intake.finding import find
from pawmark.grading.intake.rebuild import added_to

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


@pytest.mark.parametrize("number", [2, 3])
def test_an_untouched_notebook_of_an_old_format_asks_nobody(number, tmp_path):
    """Texts of the assignment's own that an old format has split are nobody's answer."""
    put(tmp_path, to_format(WORK.untouched, number))
    repaired = read(tmp_path)

    assert repaired.attempted == frozenset()
    assert repaired.doubts == ()


@pytest.mark.parametrize(
    ("source", "added"),
    [
        ("a = 1\nassert a\nassert b", []),
        ("def f():\n    pass\n\na = 1\nassert a\nassert b", [(True, "def f():\n    pass")]),
        ("a = 1\nassert a\nassert b\n\nx = 3", [(False, "x = 3")]),
        ("a = 1\nprint(a)\nassert a\nassert b", [(False, "print(a)")]),
        ("a = 1\n# assert a\nassert b", []),
        ("a = 2\nassert True\nassert b", [(True, "a = 2\nassert True")]),
        ("pass", []),
        ("", []),
    ],
)
def test_what_was_added_to_a_locked_cell(source, added):
    """Lines of their own are kept; an edited or removed check is no answer."""
    assert added_to("a = 1\nassert a\nassert b", source, exact=True) == added


def test_many_lines_are_compared_at_once():
    """A cell of lines that are all the same does not keep the grader busy."""
    line = "assert b"
    text = "\n".join([line] * 100_000)

    assert len(added_to("\n".join([line] * 50), text)) == 1


def test_two_scripts_and_a_notebook_are_one_notebook_with_helpers(tmp_path):
    """Scripts beside a notebook with answers help it, and are no other attempts."""
    put(tmp_path, WORK.notebook)
    put(tmp_path, b"def double(x):\n    return 0\n", "old_solution.py")
    put(tmp_path, b"import math\n", "helpers.py")
    repaired = read(tmp_path)

    assert repaired.graded == FILE
    assert repaired.doubts == ()
    assert {"old_solution.py", "helpers.py"} <= repaired.beside.keys()
    assert not any("not graded" in line for line in repaired.repairs)


def test_a_data_set_beside_the_notebook_asks_nobody(tmp_path):
    """Hundreds of pictures beside a notebook are left out beyond a number, and it is graded."""
    put(tmp_path, to_bytes(WORK.notebook))
    for number in range(300):
        put(tmp_path, PNG, f"images/{number}.png")
    repaired = read(tmp_path)

    assert repaired.doubts == ()
    assert len(repaired.beside) == 200
    assert any("only the first 200 files" in line for line in repaired.repairs)
