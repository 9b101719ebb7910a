"""nbgrader's converter, so that one run loses neither a submission nor an error in silence."""

import fnmatch
import glob
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.converters.autograde import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from pawmark.errors import CourseError, PawmarkError
from pawmark.grading import course as courses
from pawmark.grading.course_folder import SUBMITTED, notebooks_of
from pawmark.grading.gradebook import book, chained, readiness
from pawmark.grading.gradebook.drift import drift_of
from pawmark.grading.gradebook.hand_ins import is_a_name
from pawmark.grading.gradebook.unclaimed import Unclaimed, unclaimed
from pawmark.grading.intake import files
from pawmark.grading.intake.finding import is_absent
from pawmark.grading.intake.release_form import require_releases
from pawmark.grading.intake.sources import problems
from pawmark.grading.intake.times import time_of
from pawmark.grading.intake.walking import is_empty
from pawmark.terminal import legible

_UNKNOWN = (
    "The gradebook does not know {name} yet. Run: nbgrader generate_assignment {name} --force"
)
_CHANGED = (
    "The exercises of {name} have changed since the gradebook was told of them. Run: nbgrader "
    "generate_assignment {name} --force"
)


class HardenedCourseDirectory(CourseDirectory):
    """nbgrader's course folder; what students write into theirs stops nobody's grading."""

    @classmethod
    def like(cls, coursedir: CourseDirectory) -> "HardenedCourseDirectory":
        """Return one with all that is set of another."""
        return cls(parent=coursedir.parent, **coursedir.trait_values(config=True))

    def get_existing_timestamp(self, dest_path: str) -> datetime | None:
        """Read the time of a submission; what is no time counts as none."""
        return time_of(Path(dest_path))


