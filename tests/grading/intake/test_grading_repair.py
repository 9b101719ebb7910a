import json
import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from pawmark.grading.intake import finding, first_cell
from pawmark.grading.intake import rebuild as module
from pawmark.grading.intake.choosing import choose
from pawmark.grading.intake.finding import find
from pawmark.grading.intake.forms import release_form

SOURCE = Path(__file__).resolve().parents[3] / "source/02_data_loading/02_data_loading.ipynb"
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"


def flags(name, **changed):
    usual = {"grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": usual | {"grade_id": name, "schema_version": 3} | changed}


def source_notebook():
    check = "assert f() == 1\n### BEGIN HIDDEN TESTS\nsecret\n### END HIDDEN TESTS"
    meta = flags("f-check", grade=True, locked=True, points=1)
    essay = flags("essay", grade=True, solution=True, points=1)
    return new_notebook(
        cells=[
            new_markdown_cell("# Intro", id="intro"),
            new_code_cell("import math", id="setup", metadata=flags("setup", locked=True)),
            new_code_cell("answer", id="f", metadata=flags("f", solution=True)),
            new_code_cell(check, id="f-check", metadata=meta),
            new_markdown_cell("an essay", id="essay", metadata=essay),
            new_code_cell("# your space", id="space"),
        ]
    )


@pytest.fixture
def pristine():
    return release_form(source_notebook())


@pytest.fixture
def student(pristine):
    return json.loads(nbformat.writes(pristine))


@pytest.fixture
def hand_in(pristine, tmp_path):
    def submit(content):
        path = tmp_path / "submitted.ipynb"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        repaired = choose(pristine, find(tmp_path), "submitted.ipynb")
        nbformat.validate(repaired.notebook)
        json.dumps(repaired.notebook, ensure_ascii=False).encode()
        return repaired

    return submit


def code(source, **more):
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": []} | more


def sources(repaired):
    return [cell.source for cell in repaired.notebook.cells]


def test_release_hides_solutions_and_hidden_tests_and_keeps_the_source():
    """The release has stubs and no hidden test; the source notebook is not touched."""
    source = source_notebook()
    released = release_form(source)
    assert source == source_notebook()
    assert released.cells[2].source == STUB
    assert released.cells[3].source == "assert f() == 1"
    assert released.cells[3].metadata["editable"] is False


