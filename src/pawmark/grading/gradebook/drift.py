"""Exercises that were renamed, removed or added after hand-ins: seen before anything is touched.

nbgrader keeps the cells of an assignment in its gradebook, with the grades of every hand-in. Where
the source has other cells by then it stops half-way, after it has thrown the release away.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry, Notebook
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from pawmark.errors import CourseError
from pawmark.grading.course_folder import notebooks_of
from pawmark.grading.gradebook import book
from pawmark.grading.intake.cells import exercise_of

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
    hand_ins
        How many hand-ins the gradebook holds.
    """

    assignment: str
    gone: tuple[str, ...]
    new: tuple[str, ...]
    hand_ins: int

    def __str__(self) -> str:
        number = self.assignment.split("_")[0]
        gone = f"it no longer has {', '.join(self.gone)}" if self.gone else ""
        new = f"{', '.join(self.new)} {'is' if len(self.new) == 1 else 'are'} new in it"
        what = " and ".join(filter(None, [gone, new if self.new else ""]))
        return (
            f"The source of {self.assignment} has other exercises than the {self.hand_ins} "
            f"hand-ins in the gradebook: {what}. Nothing was touched. pawmark migrate {number} "
            "shows what to do, or put the source back as it was."
        )

    def pairs(self) -> dict[str, str]:
        """Return which new exercise an old one may be called by now: a guess, by the names."""
        left, found = list(self.new), {}
        for old in self.gone:
            near = difflib.get_close_matches(old, left, n=1, cutoff=0.3)
            if near or (len(self.gone) == len(self.new) == 1):
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
    if not book.exists(course, address):
        return None
    gone: set[str] = set()
    new: set[str] = set()
    hand_ins = 0
    with book.opened(course, address) as gradebook:
        for path in notebooks_of(course, assignment):
            notebook = notebook_in(gradebook, assignment, path.stem)
            if notebook is None:
                continue
            known, there = cells_in_book(notebook), cells_of_source(path)
            hand_ins = max(hand_ins, len(notebook.submissions))
            same = {name for name, facts in there.items() if facts.kinds == known.get(name)}
            gone |= known.keys() - same
            new |= there.keys() - same
    return Drift(assignment, _named(gone), _named(new), hand_ins) if gone or new else None


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


def notebook_in(gradebook: Gradebook, assignment: str, notebook: str = "") -> Notebook | None:
    """Return what a gradebook holds of an assignment's notebook; None if nothing.

    Parameters
    ----------
    gradebook, assignment
        Where, and of what.
    notebook
        The name of the notebook; that of the assignment if left out.
    """
    try:
        return gradebook.find_notebook(notebook or assignment, assignment)
    except MissingEntry:
        return None


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
