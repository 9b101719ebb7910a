"""Hand-ins of every shape, read: what of them is graded, and whether a person is asked."""

import base64

import pytest
from hand_ins import (
    ANSWERS,
    FILE,
    NAME,
    PNG,
    REASON,
    SHAPES,
    Work,
    cell_of,
    code,
    place_of,
    put,
    text,
    to_bytes,
    to_format,
)

from pawmark.grading.intake.choosing import choose
from pawmark.grading.intake.files import copy_extra
from pawmark.grading.intake.finding import find, is_absent
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


DOUBLE = ANSWERS["01-double"]


def beside_the_stub(*cells):
    """Return the right answers, but one place untouched, and some cells below it."""
    notebook = WORK.notebook
    place = place_of(notebook, "double") + 1
    cell_of(notebook, "double")["source"] = cell_of(WORK.untouched, "double")["source"]
    notebook["cells"][place:place] = cells
    return notebook


def in_place(source):
    """Return the right answers, but one as it is given."""
    notebook = WORK.notebook
    cell_of(notebook, "double")["source"] = source
    return notebook


@pytest.mark.parametrize(
    ("notebook", "reason"),
    [
        (beside_the_stub(text(DOUBLE)), "texts are not run"),
        (beside_the_stub(text(DOUBLE) | {"cell_type": "raw"}), "texts are not run"),
        (beside_the_stub(text(f"My answer:\n\n```python\n{DOUBLE}\n```")), "texts are not run"),
        (beside_the_stub(text("    double = lambda x: 2 * x")), "texts are not run"),
        (beside_the_stub(code(f"%%writefile x.py\n{DOUBLE}")), "begins with %%writefile"),
        (in_place(f"%%writefile x.py\n{DOUBLE}"), "begins with %%writefile"),
        (in_place(f"# mine\n%%script python3\n{DOUBLE}"), "begins with %%script"),
        (in_place("%%bash\necho 2"), "begins with %%bash"),
        (in_place(f"%%timeit\n{DOUBLE}"), "begins with %%timeit"),
    ],
)
def test_an_answer_that_does_not_run_asks_a_person(notebook, reason, tmp_path):
    """A program in a text, or below a magic that keeps it from running, is no silent zero."""
    put(tmp_path, notebook)
    repaired = read(tmp_path)

    assert [doubt.exercise for doubt in repaired.doubts] == ["01-double"]
    assert reason in repaired.doubts[0].reason


@pytest.mark.parametrize(
    "notebook",
    [
        beside_the_stub(text("I did not manage this one, sorry.")),
        beside_the_stub(code(DOUBLE), text("x = 2 was the idea")),
        in_place(f"%%time\n{DOUBLE}"),
        in_place(f"%time\n{DOUBLE}"),
        WORK.untouched,
    ],
)
def test_words_and_magics_that_run_ask_nobody(notebook, tmp_path):
    """What runs, or is no program, costs nobody's time."""
    put(tmp_path, notebook)

    assert read(tmp_path).doubts == ()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing_but_a_document", "'hw.docx': it is a Word document"),
        ("nothing_but_an_open_document", "'hw.odt': it is an OpenDocument text"),
        ("nothing_but_a_rich_text", "it is a text document (RTF)"),
        ("nothing_but_a_mail", "it is an e-mail; hand in the notebook that is attached"),
        ("nothing_but_a_project_of_deepnote", "it is a project file of Deepnote"),
        ("nothing_but_an_archive_in_base64", "turned into text (base64)"),
        ("nothing_but_marimo", "it is a notebook of marimo"),
        ("nothing_but_latex", "'report.txt': it is a document of LaTeX"),
        ("nothing_but_a_link_to_google", "it is a link to a document, and not the document"),
        ("nothing_but_a_shortcut", "it is a link to a document, and not the document"),
        ("nothing_but_an_archive_that_unpacks_itself", "an archive that unpacks itself"),
        ("nothing_but_a_script_that_unpacks_itself", "an archive that unpacks itself"),
        ("nothing_but_an_unusual_archive", "that grading does not open (Zstandard)"),
        ("nothing_but_zstandard", "it is an archive of Zstandard"),
        ("nothing_but_a_folder_of_that_name", f"only '{FILE}/readme.txt'"),
    ],
)
def test_what_cannot_be_read_is_called_by_its_name(name, words, tmp_path):
    """The reason says what the file is, so that the student knows what to hand in instead."""
    SHAPES[name][1](tmp_path, WORK)

    assert words in read(tmp_path).unread


