"""Training runs as an exhibit: their charts on feedback and report."""

from collections.abc import Mapping, Sequence
from typing import Any

from pawmark.grading.course import Chart
from pawmark.vision.training import Training


class TrainingExhibit:
    """Draws training runs: one beside the bar, and those of a class.

    Attributes
    ----------
    title, note
        See `pawmark.grading.course.ExhibitKind`.
    """

    title = "Training runs"
    note = "The curves are what the students' own histories tell, and decide nothing."

    def chart(self, data: Mapping[str, Any]) -> Chart:
        """Draw one student's training run beside the bar."""
        from pawmark.vision.charts import training_chart

        return training_chart(Training.from_json(data))

    def class_chart(self, data: Sequence[Mapping[str, Any]], key: str) -> Chart | None:
        """Draw the runs of all whose history could be read; None where nobody's could."""
        from pawmark.vision.charts import training_runs_chart

        runs = [run for run in map(Training.from_json, data) if run.val_loss]
        return training_runs_chart(runs, key) if runs else None
