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
from pawmark.grading import readiness
from pawmark.grading.outcomes import show_points
from pawmark.grading.records import FOLDER

GRADEBOOK = "gradebook.db"
RECORDS = ".pawmark"
MEMORY_PER_WORKER = 3 << 30


@dataclass(frozen=True)
class Change:
    """A check whose points are others after a regrade."""

    student: str
    exercise: str
    title: str
    before: str
    after: str


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
        raise CourseError(f"Not handed in by {', '.join(map(ascii, missing))}: {assignment}.")
    return named


def workers_that_fit(wanted: int | None = None) -> int:
    """Return how many submissions to run at once: by cores, and by memory now free."""
    by_memory = int(psutil.virtual_memory().available // MEMORY_PER_WORKER)
    return max(1, wanted or min(len(os.sched_getaffinity(0)), by_memory))


def grade(
    course: Path,
    assignment: str,
    console: Console,
    workers: int | None = None,
    students: Iterable[str] | None = None,
    force: bool = False,
) -> int:
    """Grade a class, several submissions at once; return nbgrader's exit status.

    Parameters
    ----------
    course
        The course folder, with ``submitted/``.
    assignment
        Full name of the assignment.
    console
        Where progress is printed.
    workers
        Submissions run at once; by default as many as cores and memory allow.
    students
        Whom to grade; by default all who handed in.
    force
        Grade those again that have been graded.
    """
    names = choose(course, assignment, students)
    done = [name for name in names if not force and _is_graded(course, name, assignment)]
    todo = [name for name in names if name not in done]
    if done:
        console.print(f"{len(done)} are graded already; --force grades them again")
    if not todo:
        return 0
    require_ready(course)
    ensure_known(course, assignment)
    (course / RECORDS).mkdir(exist_ok=True)
    _run_all(course, assignment, todo, workers_that_fit(workers), console)
    console.print("writing the grades: nbgrader autograde", markup=False)
    return _autograde(course, assignment, todo, force)


def _is_graded(course: Path, student: str, assignment: str) -> bool:
    """Tell whether a submission has been graded to its end."""
    left = readiness.mark_of(course, assignment, student).exists()
    return (course / "autograded" / student / assignment).exists() and not left


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
    return max(
        run_nbgrader(course, "autograde", assignment, *flags, *who, log=log) for who in chosen
    )


def _run_all(
    course: Path, assignment: str, students: Sequence[str], workers: int, console: Console
) -> None:
    """Fill the tapes; prints a line for each submission and the time that is left."""
    began = time.monotonic()
    with ThreadPoolExecutor(workers) as pool:
        waiting: dict[Future, str] = {
            pool.submit(_run_one, course, assignment, student): student for student in students
        }
        finished = 0
        try:
            while waiting:
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    student, finished = waiting.pop(future), finished + 1
                    left = (time.monotonic() - began) / finished * len(waiting)
                    line = f"  {finished} of {len(students)}  {ascii(student)[1:-1]}: "
                    line += f"{future.result()}; about {_minutes(left)} left"
                    console.print(line, markup=False, highlight=False)
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
        # The tapes only: marks of what is unfinished are about the course's own autograded/.
        (course / FOLDER).mkdir(parents=True, exist_ok=True)
        (copy / RECORDS).mkdir()
        (copy / FOLDER).symlink_to(course / FOLDER)
        (copy / "submitted").mkdir()
        for student in students:
            (copy / "submitted" / student).symlink_to(course / "submitted" / student)
        yield copy


def _copy_gradebook(path: Path, target: Path) -> None:
    with closing(sqlite3.connect(path)) as book, closing(sqlite3.connect(target)) as copy:
        book.backup(copy)


def preview(course: Path, assignment: str, students: Iterable[str] | None = None) -> list[Change]:
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
    require_ready(course)
    with _copy_for(course, assignment, graded) as copy:
        log = copy.parent / "log"
        status = run_nbgrader(copy, "autograde", assignment, log=log)
        if status != 0:
            end = "\n".join(log.read_text(encoding="utf-8").splitlines()[-8:])
            raise CourseError(f"nbgrader autograde {assignment} failed. It said last:\n{end}")
        changes = []
        for name in graded:
            before = read_grade(_record(course, name, assignment))
            changes += _changes(before, read_grade(_record(copy, name, assignment)))
    return changes


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


def _changes(before: Grade, after: Grade) -> list[Change]:
    old, new = _by_check(before), _by_check(after)
    changes = []
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            title = (new.get(key) or old[key])[0]
            changes.append(
                Change(after.student, key[0], title, _told(old.get(key)), _told(new.get(key)))
            )
    return changes


def _by_check(graded: Grade) -> dict[tuple[str, str], tuple[str, str, float, float]]:
    return {
        (exercise.exercise, check.check): (
            check.title,
            check.outcome.value,
            round(check.points, 4),
            round(check.max_points, 4),
        )
        for exercise in graded.exercises
        for check in exercise.checks
    }


def _told(check: tuple[str, str, float, float] | None) -> str:
    return "no check" if check is None else f"{check[1]}, {show_points(check[2], check[3])}"


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
