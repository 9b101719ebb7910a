"""The course: whether sources, hidden checks, release, configuration and gradebook fit."""

import ast
import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeGuard

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution, is_task
from traitlets.config import PyFileConfigLoader

from pawmark import settings
from pawmark.authoring.doctor import behind
from pawmark.doctor.finding import Finding
from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading.checks.session import check_folder, check_module, module_name
from pawmark.grading.course_folder import (
    CONFIG,
    SUBMITTED,
    assignments,
    notebooks_of,
)
from pawmark.grading.gradebook import book, readiness
from pawmark.grading.gradebook.drift import drift_of
from pawmark.grading.gradebook.unclaimed import unclaimed
from pawmark.grading.intake.cells import exercise_of
from pawmark.grading.intake.sources import problems
from pawmark.grading.run import proven
from pawmark.terminal import legible
from pawmark.wording import counted, first_line

Books = dict[Path, NotebookNode]  # by the path of the source

_MARK = "pytest.mark.cell"
_NAMES_CHECKS = "pawmark.checks"
_CALL = re.compile(r"run_checks\(\s*['\"]([^'\"]+)['\"]")
_HEADING = re.compile(r"^### .* · (\d+) points?$", re.MULTILINE)
_TOTAL = re.compile(r"\*\*Time\*\*.* (\d+) points \|")
_NOT_READABLE = (OSError, ValueError, nbformat.ValidationError)
_NEVER_BEGUN = "no gradebook yet; nbgrader makes it"
_RESTORE = "Restore it from a backup, or move it away and grade again: the records are kept."


def examine(course: Path) -> Iterator[Finding]:
    """Look at every part of a course; what cannot be read is a finding of its own."""
    # What a release is depends on the steps that the course sets; what is wrong with its
    # configuration is a finding below.
    with contextlib.suppress(CourseError):
        courses.use_of(course)
    names = assignments(course)
    paths = [path for name in names for path in notebooks_of(course, name)]
    books: Books = {}
    broken = {}
    for path in paths:
        if found := problems(path):
            broken[_label(path)] = "; ".join(found)
            continue
        try:
            books[path] = _read(path)
        except _NOT_READABLE as error:
            broken[_label(path)] = _cell_of(error) + first_line(error)
    yield _judge(
        "sources", broken, f"{counted(len(names), 'assignment')}: {', '.join(names)}",
        "Restore the notebook in source/, for example: git checkout -- source",
    )  # fmt: skip
    whole = _by_assignment(paths, books)
    yield _judge(
        "checks",
        {name: says for name, some in whole.items() if (says := unchecked(course, name, some))},
        _checked(course, whole),
        "Write them in grader_tests/NN_name/test_EXERCISE.py, or mend the name in the source.",
    )  # fmt: skip
    yield _each(
        "points", books, lambda path, book: wrong_points(book), _totals(whole),
        "Mend the points of the check cells in source/, or the text around them.",
    )  # fmt: skip
    yield _each(
        "release", books, lambda path, book: outdated(course, path, book),
        "what source/ generates", "pawmark release",
    )  # fmt: skip
    if (course / proven.FILE).exists():
        yield _each(
            "slices", books, lambda path, book: not_shown(course, path, book),
            "what may be left out at grading was shown",
            "python -m pawmark.authoring.slices --write",
        )  # fmt: skip
    yield configuration(course)
    yield gradebook(course, whole)
    yield hand_ins(course)
    yield unfinished(course)
    yield from behind.examine(course)


def _label(source: Path) -> str:
    """Return how a source notebook is called: as its assignment, where that has no other."""
    name = source.parent.name
    return name if source.stem == name else f"{name}/{source.name}"


def _by_assignment(paths: Iterable[Path], books: Books) -> dict[str, list[NotebookNode]]:
    """Return the notebooks of each assignment of which all can be read."""
    broken = {path.parent.name for path in paths if path not in books}
    found: dict[str, list[NotebookNode]] = {}
    for path in books:
        if path.parent.name not in broken:
            found.setdefault(path.parent.name, []).append(books[path])
    return found


def _read(path: Path) -> NotebookNode:
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)  # reading alone lets much pass
    return book


def _cell_of(error: Exception) -> str:
    """Name the cell that an error of a notebook's form is about; empty where it names none."""
    place = list(getattr(error, "absolute_path", ()))
    return f"cell {place[1] + 1}: " if place[:1] == ["cells"] and len(place) > 1 else ""


def _judge(topic: str, wrong: dict[str, str], fine: str, remedy: str) -> Finding:
    if not wrong:
        return Finding.ok(topic, fine)
    return Finding.mend(topic, "; ".join(f"{name}: {says}" for name, says in wrong.items()), remedy)


