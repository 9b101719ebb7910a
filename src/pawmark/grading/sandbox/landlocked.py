"""The sandbox where name spaces are forbidden: Landlock, a filter, a supervisor.

Student code sees the real file system, and may read of it what the other sandbox shows too, and
change one folder. It reaches no network and no process but its own. It can tell that other files
exist, how large they are and when they were changed, but not what is in them or in a folder.
"""

import contextlib
import dataclasses
import functools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import psutil

from pawmark.errors import SandboxError
from pawmark.grading import course as courses
from pawmark.grading.boundary import landlock, seccomp
from pawmark.grading.boundary.limits import Limits, Usage, process_usage, shared_by
from pawmark.grading.sandbox import bubblewrap, view
from pawmark.grading.sandbox.protocol import Excess
from pawmark.grading.sandbox.scratch import Scratch
from pawmark.grading.sandbox.supervisor import Orders

# The supervisor, which locks the kernel in from within.
_OWN = tuple(
    str(Path(__file__).with_name(f"{name}.py")) for name in ("__init__", "supervisor", "scratch")
)
_POLL = 0.1
_END = 20.0
_READS = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/version", "/proc/filesystems",
          "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")  # fmt: skip
# Numbers of users that no machine gives to anybody, one for each process that asks; where they do
# not exist (a container with a map of users), one of those that services are given for a while.
_USERS = 0x70000000
_FEWER_USERS = range(61184, 65520)

# What the sandbox must keep from student code is tried before anything is graded in it.
_TRIAL = """
import os, socket, sys
def reached(attempt):
    try:
        attempt()
    except OSError:
        return False
    return True
outside, grader = sys.argv[1], int(sys.argv[2])
tried = {
    "read a file outside": lambda: open(outside).close(),
    "list a folder outside": lambda: os.listdir(os.path.dirname(outside)),
    "change a file outside": lambda: os.truncate(outside, 0),
    "remove a file outside": lambda: os.remove(outside),
    "read about the grader": lambda: open(f"/proc/{grader}/cmdline").close(),
    "signal the grader": lambda: os.kill(grader, 0),
    "limit the grader": lambda: __import__("resource").prlimit(grader, 7),
    "use the network": lambda: socket.socket(socket.AF_INET),
}
could = [what for what, attempt in tried.items() if reached(attempt)]
if could:
    sys.exit(f"student code could {', '.join(could)}")
for folder, _, names in os.walk(sys.argv[3], onerror=lambda error: sys.exit(f"{error}")):
    for name in names[:1]:
        open(f"{folder}/{name}").close()
open("written", "w").write("works")
"""


@functools.cache
def available(data: Path | None = None) -> str | None:
    """Tell why student code cannot be confined here: None if it can, else a reason.

    Parameters
    ----------
    data
        A data set that it has to be able to read.
    """
    found = landlock.version()
    if found < landlock.NEEDED:
        return (
            f"Landlock is at version {found} here, and {landlock.NEEDED} is needed (Linux 6.12 or "
            "newer, with landlock among the system's security modules)"
        )
    if os.uname().machine not in seccomp.PROCESSORS:
        return f"system calls of {os.uname().machine} cannot be filtered"
    try:
        seccomp.landlocked_program(own_user=False)
    except (OSError, AttributeError) as error:
        return f"system calls cannot be filtered ({error}): install libseccomp 2.5 or newer"
    return _tried(data)


def _tried(data: Path | None) -> str | None:
    """Run a trial in the sandbox; return why it failed."""
    scratch, outside = Scratch(), Scratch()
    try:
        secret = outside.root / "secret"
        secret.touch()
        for path in (secret, outside.root):  # so that no mode bits keep student code away
            path.chmod(0o777)
        orders = _orders(scratch, data)
        argv = [
            sys.executable,
            "-m",
            "pawmark.grading.sandbox.supervisor",
            "kernel",
            orders.to_text(),
        ]
        argv += [sys.executable, "-I", "-S", "-c", _TRIAL, str(secret), str(os.getpid())]
        argv.append(orders.data or scratch.home)
        with _supervised(scratch, orders, argv, (), stderr=subprocess.PIPE) as process:
            assert process.stderr is not None
            code = process.wait(60)
            message = process.stderr.read().decode(errors="replace").strip()[-400:]
        if code == 0 and (scratch.root / "home" / "written").read_text() == "works":
            return None
        return message or f"a trial of the sandbox ended with status {code}"
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    finally:
        scratch.remove()
        outside.remove()


