"""A submission graded to the files and numbers that nbgrader would write, before any is written.

nbgrader's own converter does it, into a folder apart and without its gradebook. So several
processes may stage submissions side by side, and the process that ran one stages it with the
results that it holds. What is staged is written by `writer`, for many students at once.
"""

import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import nbgrader
from nbconvert.writers.files import FilesWriter
from nbgrader.converters.autograde import Autograde
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import find_all_files

from pawmark.grading.course_folder import notebooks_of
from pawmark.grading.gradebook import chained, course_settings
from pawmark.grading.gradebook.converter import HardenedAutograde
from pawmark.grading.gradebook.exporter import GradingExporter
from pawmark.grading.gradebook.preprocessors import KeepGrades, SaveTrustedGrades
from pawmark.grading.gradebook.staged import GRADED, Staged, StagedNotebook
from pawmark.grading.run.execution import Execution

# Here and in `writer` is repeated what nbgrader's converter does around the steps. Whoever adds a
# version looks at what has changed in its Autograde, AssignLatePenalties and Gradebook;
# tests/grading/batch/test_writing.py compares all that is written.
COMPARED = ("0.9.6",)
# Where a course has these otherwise, nbgrader itself writes its grades.
_AS_USUAL = (
    "student_id",
    "student_id_exclude",
    "notebook_id",
    "directory_structure",
    "source_directory",
    "submitted_directory",
    "autograded_directory",
    "groupshared",
)


def converter_of(course: Path) -> HardenedAutograde:
    """Return nbgrader's converter as a course configures it; it has not begun."""
    config = course_settings.load(course)
    folder = CourseDirectory(config=config, root=str(course.absolute()))
    return HardenedAutograde(coursedir=folder, config=config)


def left_to_nbgrader(converter: HardenedAutograde) -> str:
    """Say why nbgrader itself must write the grades of a course.

    Parameters
    ----------
    converter
        As `converter_of` gives it.

    Returns
    -------
    str
        The reason, as a clause; empty where there is none.
    """
    if nbgrader.__version__ not in COMPARED:
        known = " and ".join(COMPARED)
        return f"what they get is compared with nbgrader {known}, not {nbgrader.__version__}"
    usual = CourseDirectory()
    own = [
        f"CourseDirectory.{name}"
        for name in _AS_USUAL
        if getattr(converter.coursedir, name) != getattr(usual, name)
    ]
    expected = {
        "exporter_class": converter.exporter_class is GradingExporter,
        "pre_convert_hook": converter.pre_convert_hook is None,
        "post_convert_hook": converter.post_convert_hook is None,
        "sanitize_preprocessors": not converter.steps_of_sanitizing(),
        "autograde_preprocessors": _are_usual(converter.steps_of_grading()),
    }
    own += [f"Autograde.{name}" for name, is_ours in expected.items() if not is_ours]
    return f"the course sets {', '.join(own)} itself" if own else ""


def _are_usual(steps: list[Any]) -> bool:
    """Tell whether these are nbgrader's own steps, or some of them, in the order of nbgrader."""
    return [step for step in chained.usual_of_grading() if step in steps] == steps


class Stager(HardenedAutograde):
    """Grades submissions of a course, one after another, into folders apart.

    Parameters
    ----------
    course
        The course folder; `left_to_nbgrader` has nothing to say of it.
    """

    _sanitizing: bool

    def __init__(self, course: Path) -> None:
        made = converter_of(course)
        super().__init__(coursedir=made.coursedir, config=made.config)
        self.writer = FilesWriter(parent=self, config=self.config)
        self.exporter = self.exporter_class(parent=self, config=self.config)
        self._dest = ""
        self._filename = ""
        self._job: dict[str, Any] = {}

    def obstacle(self) -> str | None:
        """Tell of nothing: the gradebook is not used here."""
        return None

    def steps_of_grading(self) -> list[Any]:
        """Return the course's steps, those that need the gradebook left out or exchanged."""
        return [
            KeepGrades if step is SaveTrustedGrades else step
            for step in super().steps_of_grading()
            if step is not AssignLatePenalties
        ]

    def stage(self, assignment: str, student: str, folder: Path) -> list[Execution]:
        """Grade a submission, and leave what is to be written of it in a folder.

        Parameters
        ----------
        assignment, student
            Of what, and whose it is.
        folder
            An empty folder; `Staged.read` takes up what is left there.

        Returns
        -------
        list
            The runs that it comes from, one for each notebook.

        Raises
        ------
        Exception
            Whatever keeps a submission from being graded.
        """
        self._dest = str(folder / GRADED)
        self.for_a_person, self.again, self.left_out = [], set(), {}
        came = self._take_files(assignment, student)
        handed_in = Path(self._format_source(assignment, student))
        jobs = self._grade_notebooks(handed_in)
        Autograde.set_permissions(self, assignment, student)
        sources = notebooks_of(Path(self.coursedir.root), assignment)
        Staged(
            folder,
            student,
            assignment,
            came,
            {name: StagedNotebook(job["scores"], job["comments"]) for name, job in jobs.items()},
            tuple(one.stem for one in sources if not (handed_in / one.name).exists()),
            tuple(self.for_a_person),
            bool(self.again),
        ).write()
        return [job["execution"] for job in jobs.values()]

    def _take_files(self, assignment: str, student: str) -> datetime | None:
        """Copy the files that lie beside the notebooks; return when they were handed in."""
        with self._plain_files_of(assignment, student):
            BaseConverter.init_assignment(self, assignment, student)
            plain = self._format_source(assignment, student)
            came: datetime | None = self.coursedir.get_existing_timestamp(plain)
        self._add_files_of_the_source(assignment)
        return came

    def _grade_notebooks(self, handed_in: Path) -> dict[str, dict[str, Any]]:
        """Return what came of each notebook of a submission, by its name."""
        jobs = {}
        try:
            for filename in self._expected(handed_in):
                self._filename = filename
                self.convert_single_notebook(filename)
                jobs[Path(filename).stem] = self._job
        finally:
            self.exporter.repaired.clear()
        return jobs

    def _add_files_of_the_source(self, assignment: str) -> None:
        """Put the assignment's own files in the place of those that were handed in."""
        source = Path(self.coursedir.format_path(self.coursedir.source_directory, ".", assignment))
        own = {str(source / name) for name in self.exclude_overwriting.get(assignment, [])}
        for name in find_all_files(str(source), [*self.coursedir.ignore, "*.ipynb"]):
            if name in own:
                continue
            path = Path(self._dest, os.path.relpath(name, source))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            shutil.copy(name, path)

    def _init_preprocessors(self) -> None:
        super()._init_preprocessors()
        # A notebook of more than a megabyte takes longer to validate than to write: once is enough.
        self.exporter.optimistic_validation = bool(self.exporter._preprocessors)

    def _format_dest(self, assignment_id: str, student_id: str, escape: bool = False) -> str:
        return self._dest

    def init_single_notebook_resources(self, notebook_filename: str) -> Any:
        """Return what nbgrader says of the notebook, for both passes by where it was handed in."""
        sanitizing, self._sanitizing = self._sanitizing, True
        try:
            return super().init_single_notebook_resources(self._filename)
        finally:
            self._sanitizing = sanitizing

    def write_single_notebook(self, output: str, resources: Any) -> None:
        """Write it into the folder apart, and keep what came of it."""
        super().write_single_notebook(output, resources)
        self._job = resources.get("pawmark", {})
