"""The cell that a release begins its code with, and other cells that only install packages.

A notebook is opened on Colab, Kaggle or in VS Code too, where Pawmark may be absent. So a release
that uses Pawmark's library gets a cell more than its source, which tells what to do then, or
installs it. Grading has everything installed and no network: it leaves such cells out.
"""

import copy
import re

import nbformat
from nbformat import NotebookNode

NAME = "pawmark-first"
_USES_LIBRARY = re.compile(r"^[ \t]*(?:from|import)[ \t]+pawmark\b", re.MULTILINE)
_IMPORT = "from importlib.util import find_spec"
_GUARD = 'if find_spec("pawmark") is None:'
_SAYS = f"""\
# Run this cell first: where the package pawmark is absent, it says what to do.
{_IMPORT}

{_GUARD}
    raise ModuleNotFoundError(
        "The package pawmark is absent here:\\n"
        "- on your own computer close this and open the notebook with `pawmark lab`;\\n"
        "- on Colab, Kaggle and the like upload the file pawmark-....whl that you were\\n"
        "  given, run %pip install with its path in a new cell, then this cell again."
    )"""
_INSTALLS = f"""\
# Run this cell first: where the package pawmark is absent, it installs it.
{_IMPORT}

{_GUARD}
    %pip install --quiet {{install}}"""
_INSTALLING = re.compile(
    r"""[ \t]*(?:[%!][ \t]*)?(?:\{?[\w./]*(?:executable|python[\d.]*)\}?[ ]-m[ ]|uv[ ])?
        (?:pip[\d.]*|conda|mamba)[ ]+(?:install|uninstall|list|show|freeze)\b[^;&|`$]*
      | [ \t]*get_ipython\(\)\.(?:system|run_line_magic)\(["'](?:pip|conda)\b[^;&|`$]*\)[ \t]*
    """,
    re.VERBOSE,
)
_GOES_ON = re.compile(r"\Ael(?:se|if)\b|\bfind_spec\b")
_HEADS = ("%%capture", "%%bash", "%%sh", "%%time")


def source_of(install: str) -> str:
    """Return the text of the cell; see `with_first_cell`."""
    return _INSTALLS.format(install=install) if install else _SAYS


def with_first_cell(release: NotebookNode, install: str) -> NotebookNode:
    """Return a release with the cell, above its first code; as it is if it uses no library of ours.

    Parameters
    ----------
    release
        What students get; it is not modified.
    install
        What stands behind ``%pip install``; empty for a cell that only tells what to do.
    """
    code = [i for i, cell in enumerate(release.cells) if cell.cell_type == "code"]
    if not any(_USES_LIBRARY.search(release.cells[i].source) for i in code):
        return release
    made = copy.deepcopy(release)
    cell = nbformat.v4.new_code_cell(source_of(install), id=NAME)
    if made.get("nbformat_minor", 5) < 5:
        del cell["id"]
    made.cells.insert(code[0], cell)
    return made


def without_first_cell(source: str) -> str:
    """Return what a student added at the end of a cell that is a release's first; else the source.

    By the look of the lines: of what is left out nothing would do anything at grading. What goes on
    with the cell's own block, or uses its import, stands there with all of it.
    """
    lines = source.replace("'", '"').splitlines()
    says = [i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")]
    if [lines[i].rstrip() for i in says[:2]] != [_IMPORT, _GUARD]:
        return source
    rest = range(says[1] + 1, len(lines))
    end = next((i for i in rest if lines[i].strip() and not lines[i][0].isspace()), len(lines))
    left = "\n".join(source.splitlines()[end:])
    return source if _GOES_ON.search(left) else left


def only_installs(source: str) -> bool:
    """Tell whether a cell does nothing but install packages, or list them."""
    lines = [line for line in source.replace("\\\n", " ").splitlines() if line.strip()]
    lines = [line for line in lines if not line.lstrip().startswith("#")]
    if lines and lines[0].startswith(_HEADS):
        del lines[0]
    return bool(lines) and all(_INSTALLING.fullmatch(line) for line in lines)
