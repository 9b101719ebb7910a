"""nbgrader's making of feedback, so that none of what is hidden goes out with it, or grows old."""

import contextlib
import hashlib
import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.converters.generate_feedback import GenerateFeedback
from sqlalchemy.orm import joinedload, selectinload

from pawmark.files import write_whole
from pawmark.grading.course_folder import AUTOGRADED, FEEDBACK, FEEDBACK_OF
from pawmark.grading.feedback.exporter import FeedbackExporter
from pawmark.grading.gradebook import book, chained
from pawmark.grading.intake import files
from pawmark.grading.results import record


class HardenedGenerateFeedback(GenerateFeedback):
    """Makes Pawmark's page whatever steps a course adds, and leaves records behind.

    nbgrader leaves a page that is there, unless the hand-in has a newer time. A page is made anew
    here where what it shows has changed as well: by a person in the gradebook, or by a regrade.
    """

    preprocessors: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed: list[Any] = self.preprocessors
        if issubclass(self.exporter_class, FeedbackExporter):
            self.preprocessors = chained.of_feedback(listed)
        if record.PATTERN not in self.coursedir.ignore:  # hidden seeds are in them
            self.coursedir.ignore = [*self.coursedir.ignore, record.PATTERN]

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Tell whether a page is to be made; what is there and has grown old goes first."""
        # A timestamp.txt that holds no time ends nbgrader's comparison of times in this error.
        with contextlib.suppress(AttributeError):
            if super().init_destination(assignment_id, student_id):
                return True
        if student_id in self.coursedir.student_id_exclude.split(","):
            return False
        if self.coursedir.notebook_id != "*":  # one of several notebooks: as nbgrader does it
            return False
        stamp = self._stamp(assignment_id, student_id)
        if stamp.is_file() and stamp.read_text() == self._shown(assignment_id, student_id):
            return False
        page = Path(self._format_dest(assignment_id, student_id))
        self.log.warning("Updating existing assignment, since its grade has changed: %s", page)
        shutil.rmtree(page)
        return True

    def set_permissions(self, assignment_id: str, student_id: str) -> None:
        """End a student's pages, and remember what they show, if all of them were made now."""
        super().set_permissions(assignment_id, student_id)
        graded = Path(self._format_source(assignment_id, student_id)).glob("*.ipynb")
        if {path.name for path in graded} <= {Path(name).name for name in self.notebooks}:
            shown = self._shown(assignment_id, student_id)
            write_whole(self._stamp(assignment_id, student_id), shown.encode())

    def _stamp(self, assignment: str, student: str) -> Path:
        return Path(self.coursedir.root) / FEEDBACK_OF / student / assignment

    def _shown(self, assignment: str, student: str) -> str:
        """Return a digest of all that a page would show now."""
        folder = Path(self._format_source(assignment, student))
        opened = Gradebook(self.coursedir.db_url, self.coursedir.course_id)
        with opened as gradebook:
            try:
                notebooks = gradebook.find_submission(assignment, student).notebooks
            except MissingEntry:
                notebooks = []
            return _digest(folder, map(_facts, notebooks))


def stale(course: Path) -> list[tuple[str, str]]:
    """Return of whom there are pages that show something else than they would if made now.

    Of pages of which it is not kept what they show, it is those that are older than their grade.

    Returns
    -------
    list
        Assignments and students.

    Raises
    ------
    CourseError
        When the gradebook cannot be reached or read.
    """
    pages = {
        (folder.name, folder.parent.name): folder
        for folder in sorted((course / FEEDBACK).glob("*/*"))
        if any(folder.glob("*.html")) and (course / AUTOGRADED / folder.parent.name).is_dir()
    }
    found: list[tuple[str, str]] = []
    if not pages or not book.exists(course):
        return found
    with book.opened(course) as gradebook:
        facts = _facts_of(gradebook, {name for name, _ in pages})
    for (name, who), folder in pages.items():
        graded, stamp = course / AUTOGRADED / who / name, course / FEEDBACK_OF / who / name
        if stamp.is_file():
            old = stamp.read_text() != _digest(graded, facts[name, who])
        else:
            old = _latest(graded, "*.ipynb") > _latest(folder, "*.html")
        if old:
            found.append((name, who))
    return found


def _latest(folder: Path, pattern: str) -> float:
    return max((path.stat().st_mtime for path in folder.glob(pattern)), default=0.0)


def _facts_of(gradebook: Gradebook, names: set[str]) -> dict[tuple[str, str], list[list[Any]]]:
    """Return what the gradebook says of all that was handed in of some assignments, read at once.

    Only what is wanted is read: to add up what each is worth takes long.
    """
    notebooks = selectinload(SubmittedAssignment.notebooks).load_only(
        SubmittedNotebook.late_submission_penalty,
        SubmittedNotebook.notebook_id,
        SubmittedNotebook.assignment_id,
    )
    grades = notebooks.selectinload(SubmittedNotebook.grades).load_only(
        Grade.cell_id, Grade.notebook_id, Grade.auto_score, Grade.manual_score,
        Grade.extra_credit, Grade.needs_manual_grade,
    )  # fmt: skip
    comments = notebooks.selectinload(SubmittedNotebook.comments).load_only(
        Comment.cell_id, Comment.notebook_id, Comment.auto_comment, Comment.manual_comment
    )
    found: dict[tuple[str, str], list[list[Any]]] = defaultdict(list)
    for entry in (
        gradebook.db.query(SubmittedAssignment)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(Assignment.name.in_(names))
        .options(
            notebooks.joinedload(SubmittedNotebook.notebook),
            grades.joinedload(Grade.cell),
            comments.joinedload(Comment.cell),
            joinedload(SubmittedAssignment.assignment),
        )
    ):
        found[entry.assignment.name, entry.student_id] = list(map(_facts, entry.notebooks))
    return found


def _digest(folder: Path, facts: Iterable[list[Any]]) -> str:
    """Return a digest of all that a page shows: graded notebooks, and the gradebook's words."""
    digest = hashlib.sha256()
    for entry in sorted(files.files_of(folder), key=lambda entry: entry.name):
        digest.update(entry.name.encode())
        digest.update(entry.path.read_bytes())
    for told in sorted(facts, key=lambda told: str(told[0])):
        digest.update(repr(told).encode())
    return digest.hexdigest()


def _facts(notebook: Any) -> list[Any]:
    """Return what the gradebook says of a notebook that was handed in."""
    grades = sorted(
        (g.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade)
        for g in notebook.grades
    )
    comments = sorted((c.name, c.auto_comment, c.manual_comment) for c in notebook.comments)
    return [notebook.name, notebook.late_submission_penalty, grades, comments]
