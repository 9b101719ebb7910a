"""What turns a submission into a notebook that can be graded, as nbgrader's exporter."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.converters.base import NbGraderException

from pawmark import settings
from pawmark.errors import PawmarkError
from pawmark.grading import course as courses
from pawmark.grading.gradebook import course_settings
from pawmark.grading.gradebook.converter import HardenedAutograde
from pawmark.grading.gradebook.preprocessors import one_line
from pawmark.grading.intake import files, stand_in
from pawmark.grading.intake.rebuild import Repaired
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.run import course_secret
from pawmark.grading.run.pipeline import repair_submission
from pawmark.grading.run.run_settings import RunSettings
from pawmark.grading.sandbox import choice
from pawmark.grading.secret import data_seed
from pawmark.terminal import legible


class GradingExporter(NotebookExporter):
    """Reads a submission as hostile bytes and rebuilds it from the pristine source."""

    # What the converter asks: whether notebooks come from here as Pawmark's steps need them.
    rebuilds = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]  # nbconvert's
        if not isinstance(self.parent, HardenedAutograde):
            raise self._refuse(
                f"{type(self.parent).__name__} is not the converter that Pawmark gives nbgrader. "
                "Grade with nbgrader autograde, formgrader or pawmark grade."
            )
        self.converter = self.parent
        self._adopt_settings()
        coursedir = self.converter.coursedir
        reason = self.converter.obstacle()
        if reason is not None:
            raise self._refuse(reason)
        try:
            courses.use_configured(self.converter.config, Path(coursedir.root))
            self.settings = RunSettings.here()
            seed = data_seed(course_secret.of(Path(coursedir.root)))
            self.data = courses.open_data(seed)
            stand_in.wanted()
        except PawmarkError as error:
            raise self._refuse(str(error)) from error
        for warning in choice.warnings(self.settings.sandbox, self.data.root):
            self.log.warning(warning)
        self.repaired: dict[tuple[str, str, str], Repaired] = {}
        self.submitted: dict[tuple[str, str, str], str] = {}

    def _adopt_settings(self) -> None:
        """Take what the course sets, wherever it stands in its configuration: all of it is read."""
        root = Path(self.converter.coursedir.root)
        given = course_settings.given(self.converter.config)
        try:
            settings.adopt(given, root)
        except PawmarkError as error:
            raise self._refuse(str(error)) from error
        course_settings.warn_of_slips(self.log, given)

    def _refuse(self, reason: str) -> NbGraderException:
        self.log.error("Grading refused. %s", reason)
        return NbGraderException(reason)

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> Any:
        """Repair in nbgrader's first pass; read our own repaired notebook in its second."""
        ids = resources["nbgrader"]
        key = (ids["student"], ids["assignment"], ids["notebook"])
        if self.converter._sanitizing:
            self.submitted[key] = files.digest_of(Path(filename).parent)
            self.repaired[key] = self._repair(Path(filename), *key)
            notebook = self.repaired[key].notebook
            return self.from_notebook_node(  # type: ignore[no-untyped-call]  # nbconvert's
                notebook, resources, **kwargs
            )
        resources["pawmark"] = {
            "repaired": self.repaired[key],
            "submitted": self.submitted[key],
            "course": Path(self.converter.coursedir.root),
            "data": self.data,
            "settings": self.settings,
        }
        output, resources = super().from_filename(filename, resources, **kwargs)
        errors = _grader_errors(resources)
        for line in _doubts(resources, fails_run=False):
            self.log.warning("Waits for a person: %s", legible(line))
        asked = self.converter.for_a_person
        # What is said of a whole hand-in is said once, of however many notebooks.
        asked += [line for line in _doubts(resources) if line not in asked] + errors
        if errors:
            self.converter.again.add(key[:2])
        return output, resources

    def _repair(self, path: Path, student: str, assignment: str, notebook: str) -> Repaired:
        coursedir = self.converter.coursedir
        folder = coursedir.format_path(coursedir.source_directory, ".", assignment)
        source = Path(folder, f"{notebook}.ipynb")
        repaired = repair_submission(source, path.parent, Path(coursedir.root))
        repairs = [*self.converter.left_out.get((student, assignment), ()), *repaired.repairs]
        for line in repairs:
            self.log.warning("Repaired: %s", legible(line))
        return replace(repaired, repairs=tuple(repairs))


def _grader_errors(resources: Any) -> list[str]:
    return [
        f"{_whose(resources)}: grader error in {name}"
        for name, result in resources["pawmark"]["results"].items()
        if any(check.outcome is Outcome.GRADER_ERROR for check in result.checks)
    ]


def _doubts(resources: Any, fails_run: bool = True) -> list[str]:
    return [
        f"{_whose(resources)}: {one_line(doubt.reason)}"
        for doubt in resources["pawmark"]["doubts"]
        if doubt.fails_run == fails_run
    ]


def _whose(resources: Any) -> str:
    ids = resources["nbgrader"]
    return f"{ids['student']}, {ids['assignment']}"
