"""A training run as an exhibit: what a check hands out, and its charts on feedback and report."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pawmark.grading.course import Chart


@dataclass(frozen=True)
class Training:
    """A training run beside the bar, which a check hands out to the student.

    Attributes
    ----------
    loss, val_loss
        Losses by epoch, as the student's history tells them; empty when it does not.
    judged
        Loss of the best model on photographs that it has not seen, computed by the check.
    bar
        What a sound run stays below; None where none was measured.
    prior
        Loss of a predictor that has learnt nothing.
    """

    loss: tuple[float, ...]
    val_loss: tuple[float, ...]
    judged: float
    bar: float | None
    prior: float
    kind: ClassVar[str] = "training"

    def to_json(self) -> dict[str, Any]:
        """Return the run as JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, tree: Mapping[str, Any]) -> "Training":
        """Rebuild a training run from `to_json`."""
        losses = {name: tuple(map(float, tree[name])) for name in ("loss", "val_loss")}
        bar = None if tree["bar"] is None else float(tree["bar"])
        return cls(judged=float(tree["judged"]), bar=bar, prior=float(tree["prior"]), **losses)


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
