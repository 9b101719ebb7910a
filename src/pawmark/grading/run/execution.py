"""Runs a repaired notebook cell by cell and its hidden checks at each check cell."""

import json
import math
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from nbformat import NotebookNode

from pawmark.grading.boundary import wire
from pawmark.grading.boundary.sanitizing import Cleaner
from pawmark.grading.checks import class_seed
from pawmark.grading.checks.session import CheckSession, with_checks
from pawmark.grading.checks.student import Reply, Student, StudentError, batch, read_batch
from pawmark.grading.course import Data
from pawmark.grading.intake import stand_in
from pawmark.grading.intake.cells import exercise_of, is_grade, is_solution
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, Outcome
from pawmark.grading.run.recording import Answer, CellTape, Tape
from pawmark.grading.session.kernel import START_LIMIT, CellRun, KernelLost, StudentKernel

MAX_RESTARTS = 6
MAX_TAPE = 64 << 20
_DETAIL = 2000
_LOST = {
    Outcome.TIMEOUT: "your code did not finish within the time limit, that of the cell or that of "
    "the whole notebook: is a loop endless?",
    Outcome.CRASHED: "your code ended the Python process, broke it, or started too many others",
    Outcome.OUT_OF_MEMORY: "your code used more memory than allowed",
    Outcome.NOT_REACHED: "grading did not come this far: the time for the whole notebook was over, "
    "or the process was lost too often",
}


_NOT_ATTEMPTED = "this exercise is not attempted yet"
_UNREADABLE = "your code's answer could not be read"


class _NotOnTapeError(Exception):
    """A check asked what the tape does not answer."""


