"""A progress bar on the terminal, and silence everywhere else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from pawmark import settings

if TYPE_CHECKING:
    from rich.progress import Progress


def is_wanted() -> bool:
    """Say whether a bar may be drawn: stderr is a terminal and the settings allow it."""
    return sys.stderr.isatty() and settings.here.progress


@contextmanager
def progress_bar(
    description: str, total: int, in_bytes: bool = False
) -> Iterator[Callable[[int], None]]:
    """Show a bar for as long as the block runs.

    Parameters
    ----------
    description : str
        What is going on, in a few words.
    total : int
        Number of steps of the whole work.
    in_bytes : bool
        The steps are bytes: then amount, speed and the time that is left are shown.

    Yields
    ------
    callable
        ``advance(steps)`` moves the bar on; it does nothing where no bar is wanted.

    Examples
    --------
    >>> with progress_bar("Counting", total=3) as advance:
    ...     for _ in range(3):
    ...         advance(1)
    """
    if not is_wanted():
        yield _no_bar
        return
    with _rich_bar(in_bytes) as bar:
        task = bar.add_task(description, total=total)
        yield partial(bar.advance, task)


def _no_bar(steps: int = 1) -> None:
    """Stand for a bar that nobody wants."""


def _rich_bar(in_bytes: bool) -> "Progress":
    # Imported late: a program that shows no bar should not pay for one.
    from rich import progress
    from rich.console import Console

    counters: list[progress.ProgressColumn] = [
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
    ]
    if in_bytes:
        counters = [
            progress.DownloadColumn(),
            progress.TransferSpeedColumn(),
            progress.TimeRemainingColumn(),
        ]
    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        *counters,
        console=Console(stderr=True),
        transient=True,
    )
