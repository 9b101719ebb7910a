"""A whole class graded side by side.

Workers only fill the recordings of ``.pawmark/records/``; scores are written by one plain
``nbgrader autograde`` afterwards, which finds them there. So the result is that of grading one
submission after the other, and an interrupted run goes on where it stopped.
"""

import contextlib
import difflib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from rich.console import Console

from pawmark import settings, terminal
from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading.batch.board import Board
from pawmark.grading.batch.pool import Pool, WorkerEndedError, workers_that_fit
from pawmark.grading.course_folder import KEPT, LOGS, SUBMITTED, run_nbgrader
from pawmark.grading.gradebook import book, course_settings, hand_ins, readiness
from pawmark.grading.gradebook.drift import drift_of, require_no_drift
from pawmark.grading.gradebook.unclaimed import Unclaimed, unclaimed
from pawmark.grading.intake.sources import require_sources
from pawmark.grading.intake.walking import is_empty
from pawmark.grading.results import record
from pawmark.grading.results.outcomes import show_points
from pawmark.grading.results.record import Record
from pawmark.grading.sandbox import choice
from pawmark.terminal import legible, printable

_NAMED = 20
_CHANGED = (
    "files are younger than the grades, and no timestamp.txt is newer, so nbgrader takes them for "
    "graded. If something was handed in again: --student NAME --force"
)


def require_ready(course: Path) -> None:
    """Adopt the course's settings, and make sure that code may run here and grades be written.

    Raises
    ------
    SandboxError
        When student code must not run here.
    CourseError
        When the course cannot be written to, its gradebook is damaged or locked, or a setting
        says what it must not say.
    """
    terminal.warn(course_settings.adopt(course))
    courses.use_of(course)
    choice.require()
    reason = readiness.obstacle(course, book.address_of(course))
    if reason is not None:
        raise CourseError(reason)


def submitted(course: Path, assignment: str) -> list[str]:
    """Return who handed an assignment in, sorted; an empty folder is nothing handed in.

    Raises
    ------
    CourseError
        When nobody did.
    """
    folders = (course / SUBMITTED).glob(f"*/{assignment}")
    names = [folder.parent.name for folder in folders if not is_empty(folder)]
    found = sorted(filter(hand_ins.is_a_name, names))
    if not found:
        message = (
            f"Nobody handed in {assignment}: there is no submitted/STUDENT/{assignment}/ in "
            f"{course}. Put each notebook at submitted/STUDENT/{assignment}/{assignment}.ipynb."
        )
        raise CourseError(
            "\n".join([message, *_asked_of_a_person(unclaimed(course, [assignment]))])
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
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise CourseError(f"Not handed in by {', '.join(map(repr, missing))}: {assignment}.{hint}")
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
    stray = unclaimed(course, names)
    if not todo:
        _list(console, _asked_of_a_person(stray))
        return 1 if stray else 0
    require_sources(course, todo)
    require_ready(course)
    if scheduler is None and choice.chosen() == choice.NONE:
        _list(console, choice.warnings(choice.NONE))  # nbgrader's own go to its log
    for name in todo:
        ensure_known(course, name)
    (course / KEPT).mkdir(exist_ok=True)
    submissions = [(name, student) for name, found in todo.items() for student in found]
    board = Board(console, len(submissions))
    writer = _Writer(course, todo, force, board)
    with writer:
        if scheduler is None:
            _run_all(course, submissions, workers_that_fit(workers), board, writer.ran)
        else:
            from pawmark.grading.batch.dask import client

            client.run_all(course, submissions, scheduler, board.report, board.message, force)
        status = writer.status()
    asking = [
        line for name, found in todo.items() for line in needing_a_person(course, name, found)
    ]
    _list(console, ["A person must look at:", *asking] if asking else [])
    _list(console, _asked_of_a_person(stray))
    return status or (1 if stray else 0)


def _asked_of_a_person(stray: Sequence[Unclaimed]) -> list[str]:
    return [f"A person must look: {legible(str(one))}" for one in stray]


def _list(console: Console, lines: Iterable[str]) -> None:
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _to_grade(
    course: Path,
    assignment: str,
    students: Sequence[str] | None,
    force: bool,
    console: Console,
) -> list[str]:
    """Return whom to grade, as nbgrader would; say who is left out and why."""
    names = choose(course, assignment, students)
    graded = [] if force else [n for n in names if _is_graded(course, n, assignment)]
    again = [n for n in graded if hand_ins.newer(course, assignment, n) is not None]
    left = [n for n in graded if n not in again]
    changed = [n for n in left if hand_ins.changed(course, assignment, n)]
    if again:
        _list(console, [f"{assignment}: handed in again, and graded anew: {_named(again)}"])
    if len(left) > len(changed):
        done = len(left) - len(changed)
        console.print(f"{assignment}: {done} are graded already; --force grades them again")
    if changed:
        _list(console, [f"{assignment}: {_named(changed)}: {_CHANGED}"])
    return [n for n in names if n not in left]


def _named(students: Sequence[str]) -> str:
    more = len(students) - _NAMED
    names = ", ".join(map(legible, students[:_NAMED]))
    return f"{names} and {more} more" if more > 0 else names


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
        self, course: Path, todo: Mapping[str, Sequence[str]], force: bool, board: "Board"
    ) -> None:
        self._write = lambda name: autograde(course, name, todo[name], force)
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
        self._board.message(f"writing the grades of {assignment}: nbgrader autograde")
        self._begun[assignment] = self._pool.submit(self._write, assignment)

    def status(self) -> int:
        """Write what is not written yet; return nbgrader's exit status."""
        for name in self._left:
            if name not in self._begun:
                self._begin(name)
        return max(future.result() for future in self._begun.values())


