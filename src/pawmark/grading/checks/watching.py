"""Who wants to see what checks ask, and how each answer is judged: to explain a grade."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pawmark.grading.boundary import wire
from pawmark.grading.checks.judging import Judged
from pawmark.grading.checks.specification import Exercise, Items


@dataclass(frozen=True)
class Place:
    """Where in the hidden checks an answer was refused.

    Attributes
    ----------
    file, line, source
        The file, the line, and what stands there.
    names
        What the check knew there, by name.
    """

    file: str
    line: int
    source: str
    names: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


class Watcher(Protocol):
    """Sees questions and answers as they come; it changes nothing."""

    def begun(self, exercise: str, check: str) -> None:
        """See that a check that is a function begins; one may begin again, from the start."""

    def asked(
        self, exercise: str, check: str, question: wire.Message, reply: wire.Message | None
    ) -> None:
        """See a question of a check that is a function; the reply is None where there is none."""

    def refused(self, exercise: str, check: str, place: Place) -> None:
        """See where a check that is a function refused an answer."""

    def judged(self, exercise: Exercise, judged: Sequence[Judged]) -> None:
        """See all answers of an exercise with a specification."""

    def decided(
        self, exercise: Items, item: str, question: Any, answer: Any, refused: bool
    ) -> None:
        """See one answer to an item of an exercise."""


class Nobody:
    """Watches nothing: the usual case."""

    def begun(self, *_: Any) -> None:
        """Do nothing."""

    def asked(self, *_: Any) -> None:
        """Do nothing."""

    def refused(self, *_: Any) -> None:
        """Do nothing."""

    def judged(self, *_: Any) -> None:
        """Do nothing."""

    def decided(self, *_: Any) -> None:
        """Do nothing."""
