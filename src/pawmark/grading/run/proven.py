"""Which of an assignment's own cells may be left out: those of which a comparison has shown it.

Analysis of a text knows what Python does with names. What a library does with files, random numbers
and settings of its own it cannot know, and a list of such calls never ends. So a cell is left out
only if its author has run the reference solution with and without it, and nothing was another
afterwards (`pawmark.authoring.slices`). That is kept in the course, bound to the text of all of the
assignment's own cells: after an edit of one of them every cell is run until it is shown anew.
"""

import functools
import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec
from nbformat import NotebookNode

from pawmark.errors import CourseError
from pawmark.files import write_whole
from pawmark.grading.checks.session import CHECKS
from pawmark.grading.intake.cells import is_grade, is_solution, is_students_own

FILE = Path(CHECKS) / "slices.json"


class Shown(msgspec.Struct, frozen=True):
    """What a comparison has shown of one assignment.

    Attributes
    ----------
    given
        The digests of the assignment's own cells, by name and in order; see `digests_of`.
    left_out
        The names of the cells that can be left out.
    """

    given: dict[str, str]
    left_out: tuple[str, ...]

    def fits(self, notebook: NotebookNode) -> bool:
        """Tell whether it was shown of these cells; some may be a student's by now."""
        now = digests_of(notebook)
        students = {name_of(cell) for cell in notebook.cells if is_students_own(cell)}
        wanted = {
            name: one for name, one in self.given.items() if name not in students - now.keys()
        }
        return list(now.items()) == list(wanted.items())


def name_of(cell: NotebookNode) -> str:
    """Return the name of a cell: its grade_id, or else its id; empty where it has neither."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id") or "")


def given_cells(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """Yield the code cells that are the assignment's own, but for those of checks."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and not (
            is_grade(cell) or is_solution(cell) or is_students_own(cell)
        ):
            yield cell


def digests_of(notebook: NotebookNode) -> dict[str, str]:
    """Return the digests of the texts of an assignment's own cells, by name and in order."""
    return {
        name_of(cell): hashlib.sha256(cell.source.encode()).hexdigest()[:16]
        for cell in given_cells(notebook)
    }


def proven(course: Path, notebook: NotebookNode) -> frozenset[str]:
    """Return the names of the cells of which it is shown that they may be left out.

    Parameters
    ----------
    course
        The course folder.
    notebook
        A release, or a hand-in that was mended.

    Raises
    ------
    CourseError
        When the file in which that is kept cannot be read.
    """
    shown = (one for one in shown_in(course).values() if one.fits(notebook))
    return frozenset().union(*(one.left_out for one in shown))


def shown_in(course: Path) -> dict[str, Shown]:
    """Return what is shown of each assignment of a course, by name; see `proven`."""
    try:
        data = (course / FILE).read_bytes()
    except FileNotFoundError:
        return {}
    return _read(data)


@functools.lru_cache(maxsize=8)
def _read(data: bytes) -> dict[str, Shown]:
    try:
        return msgspec.json.decode(data, type=dict[str, Shown])
    except msgspec.MsgspecError as error:
        raise CourseError(
            f"{FILE} cannot be read ({error}). Remove it, and write it anew: "
            "python -m pawmark.authoring.slices --write"
        ) from error


def keep(course: Path, assignment: str, notebook: NotebookNode, left_out: Collection[str]) -> None:
    """Keep what a comparison has shown of an assignment."""
    names = tuple(filter(None, left_out))  # a cell without a name is run
    found = {**shown_in(course), assignment: Shown(digests_of(notebook), names)}
    text = msgspec.json.format(msgspec.json.encode(dict(sorted(found.items()))), indent=2)
    write_whole(course / FILE, text + b"\n")
