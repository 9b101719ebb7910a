"""Runs a repaired notebook cell by cell and its hidden checks at each check cell."""

import json
import math
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from nbformat import NotebookNode

from pawmark.grading.boundary import wire
from pawmark.grading.boundary.sanitizing import Cleaner
from pawmark.grading.checks.session import CheckSession, with_checks
from pawmark.grading.checks.student import Reply, Student, StudentError, batch, read_batch
from pawmark.grading.checks.watching import Watcher
from pawmark.grading.course import Data
from pawmark.grading.intake import stand_in
from pawmark.grading.intake.cells import (
    exercise_of,
    is_grade,
    is_solution,
    is_students_own,
    is_tested_inside,
    visible_tests,
)
from pawmark.grading.intake.kernels import PYTHON
from pawmark.grading.intake.rebuild import Doubt
from pawmark.grading.results.outcomes import (
    NOT_ATTEMPTED_YET,
    CheckResult,
    ExerciseResult,
    Outcome,
)
from pawmark.grading.run.processes import (
    DOUBT_LEFT_OUT,
    DOUBT_SEVERAL,
    LATER,
    LATER_SILENT,
    CauseFoundError,
    Loss,
    Origin,
    Processes,
    Step,
)
from pawmark.grading.run.questions import asked_by, lacking_in
from pawmark.grading.run.recording import Answer, RecordedCell, Recording
from pawmark.grading.run.slices import Slice
from pawmark.grading.run.testing_inside import (
    TESTS,
    Tested,
    awaits,
    hidden_part,
    is_full,
    judged,
    message_for,
    missing_in,
    needed_before,
    read_tested,
    tested_reply,
)
from pawmark.grading.secret import Secret
from pawmark.grading.session.kernel import StudentKernel

MAX_RECORDING = 64 << 20
_FOR_A_COPY = 10.0  # seconds that a process may take beside the tests that run in its copy
_DETAIL = 2000
_LOST = {
    Outcome.TIMEOUT: "your code did not finish within the time limit, that of the cell or that of "
    "the whole notebook: is a loop endless?",
    Outcome.CRASHED: "your code ended the Python process, broke it, or started too many others",
    Outcome.OUT_OF_MEMORY: "your code used more memory than allowed",
    Outcome.NOT_REACHED: "grading did not come this far: the time for the whole notebook was over, "
    "or the process was lost too often",
}


_DOUBT_NOT_REACHED = (
    "grading did not come as far as this exercise: the time for the whole notebook was over, or "
    "the Python process was lost too often"
)
_UNREADABLE = "your code's answer could not be read"
LEFT_OUT = "this cell was not run, as nothing that is graded needs it"
AS_HANDED_IN = "this cell was not run again; what follows is as it was handed in"


class _NotRecordedError(Exception):
    """A check asked what the recording does not answer."""


class _LackingError(Exception):
    """Something that was left out is missed: everything runs."""


