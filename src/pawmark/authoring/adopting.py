"""A course that was made for nbgrader, looked at: what Pawmark would do with each exercise."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from pawmark.errors import CourseError
from pawmark.files import write_whole
from pawmark.grading import course as courses
from pawmark.grading.checks.session import CHECKS, check_module
from pawmark.grading.course_folder import CONFIG, assignments, notebooks_of
from pawmark.grading.gradebook import course_settings
from pawmark.grading.intake.cells import exercise_of, is_grade, is_solution
from pawmark.grading.intake.kernels import kernel_of
from pawmark.grading.intake.sources import problems

LINES = "from pawmark.grading.plugin import configure\n\nconfigure(get_config())\n"
_CALL = "pawmark.grading.plugin"
# What a course of which nothing is known needs of a plugin, once it has checks outside.
PLUGIN = (
    'get_config().Pawmark.plugin = "none"  # no data or questions of its own: docs/plugins.md\n'
)


class How(StrEnum):
    """How an exercise is graded."""

    OUTSIDE = "outside"
    INSIDE = "inside"
    BY_A_PERSON = "by a person"


@dataclass(frozen=True)
class Place:
    """A cell that points are given for.

    Attributes
    ----------
    notebook
        The path of the source notebook in the course.
    name
        Its grade_id.
    points
        What it is worth.
    how
        How it is graded.
    """

    notebook: str
    name: str
    points: float
    how: How


@dataclass(frozen=True)
class Found:
    """What a course is made of.

    Attributes
    ----------
    places
        The cells that points are given for, in order.
    wrong
        What keeps something from being graded, in words.
    wired
        Whether its configuration calls Pawmark's already.
    """

    places: tuple[Place, ...]
    wrong: tuple[str, ...]
    wired: bool

    def counts(self) -> dict[How, int]:
        """Return how many are graded in each way."""
        found = Counter(place.how for place in self.places)
        return {how: found[how] for how in How}


def look(course: Path) -> Found:
    """Look at a course; nothing is changed, and nothing of it but its configuration is run.

    Raises
    ------
    CourseError
        When its configuration cannot be read.
    """
    config = course_settings.load(course)
    courses.use_configured(config, course)
    places: list[Place] = []
    wrong = list(_of_folders(config.get("CourseDirectory", {})))
    for name in assignments(course):
        for path in notebooks_of(course, name):
            where = path.relative_to(course).as_posix()
            found = problems(path)
            if not found:
                notebook = nbformat.read(path, as_version=4)
                own = list(_places(course, where, notebook))
                places += own
                found = [*_of_kernel(notebook), *_of_names(own)]
                found += _of_generated_tests(config, course, path, notebook)
            wrong += [f"{where}: {says}" for says in found]
    return Found(tuple(places), tuple(wrong), _is_wired(course))


def _of_folders(section: dict[str, object]) -> Iterator[str]:
    """Say which folders are elsewhere than Pawmark's own commands look for them."""
    for name, usual in (("source", "source"), ("submitted", "submitted")):
        given = section.get(f"{name}_directory")
        if isinstance(given, str) and given.strip("/") != usual:
            yield (
                f"c.CourseDirectory.{name}_directory is {given!r}, and Pawmark looks in {usual}/ "
                "only: rename the folder"
            )


def _places(course: Path, where: str, notebook: NotebookNode) -> Iterator[Place]:
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if not (about.get("grade") or about.get("task")):
            continue
        tests = cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)
        how = _how(course, about["grade_id"], cell.source) if tests else How.BY_A_PERSON
        yield Place(where, about["grade_id"], float(about["points"]), how)


def _how(course: Path, name: str, text: str) -> How:
    try:
        check_module(course, exercise_of(name))
    except CourseError:
        return How.OUTSIDE if "pawmark.checks" in text else How.INSIDE
    return How.OUTSIDE


def _of_kernel(notebook: NotebookNode) -> Iterator[str]:
    try:
        kernel_of(notebook)
    except CourseError as error:
        yield str(error)


def _of_generated_tests(
    config: Mapping[str, Any], course: Path, path: Path, notebook: NotebookNode
) -> Iterator[str]:
    """Say where generated tests lack the file of their templates."""
    section = config.get("InstantiateTests", {})
    name = str(section.get("autotest_filename", "autotests.yml"))
    word = str(section.get("autotest_delimiter", "AUTOTEST"))
    lines = [line for cell in notebook.cells for line in cell.source.splitlines()
             if cell.cell_type == "code" and line.lstrip().startswith("#")]  # fmt: skip
    asked = any(word in line for line in lines)
    if asked and not any((folder / name).is_file() for folder in (path.parent, course)):
        yield (
            f"its generated tests ({word}) need {name}, beside the notebook or in the course "
            "folder: nbgrader's documentation has one"
        )


def _of_names(places: list[Place]) -> Iterator[str]:
    """Say where two cells of tests would be taken for those of one exercise."""
    tests = [place.name for place in places if place.how is not How.BY_A_PERSON]
    counts = Counter(map(exercise_of, tests))
    for name, count in counts.items():
        if count > 1:
            same = " and ".join(one for one in tests if exercise_of(one) == name)
            yield f"{same} would be taken for one exercise: give one of them another grade_id"


def _is_wired(course: Path) -> bool:
    path = course / CONFIG
    return path.is_file() and _CALL in path.read_text(encoding="utf-8")


def wire(course: Path) -> Path | None:
    """Add the lines to a course's configuration that make nbgrader grade by Pawmark.

    Returns
    -------
    Path or None
        The file that was written; None where it has them already.
    """
    path = course / CONFIG
    if _is_wired(course):
        return None
    before = path.read_text(encoding="utf-8").rstrip() if path.is_file() else ""
    write_whole(path, f"{before}\n\n{LINES}".lstrip().encode())
    return path


def name_plugin(course: Path) -> Path | None:
    """Say in a course's configuration that it has no plugin, before it gets checks outside.

    With such checks, and no plugin named, it would have that of the course that Pawmark comes with.

    Returns
    -------
    Path or None
        The file that was written; None where the course has such checks, or names a plugin.
    """
    if (course / CHECKS).is_dir() or course_settings.load(course).get("Pawmark", {}).get("plugin"):
        return None
    path = course / CONFIG
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    lines = text.splitlines(keepends=True)
    lines.insert(_first_statement(text) - 1, f"{PLUGIN}\n" if text else PLUGIN)
    write_whole(path, "".join(lines).encode())
    return path


def _first_statement(text: str) -> int:
    """Return the first line at which a statement of one's own may stand."""
    for node in ast.parse(text).body:
        match node:
            case ast.Expr(value=ast.Constant()) | ast.ImportFrom(module="__future__"):
                continue
        return node.lineno
    return len(text.splitlines()) + 1
