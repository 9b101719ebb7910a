"""Who grades an assignment now: its claim, so that two commands do not do the same work at once.

Writing is one at a time anyhow (`readiness.alone`), whoever writes. A claim is wider: it is held
from looking at what is to be done until it is written, so that the second finds done what the first
did.
"""

import contextlib
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from pawmark.errors import InterruptionError
from pawmark.grading.course_folder import KEPT
from pawmark.terminal import printable

CLAIMS = KEPT / "claims"
_LONGEST = 300


@contextlib.contextmanager
def claimed(
    course: Path, assignments: Iterable[str], command: str, say: Callable[[str], None]
) -> Iterator[None]:
    """Be the only command that grades some assignments; wait for another that does.

    Plain ``nbgrader autograde`` claims nothing, and waits for nobody here.

    Parameters
    ----------
    course
        The course folder.
    assignments
        Their full names.
    command
        What claims them, for others to read.
    say
        Told in one sentence who has one of them.

    Raises
    ------
    InterruptionError
        When the user stops the waiting.
    """
    with contextlib.ExitStack() as held:
        for name in sorted(set(assignments)):  # in order: two that want the same never block
            held.enter_context(_claim(course / CLAIMS / name, name, command, say))
        yield


@contextlib.contextmanager
def _claim(path: Path, name: str, command: str, say: Callable[[str], None]) -> Iterator[None]:
    """Hold one claim: a lock that ends with its process, however that ends.

    So a file that a killed command left says nothing. It is a record lock, which other processes
    do not inherit, and which network file systems know best.
    """
    try:
        import fcntl
    except ModuleNotFoundError:  # on Windows, where grading says in one sentence that it cannot be
        number = None
    else:
        number = _open(path)
    if number is None:
        yield
        return
    try:
        try:
            fcntl.lockf(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            who = printable(os.pread(number, _LONGEST, 0).decode(errors="replace"))
            say(f"{name} is being graded by {who or 'another command'}; waiting for it to end.")
            _wait(number)
        except OSError:  # some network file systems know no locks
            pass
        with contextlib.suppress(OSError):  # a full disk: it is a note for others, not the claim
            os.ftruncate(number, 0)
            os.pwrite(number, _who(command).encode(), 0)
        yield
    finally:
        os.close(number)


def _open(path: Path) -> int | None:
    """Open the file of a claim; None where none can be written: commands say that themselves."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError:
        return None


def _wait(number: int) -> None:
    import fcntl

    try:
        fcntl.lockf(number, fcntl.LOCK_EX)
    except KeyboardInterrupt:
        raise InterruptionError("interrupted while it waited: it has done nothing.") from None


def _who(command: str) -> str:
    now = datetime.now(UTC)
    where = f"process {os.getpid()} on {socket.gethostname()}"
    return f"{command} ({where}, since {now:%Y-%m-%d %H:%M:%S} UTC)"
