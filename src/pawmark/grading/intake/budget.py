"""What reading one submission may cost: bytes, files and seconds, counted where they are spent."""

import time

MAX_BYTES = 400_000_000
MAX_FILES = 20_000
MAX_SECONDS = 30.0

_PATIENCE = 10


class BudgetError(Exception):
    """Reading a submission costs more than is given for it; the message is for the student."""


class Budget:
    """Bytes, files and seconds that are left for one submission.

    What is read from the disk counts, and what comes out of an archive, also where it is thrown
    away afterwards: a hundred kilobytes can be unpacked for minutes.

    Parameters
    ----------
    total_bytes
        Bytes that may be read or unpacked.
    files
        Files and folders, on the disk and in archives, that may be looked at.
    seconds
        Seconds of processor time that it may take; ten times as many where the machine is busy.
    """

    def __init__(
        self,
        total_bytes: int = MAX_BYTES,
        files: int = MAX_FILES,
        seconds: float = MAX_SECONDS,
    ) -> None:
        self._limits = total_bytes, files, seconds
        self._bytes, self._files = total_bytes, files
        # Seconds of the processor: a busy machine must not make a person's work of an honest file.
        self._until = time.thread_time() + seconds
        self._at_last = time.monotonic() + _PATIENCE * seconds

    def take_bytes(self, count: int) -> None:
        """Count bytes that were read or unpacked.

        Raises
        ------
        BudgetError
            If there is nothing left.
        """
        self._bytes -= count
        if self._bytes < 0:
            raise BudgetError(
                f"it holds more than {self._limits[0] // 1_000_000} MB when it is unpacked"
            )
        self.look()

    def take_file(self) -> None:
        """Count a file or a folder that is looked at; raises as `take_bytes` does."""
        self._files -= 1
        if self._files < 0:
            raise BudgetError(f"it holds more than {self._limits[1]} files and folders")
        self.look()

    def look(self) -> None:
        """Look at the clock; raises as `take_bytes` does."""
        if time.thread_time() > self._until or time.monotonic() > self._at_last:
            raise BudgetError(f"reading it took longer than {self._limits[2]:g} s")
