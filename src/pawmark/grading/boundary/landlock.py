"""The system's Landlock: rules, for a process and all that it starts, that cannot be taken back.

It needs no right and no name space. Called by its three system calls, whose numbers are the same
on every processor: the system's C library has no functions for them.
"""

import contextlib
import ctypes
import functools
import os
import struct
from collections.abc import Iterator
from pathlib import Path

# The first version that keeps a process from signalling, and from reaching abstract sockets of,
# processes outside: Linux 6.12.
NEEDED = 6

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1
_NO_NEW_PRIVILEGES = 38

_EXECUTE, _WRITE, _READ_FILE, _READ_FOLDER = (1 << bit for bit in range(4))
_MOVE = 1 << 13
_TRUNCATE = 1 << 14
_EVERY_FILE_RIGHT = (1 << 16) - 1
_EVERY_TCP_RIGHT = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3
# Neither programs to start, nor devices, nor a way to steer devices.
_NEVER = _EXECUTE | 1 << 6 | 1 << 11 | 1 << 15

LIST = _READ_FOLDER
READ = _READ_FILE | _READ_FOLDER
RUN = READ | _EXECUTE
CHANGE = _EVERY_FILE_RIGHT & ~_NEVER
_OF_FILES = _EXECUTE | _WRITE | _READ_FILE | _TRUNCATE


@functools.cache
def version() -> int:
    """Return the version of the system's Landlock; 0 where there is none."""
    try:
        return _call(_CREATE, None, 0, _VERSION)
    except OSError:
        return 0


def scope() -> None:
    """Keep this thread, and all it starts, from reaching processes that are not restricted too.

    Signals and abstract sockets reach only processes that are started from here on: also a signal
    that is meant for every process.
    """
    # To move a file to another folder is denied by all rules that do not speak of it.
    with _ruleset(_MOVE, 0) as rules:
        _allow(rules, Path("/"), _MOVE)
        _restrict(rules)


def confine(rights: dict[Path, int]) -> None:
    """Take every right to files and to TCP from this thread and all it starts, but for these.

    Parameters
    ----------
    rights
        What is allowed, by folder (then for all that lies in it) or file: `LIST`, `READ`, `RUN`,
        `CHANGE` or two of them together. Paths that do not exist are passed over.
    """
    with _ruleset(_EVERY_FILE_RIGHT, _EVERY_TCP_RIGHT) as rules:
        for path, right in rights.items():
            with contextlib.suppress(FileNotFoundError):
                _allow(rules, path, right)
        _restrict(rules)


@contextlib.contextmanager
def _ruleset(files: int, tcp: int) -> Iterator[int]:
    attributes = struct.pack("QQQ", files, tcp, _ABSTRACT_SOCKETS_AND_SIGNALS)
    rules = _call(_CREATE, attributes, len(attributes), 0)
    try:
        yield rules
    finally:
        os.close(rules)


def _allow(rules: int, path: Path, right: int) -> None:
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        right = right if path.is_dir() else right & _OF_FILES
        _call(_ADD, rules, _PATH_BENEATH, struct.pack("=Qi", right, opened), 0)
    finally:
        os.close(opened)


def _restrict(rules: int) -> None:
    no_new_privileges()
    _call(_RESTRICT, rules, 0)


def no_new_privileges() -> None:
    """Give up, for good, what programs with a set-user-ID bit would grant."""
    control(_NO_NEW_PRIVILEGES, 1)


def control(option: int, *values: int) -> None:
    """Call ``prctl``.

    Raises
    ------
    OSError
        If the system refuses.
    """
    padded = (*values, 0, 0, 0, 0)[:4]
    if _libc().prctl(option, *map(ctypes.c_ulong, padded)) < 0:
        _fail("prctl")


def _call(number: int, *arguments: object) -> int:
    values = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result = _libc().syscall(ctypes.c_long(number), *values)
    return result if result >= 0 else _fail("Landlock")


def _fail(what: str) -> int:
    number = ctypes.get_errno()
    raise OSError(number, f"{what}: {os.strerror(number)}")


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
