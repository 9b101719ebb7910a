"""What there is for grading on this machine: cores and memory, in a container too.

Linux keeps the limits of containers, services and jobs in control groups, one within another:
version 2 in one tree of folders, version 1 in a tree for each kind. psutil and `os` do not look
there: they tell what the machine has, however little of it is ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import psutil

from pawmark.processors import cpus

SYSTEM = Path("/")  # what holds proc/ and sys/


@dataclass(frozen=True)
class Memory:
    """Memory that this process, with all that it starts, may use.

    Attributes
    ----------
    total
        That of the machine, or the smallest limit of the groups around this process, in bytes.
    available
        What of it can be had now, in bytes.
    """

    total: int
    available: int


def cores() -> int:
    """Return how many cores can be kept busy: those that are ours, within the time they may take.

    Parts of a core that a quota leaves over are not counted: submissions are timed by the clock.
    """
    quotas = [quota for group in _groups("cpu") if (quota := _quota(group)) is not None]
    return max(1, int(min([cpus(), *quotas])))


def memory() -> Memory:
    """Return what memory there is: the machine's, or less where a group has a limit."""
    found = psutil.virtual_memory()
    groups = [limit for group in _groups("memory") if (limit := _limit(group)) is not None]
    return Memory(
        total=min([found.total, *(group.total for group in groups)]),
        available=min([found.available, *(group.available for group in groups)]),
    )


def _groups(kind: str) -> Iterator[Path]:
    """Yield the folders of the groups that this process is in, the innermost first.

    A container may see its own group as the root of the tree, and be told of a path that is not
    there: then the root is what counts.
    """
    mounted = SYSTEM / "sys/fs/cgroup"
    for line in (_read(SYSTEM / "proc/self/cgroup") or "").splitlines():
        _, kinds, path = line.split(":", 2)
        if kinds and kind not in kinds.split(","):
            continue
        roots = [mounted / kinds] if kinds else [mounted, mounted / "unified"]
        own = PurePosixPath(path.lstrip("/"))
        inner = [] if ".." in own.parts else [own, *own.parents]
        yield from (root / group for root in roots for group in inner or [PurePosixPath()])


def _quota(group: Path) -> float | None:
    """Return how many cores' time a group may take; None without a limit."""
    text = _read(group / "cpu.max") or " ".join(
        _read(group / f"cpu.cfs_{name}_us") or "" for name in ("quota", "period")
    )
    match text.split():
        case [quota, period] if quota.isdigit() and period.isdigit() and int(period):
            return int(quota) / int(period)
    return None  # "max", -1, or no such group


def _limit(group: Path) -> Memory | None:
    """Return the limit of a group, and what is left of it; None without one."""
    for limit, usage, cache in _FILES_OF_MEMORY:
        total, used = (_read(group / name) or "" for name in (limit, usage))
        if total.isdigit() and used.isdigit():
            # Copies of files that nobody has used of late are given up when memory is wanted.
            stat = dict(
                line.split(" ", 1) for line in (_read(group / "memory.stat") or "").splitlines()
            )
            return Memory(int(total), max(0, int(total) - int(used) + int(stat.get(cache, 0))))
    return None


_FILES_OF_MEMORY = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)


def _read(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None
