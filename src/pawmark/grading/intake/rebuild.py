"""Rebuild a submission on the released notebook: the student's answers, everything else ours.

A submitted file is hostile bytes. Only the text of the cells leaves it; types, ids and metadata
of the assignment's own cells come from the release, and outputs are dropped.
"""

import copy
import json
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from pawmark.grading.intake.files import Found, UnreadableError, read_regular

MAX_CELLS = 5000
MAX_EXTRA = 500
MAX_SOURCE = 500_000
_TYPES = ("code", "markdown")
_DEFINITION = re.compile(r"^(?:async +def|def|class) +(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Repaired:
    """A notebook that is safe to run, and what it took to get there.

    Attributes
    ----------
    notebook
        The released notebook with the student's answers and extra cells.
    repairs
        One readable line for each thing that was put right.
    attempted
        The grade ids of the solution cells that differ from the released stub.
    free_code
        Whether the student wrote code in other cells; it may answer an exercise too.
    known
        How many of the assignment's own cells were found.
    """

    notebook: NotebookNode
    repairs: tuple[str, ...]
    attempted: frozenset[str]
    free_code: bool = False
    known: int = field(default=0, compare=False)


@dataclass(frozen=True)
class _Cell:
    kind: str
    source: str
    cell_id: str
    grade_id: str


def release_form(source: NotebookNode) -> NotebookNode:
    """Make what students get from a source notebook, as ``nbgrader generate_assignment`` does.

    Parameters
    ----------
    source
        The notebook with solutions and hidden tests; it is not modified.

    Returns
    -------
    NotebookNode
        The release.
    """
    from nbgrader import preprocessors as steps

    notebook, resources = copy.deepcopy(source), {}
    for step in (
        steps.LockCells,
        steps.ClearSolutions,
        steps.ClearOutput,
        steps.CheckCellMetadata,
        steps.ComputeChecksums,
        steps.ClearHiddenTests,
        steps.ClearMarkScheme,
        steps.ComputeChecksums,
        steps.CheckCellMetadata,
    ):
        notebook, resources = step().preprocess(notebook, resources)
    return notebook


def repair(pristine: NotebookNode, path: Path) -> Repaired:
    """Rebuild a submitted notebook on the released one; never raises for what is in the file.

    Parameters
    ----------
    pristine
        The release; it is not modified.
    path
        The submitted file.

    Returns
    -------
    Repaired
        The rebuilt notebook. A file that is no notebook gives the release and one repair.
    """
    try:
        return rebuild(pristine, read_regular(path))
    except UnreadableError as error:
        return _unreadable(pristine, error)


def rebuild(pristine: NotebookNode, data: bytes) -> Repaired:
    """Rebuild a submitted notebook from its bytes; never raises for what they are.

    Parameters
    ----------
    pristine
        The release; it is not modified.
    data
        The bytes of the submitted file.
    """
    try:
        return _Rebuild(pristine, _entries(data)).result()
    except UnreadableError as error:
        return _unreadable(pristine, error)


def _unreadable(pristine: NotebookNode, error: UnreadableError) -> Repaired:
    line = f"the file is not a notebook ({error}); nothing of it could be graded"
    return Repaired(_cleared(pristine), (line,), frozenset())


def choose(pristine: NotebookNode, found: Iterable[Found], expected: str) -> Repaired:
    """Rebuild the one of several notebooks that is the assignment's, by what is in it.

    The one with the right name is taken if it holds an answer or no other does; else the one with
    the most answers, and of these the one with the most of the assignment's own cells.

    Parameters
    ----------
    pristine
        The release; it is not modified.
    found
        The notebooks that were handed in.
    expected
        The name that the notebook should have.
    """
    ranked = []
    for notebook in found:
        made = rebuild(pristine, notebook.data)
        named = notebook.name == expected
        answers = len(made.attempted)
        usable = made.known > 0
        rank = (usable, not notebook.hidden, answers > 0, named, answers, made.known)
        ranked.append((rank, notebook.name, made))
    if not ranked:
        return _unreadable(pristine, UnreadableError("it is missing"))
    ranked.sort(key=lambda entry: entry[0], reverse=True)  # stable: the first of equals stays first
    _, name, made = ranked[0]
    notes = []
    if name != expected:
        notes.append(f"the notebook was called {name!r}; graded as {expected!r}")
    others = [repr(other) for _, other, _ in ranked[1:]]
    if others:
        notes.append(f"graded was {name!r}; there too, and not graded: {', '.join(others)[:500]}")
    return replace(made, repairs=(*notes, *made.repairs))


def _entries(data: bytes) -> list[Any]:
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise UnreadableError("it is empty")
    try:
        content = json.loads(data)
    except (RecursionError, MemoryError):
        raise UnreadableError("it is nested too deeply or too large") from None
    except ValueError:
        raise UnreadableError("it is not JSON") from None
    if isinstance(content, dict) and "cells" not in content and "worksheets" in content:
        content = _upgraded(content)
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise UnreadableError("it has no cells")
    return content["cells"]


def _upgraded(content: dict[str, Any]) -> NotebookNode:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return nbformat.convert(nbformat.from_dict(content), 4)
    except Exception:  # whatever a made-up file does to the conversion
        raise UnreadableError("its old format could not be converted") from None


def _cell(entry: Any) -> _Cell | None:
    if not isinstance(entry, dict):
        return None
    nbgrader = _dict(_dict(entry.get("metadata")).get("nbgrader"))
    return _Cell(
        kind=_text(entry.get("cell_type")),
        source=_source(entry.get("source")),
        cell_id=_text(entry.get("id")),
        grade_id=_text(nbgrader.get("grade_id")),
    )


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _source(value: Any) -> str:
    parts = value if isinstance(value, list) else [value]
    text = "".join(map(_text, parts)).replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be saved


def _key(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _names(source: str) -> set[str]:
    """Return the names of the functions and classes that a source defines at its top level.

    By the look of the lines: Python's own parser can be made to crash, and this is a student's.
    """
    return set(_DEFINITION.findall(source))


def _nbgrader(cell: NotebookNode) -> dict[str, Any]:
    return _dict(cell.metadata.get("nbgrader"))


def _is_solution(cell: NotebookNode) -> bool:
    return bool(_nbgrader(cell).get("solution"))


def _is_locked(cell: NotebookNode) -> bool:
    flags = _nbgrader(cell)
    return not flags.get("solution") and any(flags.get(f) for f in ("grade", "locked", "task"))


def _is_free(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and not _is_solution(cell) and not _is_locked(cell)


def _label(cell: NotebookNode) -> str:
    name = _nbgrader(cell).get("grade_id") or cell.get("id", "without a name")
    if _is_solution(cell):
        return f"the solution cell {name}"
    return f"the check cell {name}" if _nbgrader(cell).get("grade") else f"the cell {name}"


def _cleared(pristine: NotebookNode) -> NotebookNode:
    notebook = copy.deepcopy(pristine)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


class _Rebuild:
    """One pass over the student's cells, matched with the released ones."""

    def __init__(self, pristine: NotebookNode, entries: list[Any]) -> None:
        self.notebook = _cleared(pristine)
        self.originals = pristine.cells
        self.repairs: list[str] = []
        self.attempted: set[str] = set()
        self.free_code = False
        self.cells = self.usable(entries)
        self.copies = self.match()
        chosen = {self.choose(i, c): i for i, c in self.copies.items()}
        self.chosen = dict(sorted(chosen.items()))

    def usable(self, entries: list[Any]) -> list[_Cell]:
        if len(entries) > MAX_CELLS:
            self.repairs.append(f"only the first {MAX_CELLS} of {len(entries)} cells were read")
        cells = [_cell(entry) for entry in entries[:MAX_CELLS]]
        if broken := cells.count(None):
            self.repairs.append(f"{broken} entries that are not cells were left out")
        if long := sum(cell is not None and len(cell.source) > MAX_SOURCE for cell in cells):
            self.repairs.append(f"{long} cells were cut after {MAX_SOURCE} characters")
        return [replace(c, source=c.source[:MAX_SOURCE]) for c in cells if c is not None]

    def match(self) -> dict[int, list[int]]:
        """Map each original to its copies among the student's cells, both by position."""
        by_grade = {_nbgrader(c).get("grade_id"): i for i, c in enumerate(self.originals)}
        by_id = {c.get("id"): i for i, c in enumerate(self.originals)}
        for table in (by_grade, by_id):
            table.pop(None, None)
        copies, rest = defaultdict(list), []
        for j, cell in enumerate(self.cells):
            i = by_grade.get(cell.grade_id, by_id.get(cell.cell_id))
            (rest if i is None else copies[i]).append(j)
        self.match_by_text(copies, rest)
        return dict(copies)

    def match_by_text(self, copies: dict[int, list[int]], rest: Iterable[int]) -> None:
        """Match untouched cells that lost their names, as old formats have no cell ids."""
        waiting = defaultdict(list)
        for i, original in enumerate(self.originals):
            if i not in copies and original.source.strip():
                waiting[original.cell_type, _key(original.source)].append(i)
        for j in rest:
            if found := waiting.get((self.cells[j].kind, _key(self.cells[j].source))):
                copies[found.pop(0)].append(j)

    def differs(self, i: int, j: int) -> bool:
        return _key(self.cells[j].source) != _key(self.originals[i].source)

    def choose(self, i: int, copies: list[int]) -> int:
        """Choose the copy that stands for an original: of an answer, the last that differs."""
        if _is_solution(self.originals[i]) or _is_free(self.originals[i]):
            changed = [j for j in copies if self.differs(i, j)]
            return changed[-1] if changed else copies[0]
        return copies[0]

    def result(self) -> Repaired:
        answer_of = {i: j for j, i in self.chosen.items()}
        if list(self.chosen.values()) != sorted(self.chosen.values()):
            self.repairs.append("the cells were in another order; the original order was used")
        for i, cell in enumerate(self.notebook.cells):
            if _is_solution(cell):
                self.answer(i, answer_of.get(i))
            elif _is_locked(cell):
                self.lock(i)
            elif _is_free(cell) and i in answer_of:
                self.free_code |= self.differs(i, answer_of[i])
                cell.source = self.cells[answer_of[i]].source
        extras = self.extras()
        self.free_code |= any(cell.kind == "code" for _, cell in extras)
        self.notebook.cells = self.woven(extras)
        attempted = frozenset(self.attempted)
        known = len(self.copies)
        return Repaired(self.notebook, tuple(self.repairs), attempted, self.free_code, known)

    def answer(self, i: int, j: int | None) -> None:
        cell = self.notebook.cells[i]
        if j is None:
            self.missing(i)
            return
        if len(self.copies[i]) > 1:
            self.repairs.append(
                f"{_label(cell)} was there {len(self.copies[i])} times; the last one that differs "
                "from the original was used"
            )
        if self.cells[j].kind != cell.cell_type:
            self.repairs.append(f"{_label(cell)} was no {cell.cell_type} cell; it is one again")
        if self.differs(i, j):
            cell.source = self.cells[j].source
            self.attempted.add(str(_nbgrader(cell).get("grade_id")))

    def missing(self, i: int) -> None:
        """Put a missing answer back, unless it was merged into another cell.

        The stub in its place would define the same names again, and undo the answer.
        """
        cell = self.notebook.cells[i]
        if not self.is_elsewhere(i):
            self.repairs.append(f"{_label(cell)} was missing; the original was used")
            return
        cell.source = "# The answer of this cell stands in another one."
        self.attempted.add(str(_nbgrader(cell).get("grade_id")))
        self.repairs.append(f"{_label(cell)} was missing; its answer was found in another cell")

    def is_elsewhere(self, i: int) -> bool:
        wanted = _names(self.originals[i].source)
        return bool(wanted) and any(wanted <= names for names in self.written)

    @cached_property
    def written(self) -> list[set[str]]:
        """The names that each code cell of the student's own defines."""
        return [
            _names(cell.source)
            for j, cell in enumerate(self.cells)
            if cell.kind == "code" and not self.is_unchanged(j)
        ]

    def is_unchanged(self, j: int) -> bool:
        original = self.chosen.get(j)
        if original is None:
            return False
        return _is_locked(self.originals[original]) or not self.differs(original, j)

    def lock(self, i: int) -> None:
        copies, label = self.copies.get(i, []), _label(self.originals[i])
        if not copies:
            self.repairs.append(f"{label} was missing; the original was used")
        elif any(self.differs(i, j) for j in copies):
            self.repairs.append(f"{label} was changed; the original was used")

    def extras(self) -> list[tuple[int, _Cell]]:
        """List the extra cells, each with the position of the original that it follows."""
        dropped = self.dropped()
        anchor, extras = -1, []
        for j, cell in enumerate(self.cells):
            if j in self.chosen:
                anchor = self.chosen[j]
            elif j not in dropped and cell.source.strip():
                extras.append((anchor, cell))
        kept = [extra for extra in extras if extra[1].kind in _TYPES]
        if other := len(extras) - len(kept):
            self.repairs.append(f"{other} cells that are neither code nor markdown were left out")
        if len(kept) > MAX_EXTRA:
            self.repairs.append(f"only the first {MAX_EXTRA} of {len(kept)} extra cells were kept")
        return kept[:MAX_EXTRA]

    def dropped(self) -> set[int]:
        """Find the copies to leave out.

        An earlier answer stays as an extra cell: splitting a cell in JupyterLab copies its grade
        id to both halves, and the first half is needed.
        """
        return {
            j
            for i, copies in self.copies.items()
            for j in copies
            if not (_is_solution(self.originals[i]) and self.differs(i, j))
        }

    def woven(self, extras: list[tuple[int, _Cell]]) -> list[NotebookNode]:
        after = defaultdict(list)
        taken = {cell.get("id") for cell in self.originals}
        names = (name for n in range(10**9) if (name := f"extra-{n + 1}") not in taken)
        for (anchor, cell), name in zip(extras, names, strict=False):
            after[anchor].append(self.fresh(cell, name))
        woven = after[-1]
        for i, cell in enumerate(self.notebook.cells):
            woven += [cell, *after[i]]
        return woven

    def fresh(self, cell: _Cell, name: str) -> NotebookNode:
        code = cell.kind == "code"
        make = nbformat.v4.new_code_cell if code else nbformat.v4.new_markdown_cell
        node = make(source=cell.source, id=name)
        if self.notebook.get("nbformat_minor", 5) < 5:
            del node["id"]
        return node
