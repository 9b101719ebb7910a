"""Rebuild a submission on the released notebook: the student's answers, everything else ours.

A submitted file is hostile bytes. Only the text of the cells leaves it, and pictures pasted into
texts; types, ids and metadata of the assignment's own cells come from the release. Outputs are
dropped, but for what the assignment's own cells showed above a written answer: whoever grades that
may be shown it, cleaned, as it was handed in. What a student wrote is kept wherever it stands: code
in a cell that is locked becomes a cell of its own, and a text beside the place for a written answer
becomes that answer.
"""

import copy
import re
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import nbformat
from nbformat import NotebookNode

from pawmark.grading.boundary.sanitizing import Cleaner
from pawmark.grading.intake.cells import exercise_of, mark_students_own
from pawmark.grading.intake.first_cell import only_installs, without_first_cell
from pawmark.grading.intake.reading import MAX_SOURCE, Cell, Reading
from pawmark.wording import counted

MAX_EXTRA = 500
_TYPES = ("code", "markdown")
_SHARED = 5  # another assignment's notebook has less than one in so many of the cells
_CODE = re.compile(
    r"^\s*(?:(?:async +)?(?:def|class|for|while|with|if|try|assert|return|print|raise|del)\b"
    r"|import +\w|from +[\w.]+ +import|[%!@#]|[\w.\[\], ]+ *[-+*/]?=[^=]|[\w.]+\()",
    re.MULTILINE,
)
# Programs in a text: in a fence, or lines that define, import or assign something.
_PROGRAM = re.compile(
    r"^\s*(?:`{3}|~{3}|(?:async +def|def|class) +\w+.*:|import +\w|from +[\w.]+ +import\b"
    r"|\w+ *=[^=]|return\b)",
    re.MULTILINE,
)
_ASSIGNMENT = re.compile(r"^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE)
_IMPORTED = re.compile(r"^from[ \t]+[\w.]+[ \t]+import[ \t]+(.+)$", re.MULTILINE)
# Definitions and imports, which a cell further down may need.
_MAKES = re.compile(r"^(?:(?:async +)?def|class|import|from) ", re.MULTILINE)
_ELSEWHERE = "# The answer of this cell stands in another one."
_STRING = re.compile(r"(\"\"\"|''')(.*?)(?:\1|\Z)", re.DOTALL)
# Lines that do nothing, and that students leave where their code is commented out.
_IDLE = {"pass", "...", "return", "return None", "raise NotImplementedError",
         "raise NotImplementedError()"}  # fmt: skip
# Magics that run the rest of their cell in the notebook itself.
_RUNNING = {"time", "capture", "prun"}
_MAGIC = re.compile(r"\s*(?:#[^\n]*\n\s*)*(%%([\w!]+)\S*)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# Where a source says what its exercises were called when students got them: new names by old ones.
RENAMED = "renamed"
_DEFINITION = re.compile(r"^(?:async +def|def|class) +(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Doubt:
    """Why a person should look at a submission, whatever its checks give.

    Attributes
    ----------
    reason
        In words for student and instructor.
    exercise
        The grade_id of the one exercise that it is about; None for the whole submission.
    fails_run
        Whether the exit status of grading says so as well.
    """

    reason: str
    exercise: str | None = None
    fails_run: bool = True


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
        How many of the assignment's own cells were found, by grade_id or by their text.
    doubts
        Why a person should look at it.
    unread
        Why nothing of what was handed in could be graded; empty where something could.
    commented
        The grade ids of the attempted cells of which nothing runs: their code is commented out.
    graded
        The name of the file that was graded.
    beside
        Files that lie in the working folder, by path.
    """

    notebook: NotebookNode
    repairs: tuple[str, ...]
    attempted: frozenset[str]
    free_code: bool = False
    known: int = field(default=0, compare=False)
    doubts: tuple[Doubt, ...] = ()
    unread: str = ""
    commented: frozenset[str] = frozenset()
    graded: str = field(default="", compare=False)
    beside: Mapping[str, bytes] = field(default_factory=dict)


def unreadable(pristine: NotebookNode, reason: str, fails_run: bool = True) -> Repaired:
    """Return what stands for a submission of which nothing can be graded: a person is asked.

    Parameters
    ----------
    pristine
        The release; it is not modified.
    reason
        Why, for student and instructor.
    fails_run
        Whether the exit status of grading says so as well.
    """
    line = f"nothing that was handed in could be graded: {reason}"
    doubts = (Doubt(line, fails_run=fails_run),)
    return Repaired(_cleared(pristine), (line,), frozenset(), doubts=doubts, unread=reason)


def nothing_asked(pristine: NotebookNode) -> Repaired:
    """Return what stands for a submission of a notebook that asks for no answer: the notebook.

    Parameters
    ----------
    pristine
        The release; it is not modified.
    """
    return Repaired(_cleared(pristine), (), frozenset())


def rebuild(pristine: NotebookNode, reading: Reading) -> Repaired:
    """Rebuild a submitted notebook on the released one; never raises for what it holds.

    Parameters
    ----------
    pristine
        The release; it is not modified.
    reading
        The cells of the submitted file.
    """
    made = _Rebuild(pristine, reading.cells).result()
    return replace(
        made,
        repairs=(*reading.notes, *made.repairs),
        doubts=(*(Doubt(reason) for reason in reading.doubts), *made.doubts),
    )


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _key(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _names(source: str) -> set[str]:
    """Return the names of the functions and classes that a source defines at its top level.

    By the look of the lines: Python's own parser can be made to crash, and this is a student's.
    """
    return set(_DEFINITION.findall(source))


def _bound(source: str) -> set[str]:
    """Return the names that a source gives to something at its top level, by any way of Python."""
    found = _names(source) | set(_ASSIGNMENT.findall(source))
    for listed in _IMPORTED.findall(source):
        found |= {name.split()[-1] for name in listed.strip("() ").split(",") if name.split()}
    return found


def _defines(source: str) -> set[str]:
    """Return the names of all functions and classes in a text, however far they are moved in."""
    return set(re.findall(r"^[ \t>]*(?:async +def|def|class) +(\w+)", source, re.MULTILINE))


def _idle_magic(source: str) -> str:
    """Return the magic at the head of a cell that keeps the cell from being run in the notebook."""
    found = _MAGIC.match(source)
    return found[1] if found and found[2] not in _RUNNING else ""


def _quoted(source: str) -> str:
    """Return the beginning of a cell, to name it by."""
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    return repr(lines[0][:60]) if lines else "an empty line"


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


def _is_written(cell: NotebookNode) -> bool:
    """Tell whether a cell takes a text that a person grades."""
    return _is_solution(cell) and bool(_nbgrader(cell).get("grade"))


def names_asked_for(pristine: NotebookNode) -> set[str]:
    """Return the names of the functions and classes that an assignment asks for."""
    return set().union(*(_names(cell.source) for cell in pristine.cells if _is_solution(cell)))


def written_in(notebook: NotebookNode) -> list[str]:
    """Return the grade_ids of the cells that take a text which a person grades."""
    return [str(_nbgrader(cell).get("grade_id")) for cell in notebook.cells if _is_written(cell)]


def _is_prose(cell: Cell) -> bool:
    """Tell whether a cell holds a text, also where it is a code cell, by the look of its lines."""
    if cell.kind != "code":
        return True
    return len(cell.source.split()) > 2 and not _CODE.search(cell.source)


def added_to(original: str, source: str, exact: bool = False) -> list[tuple[bool, str]]:
    """Find what was added to the text of a cell, in one pass over its lines.

    Parameters
    ----------
    original, source
        The text as released, and the student's.
    exact
        Whether lines in the place of others are left out unless they define or import something.

    Returns
    -------
    list of (bool, str)
        Each piece, with whether it stands before everything that was there.
    """
    old, new = (
        [line.rstrip() for line in text.strip().splitlines()] for text in (original, source)
    )
    old = [line for line in old if line]
    counts = Counter(old)
    places = {line: place for place, line in enumerate(old) if counts[line] == 1}
    found: list[tuple[bool, str]] = []
    block: list[str] = []
    done = 0  # so many of the old lines have been met

    def flush(upto: int) -> None:
        piece = textwrap.dedent("\n".join(block)).strip("\n")
        kept = not exact or upto == done or _makes_names(piece)
        if piece and kept and not (exact and _is_comment(piece)):
            found.append((done == 0, piece))
        block.clear()

    for line in new:
        place = done if done < len(old) and line == old[done] else places.get(line, -1)
        if line and place >= done:
            flush(place)
            done = place + 1
        elif line or block:
            block.append(line)
    flush(len(old))
    return found


def _lines(source: str) -> set[str]:
    """Return the lines of a text that are not empty, headings without their marks."""
    return {line.strip("# \t") for line in source.splitlines()} - {""}


def is_commented_out(original: str, source: str) -> bool:
    """Tell whether an answer holds a program of the student's of which nothing runs.

    It is in comments or in a string, and around it stands only what was handed out. By the look of
    the lines, as Python's own parser must not be given a student's text.
    """
    strings = [found[2] for found in _STRING.finditer(source)]
    lines = [line.strip() for line in _STRING.sub("", source).splitlines()]
    given = _lines(original)
    live = {line for line in lines if line and not line.startswith("#")}
    if live - given - _IDLE:
        return False
    idle = [line.lstrip("# ") for line in lines if line.startswith("#")]
    idle += [line.strip() for text in strings for line in text.splitlines()]
    return bool(_PROGRAM.search("\n".join(line for line in idle if line not in given)))


def _makes_names(source: str) -> bool:
    return bool(re.search(r"^(?:(?:async +)?def|class|import|from) |^\w+ *=[^=]", source, re.M))


def _is_comment(source: str) -> bool:
    return all(not line.strip() or line.lstrip().startswith("#") for line in source.splitlines())


def is_of(known: int, cells: list[NotebookNode]) -> bool:
    """Tell whether a notebook is of the assignment at all; others share a few cells with it.

    Parameters
    ----------
    known
        How many of the assignment's cells were found in it.
    cells
        The cells of the release.
    """
    return known * _SHARED >= len(cells)


class _Rebuild:
    """One pass over the student's cells, matched with the released ones."""

    def __init__(self, pristine: NotebookNode, entries: Iterable[Cell | None]) -> None:
        self.notebook = _cleared(pristine)
        self.originals = pristine.cells
        self.renamed = dict(pristine.metadata.get("pawmark", {}).get(RENAMED, {}))
        self.repairs: list[str] = []
        self.doubts: list[Doubt] = []
        self.attempted: set[str] = set()
        self.commented: set[str] = set()
        self.free_code = False
        self.cells = self.usable(list(entries))
        self.copies = self.match()
        chosen = {self.choose(i, c): i for i, c in self.copies.items()}
        self.chosen = dict(sorted(chosen.items()))

    def usable(self, cells: list[Cell | None]) -> list[Cell]:
        if broken := cells.count(None):
            what = counted(broken, "entry that is no cell was", "entries that are no cells were")
            self.repairs.append(f"{what} left out")
        return [self.bounded(cell) for cell in cells if cell is not None]

    @staticmethod
    def bounded(cell: Cell) -> Cell:
        """Cut a cell that is too long."""
        cut = cell.cut or len(cell.source) > MAX_SOURCE
        return replace(cell, source=cell.source[:MAX_SOURCE], cut=cut)

    def say_what_is_cut(self) -> None:
        """Name each cell of which not all is here; a person is asked about the student's own."""
        for j, cell in enumerate(self.cells):
            if not cell.cut:
                continue
            i = next((i for i, copies in self.copies.items() if j in copies), None)
            label = f"a cell that begins with {_quoted(cell.source)}"
            label = label if i is None else _label(self.originals[i])
            line = f"{label} is longer than {MAX_SOURCE} characters: only its beginning is used"
            self.repairs.append(line)
            if i is None or not _is_locked(self.originals[i]):
                answer = i is not None and _is_solution(self.originals[i])
                about = str(_nbgrader(self.originals[i]).get("grade_id")) if answer else None
                self.doubts.append(Doubt(line, about))

    def without_controls(self, label: str, source: str) -> str:
        """Take zero bytes out of a program, which cannot run with them, and name what is odd."""
        first = _CONTROL.search(source)
        if first is None:
            return source
        found = sorted(set(_CONTROL.findall(source)))
        names = ", ".join("NUL" if sign == "\0" else f"U+{ord(sign):04X}" for sign in found[:5])
        line = source[: first.start()].count("\n") + 1
        what = "; NUL was taken out" if "\0" in found else ""
        self.repairs.append(
            f"{label} holds control characters that editors do not show ({names}, the first in "
            f"line {line}){what}: Python may refuse the cell for them"
        )
        return source.replace("\0", "")

    def earlier_names(self, by_grade: Mapping[Any, int]) -> dict[str, int]:
        """Return where the cells are that were called otherwise when the student got them."""
        return {
            old + name.removeprefix(new): i
            for old, new in self.renamed.items()
            for name, i in by_grade.items()
            if name is not None and exercise_of(name) == new
        }

    def match(self) -> dict[int, list[int]]:
        """Map each original to its copies among the student's cells, both by position."""
        by_grade: dict[Any, int] = {
            _nbgrader(cell).get("grade_id"): i for i, cell in enumerate(self.originals)
        }
        by_grade = {**self.earlier_names(by_grade), **by_grade}
        by_id = {c.get("id"): i for i, c in enumerate(self.originals)}
        for table in (by_grade, by_id):
            table.pop(None, None)
        copies: defaultdict[int, list[int]] = defaultdict(list)
        rest: list[int] = []
        for j, cell in enumerate(self.cells):
            # Assignments share cell ids, and no grade ids: such a cell is another assignment's.
            i = by_grade.get(cell.grade_id) if cell.grade_id else by_id.get(cell.cell_id)
            (rest if i is None else copies[i]).append(j)
        self.match_by_text(copies, rest)
        return dict(copies)

    @cached_property
    def known(self) -> int:
        """How many originals were found for sure: their ids alone are those of others too."""
        return sum(
            any(self.cells[j].grade_id or not self.differs(i, j) for j in copies)
            for i, copies in self.copies.items()
        )

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
        self.say_what_is_cut()
        if list(self.chosen.values()) != sorted(self.chosen.values()):
            self.repairs.append("the cells were in another order; the original order was used")
        for i, cell in enumerate(self.notebook.cells):
            if _is_solution(cell):
                self.answer(i, answer_of.get(i))
            elif _is_locked(cell):
                self.lock(i)
            elif _is_free(cell) and i in answer_of and self.differs(i, answer_of[i]):
                self.free_code = True
                cell.source = self.cells[answer_of[i]].source
                mark_students_own(cell)
        extras = self.kept(self.with_written_answers(list(self.extras())))
        self.doubt_what_is_not_run(extras)
        self.free_code |= any(cell.kind == "code" for _, cell in extras)
        self.attempted |= self.answered_elsewhere(extras)
        self.doubt_answers_in_free_cells(answer_of)
        self.show_as_handed_in(answer_of)
        self.notebook.cells = self.woven(self.placed(extras))
        return Repaired(
            self.notebook,
            tuple(self.repairs),
            frozenset(self.attempted),
            self.free_code,
            self.known,
            tuple(self.doubts),
            commented=frozenset(self.commented),
        )

    def show_as_handed_in(self, answer_of: dict[int, int]) -> None:
        """Keep what untouched cells of the assignment showed above its last written answer."""
        written = [i for i, cell in enumerate(self.originals) if _is_written(cell)]
        cleaner = Cleaner()
        for i, cell in enumerate(self.notebook.cells[: max(written, default=0)]):
            j = answer_of.get(i)
            locked = cell.cell_type == "code" and not _is_solution(cell)
            given = locked and not _nbgrader(cell).get("grade")
            if given and j is not None and not self.differs(i, j):
                cell.outputs = cleaner.clean(map(NotebookNode, self.cells[j].outputs))

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
            if cell.cell_type == "code":
                cell.source = self.without_controls(_label(cell), cell.source)
                if is_commented_out(self.originals[i].source, cell.source):
                    self.commented.add(str(_nbgrader(cell).get("grade_id")))
            self.attempted.add(str(_nbgrader(cell).get("grade_id")))
            if _is_written(cell):
                self.paste(cell, self.cells[j].pictures)

    @staticmethod
    def paste(cell: NotebookNode, pictures: Mapping[str, Mapping[str, str]]) -> None:
        if cell.cell_type == "markdown" and pictures:
            cell.attachments = nbformat.from_dict({**cell.get("attachments", {}), **pictures})

    def missing(self, i: int) -> None:
        """Put a missing answer back, unless it was merged into another cell.

        The stub in its place would define the same names again, and undo the answer.
        """
        cell = self.notebook.cells[i]
        if not self.is_elsewhere(i):
            self.repairs.append(f"{_label(cell)} was missing; the original was used")
            return
        cell.source = _ELSEWHERE
        self.attempted.add(str(_nbgrader(cell).get("grade_id")))
        self.repairs.append(f"{_label(cell)} was missing; its answer was found in another cell")

    def is_elsewhere(self, i: int) -> bool:
        wanted = _names(self.originals[i].source)
        return bool(wanted) and any(wanted <= names for names in self.written)

    @cached_property
    def written(self) -> list[set[str]]:
        """The names that each code cell of the student's own defines."""
        own = [
            cell.source
            for j, cell in enumerate(self.cells)
            if cell.kind == "code" and not self.is_unchanged(j)
        ]
        added = [piece for pieces in self.added.values() for _, piece in pieces]
        return [_bound(source) for source in (*own, *added)]

    @cached_property
    def added(self) -> dict[int, list[tuple[bool, str]]]:
        """What was added to the assignment's own cells that take no answer, by student's cell."""
        found, seen = {}, set()
        for i, copies in self.copies.items():
            original = self.originals[i]
            if _is_solution(original) or _is_free(original):
                continue
            for j in copies:
                code = original.cell_type == "code"
                pieces = added_to(original.source, self.cells[j].source, exact=code)
                pieces = [piece for piece in pieces if piece[1] not in seen]
                seen |= {piece for _, piece in pieces}
                if pieces:
                    found[j] = pieces
        return found

    def doubt_answers_in_free_cells(self, answer_of: dict[int, int]) -> None:
        """Ask a person where a cell for trying things out holds an answer, and its place none."""
        free = [
            _bound(self.cells[answer_of[i]].source)
            for i, cell in enumerate(self.originals)
            if _is_free(cell) and i in answer_of and self.differs(i, answer_of[i])
        ]
        for cell in filter(_is_solution, self.originals):
            grade_id, wanted = str(_nbgrader(cell).get("grade_id")), _names(cell.source)
            if grade_id not in self.attempted and wanted and any(wanted <= one for one in free):
                line = (
                    f"the solution cell {grade_id} is as it was handed out, and a cell for trying "
                    f"things out defines {', '.join(sorted(wanted))}"
                )
                self.repairs.append(line)
                self.doubts.append(Doubt(line, grade_id))

    def answered_elsewhere(self, extras: list[tuple[int, Cell]]) -> set[str]:
        """Return the exercises whose names a cell of the student's own defines."""
        names = [_bound(cell.source) for _, cell in extras if cell.kind == "code"]
        return {
            str(_nbgrader(cell).get("grade_id"))
            for cell in self.originals
            if _is_solution(cell) and (wanted := _names(cell.source))
            if any(wanted <= found for found in names)
        }

    def placed(self, extras: list[tuple[int, Cell]]) -> list[tuple[int, Cell]]:
        """Put answers that stand in cells of their own to the places that are as handed out."""
        for i, original in enumerate(self.originals):
            wanted = _names(original.source)
            blank = self.notebook.cells[i].source in (original.source, _ELSEWHERE)
            if not (_is_solution(original) and not _is_written(original) and wanted and blank):
                continue
            found = [
                extra
                for extra in extras
                if extra[1].kind == "code"
                and wanted <= _bound(extra[1].source)
                and not _idle_magic(extra[1].source)
            ]
            check = self.check_of(i)
            if not found or any(i <= anchor < check for anchor, _ in found):
                continue
            self.notebook.cells[i].source = _ELSEWHERE
            if found[-1][0] >= check:
                extras = self.moved_up(i, check, found[-1], extras)
        return extras

    def check_of(self, i: int) -> int:
        """Return the place of the check cell of the solution cell at a place."""
        later = range(i + 1, len(self.originals))
        checks = (
            k
            for k in later
            if _nbgrader(self.originals[k]).get("grade") and not _is_solution(self.originals[k])
        )
        return next(checks, len(self.originals))

    def moved_up(
        self, i: int, check: int, answer: tuple[int, Cell], extras: list[tuple[int, Cell]]
    ) -> list[tuple[int, Cell]]:
        """Move an answer from below its check to its place, with what is defined in between."""
        line = (
            f"the answer to {_label(self.originals[i])} stood below its check, in a cell that "
            f"begins with {_quoted(answer[1].source)}; it was put where it is asked for"
        )
        self.repairs.append(line)
        self.doubts.append(Doubt(line, str(_nbgrader(self.originals[i]).get("grade_id"))))
        made, done = [], False
        for anchor, cell in extras:
            helps = not done and anchor >= check and cell.kind == "code"
            helps = helps and bool(_MAKES.search(cell.source))
            done = done or cell is answer[1]
            made.append((i if helps or cell is answer[1] else anchor, cell))
        return made

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
            kept = any(j in self.added for j in copies)
            more = ", and what was added is a cell of its own" if kept else ""
            self.repairs.append(f"{label} was changed; the original was used{more}")

    def extras(self) -> Iterator[tuple[int, Cell]]:
        """Yield the extra cells, each with the position of the original that it follows."""
        dropped = self.dropped()
        anchor = -1
        for j, cell in enumerate(self.cells):
            original = next((i for i, copies in self.copies.items() if j in copies), None)
            if j in self.chosen:
                anchor = self.chosen[j]
            elif j not in dropped and cell.source.strip():
                yield anchor, cell
            for before, piece in self.added.get(j, ()):
                assert original is not None, "only a copy of one is cut into pieces"
                code = self.originals[original].cell_type == "code"
                # What is asked at a check cell has to be there before it.
                check = bool(_nbgrader(self.originals[original]).get("grade"))
                first = code and (before or check)
                pictures = {} if code else cell.pictures
                kind = "code" if code else "markdown"
                yield original - first, Cell(kind, piece, pictures=pictures)

    def kept(self, extras: list[tuple[int, Cell]]) -> list[tuple[int, Cell]]:
        """Leave out what is no cell that Jupyter knows, what only installs, what is too much."""
        known = [
            (anchor, replace(cell, kind="markdown") if cell.kind == "raw" else cell)
            for anchor, cell in self.without_installing(extras)
        ]
        kept = [extra for extra in known if extra[1].kind in _TYPES]
        if other := len(known) - len(kept):
            what = counted(other, "cell that is", "cells that are")
            was = "was" if other == 1 else "were"
            self.repairs.append(f"{what} neither code nor markdown {was} left out")
        if len(kept) > MAX_EXTRA:
            line = f"only the first {MAX_EXTRA} of {len(kept)} extra cells were kept"
            self.repairs.append(line)
            self.doubts.append(Doubt(line))
        return kept[:MAX_EXTRA]

    def without_installing(self, extras: list[tuple[int, Cell]]) -> Iterator[tuple[int, Cell]]:
        """Leave out cells that install packages: the release's own in silence."""
        count = 0
        for anchor, cell in extras:
            source = without_first_cell(cell.source) if cell.kind == "code" else cell.source
            if cell.kind == "code" and only_installs(source):
                count += 1
            elif source.strip():
                yield anchor, replace(cell, source=source)
        if count:
            what = counted(count, "cell that installs", "cells that install")
            was = "was" if count == 1 else "were"
            self.repairs.append(
                f"{what} packages {was} left out: grading has its own, and no network"
            )

    def with_written_answers(self, extras: list[tuple[int, Cell]]) -> list[tuple[int, Cell]]:
        """Put texts that stand beside the place for a written answer there; return the others."""
        for i, cell in enumerate(self.notebook.cells):
            grade_id = str(_nbgrader(cell).get("grade_id"))
            if not _is_written(cell) or cell.cell_type != "markdown" or grade_id in self.attempted:
                continue
            near = self.near(i, extras)
            prose = [extra for extra in near if self.is_own_text(extra[1])]
            if prose:
                self.move(i, [text for _, text in prose])
                extras = [extra for extra in extras if not any(extra is one for one in prose)]
            elif (code := any(cell.kind == "code" for _, cell in near)) or self.elsewhere(extras):
                where = "below it stands code" if code else "there are texts elsewhere"
                reason = f"{_label(cell)} is as it was handed out, and {where}"
                self.doubts.append(Doubt(reason, grade_id))
        return extras

    def doubt_what_is_not_run(self, extras: list[tuple[int, Cell]]) -> None:
        """Ask a person where an answer may stand in what does not run: a text, or a cell of magic.

        That is looked for only where the place of the answer is as it was handed out, or has such a
        magic at its head.
        """
        for i, original in enumerate(self.originals):
            if not _is_solution(original) or _is_written(original):
                continue
            grade_id = str(_nbgrader(original).get("grade_id"))
            if grade_id in self.attempted:
                magic = _idle_magic(self.notebook.cells[i].source)
                if magic:
                    self.doubt_magic(_label(original), grade_id, magic)
                continue
            self.doubt_unrun_answer(i, grade_id, extras)

    def doubt_unrun_answer(self, i: int, grade_id: str, extras: list[tuple[int, Cell]]) -> None:
        wanted, label = _names(self.originals[i].source), _label(self.originals[i])
        running = [c for _, c in extras if c.kind == "code" and not _idle_magic(c.source)]
        if wanted and any(wanted <= _bound(cell.source) for cell in running):
            return
        near = [id(cell) for _, cell in self.near(i, extras)]
        for _, cell in extras:
            here = bool(wanted) and wanted <= _defines(cell.source)
            if cell.kind == "code":
                if here and (magic := _idle_magic(cell.source)):
                    self.doubt_magic(f"a cell beside {label}", grade_id, magic)
                    return
                continue
            program = id(cell) in near and bool(_PROGRAM.search(cell.source))
            if (here or program) and self.is_own_program(cell):
                reason = (
                    f"{label} is as it was handed out, and a text that begins with "
                    f"{_quoted(cell.source)} looks like a program: texts are not run"
                )
                self.doubts.append(Doubt(reason, grade_id))
                return

    def doubt_magic(self, label: str, grade_id: str, magic: str) -> None:
        reason = f"{label} begins with {magic}, so that its code is not run in the notebook"
        self.doubts.append(Doubt(reason, grade_id))

    def is_own_program(self, cell: Cell) -> bool:
        return not _lines(cell.source) <= self.lines

    def near(self, i: int, extras: list[tuple[int, Cell]]) -> list[tuple[int, Cell]]:
        """Return the extra cells below the place of an answer; where there are none, above it."""
        if not is_of(self.known, self.originals):  # in another assignment no place is this one's
            return []
        before = max((k for k in self.copies if k < i), default=-1)
        below = [extra for extra in extras if extra[0] == i]
        above = [extra for extra in extras if extra[0] == before]
        return below or above

    def elsewhere(self, extras: list[tuple[int, Cell]]) -> bool:
        texts = [cell for _, cell in extras if cell.kind != "code" and self.is_own_text(cell)]
        return any(len(cell.source.split()) > 4 for cell in texts)

    def is_own_text(self, cell: Cell) -> bool:
        """Tell whether a cell holds a text that is not the assignment's: some editors split it."""
        return _is_prose(cell) and not _lines(cell.source) <= self.lines

    @cached_property
    def lines(self) -> set[str]:
        return set().union(*(_lines(cell.source) for cell in self.originals))

    def move(self, i: int, texts: list[Cell]) -> None:
        cell = self.notebook.cells[i]
        cell.source = "\n\n".join(text.source for text in texts)
        for text in texts:
            self.paste(cell, text.pictures)
        self.attempted.add(str(_nbgrader(cell).get("grade_id")))
        self.repairs.append(
            f"{_label(cell)} was not used; a text beside it was taken for the answer"
        )

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

    def woven(self, extras: list[tuple[int, Cell]]) -> list[NotebookNode]:
        after = defaultdict(list)
        taken = {cell.get("id") for cell in self.originals}
        names = (name for n in range(10**9) if (name := f"extra-{n + 1}") not in taken)
        for (anchor, cell), name in zip(extras, names, strict=False):
            after[anchor].append(self.fresh(cell, name))
        woven = after[-1]
        for i, cell in enumerate(self.notebook.cells):
            woven += [cell, *after[i]]
        return woven

    def fresh(self, cell: Cell, name: str) -> NotebookNode:
        node: NotebookNode
        if cell.kind == "code":
            label = f"the cell that begins with {_quoted(cell.source)}"
            source = self.without_controls(label, cell.source)
            node = nbformat.v4.new_code_cell(source=source, id=name)
            mark_students_own(node)
        else:
            node = nbformat.v4.new_markdown_cell(source=cell.source, id=name)
        self.paste(node, cell.pictures)
        if self.notebook.get("nbformat_minor", 5) < 5:
            del node["id"]
        return node
