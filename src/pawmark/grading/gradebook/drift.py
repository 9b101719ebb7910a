"""Exercises that were renamed, removed or added after hand-ins: seen before anything is touched.

nbgrader keeps the cells of an assignment in its gradebook, with the grades of every hand-in. Where
the source has other cells by then it stops half-way, after it has thrown the release away.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.api import MissingEntry, Notebook
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from pawmark.assignments import short_name
from pawmark.errors import CourseError
from pawmark.grading.course_folder import notebooks_of
from pawmark.grading.gradebook import book
from pawmark.grading.intake.cells import exercise_of
from pawmark.wording import counted

Kinds = frozenset[str]


@dataclass(frozen=True)
class CellFacts:
    """What the gradebook keeps of a cell, beside its name.

    Attributes
    ----------
    kinds
        Which of grade, solution, task and source it is.
    points
        What it is worth; None where it is not graded.
    cell_type
        Code or Markdown.
    locked
        Whether students cannot edit it.
    source
        Its text.
    """

    kinds: Kinds
    points: float | None = None
    cell_type: str = "code"
    locked: bool = False
    source: str = ""


@dataclass(frozen=True)
class Drift:
    """How the exercises of a source differ from those that hand-ins were graded by.

    Attributes
    ----------
    assignment
        The assignment.
    gone, new
        Exercises, or other cells of nbgrader's, that only the gradebook has, or only the source.
        One that stands in another notebook of the assignment now is in both.
    hand_ins
        How many hand-ins the gradebook holds.
    notebooks_gone, notebooks_new
        The names of notebooks that only the gradebook has, or only the source.
    within
        What is gone and what is new, by notebook; all of it in one if left out.
    """

    assignment: str
    gone: tuple[str, ...]
    new: tuple[str, ...]
    hand_ins: int
    notebooks_gone: tuple[str, ...] = ()
    notebooks_new: tuple[str, ...] = ()
    within: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()

    def __str__(self) -> str:
        lost = [*map(_file, self.notebooks_gone), *self.gone]
        came = [*map(_file, self.notebooks_new), *self.new]
        gone = f"it no longer has {', '.join(lost)}" if lost else ""
        new = f"{', '.join(came)} {'is' if len(came) == 1 else 'are'} new in it"
        what = " and ".join(filter(None, [gone, new if came else ""]))
        return (
            f"The source of {self.assignment} has other exercises than the "
            f"{counted(self.hand_ins, 'hand-in')} in the gradebook: {what}. Nothing was touched. "
            f"pawmark migrate {short_name(self.assignment)} shows what to do, or put the source "
            "back as it was."
        )

    def may_be(self, old: str, new: str) -> bool:
        """Tell whether a new exercise stands in each notebook that an old one was in."""
        found = [there for gone, there in self._groups if old in gone]
        return bool(found) and all(new in there for there in found)

    def pairs(self) -> dict[str, str]:
        """Return which new exercise an old one may be called by now: a guess, by the names."""
        found: dict[str, str] = {}
        for gone, new in self._groups:
            found |= _nearest(gone, new)
        return found

    @property
    def _groups(self) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
        return self.within or ((self.gone, self.new),)


def _file(notebook: str) -> str:
    return f"the notebook {notebook}.ipynb"


def _nearest(gone: Sequence[str], new: Sequence[str]) -> dict[str, str]:
    left, found = list(new), {}
    for old in gone:
        near = difflib.get_close_matches(old, left, n=1, cutoff=0.3)
        if near or (len(gone) == len(new) == 1):
            found[old] = near[0] if near else left[0]
            left.remove(found[old])
    return found


def drift_of(course: Path, assignment: str, address: str | None = None) -> Drift | None:
    """Return how source and gradebook differ in their exercises; None if they do not.

    Parameters
    ----------
    course, assignment
        The course folder, and the full name of the assignment.
    address
        Where the gradebook is, if that is known already.

    Raises
    ------
    CourseError
        When source or gradebook cannot be read.
    """
    sources = {path.stem: path for path in notebooks_of(course, assignment)}
    if not sources or not book.exists(course, address):
        return None
    with book.opened(course, address) as gradebook:
        try:
            entry = gradebook.find_assignment(assignment)
        except MissingEntry:
            return None
        known = {notebook.name: notebook for notebook in entry.notebooks}
        within = [_between(known.get(n), sources.get(n)) for n in sorted({*known, *sources})]
        hand_ins = len(entry.submissions)
    drift = Drift(
        assignment,
        tuple(sorted({name for gone, _ in within for name in gone})),
        tuple(sorted({name for _, new in within for name in new})),
        hand_ins,
        tuple(sorted(known.keys() - sources.keys())),
        tuple(sorted(sources.keys() - known.keys())),
        tuple(within),
    )
    differs = drift.gone or drift.new or drift.notebooks_gone or drift.notebooks_new
    return drift if differs else None


def _between(
    notebook: Notebook | None, source: Path | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the exercises that only the gradebook has of a notebook, and only the source."""
    known = {} if notebook is None else cells_in_book(notebook)
    there = {} if source is None else cells_of_source(source)
    same = {name for name, facts in there.items() if facts.kinds == known.get(name)}
    return _named(known.keys() - same), _named(there.keys() - same)


def _named(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({exercise_of(name) for name in cells}))


def require_no_drift(course: Path, names: Iterable[str]) -> None:
    """See that assignments have the exercises that their hand-ins were graded by.

    Raises
    ------
    CourseError
        When one has not; the message says which they are, and what to do.
    """
    found = [drift for name in names if (drift := drift_of(course, name)) is not None]
    wrong = [str(drift) for drift in found if drift.hand_ins]
    if wrong:
        raise CourseError("\n".join(wrong))


def cells_in_book(notebook: Notebook) -> Mapping[str, Kinds]:
    """Return the kinds of each cell that the gradebook knows of, by name."""
    kinds: dict[str, set[str]] = {}
    for kind in ("grade", "solution", "task", "source"):
        for cell in getattr(notebook, f"{kind}_cells"):
            kinds.setdefault(cell.name, set()).add(kind)
    return {name: frozenset(found) for name, found in kinds.items()}


def cells_of_source(path: Path) -> dict[str, CellFacts]:
    """Return what the gradebook would keep of the cells of a source notebook, by name.

    Raises
    ------
    CourseError
        When it cannot be read.
    """
    try:
        cells = nbformat.read(path, as_version=4).cells
    except (OSError, ValueError, nbformat.ValidationError) as error:
        raise CourseError(f"{path} cannot be read as a notebook: {error}.") from error
    found = {}
    for cell in cells:
        tests = {"grade": is_grade(cell), "solution": is_solution(cell), "task": is_task(cell)}
        kinds = {kind for kind, holds in tests.items() if holds}
        if kinds or is_locked(cell):
            settings = cell.metadata.nbgrader
            found[settings.grade_id] = CellFacts(
                frozenset(kinds | {"source"}),
                float(settings.points) if kinds & {"grade", "task"} else None,
                cell.cell_type,
                bool(is_locked(cell)),
                cell.source,
            )
    return found
