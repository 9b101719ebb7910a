"""Runs a repaired notebook cell by cell and its hidden checks at each check cell."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from pawmark import pets
from pawmark.grading import wire
from pawmark.grading.checking import run_exercise
from pawmark.grading.kernel import KernelLost, StudentKernel
from pawmark.grading.outcomes import CheckResult, ExerciseResult, Outcome
from pawmark.grading.student import Student, StudentError

CHECK_SUFFIX = "-check"
MAX_RESTARTS = 6
_DETAIL = 2000
_LOST = {
    Outcome.TIMEOUT: "your code did not finish within the time limit: is a loop endless?",
    Outcome.CRASHED: "your code ended the Python process, broke it, or started too many others",
    Outcome.OUT_OF_MEMORY: "your code used more memory than allowed",
    Outcome.NOT_REACHED: "grading did not come this far: the process was lost too often",
}


@dataclass
class Execution:
    """Executes one submission; a lost process costs only the cells that lost it.

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
    seed
        Seed of the hidden inputs.
    timeout
        Seconds for one cell or one question, unless the cell's own metadata tells another limit:
        ``"pawmark": {"seconds": 300}`` in the source notebook.
    """

    notebook: NotebookNode
    undone: frozenset[str]
    course: Path
    data: pets.Pets
    guest_root: str
    new_kernel: Callable[[], StudentKernel]
    seed: int
    timeout: float
    results: dict[str, ExerciseResult] = field(default_factory=dict)
    _ran: list[tuple[str, float]] = field(default_factory=list)
    _lost: dict[str, Outcome] = field(default_factory=dict)
    _kernel: StudentKernel | None = None
    _restarts: int = 0

    def run(self) -> dict[str, ExerciseResult]:
        """Run all cells in order and return the results by exercise."""
        try:
            for cell in self.notebook.cells:
                if cell.cell_type != "code":
                    continue
                if is_grade(cell) and not is_solution(cell):
                    self._check(cell)
                elif self._exercises - self.undone:
                    self._execute(cell)
        finally:
            self._close()
        return self.results

    def _close(self) -> None:
        if self._kernel is not None:
            self._kernel.close()
            self._kernel = None

    def _lose(self) -> None:
        self._close()
        self._restarts += 1

    def _alive(self) -> StudentKernel | None:
        """Return a process in which all earlier cells have run, or None when that is over."""
        while self._kernel is None and self._restarts <= MAX_RESTARTS:
            self._kernel = self.new_kernel()
            self._kernel.start()
            for step in list(self._ran):
                if self._kernel.run(*step).outcome in _LOST:
                    self._ran.remove(step)
                    self._lose()
                    break
        return self._kernel

    def _execute(self, cell: NotebookNode) -> None:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        kernel = self._alive()
        if kernel is None:
            self._lost[grade_id] = Outcome.NOT_REACHED
            return
        step = (cell.source, self._limits.get(grade_id, self.timeout))
        run = kernel.run(*step)
        cell.outputs = [NotebookNode(output) for output in run.outputs]
        if run.outcome in _LOST:
            self._lost[grade_id] = run.outcome
            self._lose()
            cell.outputs.append(_note(_LOST[run.outcome]))
        else:
            self._ran.append(step)

    def _check(self, cell: NotebookNode) -> None:
        settings = cell.metadata["nbgrader"]
        exercise = settings["grade_id"].removesuffix(CHECK_SUFFIX)
        points = float(settings["points"])
        try:
            self.results[exercise] = run_exercise(
                exercise,
                Student(self._questioner(exercise)),
                self.course,
                self.guest_root,
                self.seed,
                max_points=points,
                data=self.data,
            )
        except Exception:  # one broken module of checks takes no other grade along
            self.results[exercise] = _broken(exercise, points, traceback.format_exc())

    def _questioner(self, exercise: str) -> Callable[[wire.Message], wire.Message]:
        """Return what asks the live process; after one loss the exercise asks no more."""

        def ask(message: wire.Message) -> wire.Message:
            if exercise in self._lost:
                raise StudentError(self._lost[exercise], _LOST[self._lost[exercise]])
            if exercise in self.undone:
                raise StudentError(Outcome.NOT_ATTEMPTED, "this exercise is not attempted yet")
            kernel = self._alive()
            if kernel is None:
                self._lost[exercise] = Outcome.NOT_REACHED
                return ask(message)
            try:
                return kernel.ask(message, self.timeout)
            except KernelLost as lost:
                self._lost[exercise] = lost.outcome
                self._lose()
                raise StudentError(lost.outcome, _LOST[lost.outcome]) from lost

        return ask

    @cached_property
    def _exercises(self) -> frozenset[str]:
        return frozenset(
            cell.metadata["nbgrader"]["grade_id"].removesuffix(CHECK_SUFFIX)
            for cell in self.notebook.cells
            if is_grade(cell) and not is_solution(cell)
        )

    @cached_property
    def _limits(self) -> dict[str, float]:
        """Limits by grade_id; those of a student's own cells do not survive repair."""
        limits = {}
        for cell in self.notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            limits[grade_id] = float(cell.metadata.get("pawmark", {}).get("seconds", self.timeout))
        return limits


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


def _note(text: str) -> NotebookNode:
    return NotebookNode(output_type="stream", name="stderr", text=f"Grader: {text}.\n")
