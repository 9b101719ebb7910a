"""How many processor cores there are for us."""

import os


def cpus() -> int:
    """Return how many cores this process may use: in a container fewer than the machine has.

    macOS does not tell which are ours; there it is all of them.
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
