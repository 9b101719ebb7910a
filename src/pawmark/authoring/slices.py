"""Compares the two ways in which a reference solution can be run: whole, and what a grade needs.

What analysis cannot see (a cache of a module that a cell fills, say) shows here: a name has another
value after a slice than after a whole run. The cell that makes the difference is then marked in the
source notebook as one that is always run: see docs/slices.md.

Only what was compared is left out: with ``--write`` the result is kept in the course (`proven`).

Run as ``python -m pawmark.authoring.slices [--write] [ASSIGNMENT ...]``, in the course folder.
"""

import argparse
import sys
from collections.abc import Collection, Iterable, Iterator
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
from pawmark.grading.run.proven import given_cells, keep, name_of
from pawmark.grading.run.run_settings import RunSettings
from pawmark.grading.run.slices import read_names
from pawmark.grading.sandbox import choice
from pawmark.grading.secret import PRACTICE, data_seed
from pawmark.grading.session.kernel import StudentKernel

# Pillow fills its tables when it is first asked for a format, and Matplotlib chooses how to show
# figures when it makes the first.
_BEFORE = """
try:
    import matplotlib.pyplot, PIL.Image
    PIL.Image.init()
    matplotlib.pyplot.close(matplotlib.pyplot.figure())
    del matplotlib, PIL
except ImportError:
    pass
"""

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


def around():
    # What lies outside of all names: files, settings, what modules hold.
    import locale, os, pathlib, sys, types, warnings
    from pawmark.grading.boundary import wire
    from pawmark.settings import Settings

    def plain(value, deep=3):
        if isinstance(value, bool | int | float | str | bytes | type(None)):
            return repr(value)
        if isinstance(value, types.FunctionType | types.BuiltinFunctionType | type):
            return f"{value.__module__}.{value.__qualname__}"
        if deep and type(value) in (list, tuple):
            return [plain(one, deep - 1) for one in value]
        if deep and type(value) is dict:
            return {str(key): plain(one, deep - 1) for key, one in value.items()}
        return type(value).__qualname__

    def text_of(path):
        try:
            return path.read_text("utf-8")
        except UnicodeDecodeError:
            return "binary"

    found = {
        **{
            f"the variable {name} of the environment": value for name, value in os.environ.items()
            if name != Settings.channel_fd.variable
        },
        # What lies in hidden folders are caches of libraries. In binary files a library may have
        # written names that it counts through.
        **{
            f"the file {path}": text_of(path) for path in pathlib.Path().rglob("[!.]*")
            if path.is_file() and not any(part.startswith(".") for part in path.parts)
        },
        "the working folder": os.getcwd(),
        "Python's search path": sys.path,
        "the filters of warnings": [str(one) for one in warnings.filters],
        "the locale": locale.setlocale(locale.LC_ALL),
    }
    loaded = dict(sys.modules)
    if "numpy" in loaded:
        found["the settings of NumPy"] = [
            loaded["numpy"].geterr(), plain(loaded["numpy"].get_printoptions())
        ]
    if "matplotlib" in loaded:
        for key, value in loaded["matplotlib"].rcParams.items():
            found[f"the setting {key} of Matplotlib"] = repr(value)
    if "matplotlib.pyplot" in loaded:
        found["the open figures of Matplotlib"] = loaded["matplotlib.pyplot"].get_fignums()
    if "keras" in loaded:
        keras = loaded["keras"].config
        found["the settings of Keras"] = [
            keras.floatx(), keras.epsilon(), keras.image_data_format(), keras.dtype_policy().name
        ]
    used = {
        value.__name__ for value in get_ipython().user_ns.values()
        if isinstance(value, types.ModuleType)
    }
    modules = {}
    for name in used & set(loaded):
        for key, value in list(vars(loaded[name]).items()):
            if not key.startswith("_") and not isinstance(value, types.ModuleType):
                modules[name, key] = wire.digest_of(wire.encode(plain(value)))
    digests = {name: wire.digest_of(wire.encode(value)) for name, value in found.items()}
    return [digests, [[*where, digest] for where, digest in modules.items()]]
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
        What is another after the slice: names of the notebook, and what lies outside of all names.
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
    own = {name_of(cell) for cell in given_cells(notebook)}
    part = part_of(notebook, written, course, {}, settings.RUN, own)
    cells = {
        index: cell
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and (is_solution(cell) or not is_grade(cell))
    }
    given = {index: name_of(cell) for index, cell in cells.items() if name_of(cell) in own}
    kept = tuple(name for index, name in given.items() if index not in part.left_out)
    left_out = tuple(name_of(cells[index]) for index in part.left_out)
    if part.whole or not left_out:
        return Comparison(kept, left_out, part.whole)
    compared = _names_to_compare(cells, part.left_out)
    # Nothing is read any more after the last check, nor after the last cell of a slice.
    last_check = max(
        i for i, cell in enumerate(notebook.cells) if i not in cells and is_grade(cell)
    )
    end = max(last_check, *(index for index in cells if index not in part.left_out))
    whole = _run((cell for index, cell in cells.items() if index <= end), compared)
    needed = [cell for index, cell in cells.items() if index not in part.left_out]
    sliced = _run(needed, compared)
    differ = list(_differing(whole, sliced))
    if differ:  # what is another each time (a folder's name, say) is so after any run
        by_itself = set(_differing(sliced, _run(needed, compared)))
        differ = [name for name in differ if name not in by_itself]
    return Comparison(kept, left_out, differ=tuple(differ))


