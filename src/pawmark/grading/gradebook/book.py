"""The gradebook of a course, wherever its ``db_url`` says that it lies, and what it holds."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.api import Grade as Entry
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from pawmark.errors import CourseError
from pawmark.grading.course_folder import notebooks_of
from pawmark.grading.gradebook import course_settings, readiness
from pawmark.grading.intake.cells import exercise_of
from pawmark.grading.results.grade import Grade, Part, Person, part_of

Key = tuple[str, str]
_LAST = 1 << 30


@cache
def address_of(course: Path) -> str:
    """Return the address of a course's gradebook: ``db_url``, as its configuration has it.

    A SQLite file is named in full: nbgrader takes a relative one to lie in the course folder.

    Raises
    ------
    CourseError
        When the configuration cannot be read, or the address is none.
    """
    config = course_settings.load(course)
    given = config.get("CourseDirectory", {}).get("db_url")
    if not given:
        return str(CourseDirectory(config=config, root=str(course.absolute())).db_url)
    try:
        url = make_url(str(given))
    except ArgumentError as error:
        raise CourseError(f"c.CourseDirectory.db_url is no address: {error}.") from error
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        url = url.set(database=str((course / str(url.database)).absolute()))
    return url.render_as_string(hide_password=False)


def exists(course: Path, address: str | None = None) -> bool:
    """Tell whether a course has a gradebook yet; that of a server is made when it is opened."""
    url = make_url(address or address_of(course))
    return url.get_backend_name() != "sqlite" or Path(str(url.database)).exists()


@contextmanager
def opened(course: Path, address: str | None = None) -> Iterator[Gradebook]:
    """Give the gradebook of a course; what is changed in it and not committed is forgotten.

    Parameters
    ----------
    course
        The course folder.
    address
        Where its gradebook is; what the course's configuration says, if left out.

    Raises
    ------
    CourseError
        When it cannot be reached or read.
    """
    address = address or address_of(course)
    try:
        # Without a name of the course nothing is written to it.
        with Gradebook(address, "") as gradebook:
            yield gradebook
    except (SQLAlchemyError, ImportError) as error:
        raise CourseError(readiness.unusable(address, error)) from error


def knows(course: Path, assignment: str, address: str | None = None) -> bool:
    """Tell whether the gradebook of a course knows an assignment."""
    if not exists(course, address):
        return False
    with opened(course, address) as gradebook:
        named = gradebook.db.query(Assignment.id).filter(Assignment.name == assignment)
        return named.first() is not None


def without_work(course: Path, address: str | None = None) -> list[str]:
    """Return the students in the gradebook of whom nothing was graded yet.

    There are none where it cannot be read: what is wrong with it, grading says.
    """
    try:
        if not exists(course, address):
            return []
        with opened(course, address) as gradebook:
            graded = gradebook.db.query(SubmittedAssignment.student_id)
            found = gradebook.db.query(Student.id).filter(Student.id.not_in(graded))
            return [str(row[0]) for row in found]
    except CourseError:
        return []


def worth(course: Path) -> tuple[int, dict[str, float]]:
    """Return how many submissions the gradebook holds, and the points of each assignment.

    Raises
    ------
    CourseError
        When it cannot be reached or read.
    """
    with opened(course) as gradebook:
        count = gradebook.db.query(SubmittedAssignment).count()
        found = gradebook.db.query(Assignment.name, Assignment.max_score)
        return count, {str(name): float(points or 0) for name, points in found}


class Contents:
    """What a gradebook holds of some or all submissions, read at once.

    Attributes
    ----------
    people
        The students, by name.
    worth
        The points of each assignment.
    grades
        By assignment and student.
    """

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.worth: dict[str, float] = {}
        self.grades: dict[Key, Grade] = {}

    @classmethod
    def of(cls, course: Path) -> "Contents":
        """Read the gradebook of a course; one that is not there holds nothing.

        Raises
        ------
        CourseError
            When it cannot be reached or read.
        """
        contents = cls()
        if exists(course):
            with opened(course) as gradebook:
                contents._read(course, gradebook)
        return contents

    def _read(self, course: Path, gradebook: Gradebook) -> None:
        self.people = {s.id: _person(s) for s in gradebook.db.query(Student)}
        found = gradebook.db.query(Assignment.name, Assignment.max_score)
        self.worth = {str(name): float(points or 0) for name, points in found}
        self.grades = _grades(course, gradebook)


def grade_of(course: Path, gradebook: Gradebook, assignment: str, student: str) -> Grade | None:
    """Return one grade as an open gradebook has it now, with what is not committed."""
    key = assignment, student
    return _grades(course, gradebook, key).get(key)


def comments_of(course: Path, assignment: str, student: str) -> dict[str, str]:
    """Return what people wrote about a submission, by exercise, in the order of the notebook.

    Raises
    ------
    CourseError
        When the gradebook cannot be reached or read.
    """
    if not exists(course):
        return {}
    with opened(course) as gradebook:
        found = _only(_comments(gradebook), (assignment, student)).order_by(Notebook.name).all()
    written: dict[str, str] = {}
    for name, text in found:  # two notebooks may have exercises of one name
        if text and text.strip():
            earlier = written.get(exercise_of(name))
            written[exercise_of(name)] = text if earlier is None else f"{earlier}\n{text}"
    place = order_of(course, assignment)
    return dict(sorted(written.items(), key=lambda one: (place.get(one[0], _LAST), one[0])))


def _comments(gradebook: Gradebook) -> Any:
    return (
        gradebook.db.query(BaseCell.name, Comment.manual_comment)
        .select_from(SubmittedAssignment)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Comment, Comment.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Comment.cell_id)
        .join(Notebook, Notebook.id == BaseCell.notebook_id)
    )


def grades_of(course: Path, gradebook: Gradebook, assignment: str) -> dict[str, Grade]:
    """Return the grades of an assignment by student, with what is not committed."""
    found = _grades(course, gradebook, (assignment, None))
    return {student: grade for (_, student), grade in found.items()}


def _grades(
    course: Path, gradebook: Gradebook, key: tuple[str, str | None] | None = None
) -> dict[Key, Grade]:
    """Return all grades, or those of an assignment, or the one of a student there."""
    parts: dict[Key, list[Part]] = defaultdict(list)
    for name, who, *cell in _only(_cells(gradebook), key):
        parts[name, who].append(part_of(*cell))
    grades = {}
    for name, who, penalty in _only(_submissions(gradebook), key):
        place = order_of(course, name)
        own = sorted(parts[name, who], key=lambda p: (place.get(p.exercise, _LAST), p.exercise))
        grades[name, who] = Grade(tuple(own), float(penalty or 0))
    return grades


def _only(query: Any, key: tuple[str, str | None] | None) -> Any:
    if key is None:
        return query
    query = query.filter(Assignment.name == key[0])
    return query if key[1] is None else query.filter(SubmittedAssignment.student_id == key[1])


def _submissions(gradebook: Gradebook) -> Any:
    return gradebook.db.query(
        Assignment.name,
        SubmittedAssignment.student_id,
        SubmittedAssignment.late_submission_penalty,
    ).join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)


def _cells(gradebook: Gradebook) -> Any:
    return (
        gradebook.db.query(
            Assignment.name,
            SubmittedAssignment.student_id,
            BaseCell.name,
            Entry.score,
            Entry.max_score,
            Entry.auto_score,
            Entry.manual_score,
            Entry.extra_credit,
            Entry.needs_manual_grade,
        )
        .select_from(SubmittedAssignment)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Entry, Entry.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Entry.cell_id)
    )


def _person(student: Any) -> Person:
    return Person(
        student.id,
        student.first_name or "",
        student.last_name or "",
        student.email or "",
        student.lms_user_id or "",
    )


@cache
def order_of(course: Path, assignment: str) -> dict[str, int]:
    """Return the place of each exercise in its source; none where that is not read."""
    try:
        trees = [json.loads(path.read_bytes()) for path in notebooks_of(course, assignment)]
        cells = [cell for tree in trees for cell in tree["cells"]]
        ids = [cell["metadata"].get("nbgrader", {}).get("grade_id", "") for cell in cells]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {name: place for place, name in enumerate(dict.fromkeys(map(exercise_of, ids)))}
