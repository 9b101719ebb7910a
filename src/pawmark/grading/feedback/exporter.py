"""The feedback page of a submission, behind plain ``nbgrader generate_feedback``."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution, is_task
from traitlets import List

from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading import pages
from pawmark.grading.boundary.sanitizing import render_markdown
from pawmark.grading.feedback.formulas import with_formulas
from pawmark.grading.intake.cells import exercise_of
from pawmark.grading.results import record
from pawmark.grading.results.grade import Grade, Part, part_of
from pawmark.grading.results.outcomes import (
    INSIDE,
    CheckResult,
    Counterexample,
    Outcome,
    Picture,
)
from pawmark.grading.results.outcomes import Part as RowPart
from pawmark.grading.results.record import Record
from pawmark.wording import counted

WORDS = {
    Outcome.PASSED: "What was asked for came back, in all that was tried.",
    Outcome.FAILED: "Your code ran, and what it gave is not right. The text says what was found.",
    Outcome.NOT_ATTEMPTED: "The exercise was left as it was handed out.",
    Outcome.STUDENT_ERROR: "Your code raised an error when the grader called it.",
    Outcome.TIMEOUT: "Your code did not come to an end in time. Mostly a loop never ends.",
    Outcome.OUT_OF_MEMORY: "Your code wanted more memory than a submission may use.",
    Outcome.CRASHED: "Your code ended or broke the Python process in which it ran.",
    Outcome.OUTPUT_LIMIT: "What your code gave back is too large to be looked at.",
    Outcome.NOT_REACHED: "Grading did not come this far. A person will look at it.",
    Outcome.GRADER_ERROR: "The check has a mistake of its own. A person will look at it.",
    Outcome.UNREAD: "Nothing could be graded of what was handed in. A person will look at it.",
}

_NOTHING_RUNS = "The exercise was left as it was handed out, or nothing of the answer runs."
_KINDS = {"": "check", "item": "item"}  # of a check, by its row; all others are rows

_HEADING = re.compile(r"^#{1,6}[ \t]+(.+)$", re.MULTILINE)
_WORTH = re.compile(r"\s*·\s*\d+(\.\d+)? points?\s*$")
_TAG = re.compile(r"<(/?)h([1-6])\b")
_GRADERS_FRAME = re.compile(r'  File "(?:[^"\n]*/pawmark/grading/[^"\n]*|<string>)"')
_HEADLESS = re.compile(r"\A(?:    .*\n)+")
_CELL = re.compile(r'^  File "[^"\n]*ipykernel_[^"\n]*"', re.MULTILINE)
_EMPTY_HEAD = re.compile(r"<th(\s[^>]*)?>\s*</th>")
_LOST_IMAGE = re.compile(r"<img(?![^>]*\ssrc=)[^>]*>")
_BARE_IMAGE = re.compile(r"<img(?![^>]*\salt=)")


@dataclass(frozen=True)
class Group:
    """Checks of an exercise, one after the other, about which the same is to be said."""

    checks: tuple[CheckResult, ...]
    chart: Any = None

    @property
    def outcome(self) -> Outcome:
        """What came of them."""
        return self.checks[0].outcome

    @property
    def got(self) -> str | None:
        """What the check hands out of the student's answer."""
        return self.checks[0].got

    @property
    def expected(self) -> str | None:
        """What the check hands out of the right answer."""
        return self.checks[0].expected

    @property
    def message(self) -> str:
        """What is to be said beside the outcome; nothing where the outcome says it all."""
        silent = self.outcome is Outcome.PASSED or self.checks[0].is_untouched
        return "" if silent else self.checks[0].message

    @property
    def detail(self) -> str:
        """The end of the student's own traceback; never the grader's."""
        if self.outcome is not Outcome.STUDENT_ERROR:
            return ""
        return own_traceback(self.checks[0].detail)

    @property
    def picture(self) -> Picture | None:
        """The picture that the check hands out."""
        return self.checks[0].picture

    @property
    def parts(self) -> tuple[RowPart, ...]:
        """What a row consists of, where something of it is wrong."""
        parts = self.checks[0].parts
        return () if all(part.right for part in parts) else parts

    @property
    def counterexample(self) -> Counterexample | None:
        """An input on which the answer was refused."""
        return self.checks[0].counterexample

    @property
    def shows(self) -> bool:
        """Whether there is more to show than titles."""
        told = self.got is not None or self.expected is not None
        shown = self.parts or self.counterexample or self.picture or self.chart
        return bool(self.message or told or shown or self.detail)


