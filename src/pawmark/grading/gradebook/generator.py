"""nbgrader's making of releases, so that it touches nothing where it would stop half-way."""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.converters.base import NbGraderException
from nbgrader.converters.generate_assignment import GenerateAssignment
from nbgrader.preprocessors import NbGraderPreprocessor

from pawmark import settings
from pawmark.errors import CourseError
from pawmark.grading.course_folder import notebooks_of
from pawmark.grading.gradebook import course_settings
from pawmark.grading.gradebook.drift import drift_of
from pawmark.grading.intake.first_cell import with_first_cell
from pawmark.grading.intake.sources import require_sources


class AddFirstCell(NbGraderPreprocessor):
    """Puts the cell above a release's code that says what to do where Pawmark is absent."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Add the cell, of which neither source nor gradebook know."""
        return with_first_cell(nb, settings.here.install), resources


class HardenedGenerateAssignment(GenerateAssignment):
    """Looks at source and gradebook first: nbgrader removes a release before it finds a mistake."""

    def init_notebooks(self) -> None:
        """Find the notebooks as nbgrader does, then see that they can be released.

        Raises
        ------
        NbGraderException
            When the source cannot be used, or has other exercises than its hand-ins.
        """
        super().init_notebooks()
        root, name = Path(self.coursedir.root), self.coursedir.assignment_id
        if not notebooks_of(root, name):
            return  # what lies elsewhere is nbgrader's alone
        try:
            settings.adopt(course_settings.given(self.config), root)
            require_sources(root, [name])
            drift = None if self.no_database else drift_of(root, name, self.coursedir.db_url)
        except CourseError as error:
            raise self._refused(str(error)) from error
        if drift is not None and drift.hand_ins:
            raise self._refused(str(drift))
        self.preprocessors: list[Any] = [*self.preprocessors, AddFirstCell]

    def _refused(self, reason: str) -> NbGraderException:
        self.log.error(reason)
        return NbGraderException(reason)
