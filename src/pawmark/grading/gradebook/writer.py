"""Writes what was staged of many submissions: their files, and their grades in one transaction.

The entries are made by nbgrader's own `Gradebook` and written through its models; what differs from
`nbgrader autograde` is that all rows of a class are read at once and committed at once.

A submission is marked before anything of it is touched, and the mark goes when all of it is there.
Whatever ends the writer between leaves the mark, and by it the next run, nbgrader's too, grades
that submission again.
"""

import contextlib
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.orm import Session, scoped_session, selectinload, sessionmaker

from pawmark.grading.course_folder import AUTOGRADED
from pawmark.grading.gradebook import hand_ins, readiness
from pawmark.grading.gradebook.converter import HardenedAutograde
from pawmark.grading.gradebook.forecast import penalties_of, take_off
from pawmark.grading.gradebook.staged import GRADED, Staged, StagedNotebook


class _Patient(Session):
    """A session in which nothing is committed before all is there."""

    def commit(self) -> None:
        """Wait: nbgrader commits after every entry."""

    def commit_all(self) -> None:
        """Commit what has been waiting."""
        super().commit()


class ClassGradebook(Gradebook):
    """nbgrader's gradebook for many submissions of one assignment, in one transaction.

    Parameters
    ----------
    address
        Where it lies.
    course_id
        The name of the course in it.
    assignment
        The full name of the assignment.
    students
        Whose entries are to be written.
    """

    db: Any

    def __init__(
        self, address: str, course_id: str, assignment: str, students: Sequence[str]
    ) -> None:
        super().__init__(address, course_id)
        self.check_course()  # nbgrader's steps that save grades name none: that makes one too
        self.db.remove()
        self.db = scoped_session(
            sessionmaker(
                class_=_Patient,
                bind=self.engine,
                future=True,
                autoflush=False,
                expire_on_commit=False,
            )
        )
        self._assignment = super().find_assignment(assignment)
        self._names = {
            cell.id: cell.name
            for notebook in self._assignment.notebooks
            for cells in (notebook.grade_cells, notebook.solution_cells, notebook.task_cells)
            for cell in cells
        }
        known = self.db.query(Student).filter(Student.id.in_(students))
        self._students = {one.id: one for one in known}
        self._submissions = {one.student_id: one for one in self._entries(students)}

    def _entries(self, students: Sequence[str]) -> Iterable[Any]:
        """Read all that is there of the students' submissions: a query for each table.

        Of grades and comments only what is written here: to add up what each is worth takes long.
        """
        notebooks = selectinload(SubmittedAssignment.notebooks)
        grades = notebooks.selectinload(SubmittedNotebook.grades).load_only(
            Grade.cell_id, Grade.notebook_id, Grade.auto_score, Grade.manual_score,
            Grade.needs_manual_grade,
        )  # fmt: skip
        comments = notebooks.selectinload(SubmittedNotebook.comments).load_only(
            Comment.cell_id, Comment.notebook_id, Comment.auto_comment
        )
        return list(
            self.db.query(SubmittedAssignment)
            .filter(SubmittedAssignment.assignment_id == self._assignment.id)
            .filter(SubmittedAssignment.student_id.in_(students))
            .options(grades, comments)
        )

    def find_assignment(self, name: str) -> Any:
        """Return the one assignment."""
        return self._assignment

    def find_student(self, student_id: str) -> Any:
        """Return a student.

        Raises
        ------
        nbgrader.api.MissingEntry
            When the gradebook knows none of that name.
        """
        if student_id not in self._students:
            raise MissingEntry(f"No such student: {student_id}")
        return self._students[student_id]

    def add_student(self, student_id: str, **kwargs: Any) -> Any:
        """Add a student."""
        self._students[student_id] = made = super().add_student(student_id, **kwargs)
        return made

    def find_submission(self, assignment: str, student: str) -> Any:
        """Return a student's submission.

        Raises
        ------
        nbgrader.api.MissingEntry
            When the gradebook holds none.
        """
        if student not in self._submissions:
            raise MissingEntry(f"No such submission: {assignment} of {student}")
        return self._submissions[student]

    def add_submission(self, assignment: str, student: str, **kwargs: Any) -> Any:
        """Add a submission with all its entries."""
        made = super().add_submission(assignment, student, **kwargs)
        self._submissions[student] = made
        return made

    def enter(self, staged: Staged, create_student: bool, penalties: bool) -> None:
        """Enter the scores and comments of a submission.

        Raises
        ------
        nbgrader.api.MissingEntry
            When the gradebook does not know the student, or has other exercises.
        """
        if create_student:
            self.update_or_create_student(staged.student)
        else:
            self.find_student(staged.student)
        came = {} if staged.came is None else {"timestamp": staged.came}
        entry = self.update_or_create_submission(staged.assignment, staged.student, **came)
        notebooks = {one.notebook.name: one for one in entry.notebooks}
        if {*staged.notebooks, *staged.missing} != notebooks.keys():
            raise MissingEntry(f"The gradebook has other notebooks of {staged.assignment}")
        for name, notebook in notebooks.items():
            if name in staged.missing:
                for grade in notebook.grades:
                    grade.auto_score, grade.needs_manual_grade = 0, False
            if name in staged.notebooks:
                self._enter_notebook(notebook, staged.notebooks[name], staged.assignment)
                if penalties:
                    notebook.late_submission_penalty = None

    def _enter_notebook(self, notebook: Any, staged: StagedNotebook, assignment: str) -> None:
        grades = {self._names[grade.cell_id]: grade for grade in notebook.grades}
        comments = {self._names[one.cell_id]: one for one in notebook.comments}
        if staged.scores.keys() - grades.keys() or staged.comments.keys() - comments.keys():
            raise MissingEntry(f"The gradebook has other exercises of {assignment}")
        for grade in grades.values():
            grade.needs_manual_grade = True
        for name, score in staged.scores.items():
            score.write(grades[name])
        for name, text in staged.comments.items():
            comments[name].auto_comment = text

    def take_off(self, staged: Staged, penalties: AssignLatePenalties) -> None:
        """Take points off a submission that came too late, by what is committed of it."""
        entry = self._submissions[staged.student]
        if entry.total_seconds_late > 0:
            for notebook in entry.notebooks:
                if notebook.notebook.name in staged.notebooks:
                    take_off(penalties, entry, notebook)