def test_release_equals_what_nbgrader_writes(tmp_path, monkeypatch):
    """Cells and metadata are those that nbgrader's own converter writes."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    scripts = str(Path(sys.executable).parent)  # nbgrader starts alembic by name
    monkeypatch.setenv("PATH", scripts + os.pathsep + os.environ["PATH"])
    folder = tmp_path / "source" / "a"
    folder.mkdir(parents=True)
    (folder / "a.ipynb").write_bytes(SOURCE.read_bytes())
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    result = NbGraderAPI(config=config).generate_assignment("a")
    assert result["success"], result
    written = nbformat.read(tmp_path / "release" / "a" / "a.ipynb", as_version=4)
    # Where a test before has configured this process, a release has its first cell.
    written.cells = [cell for cell in written.cells if cell.get("id") != first_cell.NAME]
    assert release_form(nbformat.read(SOURCE, as_version=4)) == written


def test_untouched_release_of_an_assignment(tmp_path):
    """An untouched release needs no repair and counts as not attempted."""
    pristine = release_form(nbformat.read(SOURCE, as_version=4))
    nbformat.write(pristine, tmp_path / "a.ipynb")
    repaired = choose(pristine, find(tmp_path), "a.ipynb")
    assert repaired == module.Repaired(pristine, (), frozenset())


def test_answers_are_taken(hand_in, student):
    """Answers in code and text come from the student, without outputs; so does free space."""
    student["cells"][2]["source"] = ["def f():\r\n", "    return 1"]
    student["cells"][2]["outputs"] = [{"output_type": "nonsense"}]
    student["cells"][4]["source"] = "because"
    student["cells"][5]["source"] = "mine"
    repaired = hand_in(student)
    assert repaired.repairs == ()
    assert repaired.attempted == {"f", "essay"}
    assert sources(repaired)[2] == "def f():\n    return 1"
    assert sources(repaired)[4:] == ["because", "mine"]
    assert repaired.notebook.cells[2].outputs == []


def test_what_given_cells_showed_above_a_written_answer(hand_in, student):
    """It is kept, cleaned, of untouched cells of the assignment's own, and of no others."""
    shown = [
        {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
        {
            "output_type": "display_data",
            "data": {"text/html": "<b>x</b><script>y</script>", "image/svg+xml": "<svg/>"},
            "metadata": {"z": 1},
        },
        {"output_type": "nonsense", "text": "c"},
        {"output_type": "stream", "name": ["stdout"], "text": {"d": 1}},
        7,
    ]
    for cell in student["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = shown
    setup, *others = (cell for cell in hand_in(student).notebook.cells if "outputs" in cell)

    assert setup.outputs == [
        {"output_type": "stream", "name": "stdout", "text": "a\nb"},
        {"output_type": "display_data", "data": {"text/html": "<b>x</b>y"}, "metadata": {}},
        {"output_type": "stream", "name": "stdout", "text": ""},
    ]
    assert [cell.outputs for cell in others] == [[]] * 3
    student["cells"][1]["source"] = "import os"
    assert hand_in(student).notebook.cells[1].outputs == []


def test_outputs_that_are_too_large_cost_nothing_else(hand_in, student):
    """They are dropped, and the answers are there."""
    student["cells"][1]["outputs"] = [{"output_type": "stream", "text": "a" * 3_000_000}]
    student["cells"][2]["source"] = "f = 1"
    repaired = hand_in(student)
    assert repaired.notebook.cells[1].outputs == []
    assert (repaired.attempted, repaired.doubts) == ({"f"}, ())


def test_changed_and_missing_cells(hand_in, student, pristine):
    """Changed checks and missing cells come back, each with a line."""
    student["cells"][3]["source"] = "pass"
    del student["cells"][2], student["cells"][1]
    repaired = hand_in(student)
    assert repaired.notebook == pristine
    assert repaired.repairs == (
        "the cell setup was missing; the original was used",
        "the solution cell f was missing; the original was used",
        "the check cell f-check was changed; the original was used",
    )


def test_lost_metadata_and_changed_type(hand_in, student):
    """A cell without its grade id is found by its cell id, and gets its type back."""
    student["cells"][2] |= {"metadata": None, "cell_type": "markdown", "source": "f = 1"}
    repaired = hand_in(student)
    assert repaired.notebook.cells[2].cell_type == "code"
    assert repaired.notebook.cells[2].metadata.nbgrader.grade_id == "f"
    assert repaired.repairs == ("the solution cell f was no code cell; it is one again",)
    assert repaired.attempted == {"f"}


def test_duplicates_use_the_last_that_differs(hand_in, student):
    """The last real answer counts, the first runs before it, and a pasted stub is dropped."""
    cells = student["cells"]
    first, last, stub = (cells[2] | {"source": s, "id": s[:3]} for s in ("aaa", "bbb", STUB))
    student["cells"] = [*cells[:2], first, last, stub, *cells[3:]]
    repaired = hand_in(student)
    assert sources(repaired)[1:5] == ["import math", "aaa", "bbb", "assert f() == 1"]
    assert repaired.notebook.cells[3].metadata.nbgrader.grade_id == "f"
    assert "the solution cell f was there 3 times" in repaired.repairs[0]


def test_extra_cells_stay_in_place(hand_in, student):
    """Extra cells follow the cell they followed, with safe ids and no metadata of the student's."""
    evil = code("x = 1", id="<script>", metadata={"tags": ["x"]}, attachments={"a": 1})
    note = {"cell_type": "markdown", "source": "note"}
    student["cells"].insert(3, evil)
    student["cells"].insert(0, note)
    repaired = hand_in(student)
    assert sources(repaired)[0] == "note"
    assert sources(repaired)[3:5] == [STUB, "x = 1"]
    assert [c.id for c in repaired.notebook.cells if "extra" in c.id] == ["extra-1", "extra-2"]
    assert repaired.notebook.cells[4].metadata == {"pawmark": {"student": True}}
    assert repaired.repairs == ()


def test_order_is_the_released_one(hand_in, student, pristine):
    """Cells that the student moved go back to where they were."""
    student["cells"].reverse()
    assert hand_in(student).notebook == pristine


def test_cells_without_ids_are_found_by_text(hand_in, student, pristine):
    """Before format 4.5 cells have no ids; untouched text is not taken for an extra cell."""
    for cell in student["cells"]:
        del cell["id"]
    student["nbformat_minor"] = 2
    assert hand_in(student) == module.Repaired(pristine, (), frozenset())


def test_format_3_is_read(hand_in, student):
    """A notebook of format 3 gives its answers."""
    cell = {"cell_type": "code", "input": "f = 3", "language": "python", "outputs": []}
    cell["metadata"] = student["cells"][2]["metadata"]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [cell]}]}
    assert hand_in(old).attempted == {"f"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf \r\n", "it is empty"),
        (b"\x89PNG\xff", "it is a picture"),
        (b"9" * 5000, "it is no notebook and no script"),
        (b"[" * 200_000, "it is not JSON: the file is cut off"),
        (b"null", "it is no notebook and no script"),
        (b'{"cells": 3}', "it has no cells"),
        (b'{"nbformat": 3, "worksheets": 7}', "it has no cells"),
    ],
)
def test_what_is_no_notebook_gives_the_release(hand_in, pristine, content, reason):
    """Whatever else the file holds, the release comes back, and a person reads the reason."""
    repaired = hand_in(content)
    reason = f"'submitted.ipynb': {reason}"
    line = f"nothing that was handed in could be graded: {reason}"
    doubts = (module.Doubt(line),)
    expected = module.Repaired(pristine, (line,), frozenset(), doubts=doubts, unread=reason)
    assert repaired == expected