def _reference(course: Path, assignment: str) -> NotebookNode:
    data = source_notebook(course, assignment).read_bytes()
    source = nbformat.reads(data.decode("utf-8"), as_version=4)
    return fill(release_of(data, course), reference_cells(source))


def _names_to_compare(cells: dict[int, NotebookNode], left_out: Collection[int]) -> list[str]:
    """Return what the cells of a slice bind, but for what those left out bind as well."""
    found = read_names([cell.source for cell in cells.values()])
    if found is None:
        raise CourseError("what the cells of the reference do could not be read")
    bound = dict(zip(cells, (one.binds for one in found), strict=True))
    others = frozenset().union(*(bound[index] for index in left_out))
    mine = (bound[index] for index in cells if index not in left_out)
    return sorted(frozenset().union(*mine) - others)


@dataclass(frozen=True)
class _Left:
    """Digests of what a run left: of names and what lies around them, and by module and name."""

    names: dict[str, str]
    modules: dict[str, dict[str, str]]


def _differing(whole: _Left, sliced: _Left) -> Iterator[str]:
    """Yield what is another after the slice; modules that it does not use are nobody's matter."""
    for name in sorted({*whole.names, *sliced.names}):
        if whole.names.get(name) != sliced.names.get(name):
            yield name
    for module in sorted(whole.modules.keys() & sliced.modules.keys()):
        one, other = whole.modules[module], sliced.modules[module]
        for name in sorted({*one, *other}):
            if one.get(name) != other.get(name):
                yield f"{module}.{name}"


def _run(cells: Iterable[NotebookNode], compared: list[str]) -> _Left:
    """Run cells in a fresh process, and return what they left."""
    run_settings = RunSettings.here()
    data = courses.open_data(data_seed(PRACTICE))
    sandbox = choice.sandbox_of(run_settings.sandbox, data.root, run_settings.limits)
    with StudentKernel(sandbox) as kernel:
        kernel.run(_BEFORE, run_settings.budget)
        for cell in cells:
            done = kernel.run(cell.source, run_settings.budget)
            if done.outcome is not None:
                raise CourseError(
                    f"the cell {name_of(cell)} of the reference ended with "
                    f"{done.error_name or done.outcome.value}: mend it before slices are compared"
                )

        def ask(message: wire.Message) -> wire.Message:
            return kernel.ask(message, run_settings.budget)

        return _left(Student(ask), compared)


def _left(student: Student, compared: list[str]) -> _Left:
    asked = "exec(code, space) or space['around']()"
    names, in_modules = student.evaluate(asked, code=_DIGESTS, space={})
    modules: dict[str, dict[str, str]] = {}
    for module, name, digest in in_modules:
        modules.setdefault(module, {})[name] = digest
    for name in compared:
        try:
            asked = f"exec(code, space) or space['digests']({{'{name}': {name}}})"
            names |= student.evaluate(asked, code=_DIGESTS, space={})
        except StudentError:  # it is not there
            continue
    return _Left(names, modules)


def main() -> int:
    """Compare the assignments on the command line, or all; return 1 if something differs."""
    parser = argparse.ArgumentParser(prog="python -m pawmark.authoring.slices", description=__doc__)
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT")
    parser.add_argument("--write", action="store_true", help="keep what was shown in the course")
    given = parser.parse_args()
    wanted = given.assignments
    try:
        course = find_course()
        courses.use_of(course)
        chosen = [
            name
            for name in assignments(course)
            if not wanted or any(name.startswith(start) for start in wanted)
        ]
        return max([_compared(course, name, given.write) for name in chosen], default=0)
    except PawmarkError as error:
        print(error, file=sys.stderr)
        return 2


def _compared(course: Path, assignment: str, write: bool) -> int:
    found = compare(course, assignment)
    if write and not found.differ:
        keep(course, assignment, _reference(course, assignment), found.left_out)
    return _told(assignment, found)


def _told(assignment: str, found: Comparison) -> int:
    """Say what came of a comparison; return 1 if something differs."""
    if found.whole:
        lines = [f"{assignment}: everything is run, as {found.whole}"]
    else:
        lines = [f"{assignment}: of its own cells {', '.join(found.kept) or 'none'} are run"]
        lines += [f"  after a whole run there is another value of: {name}" for name in found.differ]
    print("\n".join(lines))
    return int(bool(found.differ))


if __name__ == "__main__":
    sys.exit(main())
