"""Stands between the grader and a sandbox, and ends the sandbox whenever the grader has gone.

``python lifeline.py INPUT COMMAND...``. Standard input is a pipe whose other end only the grader
holds. When it closes, whatever the moment and however the grader ended, all that the command has
started ends. Bubblewrap's ``--die-with-parent`` alone does not keep that promise: it asks the
system for its end a while after it was started, and its first child does so later still, so a
grader that is killed in between leaves a sandbox that nobody ends.

The first process of a sandbox lies in the command's process group, which student code can neither
enter nor leave: it has a session of its own. One signal to that group reaches all of it at once, a
process that is just being made too, and with its first process the system ends a whole sandbox.
"""

import contextlib
import ctypes
import os
import select
import signal
import sys

OWN, HANDED_ON = "own", "handed-on"

_SUBREAPER = 36  # of Linux's prctl: whoever loses its parent down there becomes a child of this one
_NOT_STARTED = 127


def main() -> int:
    """Run the command until it ends or the grader has gone; return how it ended."""
    kind, argv = sys.argv[1], sys.argv[2:]
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    child = os.fork()
    if child == 0:
        _become(argv, kind)
    _set_group(child)
    ended = os.pidfd_open(child)
    # Whoever holds a socket of the sandbox keeps the grader from hearing of its end.
    os.closerange(3, ended)
    os.closerange(ended + 1, os.sysconf("SC_OPEN_MAX"))
    poll = select.poll()
    poll.register(0, 0)  # for its end alone: what comes before is not for this process
    poll.register(ended, select.POLLIN)
    poll.poll()
    return _end_all(child)


def _become(argv: list[str], kind: str) -> None:
    """Turn into the command; never returns."""
    try:
        _set_group(0)
        if kind == OWN:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.execvp(argv[0], argv)  # noqa: S606  (no shell is wanted)
    finally:
        os._exit(_NOT_STARTED)


def _set_group(pid: int) -> None:
    """Give a child a process group; both it and its parent do so, whichever comes first."""
    with contextlib.suppress(OSError):  # it is another program already, in the group it made
        os.setpgid(pid, pid)


def _end_all(group: int) -> int:
    """End all of a group, wait until it is gone, and return how its first process ended.

    Its number is nobody else's for as long as one of them was not waited for.
    """
    status = 1
    os.killpg(group, signal.SIGKILL)
    while _exists(group):
        pid, code = os.waitpid(-1, 0)
        if pid == group:
            status = abs(os.waitstatus_to_exitcode(code))
    return status


def _exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