@pytest.mark.parametrize(
    "cell",
    [
        None,
        3,
        [],
        {},
        {"cell_type": [], "source": {}, "id": {}, "metadata": []},
        {"cell_type": "raw", "source": "<script>"},
        code(["a", 3, None, "b"], metadata={"nbgrader": "x"}),
        code("x", metadata={"nbgrader": {"grade_id": ["f"]}}, id=["f"]),
        code("'\ud800'"),
        code("\x00"),
    ],
)
def test_odd_cells_are_tolerated(hand_in, student, cell):
    """An odd entry neither raises nor disturbs the answers beside it."""
    student["cells"][2]["source"] = "f = 1"
    student["cells"].insert(0, cell)
    student["metadata"] = student["nbformat"] = []
    assert hand_in(student).attempted == {"f"}


def test_byte_order_mark_and_crlf(hand_in, student):
    """A file that went through a Windows editor is read."""
    text = json.dumps(student, indent=1).replace("\n", "\r\n")
    assert hand_in(b"\xef\xbb\xbf" + text.encode()).repairs == ()


def test_limits(hand_in, student, monkeypatch):
    """Too many extra cells, too many cells and too many bytes are cut or refused."""
    student["cells"] += [code("x")] * 6000
    repaired = hand_in(student)
    assert len(repaired.notebook.cells) == 6 + module.MAX_EXTRA
    assert any("first 5000 cells" in str(doubt) for doubt in repaired.doubts)
    assert any("of 4994 extra cells" in str(doubt) for doubt in repaired.doubts)
    monkeypatch.setattr(finding, "MAX_NOTEBOOK", 1000)
    assert "larger than" in hand_in(student).unread


