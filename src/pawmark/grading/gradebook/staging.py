"""A submission graded to the files and numbers that nbgrader would write, before any is written.

nbgrader's own converter does it, into a folder apart and without its gradebook. So several
processes may stage submissions side by side, and the process that ran one stages it with the
results that it holds. What is staged is written by `writer`, for many students at once.
"""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nbconvert.writers.files import FilesWriter
from nbgrader.converters.autograde import Autograde
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import find_all_files

from pawmark.grading.course_folder import STAGED, notebooks_of
from pawmark.grading.gradebook import chained, course_settings
from pawmark.grading.gradebook.converter import HardenedAutograde
from pawmark.grading.gradebook.exporter import GradingExporter
from pawmark.grading.gradebook.preprocessors import KeepGrades, SaveTrustedGrades
from pawmark.grading.gradebook.scores import Score
from pawmark.grading.run.execution import Execution

GRADED = "graded"
_SHEET = "staged.json"
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


@dataclass(frozen=True)
class StagedNotebook:
    """A graded notebook of a submission.

    Attributes
    ----------
    scores
        What grading says of each cell that is worth points, by grade_id.
    comments
        The automatic comment on each answer, by grade_id; None where there is none.
    """

    scores: dict[str, Score]
    comments: dict[str, str | None]


@dataclass(frozen=True)
class Staged:
    """A graded submission that is not written yet.

    Attributes
    ----------
    folder
        Where it lies: below it, in ``graded/``, is all that ``autograded/`` is to hold.
    student, assignment
        Whose it is, and of what.
    came
        When it was handed in, in UTC, by its ``timestamp.txt``; None where that does not say.
    notebooks
        Its graded notebooks, by name.
    missing
        The names of the assignment's notebooks of which no file was handed in under that name. One
        that is graded all the same has another name there.
    for_a_person
        Lines on what a person must look at.
    again
        Whether the next run grades it again, since the grader itself got something wrong.
    """

    folder: Path
    student: str
    assignment: str
    came: datetime | None
    notebooks: dict[str, StagedNotebook]
    missing: tuple[str, ...] = ()
    for_a_person: tuple[str, ...] = ()
    again: bool = False

    def write(self) -> None:
        """Leave it in its folder, for `read`."""
        tree = {
            "student": self.student,
            "assignment": self.assignment,
            "came": None if self.came is None else self.came.isoformat(),
            "notebooks": {
                name: {
                    "scores": {key: [one.points, one.asked] for key, one in found.scores.items()},
                    "comments": found.comments,
                }
                for name, found in self.notebooks.items()
            },
            "missing": list(self.missing),
            "for_a_person": list(self.for_a_person),
            "again": self.again,
        }
        (self.folder / _SHEET).write_text(json.dumps(tree), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Staged":
        """Return what was staged in a folder."""
        tree = json.loads((folder / _SHEET).read_text(encoding="utf-8"))
        return cls(
            folder,
            tree["student"],
            tree["assignment"],
            None if tree["came"] is None else datetime.fromisoformat(tree["came"]),
            {
                name: StagedNotebook(
                    {key: Score(*score) for key, score in found["scores"].items()},
                    found["comments"],
                )
                for name, found in tree["notebooks"].items()
            },
            tuple(tree["missing"]),
            tuple(tree["for_a_person"]),
            tree["again"],
        )


@contextlib.contextmanager
def room(course: Path) -> Iterator[Path]:
    """Give a folder to stage submissions in, on the disk of the course; it goes in the end.

    What killed graders have left of theirs goes first: nobody holds a lock on that any more.
    """
    places = course / STAGED
    places.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as held:
        with _locked(places, wait=True):
            for left in places.iterdir():
                with contextlib.suppress(OSError), _locked(left):
                    shutil.rmtree(left, ignore_errors=True)
            made = tempfile.TemporaryDirectory(dir=places, ignore_cleanup_errors=True)
            folder = held.enter_context(made)
            with contextlib.suppress(OSError):  # where there are no locks, nothing is swept either
                held.enter_context(_locked(Path(folder)))
        yield Path(folder)


@contextlib.contextmanager
def _locked(folder: Path, wait: bool = False) -> Iterator[None]:
    """Hold a lock on a folder, which ends with this process at the latest.

    Raises
    ------
    OSError
        When somebody else holds it and is not waited for, or where there are no locks.
    """
    import fcntl  # not on Windows, where this module is imported too

    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError) if wait else contextlib.nullcontext():
            fcntl.flock(number, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(number)


def converter_of(course: Path) -> HardenedAutograde:
    """Return nbgrader's converter as a course configures it; it has not begun."""
    config = course_settings.load(course)
    folder = CourseDirectory(config=config, root=str(course.absolute()))
    return HardenedAutograde(coursedir=folder, config=config)


def left_to_nbgrader(converter: HardenedAutograde) -> str:
    """Say what a course does in a way of its own, so that nbgrader must write its grades.

    Parameters
    ----------
    converter
        As `converter_of` gives it.

    Returns
    -------
    str
        The names of such settings; empty where there are none.
    """
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
    return ", ".join(own)


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

    def stage(self, assignment: str, student: str, folder: Path) -> tuple[Staged, list[Execution]]:
        """Grade a submission.

        Parameters
        ----------
        assignment, student
            Of what, and whose it is.
        folder
            An empty folder that it is staged in.

        Returns
        -------
        tuple
            What was staged, and left in the folder; and the runs that it comes from.

        Raises
        ------
        Exception
            Whatever keeps a submission from being graded.
        """
        self._dest = str(folder / GRADED)
        self.for_a_person, self.again, self.left_out = [], set(), {}
        with self._plain_files_of(assignment, student):
            BaseConverter.init_assignment(self, assignment, student)
            plain = self._format_source(assignment, student)
            came = self.coursedir.get_existing_timestamp(plain)
        self._add_files_of_the_source(assignment)
        handed_in = Path(self._format_source(assignment, student))
        notebooks: dict[str, StagedNotebook] = {}
        executions: list[Execution] = []
        try:
            for filename in self._expected(handed_in):
                self._filename = filename
                self.convert_single_notebook(filename)
                scores, comments = self._job["scores"], self._job["comments"]
                notebooks[Path(filename).stem] = StagedNotebook(scores, comments)
                executions.append(self._job["execution"])
        finally:
            self.exporter.repaired.clear()
        Autograde.set_permissions(self, assignment, student)
        sources = notebooks_of(Path(self.coursedir.root), assignment)
        staged = Staged(
            folder,
            student,
            assignment,
            came,
            notebooks,
            tuple(one.stem for one in sources if not (handed_in / one.name).exists()),
            tuple(self.for_a_person),
            bool(self.again),
        )
        staged.write()
        return staged, executions

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
