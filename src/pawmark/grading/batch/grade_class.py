"""A whole class graded side by side, and graded again after a check was mended.

Workers only fill the tapes of ``.pawmark/records/``; scores are written by one plain
``nbgrader autograde`` afterwards, which finds them there. So the result is that of grading one
submission after the other, and an interrupted run goes on where it stopped.
"""

import difflib
import json
import multiprocessing
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from pawmark.errors import CourseError
from pawmark.grading.batch import worker
from pawmark.grading.batch.pool import Crew, workers_that_fit
from pawmark.grading.course_folder import run_nbgrader
from pawmark.grading.gradebook import readiness
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, show_points
from pawmark.grading.results.table import Grade, read_grade

GRADEBOOK = "gradebook.db"
RECORDS = ".pawmark"
# To start a process takes as long as to look through so many submissions.
_WORTH_A_PROCESS = 2

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


def require_ready(course: Path) -> None:
    """Make sure that grades can be written before anything is run.

    Raises
    ------
    CourseError
        When the course cannot be written to, or its gradebook is damaged or locked.
    """
    reason = readiness.obstacle(course, f"sqlite:///{course / GRADEBOOK}")
    if reason is not None:
        raise CourseError(reason)


def submitted(course: Path, assignment: str) -> list[str]:
    """Return who handed an assignment in, sorted.

    Raises
    ------
    CourseError
        When nobody did.
    """
    found = sorted(path.parent.name for path in (course / "submitted").glob(f"*/{assignment}"))
    if not found:
        raise CourseError(
            f"Nobody handed in {assignment}: there is no submitted/STUDENT/{assignment}/ in "
            f"{course}. Put each notebook at submitted/STUDENT/{assignment}/{assignment}.ipynb."
        )
    return found


def choose(course: Path, assignment: str, students: Iterable[str] | None) -> list[str]:
    """Return the students to grade: those named, or all who handed in.

    Raises
    ------
    CourseError
        When one of those named did not hand in.
    """
    found = submitted(course, assignment)
    named = list(students or found)
    if missing := sorted(set(named) - set(found)):
        near = difflib.get_close_matches(missing[0], found, n=1)
        hint = f" Did you mean {near[0]!a}?" if near else ""
        raise CourseError(f"Not handed in by {', '.join(map(ascii, missing))}: {assignment}.{hint}")
    return named


def grade(
    course: Path,
    assignment: str | Iterable[str],
    console: Console,
    workers: int | None = None,
    students: Iterable[str] | None = None,
    force: bool = False,
    scheduler: str | None = None,
) -> int:
    """Grade a class, several submissions at once; return nbgrader's exit status.

    Parameters
    ----------
    course
        The course folder, with ``submitted/``.
    assignment
        Full name of the assignment, or of several.
    console
        Where progress is printed.
    workers
        Submissions run at once; by default as many as cores and memory allow.
    students
        Whom to grade; by default all who handed in.
    force
        Grade those again that have been graded.
    scheduler
        Address of a Dask scheduler whose workers run the submissions; by default this machine does.
    """
    names = [assignment] if isinstance(assignment, str) else list(dict.fromkeys(assignment))
    students = None if students is None else list(students)
    todo = {name: _to_grade(course, name, students, force, console) for name in names}
    todo = {name: found for name, found in todo.items() if found}
    if not todo:
        return 0
    require_ready(course)
    for name in todo:
        ensure_known(course, name)
    (course / RECORDS).mkdir(exist_ok=True)
    submissions = [(name, student) for name, found in todo.items() for student in found]
    board = _Board(console, len(submissions))
    writer = _Writer(course, todo, force, board)
    with writer:
        if scheduler is None:
            _run_all(course, submissions, workers_that_fit(workers), board, writer.ran)
        else:
            from pawmark.grading.batch.dask import client

            client.run_all(course, submissions, scheduler, board.tell, board.say, force)
        return writer.status()