@dataclass(frozen=True)
class Exercise:
    """One exercise as the page shows it.

    Attributes
    ----------
    name
        Its grade_id.
    title
        What the notebook calls it.
    part
        Its points.
    checks
        The results of its checks; empty for written answers, or without a record.
    written
        Whether people grade it.
    comment
        What a person wrote about it, as HTML.
    doubts
        Why a person should look at it, if not for one of the usual reasons.
    remarks
        What the grader noticed, and no point hangs on.
    inside
        Whether its tests ran beside the student's code.
    """

    name: str
    title: str
    part: Part
    checks: tuple[CheckResult, ...] = ()
    written: bool = False
    comment: Markup | None = None
    doubts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    inside: bool = False

    @property
    def score(self) -> float:
        """The points that count."""
        return self.part.score

    @property
    def max_score(self) -> float:
        """What could be reached."""
        return self.part.max_score

    @property
    def waits(self) -> bool:
        """Whether a person still has to look at it."""
        return self.part.waits

    @property
    def by_hand(self) -> bool:
        """Whether a person gave the points."""
        return self.part.manual is not None

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return "exercise-" + re.sub(r"[^A-Za-z0-9_-]", "-", self.name)

    @property
    def passed(self) -> int:
        """How many checks passed."""
        return sum(check.outcome is Outcome.PASSED for check in self.checks)

    @property
    def automatic(self) -> float:
        """Points that the checks give."""
        return self.part.automatic or 0.0

    @property
    def broken(self) -> bool:
        """Whether a check failed by a mistake of its own."""
        return any(check.outcome is Outcome.GRADER_ERROR for check in self.checks)

    @property
    def groups(self) -> list[Group]:
        """Checks, with those that say the same put together."""
        return [_group(list(checks)) for _, checks in groupby(self.checks, _said)]

    @property
    def state(self) -> tuple[str, str, str]:
        """What came of it: colour class, icon and words."""
        if self.waits:
            return "wait", "person", "waits for a person"
        outcomes = {check.outcome for check in self.checks}
        if outcomes == {Outcome.NOT_ATTEMPTED}:
            return "idle", "ring", "not attempted"
        if self.score >= self.max_score - 1e-9:
            return "good", "tick", "all points"
        return ("bad", "cross", "no points") if self.score <= 0 else ("wait", "part", "in part")


@dataclass(frozen=True)
class Page:
    """What the feedback page says above the notebook."""

    student: str
    assignment: str
    grade: Grade
    exercises: tuple[Exercise, ...]
    repairs: tuple[str, ...]
    recorded: bool
    graded: str = ""
    doubts: tuple[str, ...] = ()
    left_out: int = 0

    @property
    def score(self) -> float:
        """The points that count."""
        return self.grade.score

    @property
    def max_score(self) -> float:
        """What could be reached."""
        return self.grade.max_score

    @property
    def late_penalty(self) -> float:
        """What is taken off for lateness."""
        return self.grade.late_penalty

    @property
    def waiting(self) -> list[Exercise]:
        """Exercises that a person still has to look at."""
        return [exercise for exercise in self.exercises if exercise.waits]

    @property
    def counts(self) -> list[str]:
        """A few words on the whole."""
        checks = [check for exercise in self.exercises for check in exercise.checks]
        full = sum(e.state[2] == "all points" for e in self.exercises)
        untouched = sum(e.state[2] == "not attempted" for e in self.exercises)
        all_points = "exercise has all its points", "exercises have all their points"
        words = [f"{full} of {counted(len(self.exercises), *all_points)}"]
        if checks:
            passed = sum(check.outcome is Outcome.PASSED for check in checks)
            words.append(f"{passed} of {counted(len(checks), 'check', self._called)} passed")
        return words + ([f"{untouched} not attempted"] if untouched else [])

    @property
    def _called(self) -> str:
        """What the page calls its checks."""
        return "checks" if self.kinds == {"check"} else "rows and checks"

    @property
    def kinds(self) -> set[str]:
        """What the checks on the page are: rows of an exercise, items, or test functions."""
        checks = [check for exercise in self.exercises for check in exercise.checks]
        return {_KINDS.get(check.row, "row") for check in checks}

    @property
    def has_rows(self) -> bool:
        """Whether an exercise is paid by rows."""
        return "row" in self.kinds

    @property
    def has_items(self) -> bool:
        """Whether an exercise consists of separate questions."""
        return "item" in self.kinds

    @property
    def has_checks(self) -> bool:
        """Whether an exercise is paid by checks that are no rows."""
        return "check" in self.kinds

    @property
    def words(self) -> list[tuple[Outcome, str]]:
        """The outcomes on the page, explained."""
        checks = [check for exercise in self.exercises for check in exercise.checks]
        seen = {check.outcome for check in checks}
        words = dict(WORDS)
        idle = [check for check in checks if check.outcome is Outcome.NOT_ATTEMPTED]
        if not all(check.is_untouched for check in idle):
            words[Outcome.NOT_ATTEMPTED] = _NOTHING_RUNS
        return [(outcome, said) for outcome, said in words.items() if outcome in seen]


