"""Which sandbox student code runs in: by name spaces wherever they can be had, else confined.

``PAWMARK_SANDBOX`` may name one: ``bubblewrap``, ``landlock``, or ``none`` to do without.
"""

import functools
import os
from pathlib import Path

from pawmark import profiles
from pawmark.grading.boundary.limits import Limits
from pawmark.grading.sandbox import bubblewrap, landlocked
from pawmark.grading.session.kernel import StudentKernel

VARIABLE = "PAWMARK_SANDBOX"
BUBBLEWRAP, LANDLOCK, NONE = "bubblewrap", "landlock", "none"

CONFINED = (
    "Student code is confined by Landlock, without name spaces. What it may read and change, and "
    "that no score can be forged, holds as in the other sandbox. It can tell whether other files "
    "exist on this machine and how large they are, what it writes goes to the disk of this "
    "machine, and multiprocessing pools do not work in it: docs/threat-model.md has the list."
)


@functools.cache
def chosen() -> str:
    """Return the sandbox that is used here, whether it works or not."""
    wanted = os.environ.get(VARIABLE, "").lower()
    if wanted in (BUBBLEWRAP, LANDLOCK, NONE):
        return wanted
    # Where bubblewrap is only missing it is to be installed: it is the better one.
    if (
        bubblewrap.installed()
        and bubblewrap.available() is not None
        and landlocked.available() is None
    ):
        return LANDLOCK
    return BUBBLEWRAP


@functools.cache
def refusal() -> str | None:
    """Tell why student code cannot be locked in here: None if it can, else reason and remedy."""
    wanted = os.environ.get(VARIABLE, "").lower()
    if wanted not in ("", BUBBLEWRAP, LANDLOCK, NONE):
        return f"{VARIABLE}={wanted!r} names no sandbox: bubblewrap, landlock or none is expected."
    if chosen() == LANDLOCK:
        reason = landlocked.available() or _without_a_card()
        other = f" Without {VARIABLE}=landlock bubblewrap is used." if wanted else ""
        return None if reason is None else f"{reason}.{other}"
    reason = bubblewrap.available() if chosen() == BUBBLEWRAP else None
    return reason if reason is None else f"{reason} {_instead()}"


def _without_a_card() -> str | None:
    if profiles.current() is not profiles.GPU:
        return None
    return (
        "Landlock shows no graphics card to student code, and the profile trains on one: set "
        f"{profiles.VARIABLE}=quick"
    )


def _instead() -> str:
    reason = landlocked.available()
    if reason is None:
        return f"Or set {VARIABLE}=landlock, to confine student code by Landlock instead."
    return f"Landlock does not help out: {reason}."


def student_kernel(
    data: Path, sandboxed: bool, limits: Limits, libraries: str = ""
) -> StudentKernel:
    """Return a kernel in the sandbox that is used here, not yet started; see `StudentKernel`.

    Only name spaces of its own keep a copy of a warm interpreter apart: confined, all start cold.
    """
    if sandboxed and chosen() == LANDLOCK:
        return landlocked.ConfinedKernel(data, limits)
    return StudentKernel(data, sandboxed, limits, libraries)


def guest_data(data: Path, sandboxed: bool) -> str:
    """Return the folder of the data set as student code sees it."""
    return bubblewrap.GUEST_DATA if sandboxed and chosen() == BUBBLEWRAP else str(data)
