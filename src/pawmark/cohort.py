"""A whole class graded side by side, and graded again after a check was mended.

Workers only fill the tapes of ``.pawmark/records/``; scores are written by one plain
``nbgrader autograde`` afterwards, which finds them there. So the result is that of grading one
submission after the other, and an interrupted run goes on where it stopped.
"""

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from rich.console import Console

from pawmark.course import copy_course, run_nbgrader
from pawmark.errors import CourseError
from pawmark.grades import Grade, read_grade
from pawmark.grading.outcomes import CheckResult, show_points

GRADEBOOK = "gradebook.db"
RECORDS = ".pawmark"
MEMORY_PER_WORKER = 3 << 30


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
        raise CourseError(f"Not handed in by {', '.join(map(ascii, missing))}: {assignment}.")
    return named


def workers_that_fit(wanted: int | None = None) -> int:
    """Return how many submissions to run at once: by cores, and by memory now free."""
    by_memory = int(psutil.virtual_memory().available // MEMORY_PER_WORKER)
    return max(1, wanted or min(len(os.sched_getaffinity(0)), by_memory))


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
    for name in todo:
        ensure_known(course, name)
    (course / RECORDS).mkdir(exist_ok=True)
    submissions = [(name, student) for name, found in todo.items() for student in found]
    board = _Board(console, len(submissions))
    if scheduler is None:
        _run_all(course, submissions, workers_that_fit(workers), board)
    else:
        from pawmark.cluster import client

        client.run_all(course, submissions, scheduler, board.tell, board.say, force)
    board.say("writing the grades: nbgrader autograde")
    return max(_autograde(course, name, found, force) for name, found in todo.items())


def _to_grade(
    course: Path,
    assignment: str,
    students: Sequence[str] | None,
    force: bool,
    console: Console,
) -> list[str]:
    names = choose(course, assignment, students)
    todo = [n for n in names if force or not _record(course, n, assignment).exists()]
    if len(todo) < len(names):
        done = len(names) - len(todo)
        console.print(f"{assignment}: {done} are graded already; --force grades them again")
    return todo


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
    whole = set(students) == set(submitted(course, assignment))
    chosen = [[]] if whole else [["--student", name] for name in students]
    # What the workers have just run is not run once more.
    kept = {"PAWMARK_FRESH": ""}
    return max(
        run_nbgrader(course, "autograde", assignment, *flags, *who, log=log, environment=kept)
        for who in chosen
    )


def _run_all(
    course: Path, submissions: Sequence[tuple[str, str]], workers: int, board: _Board
) -> None:
    """Fill the tapes of submissions, each given by assignment and student."""
    with ThreadPoolExecutor(workers) as pool:
        waiting: dict[Future, str] = {
            pool.submit(_run_one, course, *submission): submission[1] for submission in submissions
        }
        try:
            while waiting:
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    board.tell(waiting.pop(future), future.result())
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _run_one(course: Path, assignment: str, student: str) -> str:
    began = time.monotonic()
    with _copy_for(course, assignment, [student]) as copy:
        log = copy.parent / "log"
        run_nbgrader(copy, "autograde", assignment, "--student", student, log=log)
        path = copy / "autograded" / student / assignment / f"{assignment}.record.json"
        found = read_grade(path) if path.exists() else None
    seconds = f"{time.monotonic() - began:.0f} s"
    if found is None:
        return f"not run ({seconds}); nbgrader says why below"
    return f"{show_points(found.points, found.max_points)} points, {seconds}"


@contextmanager
def _copy_for(course: Path, assignment: str, students: Iterable[str]) -> Iterator[Path]:
    """Give a copy of the course that shares its tapes and sees some submissions."""
    with TemporaryDirectory(prefix="pawmark-", ignore_cleanup_errors=True) as folder:
        copy = copy_course(course, Path(folder).resolve() / "course", [assignment])
        if (course / GRADEBOOK).exists():
            _copy_gradebook(course / GRADEBOOK, copy / GRADEBOOK)
        (copy / RECORDS).symlink_to(course / RECORDS)
        (copy / "submitted").mkdir()
        for student in students:
            (copy / "submitted" / student).symlink_to(course / "submitted" / student)
        yield copy


def _copy_gradebook(path: Path, target: Path) -> None:
    with closing(sqlite3.connect(path)) as book, closing(sqlite3.connect(target)) as copy:
        book.backup(copy)


def preview(course: Path, assignment: str, students: Iterable[str] | None = None) -> list[Changes]:
    """Return what grading again would change, by student and check; writes nothing.

    Student code runs only where a check asks what the tapes do not answer.
    """
    graded = [
        name
        for name in choose(course, assignment, students)
        if _record(course, name, assignment).exists()
    ]
    if not graded:
        raise CourseError(f"Nothing of {assignment} has been graded yet: pawmark grade")
    with _copy_for(course, assignment, graded) as copy:
        log = copy.parent / "log"
        status = run_nbgrader(copy, "autograde", assignment, log=log)
        if status != 0:
            end = "\n".join(log.read_text(encoding="utf-8").splitlines()[-8:])
            raise CourseError(f"nbgrader autograde {assignment} failed. It said last:\n{end}")
        pairs = [
            [read_grade(_record(place, name, assignment)) for place in (course, copy)]
            for name in graded
        ]
    return [found for before, after in pairs if (found := _changes(before, after)).checks]


def regrade(course: Path, assignment: str, students: Iterable[str] | None = None) -> int:
    """Grade again what has been graded, and write it; manual scores and comments stay."""
    graded = [
        name
        for name in choose(course, assignment, students)
        if _record(course, name, assignment).exists()
    ]
    return _autograde(course, assignment, graded, force=True)


def _record(course: Path, student: str, assignment: str) -> Path:
    return course / "autograded" / student / assignment / f"{assignment}.record.json"


def _changes(before: Grade, after: Grade) -> Changes:
    old, new = _by_check(before), _by_check(after)
    checks = tuple(
        Change(key[0], (new.get(key) or old[key]).title, *_told(old.get(key), new.get(key)))
        for key in dict.fromkeys([*old, *new])
        if _seen(old.get(key)) != _seen(new.get(key))
    )
    points = [show_points(grade.points, grade.max_points) for grade in (before, after)]
    return Changes(after.student, *points, checks)


def _by_check(graded: Grade) -> dict[tuple[str, str], CheckResult]:
    return {
        (exercise.exercise, check.check): check
        for exercise in graded.exercises
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
