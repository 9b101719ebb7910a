"""Grades, read from the trusted records that autograding leaves beside each submission."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pawmark.errors import CourseError
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, Outcome, show_points
from pawmark.terminal import printable


@dataclass(frozen=True)
class Grade:
    """The record of one submission.

    Attributes
    ----------
    student, assignment
        Whose it is, and of what.
    sandbox
        ``bubblewrap`` or ``none``.
    repairs
        What had to be mended in the notebook before it ran.
    exercises
        The results, in the order of the notebook.
    seconds
        How long grading took.
    run_seconds
        How long the student's code ran for it, or None in records of earlier versions.
    memory
        The most bytes that it was seen to use, or None.
    graded
        The name of the file that was graded; empty in records of earlier versions.
    doubts
        Why a person should look at it: the exercise, or None for the whole, and the reason.
    """

    student: str
    assignment: str
    sandbox: str
    repairs: tuple[str, ...]
    exercises: tuple[ExerciseResult, ...]
    seconds: float
    run_seconds: float | None = None
    memory: int | None = None
    graded: str = ""
    doubts: tuple[tuple[str | None, str], ...] = ()

    @property
    def points(self) -> float:
        """Points reached."""
        return round(sum(exercise.points for exercise in self.exercises), 6)

    @property
    def max_points(self) -> float:
        """Points that could be reached."""
        return round(sum(exercise.max_points for exercise in self.exercises), 6)

    @property
    def needs_person(self) -> bool:
        """Whether a person is asked, by an error of the grader or by a doubt."""
        return bool(self.doubts) or any(exercise.needs_person for exercise in self.exercises)

    @property
    def unread(self) -> str:
        """Why nothing that was handed in could be graded; empty where something could."""
        checks = [check for exercise in self.exercises for check in exercise.checks]
        read = not checks or any(check.outcome is not Outcome.UNREAD for check in checks)
        return "" if read else checks[0].message

    def doubts_about(self, exercise: str) -> list[str]:
        """Return the reasons why a person should look at an exercise."""
        return [reason for name, reason in self.doubts if name in (None, exercise)]

    @property
    def lost(self) -> Iterator[tuple[str, CheckResult]]:
        """Yield the exercise and the check of every point lost."""
        for exercise in self.exercises:
            for check in exercise.checks:
                if check.outcome is not Outcome.PASSED:
                    yield exercise.exercise, check

    def to_json(self) -> dict[str, Any]:
        """Return the grade as a JSON object, with its sums."""
        return {
            "student": self.student,
            "assignment": self.assignment,
            "points": self.points,
            "max_points": self.max_points,
            "needs_person": self.needs_person,
            "for_a_person": [list(doubt) for doubt in self.doubts],
            "graded": self.graded,
            "sandbox": self.sandbox,
            "repairs": list(self.repairs),
            "seconds": self.seconds,
            "exercises": [exercise.to_json() for exercise in self.exercises],
        }


def read_grade(path: Path) -> Grade:
    """Read one record.

    Raises
    ------
    CourseError
        When the file is not a record.
    """
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        exercises = tuple(ExerciseResult.from_json(exercise) for exercise in tree["exercises"])
        repairs = tuple(str(repair) for repair in tree["repairs"])
        who = tree["student"], tree["assignment"], tree["sandbox"]
        run = tree.get("run", {})
        used = run.get("seconds"), run.get("memory")
        asked = tuple((name, str(reason)) for name, reason in tree.get("for_a_person", ()))
        more = str(tree.get("graded", "")), asked
        return Grade(*who, repairs, exercises, float(tree["seconds"]), *used, *more)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CourseError(
            f"{path} is not a record of grading ({error}). Grade that submission again: "
            "nbgrader autograde ASSIGNMENT --student STUDENT --force"
        ) from error


def read_grades(autograded: Path) -> list[Grade]:
    """Read the record of every submission under a folder, by student and assignment."""
    paths = sorted(Path(autograded).glob("*/*/*.record.json"))
    # Other files that are called records came with a submission.
    return [read_grade(path) for path in paths if path.name == f"{path.parent.name}.record.json"]


def show_grades(grades: Sequence[Grade], console: Console, students: Iterable[str] = ()) -> None:
    """Print points by student and assignment, then a line on every check that was lost.

    Parameters
    ----------
    grades
        The records.
    console
        Where to print.
    students
        Students to list even without a record, in this order; others follow.
    """
    found = {(grade.student, grade.assignment): grade for grade in grades}
    names = list(dict.fromkeys([*students, *(grade.student for grade in grades)]))
    columns = sorted({grade.assignment for grade in grades})
    table = Table("student", title="Grades")
    for column in columns:
        table.add_column(column, justify="right")
    for name in names:
        table.add_row(
            Text(printable(name)), *(_points(found.get((name, column))) for column in columns)
        )
    console.print(table)
    for name in names:
        _show_lost([grade for grade in grades if grade.student == name], console)


def _points(grade: Grade | None) -> str:
    return "not graded" if grade is None else show_points(grade.points, grade.max_points)


def _show_lost(grades: Iterable[Grade], console: Console) -> None:
    for grade in grades:
        lines = _compact(list(grade.lost))
        lines += [f"a person must look: {printable(reason)}" for _, reason in grade.doubts]
        if lines:
            console.print(Text(f"\n{printable(grade.student)} · {grade.assignment}", style="bold"))
        for line in lines:
            console.print(Text(f"  {line}"), soft_wrap=True)


def _compact(lost: list[tuple[str, CheckResult]]) -> list[str]:
    """Write one line for each check, but one for all of an exercise that say the same."""
    lines: dict[str, int] = {}
    for exercise, check in lost:
        message = printable(" ".join(check.message.split()))
        line = f"{exercise}: {check.outcome.value}" + (f": {message}" if message else "")
        lines[line] = lines.get(line, 0) + 1
    return [line + (f" ({count} checks)" if count > 1 else "") for line, count in lines.items()]
