"""Answers that stand somewhere else than where they are asked for, and files that hide them."""

import contextlib
import os
from pathlib import Path

import pytest
from hand_ins import ANSWERS, FILE, Work, code, put, to_bytes

from pawmark.grading.intake.choosing import choose, weigher
from pawmark.grading.intake.finding import MAX_FOUND, find
from pawmark.grading.intake.walking import legible

WORK = Work()
BOTH = tuple(ANSWERS)


def read(folder):
    """Read a submission as grading does."""
    return choose(WORK.release, find(folder, weigh=weigher(WORK.release)), FILE)


def runs(repaired):
    """Run a notebook as grading does, and tell which exercises are right where they are checked."""
    namespace, right = {}, set()
    for cell in repaired.notebook.cells:
        if cell.cell_type != "code":
            continue
        grade_id = str(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if grade_id.endswith("-check"):
            name = grade_id.removeprefix("01-").removesuffix("-check")
            with contextlib.suppress(Exception):
                if namespace[name](1) == {"double": 2, "treble": 3}[name]:
                    right.add(f"01-{name}")
        else:
            with contextlib.suppress(Exception):
                exec(cell.source, namespace)
    return right


def moved(place, deleted=False, extra=()):
    """Return a notebook whose answers stand in cells of their own, at a place of their list."""
    notebook = WORK.notebook
    cells = notebook["cells"]
    for blank, cell in zip(WORK.untouched["cells"], cells, strict=True):
        if blank["id"] in ("double", "treble"):
            cell["source"] = blank["source"]
    if deleted:
        cells[:] = [cell for cell in cells if cell["id"] not in ("double", "treble")]
    cells[place:place] = [*map(code, extra), *(code(ANSWERS[name]) for name in BOTH)]
    return notebook


@pytest.mark.parametrize("deleted", [False, True], ids=["stubs there", "stubs deleted"])
@pytest.mark.parametrize("place", [0, 1, 99], ids=["at the top", "below the title", "at the end"])
def test_answers_in_cells_of_their_own_count(place, deleted, tmp_path):
    """Wherever they stand, they are there when the checks ask."""
    put(tmp_path, moved(place, deleted))
    repaired = read(tmp_path)

    assert runs(repaired) == set(BOTH)
    assert repaired.attempted >= set(BOTH)
    assert [doubt.exercise for doubt in repaired.doubts] == (list(BOTH) if place == 99 else [])


def test_an_answer_below_its_check_comes_with_what_it_needs(tmp_path):
    """Imports and helpers that stand before it go up with it; the last of two answers counts."""
    helper = "from math import gcd as helper\nFACTOR = 2"
    wrong, own = "def double(x):\n    return None", "def double(x):\n    return helper(2, 4) * x"
    notebook = WORK.notebook
    notebook["cells"][3]["source"] = WORK.untouched["cells"][3]["source"]
    notebook["cells"] += [code(helper), code(wrong), code(own)]
    put(tmp_path, notebook)
    repaired = read(tmp_path)

    assert runs(repaired) == set(BOTH)
    assert [doubt.exercise for doubt in repaired.doubts] == ["01-double"]


def test_an_answer_in_its_place_stays(tmp_path):
    """A second definition at the end, by way of trying, changes nothing."""
    notebook = WORK.notebook
    notebook["cells"].append(code("def double(x):\n    return None"))
    put(tmp_path, notebook)
    repaired = read(tmp_path)

    assert runs(repaired) == set(BOTH)
    assert repaired.doubts == ()


@pytest.mark.parametrize("kind", ["untouched copies", "scripts of others", "other notebooks"])
def test_no_number_of_other_files_hides_the_notebook(kind, tmp_path):
    """More files than are compared lie before it; the one with the answers is graded."""
    for number in range(2 * MAX_FOUND):
        if kind == "untouched copies":
            put(tmp_path, WORK.untouched, f"backups/{number:03}.ipynb")
        elif kind == "scripts of others":
            put(tmp_path, b"def other(x):\n    return x\n", f"aaa/{number:03}.py")
        else:
            put(tmp_path, {"cells": [code(f"x = {number}")]}, f"aaa/{number:03}.ipynb")
    put(tmp_path, WORK.notebook, "work/mine.ipynb")
    repaired = read(tmp_path)

    assert repaired.graded == "work/mine.ipynb"
    assert repaired.attempted >= set(BOTH)
    assert repaired.doubts == ()


def test_more_answers_than_are_compared_ask_a_person(tmp_path):
    """Which of so many is meant nobody can tell; equal ones are one."""
    for number in range(2 * MAX_FOUND):
        put(tmp_path / "same", WORK.notebook, f"{number}.ipynb")
        notebook = WORK.notebook
        notebook["cells"][3]["source"] += f"\n# {number}"
        put(tmp_path / "other", notebook, f"{number}.ipynb")

    assert read(tmp_path / "same").doubts == ()
    assert any("more than" in doubt.reason for doubt in read(tmp_path / "other").doubts)


def test_packages_are_looked_at_last(tmp_path):
    """What an environment brings along costs the notebook beside it nothing."""
    for number in range(300):
        put(tmp_path, b"def f(x):\n    return x\n", f".venv/lib/site-packages/a/{number}.py")
    put(tmp_path, WORK.notebook, "ha/01/mine.ipynb")

    assert read(tmp_path).graded == "ha/01/mine.ipynb"


def test_a_notebook_far_down_is_found(tmp_path):
    """Folders may lie within folders, thirty deep and more."""
    put(tmp_path, WORK.untouched)
    put(tmp_path, WORK.notebook, "d/" * 60 + FILE)
    repaired = read(tmp_path)

    assert repaired.graded.endswith(f"d/{FILE}")
    assert repaired.attempted >= set(BOTH)


@pytest.mark.parametrize(
    "options",
    [":tags: [a, b]\n:name: two\n\n", "---\nnbgrader:\n  grade_id: {}\n  solution: true\n---\n"],
    ids=["lines", "YAML"],
)
def test_options_of_myst_are_no_code(options, tmp_path):
    """They stand at the head of a program and are taken away; the name of a cell is read."""
    texts = []
    for cell in WORK.notebook["cells"]:
        if cell["cell_type"] == "code":
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "none")
            texts.append(f"```{{code-cell}} ipython3\n{options.format(name)}{cell['source']}\n```")
        else:
            texts.append(cell["source"])
    put(tmp_path, "\n\n".join(texts).encode(), "work.md")
    repaired = read(tmp_path)

    assert runs(repaired) == set(BOTH)
    assert not any(":tags:" in cell.source for cell in repaired.notebook.cells)