def test_only_regular_files_are_opened(pristine, tmp_path):
    """Links, pipes and folders of the right name are refused without waiting."""
    nbformat.write(pristine, tmp_path / "real")
    for name, make in {
        "link": lambda path: path.symlink_to(tmp_path / "real"),
        "pipe": os.mkfifo,
        "folder": os.mkdir,
    }.items():
        (tmp_path / name).mkdir()
        make(tmp_path / name / "a.ipynb")
        repaired = choose(pristine, find(tmp_path / name), "a.ipynb")
        assert repaired.unread
        assert repaired.notebook == pristine


def test_merged_cells_count_for_both(tmp_path):
    """Two answers in one cell are both graded: the stub of the second does not undo it."""
    pair = [
        new_code_cell(f"def {name}():\n    ### BEGIN SOLUTION\n    ### END SOLUTION", id=name)
        for name in "fg"
    ]
    for cell, name in zip(pair, "fg", strict=True):
        cell.metadata = nbformat.from_dict(flags(name, solution=True))
    pristine = release_form(new_notebook(cells=pair))
    student = json.loads(nbformat.writes(pristine))
    student["cells"][0]["source"] = "def f():\n    return 1\n\ndef g():\n    return 2"
    del student["cells"][1]
    (tmp_path / "a").write_text(json.dumps(student))
    repaired = choose(pristine, find(tmp_path), "a")

    assert repaired.attempted == {"f", "g"}
    assert "def g" in sources(repaired)[0]
    assert "def g" not in sources(repaired)[1]
    assert repaired.repairs == (
        "the solution cell g was missing; its answer was found in another cell",
    )


def test_another_order_is_said(hand_in, student):
    """Cells that were moved go back, and the page says so."""
    student["cells"].reverse()
    assert hand_in(student).repairs == (
        "the cells were in another order; the original order was used",
    )


@pytest.mark.parametrize("minor", range(5))
def test_formats_4_0_to_4_4_are_read(hand_in, student, minor):
    """Notebooks of before cell ids give their answers."""
    for cell in student["cells"]:
        del cell["id"]
    student["nbformat_minor"] = minor
    student["cells"][2]["source"] = "f = 1"
    repaired = hand_in(student)
    assert repaired.attempted == {"f"}
    assert repaired.repairs == ()


def test_metadata_are_not_read(hand_in, student):
    """Megabytes of metadata, and metadata nested hundreds of levels deep, change nothing."""
    deep = {}
    for _ in range(300):
        deep = {"a": deep}
    student["metadata"] = {"deep": deep, "wide": ["x" * 100] * 50_000}
    student["cells"][2]["metadata"] |= {"deep": deep}
    student["cells"][2]["source"] = "f = 1"
    repaired = hand_in(student)
    assert repaired.attempted == {"f"}
    assert "deep" not in repaired.notebook.cells[2].metadata


def test_the_notebook_is_chosen_by_what_is_in_it(pristine, student, tmp_path):
    """An answer counts for more than the name; copies that programs left ask a person."""
    untouched = json.dumps(student).encode()
    student["cells"][2]["source"] = "f = 1"
    worked = json.dumps(student).encode()
    other = b'{"cells": [{"cell_type": "code", "source": "' + b"x" * 9000 + b'"}]}'
    checkpoint = ".ipynb_checkpoints/a-checkpoint.ipynb"

    def chosen(name, **handed_in):
        folder = tmp_path / name
        for path, data in handed_in.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        return choose(pristine, find(folder), "a.ipynb")

    all_of_them = {checkpoint: worked, "largest.ipynb": other, "a.ipynb": untouched}
    made = chosen("all", **all_of_them, **{"a (1).ipynb": worked})
    assert made.attempted == {"f"}
    assert made.repairs[0] == "the notebook was called 'a (1).ipynb'; graded as 'a.ipynb'"
    assert "'largest.ipynb'" in made.repairs[1]
    assert made.doubts == ()
    kept = chosen("kept by a program", **all_of_them)
    assert kept.attempted == {"f"}
    assert "a copy that a program kept" in kept.doubts[0].reason
    assert chosen("checkpoint", **{checkpoint: worked}).attempted == {"f"}
    assert "there is no notebook" in chosen("nothing", **{"x.txt": b"x"}).unread
