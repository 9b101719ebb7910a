"""What a course's own continuous integration needs: sources that grade as they should."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from pawmark.authoring.answers import fill, read_answer, reference_cells
from pawmark.authoring.bank import specification_of
from pawmark.authoring.judges import copied_judge
from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading.checks.session import check_module
from pawmark.grading.course_folder import notebooks_of
from pawmark.grading.intake.release_form import forms_of
from pawmark.grading.intake.sources import exercises_of, problems
from pawmark.grading.results.outcomes import ExerciseResult, of_points, show_points
from pawmark.grading.run import course_secret
from pawmark.grading.run.pipeline import prepare, repair_submission
from pawmark.grading.run.run_settings import RunSettings
from pawmark.grading.secret import data_seed

ANSWERS = Path("tests") / "answers"


@dataclass(frozen=True)
class Line:
    """One thing that was tried.

    Attributes
    ----------
    says
        What came of it, in words.
    holds
        Whether it is as it should be.
    """

    says: str
    holds: bool


def prove(course: Path, assignment: str) -> Iterator[Line]:
    """Try an assignment: each thing that should hold is a line.

    Its sources can be used and hold no outputs; the reference gets every automatic point, what is
    handed out none; no exercise that is checked outside has its reference for a judge; of the
    answers in ``tests/answers/ASSIGNMENT/`` those in ``right/`` get all of their exercises, and
    those in ``wrong/`` do not.

    Parameters
    ----------
    course, assignment
        The course folder, and the name of the assignment.

    Raises
    ------
    PawmarkError
        When nothing can be run.
    """
    for source in notebooks_of(course, assignment):
        where = source.relative_to(course).as_posix()
        if wrong := problems(source):
            yield Line(f"{where}: {'; '.join(wrong)}", False)
            continue
        notebook = nbformat.read(source, as_version=4)
        stale = [cell for cell in notebook.cells if cell.get("outputs")]
        yield Line(f"{where}: cells that hold outputs: {len(stale)}", not stale)
        try:
            forms_of(source.read_bytes(), course, source)
        except CourseError as error:  # the other notebooks are tried all the same
            yield Line(str(error), False)
            continue
        yield from _tried(course, assignment, source, notebook)
        yield from copied_judges(course, source, notebook)


def copied_judges(course: Path, source: Path, notebook: NotebookNode) -> Iterator[Line]:
    """Say of which exercises the judge is the reference: that such checks agree proves nothing.

    Parameters
    ----------
    course, source, notebook
        The course folder, the path of a source notebook, and what is in it.
    """
    for exercise in exercises_of(source):
        try:
            module = check_module(course, exercise)
        except CourseError:  # it has no checks outside
            continue
        where = module.relative_to(course).as_posix()
        try:
            says = copied_judge(specification_of(course, exercise), module, notebook)
        except Exception as error:  # whatever the module raises when it is imported
            says = f"its checks cannot be imported ({type(error).__name__}: {error})"
        if says:
            yield Line(f"{where}: {exercise}: {says}", False)


def _tried(course: Path, assignment: str, source: Path, notebook: NotebookNode) -> Iterator[Line]:
    where = source.relative_to(course).as_posix()
    reference = reference_cells(notebook)
    full = _graded(course, assignment, source, reference)
    lost = [result for result in full if result.points < result.max_points]
    yield Line(f"{where}: the reference gets {_sum(full)}{_named(lost)}", not lost)
    untouched = [result for result in _graded(course, assignment, source, {}) if result.points]
    yield Line(
        f"{where}: what is handed out gets {_sum(untouched) if untouched else 'nothing'}"
        f"{_named(untouched)}",
        not untouched,
    )
    for path in sorted((course / ANSWERS / assignment).glob("*/*.py")):
        yield from _answer(course, assignment, source, reference, path)


def _answer(
    course: Path, assignment: str, source: Path, reference: Mapping[str, str], path: Path
) -> Iterator[Line]:
    """Try an answer of the bank, where it is one to this notebook."""
    cells = {n: text for n, text in read_answer(path).cells.items() if n in reference}
    if not cells:
        return
    results = _graded(course, assignment, source, {**reference, **cells})
    lost = [result for result in results if result.points < result.max_points]
    right = path.parent.name == "right"
    where = path.relative_to(course).as_posix()
    yield Line(f"{where}: gets {_sum(results)}{_named(lost)}", bool(lost) is not right)


def _graded(
    course: Path, assignment: str, source: Path, cells: Mapping[str, str]
) -> list[ExerciseResult]:
    """Grade a hand-in as a student's would be."""
    with tempfile.TemporaryDirectory(prefix="pawmark-") as made:
        folder = Path(made) / assignment
        folder.mkdir()
        release = forms_of(source.read_bytes(), course, source).release
        nbformat.write(fill(release, dict(cells)), folder / source.name)
        repaired = repair_submission(source, folder, course)
        data = courses.open_data(data_seed(course_secret.of(course)))
        done = prepare(course, assignment, repaired, data, RunSettings.here()).run()
    return list(done.results.values())


def _sum(results: list[ExerciseResult]) -> str:
    points = sum(result.points for result in results)
    return of_points(points, sum(result.max_points for result in results))


def _named(results: list[ExerciseResult]) -> str:
    if not results:
        return ""
    told = (f"{one.exercise} {show_points(one.points, one.max_points)}" for one in results)
    return f" ({', '.join(told)})"
