"""nbgrader's making of feedback, so that none of what is hidden goes out with it, or grows old."""

import contextlib
import hashlib
import shutil
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.generate_feedback import GenerateFeedback

from pawmark.files import write_whole
from pawmark.grading.course_folder import FEEDBACK_OF
from pawmark.grading.feedback.exporter import FeedbackExporter
from pawmark.grading.gradebook import chained
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
        """Return a digest of all that a page shows: graded notebooks, and the gradebook's words."""
        digest = hashlib.sha256()
        folder = Path(self._format_source(assignment, student))
        for entry in sorted(files.files_of(folder), key=lambda entry: entry.name):
            digest.update(entry.name.encode())
            digest.update(entry.path.read_bytes())
        opened = Gradebook(self.coursedir.db_url, self.coursedir.course_id)
        with opened as gradebook, contextlib.suppress(MissingEntry):
            for notebook in gradebook.find_submission(assignment, student).notebooks:
                digest.update(repr(_facts(notebook)).encode())
        return digest.hexdigest()


def _facts(notebook: Any) -> list[Any]:
    """Return what the gradebook says of a notebook that was handed in."""
    grades = sorted(
        (g.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade)
        for g in notebook.grades
    )
    comments = sorted((c.name, c.auto_comment, c.manual_comment) for c in notebook.comments)
    return [notebook.name, notebook.late_submission_penalty, grades, comments]
