"""Grades that have been computed, written: of many students at once, or by nbgrader.

What a worker staged is written by `pawmark.grading.gradebook.writer`. What that cannot do, or what
nobody could stage, is left to plain ``nbgrader autograde``, which writes the same.
"""

import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from pawmark import settings, terminal
from pawmark.grading.course_folder import LOGS, SUBMITTED, run_nbgrader
from pawmark.grading.gradebook import hand_ins, staging, writer
from pawmark.grading.gradebook.staged import Staged
from pawmark.grading.intake.walking import is_empty
from pawmark.terminal import legible

# Submissions that are written together: so many are marked, and lost to a kill, at most.
TOGETHER = 200


class Writer:
    """Writes the grades of an assignment while others are still running; a context manager.

    What has begun to be written is waited for.

    Parameters
    ----------
    course
        The course folder.
    todo
        Whom to write, by assignment.
    force
        Whether they may have been graded before.
    message
        Told, in a line, what is being done.
    """

    def __init__(
        self,
        course: Path,
        todo: Mapping[str, Sequence[str]],
        force: bool,
        message: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._course, self._force, self._message = course, force, message
        self._converter = staging.converter_of(course)
        self._left_to_nbgrader = staging.left_to_nbgrader(self._converter)
        self._todo = {name: list(students) for name, students in todo.items()}
        self._left = Counter({name: len(students) for name, students in todo.items()})
        self._staged: dict[str, list[Staged]] = defaultdict(list)
        self._written: dict[str, set[str]] = defaultdict(set)
        self._lines: dict[str, list[str]] = defaultdict(list)
        # One at a time: each would wait for the other.
        self._pool = ThreadPoolExecutor(1)
        self._begun: list[Future[None]] = []
        self._ended: dict[str, Future[int]] = {}

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    @property
    def takes_staged(self) -> bool:
        """Whether what is staged is of use: else all is left to nbgrader."""
        return not self._left_to_nbgrader

    def ran(self, assignment: str, student: str, staged: Path | None) -> None:
        """Take a submission that has been run; after the last one its assignment is written.

        Parameters
        ----------
        assignment, student
            Of what, and whose it is.
        staged
            Where it was staged; None where it was not.
        """
        if staged is not None:
            self._staged[assignment].append(Staged.read(staged))
        self._left[assignment] -= 1
        if not self._left[assignment]:
            self._end(assignment)
        elif len(self._staged[assignment]) >= TOGETHER:
            self._begun.append(self._submit(assignment))

    def _submit(self, assignment: str) -> Future[None]:
        return self._pool.submit(self._write, assignment, self._staged.pop(assignment, []))

    def _end(self, assignment: str) -> None:
        self._message(f"writing the grades of {assignment}")
        self._begun.append(self._submit(assignment))
        self._ended[assignment] = self._pool.submit(self._finish, assignment)

    def status(self) -> int:
        """Write what is not written yet; return 0, or what nbgrader's exit status would be."""
        for name in self._todo:
            if name not in self._ended:
                self._end(name)
        for begun in self._begun:
            begun.result()
        return max(future.result() for future in self._ended.values())

    def _write(self, assignment: str, staged: Sequence[Staged]) -> None:
        lines = self._lines[assignment]
        try:
            if staged:
                waiting = partial(lines.append, "Waiting for another grader.")
                writer.write(self._course, self._converter, staged, self._force, waiting)
        except Exception:  # whatever it is: nbgrader meets it too, and says it in its own words
            lines.append(traceback.format_exc())
            return
        self._written[assignment].update(one.student for one in staged)
        lines += [f"Written: {legible(one.student)}" for one in staged]
        asked = [line for one in staged for line in one.for_a_person]
        lines += [f"A person must look: {legible(line)}" for line in asked]

    def _finish(self, assignment: str) -> int:
        """Leave to nbgrader who was not written; return its status."""
        lines, status = self._lines[assignment], 0
        if any(line.startswith("A person must look: ") for line in lines):
            status = 1
        others = [who for who in self._todo[assignment] if who not in self._written[assignment]]
        if others and self._left_to_nbgrader:
            self._message(f"nbgrader writes them: {self._left_to_nbgrader}")
        log = self._course / LOGS / f"autograde-{assignment}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        if others:
            status = max(status, autograde(self._course, assignment, others, self._force))
        with log.open("a" if others else "w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
        for line in lines:
            terminal.echo(line)
        return status


def autograde(course: Path, assignment: str, students: Sequence[str], force: bool) -> int:
    """Let nbgrader write the grades of some students, from their recordings; return its status."""
    flags = ["--force"] if force else []
    log = course / LOGS / f"autograde-{assignment}.log"
    others = sorted(set(handed_in_by(course, assignment)) - set(students))
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


def handed_in_by(course: Path, assignment: str) -> Iterable[str]:
    """Return who handed an assignment in; an empty folder is nothing handed in.

    Names that a gradebook cannot hold are left out.
    """
    folders = (course / SUBMITTED).glob(f"*/{assignment}")
    names = [folder.parent.name for folder in folders if not is_empty(folder)]
    return filter(hand_ins.is_a_name, names)