def _to_grade(
    course: Path,
    assignment: str,
    students: Sequence[str] | None,
    force: bool,
    console: Console,
) -> list[str]:
    names = choose(course, assignment, students)
    todo = [n for n in names if force or not _is_graded(course, n, assignment)]
    if len(todo) < len(names):
        done = len(names) - len(todo)
        console.print(f"{assignment}: {done} are graded already; --force grades them again")
    return todo


class _Writer:
    """Lets nbgrader write the grades of an assignment while the next one is still running.

    A context manager: what has begun to be written is waited for.

    Parameters
    ----------
    course
        The course folder.
    todo
        Whom to write, by assignment.
    force
        Whether they may have been graded before.
    board
        Where it says what it does.
    """

    def __init__(
        self, course: Path, todo: dict[str, Sequence[str]], force: bool, board: "_Board"
    ) -> None:
        self._write = lambda name: _autograde(course, name, todo[name], force)
        self._left = Counter({name: len(found) for name, found in todo.items()})
        self._board = board
        # One at a time: each would wait for the other.
        self._pool = ThreadPoolExecutor(1)
        self._begun: dict[str, Future[int]] = {}

    def __enter__(self) -> "_Writer":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def ran(self, assignment: str) -> None:
        """Count a submission that has been run; after the last one its assignment is written."""
        self._left[assignment] -= 1
        if not self._left[assignment]:
            self._begin(assignment)

    def _begin(self, assignment: str) -> None:
        self._board.say(f"writing the grades of {assignment}: nbgrader autograde")
        self._begun[assignment] = self._pool.submit(self._write, assignment)

    def status(self) -> int:
        """Write what is not written yet; return nbgrader's exit status."""
        for name in self._left:
            if name not in self._begun:
                self._begin(name)
        return max(future.result() for future in self._begun.values())


class _Board:
    """Prints a line for each submission, and the time that is left."""

    def __init__(self, console: Console, total: int) -> None:
        self.console = console
        self.total = total
        self.finished = 0
        self.began = time.monotonic()

    def say(self, text: str) -> None:
        """Print a line that is of no submission."""
        self.console.print(text, markup=False, highlight=False)

    def tell(self, student: str, text: str) -> None:
        """Print what came of a submission."""
        self.finished += 1
        left = (time.monotonic() - self.began) / self.finished * (self.total - self.finished)
        line = f"  {self.finished} of {self.total}  {ascii(student)[1:-1]}: {text}"
        self.say(f"{line}; about {_minutes(left)} left")


def _is_graded(course: Path, student: str, assignment: str) -> bool:
    """Tell whether a submission has been graded to its end."""
    left = readiness.mark_of(course, assignment, student).exists()
    return _record(course, student, assignment).exists() and not left


def ensure_known(course: Path, assignment: str) -> None:
    """Tell the gradebook of an assignment that was never released from this course."""
    log = course / RECORDS / "logs" / f"release-{assignment}.log"
    path = course / GRADEBOOK
    if path.exists():
        with closing(sqlite3.connect(path)) as book:
            query = "select count(*) from assignment where name = ?"
            if book.execute(query, [assignment]).fetchone()[0]:
                return
    if run_nbgrader(course, "generate_assignment", assignment, "--force", log=log) != 0:
        raise CourseError(f"nbgrader could not release {assignment}; what it said is in {log}")


def _autograde(course: Path, assignment: str, students: Sequence[str], force: bool) -> int:
    flags = ["--force"] if force else []
    log = course / RECORDS / "logs" / f"autograde-{assignment}.log"
    others = sorted(set(submitted(course, assignment)) - set(students))
    # One run for many students; a name that its list of exceptions cannot hold has one of its own.
    listed = len(students) > 1 and not any("," in name or name != name.strip() for name in others)
    left_out = [f"--CourseDirectory.student_id_exclude={','.join(others)}"] if others else []
    chosen = [left_out] if listed or not others else [["--student", name] for name in students]
    # What the workers have just run is not run once more.
    kept = {"PAWMARK_FRESH": ""}
    return max(
        run_nbgrader(course, "autograde", assignment, *flags, *who, log=log, environment=kept)
        for who in chosen
    )


