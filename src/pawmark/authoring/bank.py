"""Tries the specification of one exercise: on its variants, and on the bank of answers.

Run as ``python -m pawmark.authoring.bank 01-box-iou``.
"""

import argparse
import contextlib
import functools
import importlib
import io
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from pawmark.authoring.answers import Answer, read_answer, reference_cells
from pawmark.errors import CourseError
from pawmark.grading.checks.asking import StudentAsking
from pawmark.grading.checks.grading import grade
from pawmark.grading.checks.marks import in_band
from pawmark.grading.checks.proving import SEEDS, prove, without_variants
from pawmark.grading.checks.session import check_module, packages
from pawmark.grading.checks.specification import Exercise, Items
from pawmark.grading.checks.student import Student
from pawmark.grading.course_folder import find_course
from pawmark.grading.results.outcomes import ExerciseResult

# Cells that solution cells rest upon, beside those whose name ends in -setup.
SET_UP = ("03-imports", "03-data", "03-prior", "04-decoder", "05-imports")
POINTS = 100.0


def specification_of(course: Path, exercise: str) -> Exercise | Items | None:
    """Return the specification of an exercise, or None where it has test functions.

    Raises
    ------
    CourseError
        If there is no module of checks for it.
    """
    path = check_module(course, exercise)
    with packages([path.parent]):
        module = importlib.import_module(f"{path.parent.name}.{path.stem}")
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, Exercise | Items) and value.name == exercise
    ]
    return found[0] if found else None


def namespace_of(course: Path, assignment: str, cells: Mapping[str, str]) -> dict[str, Any]:
    """Return a namespace with the reference's solution cells, some of them replaced.

    The reference's cells run once for all answers; those of an answer see them as a later cell of
    a notebook would.

    Parameters
    ----------
    course, assignment
        Which notebook.
    cells
        Sources of solution cells by grade_id.
    """
    namespace = dict(_reference_namespace(course, assignment))
    with contextlib.redirect_stdout(io.StringIO()):
        for source in cells.values():
            exec(source, namespace)  # noqa: S102  (the course's own answers)
    return namespace


@functools.cache
def _reference_namespace(course: Path, assignment: str) -> dict[str, Any]:
    notebook = nbformat.read(course / "source" / assignment / f"{assignment}.ipynb", as_version=4)
    sources = reference_cells(notebook)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in notebook.cells:
            settings = cell.metadata.get("nbgrader", {})
            grade_id = str(settings.get("grade_id"))
            if grade_id in SET_UP or grade_id.endswith("-setup"):
                exec(cell.source, namespace)  # noqa: S102  (the course's own notebook)
            elif settings.get("solution") and cell.cell_type == "code":
                exec(sources[grade_id], namespace)  # noqa: S102
    return namespace


@dataclass(frozen=True)
class Tried:
    """One wrong answer of the bank, graded.

    Attributes
    ----------
    path, answer
        Which answer.
    result
        What came of it.
    bare
        What came of it with all variants switched off.
    """

    path: Path
    answer: Answer
    result: ExerciseResult
    bare: ExerciseResult

    @property
    def named(self) -> str:
        """The misconception that was named, or empty."""
        keys = [check.misconception for check in self.result.checks if check.misconception]
        return keys[0].rpartition(".")[2] if keys else ""

    @property
    def message(self) -> str:
        """What the student reads first."""
        return next((check.message for check in self.result.checks if check.message), "")

    @property
    def complaints(self) -> Iterator[str]:
        """Yield what is not as the answer says."""
        if self.bare.points >= self.bare.max_points:
            yield "gets full marks with all variants switched off"
        yield from complaints(self.answer, self.result)


def complaints(answer: Answer, result: ExerciseResult) -> Iterator[str]:
    """Yield what of a wrong answer's result is not as the answer says."""
    if result.points >= result.max_points:
        yield "gets full marks"
    if answer.severity and (wrong := in_band(answer.severity, result.points, result.max_points)):
        yield wrong
    said = " ".join(check.message for check in result.checks)
    if "|" in answer.names:  # words, one of which a true message holds
        if not re.search(answer.names, said, re.IGNORECASE):
            yield f"no message holds {answer.names}"
    elif answer.names:
        keys = [check.misconception.rpartition(".")[2] for check in result.checks]
        named = next(filter(None, keys), "nothing")
        if named != answer.names:
            yield f"named {named}, and not {answer.names}"
    if answer.says and answer.says not in said:
        yield f"nothing says {answer.says!r}"


def answers_of(course: Path, exercise: str, kind: str) -> dict[Path, Answer]:
    """Return the answers of the bank that replace the cell of an exercise."""
    folders = (course / "tests" / "answers").glob(f"{exercise.split('-')[0]}_*/{kind}")
    found = {path: read_answer(path) for folder in folders for path in sorted(folder.glob("*.py"))}
    return {path: answer for path, answer in found.items() if exercise in answer.cells}


