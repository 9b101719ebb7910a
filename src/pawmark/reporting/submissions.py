"""What is known of each submission: its record, and what the gradebook adds to it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pawmark.errors import CourseError
from pawmark.grading.intake.cells import exercise_of
from pawmark.grading.results import record
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.results.record import Record

GRADEBOOK = "gradebook.db"
_COURSE_ID = "pawmark"


@dataclass(frozen=True)
class Submission:
    """One submission of one assignment.

    Attributes
    ----------
    grade
        Its record.
    score, max_score
        The points that count: those of the gradebook where it knows the submission, with what
        people gave and with late penalties; else those of the checks.
    late_penalty
        What was taken off for lateness.
    waiting
        What a person still has to look at, in words.
    first_name, last_name, email, lms_user_id
        As the gradebook has them; mostly empty.
    """

    grade: Record
    score: float
    max_score: float
    late_penalty: float = 0.0
    waiting: tuple[str, ...] = ()
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""

    @property
    def student(self) -> str:
        """The student's name in the gradebook."""
        return self.grade.student

    @property
    def assignment(self) -> str:
        """The name of the assignment."""
        return self.grade.assignment

    @property
    def share(self) -> float:
        """The part of all points, from 0 to 1."""
        return self.score / self.max_score if self.max_score else 0.0

    @property
    def attempted(self) -> bool:
        """Whether anything was done at all."""
        return any(
            check.outcome is not Outcome.NOT_ATTEMPTED
            for exercise in self.grade.exercises
            for check in exercise.checks
        )


def read_submissions(course: Path, names: Collection[str] = ()) -> dict[str, list[Submission]]:
    """Read all submissions of a course that have been graded, by assignment.

    Parameters
    ----------
    course
        The course folder, with ``autograded/`` and, mostly, ``gradebook.db``.
    names
        Assignments, by full names; all if left out.

    Raises
    ------
    CourseError
        When there is no record, or one that cannot be read.
    """
    found = record.read_all(course / "autograded")
    grades = [grade for grade in found if not names or grade.assignment in names]
    if not grades:
        what = " of " + ", ".join(names) if names else ""
        raise CourseError(
            f"No records{what} under {course / 'autograded'}. Grade something first: "
            "nbgrader autograde ASSIGNMENT"
        )
    known = _read_gradebook(course / GRADEBOOK, {grade.assignment for grade in grades})
    by_name: dict[str, list[Submission]] = {}
    for grade in sorted(grades, key=lambda grade: (grade.assignment, grade.student)):
        entry = known.get((grade.assignment, grade.student))
        made = Submission(grade, grade.points, grade.max_points, waiting=_errors(grade))
        by_name.setdefault(grade.assignment, []).append(_completed(grade, entry) if entry else made)
    return by_name


def _errors(grade: Record) -> tuple[str, ...]:
    if grade.unread:
        return tuple(f"{result.exercise}: {grade.unread}" for result in grade.exercises)
    return tuple(
        f"{result.exercise}: a check failed by a mistake of its own"
        for result in grade.exercises
        if result.needs_person
    )


def _completed(grade: Record, entry: dict[str, Any]) -> Submission:
    errors = _errors(grade)
    named = {line.partition(":")[0] for line in errors}
    other = [name for name in entry.pop("waiting") if name not in named]
    checked = {result.exercise for result in grade.exercises}
    words = {True: "points given by a person, to be looked at again", False: "a written answer"}
    doubts = {name: "; ".join(grade.doubts_about(name)) for name in other}
    lines = tuple(f"{name}: {doubts[name] or words[name in checked]}" for name in other)
    return Submission(grade, waiting=errors + lines, **entry)


def _read_gradebook(path: Path, names: Collection[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what the gradebook knows, by assignment and student; nothing without a gradebook."""
    if not path.exists():
        return {}
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with Gradebook(f"sqlite:///{path}", _COURSE_ID) as gradebook:
            return {
                (name, entry.student.id): _known(entry)
                for name in names
                for entry in gradebook.assignment_submissions(name)
            }
    except SQLAlchemyError as error:
        raise CourseError(
            f"{path} cannot be read as a gradebook ({type(error).__name__}). If it is of an older "
            "nbgrader, back it up and run: nbgrader db upgrade"
        ) from error


def _known(entry: Any) -> dict[str, Any]:
    student, late = entry.student, float(entry.late_submission_penalty or 0)
    return {
        "score": max(float(entry.score or 0) - late, 0.0),
        "max_score": float(entry.max_score or 0),
        "late_penalty": late,
        "waiting": list(_waiting(entry)) if entry.needs_manual_grade else [],
        "first_name": student.first_name or "",
        "last_name": student.last_name or "",
        "email": student.email or "",
        "lms_user_id": student.lms_user_id or "",
    }


def _waiting(entry: Any) -> Iterator[str]:
    for notebook in entry.notebooks:
        for grade in notebook.grades:
            if grade.needs_manual_grade:
                yield exercise_of(grade.name)