class HardenedAutograde(Autograde):
    """Keeps one run of ``nbgrader autograde`` from losing a submission or an error in silence.

    nbgrader has hooks around single submissions only, and swallows what they raise. A course
    configures it as ``c.Autograde``, as it does its base.

    Attributes
    ----------
    left_out
        What was not taken of a submission's files, in words, by student and assignment.
    for_a_person
        Lines on what a person must look at: named at the end of the run, which fails by them.
    again
        The submissions, by student and assignment, that the next run grades again.
    """

    notebooks: Any  # a trait of the base

    def __init__(self, coursedir: CourseDirectory | None = None, **kwargs: Any) -> None:
        hardened = coursedir and HardenedCourseDirectory.like(coursedir)
        super().__init__(coursedir=hardened, **kwargs)
        self.left_out: dict[tuple[str, str], list[str]] = {}
        self.for_a_person: list[str] = []
        self.again: set[tuple[str, str]] = set()
        self._plain_files: str | None = None

    def init_notebooks(self) -> None:
        """Find submissions as nbgrader does, and those that hold files but no notebook there.

        Raises
        ------
        NbGraderException
            When there is none, or the exercises are others than those of earlier hand-ins.
        """
        if reason := self._unreleased():
            self.log.error(reason)
            raise NbGraderException(reason)
        try:
            super().init_notebooks()
        except NbGraderException:
            self._admit()
            if not self.assignments:
                self._say_who_is_asked()
                raise
        else:
            self._admit()

    def _unreleased(self) -> str:
        """Say why the gradebook has no place for the grades; empty if it has.

        nbgrader would find out for each submission, after it has removed what was graded before.
        """
        root, name = Path(self.coursedir.root), self.coursedir.assignment_id
        sources = notebooks_of(root, name)
        if not sources:
            return ""
        for source in sources:
            if wrong := problems(source):
                return f"source/{name}/{source.name}: {'; '.join(wrong)}"
        if getattr(self.exporter_class, "rebuilds", False):
            try:
                courses.use_configured(self.config, root)
                require_releases(root, [name])
            except PawmarkError as error:
                return str(error)
        address = self.coursedir.db_url
        try:
            if not book.knows(root, name, address):
                return _UNKNOWN.format(name=name)
            drift = drift_of(root, name, address)
        except CourseError:  # what is wrong with the gradebook is said where it is used
            return ""
        if drift is None:
            return ""
        return str(drift) if drift.hand_ins else _CHANGED.format(name=name)

    def _admit(self) -> None:
        """Take every folder in which there is anything for handed in; what it is, is seen later.

        Nobody's folder is looked into further here, so that none can keep others from being graded.
        """
        pattern = self._format_source(self.coursedir.assignment_id, self.coursedir.student_id)
        for folder in map(Path, glob.glob(pattern)):  # noqa: PTH207  (as nbgrader finds them)
            if str(folder) not in self.assignments and not is_empty(folder):
                self.assignments[str(folder)] = self._expected(folder)
        self._leave_out_what_nobody_is_called()
        self.for_a_person += map(str, self._unclaimed())

    def _leave_out_what_nobody_is_called(self) -> None:
        """Leave out names with which nbgrader would end its run; they are nobody's, and said."""
        rule = super()._format_source("(?P<assignment_id>.*)", "(?P<student_id>.*)", escape=True)
        for folder in list(self.assignments):
            found = re.match(rule, folder, re.DOTALL)
            if found is None or not is_a_name(found["student_id"]):
                del self.assignments[folder]

    def _unclaimed(self) -> list[Unclaimed]:
        """Return what lies among the hand-ins, where nbgrader's usual folders are used.

        Where one student is graded, others are not looked at.
        """
        root, student = Path(self.coursedir.root), self.coursedir.student_id
        usual = root / SUBMITTED / "STUDENT" / "ASSIGNMENT"
        if Path(super()._format_source("ASSIGNMENT", "STUDENT")) != usual:
            return []
        found = unclaimed(root, [self.coursedir.assignment_id], self.coursedir.db_url)
        return [one for one in found if student in ("*", one.student)]

    def run_pre_convert_hook(self) -> None:
        """Run the course's own hook, then put the assignment's notebooks for what was handed in.

        Which of the files is one of them is seen from what is in them, when they are read. What is
        not there at all is left to nbgrader, which gives it no points.
        """
        super().run_pre_convert_hook()
        if self.notebooks and getattr(self.exporter_class, "rebuilds", False):
            folder = Path(self.notebooks[0]).parent
            self.notebooks = self._expected(folder)

    def _expected(self, folder: Path) -> list[str]:
        """Return the places of the notebooks of an assignment that a submission holds."""
        root, wanted = Path(self.coursedir.root), self.coursedir.notebook_id
        sources = notebooks_of(root, folder.name)
        here = [path.name for path in sources if not is_absent(folder, path)]
        names = [path.name for path in sources] or [f"{folder.name}.ipynb"]
        return [
            str(folder / name)
            for name in here or names
            if fnmatch.fnmatch(name.removesuffix(".ipynb"), wanted)
        ]

    def _init_preprocessors(self) -> None:
        """Take the steps that are set, with Pawmark's among them; see `chained`.

        They need what Pawmark's exporter reads: with one of the course's own, nbgrader's are taken.
        """
        if not getattr(self.exporter_class, "rebuilds", False):
            super()._init_preprocessors()
            return
        self.exporter._preprocessors = []
        for step in self.steps_of_sanitizing() if self._sanitizing else self.steps_of_grading():
            self.exporter.register_preprocessor(step)

    def steps_of_sanitizing(self) -> list[Any]:
        """Return the steps that a rebuilt notebook goes through before it is run."""
        return chained.of_sanitizing(self.sanitize_preprocessors)

    def steps_of_grading(self) -> list[Any]:
        """Return the steps by which a submission is run and its grades are written."""
        return chained.of_grading(self.autograde_preprocessors)

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Grade again what a killed grader left half-way: nbgrader takes the folder for graded."""
        mark = self._mark(assignment_id, student_id)
        if mark.exists():
            shutil.rmtree(self._format_dest(assignment_id, student_id), ignore_errors=True)
        wanted: bool = super().init_destination(assignment_id, student_id)
        if wanted:
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        return wanted

    def set_permissions(self, assignment_id: str, student_id: str) -> None:
        """Finish a submission: it is graded, and all is written.

        What the grader itself got wrong keeps its mark, so that the next run grades it again.
        """
        super().set_permissions(assignment_id, student_id)
        if (student_id, assignment_id) not in self.again:
            self._mark(assignment_id, student_id).unlink(missing_ok=True)

    def obstacle(self) -> str | None:
        """Tell why nothing can be graded now, with the remedy; None where it can."""
        return readiness.obstacle(Path(self.coursedir.root), self.coursedir.db_url)

    def _mark(self, assignment: str, student: str) -> Path:
        return readiness.mark_of(Path(self.coursedir.root), assignment, student)

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy only plain files: nbgrader, left to itself, follows links wherever they lead."""
        with self._plain_files_of(assignment_id, student_id):
            super().init_assignment(assignment_id, student_id)
        self._mark_ungraded(assignment_id, student_id)

    @contextmanager
    def _plain_files_of(self, assignment: str, student: str) -> Iterator[None]:
        """Let nbgrader see a copy of a submission that holds plain files only."""
        source = Path(self._format_source(assignment, student))
        with tempfile.TemporaryDirectory(prefix="pawmark-") as folder:
            self.left_out[student, assignment] = files.copy_extra(source, Path(folder))
            self._plain_files = folder
            try:
                yield
            finally:
                self._plain_files = None

    def _format_source(self, assignment_id: str, student_id: str, escape: bool = False) -> str:
        return self._plain_files or super()._format_source(assignment_id, student_id, escape)

    def _mark_ungraded(self, assignment: str, student: str) -> None:
        """Ask for a person until the grades are there: whatever happens, no zero stays unseen."""
        graded = {Path(path).stem for path in self.notebooks}
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            for notebook in gradebook.find_submission(assignment, student).notebooks:
                for grade in notebook.grades if notebook.name in graded else ():
                    grade.needs_manual_grade = True
            gradebook.db.commit()

    def convert_notebooks(self) -> None:
        """Grade all; then fail, so that the exit status says so, if a person must look.

        Raises
        ------
        NbGraderException
            When a person must look, or a submission could not be graded.
        """
        root = Path(self.coursedir.root)
        try:
            with readiness.alone(root, lambda: self.log.warning("Waiting for another grader.")):
                super().convert_notebooks()
        except NbGraderException:
            # nbgrader takes whatever its database says for an old version of itself.
            reason = readiness.shortage(root)
            reason = reason or readiness.obstacle(root, self.coursedir.db_url)
            if reason is not None:
                self.log.error(reason)
            raise
        finally:
            self._say_who_is_asked()
        if self.for_a_person:
            raise NbGraderException(
                "a person must look at what is listed above; these grades are not complete"
            )

    def _say_who_is_asked(self) -> None:
        for line in self.for_a_person:
            self.log.error("A person must look: %s", legible(line))
