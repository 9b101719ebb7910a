"""A training run as a check hands it out, to be drawn beside its bar."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


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