STUB = cell_of(WORK.untouched, "double")["source"]


@pytest.mark.parametrize(
    ("source", "commented"),
    [
        ("# def double(x):\n#     return 2 * x", True),
        ("# My answer:\n#def double(x):\n#  y = 2 * x\n#  return y\n", True),
        ('"""\ndef double(x):\n    return 2 * x\n"""', True),
        (STUB.replace("# YOUR CODE HERE", "# return 2 * x"), True),
        (STUB.replace("# YOUR CODE HERE", "'''\n    y = x + x\n    return y\n    '''"), True),
        ("def double(x):\n    # return 2 * x\n    pass", True),
        (f"{STUB}\n# I did not know how", False),
        (DOUBLE, False),
        ('def double(x):\n    """Return 2 * x:\n\n    y = 3\n    """\n    return 2 * x', False),
        ("# x = 3\ndouble = lambda x: 2 * x", False),
    ],
)
def test_an_answer_of_which_nothing_runs_is_known(source, commented, tmp_path):
    """Code in comments or in a string is told apart from no attempt and from a running answer."""
    put(tmp_path, in_place(source))
    repaired = read(tmp_path)

    assert repaired.commented == ({"01-double"} if commented else frozenset())
    assert repaired.doubts == ()


def test_commented_code_is_looked_at_where_something_else_is_in_doubt(tmp_path):
    """By itself it troubles nobody; beside another doubt a person is told of it."""
    SHAPES["cut_after_the_answers"][1](tmp_path, WORK)
    data = (tmp_path / FILE).read_bytes()
    put(
        tmp_path,
        data.replace(b"def double(x):\\n    # caf", b"#def double(x):\\n#   return 1 # caf"),
    )
    put(tmp_path, (tmp_path / FILE).read_bytes().replace(b"\\n    return 2 * x", b""))
    doubts = {doubt.exercise: doubt.reason for doubt in read(tmp_path).doubts}

    assert doubts["01-double"] == "the code in the solution cell 01-double is commented out"
    assert None in doubts


def test_answers_in_the_cell_for_experiments_ask_a_person(tmp_path):
    """Whoever writes every answer into the last, free cell is no silent zero."""
    notebook = WORK.untouched
    space = next(cell for cell in notebook["cells"] if cell["id"] == "space")
    space["source"] = "def double(x):\n    return 2 * x\n\n\ndef treble(x):\n    return 3 * x"
    put(tmp_path, notebook)
    repaired = read(tmp_path)

    assert {doubt.exercise for doubt in repaired.doubts} == CODE
    assert "things out defines double" in repaired.doubts[0].reason


def test_experiments_with_an_answer_ask_nobody(tmp_path):
    """A cell for experiments may define an answer's name anew where the answer is in its place."""
    notebook = WORK.notebook
    space = next(cell for cell in notebook["cells"] if cell["id"] == "space")
    space["source"] = "def double(x):\n    return x + x"
    put(tmp_path, notebook)

    assert read(tmp_path).doubts == ()


def test_a_cut_answer_is_named(tmp_path):
    """Of an answer that is too long, the cell and the limit are said, about its exercise alone."""
    SHAPES["long_answer"][1](tmp_path, WORK)
    repaired = read(tmp_path)

    assert [doubt.exercise for doubt in repaired.doubts] == ["01-double"]
    assert "the solution cell 01-double is longer than 500000" in repaired.doubts[0].reason


def test_an_answer_that_cannot_even_be_read_is_named(tmp_path):
    """An answer of more megabytes than are read is not taken for an empty one in silence."""
    notebook = in_place(DOUBLE + "\n# " + "x" * 61_000_000)
    put(tmp_path, notebook)
    repaired = read(tmp_path)

    assert "01-double" in [doubt.exercise for doubt in repaired.doubts]


