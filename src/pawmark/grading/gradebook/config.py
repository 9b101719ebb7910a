"""What nbgrader loads: the kit behind plain ``nbgrader autograde``, by its extension points."""

import contextlib
import copy
import functools
import glob
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import nbgrader.api
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters.autograde import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.preprocessors import (
    AssignLatePenalties,
    GetGrades,
    LimitOutput,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from nbgrader.utils import is_grade, is_solution, is_task, parse_utc
from traitlets.config import LazyConfigValue
from traitlets.log import get_logger

from pawmark import settings
from pawmark.errors import CourseError, PawmarkError
from pawmark.grading import course as courses
from pawmark.grading.boundary.sanitizing import render_markdown, unchanged
from pawmark.grading.course_folder import RECORDS
from pawmark.grading.feedback.exporter import FeedbackExporter, PrepareFeedback
from pawmark.grading.gradebook import course_settings, readiness
from pawmark.grading.intake import files, stand_in
from pawmark.grading.intake.cells import exercise_of
from pawmark.grading.intake.rebuild import Repaired
from pawmark.grading.intake.walking import is_empty
from pawmark.grading.pages import NBCONVERT_TEMPLATES
from pawmark.grading.pages.result_table import ResultTable, render_table
from pawmark.grading.results.outcomes import ExerciseResult, Outcome
from pawmark.grading.run.pipeline import Job, prepare, repair_submission
from pawmark.grading.run.recording import Tape
from pawmark.grading.run.run_settings import RunSettings
from pawmark.grading.sandbox import choice

_MAX_REPAIRS = 40
_MAX_REPAIR = 400

_warned: set[str] = set()

# For each of eight steps of a submission nbgrader opens its gradebook anew. An engine that stays
# keeps the statements that SQLAlchemy compiled: a third of the time that writing grades takes.
_create_engine = functools.lru_cache(maxsize=8)(nbgrader.api.create_engine)


def configure(c: Any) -> None:
    """Wire the kit into nbgrader's configuration object, and leave what the course has set alone.

    Call it from the course's ``nbgrader_config.py``: ``configure(get_config())``. What the course
    sets afterwards holds as well, so it may stand anywhere in the file. nbgrader's log says what
    was left to the course, and with ``--debug`` what was added.
    """
    # nbgrader starts alembic by its bare name when it opens a gradebook.
    binaries = str(Path(sys.executable).parent)
    if binaries not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([binaries, os.environ.get("PATH", "")])
    nbgrader.api.create_engine = _create_engine
    with contextlib.suppress(CourseError):  # what is wrong with it, grading says
        courses.use_configured(c, Path.cwd())
    # It has no hook before it passes over submissions without a notebook in the usual place.
    Autograde.init_notebooks = _find_submissions
    log = get_logger()
    _warn(log, course_settings.given(c))
    added, kept = [], []
    wiring = {**_WIRING, "CourseDirectory": _WIRING["CourseDirectory"] | _of_the_course()}
    for section, values in wiring.items():
        for name, value in values.items():
            done = _set(c[section], name, value)
            (added if done else kept).append(f"{section}.{name}")
    log.debug("Pawmark adds to the configuration: %s", ", ".join(added))
    for name in kept:
        log.info("Pawmark leaves c.%s to the course, which sets it itself.", name)
        if name in _HOLDS_GRADING:
            log.warning("c.%s is the course's own: %s", name, _HOLDS_GRADING[name])


def _warn(log: Any, given: dict[str, Any]) -> None:
    """Name once what looks like a setting and is none: nbgrader reads a configuration twice."""
    for slip in settings.unknown(given):
        if slip not in _warned:
            _warned.add(slip)
            log.warning("%s", slip)


def _set(section: Any, name: str, value: Any) -> bool:
    """Set what the course has not set; what it only adds to a list is added to ours."""
    if name not in section:
        section[name] = copy.copy(value)
    elif isinstance(section[name], LazyConfigValue):
        section[name] = section[name].get_value(copy.copy(value))
    else:
        return False
    return True


def _of_the_course() -> dict[str, Any]:
    """Return what the course's plugin says of its folder; nothing where it has a mistake."""
    with contextlib.suppress(CourseError):
        found = courses.plugin()
        return {"course_id": found.course_id, "ignore": [*_IGNORED, *found.left_out]}
    return {}


def adopt_notebooks(assignment: str, student: str, notebooks: list[str]) -> None:
    """Put the assignment's own notebook in the place of whatever the student called theirs.

    nbgrader passes its own list and grades what is in it afterwards. A submission is one
    notebook; which of the files it is, is seen from what is in them, when they are read.
    """
    if notebooks:
        folder = Path(notebooks[0]).parent
        notebooks[:] = [str(folder / f"{folder.name}.ipynb")]


def _find_submissions(converter: Autograde) -> None:
    """Find submissions as nbgrader does, and those that hold files but no notebook in its place."""
    try:
        BaseConverter.init_notebooks(converter)
    except NbGraderException:
        _admit(converter)
        if not converter.assignments:
            raise
    else:
        _admit(converter)


def _admit(converter: Autograde) -> None:
    """Take every folder in which there is anything for handed in; what it is, is seen later.

    Nobody's folder is looked into further here, so that none can keep the others from being graded.
    """
    coursedir = converter.coursedir
    pattern = converter._format_source(coursedir.assignment_id, coursedir.student_id)
    for folder in map(Path, glob.glob(pattern)):  # noqa: PTH207  (as nbgrader finds them)
        if str(folder) not in converter.assignments and not is_empty(folder):
            expected = str(folder / f"{folder.name}.ipynb")
            converter.assignments[str(folder)] = [expected]


class _Guard:
    """Keeps one run of ``nbgrader autograde`` from losing a submission or an error in silence.

    nbgrader has hooks around single submissions only, and swallows what they raise. So this takes
    the place of some methods of the one converter at hand, which its own exporter is given.
    """

    def __init__(self, converter: Any) -> None:
        self.converter = converter
        self.left_out: dict[tuple[str, str], list[str]] = {}
        self.for_a_person: list[str] = []
        self.again: set[tuple[str, str]] = set()
        self._convert = converter.convert_notebooks
        self._prepare = converter.init_assignment
        self._format_source = converter._format_source
        self._begin = converter.init_destination
        self._end = converter.set_permissions
        converter.init_destination = self.begin
        converter.set_permissions = self.end
        converter.convert_notebooks = self.convert
        converter.init_assignment = self.prepare
        converter.coursedir.get_existing_timestamp = self.timestamp

    def timestamp(self, folder: str) -> Any:
        """Read the time of a submission; what is no time counts as none."""
        try:
            return parse_utc(files.timestamp_of(Path(folder)))
        except (ValueError, OverflowError):
            return None

    def begin(self, assignment: str, student: str) -> bool:
        """Grade again what a killed grader left half-way: nbgrader takes the folder for graded."""
        mark = self._mark(assignment, student)
        if mark.exists():
            shutil.rmtree(self.converter._format_dest(assignment, student), ignore_errors=True)
        wanted = self._begin(assignment, student)
        if wanted:
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        return wanted

    def end(self, assignment: str, student: str) -> None:
        """Finish a submission: it is graded, and all is written.

        What the grader itself got wrong keeps its mark, so that the next run grades it again.
        """
        self._end(assignment, student)
        if (student, assignment) not in self.again:
            self._mark(assignment, student).unlink(missing_ok=True)

    def _mark(self, assignment: str, student: str) -> Path:
        return readiness.mark_of(Path(self.converter.coursedir.root), assignment, student)

    def prepare(self, assignment: str, student: str) -> None:
        """Copy only plain files: nbgrader, left to itself, follows links wherever they lead."""
        source = Path(self._format_source(assignment, student))
        with tempfile.TemporaryDirectory(prefix="pawmark-") as folder:
            self.left_out[student, assignment] = files.copy_extra(source, Path(folder))
            self.converter._format_source = lambda *_, **__: folder
            try:
                self._prepare(assignment, student)
            finally:
                self.converter._format_source = self._format_source
        self.mark_ungraded(assignment, student)

    def mark_ungraded(self, assignment: str, student: str) -> None:
        """Ask for a person until the grades are there: whatever happens, no zero stays unseen."""
        coursedir = self.converter.coursedir
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            for notebook in gradebook.find_submission(assignment, student).notebooks:
                for grade in notebook.grades:
                    grade.needs_manual_grade = True
            gradebook.db.commit()

    def convert(self) -> None:
        """Grade all; then fail, so that the exit status says so, if a person must look."""
        root, log = Path(self.converter.coursedir.root), self.converter.log
        try:
            with readiness.alone(root, lambda: log.warning("Waiting for another grader.")):
                self._convert()
        except NbGraderException:
            # nbgrader takes whatever its database says for an old version of itself.
            reason = readiness.shortage(root)
            reason = reason or readiness.obstacle(root, self.converter.coursedir.db_url)
            if reason is not None:
                log.error(reason)
            raise
        finally:
            for line in self.for_a_person:
                log.error("A person must look: %s", ascii(line)[1:-1])
        if self.for_a_person:
            raise NbGraderException(
                "a person must look at what is listed above; these grades are not complete"
            )


class GradingExporter(NotebookExporter):
    """Reads a submission as hostile bytes and rebuilds it from the pristine source."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._adopt_settings()
        coursedir = self.parent.coursedir
        reason = readiness.obstacle(Path(coursedir.root), coursedir.db_url)
        if reason is not None:
            raise self._refuse(reason)
        try:
            courses.use_configured(self.parent.config, Path(coursedir.root))
            self.settings = RunSettings.here()
            self.data = courses.open_data()
            stand_in.wanted()
        except PawmarkError as error:
            raise self._refuse(str(error)) from error
        for warning in choice.warnings(self.settings.sandbox, self.data.root):
            self.log.warning(warning)
        self.repaired: dict[tuple[str, str], Repaired] = {}
        self.guard = _Guard(self.parent)

    def _adopt_settings(self) -> None:
        """Take what the course sets, wherever it stands in its configuration: all of it is read."""
        root, given = Path(self.parent.coursedir.root), course_settings.given(self.parent.config)
        try:
            settings.adopt(given, root)
        except PawmarkError as error:
            raise self._refuse(str(error)) from error
        _warn(self.log, given)

    def _refuse(self, reason: str) -> NbGraderException:
        self.log.error("Grading refused. %s", reason)
        return NbGraderException(reason)

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> Any:
        """Repair in nbgrader's first pass; read our own repaired notebook in its second."""
        ids = resources["nbgrader"]
        key = (ids["student"], ids["assignment"])
        if self.parent._sanitizing:
            self.repaired[key] = self._repair(Path(filename), *key)
            return self.from_notebook_node(self.repaired[key].notebook, resources, **kwargs)
        resources["pawmark"] = {
            "repaired": self.repaired[key],
            "course": Path(self.parent.coursedir.root),
            "data": self.data,
            "settings": self.settings,
        }
        output, resources = super().from_filename(filename, resources, **kwargs)
        self.guard.for_a_person += [*_doubts(resources), *(errors := _grader_errors(resources))]
        if errors:
            self.guard.again.add(key)
        return output, resources

    def _repair(self, path: Path, student: str, assignment: str) -> Repaired:
        coursedir = self.parent.coursedir
        folder = coursedir.format_path(coursedir.source_directory, ".", assignment)
        source = Path(folder, f"{assignment}.ipynb")
        repaired = repair_submission(source, path.parent, Path(coursedir.root))
        repairs = [*self.guard.left_out.get((student, assignment), ()), *repaired.repairs]
        for line in repairs:
            self.log.warning("Repaired: %s", ascii(line))
        return replace(repaired, repairs=tuple(repairs))


class ExecuteSubmission(NbGraderPreprocessor):
    """Runs the submission in the sandbox and its hidden checks outside; keeps the record."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Fill in outputs and results."""
        job = resources["pawmark"]
        start = time.monotonic()
        assignment = resources["nbgrader"]["assignment"]
        prepared = prepare(
            job["course"], assignment, job["repaired"], job["data"], job["settings"], nb
        )
        execution = prepared.run()
        job["results"] = results = execution.results
        job["repairs"] = (*job["repaired"].repairs, *execution.losses)
        if execution.old is not None and not execution.live:
            self.log.info(
                "Unchanged since it was last run: graded from %s/%s", RECORDS, prepared.key
            )
        self._show(nb, results)
        _show_repairs(nb, job["repairs"])
        seconds = time.monotonic() - start
        record = _record(resources, prepared, execution.tape, results, seconds)
        name = f"{resources['nbgrader']['notebook']}.record.json"
        resources.setdefault("outputs", {})[name] = json.dumps(record, indent=1).encode()
        return nb, resources

    def _show(self, nb: NotebookNode, results: dict[str, ExerciseResult]) -> None:
        for cell in nb.cells:
            if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
                cell.outputs = [_table(results[_exercise(cell)])]


def _show_repairs(nb: NotebookNode, repairs: Sequence[str]) -> None:
    """Say at the top of the notebook what was put right; the feedback page shows it."""
    if not repairs:
        return
    lines = ["**What the grader put right in this notebook**", ""]
    lines += [f"- {_verbatim(line)}" for line in repairs[:_MAX_REPAIRS]]
    cell = nbformat.v4.new_markdown_cell("\n".join(lines), id="pawmark-repairs")
    if nb.get("nbformat_minor", 5) < 5:
        del cell["id"]
    nb.cells.insert(0, cell)


def _verbatim(text: str) -> str:
    """Return text that Markdown and HTML show as it is: file names in it are a student's."""
    text = " ".join(text.split())[:_MAX_REPAIR]
    return re.sub(r"[^A-Za-z0-9 ,.;:-]", lambda match: f"&#{ord(match[0])};", text)


def _grader_errors(resources: Any) -> list[str]:
    return [
        f"{_whose(resources)}: grader error in {name}"
        for name, result in resources["pawmark"]["results"].items()
        if any(check.outcome is Outcome.GRADER_ERROR for check in result.checks)
    ]


def _doubts(resources: Any) -> list[str]:
    return [
        f"{_whose(resources)}: {' '.join(doubt.reason.split())[:_MAX_REPAIR]}"
        for doubt in resources["pawmark"]["repaired"].doubts
    ]


def _whose(resources: Any) -> str:
    ids = resources["nbgrader"]
    return f"{ids['student']}, {ids['assignment']}"


def _exercise(cell: NotebookNode) -> str:
    return exercise_of(cell.metadata["nbgrader"]["grade_id"])


def _table(result: ExerciseResult) -> NotebookNode:
    plain = repr(ResultTable(result))
    data = {"text/html": render_table(result), "text/plain": plain}
    return nbformat.v4.new_output("display_data", data)


def _record(
    resources: Any, prepared: Job, tape: Tape, results: dict, seconds: float
) -> dict[str, Any]:
    job, ids = resources["pawmark"], resources["nbgrader"]
    return {
        "student": ids["student"],
        "assignment": ids["assignment"],
        "repairs": list(job["repairs"]),
        "graded": job["repaired"].graded,
        "for_a_person": [
            [doubt.exercise, " ".join(doubt.reason.split())[:_MAX_REPAIR]]
            for doubt in job["repaired"].doubts
        ],
        "sandbox": tape.sandbox,
        "data": job["data"].identity,
        "tape": prepared.key,
        "handed_in": stand_in.checksums(job["repaired"].notebook),
        "checks": prepared.about["checks"],
        "seed": tape.seed,
        "seconds": round(seconds, 2),
        "run": {"seconds": round(tape.seconds, 2), "memory": tape.memory},
        "exercises": [result.to_json() for result in results.values()],
    }


class SaveTrustedGrades(SaveAutoGrades):
    """Writes scores and messages from the trusted results; never looks at a cell's output."""

    gradebook: Gradebook

    def _add_score(self, cell: NotebookNode, resources: Any) -> None:
        written = is_solution(cell) or is_task(cell)
        if written:  # a person grades it, unless it was left as it was handed out
            super()._add_score(cell, resources)
        grade = self.gradebook.find_grade(
            cell.metadata["nbgrader"]["grade_id"],
            self.notebook_id,
            self.assignment_id,
            self.student_id,
        )
        doubtful = bool(resources["pawmark"]["repaired"].doubts_about(_exercise(cell)))
        if written:
            grade.needs_manual_grade |= doubtful
        else:
            result = resources["pawmark"]["results"][_exercise(cell)]
            grade.auto_score = min(result.points, float(cell.metadata["nbgrader"]["points"]))
            asked = doubtful or result.needs_person
            grade.needs_manual_grade = asked or grade.manual_score is not None
        self.gradebook.db.commit()

    def _add_comment(self, cell: NotebookNode, resources: Any) -> None:
        super()._add_comment(cell, resources)
        result = resources["pawmark"]["results"].get(cell.metadata["nbgrader"]["grade_id"])
        lost = (
            [check for check in result.checks if check.points < check.max_points] if result else []
        )
        if not lost or all(check.outcome is Outcome.NOT_ATTEMPTED for check in lost):
            return
        comment = self.gradebook.find_comment(
            cell.metadata["nbgrader"]["grade_id"],
            self.notebook_id,
            self.assignment_id,
            self.student_id,
        )
        comment.auto_comment = "\n".join(f"- {check.title} {check.message}" for check in lost)
        self.gradebook.db.commit()


# What makes plain nbgrader grade by Pawmark, by section of its configuration. A course may set each
# of these itself, before `configure` or after.
# The record holds seeds and the grader's own tracebacks: feedback goes out without it.
_IGNORED = [".ipynb_checkpoints", "*.pyc", "__pycache__", ".nbgrader.log", "feedback",
            "*.record.json"]  # fmt: skip
_WIRING: dict[str, dict[str, Any]] = {
    "CourseDirectory": {
        "solution_directory": "solutions",
        "ignore": _IGNORED,
    },
    "Execute": {"timeout": 600},
    "GenerateFeedback": {
        "exporter_class": FeedbackExporter,
        "preprocessors": [GetGrades, PrepareFeedback],
    },
    "FeedbackExporter": {
        "template_name": "pawmark_feedback",
        "extra_template_basedirs": [str(NBCONVERT_TEMPLATES)],
    },
    "HTMLExporter": {
        "preprocessors": ["pawmark.grading.gradebook.rubric.ShowRubric"],
        "filters": {"markdown2html": render_markdown, "strip_files_prefix": unchanged},
    },
    "Autograde": {
        "exporter_class": GradingExporter,
        "pre_convert_hook": adopt_notebooks,
        # What they would check is the instructor's, whose release form was checked when it was
        # made.
        "sanitize_preprocessors": [],
        "autograde_preprocessors": [
            ExecuteSubmission,
            LimitOutput,
            SaveTrustedGrades,
            AssignLatePenalties,
        ],
    },
}  # fmt: skip

# What grading holds by, and what is lost where a course has its own.
_HOLDS_GRADING = {
    "CourseDirectory.ignore": "unless *.record.json is in it, feedback hands hidden seeds out.",
    "Autograde.exporter_class": "submissions are run without Pawmark's sandbox.",
    "Autograde.autograde_preprocessors": (
        "unless ExecuteSubmission and SaveTrustedGrades are in it, student code is run without "
        "Pawmark's sandbox, and writes its own scores."
    ),
}

__all__ = ["ExecuteSubmission", "GradingExporter", "SaveTrustedGrades", "configure"]
