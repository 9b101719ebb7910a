"""What a sandbox is to whoever runs student code in it: it starts, is measured, and ends."""

from collections.abc import Generator
from enum import Enum
from pathlib import Path
from typing import Protocol

from pawmark.grading.boundary.limits import Limits, Usage


class Excess(Enum):
    """What the processes of a submission took too much of."""

    MEMORY = "memory"
    PROCESSES = "processes"
    PROCESSOR_TIME = "processor time"


class Sandbox(Protocol):
    """The walls around one submission, and all processes within them.

    Attributes
    ----------
    data
        The data set that student code sees, or None.
    limits
        What all processes may use together.
    peak_memory
        The most bytes that were seen in use; memory that processes share counts for each.
    """

    data: Path | None
    limits: Limits
    peak_memory: int

    @property
    def alive(self) -> bool:
        """Whether it was started and its first process has not ended."""

    @property
    def pid(self) -> int | None:
        """The process that it hangs by; None when it has not been started, or was ended."""

    def start(self, control: int, channel: int) -> None:
        """Start it, and the runner in it.

        Parameters
        ----------
        control, channel
            Descriptors of the sockets' ends that go into it: for orders, and for questions.

        Raises
        ------
        SandboxError
            If it does not work here.
        """

    def usage(self) -> Usage:
        """Return what its processes use now, and what processor time they took so far.

        Asked for the first time when the runner has answered: before, it need not stand.
        """

    def watch(self) -> Generator[Excess | None, None, None]:
        """Yield what its processes took too much of, if anything, look by look until it has ended.

        For one thread, which closes the iterator.
        """

    def end(self) -> None:
        """End every process, wait until they are gone, and remove what they left; any thread."""