@dataclass
class Execution:
    """Executes one submission; a lost process costs only the cells that lost it.

    Which those are, `processes` finds out.

    With a recording of an earlier run of the same submission, no student code runs: cells and
    questions are answered from it, and the process is started only for a check that asks something
    new.

    Parameters
    ----------
    notebook
        The repaired notebook; outputs are written into it.
    not_attempted
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
    secret
        What else is hidden comes from it.
    timeout
        Seconds for one cell or one question, unless the cell's own metadata tells another limit:
        ``"pawmark": {"seconds": 300}`` in the source notebook.
    patience
        What limits of cells are multiplied by; they are written for the profile ``quick``.
    budget
        Seconds for everything that runs of the submission: processes that start, cells, questions.
    about
        What its recording says of itself: see `Recording`.
    kernel
        The name of Jupyter's kernel that runs it.
    beside
        Files that lie in the working folder of its processes, by path.
    old
        The recording of an earlier run; its seed is used again, and what it has left out is left
        out again.
    part
        What of the notebook is run, without such a recording.
    watcher
        Who wants to see what checks ask and what is answered: then they run, also where what came
        of them is recorded.

    Attributes
    ----------
    recording
        The recording of this run. Its outputs are safe to show.
    processes
        Those in which it runs.
    """

    notebook: NotebookNode
    not_attempted: frozenset[str]
    course: Path
    data: Data
    guest_root: str
    new_kernel: Callable[[], StudentKernel]
    sandbox: str
    seed: int
    secret: Secret
    timeout: float
    patience: float = 1.0
    budget: float = math.inf
    about: dict[str, str] = field(default_factory=dict)
    kernel: str = PYTHON
    beside: Mapping[str, bytes] = field(default_factory=dict)
    old: Recording | None = None
    part: Slice = field(default_factory=Slice)
    watcher: Watcher | None = None
    results: dict[str, ExerciseResult] = field(default_factory=dict)
    _lost: dict[str, Loss] = field(default_factory=dict)
    _causes: dict[int, Outcome] = field(default_factory=dict)
    _found: CauseFoundError | None = None
    _place: int = 0
    _lacking: str = ""
    _check_name: str = ""
    _missed: set[str] = field(default_factory=set)
    _bytes_left: int = MAX_RECORDING

    def __post_init__(self) -> None:
        if self.old is not None:
            self.seed = self.old.seed
            self.part = Slice(self.old.left_out)
        self.recording = self._new_recording()
        self._handed_in: dict[int, list[NotebookNode]] = {}
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type == "code":
                self._handed_in[index], cell.outputs = cell.outputs, []
        self._cleaner = Cleaner()
        self.processes = Processes(self.new_kernel, self._handed_over, self.budget)
        if self.old is not None:
            self.recording.seconds, self.recording.memory = self.old.seconds, self.old.memory
            self.processes.doubts += self.old.doubts

    @property
    def live(self) -> int:
        """How many processes were started for it."""
        return self.processes.started

    @property
    def cpu_seconds(self) -> float:
        """Processor time that student code took in them; not that of processes that were lost."""
        return self.processes.cpu_seconds

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
        if self.old is not None and self._is_settled(self.old) and self.watcher is None:
            return self._repeat(self.old)
        session = CheckSession(
            self.course, self.data, self.guest_root, self.seed, self.secret, self.watcher
        )
        try:
            with_checks(self._worth, session, self._run_cells)
        finally:
            self.processes.close()
        self.data.require_unchanged()
        results = tuple(self.results.values())
        self.recording.memory = max(self.recording.memory, self.processes.memory)
        self.recording.doubts = tuple(self.processes.doubts)
        self.recording.about = dict(self.about)
        if self.old is not None and not self.live:  # nothing of it was made here
            self.recording.sandbox = self.old.sandbox
        self.recording.results = () if any(result.needs_person for result in results) else results
        return self.results

    @property
    def learnt(self) -> bool:
        """Whether the recording holds what that of the earlier run does not."""
        return self.recording is not self.old

    def _is_settled(self, old: Recording) -> bool:
        """Tell whether the very same checks, for the same points, ran from it before."""
        worth = {result.exercise: result.max_points for result in old.results}
        wanted = {exercise: round(points, 6) for exercise, points in self._worth.items()}
        return bool(worth) and (old.about, worth) == (self.about, wanted)

    def _repeat(self, old: Recording) -> dict[str, ExerciseResult]:
        self.recording = old
        for index, recorded in old.cells.items():
            self._show(index, recorded)
        for index in old.left_out:
            self._show_left_out(index)
        for index, cell in enumerate(self.notebook.cells):
            if is_tested_inside(cell):
                self._show_tested(index, old)
        self.results = {result.exercise: result for result in old.results}
        return self.results

    def _show_tested(self, index: int, old: Recording) -> None:
        """Show what a whole cell of tests gave; its visible half is recorded as other cells are."""
        cell = self.notebook.cells[index]
        answers = old.answers.get((exercise_of(cell.metadata["nbgrader"]["grade_id"]), TESTS))
        if answers and answers[-1].reply is not None:  # the last one is the one that was scored
            self._show_outputs(cell, _tested_by(answers[-1], None))

    def _show_outputs(self, cell: NotebookNode, tested: Tested) -> None:
        cell.outputs = [*map(NotebookNode, self._cleaner.clean(map(NotebookNode, tested.outputs)))]

    def _run_cells(self, checks: CheckSession) -> None:
        while True:
            try:
                self._run_through(checks)
                return
            except CauseFoundError as cause:
                self._begin_anew(cause)
            except _LackingError:
                self._run_whole()

    def _run_through(self, checks: CheckSession) -> None:
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type != "code":
                continue
            self._place = index
            if is_tested_inside(cell):
                self._test(index, cell)
            elif is_grade(cell) and not is_solution(cell):
                self._check(cell, checks)
            elif index in self.part.left_out:
                self._show_left_out(index)
            elif self._worth.keys() - self.not_attempted:
                self._execute(index, cell)

    def _begin_anew(self, cause: CauseFoundError) -> None:
        """Forget what was run: all of it runs again, without the cell that ended the process."""
        if self._causes:
            self.processes.doubt(DOUBT_SEVERAL)
        if cause.outcome is Outcome.TIMEOUT:
            self.processes.doubt(DOUBT_LEFT_OUT)
        self._causes[cause.step.index] = cause.outcome
        self.processes.forget()
        self._forget_results()

    def _run_whole(self) -> None:
        """Forget what was run of a part of the notebook: all of it runs, as if that had not been.

        A part may save time, and never a point: so all the time there is for a submission is there
        once more.
        """
        self.part = Slice(whole=f"{self._lacking} was missing")
        spent, memory = self.cpu_seconds, self.processes.memory
        self.processes.close()
        self.processes = Processes(self.new_kernel, self._handed_over, self.budget)
        self.processes.cpu_seconds, self.processes.memory = spent, memory
        self._causes.clear()
        self._lacking = ""
        self._forget_results()

    def _forget_results(self) -> None:
        self.old, self._found, self._bytes_left = None, None, MAX_RECORDING
        self._lost.clear()
        self.results.clear()
        seconds, memory = self.recording.seconds, self.recording.memory
        self.recording = self._new_recording()
        self.recording.seconds, self.recording.memory = seconds, memory

    def _new_recording(self) -> Recording:
        return Recording(self.seed, self.sandbox, left_out=dict(self.part.left_out))

    def _give_up(self, old: Recording) -> dict[str, ExerciseResult]:
        """Ask for a person: the recording says that the submission could not be run."""
        self.recording = old
        for exercise, points in self._worth.items():
            self.results[exercise] = _broken(exercise, points, old.gave_up)
        return self.results

    def _handed_over(self) -> list[wire.Message]:
        """Return what brings the files that were handed in into a new process."""
        trained = stand_in.files_for(self.notebook, self.course)
        messages = [stand_in.message_for(trained)] if trained else []
        if self.beside:
            files = dict(self.beside)
            messages.append(wire.encode({"op": "lay", "args": {"files": files}}))
        return messages

    @property
    def losses(self) -> list[str]:
        """A line on each cell that cost its process, for the student; it was not run again."""
        return [
            f"the cell that begins with {_beginning(self.notebook.cells[index].source)!r} was "
            f"stopped ({recorded.lost}): {_words(recorded.lost, recorded.words)}; it was not run "
            "again, and the other cells were"
            for index, recorded in sorted(self.recording.cells.items())
            if recorded.lost is not None
            and (recorded.words or recorded.lost is not Outcome.NOT_REACHED)
        ]

    @property
    def left_out(self) -> tuple[str, ...]:
        """The names of the cells that were not run, as no grade needs them."""
        cells = [self.notebook.cells[index] for index in sorted(self.recording.left_out)]
        return tuple(_name_of(cell) for cell in cells)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Why a person should look at it: what ended it is not known, or not all was reached."""
        return (
            *map(Doubt, self.recording.doubts),
            *(
                Doubt(_DOUBT_NOT_REACHED, name)
                for name, result in self.results.items()
                if any(check.outcome is Outcome.NOT_REACHED for check in result.checks)
            ),
        )

    def _step(self, index: int) -> Step:
        cell = self.notebook.cells[index]
        # What tests call is the student's: where they hang, it is by that.
        answer = is_solution(cell) or is_tested_inside(cell)
        origin = Origin.ANSWER if answer else Origin.GIVEN
        origin = Origin.ADDED if is_students_own(cell) else origin
        return Step(index, visible_tests(cell), self._limit_of(cell), origin)

    def _limit_of(self, cell: NotebookNode) -> float:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        return self._limits.get(grade_id, self.timeout)

    def _execute(self, index: int, cell: NotebookNode) -> None:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if index in self._causes:
            cause = self._causes[index]
            words = LATER_SILENT if cause is Outcome.TIMEOUT else LATER
            recorded = RecordedCell([], cause, words)
        else:
            recorded = self._from_recording(index) or self._run(index)
        self.recording.cells[index] = recorded
        self._show(index, recorded)
        if recorded.lost is not None:
            self._lost[grade_id] = Loss(recorded.lost, recorded.words)

    def _show_left_out(self, index: int) -> None:
        shown = self._handed_in[index]
        outputs = [_remark(AS_HANDED_IN if shown else LEFT_OUT), *shown]
        self.notebook.cells[index].outputs = outputs

    def _show(self, index: int, recorded: RecordedCell) -> None:
        notes = [] if recorded.lost is None else [_note(_words(recorded.lost, recorded.words))]
        self.notebook.cells[index].outputs = [*map(NotebookNode, recorded.outputs), *notes]

    def _from_recording(self, index: int) -> RecordedCell | None:
        recorded = self.old.cells.get(index) if self.old is not None else None
        if recorded is not None and recorded.lost is None:
            self.processes.recorded(self._step(index))
        return recorded

    def _run(self, index: int) -> RecordedCell:
        run, loss = self.processes.run(self._step(index), self._answers_above(index))
        if run is None:
            return RecordedCell([], Outcome.NOT_REACHED)
        self.recording.seconds += run.seconds
        self._require_enough(missing_in(run.outputs, self._left_out_names))
        outputs = self._cleaner.clean(map(NotebookNode, run.outputs))
        return RecordedCell(outputs, None) if loss is None else RecordedCell(outputs, *_of(loss))

    def _check(self, cell: NotebookNode, checks: CheckSession) -> None:
        settings = cell.metadata["nbgrader"]
        exercise = exercise_of(settings["grade_id"])
        points = float(settings["points"])
        try:
            self.results[exercise] = self._checked(checks, exercise, points)
        except Exception:  # one broken module of checks takes no other grade along
            self.results[exercise] = _broken(exercise, points, traceback.format_exc())
        self._require_enough(self._lacking)
        if self._found is not None:
            raise self._found

    def _answers_above(self, index: int) -> list[int]:
        """Return the positions of the answers that a cell of tests may call; none for others."""
        if not is_tested_inside(self.notebook.cells[index]):
            return []
        above = enumerate(self.notebook.cells[:index])
        return [place for place, cell in above if is_solution(cell)]

    def _test(self, index: int, cell: NotebookNode) -> None:
        """Run a cell of tests beside the student's code, as nbgrader would, and score it so.

        Hidden tests are in none of the processes that run what comes after.
        """
        exercise = exercise_of(cell.metadata["nbgrader"]["grade_id"])
        try:
            tested = self._tested(index, cell, exercise)
            self.results[exercise] = judged(cell, exercise, tested)
        except (CauseFoundError, _LackingError):
            raise
        except Exception:  # one cell that cannot be scored takes no other grade along
            points = float(cell.metadata["nbgrader"]["points"])
            self.results[exercise] = _broken(exercise, points, traceback.format_exc())
            return
        self._require_enough(self._lacking)
        if self._found is not None:
            raise self._found
        if visible_tests(cell) != cell.source and tested.loss is None:
            self._execute(index, cell)  # as it was when the student ran the notebook
        self._show_outputs(cell, tested)

    def _tested(self, index: int, cell: NotebookNode, exercise: str) -> Tested:
        """Return what came of a cell of tests."""
        if visible_tests(cell) == cell.source:  # nothing is hidden in it: it is run like others
            self._execute(index, cell)
            recorded = self.recording.cells[index]
            lost = None if recorded.lost is None else Loss(recorded.lost, recorded.words)
            return Tested([dict(output) for output in recorded.outputs], lost)
        if self.kernel != PYTHON or awaits(cell.source):
            tested = self._tested_apart(index, cell)
        else:
            tested = self._tested_in_a_copy(index, cell, exercise)
        self._require_enough(missing_in(tested.outputs, self._left_out_names))
        return tested

    def _tested_in_a_copy(self, index: int, cell: NotebookNode, exercise: str) -> Tested:
        """Run tests in a copy of the process; what fails there is run in the process itself.

        A copy may save trouble, and never a point: not all libraries survive it.
        """
        limit = self._limit_of(cell)
        before = self._hidden_before(index)
        message = message_for(cell.source, before, limit, copy=True)
        answer, loss = self._answered(index, exercise, message, limit)
        tested = _tested_by(answer, loss)
        if tested.loss is None and is_full(cell, tested):
            return tested
        message = message_for(cell.source, before, limit, copy=False)
        return _tested_by(*self._answered(index, exercise, message, limit))

    def _hidden_before(self, index: int) -> list[str]:
        """Return the texts of hidden tests above that bind what those of a cell use."""
        above = [cell for cell in self.notebook.cells[:index] if is_tested_inside(cell)]
        return needed_before(
            self.notebook.cells[index].source,
            [hidden_part(cell.source, visible_tests(cell)) for cell in above],
        )

    def _answered(
        self, index: int, exercise: str, message: wire.Message, limit: float
    ) -> tuple[Answer, Loss | None]:
        """Ask for a run of tests, or take it from the recording."""
        question, key = wire.digest_of(message), (exercise, TESTS)
        place = len(self.recording.answers.get(key, []))
        old = [] if self.old is None else self.old.answers.get(key, [])
        if place < len(old) and old[place].question == question:
            answer, loss = old[place], None
        else:
            own = self._answers_above(index)
            answer, loss = self._asked(exercise, question, message, limit + _FOR_A_COPY, own)
        self.recording.answers[key].append(self._kept(answer))
        return answer, loss

    def _tested_apart(self, index: int, cell: NotebookNode) -> Tested:
        """Run tests in a process that nothing else runs in afterwards."""
        key = (exercise_of(cell.metadata["nbgrader"]["grade_id"]), TESTS)
        for kept in () if self.old is None else self.old.answers.get(key, ()):
            if kept.reply is not None or kept.lost is not None:
                self.recording.answers[key].append(kept)
                return _tested_by(kept, None)
        step = Step(index, cell.source, self._limit_of(cell), Origin.ANSWER)
        run, loss = self.processes.run_and_forget(step, self._answers_above(index))
        self.recording.seconds += 0.0 if run is None else run.seconds
        outputs = [] if run is None else run.outputs
        lost = loss or (Loss(Outcome.NOT_REACHED) if run is None else None)
        reply = tested_reply(outputs) if lost is None else None
        kept_loss = (None, "") if lost is None else _of(lost)
        self.recording.answers[key].append(self._kept(Answer("", reply, *kept_loss)))
        return Tested(outputs, lost)

    def _require_enough(self, name: str) -> None:
        """Make sure that nothing that was left out is missed.

        Raises
        ------
        _LackingError
            If a name is.
        """
        if name:
            self._lacking = name
            raise _LackingError

    @property
    def _left_out_names(self) -> frozenset[str]:
        """What the cells above this place that are left out would have bound."""
        found = (bound for index, bound in self.part.left_out.items() if index < self._place)
        return frozenset(name for bound in found for name in bound)

    def _checked(self, checks: CheckSession, exercise: str, points: float) -> ExerciseResult:
        """Run the checks of an exercise; those that the old recording cannot answer, live."""
        self._missed = set()

        def begins(check: str) -> None:
            self._check_name = check
            self.recording.answers.pop((exercise, check), None)
            if self.watcher is not None:
                self.watcher.begun(exercise, check)

        if self.old is not None and exercise in self.old.probes:
            self.recording.probes[exercise].update(self.old.probes[exercise])
        student = self._student(exercise)
        result = checks.run(exercise, student, points, begins)
        if not self._missed:
            return result
        old, self.old = self.old, None
        try:
            student = self._student(exercise)
            live = checks.run(exercise, student, points, begins, self._missed)
        finally:
            self.old = old
        again = {check.check: check for check in live.checks}
        return ExerciseResult(exercise, tuple(again.get(c.check, c) for c in result.checks))

    def _student(self, exercise: str) -> Student:
        return Student(self.questioner(exercise), self._batcher(exercise))

    def _batcher(
        self, exercise: str
    ) -> Callable[[Sequence[wire.Message], float, bool], list[Reply]]:
        """Return what asks many questions at once; those in the recording ask no student code.

        What was lost once is not asked again.
        """

        def ask_all(messages: Sequence[wire.Message], seconds: float, cheap: bool) -> list[Reply]:
            if exercise in self.not_attempted:
                answer = StudentError(Outcome.NOT_ATTEMPTED, NOT_ATTEMPTED_YET)
                return [answer] * len(messages)
            known = self.recording.probes[exercise]
            keys = [wire.digest_of(message) for message in messages]
            missing = {
                key: one for key, one in zip(keys, messages, strict=True) if key not in known
            }
            if missing and not (cheap and not self.processes.running):
                known.update(self._asked_at_once(exercise, missing, seconds))
            return [_reply_of(known.get(key)) for key in keys]

        return ask_all

    def _asked_at_once(
        self, exercise: str, questions: dict[str, wire.Message], seconds: float
    ) -> dict[str, Answer]:
        """Ask questions as one batch; a process that is lost meanwhile answers none of them."""
        if exercise in self._lost:
            lost = self._lost[exercise]
            return {key: Answer(key, None, *_of(lost)) for key in questions}
        asked, loss = self._asked(exercise, "", batch(list(questions.values()), seconds))
        if loss is not None:
            self._lost[exercise] = loss
        if asked.reply is None:
            return {key: Answer(key, None, asked.lost, asked.words) for key in questions}
        try:
            replies = read_batch(asked.reply, len(questions))
        except StudentError as error:
            return {key: Answer(key, None, error.outcome) for key in questions}
        return {
            key: Answer(key, reply, None) for key, reply in zip(questions, replies, strict=True)
        }

    def questioner(self, exercise: str) -> Callable[[wire.Message], wire.Message]:
        """Return what asks the live process; after one loss the exercise asks no more."""

        def ask(message: wire.Message) -> wire.Message:
            if exercise in self.not_attempted:
                raise StudentError(Outcome.NOT_ATTEMPTED, NOT_ATTEMPTED_YET)
            if exercise in self._lost:
                raise _error_of(self._lost[exercise])
            question = wire.digest_of(message)
            answer = self._recorded(exercise, question)
            loss = None
            if answer is None:
                answer, loss = self._asked(exercise, question, message)
            self.recording.answers[exercise, self._check_name].append(self._kept(answer))
            if self.watcher is not None:
                self.watcher.asked(exercise, self._check_name, message, answer.reply)
            if answer.reply is None:
                self._lost[exercise] = loss or Loss(_loss(answer), answer.words)
                raise _error_of(self._lost[exercise])
            return answer.reply

        return ask

    def _kept(self, answer: Answer) -> Answer:
        """Return what is recorded of an answer: nothing of more than memory and disk can take.

        A question without its answer there is asked again, live.
        """
        if answer.reply is not None:
            self._bytes_left -= len(json.dumps(answer.reply.tree)) + sum(
                map(len, answer.reply.blobs)
            )
        return answer if self._bytes_left >= 0 else Answer("", None, None)

    def _recorded(self, exercise: str, question: str) -> Answer | None:
        """Return the recording's answer to a check's next question.

        Raises
        ------
        _NotRecordedError
            If the check asks something else than it did then.
        """
        if self.old is None:
            return None
        key = (exercise, self._check_name)
        answers, place = self.old.answers.get(key, []), len(self.recording.answers.get(key, []))
        if place < len(answers) and answers[place].question == question:
            return answers[place]
        self._missed.add(self._check_name)
        raise _NotRecordedError

    def _asked(
        self,
        exercise: str,
        question: str,
        message: wire.Message,
        limit: float | None = None,
        own: Sequence[int] | None = None,
    ) -> tuple[Answer, Loss | None]:
        """Ask live; once it is known that all begins anew, nothing is asked any more.

        That is so when an earlier cell is found to end the process, and when a question needs what
        was left out, by what it asks for or by what its answer says.
        """
        left_out = self._left_out_names
        self._lacking = self._lacking or next(iter(asked_by(message) & left_out), "")
        if self._found is not None or self._lacking:
            return Answer(question, None, Outcome.CRASHED), Loss(Outcome.CRASHED)
        began = time.monotonic()
        try:
            about = self._cells_of(exercise) if own is None else own
            reply, loss = self.processes.ask(message, limit or self.timeout, about)
        except CauseFoundError as cause:
            self._found = cause
            reply, loss = None, Loss(Outcome.CRASHED)
        finally:
            self.recording.seconds += time.monotonic() - began
        if reply is not None and left_out:
            self._lacking = next(iter(lacking_in(reply) & left_out), "")
        return Answer(question, reply, *((None, "") if loss is None else _of(loss))), loss

    def _cells_of(self, exercise: str) -> list[int]:
        """Return the positions of the cells that hold the answer to an exercise."""
        return [
            index
            for index, cell in enumerate(self.notebook.cells)
            if cell.metadata.get("nbgrader", {}).get("grade_id") == exercise
        ]

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


def _of(loss: Loss) -> tuple[Outcome, str]:
    return loss.outcome, loss.words


def _words(lost: Outcome, words: str) -> str:
    return words or _LOST[lost]


def _error_of(loss: Loss) -> StudentError:
    return StudentError(loss.outcome, _words(*_of(loss)))


def _reply_of(answer: Answer | None) -> Reply:
    if answer is None:
        return None
    if answer.reply is not None:
        return answer.reply
    return StudentError(_loss(answer), answer.words or _LOST.get(_loss(answer), _UNREADABLE))


def _loss(answer: Answer) -> Outcome:
    """Return how the process was lost that gave no reply."""
    assert answer.lost is not None, "an answer holds a reply or how the process was lost"
    return answer.lost


def _tested_by(answer: Answer, loss: Loss | None) -> Tested:
    if answer.reply is None:
        return Tested([], loss or Loss(_loss(answer), answer.words))
    return read_tested(answer.reply) or Tested([], Loss(Outcome.CRASHED, _UNREADABLE))


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


def _name_of(cell: NotebookNode) -> str:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    return str(grade_id or cell.get("id") or repr(_beginning(cell.source)))


def _beginning(source: str) -> str:
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    return lines[0][:60] if lines else ""


def _note(text: str) -> NotebookNode:
    return NotebookNode(output_type="stream", name="stderr", text=f"Grader: {text}.\n")


def _remark(text: str) -> NotebookNode:
    return NotebookNode(output_type="stream", name="stdout", text=f"Grader: {text}.\n")
