"""The cell that releases have above their code, and what of it is left when it is handed in."""

import subprocess
import sys

import nbformat
import pytest
from hand_ins import FILE, Work, code, put
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from pawmark import settings
from pawmark.errors import SettingsError
from pawmark.grading.intake.choosing import choose
from pawmark.grading.intake.files import copy_extra
from pawmark.grading.intake.finding import find
from pawmark.grading.intake.first_cell import (
    only_installs,
    source_of,
    with_first_cell,
    without_first_cell,
)

WORK = Work()
INSTALLS = [
    "%pip install pawmark",
    "! pip3 install -q pawmark numpy\n# more\n%conda install scipy",
    "pip install pawmark",
    "%%capture\n!python -m pip install \\\n    pawmark",
    "%pip install pawmark\n\n%pip list",
    "!{sys.executable} -m pip install pawmark",
    "!uv pip install pawmark",
    'get_ipython().run_line_magic("pip", "install pawmark")',
    "get_ipython().system('pip install -q pawmark')",
]
OTHERS = [
    "",
    "# %pip install pawmark",
    "%%capture",
    "%pip install pawmark\nimport numpy",
    "!pip install pawmark; rm results.csv",
    "!pip install pawmark && python make_table.py",
    "!pip install pawmark | tee log",
    "!wget https://example.org/table.csv",
    "pip = install = 1",
    "%%writefile requirements.txt\npip install pawmark",
]


def hand_in(folder, *sources):
    """Hand in right answers, with these cells above the first code; return what is graded."""
    notebook = WORK.notebook
    notebook["cells"][1:1] = map(code, sources)
    put(folder, notebook)
    return choose(WORK.release, find(folder), FILE, copy_extra(folder, {}))


@pytest.mark.parametrize("install", ["", "pawmark"])
def test_a_release_begins_its_code_with_it(install):
    """The cell stands above the first code, below the title; a course without Pawmark has none."""
    cells = [new_markdown_cell("# Title"), new_code_cell("from pawmark import pets")]
    release = new_notebook(cells=cells)
    before = nbformat.writes(release)
    made = with_first_cell(release, install)

    assert [cell.cell_type for cell in made.cells] == ["markdown", "code", "code"]
    assert made.cells[1].source == source_of(install)
    assert nbformat.writes(release) == before
    nbformat.validate(made)
    cells[1].source = "import numpy  # not pawmark"
    assert with_first_cell(release, install) is release


@pytest.mark.parametrize("install", ["", "pawmark"])
def test_where_pawmark_is_there_it_does_nothing_and_where_not_it_says_so(install):
    """Run as IPython runs it: in silence with the package; without, pip is called or one reads."""
    program = TransformerManager().transform_cell(source_of(install))
    head = "get_ipython = lambda: type('', (), {'run_line_magic': lambda self, *a: print(a)})()\n"
    absent = "import sys; sys.modules['pawmark'] = None; import importlib.util as i\n"
    absent += "i.find_spec = lambda name: None\n"
    there, gone = (
        subprocess.run(
            [sys.executable, "-c", text + program], capture_output=True, text=True, check=False
        )
        for text in (head, head + absent)
    )

    assert (there.returncode, there.stdout, there.stderr) == (0, "", "")
    if install:
        assert gone.stdout == "('pip', 'install --quiet pawmark')\n"
    else:
        assert gone.returncode == 1
        assert "ModuleNotFoundError: The package pawmark is absent here" in gone.stderr


@pytest.mark.parametrize("install", ["", "pawmark"])
def test_what_a_student_added_to_it_stays(install):
    """Only what stands below the cell's own block is the student's."""
    source = source_of(install)

    assert without_first_cell(source) == ""
    assert without_first_cell(f"{source}\n\nx = 1\n  \ny = 2") == "x = 1\n  \ny = 2"
    assert without_first_cell(source.replace('"', "'")) == ""
    assert without_first_cell(f"x = 1\n{source}") == f"x = 1\n{source}"
    assert without_first_cell("if x:\n    pass") == "if x:\n    pass"
    for more in ("else:\n    x = 1", "elif 1:\n    x = 1", "x = find_spec('numpy') is not None"):
        assert without_first_cell(f"{source}\n{more}") == f"{source}\n{more}"


@pytest.mark.parametrize("source", INSTALLS)
def test_cells_that_only_install_are_known(source):
    """Whatever way of asking for packages IPython has."""
    assert only_installs(source)


@pytest.mark.parametrize("source", OTHERS)
def test_cells_that_do_more_are_not_taken_for_it(source):
    """A cell that does anything else is run."""
    assert not only_installs(source)


def test_grading_leaves_both_out(tmp_path):
    """No cell is shifted; the release's own is no repair and no code of the student's."""
    plain = hand_in(tmp_path / "plain")
    first = hand_in(tmp_path / "first", source_of("pawmark"))
    both = hand_in(tmp_path / "both", source_of(""), "!pip install x", "%pip install y")
    more = hand_in(tmp_path / "more", source_of("") + "\nx = 1")

    assert plain.repairs == ()
    assert first == plain
    assert both.notebook == plain.notebook
    assert [*both.repairs] == [
        "2 cells that install packages were left out: grading has its own, and no network"
    ]
    assert not both.free_code
    assert [cell.source for cell in more.notebook.cells][1] == "x = 1"
    assert more.free_code


def test_what_is_installed_is_one_line(monkeypatch):
    """A value that would write more into every release is refused by name."""
    monkeypatch.setenv("PAWMARK_INSTALL", "pawmark\nimport os")
    with pytest.raises(SettingsError, match="PAWMARK_INSTALL"):
        _ = settings.here.install
