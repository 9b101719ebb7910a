"""Which sandbox student code runs in, and whether it may run here at all: the one gate.

By name spaces wherever they can be had, else by Landlock. ``PAWMARK_SANDBOX`` may name one:
``bubblewrap``, ``landlock``, or ``none`` to do without. Whoever runs student code asks `require`,
or `require_beside` where it runs for another machine, and goes by the name that comes back.
"""

import functools
from collections.abc import Callable
from pathlib import Path

from pawmark import settings
from pawmark.errors import SandboxError, SettingsError
from pawmark.grading import course as courses
from pawmark.grading.boundary.limits import Limits
from pawmark.grading.sandbox import bubblewrap, landlocked
from pawmark.grading.sandbox.landlocked import Landlocked
from pawmark.grading.sandbox.namespaced import Bubblewrap
from pawmark.grading.sandbox.protocol import Sandbox
from pawmark.grading.sandbox.unprotected import Unprotected

VARIABLE = settings.Settings.sandbox.variable
BUBBLEWRAP, LANDLOCK, NONE = settings.BUBBLEWRAP, settings.LANDLOCK, settings.NONE
_KINDS: dict[str, Callable[[Path | None, Limits], Sandbox]] = {
    BUBBLEWRAP: Bubblewrap,
    LANDLOCK: Landlocked,
    NONE: Unprotected,
}

_LOUD = (
    "GRADING WITHOUT A SANDBOX (PAWMARK_SANDBOX=none): submissions can read and change whatever "
    "you can. Do this only with notebooks that you wrote yourself."
)
_LANDLOCKED = (
    "Student code is confined by Landlock, without name spaces. What it may read and change, and "
    "that no score can be forged, holds as in the other sandbox. It can tell whether other files "
    "exist on this machine and how large they are, what it writes goes to the disk of this "
    "machine, and multiprocessing pools do not work in it: docs/threat-model.md has the list."
)
_UNFILTERED = (
    "System calls are not filtered, because libseccomp is not installed or does not work here. "
    "The sandbox holds without it, with one wall less: install libseccomp2 (apt) or libseccomp "
    "(dnf)."
)
_UNBOUNDED = (
    "Root grades, and the system does not limit the number of root's processes: a submission that "
    "starts very many can hold this machine up for minutes. Grade as an ordinary user, or let "
    "everybody read the Python that grades and the data set, so that student code can run as "
    "another user than root."
)


def require() -> str:
    """Return the name of the sandbox in which student code runs here; NONE where it is opted out.

    Raises
    ------
    SandboxError
        When student code must not run here; the message says how to mend that.
    """
    name, reason = chosen(), refusal()
    if reason is not None:
        raise SandboxError(reason)
    return name


def require_beside(wanted: str) -> str:
    """Return the sandbox of a machine that runs student code for another one.

    It need not be the other's: each uses what works there. But that one of them does without is
    never the other's choice.

    Parameters
    ----------
    wanted
        The sandbox of the machine that asks.

    Raises
    ------
    SandboxError
        When student code must not run here, or only one of both has opted out.
    """
    name = require()
    if (name == NONE) != (wanted == NONE):
        raise SandboxError(
            f"{VARIABLE} is set to none on one side only. Unset it, or set it both for the "
            "workers and where pawmark grade is called."
        )
    return name


def chosen() -> str:
    """Return the name of the sandbox that is used here, whether it works or not.

    Raises
    ------
    SettingsError
        When ``PAWMARK_SANDBOX`` names none that there is.
    """
    return settings.here.sandbox or _best()


def refusal() -> str | None:
    """Tell why student code cannot be locked in here: None if it can, else reason and remedy."""
    try:
        name = chosen()
    except SettingsError as error:
        return str(error)
    return _refusal(name, bool(settings.here.sandbox), _without_devices())


def _without_devices() -> str:
    devices = courses.plugin().devices()
    return devices.without if devices.patterns else ""


def helps_out() -> bool:
    """Tell whether Landlock would do where bubblewrap is used and does not work.

    Who grades takes it by name, since bubblewrap can be installed, and is the better one.

    Raises
    ------
    SettingsError
        When ``PAWMARK_SANDBOX`` names none that there is.
    """
    return chosen() == BUBBLEWRAP and _refusal(LANDLOCK, False, _without_devices()) is None


def warnings(name: str, data: Path | None = None) -> list[str]:
    """Return what people should know who grade in a sandbox, most important first.

    Parameters
    ----------
    name
        The sandbox, as `require` gives it.
    data
        The data set that student code sees.
    """
    if name == NONE:
        return [_LOUD]
    if name == LANDLOCK:
        return [_LANDLOCKED]
    filtered, bounded = bubblewrap.filtered(), bubblewrap.bounds_processes(data)
    return [*([] if filtered else [_UNFILTERED]), *([] if bounded else [_UNBOUNDED])]


def forget() -> None:
    """Look again at what works here; it is looked at once for each process."""
    _best.cache_clear()
    _refusal.cache_clear()


@functools.cache
def _best() -> str:
    # Where bubblewrap is only missing it is to be installed: it is the better one.
    if (
        bubblewrap.installed()
        and bubblewrap.available() is not None
        and landlocked.available() is None
    ):
        return LANDLOCK
    return BUBBLEWRAP


@functools.cache
def _refusal(name: str, asked: bool, without_devices: str) -> str | None:
    if not bubblewrap.possible() and (name != NONE or not bubblewrap.may_be_left_out()):
        return bubblewrap.available()
    if name == LANDLOCK:
        reason = landlocked.available() or _no_device(without_devices)
        other = f" Without {VARIABLE}=landlock bubblewrap is used." if asked else ""
        return None if reason is None else f"{reason}.{other}"
    reason = bubblewrap.available() if name == BUBBLEWRAP else None
    return reason if reason is None else f"{reason} {_instead()}"


def _no_device(without: str) -> str | None:
    if not without:
        return None
    return (
        "Landlock shows no device to student code, such as a graphics card, and the course uses "
        f"one: {without}"
    )


def _instead() -> str:
    reason = landlocked.available()
    if reason is None:
        return f"Or set {VARIABLE}=landlock, to confine student code by Landlock instead."
    return f"Landlock does not help out: {reason}."


def sandbox_of(name: str, data: Path | None, limits: Limits) -> Sandbox:
    """Return a sandbox of that name for one submission, not yet started."""
    return _KINDS[name](data, limits)


def guest_data(name: str, data: Path | None) -> str:
    """Return the folder of the data as student code sees it in a sandbox of that name, or empty."""
    if data is None:
        return ""
    return bubblewrap.GUEST_DATA if name == BUBBLEWRAP else str(data)
