"""Limits on all processes of a submission together, which hold without any right to cgroups.

Two layers. Inside the sandbox each process carries resource limits, set before any of a student's
code runs and impossible to raise again. Outside, a thread of the grader adds up what all of them
use and ends the sandbox when it is too much. The second layer is needed: resource limits count
each process for itself, and the kernel exempts root's processes from the limit on their number
(where root grades, student code is another user if that can be had: see `sandbox.outside_id`).
"""

import contextlib
import dataclasses
import functools
import json
import os
from dataclasses import dataclass
from pathlib import Path

MAX_DISK = 512 << 20
MEMORY_FILES = ("dev/shm", "tmp", "home/student")
MAX_SHARING = 64

_INODE = 1 << 10
_OWN_COUNT = (5, 14)
_SLACK = 512 << 20


@dataclass(frozen=True)
class Limits:
    """What the processes of one submission may use together.

    Attributes
    ----------
    memory
        Bytes in memory, files in memory included.
    tasks
        Processes and threads.
    cpu_seconds
        Seconds of processor time.
    file_size
        Bytes of one file.
    open_files
        Open files of one process.
    """

    memory: int = 6 << 30
    tasks: int = 512 + 32 * (os.cpu_count() or 1)
    cpu_seconds: int = 3600 * (os.cpu_count() or 1)
    file_size: int = MAX_DISK
    open_files: int = 1024

    def to_text(self) -> str:
        """Return the limits as one argument of a command line."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_text(cls, text: str) -> "Limits":
        """Rebuild limits from `to_text`."""
        return cls(**json.loads(text))

    def apply(self, namespaced: bool) -> None:
        """Limit this process and all that it will start; this cannot be undone.

        RLIMIT_DATA and not RLIMIT_AS: TensorFlow and the allocator's arenas reserve far more
        address space than they use, and only what is writable counts as data. It lies above the
        limit on memory, so that the watcher, who knows the reason, comes first where it can.

        Parameters
        ----------
        namespaced
            Whether processes are counted for this sandbox alone. Elsewhere the limit on their
            number would count all of the user's, and is left out.
        """
        import resource  # not on Windows, where this module is imported too

        wanted = {
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_CPU: self.cpu_seconds,
            resource.RLIMIT_FSIZE: self.file_size,
            resource.RLIMIT_NOFILE: self.open_files,
            resource.RLIMIT_DATA: self.memory + self.memory // 4 + _SLACK,
        }
        if namespaced and _kernel_version() >= _OWN_COUNT:
            wanted[resource.RLIMIT_NPROC] = self.tasks
        for kind, value in wanted.items():
            _lower(kind, value)
        with contextlib.suppress(OSError):  # when memory runs out, a student's process goes first
            Path("/proc/self/oom_score_adj").write_text("1000")


@functools.cache
def _unit(name: str) -> int:
    return os.sysconf(name)


def _lower(kind: int, value: int) -> None:
    import resource

    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def _kernel_version() -> tuple[int, int]:
    major, minor = os.uname().release.split(".")[:2]
    return int(major), int("".join(filter(str.isdigit, minor)) or 0)


@dataclass(frozen=True)
class Usage:
    """What the processes of a submission use.

    Attributes
    ----------
    memory
        Bytes in memory, files in memory included; memory that processes share counts for each.
    tasks
        Processes and threads.
    cpu_seconds
        Seconds of processor time, with those of processes that have ended and were waited for.
    """

    memory: int = 0
    tasks: int = 0
    cpu_seconds: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.memory + other.memory,
            self.tasks + other.tasks,
            self.cpu_seconds + other.cpu_seconds,
        )


def usage_of(proc: Path, most: int) -> Usage:
    """Add up all processes of a proc file system.

    Parameters
    ----------
    proc
        The proc file system of the sandbox, which lists its processes and no others. Reading it
        costs microseconds for each of them, where going through the machine's costs milliseconds.
    most
        When there are more processes than this they are counted and not looked at: while they
        multiply there is no time for more.
    """
    names = _process_names(proc)
    if len(names) > most:
        return Usage(tasks=len(names))
    return sum((process_usage(proc / name) for name in names), Usage())


def _process_names(proc: Path) -> list[str]:
    try:
        return [name for name in os.listdir(proc) if name.isdigit()]  # noqa: PTH208  (it is faster)
    except OSError:
        return []


def process_usage(folder: Path) -> Usage:
    """Return what one process uses; nothing, if it has ended meanwhile."""
    try:
        # The name of the process may hold anything, brackets and spaces too.
        fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
        ticks = sum(map(int, fields[11:15]))
        return Usage(
            int(fields[21]) * _unit("SC_PAGE_SIZE"), int(fields[17]), ticks / _unit("SC_CLK_TCK")
        )
    except (OSError, ValueError, IndexError):
        return Usage()


def shared_once(proc: Path) -> int | None:
    """Return the memory of all processes, with shared memory divided among those that share it.

    None if there are too many to look at: the system's kernel walks every page for the answer, and
    makes it wait while a process is copied. A process that hides from this counts as a whole.
    """
    return shared_by([proc / name for name in _process_names(proc)])


def shared_by(folders: list[Path]) -> int | None:
    """Do as `shared_once` does, for the processes whose folders in a proc file system these are."""
    if len(folders) > MAX_SHARING:
        return None
    return sum(map(_share, folders))


def _share(folder: Path) -> int:
    try:
        rollup = (folder / "smaps_rollup").read_text()
        return int(rollup.partition("\nPss:")[2].split()[0]) << 10
    except (OSError, ValueError, IndexError):
        return process_usage(folder).memory


def files_in_memory(root: Path) -> int:
    """Return the bytes that files in the sandbox's memory take, names without content included."""
    total = 0
    for place in MEMORY_FILES:
        with contextlib.suppress(OSError):
            stat = os.statvfs(root / place)
            total += (stat.f_blocks - stat.f_bfree) * stat.f_frsize
            total += (stat.f_files - stat.f_ffree) * _INODE
    return total
