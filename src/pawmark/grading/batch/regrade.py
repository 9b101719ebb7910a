"""A class graded again after a check was mended: shown first, then written."""

import dataclasses
import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pawmark import settings
from pawmark.assignments import short_name
from pawmark.errors import CourseError
from pawmark.grading.batch.grade_class import choose, require_ready
from pawmark.grading.batch.pool import workers_that_fit
from pawmark.grading.batch.submission import jobs_by_notebook, stager_of
from pawmark.grading.batch.writing import Writer
from pawmark.grading.gradebook import book, hand_ins, readiness
from pawmark.grading.gradebook.drift import require_no_drift
from pawmark.grading.gradebook.forecast import forecast
from pawmark.grading.gradebook.scores import Score, scores_of
from pawmark.grading.gradebook.staged import place_to_stage
from pawmark.grading.gradebook.unclaimed import unclaimed
from pawmark.grading.intake.rebuild import Doubt
from pawmark.grading.intake.sources import require_sources
from pawmark.grading.results import record
from pawmark.grading.results.grade import Grade, Part, by_checks, moved, rounded, waiting_lines
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, show_points
from pawmark.grading.results.record import Record
from pawmark.terminal import legible, printable

# To start a process takes as long as to look through so many submissions.
WORTH_A_PROCESS = 2

# What came of the exercises of each notebook.
Results = Mapping[str, Sequence[ExerciseResult]]

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
class Graded:
    """A grade, with what keeps it from being final, in words."""

    grade: Grade
    waiting: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {**self.grade.to_json(), "waiting": list(self.waiting)}


@dataclass(frozen=True)
class Changes:
    """What a regrade changes for one student.

    Attributes
    ----------
    student
        Whose submission it is.
    before, after
        The grade: with what people gave, which stays, and with penalties for lateness.
    checks
        The checks that come out differently.
    newer
        When a hand-in came that is newer than what was graded: a regrade grades that. Else None.
    exchanged
        Whether something else was run and its files are others than were graded, though no
        ``timestamp.txt`` says so: a regrade grades what lies there.
    """

    student: str
    before: Graded
    after: Graded
    checks: tuple[Change, ...]
    newer: datetime | None = None
    exchanged: bool = False

    def lines(self) -> Iterator[str]:
        """Yield what a person reads: the grade, what it is made of, then a line for each check."""
        points = moved(str(self.before.grade), str(self.after.grade))
        yield f"{legible(self.student)}: {points} points"
        if self.newer is not None:
            yield f"  handed in again on {self.newer:%Y-%m-%d at %H:%M} (UTC): that is graded"
        if self.exchanged:
            yield (
                "  its files are others than were graded, though no timestamp.txt says that it was "
                "handed in again: what lies there now is graded"
            )
        yield from self._by_people()
        before, after = (rounded(g.grade.late_penalty) for g in (self.before, self.after))
        if before or after:
            yield f"  late: {moved(f'{before:g}', f'{after:g}')} taken off"
        for check in self.checks:
            yield f"  {check.exercise}  {check.title}  {check.before} -> {check.after}"
        for line in self.after.waiting:
            yield f"  waits for a person then: {printable(line)}"

    def _by_people(self) -> Iterator[str]:
        """Yield a line for each exercise whose points by a person stand before those of checks."""
        before: dict[str, list[Part]] = {}
        for part in self.before.grade.parts:  # two notebooks may have exercises of one name
            before.setdefault(part.exercise, []).append(part)
        for part in self.after.grade.parts:
            was = before.get(part.exercise)
            old = (was.pop(0) if was else part).automatic
            if part.manual is None or part.automatic is None:
                continue
            shown = (f"{rounded(points or 0):g}" for points in (old, part.automatic))
            yield (
                f"  {part.exercise}: {rounded(part.manual):g} by a person stays; the checks give "
                f"{moved(*shown)}"
            )

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "student": self.student,
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            "handed_in_again": None if self.newer is None else self.newer.isoformat(),
            "exchanged": self.exchanged,
            "checks": [dataclasses.asdict(check) for check in self.checks],
        }


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
    require_sources(course, names)
    require_ready(course)
    require_no_drift(course, names)
    found = _side_by_side(partial(_preview_one, course), graded)
    again = {key: one for key, one in zip(graded, found, strict=True) if one is not None}
    grades = forecast(course, {key: one.scores for key, one in again.items()})
    changes: dict[str, list[Changes]] = {name: [] for name in names}
    for key, one in again.items():
        before, after = grades.get(key) or (by_checks(one.before), by_checks(one.after))
        newer = hand_ins.newer(course, *key)
        change = Changes(
            key[1],
            _with_reasons(before, one.before),
            _with_reasons(after, one.after),
            one.checks,
            newer,
            newer is None and one.anew and hand_ins.changed(course, *key),
        )
        if change.checks or before.score != after.score:
            changes[key[0]].append(change)
    return changes


def _with_reasons(grade: Grade, found: Record) -> Graded:
    return Graded(grade, tuple(waiting_lines(grade, found)))


@dataclass(frozen=True)
class _Again:
    """A submission graded again, and not written.

    Attributes
    ----------
    before, after
        Its record, as it is and as it would be.
    checks
        The checks that come out differently.
    scores
        What grading says of each cell, by notebook.
    anew
        Whether it is told from another run than its grade: of other cells, or run in another way.
    """

    before: Record
    after: Record
    checks: tuple[Change, ...]
    scores: dict[str, dict[str, Score]]
    anew: bool