class FeedbackExporter(HTMLExporter):
    """Writes the page: one file, without scripts, that loads nothing."""

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Add what fits a notebook's HTML into the page."""
        yield from super().default_filters()  # type: ignore[no-untyped-call]  # nbconvert's
        yield "within_page", within_page


def within_page(page: str) -> str:
    """Fit cleaned HTML of a notebook into the page.

    Headings go below those of the page, pictures without a text get one, those from elsewhere are
    named as left out, and empty cells of a table are no headings.
    """
    lower = _TAG.sub(lambda match: f"<{match[1]}h{min(int(match[2]) + 2, 6)}", page)
    lower = _EMPTY_HEAD.sub(r"<td\1></td>", lower)
    lower = _LOST_IMAGE.sub("<em>[a picture from elsewhere is left out]</em>", lower)
    return _BARE_IMAGE.sub('<img alt="A figure of this cell, without a description."', lower)


def _is_graders(frame: str) -> bool:
    """Tell whether a frame of a traceback is the engine's, or the course's own question."""
    asked = (f'/{module.replace(".", "/")}.py"' for module in courses.plugin().operations)
    where = frame.partition("\n")[0]
    return bool(_GRADERS_FRAME.match(frame)) or any(module in where for module in asked)


def own_traceback(text: str) -> str:
    """Leave out of a traceback what is not the student's: the grader's way to their code."""
    head, *frames = re.split(r'(?m)^(?=  File ")', text)
    # The end of a long traceback may begin within a frame, of which nothing tells whose it is.
    kept = [_HEADLESS.sub("", head), *(frame for frame in frames if not _is_graders(frame))]
    return _CELL.sub('  File "your notebook"', "".join(kept))


