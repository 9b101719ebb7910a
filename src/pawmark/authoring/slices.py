"""Compares the two ways in which a reference solution can be run: whole, and what a grade needs.

What analysis cannot see (a cache of a module that a cell fills, say) shows here: a name has another
value after a slice than after a whole run. The cell that makes the difference is then marked in the
source notebook as one that is always run: see docs/slices.md.

Run as ``python -m pawmark.authoring.slices [ASSIGNMENT ...]``, in the course folder.
"""

import argparse
import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from pawmark import settings
from pawmark.authoring.answers import fill, reference_cells
from pawmark.errors import CourseError, PawmarkError
from pawmark.grading import course as courses
from pawmark.grading.boundary import wire
from pawmark.grading.checks.student import Student, StudentError
from pawmark.grading.course_folder import assignments, find_course, source_notebook
from pawmark.grading.intake.cells import is_grade, is_solution
from pawmark.grading.intake.release_form import release_of
from pawmark.grading.run.pipeline import part_of
from pawmark.grading.run.run_settings import RunSettings
from pawmark.grading.run.slices import read_names
from pawmark.grading.sandbox import choice
from pawmark.grading.secret import PRACTICE, data_seed
from pawmark.grading.session.kernel import StudentKernel

# Of what is no plain value only the type is compared, and the fields where it is a dataclass: names
# that a library counts through would differ in all others.
_DIGESTS = """
def digests(values):
    import dataclasses
    from pawmark.grading.boundary import wire

    def other(value):
        raise TypeError

    def digest(value):
        try:
            return wire.digest_of(wire.encode(value, other))
        except Exception:
            kind = type(value).__qualname__
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [field.name for field in dataclasses.fields(value)]
            fields = {name: digest(getattr(value, name)) for name in names}
            return wire.digest_of(wire.encode([kind, fields]))
        return kind

    return {name: digest(value) for name, value in values.items()}
"""


@dataclass(frozen=True)
class Comparison:
    """What came of both runs of one reference solution.

    Attributes
    ----------
    kept, left_out
        The names of the assignment's own cells that are run for a grade, and that are not.
    whole
        Why everything is run; empty where that is not so.
    differ
        Names that have another value after the slice.
    """

    kept: tuple[str, ...]
    left_out: tuple[str, ...]
    whole: str = ""
    differ: tuple[str, ...] = ()


def compare(course: Path, assignment: str) -> Comparison:
    """Run the reference solution of an assignment whole and as a slice, and compare what is there.

    Parameters
    ----------
    course
        The course folder.
    assignment
        Full name of the assignment.

    Raises
    ------
    CourseError
        When one of its cells does not come to its end.
    SandboxError
        When student code must not run here.
    """
    notebook = _reference(course, assignment)
    # As where written answers are as they were handed out: nobody reads what stands above them.
    written = frozenset(
        cell.metadata["nbgrader"]["grade_id"]
        for cell in notebook.cells
        if is_grade(cell) and is_solution(cell)
    )
    part = part_of(notebook, written, course, {}, settings.RUN)
    cells = {
        index: cell
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and (is_solution(cell) or not is_grade(cell))
    }
    own = [index for index, cell in cells.items() if not is_solution(cell)]
    kept = tuple(_name_of(cells[index]) for index in own if index not in part.left_out)
    left_out = tuple(_name_of(cells[index]) for index in own if index in part.left_out)
    if part.whole or not left_out:
        return Comparison(kept, left_out, part.whole)
    compared = _names_to_compare(cells, part.left_out)
    end = max(index for index in cells if index not in part.left_out)
    whole = _run((cell for index, cell in cells.items() if index <= end), compared)
    sliced = _run((cell for index, cell in cells.items() if index not in part.left_out), compared)
    differ = tuple(name for name in compared if whole.get(name) != sliced.get(name))
    return Comparison(kept, left_out, differ=differ)


def _reference(course: Path, assignment: str) -> NotebookNode:
    data = source_notebook(course, assignment).read_bytes()
    source = nbformat.reads(data.decode("utf-8"), as_version=4)
    return fill(release_of(data, course), reference_cells(source))


def _name_of(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id"))


def _names_to_compare(cells: dict[int, NotebookNode], left_out: Collection[int]) -> list[str]:
    """Return what the cells of a slice bind, but for what those left out bind as well."""
    found = read_names([cell.source for cell in cells.values()])
    if found is None:
        raise CourseError("what the cells of the reference do could not be read")
    bound = dict(zip(cells, (one.binds for one in found), strict=True))
    others = frozenset().union(*(bound[index] for index in left_out))
    mine = (bound[index] for index in cells if index not in left_out)
    return sorted(frozenset().union(*mine) - others)


def _run(cells: Iterable[NotebookNode], compared: list[str]) -> dict[str, str]:
    """Run cells in a fresh process, and return the digests of what names stand for then."""
    run_settings = RunSettings.here()
    data = courses.open_data(data_seed(PRACTICE))
    sandbox = choice.sandbox_of(run_settings.sandbox, data.root, run_settings.limits)
    with StudentKernel(sandbox) as kernel:
        for cell in cells:
            done = kernel.run(cell.source, run_settings.budget)
            if done.outcome is not None:
                raise CourseError(
                    f"the cell {_name_of(cell)} of the reference ended with "
                    f"{done.error_name or done.outcome.value}: mend it before slices are compared"
                )

        def ask(message: wire.Message) -> wire.Message:
            return kernel.ask(message, run_settings.budget)

        return _digests(Student(ask), compared)


def _digests(student: Student, compared: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in compared:
        try:
            asked = f"exec(code, space) or space['digests']({{'{name}': {name}}})"
            found |= student.evaluate(asked, code=_DIGESTS, space={})
        except StudentError:  # it is not there
            continue
    return found


def main() -> int:
    """Compare the assignments on the command line, or all; return 1 if something differs."""
    parser = argparse.ArgumentParser(prog="python -m pawmark.authoring.slices", description=__doc__)
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT")
    wanted = parser.parse_args().assignments
    try:
        course = find_course()
        courses.use_of(course)
        chosen = [
            name
            for name in assignments(course)
            if not wanted or any(name.startswith(start) for start in wanted)
        ]
        return max([_told(name, compare(course, name)) for name in chosen], default=0)
    except PawmarkError as error:
        print(error, file=sys.stderr)
        return 2


def _told(assignment: str, found: Comparison) -> int:
    """Say what came of a comparison; return 1 if something differs."""
    if found.whole:
        lines = [f"{assignment}: everything is run, as {found.whole}"]
    else:
        lines = [f"{assignment}: of its own cells {', '.join(found.kept) or 'none'} are run"]
        lines += [f"  after a whole run {name} is another" for name in found.differ]
    print("\n".join(lines))
    return int(bool(found.differ))


if __name__ == "__main__":
    sys.exit(main())
