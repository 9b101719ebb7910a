"""A class graded again after a check was mended: shown first, then written."""

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from pawmark.errors import CourseError
from pawmark.grading.batch.grade_class import autograde, choose, require_ready
from pawmark.grading.batch.pool import workers_that_fit
from pawmark.grading.batch.submission import job_of
from pawmark.grading.results import record
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, show_points
from pawmark.grading.results.record import Record

# To start a process takes as long as to look through so many submissions.
WORTH_A_PROCESS = 2

Given = TypeVar("Given")
Returned = TypeVar("Returned")


@dataclass(frozen=True)
class Change:
    """A check that comes out differently in a regrade."""

    exercise: str
    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    """What a regrade changes for one student.

    Attributes
    ----------
    student
        Whose submission it is.
    before, after
        Points from checks, of how many: those of a person are not in them, and stay.
    checks
        The checks that come out differently.
    """

    student: str
    before: str
    after: str
    checks: tuple[Change, ...]

    def lines(self) -> Iterator[str]:
        """Yield what a person reads: the points, then a line for each check."""
        points = f"{self.before} -> {self.after}" if self.before != self.after else self.after
        yield f"{ascii(self.student)[1:-1]}: {points} points"
        for check in self.checks:
            yield f"  {check.exercise}  {check.title}  {check.before} -> {check.after}"


def preview(
    course: Path, assignments: Iterable[str], students: Iterable[str] | None = None
) -> dict[str, list[Changes]]:
    """Return what grading again would change, by assignment, student and check; writes no grade.

    Student code runs only where a check asks what the recordings do not answer.

    Raises
    ------
    CourseError
        When nothing of an assignment has been graded, or the gradebook cannot be written to.
    """
    names, students = list(dict.fromkeys(assignments)), students and list(students)
    graded = [(name, student) for name in names for student in _graded(course, name, students)]
    require_ready(course)
    found = _side_by_side(partial(_preview_one, course), graded)
    changes: dict[str, list[Changes]] = {name: [] for name in names}
    for (name, _), change in zip(graded, found, strict=True):
        if change is not None and change.checks:
            changes[name].append(change)
    return changes


def _preview_one(course: Path, submission: tuple[str, str]) -> Changes | None:
    """Return what would change for a student; None where nothing that decides on it has."""
    assignment, student = submission
    job = job_of(course, assignment, student)
    before = record.read(record.path_of(course, student, assignment))
    # Of this very submission, under these checks and settings.
    if (before.recording, before.checks) == (job.key, job.about["checks"]):
        return None
    return _changes(before, list(job.run().results.values()))


def _side_by_side(do: Callable[[Given], Returned], given: Sequence[Given]) -> list[Returned]:
    """Do something for each of several, by several processes where that is quicker, in order."""
    workers = min(workers_that_fit(), len(given) // WORTH_A_PROCESS)
    if workers < 2:
        return [do(one) for one in given]
    # Copies of this process: they have imported all that is needed.
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, context, _leave_interrupts_to_the_parent) as pool:
        try:
            return list(pool.map(do, given))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()  # sandboxes die with their parent
            raise


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def regrade(course: Path, assignment: str, changes: Iterable[Changes]) -> int:
    """Write what a preview showed, by nbgrader; manual scores and comments stay."""
    students = [change.student for change in changes]
    return autograde(course, assignment, students, force=True) if students else 0


def _graded(course: Path, assignment: str, students: Iterable[str] | None) -> list[str]:
    names = choose(course, assignment, students)
    found = [name for name in names if record.path_of(course, name, assignment).exists()]
    if not found:
        raise CourseError(f"Nothing of {assignment} has been graded yet: pawmark grade")
    return found


def _changes(before: Record, after: Sequence[ExerciseResult]) -> Changes:
    old, new = _by_check(before.exercises), _by_check(after)
    checks = tuple(
        Change(key[0], (new.get(key) or old[key]).title, *_in_words(old.get(key), new.get(key)))
        for key in dict.fromkeys([*old, *new])
        if _seen(old.get(key)) != _seen(new.get(key))
    )
    points, most = (sum(getattr(e, name) for e in after) for name in ("points", "max_points"))
    shown = (show_points(before.points, before.max_points), show_points(points, most))
    return Changes(before.student, *shown, checks)


def _by_check(exercises: Iterable[ExerciseResult]) -> dict[tuple[str, str], CheckResult]:
    return {
        (exercise.exercise, check.check): check
        for exercise in exercises
        for check in exercise.checks
    }


def _seen(check: CheckResult | None) -> object:
    """Return what of a check its student sees."""
    if check is None:
        return None
    points = round(check.points, 4), round(check.max_points, 4)
    return check.title, check.outcome, *points, check.message, check.got, check.expected


def _in_words(old: CheckResult | None, new: CheckResult | None) -> tuple[str, str]:
    before, after = (
        "no check"
        if check is None
        else f"{check.outcome.value}, {show_points(check.points, check.max_points)}"
        for check in (old, new)
    )
    return before, f"{after}, with another message" if before == after else after
