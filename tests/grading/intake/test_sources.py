"""Source notebooks with mistakes: each is one message that names file and cell."""

import json
from pathlib import Path

import pytest

from pawmark.assignments import assignments, source_notebook
from pawmark.errors import CourseError
from pawmark.grading.intake.sources import exercises_of, problems, require_sources

REPO = Path(__file__).resolve().parents[3]
ARITHMETIC = REPO / "tests" / "courses" / "arithmetic"
SUMS = "01_sums"


@pytest.fixture
def source(tmp_path) -> Path:
    """Return a copy of a source notebook in a course of its own."""
    path = source_notebook(tmp_path, SUMS)
    path.parent.mkdir(parents=True)
    path.write_bytes(source_notebook(ARITHMETIC, SUMS).read_bytes())
    return path


def edit(path: Path, **changes: str) -> None:
    """Replace text within the cells of a notebook."""
    tree = json.loads(path.read_text())
    for cell in tree["cells"]:
        text = "".join(cell["source"])
        for old, new in changes.items():
            text = text.replace(old.replace("_", " "), new)
        cell["source"] = text
    path.write_text(json.dumps(tree))


@pytest.mark.parametrize("course", [REPO, ARITHMETIC], ids=["pawmark", "arithmetic"])
def test_the_courses_own_sources_can_be_used(course):
    """No source of ours is called wrong."""
    assert {name: problems(source_notebook(course, name)) for name in assignments(course)} == {
        name: [] for name in assignments(course)
    }


def cells_of(source: Path) -> list:
    """Return the cells of a notebook."""
    return json.loads(source.read_text())["cells"]


@pytest.mark.parametrize("indent", [None, 1])
def test_a_source_that_is_cut_off_is_named_with_its_last_whole_cell(source, indent):
    """Wherever it ends: the cell behind which it does, with line and column."""
    cells = cells_of(source)
    text = json.dumps({"cells": cells}, indent=indent)
    ends = [text.index(f'"id": "{cell["id"]}"') + 8 for cell in cells]
    for count, end in enumerate(ends):
        source.write_text(text[:end])
        (says,) = problems(source)
        lines = text[:end].splitlines()
        assert f"it is cut off or damaged in line {len(lines)}, column " in says
        if count == 0:
            assert "before any cell is whole" in says
        else:
            assert f"behind cell {count} (" in says
            name = cells[count - 1]["metadata"].get("nbgrader", {}).get("grade_id", "")
            assert f"({name}" in says

    source.write_text(text[:-1])
    (says,) = problems(source)
    assert f"behind cell {len(cells)} (" in says
    source.write_text("")
    assert "before any cell is whole" in problems(source)[0]


def test_the_mark_of_a_merge_is_named_with_the_cell_before_it(source):
    """What git leaves between two cells breaks the file there, and not at its end."""
    text = json.dumps({"cells": cells_of(source)}, indent=1)
    at = text.index("\n  {", text.index('"grade_id": "01-total"'))
    source.write_text(text[:at] + "\n<<<<<<< HEAD" + text[at:])

    (says,) = problems(source)
    assert f"damaged in line {text[:at].count(chr(10)) + 2}, column 1, " in says
    assert "behind cell 4 (01-total), the last whole one" in says


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"source": None}, "cell 5 has no source"),
        ({"source": ["a", 1]}, "cell 5 has no source"),
        ({"metadata": None}, "cell 5 (assert total("),
        ({"metadata": {"nbgrader": 1}}, "has no metadata, or something else in their place"),
        ({"cell_type": "heading"}, 'cell 5 (01-total-check): its cell_type is "heading"; code, '),
        (None, "cell 5 is none: it is 7"),
    ],
)
def test_a_cell_that_is_none_is_named(source, change, says):
    """What is missing in one, or is something else, is told with the number of the cell."""
    tree = json.loads(source.read_text())
    if change is None:
        tree["cells"][4] = 7
    else:
        tree["cells"][4] |= change
    source.write_text(json.dumps(tree))

    (told,) = problems(source)
    assert says in told


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("###_END_SOLUTION", "", "cell 4 (01-total): BEGIN SOLUTION has no END SOLUTION below it"),
        ("###_BEGIN_SOLUTION", "", "cell 4 (01-total): END SOLUTION has no BEGIN SOLUTION above"),
        ("###_END_HIDDEN_TESTS", "", "cell 5 (01-total-check): BEGIN HIDDEN TESTS has no END"),
    ],
)
def test_a_region_that_is_not_closed_is_named_with_its_cell(source, old, new, says):
    """Each cell of the notebook with such a mistake is in the one message."""
    edit(source, **{old: new})

    with pytest.raises(CourseError) as refused:
        require_sources(source.parents[2], [SUMS])

    message = str(refused.value)
    assert f"source/{SUMS}/{SUMS}.ipynb: {says}" in message
    assert len(message.splitlines()) == 3  # two cells, and what to do


def test_settings_that_nbgrader_cannot_use_are_named(source):
    """A grade_id twice, one that is missing, points that are missing, a word that is misspelt."""
    tree = json.loads(source.read_text())
    cells = {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in tree["cells"]}
    cells["01-mean-of-file"]["metadata"]["nbgrader"]["grade_id"] = "01-total"
    del cells["01-total-check"]["metadata"]["nbgrader"]["points"]
    del cells["01-setup"]["metadata"]["nbgrader"]["grade_id"]
    cells["01-total"]["metadata"]["pawmark"] = {"run": "allways"}
    source.write_text(json.dumps(tree))

    assert problems(source) == [
        "cell 2 (from fractions import Fraction): it is a cell of nbgrader's without a grade_id",
        'cell 4 (01-total): its metadata say "run": "allways"; only \'always\' is known',
        "cell 5 (01-total-check): it is graded, and has no points",
        "the grade_id '01-total' is that of 2 cells",
    ]


@pytest.mark.parametrize("content", ["[]", "{}", '{"cells": 3}', "7"])
def test_what_is_no_notebook_is_called_so(source, content):
    """JSON of another form is no notebook."""
    source.write_text(content)

    assert problems(source) == ["it is no notebook of format 4: it has no list of cells"]
    with pytest.raises(CourseError):
        exercises_of(source)
