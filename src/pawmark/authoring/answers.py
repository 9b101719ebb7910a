"""Answers in percent format: reading them, and putting them into the cells of a notebook."""

import ast
import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from pawmark.errors import CourseError

_CELL = re.compile(r"^# %%[ \t]+(\S+)[ \t]*$", re.MULTILINE)
_FIELD = re.compile(r"^(fails|says|names|severity):[ \t]*(.*)$", re.MULTILINE)
_DELIMITER = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """What a student might write in some of the solution cells.

    Attributes
    ----------
    docstring
        What is unusual or wrong about it, in words.
    fails
        Names of the checks that fail on it, and no others; empty for a right answer.
    says
        A piece of the message that names the misconception.
    cells
        Sources by the grade_id of the solution cell that they replace.
    names
        For exercises with a specification, the variant that is to be named; "nothing" where none
        may be, empty where either will do.
    severity
        For those as well: "fatal", "major" or "minor", or empty.
    """

    docstring: str
    fails: tuple[str, ...]
    says: str
    cells: dict[str, str]
    names: str = ""
    severity: str = ""


def read_answer(path: Path) -> Answer:
    """Read an answer file.

    Raises
    ------
    CourseError
        When the file cannot be read, lacks its docstring or has no cells.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"The answer {path} cannot be read: {error}") from error
    head, *rest = _CELL.split(text)
    docstring = _docstring(head, path)
    cells = {name: source.strip("\n") for name, source in zip(rest[::2], rest[1::2], strict=True)}
    if not cells:
        raise CourseError(
            f"{path} has no cells: each begins with a line like '# %% 02-list-pairs'."
        )
    fields = dict(_FIELD.findall(docstring))
    fails = tuple(name.strip() for name in fields.get("fails", "").split(",") if name.strip())
    said, named, severity = (fields.get(key, "").strip() for key in ("says", "names", "severity"))
    return Answer(_FIELD.sub("", docstring).strip(), fails, said, cells, named, severity)


def _docstring(head: str, path: Path) -> str:
    try:
        docstring = ast.get_docstring(ast.parse(head))
    except SyntaxError as error:
        raise CourseError(f"The head of {path} is not Python: {error}") from error
    if not docstring:
        raise CourseError(f"{path} should begin with a docstring that says what the answer does.")
    return docstring


def is_solution(cell: NotebookNode) -> bool:
    """Tell whether a cell is one that students fill in."""
    return cell.cell_type == "code" and bool(cell.metadata.get("nbgrader", {}).get("solution"))


def reference_cells(source: NotebookNode) -> dict[str, str]:
    """Return the reference solutions of a source notebook by grade_id."""
    return {
        cell.metadata.nbgrader.grade_id: _DELIMITER.sub("", cell.source)
        for cell in source.cells
        if is_solution(cell)
    }


def fill(release: NotebookNode, cells: Mapping[str, str]) -> NotebookNode:
    """Put sources into the solution cells of a copy of a release notebook.

    Raises
    ------
    CourseError
        When the notebook has no solution cell of a given grade_id.
    """
    filled = copy.deepcopy(release)
    missing = dict(cells)
    for cell in filter(is_solution, filled.cells):
        cell.source = missing.pop(cell.metadata.nbgrader.grade_id, cell.source)
    if missing:
        raise CourseError(f"The notebook has no solution cell named {', '.join(sorted(missing))}.")
    return filled