class PrepareFeedback(NbGraderPreprocessor):
    """Gathers the page from gradebook and record, after `GetGrades` has read the scores."""

    # The exporter sets it for all preprocessors, and one that lacks it would be warned about.
    display_data_priority: List[Any] = List().tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Fill in the summary; leave in the notebook what belongs below it."""
        page = self._page(nb, resources)
        resources["pawmark"] = {
            "title": f"{pages.assignment_title(page.assignment)}, {page.student}",
            "summary": pages.render("feedback.html.j2", page=page, inside=INSIDE),
            "style": pages.style(),
            "policy": pages.POLICY,
        }
        nb.cells = [cell for cell in nb.cells if cell.get("id") != "pawmark-repairs"]
        hidden = ClearHiddenTests(config=self.config)
        for cell in nb.cells:
            if is_grade(cell) and not is_solution(cell):  # the instructor's own
                hidden.preprocess_cell(cell, resources, 0)
            _label(cell)
        return nb, resources

    def _page(self, nb: NotebookNode, resources: Any) -> Page:
        ids = resources["nbgrader"]
        grade = self._grade(Path(resources["metadata"]["path"]) / record.name_of(ids["notebook"]))
        return Page(
            student=ids["student"],
            assignment=ids["assignment"],
            grade=_grade_in_book(ids),
            exercises=tuple(_exercises(nb, ids, grade)),
            repairs=grade.repairs if grade else (),
            recorded=grade is not None,
            graded=grade.graded if grade else "",
            left_out=len(grade.left_out) if grade else 0,
            doubts=tuple(reason for name, reason in grade.for_a_person if name is None)
            if grade
            else (),
        )

    def _grade(self, path: Path) -> Record | None:
        try:
            return record.read(path)
        except CourseError as error:
            self.log.warning("No checks on the feedback page. %s", error)
            return None


def _exercises(nb: NotebookNode, ids: Mapping[str, str], grade: Record | None) -> list[Exercise]:
    """List the exercises in the order of the notebook."""
    results = {result.exercise: result for result in grade.exercises} if grade else {}
    titles = _titles(nb)
    found = []
    with Gradebook(ids["db_url"]) as gradebook:
        where = ids["notebook"], ids["assignment"], ids["student"]
        for cell in nb.cells:
            if not (is_grade(cell) or is_task(cell)):
                continue
            grade_id = cell.metadata.nbgrader.grade_id
            name = exercise_of(grade_id)
            entry = gradebook.find_grade(grade_id, *where)
            exercise = Exercise(
                name=name,
                title=titles.get(name, name),
                part=_part(entry),
                checks=results[name].checks if name in results else (),
                remarks=results[name].remarks if name in results else (),
                inside=name in results and results[name].inside,
                written=is_solution(cell) or is_task(cell),
                comment=_comment(gradebook, name, where),
                doubts=tuple(reason for own, reason in grade.for_a_person if own == name)
                if grade
                else (),
            )
            found.append(exercise)
    return found


def _grade_in_book(ids: Mapping[str, str]) -> Grade:
    """Return the grade of all that the gradebook holds of a submission."""
    with Gradebook(ids["db_url"]) as gradebook:
        entry = gradebook.find_submission_notebook(
            ids["notebook"], ids["assignment"], ids["student"]
        )
        parts = tuple(_part(one) for one in entry.grades)
        return Grade(parts, float(entry.late_submission_penalty or 0))


def _part(entry: Any) -> Part:
    return part_of(
        entry.name,
        entry.score,
        entry.max_score,
        entry.auto_score,
        entry.manual_score,
        entry.extra_credit,
        entry.needs_manual_grade,
    )


def _comment(gradebook: Gradebook, name: str, where: tuple[str, str, str]) -> Markup | None:
    """Return what a person wrote; the grader's own comments repeat what the checks say."""
    try:
        text = gradebook.find_comment(name, *where).manual_comment
    except MissingEntry:
        text = None
    if not text:
        return None
    return Markup(with_formulas(text, lambda t: within_page(render_markdown({}, t))))  # noqa: S704


def _titles(nb: NotebookNode) -> dict[str, str]:
    """Return the heading above each exercise, without its points; only the course's own cells."""
    titles, heading = {}, ""
    for cell in nb.cells:
        settings = cell.metadata.get("nbgrader", {})
        if not settings and cell.cell_type == "markdown":
            own = not str(cell.get("id", "extra-")).startswith("extra-")
            found = _HEADING.findall(cell.source) if own else []
            heading = _WORTH.sub("", found[-1]).replace("`", "").strip() if found else heading
        name = exercise_of(settings.get("grade_id", ""))
        if heading and name not in titles and (is_solution(cell) or is_grade(cell)):
            titles[name], heading = heading, ""  # it is the heading of one exercise only
    return titles


def _label(cell: NotebookNode) -> None:
    """Say above a cell whose it is; the results of check cells stand higher up on the page."""
    if is_grade(cell) and not is_solution(cell):
        cell.metadata["pawmark_label"] = "Checks that you could run; what came of all is above."
        cell.outputs = []
    elif is_solution(cell):
        cell.metadata["pawmark_label"] = "Your answer"


def _said(check: CheckResult) -> Any:
    alone = (
        check.row
        or check.picture
        or check.exhibit
        or check.got is not None
        or check.expected is not None
    )
    return check.outcome, check.message, check.check if alone else ""


def _group(checks: list[CheckResult]) -> Group:
    exhibit = checks[0].exhibit
    if exhibit is None:
        return Group(tuple(checks), None)
    kind = courses.plugin().exhibits.get(exhibit.kind)
    return Group(tuple(checks), None if kind is None else kind.chart(exhibit.data))


__all__ = ["FeedbackExporter", "PrepareFeedback"]