def test_a_script_that_answers_more_asks_a_person(tmp_path):
    """A paired script may be the newer one; helpers that the notebook imports ask nobody."""
    notebook = WORK.notebook
    notebook["cells"][3]["source"] = WORK.untouched["cells"][3]["source"]
    put(tmp_path / "pair", notebook)
    script = "\n".join(f"# %%\n{source}\n" for source in ANSWERS.values())
    put(tmp_path / "pair", script.encode(), "paired.py")
    notebook = WORK.notebook
    notebook["cells"][3]["source"] = "from helpers import double"
    put(tmp_path / "helped", notebook)
    put(tmp_path / "helped", script.encode(), "helpers.py")

    assert read(tmp_path / "pair").doubts[0].reason.startswith("'paired.py' answers 01-double")
    assert read(tmp_path / "helped").doubts == ()


def test_another_notebook_lies_beside(tmp_path):
    """It may be one that the graded one runs: %run helpers.ipynb."""
    put(tmp_path, WORK.notebook)
    put(tmp_path, {"cells": [code("HELP = 1")]}, "helpers.ipynb")

    assert set(read(tmp_path).beside) == {"helpers.ipynb"}


def test_names_that_are_no_utf8_can_be_written(tmp_path):
    """What is said of such a file can be written down, and names it as its owner saw it."""
    (tmp_path / os.fsdecode(b"L\xf6sung.ipynb")).write_bytes(to_bytes(WORK.notebook))
    (tmp_path / os.fsdecode(b"\xff.ipynb")).write_bytes(b"{")
    repaired = read(tmp_path)
    said = [repaired.graded, *repaired.repairs, *(doubt.reason for doubt in repaired.doubts)]

    assert "".join(said).encode("utf-8")
    assert repaired.graded == "Lösung.ipynb"
    assert legible("a\udcf6\ud800é") == "aö\ufffdé"


def test_what_was_not_read_is_the_reason(tmp_path):
    """A million cells before the answers: the reason says so, and not that it is another's."""
    put(tmp_path, {"cells": [*[code("1")] * 6000, *WORK.notebook["cells"]]})

    assert "only the first 5000 cells were read" in read(tmp_path).unread


def test_a_folder_that_cannot_be_read_asks_a_person(tmp_path):
    """Somebody who is not the owner may not look in: what was found is graded, and it is said."""
    put(tmp_path, WORK.notebook)
    (tmp_path / ("x" * 250)).mkdir()
    deep = tmp_path / ("x" * 250)
    before = Path.cwd()
    try:  # deeper than a path may be long
        os.chdir(deep)
        for _ in range(20):
            Path("x" * 250).mkdir()
            os.chdir("x" * 250)
    finally:
        os.chdir(before)
    repaired = read(tmp_path)

    assert repaired.attempted >= set(BOTH)
    assert any("not all of it was seen" in doubt.reason for doubt in repaired.doubts)
    assert max(map(len, repaired.repairs), default=0) < 1000


def test_lines_without_their_ends_are_lines(tmp_path):
    """A program that writes sources as lists of bare lines has not made one line of them."""
    notebook = WORK.notebook
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).split("\n")
    put(tmp_path, notebook)

    assert runs(read(tmp_path)) == set(BOTH)


@pytest.mark.parametrize(
    "answer",
    [
        "double = lambda x: 2 * x",
        "def twice(x):\n    return 2 * x\n\ndouble: object = twice",
        "import sys, types\nsys.modules['h'] = types.SimpleNamespace(f=lambda x: 2 * x)\n"
        "from h import f as double",
    ],
    ids=["lambda", "another name", "imported"],
)
def test_an_answer_is_whatever_gives_the_name(answer, tmp_path):
    """A function can come from a lambda, another name or a module."""
    notebook = WORK.notebook
    notebook["cells"][3]["source"] = WORK.untouched["cells"][3]["source"]
    notebook["cells"].append(code(answer))
    put(tmp_path, notebook)

    assert runs(read(tmp_path)) == set(BOTH)


def test_answers_in_a_hidden_script_are_not_lost(tmp_path):
    """An untouched notebook, and the work where a program keeps its copies: a person is asked."""
    put(tmp_path, WORK.untouched)
    script = "\n".join(f"# %%\n{source}\n" for source in ANSWERS.values())
    put(tmp_path, script.encode(), ".ipynb_checkpoints/work-checkpoint.py")
    repaired = read(tmp_path)

    assert repaired.attempted >= set(BOTH)
    assert repaired.doubts
