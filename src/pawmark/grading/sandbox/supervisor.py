"""Keeps the processes of a submission together, and locked in, where there are no name spaces.

``python -m pawmark.grading.sandbox.supervisor keep ORDERS COMMAND...``. The supervisor is
trusted: it is the parent of the runner, and inherits whatever loses its own parent. It restricts
the runner before that starts, and ends every process that is left when its standard input closes
(the grader has finished, or has gone) or the runner has ended.

All of it, the supervisor included, lies within one Landlock domain, from which no signal gets out.
So a signal to *every* process reaches those of this submission and no others, all at once, where
ending them one by one would lose against code that starts new ones.

``python -m pawmark.grading.sandbox.supervisor kernel ORDERS COMMAND...`` turns itself,
within all that, into the student's kernel, which may not look at other processes as the runner may.
"""

import contextlib
import ctypes
import dataclasses
import json
import os
import select
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from pawmark.grading.boundary import landlock, seccomp
from pawmark.grading.sandbox.scratch import remove

_SUBREAPER, _DEATH_SIGNAL, _KEEP, _AMBIENT = 36, 1, 8, 47
_READ_ALL = 2  # CAP_DAC_READ_SEARCH
_OF_ITSELF = ("cmdline", "fd", "maps", "stat", "statm", "status")
_REAP = 0.2
_LAST_TRY = 60.0


@dataclass(frozen=True)
class Orders:
    """How to lock a submission in.

    Attributes
    ----------
    scratch
        The folder of all that student code may change, which ends with it.
    home
        The folder to start in.
    changes
        Folders that it may change, with all in them.
    runs
        Folders and files that it may read, and whose programs it may start.
    reads
        Folders and files that it may read.
    lists
        Folders in which it may see the names of what lies in them, at any depth.
    data
        The folder of the data set, which it may read.
    user
        The number of the user to become; None to stay.
    grader
        The number of the process that tidies up, if it still can.
    """

    scratch: str
    home: str
    changes: tuple[str, ...]
    runs: tuple[str, ...]
    reads: tuple[str, ...]
    lists: tuple[str, ...] = ()
    data: str | None = None
    user: int | None = None
    grader: int = 0

    def to_text(self) -> str:
        """Return the orders as one argument of a command line."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_text(cls, text: str) -> "Orders":
        """Rebuild orders from `to_text`."""
        return cls(**json.loads(text))


def keep(orders: Orders, argv: list[str]) -> int:
    """Run a command locked in, until it ends or standard input closes; return its status."""
    landlock.control(_SUBREAPER, 1)
    landlock.scope()
    _require_scope()
    child = os.fork()
    if child == 0:
        _become(orders, argv)
    ended = os.pidfd_open(child)
    try:
        _wait(ended)
    finally:
        status = _end_all(child)
    if os.getppid() != orders.grader:  # it was killed, and cannot tidy up
        remove(Path(orders.scratch))
    return status


def _require_scope() -> None:
    """Make sure, before the first signal to every process, that it would not reach the grader."""
    for other in {os.getppid(), 1} - {os.getpid()}:
        try:
            os.kill(other, 0)
        except PermissionError:
            continue
        except ProcessLookupError:
            continue
        raise SystemExit("Landlock does not keep signals in")


def _become(orders: Orders, argv: list[str]) -> None:
    """Lock this process in and turn it into the command; never returns."""
    try:
        _lock_in(orders)
        os.execv(argv[0], argv)  # noqa: S606
    except Exception as error:  # whatever it was: nothing runs that is not locked in
        os.write(2, f"{type(error).__name__}: {error}".encode())
    finally:
        os._exit(125)


def _lock_in(orders: Orders) -> None:
    program = seccomp.landlocked_program(own_user=orders.user is not None)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.umask(0o077)
    with contextlib.suppress(OSError):  # no process may write there once it is locked in
        Path("/proc/self/oom_score_adj").write_text("1000")
    if orders.user is not None:
        _change_user(orders.user)
    landlock.control(_DEATH_SIGNAL, signal.SIGKILL)
    os.chdir(orders.home)
    landlock.confine(_rights(orders) | {Path("/proc"): landlock.READ})
    seccomp.install(program)


def _rights(orders: Orders) -> dict[Path, int]:
    rights = {Path(path): landlock.LIST for path in orders.lists}
    rights |= {Path(path): landlock.RUN for path in orders.runs}
    rights |= {Path(path): landlock.READ for path in orders.reads}
    if orders.data is not None:
        rights[Path(orders.data)] = landlock.READ
    return rights | {Path(path): landlock.CHANGE for path in (os.devnull, *orders.changes)}


def become_kernel(orders: Orders, argv: list[str]) -> None:
    """Become a command that sees, of all processes, a little of itself; never returns.

    TensorFlow ends where it cannot read its own command line. What lies in ``/proc`` is made when
    it is looked at, and a rule holds for as long as it is not made anew: the open descriptors,
    which the command inherits, see to that.
    """
    for name in _OF_ITSELF:
        os.set_inheritable(os.open(f"/proc/self/{name}", os.O_PATH), True)
    own = {Path(f"/proc/self/{name}"): landlock.READ for name in _OF_ITSELF}
    landlock.confine(_rights(orders) | own)
    os.execv(argv[0], argv)  # noqa: S606


def _change_user(user: int) -> None:
    """Become a user who owns nothing, with one right of root's at most.

    Python may lie where only root can look, in root's home. The right to look is kept then, for
    what the rules of Landlock allow; without it, where the machine does not grant it, nothing
    starts, and grading refuses.
    """
    landlock.control(_KEEP, 1)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if not _keep_one_capability():
        return
    with contextlib.suppress(OSError):
        landlock.control(_AMBIENT, 2, _READ_ALL)


def _keep_one_capability() -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    one = 1 << _READ_ALL
    for kept in ((one, one, one), (0, 0, 0)):
        if libc.capset(header, (ctypes.c_uint32 * 6)(*kept, 0, 0, 0)) == 0:
            return kept[0] != 0
    raise OSError("capabilities could not be given up")


def _wait(ended: int) -> None:
    poll = select.poll()
    poll.register(0, select.POLLIN)  # also when the other end is closed
    poll.register(ended, select.POLLIN)
    while not poll.poll(_REAP * 1000):
        _reap_orphans(ended)


def _reap_orphans(ended: int) -> None:
    """Take note of processes that have ended, but of the runner's end only at the very last."""
    while True:
        state = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if state is None or _is_over(ended):
            return
        os.waitpid(state.si_pid, os.WNOHANG)


def _is_over(ended: int) -> bool:
    return bool(select.select([ended], [], [], 0)[0])


def _end_all(child: int) -> int:
    """End every process of the submission, and return how the first one ended."""
    status, until = 1, time.monotonic() + _LAST_TRY
    while time.monotonic() < until:
        with contextlib.suppress(OSError):  # there may be none left
            os.kill(-1, signal.SIGKILL)
        try:
            pid, code = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return status
        if pid == child:
            status = abs(os.waitstatus_to_exitcode(code))
        if pid == 0:
            time.sleep(0.005)
    return status


def main() -> None:
    """Follow the orders on the command line."""
    task, orders, argv = sys.argv[1], Orders.from_text(sys.argv[2]), sys.argv[3:]
    if task == "kernel":
        become_kernel(orders, argv)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the end comes over standard input
    sys.exit(keep(orders, argv))


if __name__ == "__main__":
    main()
