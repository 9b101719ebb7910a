"""The report as one HTML page: no script, no server, nothing loaded from elsewhere."""

import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pawmark import files
from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading import pages
from pawmark.grading.course import Chart
from pawmark.grading.gradebook.class_grades import ClassGrades
from pawmark.grading.pages.charts import scores_chart, usage_chart
from pawmark.grading.results.grade import Grade, Standing, State
from pawmark.grading.results.outcomes import INSIDE
from pawmark.grading.results.record import Record
from pawmark.reporting.statistics import (
    FLAGS,
    KINDS,
    MIN_STUDENTS,
    CheckFigures,
    Said,
    check_figures,
    commonest,
    results_of,
)
from pawmark.wording import counted

MOST_SAID = 12
MOST_COSTLY = 5


@dataclass(frozen=True)
class ExerciseFigures:
    """How a class did on one exercise.

    Attributes
    ----------
    name
        Its grade_id.
    mean, max_points
        Points that count, on average, and what could be reached.
    full, not_attempted
        How many have all of its points, and how many left it as it was.
    checks
        The figures of its checks.
    inside
        Whether it was checked inside the notebook.
    by_people
        To how many a person gave its points.
    """

    name: str
    mean: float
    max_points: float
    full: int
    not_attempted: int
    checks: tuple[CheckFigures, ...]
    inside: bool = False
    by_people: int = 0


@dataclass(frozen=True)
class ExhibitFigure:
    """A chart of what checks handed out, with its heading and a sentence behind its caption."""

    title: str
    chart: Chart
    note: str


def _exhibit(kind: str, data: list[dict[str, Any]], key: str) -> ExhibitFigure | None:
    drawn_by = courses.plugin().exhibits.get(kind)
    chart = drawn_by.class_chart(data, key) if drawn_by is not None else None
    return None if chart is None else ExhibitFigure(drawn_by.title, chart, drawn_by.note)


