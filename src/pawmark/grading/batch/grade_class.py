"""A whole class graded side by side.

Workers fill the recordings of ``.pawmark/records/`` and stage what is to be written; `writing`
writes it, many submissions at once, as plain ``nbgrader autograde`` would one after the other. An
interrupted run goes on where it stopped.
"""

import contextlib
import difflib
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from pawmark import settings, terminal
from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading.batch.board import Board
from pawmark.grading.batch.pool import Pool, WorkerEndedError, workers_that_fit
from pawmark.grading.batch.writing import Writer, handed_in_by
from pawmark.grading.course_folder import KEPT, LOGS, run_nbgrader
from pawmark.grading.gradebook import book, course_settings, hand_ins, readiness
from pawmark.grading.gradebook.drift import drift_of, require_no_drift
from pawmark.grading.gradebook.staged import place_to_stage
from pawmark.grading.gradebook.unclaimed import Unclaimed, unclaimed
from pawmark.grading.intake.release_form import require_releases
from pawmark.grading.intake.sources import require_sources
from pawmark.grading.results import record
from pawmark.grading.results.outcomes import of_points
from pawmark.grading.results.record import Record
from pawmark.grading.sandbox import choice
from pawmark.terminal import legible, printable
from pawmark.wording import by_name, counted, listed

_NAMED = 20
_CHANGED = (
    "other files than were graded, and no timestamp.txt is newer, so nbgrader takes them for "
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
    found = sorted(handed_in_by(course, assignment), key=by_name)
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
    named = list(dict.fromkeys(students or found))
    if missing := sorted(set(named) - set(found), key=by_name):
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
    chosen = {name: choose(course, name, students) for name in names}
    require_sources(course, names)  # first: nothing is said of grades whose source is broken
    todo = {name: _to_grade(course, name, chosen[name], force, console) for name in names}
    todo = {name: found for name, found in todo.items() if found}
    stray = unclaimed(course, names)
    if not todo:
        _list(console, _asked_of_a_person(stray))
        return 1 if stray else 0
    require_ready(course)
    require_releases(course, list(todo))
    if scheduler is None and choice.chosen() == choice.NONE:
        _list(console, choice.warnings(choice.NONE))  # nbgrader's own go to its log
    for name in todo:
        ensure_known(course, name)
    (course / KEPT).mkdir(exist_ok=True)
    submissions = [(name, student) for name, found in todo.items() for student in found]
    board = Board(console, len(submissions))
    fitting = workers_that_fit(workers)
    with place_to_stage(course) as room, Writer(course, todo, force, board.message) as writer:
        environment = None
        report = board.report
        if scheduler is not None:
            from pawmark.grading.batch.dask import client

            client.run_all(course, submissions, scheduler, report, board.message, force)
            # What the cluster has just run is not run once more.
            environment, report = settings.environment(fresh=None), _silently
        if scheduler is None or writer.takes_staged:
            run = _Run(course, room if writer.takes_staged else None, environment)
            _run_all(run, submissions, fitting, report, writer.ran)
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
    names: Sequence[str],
    force: bool,
    console: Console,
) -> list[str]:
    """Return whom to grade, as nbgrader would; say who is left out and why."""
    graded = [] if force else [n for n in names if _is_graded(course, n, assignment)]
    again = [n for n in graded if hand_ins.newer(course, assignment, n) is not None]
    left = [n for n in graded if n not in again]
    changed = [n for n in left if hand_ins.changed(course, assignment, n)]
    if again:
        _list(console, [f"{assignment}: handed in again, and graded anew: {_named(again)}"])
    if len(left) > len(changed):
        done = len(left) - len(changed)
        console.print(
            f"{assignment}: {counted(done, 'is', 'are')} graded already; --force grades again"
        )
    if changed:
        _list(console, [f"{assignment}: {_named(changed)}: {_CHANGED}"])
    return [n for n in names if n not in left]


def _named(students: Sequence[str]) -> str:
    return listed([legible(name) for name in students], _NAMED)


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


def _silently(student: str, text: str) -> None:
    """Say nothing: it has been said."""


@dataclass(frozen=True)
class _Run:
    """How submissions are run.

    Attributes
    ----------
    course
        The course folder.
    room
        A folder to stage them in; None where that is of no use.
    environment
        Variables of the workers' environment, where they have some of their own.
    """

    course: Path
    room: Path | None
    environment: Mapping[str, str] | None = None


def _run_all(
    run: _Run,
    submissions: Sequence[tuple[str, str]],
    workers: int,
    report: Callable[[str, str], None],
    ran: Callable[[str, str, Path | None], None],
) -> None:
    """Run submissions, each given by assignment and student, and stage them; report each."""
    threads = min(workers, len(submissions))
    with Pool(run.course / LOGS) as pool, ThreadPoolExecutor(threads) as waiters:
        waiting: dict[Future[tuple[str, Path | None]], tuple[str, str]] = {
            waiters.submit(_run_one, pool, run, *submission): submission
            for submission in submissions
        }
        try:
            while waiting:
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    assignment, student = waiting.pop(future)
                    text, staged = future.result()
                    report(student, text)
                    ran(assignment, student, staged)
        except KeyboardInterrupt:
            waiters.shutdown(wait=False, cancel_futures=True)
            pool.close()
            raise


def _run_one(pool: Pool, run: _Run, assignment: str, student: str) -> tuple[str, Path | None]:
    """Return what came of a submission, in words, and where it is staged."""
    began = time.monotonic()
    staged = None if run.room is None else Path(tempfile.mkdtemp(dir=run.room))
    order = {"do": "submission", "course": str(run.course), "assignment": assignment}
    order |= {"student": student, "staged": str(staged or "")}
    answer: dict[str, Any] = {}
    with contextlib.suppress(WorkerEndedError):  # nbgrader meets the same, and says it
        answer = pool.ask(order, run.environment)
    seconds = f"{time.monotonic() - began:.0f} s"
    if "points" not in answer:
        return f"not run ({seconds}); nbgrader says why below", None
    points = of_points(answer["points"], answer["max_points"])
    return f"{points} by the checks, {seconds}", staged
