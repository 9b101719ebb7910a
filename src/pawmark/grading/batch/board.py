"""What a person sees of a class that is being graded."""

import time

from rich.console import Console

from pawmark.terminal import legible
from pawmark.wording import minutes


class Board:
    """Prints a line for each submission, and the time that is left.

    Parameters
    ----------
    console
        Where to print.
    total
        How many submissions there are.
    """

    def __init__(self, console: Console, total: int) -> None:
        self.console = console
        self.total = total
        self.finished = 0
        self.began = time.monotonic()

    def message(self, text: str) -> None:
        """Print a line that is of no submission."""
        self.console.print(text, markup=False, highlight=False)

    def report(self, student: str, text: str) -> None:
        """Print what came of a submission."""
        self.finished += 1
        left = (time.monotonic() - self.began) / self.finished * (self.total - self.finished)
        line = f"  {self.finished} of {self.total}  {legible(student)}: {text}"
        self.message(f"{line}; about {minutes(left)} left")