def test_control_characters_are_said(tmp_path):
    """What an editor does not show and Python refuses is named, with its line."""
    put(tmp_path, in_place(f"{DOUBLE}\0\n# \x08"))
    repaired = read(tmp_path)
    [line] = [line for line in repaired.repairs if "control" in line]

    assert "the solution cell 01-double" in line
    assert "NUL, U+0008" in line
    assert "line 3" in line


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("why.txt", REASON.encode()),
        ("texts/my answer.docx", b"PK\x03\x04[Content_Types].xml word/"),
        ("photo of my sheet.jpg", b"\xff\xd8\xff\xe0"),
    ],
)
def test_a_written_answer_in_a_file_of_its_own_asks_a_person(name, data, tmp_path):
    """Where its place is untouched, a document beside the notebook is no silent zero."""
    notebook = WORK.notebook
    cell_of(notebook, "why")["source"] = cell_of(WORK.untouched, "why")["source"]
    put(tmp_path, notebook)
    put(tmp_path, data, name)
    repaired = read(tmp_path)

    assert [doubt.exercise for doubt in repaired.doubts] == ["01-why"]
    assert name in repaired.doubts[0].reason


def test_files_that_grading_does_not_write_are_left_alone(tmp_path):
    """Only what grading writes itself is left out of what nbgrader copies."""
    source, target = tmp_path / NAME, tmp_path / "there"
    put(source, b"{\\rtf", f"{NAME}.rtf")
    put(source, b"x", f"{FILE}/inner.txt")
    put(source, b"{}", f"{NAME}.record.json")
    left_out = copy_extra(source, target)

    assert (target / f"{NAME}.rtf").exists()
    assert not (target / FILE).exists()
    assert left_out == [f"the file '{NAME}.record.json' was left out: grading writes such a file"]


NO_CELL = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
NO_TEXT = b'{"cells": [{"cell_type": "code", "source": "\\n"}], "nbformat": 4}'


@pytest.mark.parametrize("data", [NO_CELL, NO_TEXT])
def test_a_notebook_with_nothing_in_it_waits_and_fails_no_run(data, tmp_path):
    """A blank notebook is no surprise to a grader: its grade waits, and the run goes on."""
    (tmp_path / FILE).write_bytes(data)
    (tmp_path / "timestamp.txt").write_text("2026-03-02 11:58:00 UTC")
    (tmp_path / "three.txt").write_bytes(b"3")
    repaired = read(tmp_path)

    assert repaired.unread
    assert [doubt.fails_run for doubt in repaired.doubts] == [False]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("answer.txt", b"Because twice is not enough."),
        ("other.ipynb", b'{"cells": [{"cell_type": "code", "source": "x = 1"}], "nbformat": 4}'),
        ("other.ipynb", b"{"),
        ("empty.ipynb", b""),
    ],
)
def test_a_blank_notebook_beside_something_else_fails_the_run(name, other, tmp_path):
    """Where something else lies there, the blank notebook is not what was meant."""
    (tmp_path / FILE).write_bytes(NO_CELL)
    (tmp_path / name).write_bytes(other)
    repaired = read(tmp_path)

    assert repaired.unread
    assert [doubt.fails_run for doubt in repaired.doubts] == [True]


def test_what_the_course_handed_out_is_no_news(tmp_path):
    """Files of the assignment's own, handed in as they were, are left out without a word."""
    put(tmp_path, WORK.notebook)
    (tmp_path / "three.txt").write_bytes(b"3")
    same = read(tmp_path)
    (tmp_path / "three.txt").write_bytes(b"4")
    changed = read(tmp_path)

    assert same.repairs == same.doubts == ()
    assert "another file has its name" in changed.repairs[0]
    assert same.beside == changed.beside == {"three.txt": b"3"}


@pytest.mark.parametrize(
    ("handed_in", "absent"),
    [
        (["one.ipynb", "tools.py", "data/rain.csv"], True),
        (["one.ipynb", "mine.py"], False),
        (["tools.py"], False),
    ],
)
def test_a_module_of_the_course_is_no_missing_notebook(handed_in, absent, tmp_path):
    """Where a notebook was not handed in, files that the course gave are not taken for it."""
    for name in ("source/one.ipynb", "source/two.ipynb", "source/tools.py", "source/data/rain.csv",
                 *(f"submitted/{name}" for name in handed_in)):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    assert is_absent(tmp_path / "submitted", tmp_path / "source" / "two.ipynb") is absent


def test_what_was_only_seen_as_damage_fails_the_run(tmp_path):
    """A notebook whose cells cannot be read may have held something."""
    (tmp_path / FILE).write_bytes(b'{"cells": 3}')

    assert [doubt.fails_run for doubt in read(tmp_path).doubts] == [True]
