"""Capabilities of this process: the pieces of root's might, given up for good."""

import ctypes

_DROP_BOUNDING, _AMBIENT, _CLEAR_AMBIENT = 24, 47, 4
_CAPABILITY_VERSION = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def forbid_capabilities() -> None:
    """Make sure that none that this process lacks comes back by starting a program.

    Needs ``CAP_SETPCAP``; without it nothing changes.
    """
    for capability in range(64):
        _libc.prctl(_DROP_BOUNDING, capability, 0, 0, 0)  # fails beyond the last one


def drop_capabilities() -> None:
    """Give up all that this process has, and those that it could hand on.

    Raises
    ------
    OSError
        If the system refuses.
    """
    checked(_libc.prctl(_AMBIENT, _CLEAR_AMBIENT, 0, 0, 0), "prctl")
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    checked(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def checked(status: int, name: str) -> None:
    """Raise the error of a call to the system that failed."""
    if status != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name} failed with error {number}")