@dataclass(frozen=True)
class AssignmentReport:
    """All that the page shows of one assignment."""

    name: str
    max_score: float
    roster: tuple[Standing, ...]

    @cached_property
    def submissions(self) -> list[Standing]:
        """Those who have a grade, final or not."""
        return [one for one in self.roster if one.grade is not None]

    @property
    def shares(self) -> list[float]:
        """The part of all points, by submission; extra credit fills up, and no more."""
        return [min(submission.share, 1.0) for submission in self.submissions]

    @property
    def mean(self) -> float:
        """The mean score."""
        return statistics.fmean(submission.score for submission in self.submissions)

    @property
    def median(self) -> float:
        """The median score."""
        return statistics.median(submission.score for submission in self.submissions)

    @property
    def untouched(self) -> int:
        """How many attempted nothing."""
        return sum(not one.attempted for one in self.submissions if one.record)

    @property
    def waiting(self) -> list[Standing]:
        """Whose grade is not final."""
        return [one for one in self.roster if one.state is State.WAITS]

    @property
    def reasons(self) -> list[tuple[str, list[str]]]:
        """Why grades are not final, and whose: each reason once."""
        found: dict[str, list[str]] = {}
        for one in self.waiting:
            found.setdefault("; ".join(one.waiting), []).append(one.student)
        return list(found.items())

    @property
    def ungraded(self) -> list[Standing]:
        """Who handed in, and is not graded yet."""
        return [one for one in self.roster if one.state is State.UNGRADED]

    @property
    def absent(self) -> list[Standing]:
        """Who handed in nothing."""
        return [one for one in self.roster if one.state is State.ABSENT]

    @property
    def records(self) -> list[Record]:
        """The records of grading, by student."""
        return [one.record for one in self.submissions if one.record]

    @property
    def repaired(self) -> list[Record]:
        """The records of those whose notebook had to be mended."""
        return [one for one in self.records if one.repairs]

    @property
    def exercises(self) -> list[ExerciseFigures]:
        """The figures by exercise, in the order of the notebook."""
        figures = check_figures(self.submissions)
        parts = [part.exercise for one in self.submissions if one.grade for part in one.grade.parts]
        return [self._exercise(name, figures) for name in dict.fromkeys(parts)]

    def _exercise(self, name: str, figures: Sequence[CheckFigures]) -> ExerciseFigures:
        graded = [s.grade for s in self.submissions if s.grade]
        parts = [part for grade in graded for part in grade.parts if part.exercise == name]
        results = [r for s in self.submissions for r in results_of(s) if r.exercise == name]
        most = max(part.max_score for part in parts)
        return ExerciseFigures(
            name=name,
            mean=statistics.fmean(part.score for part in parts),
            max_points=most,
            full=sum(part.score >= most - 1e-6 for part in parts),
            not_attempted=sum(all(c.outcome == "not attempted" for c in r.checks) for r in results),
            checks=tuple(figure for figure in figures if figure.exercise == name),
            inside=any(result.inside for result in results),
            by_people=sum(part.manual is not None for part in parts),
        )

    @property
    def flagged(self) -> dict[str, list[CheckFigures]]:
        """Checks of which something is odd, by what that is, the most urgent first."""
        checks = [check for exercise in self.exercises for check in exercise.checks]
        by_flag = {flag: [check for check in checks if check.flag == flag] for flag in FLAGS}
        return {flag: some for flag, some in by_flag.items() if some}

    @property
    def misconceptions(self) -> list[Said]:
        """The commonest messages of checks that failed."""
        return commonest(self.submissions, "failed", MOST_SAID)

    @property
    def errors(self) -> list[Said]:
        """The commonest ways in which code broke."""
        return commonest(self.submissions, "error", MOST_SAID // 2)

    @property
    def costly(self) -> list[Record]:
        """The submissions that ran longest."""
        return sorted(self.records, key=lambda record: -record.run.seconds)[:MOST_COSTLY]

    @property
    def scores(self) -> Chart:
        """The distribution of the scores."""
        return scores_chart(self.shares, f"scores {self.name}")

    @property
    def usage(self) -> Chart | None:
        """Time and memory, where recorded."""
        used = [(record.run.seconds, record.run.memory) for record in self.records]
        used = [(seconds, memory) for seconds, memory in used if seconds and memory]
        if not used:
            return None
        seconds, memory = zip(*used, strict=True)
        return usage_chart(seconds, [n / (1 << 30) for n in memory], f"usage {self.name}")

    @property
    def exhibits(self) -> list[ExhibitFigure]:
        """What checks handed out as data, drawn by the course, each kind for the whole class."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for submission in self.submissions:
            for result in results_of(submission):
                for check in result.checks:
                    if check.exhibit is not None:
                        found[check.exhibit.kind].append(check.exhibit.data)
        drawn = (_exhibit(kind, data, f"{kind} {self.name}") for kind, data in found.items())
        return [figure for figure in drawn if figure is not None]


def notes_on(s: Standing) -> list[tuple[str, str, str]]:
    """Return what is to be said of a student's grade: each with its colour class and its icon."""
    notes = []
    if s.grade is None:
        icon = "ring" if s.is_final else "clock"
        notes.append(("idle" if s.is_final else "wait", icon, str(s.state)))
    elif s.waiting:
        notes.append(("wait", "person", "waits for a person"))
    if s.record and not s.attempted:
        notes.append(("idle", "ring", "left as released"))
    if s.record and s.record.repairs:
        notes.append(("idle", "tool", "mended"))
    return notes + ([("idle", "person", words) for words in _by_people(s.grade)] if s.grade else [])


def _by_people(grade: Grade) -> Iterator[str]:
    yield from (f"{part.exercise}: {part.by_person}" for part in grade.by_people)
    for part in grade.parts:
        if part.extra_credit:
            yield f"{part.exercise}: {counted(part.extra_credit, 'point')} extra credit"
    if grade.late_penalty:
        yield f"late: {counted(grade.late_penalty, 'point')} taken off"


def write_report(found: ClassGrades, path: Path) -> None:
    """Write the page; a file that is there is replaced in one step.

    Raises
    ------
    CourseError
        When nothing is graded, or the file cannot be written.
    """
    reports = [
        AssignmentReport(name, most, tuple(found.of(name)))
        for name, most in found.assignments.items()
    ]
    reports = [report for report in reports if report.submissions]
    if not reports:
        raise CourseError(
            f"Nothing of {', '.join(found.assignments)} is graded. Grade something first: "
            "pawmark grade NAME"
        )
    text = pages.render(
        "report.html.j2",
        reports=reports,
        kinds=KINDS,
        inside=INSIDE,
        min_students=MIN_STUDENTS,
        has_gradebook=found.has_gradebook,
        notes_on=notes_on,
    )
    write_whole(path, text.encode("utf-8"))


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    CourseError
        When the file cannot be written.
    """
    if not path.parent.is_dir():
        raise CourseError(f"{path} cannot be written: there is no folder {path.parent}.")
    try:
        files.write_whole(path, data)
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}.") from error