def _each(
    topic: str,
    books: Books,
    problem: Callable[[Path, NotebookNode], str],
    fine: str,
    remedy: str,
) -> Finding:
    found = {_label(path): problem(path, book) for path, book in books.items()}
    return _judge(topic, {name: says for name, says in found.items() if says}, fine, remedy)


def unchecked(course: Path, name: str, books: Iterable[NotebookNode]) -> str:
    """Say which exercises lack hidden checks, and which checks lack their exercise."""
    cells = [cell for book in books for cell in book.cells]
    asked = {
        exercise_of(cell.metadata.nbgrader.grade_id): _CALL.findall(cell.source)
        for cell in cells
        if _is_test(cell) and not _is_inside(course, cell)
    }
    if not asked:
        return "" if any(map(_is_worth_points, cells)) else "no cell is graded"
    try:
        folder = check_folder(course, next(iter(asked)))
    except CourseError as error:
        return str(error)
    wrong, marked = [], {}
    for module in sorted(folder.glob("test_*.py")):
        try:
            marked[module.name] = marked_exercises(module)
        except (OSError, SyntaxError, UnicodeDecodeError) as error:
            wrong.append(f"{module.name} cannot be read ({first_line(error)})")
            marked[module.name] = set()
    wrong += [
        f"{exercise} has no check in {folder.name}/{module_name(exercise)}"
        for exercise in sorted(asked)
        if exercise not in marked.get(module_name(exercise), ())
    ]
    wrong += _strays(marked, set(asked))
    wrong += [
        f"the check cell of {exercise} does not run its own hidden checks"
        for exercise, called in asked.items()
        if called not in ([], [exercise])  # to call none is no fault: it is a comfort for authors
    ]
    return ", ".join(wrong)


def _is_test(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)


def _is_inside(course: Path, cell: NotebookNode) -> bool:
    """Tell whether a cell of tests is one that is run as it is, for want of checks outside."""
    try:
        check_module(course, exercise_of(cell.metadata.nbgrader.grade_id))
    except CourseError:
        return _NAMES_CHECKS not in cell.source
    return False


def _is_worth_points(cell: NotebookNode) -> bool:
    return bool(is_grade(cell) or is_task(cell))


def _checked(course: Path, whole: Mapping[str, Iterable[NotebookNode]]) -> str:
    """Say how exercises are checked."""
    cells = [cell for books in whole.values() for book in books for cell in book.cells]
    inside = sum(_is_test(cell) and _is_inside(course, cell) for cell in cells)
    if not inside:
        return "every exercise has its hidden checks"
    others = sum(map(_is_test, cells)) - inside
    checked = counted(inside, "exercise is", "exercises are")
    return f"{checked} checked inside the notebook, {others} by hidden checks"


def _strays(marked: dict[str, set[str]], asked: set[str]) -> Iterator[str]:
    """Say which checks, by module, are of no exercise, or lie in the module of another one."""
    for module, exercises in marked.items():
        for exercise in sorted(exercises):
            if exercise not in asked:
                yield f"{exercise} has checks and no check cell"
            elif module_name(exercise) != module:
                yield f"a check of {exercise} lies in {module} and not in {module_name(exercise)}"


def marked_exercises(module: Path) -> set[str]:
    """Return the exercises that a module of hidden checks names.

    A mark names one, and so does what makes a specification: ``exercise = Exercise("01-a", …)``,
    whoever's function it is that returns one.
    """
    tree = ast.parse(module.read_text(encoding="utf-8"))
    marks = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == _MARK
    ]
    made = [node.value for node in tree.body if _is_specification(node)]
    return {
        call.args[0].value
        for call in (*marks, *made)
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant)
    }


def _is_specification(node: ast.stmt) -> TypeGuard[ast.Assign]:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "exercise"


def wrong_points(book: NotebookNode) -> str:
    """Say where points are missing, or where the text tells others than the cells."""
    points = _points(book)
    text = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    told = [float(number) for number in _HEADING.findall(text)]
    total = [float(number) for number in _TOTAL.findall(text)]
    if not all(number > 0 for number in points):
        return "a graded cell is worth nothing"
    if told and told != points:
        return f"the headings tell {_plain(told)}, the cells hold {_plain(points)}"
    if total and total != [sum(points)]:
        return f"the opening tells {_plain(total)} points, the cells hold {sum(points):g}"
    return ""


def _plain(numbers: list[float]) -> str:
    return ", ".join(f"{number:g}" for number in numbers)


def _totals(whole: Mapping[str, Iterable[NotebookNode]]) -> str:
    sums = [_worth(books) for books in whole.values()]
    return f"{' + '.join(f'{total:g}' for total in sums)} = {sum(sums):g}"


def _worth(books: Iterable[NotebookNode]) -> float:
    return sum(sum(_points(book)) for book in books)


def _points(book: NotebookNode) -> list[float]:
    return [
        float(cell.metadata.nbgrader.get("points") or 0)
        for cell in filter(_is_worth_points, book.cells)
    ]


