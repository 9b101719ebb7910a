"""The two steps of autograding that are Pawmark's: run a submission, and write its grades."""

import re
import time
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import is_grade, is_solution

from pawmark.grading.course_folder import RECORDS
from pawmark.grading.gradebook.scores import Score, score_of
from pawmark.grading.intake import stand_in
from pawmark.grading.intake.cells import exercise_of, is_tested_inside
from pawmark.grading.pages.result_table import ResultTable, render_table
from pawmark.grading.results import record
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult
from pawmark.grading.results.record import Record, Run
from pawmark.grading.run import course_secret
from pawmark.grading.run.pipeline import Job, prepare
from pawmark.grading.run.recording import Recording

_MAX_REPAIRS = 40
_MAX_REPAIR = 400


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
        job["execution"] = execution
        job["results"] = results = execution.results
        job["repairs"] = (*job["repaired"].repairs, *execution.losses)
        job["doubts"] = (*job["repaired"].doubts, *execution.doubts)
        if execution.old is not None and not execution.live:
            self.log.info(
                "Unchanged since it was last run: graded from %s/%s", RECORDS, prepared.key
            )
        job["left_out"] = execution.left_out
        self._show(nb, results)
        _show_repairs(nb, job["repairs"])
        seconds = time.monotonic() - start
        made = _record(resources, prepared, execution.recording, results, seconds)
        name = record.name_of(resources["nbgrader"]["notebook"])
        resources.setdefault("outputs", {})[name] = made.to_bytes()
        return nb, resources

    def _show(self, nb: NotebookNode, results: dict[str, ExerciseResult]) -> None:
        for cell in nb.cells:
            if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
                shown = cell.outputs if is_tested_inside(cell) else []
                cell.outputs = [_table(results[_exercise(cell)]), *shown]


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
    return re.sub(r"[^A-Za-z0-9 ,.;:-]", lambda match: f"&#{ord(match[0])};", one_line(text))


def one_line(text: str) -> str:
    """Return the beginning of a text that may hold a student's words, on one line."""
    return " ".join(text.split())[:_MAX_REPAIR]


def _exercise(cell: NotebookNode) -> str:
    return exercise_of(cell.metadata["nbgrader"]["grade_id"])


def _table(result: ExerciseResult) -> NotebookNode:
    plain = repr(ResultTable(result))
    data = {"text/html": render_table(result), "text/plain": plain}
    made: NotebookNode = nbformat.v4.new_output("display_data", data)
    return made


def _record(
    resources: Any,
    prepared: Job,
    recording: Recording,
    results: dict[str, ExerciseResult],
    seconds: float,
) -> Record:
    job, ids = resources["pawmark"], resources["nbgrader"]
    return Record(
        student=ids["student"],
        assignment=ids["assignment"],
        repairs=tuple(job["repairs"]),
        graded=job["repaired"].graded,
        left_out=job["left_out"],
        for_a_person=tuple((doubt.exercise, one_line(doubt.reason)) for doubt in job["doubts"]),
        sandbox=recording.sandbox,
        data=job["data"].identity,
        recording=prepared.key,
        handed_in=stand_in.checksums(job["repaired"].notebook),
        checks=prepared.about["checks"],
        seed=recording.seed,
        seconds=round(seconds, 2),
        run=Run(round(recording.seconds, 2), recording.memory),
        exercises=tuple(results.values()),
        secret=course_secret.of(prepared.course).name,
        submitted=job["submitted"],
    )


class SaveTrustedGrades(SaveAutoGrades):
    """Writes scores and messages from the trusted results; never looks at a cell's output."""

    gradebook: Any

    def _add_score(self, cell: NotebookNode, resources: Any) -> None:
        job = resources["pawmark"]
        grade = self.gradebook.find_grade(
            cell.metadata["nbgrader"]["grade_id"],
            self.notebook_id,
            self.assignment_id,
            self.student_id,
        )
        score_of(cell, job["results"], job["doubts"]).write(grade)
        self.gradebook.db.commit()

    def _add_comment(self, cell: NotebookNode, resources: Any) -> None:
        """Write nbgrader's own comment, or what the checks say of an answer that lost points."""
        super()._add_comment(cell, resources)
        result = resources["pawmark"]["results"].get(cell.metadata["nbgrader"]["grade_id"])
        lost = (
            [check for check in result.checks if check.points < check.max_points] if result else []
        )
        if not lost or all(check.is_untouched for check in lost):
            return
        comment = self.gradebook.find_comment(
            cell.metadata["nbgrader"]["grade_id"],
            self.notebook_id,
            self.assignment_id,
            self.student_id,
        )
        comment.auto_comment = "\n".join(map(_comment_on, lost))
        self.gradebook.db.commit()


class KeepGrades(SaveTrustedGrades):
    """Keeps what `SaveTrustedGrades` would write, and writes nothing to the gradebook.

    Left in the resources: ``scores`` and ``comments``, by grade_id.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Go through the cells as the step that writes does."""
        self.gradebook = _Kept()
        self.notebook_id = self.assignment_id = self.student_id = ""
        nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
        grades, comments = self.gradebook.grades, self.gradebook.comments
        resources["pawmark"]["scores"] = {
            name: Score(one.auto_score, one.needs_manual_grade) for name, one in grades.items()
        }
        resources["pawmark"]["comments"] = {
            name: one.auto_comment for name, one in comments.items()
        }
        return nb, resources


class _Kept:
    """Stands for the gradebook, in which nobody has graded by hand, for one notebook."""

    def __init__(self) -> None:
        self.grades: dict[str, SimpleNamespace] = {}
        self.comments: dict[str, SimpleNamespace] = {}
        self.db = SimpleNamespace(commit=lambda: None)

    def find_grade(self, cell: str, *_: str) -> SimpleNamespace:
        """Return what takes the grade of a cell."""
        return self.grades.setdefault(cell, SimpleNamespace(manual_score=None))

    def find_comment(self, cell: str, *_: str) -> SimpleNamespace:
        """Return what takes the comment on a cell."""
        return self.comments.setdefault(cell, SimpleNamespace(auto_comment=None))


def _comment_on(check: CheckResult) -> str:
    """Return the line of a comment on a check or a row that lost points."""
    if not check.row:
        return f"- {check.title} {check.message}"
    shown = f"\n  {check.counterexample}" if check.counterexample else ""
    return f"- {check.row_points}: {check.message or check.outcome.value}{shown}"