def _run_all(
    course: Path,
    submissions: Sequence[tuple[str, str]],
    workers: int,
    board: "_Board",
    ran: Callable[[str], None],
) -> None:
    """Fill the tapes of submissions, each given by assignment and student; tell of each one."""
    workers = min(workers, len(submissions))
    with Crew(workers, course / RECORDS / "logs") as crew, ThreadPoolExecutor(workers) as pool:
        waiting: dict[Future, tuple[str, str]] = {
            pool.submit(_run_one, crew, course, *submission): submission
            for submission in submissions
        }
        try:
            while waiting:
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    assignment, student = waiting.pop(future)
                    board.tell(student, future.result())
                    ran(assignment)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            crew.close()
            raise


def _run_one(crew: Crew, course: Path, assignment: str, student: str) -> str:
    began = time.monotonic()
    answer = crew.run(course, assignment, student)
    seconds = f"{time.monotonic() - began:.0f} s"
    if answer is None or "refused" in answer:
        return f"not run ({seconds}); nbgrader says why below"
    return f"{show_points(answer['points'], answer['max_points'])} points, {seconds}"


def preview(
    course: Path, assignments: Iterable[str], students: Iterable[str] | None = None
) -> dict[str, list[Changes]]:
    """Return what grading again would change, by assignment, student and check; writes no grade.

    Student code runs only where a check asks what the tapes do not answer.

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
    prepared = worker.prepare(course, assignment, student)
    if _is_current(course, assignment, student, prepared):
        return None
    before = read_grade(_record(course, student, assignment))
    return _changes(before, list(worker.execute(course, prepared).results.values()))


def _side_by_side(do: Callable[[Given], Returned], given: Sequence[Given]) -> list[Returned]:
    """Do something for each of several, by several processes where that is quicker, in order."""
    workers = min(workers_that_fit(), len(given) // _WORTH_A_PROCESS)
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
    return _autograde(course, assignment, students, force=True) if students else 0


def _graded(course: Path, assignment: str, students: Iterable[str] | None) -> list[str]:
    names = choose(course, assignment, students)
    found = [name for name in names if _record(course, name, assignment).exists()]
    if not found:
        raise CourseError(f"Nothing of {assignment} has been graded yet: pawmark grade")
    return found


def _is_current(course: Path, assignment: str, student: str, prepared: worker.Prepared) -> bool:
    """Tell whether a record is of this very submission, under these checks and circumstances."""
    try:
        path = _record(course, student, assignment)
        tree = json.loads(path.read_text(encoding="utf-8"))
        told = (tree["tape"], tree["checks"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return told == (prepared.key, prepared.checks)


def _record(course: Path, student: str, assignment: str) -> Path:
    return course / "autograded" / student / assignment / f"{assignment}.record.json"


def _changes(before: Grade, after: Sequence[ExerciseResult]) -> Changes:
    old, new = _by_check(before.exercises), _by_check(after)
    checks = tuple(
        Change(key[0], (new.get(key) or old[key]).title, *_told(old.get(key), new.get(key)))
        for key in dict.fromkeys([*old, *new])
        if _seen(old.get(key)) != _seen(new.get(key))
    )
    points, most = (sum(getattr(e, name) for e in after) for name in ("points", "max_points"))
    told = (show_points(before.points, before.max_points), show_points(points, most))
    return Changes(before.student, *told, checks)


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


def _told(old: CheckResult | None, new: CheckResult | None) -> tuple[str, str]:
    before, after = (
        "no check"
        if check is None
        else f"{check.outcome.value}, {show_points(check.points, check.max_points)}"
        for check in (old, new)
    )
    return before, f"{after}, with another message" if before == after else after


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