@dataclass
class Execution:
    """Executes one submission; a lost process costs only the cells that lost it.

    With a tape of an earlier run of the same submission, no student code runs: cells and questions
    are answered from it, and the process is started only for a check that asks something new.

    Parameters
    ----------
    notebook
        The repaired notebook; outputs are written into it.
    undone
        Exercises that the student left as released; nothing is asked for them. When every
        exercise is among them, nothing is run.
    course
        The folder with ``grader_tests/``.
    data
        The grader's data.
    guest_root
        The data folder as the student's process sees it.
    new_kernel
        Makes a fresh, not yet started process for student code.
    sandbox
        The name of the sandbox that those run in.
    seed
        Seed of the hidden inputs.
    timeout
        Seconds for one cell or one question, unless the cell's own metadata tells another limit:
        ``"pawmark": {"seconds": 300}`` in the source notebook.
    patience
        What limits of cells are multiplied by; they are written for the profile ``quick``.
    budget
        Seconds for everything that runs of the submission: processes that start, cells, questions.
    about
        What its tape says of itself: see `Tape`.
    beside
        Files that lie in the working folder of its processes, by path.
    old
        The tape of an earlier run; its seed is used again.

    Attributes
    ----------
    tape
        The tape of this run. Its outputs are safe to show.
    live
        How many processes were started for it.
    cpu_seconds
        Processor time that student code took in them; not that of processes that were lost.
    """

    notebook: NotebookNode
    undone: frozenset[str]
    course: Path
    data: Data
    guest_root: str
    new_kernel: Callable[[], StudentKernel]
    sandbox: str
    seed: int
    timeout: float
    patience: float = 1.0
    budget: float = math.inf
    about: dict[str, str] = field(default_factory=dict)
    beside: Mapping[str, bytes] = field(default_factory=dict)
    old: Tape | None = None
    results: dict[str, ExerciseResult] = field(default_factory=dict)
    _steps: list[tuple[str, float]] = field(default_factory=list)
    _done: int = 0
    _lost: dict[str, Outcome] = field(default_factory=dict)
    _kernel: StudentKernel | None = None
    _restarts: int = 0
    _check_name: str = ""
    _missed: set[str] = field(default_factory=set)
    _tape_left: int = MAX_TAPE
    _began_with: float = 0.0

    def __post_init__(self) -> None:
        if self.old is not None:
            self.seed = self.old.seed
        self.tape = Tape(self.seed, self.sandbox)
        self._left = self.budget
        self._cleaner = Cleaner()
        if self.old is not None:
            self.tape.seconds, self.tape.memory = self.old.seconds, self.old.memory
        self.live = 0
        self.cpu_seconds = 0.0

    def run(self) -> dict[str, ExerciseResult]:
        """Run all cells in order and return the results by exercise.

        Raises
        ------
        DataError
            When the data vanished or changed meanwhile: then there are no results.
        """
        if self.old is not None and self.old.gave_up:
            return self._give_up(self.old)
        self.data.require_unchanged()
        if self.old is not None and self._is_settled(self.old):
            return self._repeat(self.old)
        shared = class_seed.of(self.course)
        session = CheckSession(self.course, self.data, self.guest_root, self.seed, shared)
        try:
            with_checks(self._worth, session, self._run_cells)
        finally:
            self._close()
        self.data.require_unchanged()
        results = tuple(self.results.values())
        self.tape.about = dict(self.about)
        if self.old is not None and not self.live:  # nothing of it was made here
            self.tape.sandbox = self.old.sandbox
        self.tape.results = () if any(result.needs_person for result in results) else results
        return self.results

    @property
    def learnt(self) -> bool:
        """Whether the tape holds what that of the earlier run does not."""
        return self.tape is not self.old

    def _is_settled(self, old: Tape) -> bool:
        """Tell whether the very same checks, for the same points, ran from this tape before."""
        worth = {result.exercise: result.max_points for result in old.results}
        wanted = {exercise: round(points, 6) for exercise, points in self._worth.items()}
        return bool(worth) and (old.about, worth) == (self.about, wanted)

    def _repeat(self, old: Tape) -> dict[str, ExerciseResult]:
        self.tape = old
        for index, taped in old.cells.items():
            self._show(index, taped)
        self.results = {result.exercise: result for result in old.results}
        return self.results

    def _run_cells(self, checks: CheckSession) -> None:
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type != "code":
                continue
            if is_grade(cell) and not is_solution(cell):
                self._check(cell, checks)
            elif self._worth.keys() - self.undone:
                self._execute(index, cell)

    def _give_up(self, old: Tape) -> dict[str, ExerciseResult]:
        """Ask for a person: the tape says that the submission could not be run."""
        self.tape = old
        for exercise, points in self._worth.items():
            self.results[exercise] = _broken(exercise, points, old.gave_up)
        return self.results

    def _close(self) -> None:
        if self._kernel is not None:
            spent = self._kernel.used().cpu_seconds
            self.cpu_seconds += max(spent - self._began_with, 0.0)
            self._kernel.close()
            self.tape.memory = max(self.tape.memory, self._kernel.peak_memory)
            self._kernel = None

    def _lose(self) -> None:
        self._close()
        self._restarts += 1

    def _alive(self) -> StudentKernel | None:
        """Return a process in which all earlier cells have run, or None when that is over."""
        while self._restarts <= MAX_RESTARTS and self._left > 0:
            if self._kernel is None:
                self._kernel, self._done = self.new_kernel(), 0
                with self._spending():
                    self._kernel.start()
                self.live += 1
                self._began_with = self._kernel.used().cpu_seconds
                if not self._handed_over():
                    continue
            if self._caught_up():
                return self._kernel
        self._close()
        return None

    @contextmanager
    def _spending(self) -> Iterator[None]:
        """Take the time of what is done within from the time for the whole submission."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._left -= time.monotonic() - began

    def _run_in(self, kernel: StudentKernel, step: tuple[str, float]) -> CellRun:
        source, limit = step
        with self._spending():
            return kernel.run(source, min(limit, self._left))

    def _handed_over(self) -> bool:
        """Give a new process the files that were handed in, before any code runs in it."""
        trained = stand_in.files_for(self.notebook, self.course)
        messages = [stand_in.message_for(trained)] if trained else []
        if self.beside:
            files = dict(self.beside)
            messages.append(wire.encode({"op": "lay", "args": {"files": files}}))
        try:
            for message in messages:
                self._kernel.ask(message, START_LIMIT)
        except KernelLost:
            self._lose()
            return False
        return True

    @property
    def losses(self) -> list[str]:
        """A line on each cell that cost its process, for the student; it was not run again."""
        return [
            f"the cell that begins with {_beginning(self.notebook.cells[index].source)!r} was "
            f"stopped ({taped.lost}): {_LOST[taped.lost]}; it was not run again, and the cells "
            "before it were"
            for index, taped in sorted(self.tape.cells.items())
            if taped.lost not in (None, Outcome.NOT_REACHED)
        ]

    def _caught_up(self) -> bool:
        """Run the cells that the process has not seen; a cell that loses it now is dropped."""
        while self._done < len(self._steps):
            if self._run_in(self._kernel, self._steps[self._done]).outcome in _LOST:
                del self._steps[self._done]
                self._lose()
                return False
            self._done += 1
        return True

    def _execute(self, index: int, cell: NotebookNode) -> None:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        step = (cell.source, self._limits.get(grade_id, self.timeout))
        taped = self._from_tape(index) or self._run(step)
        self.tape.cells[index] = taped
        self._show(index, taped)
        if taped.lost is not None:
            self._lost[grade_id] = taped.lost

    def _show(self, index: int, taped: CellTape) -> None:
        notes = [] if taped.lost is None else [_note(_LOST[taped.lost])]
        self.notebook.cells[index].outputs = [*map(NotebookNode, taped.outputs), *notes]

    def _from_tape(self, index: int) -> CellTape | None:
        taped = self.old.cells.get(index) if self.old is not None else None
        if taped is not None and taped.lost is None:
            cell = self.notebook.cells[index]
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            self._steps.append((cell.source, self._limits.get(grade_id, self.timeout)))
        return taped

    def _run(self, step: tuple[str, float]) -> CellTape:
        kernel = self._alive()
        if kernel is None:
            return CellTape([], Outcome.NOT_REACHED)
        run = self._run_in(kernel, step)
        self.tape.seconds += run.seconds
        outputs = self._cleaner.clean(map(NotebookNode, run.outputs))
        if run.outcome in _LOST:
            self._lose()
            return CellTape(outputs, run.outcome)
        self._steps.append(step)
        self._done += 1
        return CellTape(outputs, None)

    def _check(self, cell: NotebookNode, checks: CheckSession) -> None:
        settings = cell.metadata["nbgrader"]
        exercise = exercise_of(settings["grade_id"])
        points = float(settings["points"])
        try:
            self.results[exercise] = self._checked(checks, exercise, points)
        except Exception:  # one broken module of checks takes no other grade along
            self.results[exercise] = _broken(exercise, points, traceback.format_exc())

    def _checked(self, checks: CheckSession, exercise: str, points: float) -> ExerciseResult:
        """Run the checks of an exercise; those that the tape cannot answer a second time, live."""
        self._missed = set()

        def begins(check: str) -> None:
            self._check_name = check
            self.tape.answers.pop((exercise, check), None)

        if self.old is not None and exercise in self.old.probes:
            self.tape.probes[exercise].update(self.old.probes[exercise])
        door = self._door(exercise)
        result = checks.run(exercise, door, points, begins)
        if not self._missed:
            return result
        old, self.old = self.old, None
        try:
            door = self._door(exercise)
            live = checks.run(exercise, door, points, begins, self._missed)
        finally:
            self.old = old
        again = {check.check: check for check in live.checks}
        return ExerciseResult(exercise, tuple(again.get(c.check, c) for c in result.checks))

    def _door(self, exercise: str) -> Student:
        return Student(self._questioner(exercise), self._batcher(exercise))

    def _batcher(
        self, exercise: str
    ) -> Callable[[Sequence[wire.Message], float, bool], list[Reply]]:
        """Return what asks many questions at once; of those on the tape, no student code is asked.

        What was lost once is not asked again.
        """

        def ask_all(messages: Sequence[wire.Message], seconds: float, cheap: bool) -> list[Reply]:
            if exercise in self.undone:
                undone = StudentError(Outcome.NOT_ATTEMPTED, _NOT_ATTEMPTED)
                return [undone] * len(messages)
            known = self.tape.probes[exercise]
            keys = [wire.digest_of(message) for message in messages]
            missing = {
                key: one for key, one in zip(keys, messages, strict=True) if key not in known
            }
            if missing and not (cheap and self._kernel is None):
                known.update(self._asked_at_once(exercise, missing, seconds))
            return [_reply_of(known.get(key)) for key in keys]

        return ask_all

    def _asked_at_once(
        self, exercise: str, questions: dict[str, wire.Message], seconds: float
    ) -> dict[str, Answer]:
        """Ask questions as one batch; a process that is lost meanwhile answers none of them."""
        if exercise in self._lost:
            return {key: Answer(key, None, self._lost[exercise]) for key in questions}
        asked = self._asked("", batch(list(questions.values()), seconds))
        if asked.reply is None:
            self._lost[exercise] = asked.lost
            return {key: Answer(key, None, asked.lost) for key in questions}
        try:
            replies = read_batch(asked.reply, len(questions))
        except StudentError as error:
            return {key: Answer(key, None, error.outcome) for key in questions}
        return {
            key: Answer(key, reply, None) for key, reply in zip(questions, replies, strict=True)
        }

    def _questioner(self, exercise: str) -> Callable[[wire.Message], wire.Message]:
        """Return what asks the live process; after one loss the exercise asks no more."""

        def ask(message: wire.Message) -> wire.Message:
            if exercise in self.undone:
                raise StudentError(Outcome.NOT_ATTEMPTED, _NOT_ATTEMPTED)
            if exercise in self._lost:
                raise StudentError(self._lost[exercise], _LOST[self._lost[exercise]])
            question = wire.digest_of(message)
            answer = self._taped(exercise, question) or self._asked(question, message)
            self.tape.answers[exercise, self._check_name].append(self._kept(answer))
            if answer.reply is None:
                self._lost[exercise] = answer.lost
                raise StudentError(answer.lost, _LOST[answer.lost])
            return answer.reply

        return ask

    def _kept(self, answer: Answer) -> Answer:
        """Return what the tape keeps of an answer: nothing of more than memory and disk can take.

        A question without its answer there is asked again, live.
        """
        if answer.reply is not None:
            self._tape_left -= len(json.dumps(answer.reply.tree)) + sum(
                map(len, answer.reply.blobs)
            )
        return answer if self._tape_left >= 0 else Answer("", None, None)

    def _taped(self, exercise: str, question: str) -> Answer | None:
        """Return the tape's answer to a check's next question.

        Raises
        ------
        _NotOnTapeError
            If the check asks something else than it did then.
        """
        if self.old is None:
            return None
        key = (exercise, self._check_name)
        answers, place = self.old.answers.get(key, []), len(self.tape.answers.get(key, []))
        if place < len(answers) and answers[place].question == question:
            return answers[place]
        self._missed.add(self._check_name)
        raise _NotOnTapeError

    def _asked(self, question: str, message: wire.Message) -> Answer:
        kernel = self._alive()
        if kernel is None:
            return Answer(question, None, Outcome.NOT_REACHED)
        began = time.monotonic()
        try:
            with self._spending():
                reply = kernel.ask(message, min(self.timeout, self._left))
            return Answer(question, reply, None)
        except KernelLost as lost:
            self._lose()
            return Answer(question, None, lost.outcome)
        finally:
            self.tape.seconds += time.monotonic() - began

    @cached_property
    def _worth(self) -> dict[str, float]:
        """Points by exercise, in the order of their check cells."""
        cells = [
            cell.metadata["nbgrader"]
            for cell in self.notebook.cells
            if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)
        ]
        return {exercise_of(cell["grade_id"]): float(cell["points"]) for cell in cells}

    @cached_property
    def _limits(self) -> dict[str, float]:
        """Limits by grade_id; those of a student's own cells do not survive repair."""
        limits = {}
        for cell in self.notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            seconds = cell.metadata.get("pawmark", {}).get("seconds")
            limits[grade_id] = self.timeout if seconds is None else float(seconds) * self.patience
        return limits


def _reply_of(answer: Answer | None) -> Reply:
    if answer is None or answer.reply is not None:
        return answer and answer.reply
    return StudentError(answer.lost, _LOST.get(answer.lost, _UNREADABLE))


def _broken(exercise: str, points: float, detail: str) -> ExerciseResult:
    """Return what stands for an exercise whose checks could not be run: a person is asked."""
    check = CheckResult(
        check=exercise,
        title="The checks of this exercise could not be run.",
        outcome=Outcome.GRADER_ERROR,
        points=0.0,
        max_points=points,
        message="this is no fault of yours; a person will look at it",
        detail=detail[-_DETAIL:],
    )
    return ExerciseResult(exercise, (check,))


def _beginning(source: str) -> str:
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    return lines[0][:60] if lines else ""


def _note(text: str) -> NotebookNode:
    return NotebookNode(output_type="stream", name="stderr", text=f"Grader: {text}.\n")