def _is_graded(course: Path, student: str, assignment: str) -> bool:
    """Tell whether a submission has been graded to its end."""
    left = readiness.mark_of(course, assignment, student).exists()
    return bool(record.paths_of(course, student, assignment)) and not left


def needing_a_person(course: Path, assignment: str, students: Iterable[str]) -> list[str]:
    """Return a line for each reason why a person must look at what was graded: who, and why."""
    lines = []
    for student in students:
        if not record.path_of(course, student, assignment).exists():
            continue
        try:
            reasons = _reasons(record.of_submission(course, student, assignment))
        except CourseError as error:
            reasons = [str(error)]
        lines += [printable(f"  {student}, {assignment}: {reason}") for reason in reasons]
    return lines


def _reasons(graded: Record) -> list[str]:
    doubts = [
        reason if exercise is None else f"{exercise}: {reason}"
        for exercise, reason in graded.for_a_person
    ]
    if doubts:
        return doubts
    return [
        f"{result.exercise}: a check failed by a mistake of its own"
        for result in graded.exercises
        if result.needs_person
    ]


def ensure_known(course: Path, assignment: str) -> None:
    """Tell the gradebook of an assignment that was never released from this course, or not so.

    Raises
    ------
    CourseError
        When it cannot be released, or its exercises are others than those of earlier hand-ins.
    """
    require_no_drift(course, [assignment])
    if book.knows(course, assignment) and drift_of(course, assignment) is None:
        return
    log = course / LOGS / f"release-{assignment}.log"
    if run_nbgrader(course, "generate_assignment", assignment, "--force", log=log) != 0:
        raise CourseError(f"nbgrader could not release {assignment}; what it said is in {log}")


def autograde(course: Path, assignment: str, students: Sequence[str], force: bool) -> int:
    """Let nbgrader write the grades of some students, from their recordings; return its status."""
    flags = ["--force"] if force else []
    log = course / LOGS / f"autograde-{assignment}.log"
    others = sorted(set(submitted(course, assignment)) - set(students))
    # One run for many students; a name that its list of exceptions cannot hold has one of its own.
    listed = len(students) > 1 and not any("," in name or name != name.strip() for name in others)
    left_out = [f"--CourseDirectory.student_id_exclude={','.join(others)}"] if others else []
    chosen = [left_out] if listed or not others else [["--student", name] for name in students]
    # What the workers have just run is not run once more.
    kept = settings.environment(fresh=None)
    return max(
        run_nbgrader(course, "autograde", assignment, *flags, *who, log=log, environment=kept)
        for who in chosen
    )


def _run_all(
    course: Path,
    submissions: Sequence[tuple[str, str]],
    workers: int,
    board: "Board",
    ran: Callable[[str], None],
) -> None:
    """Fill the recordings of submissions, each given by assignment and student; report each."""
    threads = min(workers, len(submissions))
    with Pool(course / LOGS) as pool, ThreadPoolExecutor(threads) as waiters:
        waiting: dict[Future[str], tuple[str, str]] = {
            waiters.submit(_run_one, pool, course, *submission): submission
            for submission in submissions
        }
        try:
            while waiting:
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    assignment, student = waiting.pop(future)
                    board.report(student, future.result())
                    ran(assignment)
        except KeyboardInterrupt:
            waiters.shutdown(wait=False, cancel_futures=True)
            pool.close()
            raise


def _run_one(pool: Pool, course: Path, assignment: str, student: str) -> str:
    began = time.monotonic()
    order = {"do": "submission", "course": str(course), "assignment": assignment}
    answer: dict[str, Any] = {}
    with contextlib.suppress(WorkerEndedError):  # nbgrader meets the same, and says it
        answer = pool.ask({**order, "student": student})
    seconds = f"{time.monotonic() - began:.0f} s"
    if "points" not in answer:
        return f"not run ({seconds}); nbgrader says why below"
    return f"{show_points(answer['points'], answer['max_points'])} points by the checks, {seconds}"