def _supervised(
    scratch: Scratch,
    orders: Orders,
    argv: list[str],
    descriptors: tuple[int, ...],
    stderr: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a command in the sandbox, by a supervisor that ends it when its input is closed."""
    return subprocess.Popen(  # noqa: S603  (our own command line)
        [
            sys.executable,
            "-m",
            "pawmark.grading.sandbox.supervisor",
            "keep",
            orders.to_text(),
            *argv,
        ],
        pass_fds=descriptors,
        start_new_session=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        cwd=scratch.root,
        env=_environment(scratch, orders),
    )


def _environment(scratch: Scratch, orders: Orders) -> dict[str, str]:
    values = bubblewrap.environment(scratch.home, orders.data)
    if "PYTHONPATH" in values:
        values["PYTHONPATH"] = str(scratch.lend(bubblewrap.lent()))
    values["CUDA_VISIBLE_DEVICES"] = "-1"
    return {**values, "TMPDIR": str(scratch.root / "tmp")}


def _orders(scratch: Scratch, data: Path | None) -> Orders:
    user = None
    if os.geteuid() == 0:
        user = _user()
        scratch.give(user)
    folders, reads = bubblewrap.shown()
    runs, lists = view.places(folders)
    made = None if data is None else courses.plugin().precomputed(data)
    return Orders(
        scratch=str(scratch.root),
        home=scratch.home,
        changes=scratch.changes,
        runs=tuple(runs),
        reads=(
            str(scratch.root),
            *_OWN,
            *_READS,
            *reads,
            *(() if made is None else (str(made),)),
        ),
        lists=tuple(lists),
        data=str(data.resolve()) if data else None,
        user=user,
        grader=os.getpid(),
    )


def _user() -> int:
    """Return the number of a user that nobody else on the machine is."""
    number = threading.get_native_id() + 0x400000 * (time.monotonic_ns() % 16)
    spans = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
    wanted = _USERS + number
    if any(int(first) <= wanted < int(first) + int(count) for first, _, count in spans):
        return wanted
    return _FEWER_USERS[number % len(_FEWER_USERS)]


class Landlocked:
    """A sandbox by Landlock, without name spaces; see `Sandbox`.

    Attributes
    ----------
    scratch
        Its folder on disk; None when it has not been started, or has ended.
    """

    def __init__(self, data: Path | None = None, limits: Limits | None = None) -> None:
        self.data = data
        self.limits = limits or Limits()
        self.peak_memory = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.scratch: Scratch | None = None
        self._ending = threading.Lock()

    @property
    def alive(self) -> bool:
        """See `Sandbox`."""
        process = self._process  # another thread may end it meanwhile
        return process is not None and process.poll() is None

    @property
    def pid(self) -> int | None:
        """See `Sandbox`."""
        process = self._process
        return None if process is None else process.pid

    def start(self, control: int, channel: int) -> None:
        """See `Sandbox`."""
        reason = available(self.data)
        if reason is not None:
            raise SandboxError(f"student code cannot be confined: {reason}")
        self.scratch = Scratch()
        numbers = (control, channel)
        argv = [sys.executable, "-m", "pawmark.grading.inside", "sealed_runner"]
        limits = dataclasses.replace(self.limits, tasks=self.limits.tasks + _others())
        orders = _orders(self.scratch, self.data)
        argv += [*map(str, numbers), limits.to_text(), orders.to_text()]
        self._process = _supervised(self.scratch, orders, argv, numbers)

    def usage(self) -> Usage:
        """See `Sandbox`; what has ended is not counted, so nothing is said of processor time."""
        return Usage()

    def watch(self) -> Generator[Excess | None, None, None]:
        """See `Sandbox`."""
        process, scratch = self._process, self.scratch
        while process is not None and self.alive:
            yield _exceeded(process.pid, self.limits, scratch)
            time.sleep(_POLL)

    def end(self) -> None:
        """See `Sandbox`; its folder on disk goes with it."""
        with self._ending:
            process, self._process = self._process, None
            scratch, self.scratch = self.scratch, None
            if process is not None:
                _end(process)
            if scratch is not None:
                scratch.remove()


def _others() -> int:
    """Return how many tasks this user has already, which count as the submission's too.

    A submission of root's has a user of its own.
    """
    if os.geteuid() == 0:
        return 0
    tasks = 0
    for process in psutil.process_iter(["uids", "num_threads"]):
        uids = process.info["uids"]
        tasks += process.info["num_threads"] or 1 if uids and uids.real == os.getuid() else 0
    return tasks


def _exceeded(supervisor: int, limits: Limits, scratch: Scratch | None) -> Excess | None:
    """Return what the submission is to be stopped for, if anything."""
    folders = _processes(supervisor)
    if len(folders) > limits.tasks:
        return Excess.PROCESSES
    usage = sum(map(process_usage, folders), Usage())
    if usage.tasks > limits.tasks:
        return Excess.PROCESSES
    if usage.memory > limits.memory and (shared_by(folders) or usage.memory) > limits.memory:
        return Excess.MEMORY
    if scratch is not None and scratch.full(folders):
        return Excess.MEMORY
    return Excess.PROCESSOR_TIME if usage.cpu_seconds > limits.cpu_seconds else None


def _processes(supervisor: int) -> list[Path]:
    """Return the supervisor and all that it started, by their folders in ``/proc``."""
    try:
        parent = psutil.Process(supervisor)
        family = [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return []
    return [Path(f"/proc/{process.pid}") for process in family]


@contextlib.contextmanager
def running(argv: list[str], descriptor: int) -> Iterator[None]:
    """Run a program of ours in a sandbox like that of a submission, and end it with all of it."""
    scratch = Scratch()
    try:
        orders = _orders(scratch, None)
        kernel = [sys.executable, "-m", "pawmark.grading.sandbox.supervisor", "kernel"]
        command = [*kernel, orders.to_text(), *argv]
        process = _supervised(scratch, orders, command, (descriptor,))
        try:
            yield
        finally:
            _end(process)
    finally:
        scratch.remove()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let the supervisor end the submission, and wait until it has.

    The supervisor is not killed, however long that takes: without it nothing would hold the others.
    """
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(_END)

    except subprocess.TimeoutExpired:
        return
