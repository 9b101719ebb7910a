"""Source notebooks that cannot be used: what is wrong with one, by file and cell.

nbgrader finds such mistakes in the middle of its work, and tells them by a traceback. Here they are
found before anything is touched, all of a notebook at once.
"""

import contextlib
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pawmark.errors import CourseError
from pawmark.grading.course_folder import notebooks_of, source_notebook
from pawmark.grading.intake.cells import ALWAYS_RUN, exercise_of

_REGIONS = ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME")
_LINE = re.compile(r"(?m)^.*?\b(BEGIN|END) (" + "|".join(_REGIONS) + r")\b")
_CELLS = re.compile(r'"cells"\s*:\s*\[\s*')
_BETWEEN = re.compile(r"\s*,?\s*")
_WHOLE = json.JSONDecoder()
_TYPES = ("code", "markdown", "raw")
_OWN = ("nbgrader", "pawmark")
_MOST = 10
_REMEDY = "Mend it, or restore the file, for example: git checkout -- source"


def require_sources(course: Path, names: Iterable[str]) -> None:
    """See that the source notebooks of assignments can be used.

    Raises
    ------
    CourseError
        When some cannot; the message names each file with its cells and what is wrong there.
    """
    wrong = []
    for name in names:
        for path in notebooks_of(course, name) or [source_notebook(course, name)]:
            wrong += [f"{path.relative_to(course)}: {says}" for says in problems(path)]
    if wrong:
        raise CourseError("\n".join([*wrong, _REMEDY]))


def problems(path: Path) -> list[str]:
    """Return what keeps a source notebook from being used, in words; nothing if it can be."""
    try:
        tree = json.loads(path.read_bytes())
    except OSError as error:
        return [f"it cannot be read: {error.strerror}"]
    except UnicodeDecodeError:
        return ["it is no notebook: its text is not UTF-8"]
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        return [f"it is cut off or damaged in {where}, {_place(error.doc)} ({error.msg})"]
    if not isinstance(tree, dict) or not isinstance(tree.get("cells"), list):
        return ["it is no notebook of format 4: it has no list of cells"]
    found = [says for number, cell in enumerate(tree["cells"], 1) for says in _form(number, cell)]
    if not found:
        cells = [_Cell(number, cell) for number, cell in enumerate(tree["cells"], 1)]
        found = [*_of_cells(cells), *_twice(cells)]
    return found if len(found) <= _MOST else [*found[:_MOST], f"and {len(found) - _MOST} more"]


def _place(text: str) -> str:
    """Say behind which cell the text of a notebook stops being one: the last that is whole."""
    begun, last = _CELLS.search(text), None
    place = len(text) if begun is None else begun.end()
    with contextlib.suppress(ValueError):
        for number in itertools.count(1):
            tree, place = _WHOLE.raw_decode(text, place)
            last = _Cell(number, tree) if not any(_form(number, tree)) else f"cell {number}"
            place = next(_BETWEEN.finditer(text, place)).end()
    return "before any cell is whole" if last is None else f"behind {last}, the last whole one"


def _form(number: int, cell: Any) -> Iterator[str]:
    """Say what keeps a part of a notebook from being a cell."""
    if not isinstance(cell, dict):
        yield f"cell {number} is none: it is {json.dumps(cell)[:50]}"
        return
    lines = cell.get("source")
    if not (isinstance(lines, str) or (isinstance(lines, list) and all(map(_is_text, lines)))):
        yield f"cell {number} has no source"
        return
    metadata = cell.get("metadata")
    own = [metadata.get(name, {}) for name in _OWN] if isinstance(metadata, dict) else [None]
    if not all(isinstance(one, dict) for one in own):
        yield f"cell {number} ({_begin(cell)}) has no metadata, or something else in their place"
    elif cell.get("cell_type") not in _TYPES:
        told = json.dumps(cell.get("cell_type"))
        yield f"{_Cell(number, cell)}: its cell_type is {told}; code, markdown and raw are known"


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _begin(cell: dict[str, Any]) -> str:
    """Return the first line of a cell's text, or that it is empty."""
    lines = [line.strip() for line in "".join(cell["source"]).splitlines() if line.strip()]
    return lines[0][:50] if lines else "empty"


class _Cell:
    """A cell of a source notebook, as far as it matters here."""

    def __init__(self, number: int, tree: dict[str, Any]) -> None:
        source = tree["source"]
        self.source = source if isinstance(source, str) else "".join(source)
        self.settings = dict(tree.get("metadata", {}).get("nbgrader", {}))
        self.run = dict(tree.get("metadata", {}).get("pawmark", {})).get("run")
        self.number = number

    @property
    def name(self) -> str:
        """Its grade_id, or empty."""
        return str(self.settings.get("grade_id", ""))

    def __str__(self) -> str:
        return f"cell {self.number} ({self.name or _begin({'source': self.source})})"


def _of_cells(cells: Iterable[_Cell]) -> Iterator[str]:
    for cell in cells:
        if (says := _region(cell.source)) is not None:
            yield f"{cell}: {says}"
        if cell.run not in (None, ALWAYS_RUN):
            known = f"only {ALWAYS_RUN!r} is known"
            yield f'{cell}: its metadata say "run": {json.dumps(cell.run)}; {known}'
        if cell.settings and not cell.name:
            yield f"{cell}: it is a cell of nbgrader's without a grade_id"
        graded = cell.settings.get("grade") or cell.settings.get("task")
        if graded and not _is_number(cell.settings.get("points")):
            yield f"{cell}: it is graded, and has no points"


def _is_number(points: Any) -> bool:
    return isinstance(points, int | float) and not isinstance(points, bool)


def _region(source: str) -> str | None:
    """Say which BEGIN and END do not fit together."""
    begun: str | None = None
    for word, name in _LINE.findall(source):
        if word == "BEGIN" and begun is not None:
            return f"BEGIN {name} comes before END {begun}"
        if word == "END" and begun != name:
            return f"END {name} has no BEGIN {name} above it"
        begun = name if word == "BEGIN" else None
    return None if begun is None else f"BEGIN {begun} has no END {begun} below it"


def _twice(cells: Iterable[_Cell]) -> Iterator[str]:
    counts = Counter(cell.name for cell in cells if cell.name)
    for name, count in counts.items():
        if count > 1:
            yield f"the grade_id {name!r} is that of {count} cells"


def exercises_of(path: Path) -> list[str]:
    """Return the exercises of a source notebook that are worth points, in its order.

    Raises
    ------
    CourseError
        When it cannot be read.
    """
    try:
        tree = json.loads(path.read_bytes())
        cells = [_Cell(number, cell) for number, cell in enumerate(tree["cells"], 1)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CourseError(f"{path} cannot be read as a notebook: {error}.") from error
    worth = [c for c in cells if c.settings.get("grade") or c.settings.get("task")]
    return list(dict.fromkeys(exercise_of(cell.name) for cell in worth))