def write(
    course: Path,
    converter: HardenedAutograde,
    staged: Sequence[Staged],
    force: bool,
    waiting: Callable[[], None] = lambda: None,
) -> None:
    """Write the grades and the files of submissions of one assignment.

    What has been graded meanwhile is left alone, by nbgrader's rule.

    Parameters
    ----------
    course
        The course folder.
    converter
        nbgrader's converter as the course configures it, which `staging.left_to_nbgrader` does not
        mind.
    staged
        What was staged of them.
    force
        Whether they may have been graded before.
    waiting
        Called when another grader is at work.

    Raises
    ------
    Exception
        Whatever the gradebook or the disk refuses; what was not written is marked, or is as it was.
    """
    with readiness.alone(course, waiting):
        wanted = [one for one in staged if force or _is_wanted(course, one)]
        if not wanted:
            return
        for one in wanted:
            mark = readiness.mark_of(course, one.assignment, one.student)
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        _enter(converter, wanted)
        for one in wanted:
            _place(course, one)


def _is_wanted(course: Path, one: Staged) -> bool:
    """Tell whether nbgrader would grade it, without ``--force``."""
    return (
        not _folder(course, one).exists()
        or readiness.mark_of(course, one.assignment, one.student).exists()
        or hand_ins.newer(course, one.assignment, one.student) is not None
    )


def _enter(converter: HardenedAutograde, wanted: Sequence[Staged]) -> None:
    penalties = penalties_of(converter.config)
    folder = converter.coursedir
    students = [one.student for one in wanted]
    with ClassGradebook(
        folder.db_url, folder.course_id, wanted[0].assignment, students
    ) as gradebook:
        for one in wanted:
            gradebook.enter(one, converter.create_student, penalties is not None)
        gradebook.db().commit_all()
        if penalties is not None:
            # Only now, and there: a course's own rule may open the gradebook or files itself.
            with contextlib.chdir(folder.root):
                for one in wanted:
                    gradebook.take_off(one, penalties)
            gradebook.db().commit_all()


def _place(course: Path, one: Staged) -> None:
    """Put the files of a submission where they belong; then it is graded."""
    folder = _folder(course, one)
    if folder.exists():
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(one.folder / GRADED, folder)
    if not one.again:
        readiness.mark_of(course, one.assignment, one.student).unlink(missing_ok=True)


def _folder(course: Path, one: Staged) -> Path:
    return course / AUTOGRADED / one.student / one.assignment