def student_of(course: Path, exercise: str, cells: Mapping[str, str]) -> Student:
    """Return the way to a notebook with some solution cells replaced."""
    number = exercise.split("-")[0]
    names = [path.name for path in (course / "source").glob(f"{number}_*")]
    if len(names) != 1:
        raise CourseError(f"{len(names)} assignments in source/ have the number {number}.")
    return Student.local(namespace_of(course, names[0], cells))


def try_bank(
    course: Path, specification: Exercise | Items, seed: int = 1, others: tuple[Path, ...] = ()
) -> Iterator[Tried]:
    """Grade the wrong answers of the bank, and other files of that form."""
    wrong = answers_of(course, specification.name, "wrong")
    for path in others:
        answer = read_answer(path)
        if specification.name in answer.cells:
            wrong[path] = answer
    for path, answer in wrong.items():
        student = student_of(course, specification.name, answer.cells)
        asking = StudentAsking(student, specification.seconds)
        result = grade(specification, asking, seed, POINTS)
        if isinstance(specification, Exercise):
            bare = grade(without_variants(specification), asking, seed, POINTS)
        else:
            bare = result
        yield Tried(path, answer, result, bare)


def right_answers(course: Path, specification: Exercise | Items) -> dict[str, StudentAsking]:
    """Return the reference and the right answers of the bank, each ready to be asked."""
    cells = {"the reference": {}} | {
        path.stem: answer.cells
        for path, answer in answers_of(course, specification.name, "right").items()
    }
    return {
        name: StudentAsking(student_of(course, specification.name, replaced), specification.seconds)
        for name, replaced in cells.items()
    }


def report(
    course: Path, exercise: str, seeds: int, seed: int, others: tuple[Path, ...]
) -> Iterator[str]:
    """Yield the lines of the report on one exercise; those with ✗ are complaints."""
    specification = specification_of(course, exercise)
    if specification is None:
        raise CourseError(f"{exercise} has no specification: its checks are test functions.")
    right = right_answers(course, specification)
    if isinstance(specification, Exercise):
        for line in prove(specification, right, SEEDS[:seeds]):
            yield f"✗ {line}"
    else:
        for name, asking in right.items():
            for check in grade(specification, asking, seed, POINTS).checks:
                if check.points < check.max_points:
                    yield f"✗ {name} loses {check.title}: {check.message}"
    for tried in try_bank(course, specification, seed, others):
        complaints = list(tried.complaints)
        sign = "✗" if complaints else " "
        share = f"{tried.result.points / tried.result.max_points:.0%}"
        yield f"{sign} {share:>4}  {tried.path.stem}: {tried.named or '(no name)'}: {tried.message}"
        yield from (f"        {complaint}" for complaint in complaints)


def convert(course: Path, exercise: str, seed: int) -> None:
    """Write into wrong answers with ``fails:`` what their exercise's specification says of them."""
    specification = specification_of(course, exercise)
    if not isinstance(specification, Exercise):
        raise CourseError(f"{exercise} has no specification with variants.")
    severities = {variant.name: variant.severity for variant in specification.variants}
    for tried in try_bank(course, specification, seed):
        text = tried.path.read_text(encoding="utf-8")
        if not re.search(r"^fails:", text, re.MULTILINE):
            continue
        share = tried.result.points / tried.result.max_points
        usual = "fatal" if share < 0.15 else "major" if share <= 0.6 else "minor"
        severity = severities.get(tried.named, usual)
        lines = f"names: {tried.named or 'nothing'}\nseverity: {severity}"
        text = re.sub(r"^fails:.*\n(says:.*\n)?", f"{lines}\n", text, count=1, flags=re.MULTILINE)
        tried.path.write_text(text, encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Print the report; return how the process ends: 1 with complaints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("exercise", help="grade_id, for instance 01-box-iou")
    parser.add_argument("--seeds", type=int, default=5, help="seeds to prove it on (up to 20)")
    parser.add_argument("--seed", type=int, default=1, help="seed to grade the bank with")
    parser.add_argument(
        "--convert",
        action="store_true",
        help="write into the bank's wrong answers what is named and how severe it is, for review",
    )
    parser.add_argument(
        "--answers", nargs="*", default=[], type=Path, help="more wrong answers to try"
    )
    given = parser.parse_args(arguments)
    bad = 0
    try:
        if given.convert:
            convert(find_course(), given.exercise, given.seed)
        for line in report(
            find_course(), given.exercise, given.seeds, given.seed, tuple(given.answers)
        ):
            print(line)
            bad += line.startswith("✗")
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{bad} complaints" if bad else "no complaints")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