def _preview_one(course: Path, submission: tuple[str, str]) -> _Again | None:
    """Grade one again; None where nothing that decides on it has changed."""
    assignment, student = submission
    jobs = jobs_by_notebook(course, assignment, student)
    before = record.of_submission(course, student, assignment)
    # Of this very submission, under these checks and settings.
    key = record.JOINED.join(job.key for job in jobs.values())
    checks = {job.about["checks"] for job in jobs.values()}
    if before.recording == key and checks == {before.checks}:
        return None
    results: dict[str, tuple[ExerciseResult, ...]] = {}
    doubts: list[Doubt] = []
    scores: dict[str, dict[str, Score]] = {}
    for name, job in jobs.items():
        done = job.run()
        own = (*job.doubts, *done.doubts)
        results[name] = tuple(done.results.values())
        doubts += own
        scores[name] = scores_of(job.notebook, done.results, own)
    after = dataclasses.replace(
        before,
        exercises=tuple(result for found in results.values() for result in found),
        for_a_person=tuple((doubt.exercise, doubt.reason) for doubt in doubts),
    )
    old = {name: one.exercises for name, one in record.by_notebook(course, student, assignment)}
    return _Again(before, after, changed_checks(old, results), scores, before.recording != key)


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
    """Write what a preview showed; manual scores and comments stay.

    Returns
    -------
    int
        0, or 1 where a person must look, at what was written or at a hand-in that is nobody's.
    """
    students = [change.student for change in changes]
    if not students:
        return 0
    todo = {assignment: students}
    with place_to_stage(course) as room, Writer(course, todo, force=True) as writer:
        found: list[Path | None] = [None] * len(students)
        if writer.takes_staged:
            found = _side_by_side(partial(_stage_one, course, assignment, room), students)
        for student, staged in zip(students, found, strict=True):
            writer.ran(assignment, student, staged)
        return max(writer.status(), bool(unclaimed(course, [assignment])))


@contextmanager
def _from_recordings() -> Iterator[None]:
    """Let nothing run once more that has just been run to be shown, although a fresh run is set."""
    before = dict(os.environ)
    os.environ.update(settings.environment(fresh=None))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _stage_one(course: Path, assignment: str, room: Path, student: str) -> Path | None:
    """Stage a submission from the recording that a preview has left; None where that fails."""
    folder = Path(tempfile.mkdtemp(dir=room))
    try:
        stager = stager_of(course)
        with _from_recordings():
            stager.stage(assignment, student, folder)
    except Exception:  # nbgrader meets the same, and says it
        return None
    return folder


class Interrupted:
    """Tells how far the writing of a regrade had come when it was stopped.

    Parameters
    ----------
    course
        The course folder.
    changes
        What is to be written, by assignment, as a preview shows it; nothing of it is written yet.
    """

    def __init__(self, course: Path, changes: Mapping[str, Sequence[Changes]]) -> None:
        self._course = course
        keys = [(name, change.student) for name, found in changes.items() for change in found]
        self._before = {key: self._place(*key) for key in keys}

    def _place(self, assignment: str, student: str) -> tuple[int, int] | None:
        """Return what is another as soon as a submission's record has been written."""
        try:
            found = record.path_of(self._course, student, assignment).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def __str__(self) -> str:
        begun = [k for k in self._before if readiness.mark_of(self._course, *k).exists()]
        done = [k for k, old in self._before.items() if self._place(*k) != old and k not in begun]
        total, left = len(self._before), len(self._before) - len(done) - len(begun)
        if not total:
            return "interrupted. No grade changes, and nothing was written."
        if not left and not begun:
            names = " ".join(dict.fromkeys(name for name, _ in self._before))
            return (
                f"interrupted. All {total} grades that change had been written. New pages for "
                f"them: nbgrader generate_feedback NAME, for {names}"
            )
        parts = [f"written: {len(done)}", f"as before: {left}"]
        if begun:
            names = " ".join(dict.fromkeys(short_name(name) for name, _ in begun))
            parts[1:1] = [f"half-way: {len(begun)} (pawmark grade {names} writes these)"]
        end = "" if not left else "; the same command writes the rest"
        return f"interrupted. Of {total} grades that change, {', '.join(parts)}{end}."


def otherwise(course: Path, assignment: str, changes: Iterable[Changes]) -> list[str]:
    """Return a line for each student whose grade was not written as a preview showed it."""
    written = book.Contents.of(course).grades
    lines = []
    for change in changes:
        grade = written.get((assignment, change.student))
        if grade is None or grade.score != change.after.grade.score:
            lines.append(
                f"{legible(change.student)}: {grade or 'nothing'} was written, and "
                f"{change.after.grade} had been shown: something changed meanwhile"
            )
    return lines


def _graded(course: Path, assignment: str, students: Iterable[str] | None) -> list[str]:
    names = choose(course, assignment, students)
    found = [name for name in names if record.path_of(course, name, assignment).exists()]
    if not found:
        raise CourseError(f"Nothing of {assignment} has been graded yet: pawmark grade")
    return found


def changed_checks(before: Results, after: Results) -> tuple[Change, ...]:
    """Return the checks that come out differently; of one name in several notebooks each says its.

    Parameters
    ----------
    before, after
        What came of the exercises, by notebook.
    """
    old, new = _by_check(before), _by_check(after)
    keys = list(dict.fromkeys([*old, *new]))
    notebooks: dict[str, set[str]] = {}
    for notebook, exercise, _ in keys:
        notebooks.setdefault(exercise, set()).add(notebook)
    return tuple(
        Change(
            key[1] if len(notebooks[key[1]]) == 1 else f"{key[0]}: {key[1]}",
            (new.get(key) or old[key]).title,
            *_in_words(old.get(key), new.get(key)),
        )
        for key in keys
        if _seen(old.get(key)) != _seen(new.get(key))
    )


def _by_check(results: Results) -> dict[tuple[str, str, str], CheckResult]:
    return {
        (notebook, exercise.exercise, check.check): check
        for notebook, exercises in results.items()
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
