"""What an examination finds."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How things stand."""

    OK = "ok"
    NOTE = "note"
    MEND = "MEND"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    topic
        What was looked at, in a word.
    status
        How it stands.
    says
        What was found.
    remedy
        What to do about it; empty unless something is to be mended, or to be known.
    """

    topic: str
    status: Status
    says: str
    remedy: str = ""

    @classmethod
    def ok(cls, topic: str, says: str) -> "Finding":
        """Say that something is as it should be."""
        return cls(topic, Status.OK, says)

    @classmethod
    def mend(cls, topic: str, says: str, remedy: str) -> "Finding":
        """Say what is wrong, and what to do."""
        return cls(topic, Status.MEND, says, remedy)

    @classmethod
    def note(cls, topic: str, says: str, remedy: str) -> "Finding":
        """Say what a person should know, and what brings it up to date: nothing is wrong."""
        return cls(topic, Status.NOTE, says, remedy)

    def to_json(self) -> dict[str, str]:
        """Return the finding as a JSON object; the status in small letters."""
        return {**dataclasses.asdict(self), "status": self.status.value.lower()}


Look = Callable[[], Finding]