def outdated(course: Path, source: Path, book: NotebookNode) -> str:
    """Say whether the release is not what the source generates now."""
    from pawmark.grading.intake import forms
    from pawmark.grading.intake.first_cell import with_first_cell

    try:
        path = course / "release" / source.parent.name / source.name
        released = _read(path)
    except FileNotFoundError:
        return "not released"
    except _NOT_READABLE as error:
        return f"the release cannot be read ({first_line(error)})"
    try:
        made = forms.make(book, courses.configuration(), source, course).release
        made = with_first_cell(made, settings.here.install)
    # nbgrader's steps raise RuntimeError, ValueError and others for what they do not understand.
    except Exception as error:
        return f"no release can be made: {first_line(error)}"
    same = [_essence(cell) for cell in made.cells] == [_essence(cell) for cell in released.cells]
    return "" if same else "the release is not what the source generates now"


def not_shown(course: Path, source: Path, book: NotebookNode) -> str:
    """Say whether what was shown of an assignment's cells no longer counts: then all are run."""
    try:
        kept = proven.shown_in(course)
    except CourseError as error:
        return str(error)
    name = source.parent.name
    if source.stem != name or name not in kept or kept[name].fits(book):
        return ""
    return "every cell is run at grading, since some were edited after the last comparison"


def _essence(cell: NotebookNode) -> tuple:
    return cell.cell_type, cell.source, cell.metadata


def configuration(course: Path) -> Finding:
    """Load the course's nbgrader configuration, and see that it wires the kit."""
    remedy = (
        f"Let {CONFIG} hold: from pawmark.grading.plugin import configure; configure(get_config())"
    )
    if not (course / CONFIG).is_file():
        return Finding.mend("nbgrader", f"there is no {CONFIG}", remedy)
    try:
        loaded = PyFileConfigLoader(CONFIG, path=str(course)).load_config()
        exporter = loaded.Autograde.get("exporter_class")
    # The configuration is a program: it may raise anything.
    except Exception as error:
        return Finding.mend("nbgrader", f"{CONFIG} fails: {first_line(error)}", remedy)
    from pawmark.grading.gradebook.exporter import GradingExporter

    if exporter is not GradingExporter:
        return Finding.mend("nbgrader", f"{CONFIG} does not load the kit: stock grading", remedy)
    try:
        courses.use_of(course)
    except CourseError as error:
        return Finding.mend("nbgrader", str(error), f"Mend {courses.SETTING} in {CONFIG}.")
    return Finding.ok("nbgrader", f"{CONFIG} loads the kit")


def gradebook(course: Path, books: Mapping[str, Iterable[NotebookNode]]) -> Finding:
    """Read the gradebook, and compare its points with those of the sources."""
    try:
        if not book.exists(course):
            return Finding.ok("gradebook", _NEVER_BEGUN)
        damaged = readiness.damage(book.address_of(course))
        if damaged is not None:
            where = readiness.shown(book.address_of(course))
            return Finding.mend("gradebook", f"{where} cannot be read: {damaged}", _RESTORE)
        graded, worth = book.worth(course)
    except CourseError as error:
        return Finding.mend("gradebook", str(error), _RESTORE)
    drifted = [found for name in books if (found := drift_of(course, name)) and found.hand_ins]
    if drifted:
        remedy = "pawmark migrate NN shows what to do."
        return Finding.mend("gradebook", "; ".join(map(str, drifted)), remedy)
    old = {
        name: f"the gradebook says {worth[name]:g} points, the source {_worth(source):g}"
        for name, source in books.items()
        if name in worth and worth[name] != _worth(source)
    }
    fine = f"readable, {graded} submissions of {len(worth)} assignments"
    return _judge("gradebook", old, fine, "nbgrader generate_assignment NAME --force")


def hand_ins(course: Path) -> Finding:
    """Look for what lies among the hand-ins and is nobody's."""
    stray = unclaimed(course)
    if not stray:
        return Finding.ok(SUBMITTED, "nothing lies where it is not looked for")
    return Finding.mend(
        SUBMITTED,
        "; ".join(legible(str(one)) for one in stray),
        f"Put what each student handed in at {SUBMITTED}/STUDENT/ASSIGNMENT/.",
    )


def unfinished(course: Path) -> Finding:
    """Look for submissions that a killed grader left half-way."""
    from pawmark.grading.course_folder import UNFINISHED

    folder = course / UNFINISHED
    count = len(list(folder.iterdir())) if folder.is_dir() else 0
    if not count:
        return Finding.ok("grading", "nothing is left half-way")
    what = "submission was" if count == 1 else "submissions were"
    return Finding.mend(
        "grading",
        f"{count} {what} begun and not finished",
        "Unless grading is running now, start it again: nbgrader autograde NAME",
    )
