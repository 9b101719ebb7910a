"""What grading writes to the gradebook for a cell; nothing else decides it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbgrader.utils import determine_grade, is_grade, is_solution, is_task

from pawmark.grading.intake.cells import exercise_of
from pawmark.grading.intake.rebuild import Doubt
from pawmark.grading.results.outcomes import ExerciseResult


@dataclass(frozen=True)
class Score:
    """What grading says of a cell.

    Attributes
    ----------
    points
        The automatic points; None where only a person can give any.
    asked
        Whether a person is asked.
    """

    points: float | None
    asked: bool

    def write(self, entry: Any) -> None:
        """Write it to one of nbgrader's grades; what a person gave stays, and waits for a look."""
        entry.auto_score = self.points
        entry.needs_manual_grade = self.asked or entry.manual_score is not None


def score_of(
    cell: NotebookNode, results: Mapping[str, ExerciseResult], doubts: Iterable[Doubt]
) -> Score:
    """Return what grading says of a cell that is worth points.

    Parameters
    ----------
    cell
        The cell of the graded notebook.
    results
        What came of the checks, by exercise.
    doubts
        Why a person should look at the submission.
    """
    exercise = exercise_of(cell.metadata["nbgrader"]["grade_id"])
    doubtful = any(doubt.exercise in (None, exercise) for doubt in doubts)
    if is_solution(cell) or is_task(cell) or cell.cell_type != "code":
        # A person grades it, unless it was left as it was handed out.
        points, _ = determine_grade(cell)
        return Score(points, doubtful or points is None)
    result = results[exercise]
    points = min(result.points, float(cell.metadata["nbgrader"]["points"]))
    return Score(points, doubtful or result.needs_person)


def scores_of(
    notebook: NotebookNode, results: Mapping[str, ExerciseResult], doubts: Iterable[Doubt]
) -> dict[str, Score]:
    """Return what grading says of each cell that is worth points, by grade_id."""
    doubts = tuple(doubts)
    return {
        cell.metadata["nbgrader"]["grade_id"]: score_of(cell, results, doubts)
        for cell in notebook.cells
        if is_grade(cell)
    }
