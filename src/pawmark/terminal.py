"""How much the commands say, and how: lines for people, JSON for programs."""

import io
import json
import locale
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console

from pawmark import settings
from pawmark.errors import MachineError

_said = {"quiet": False, "verbose": False}


def set_level(quiet: bool, verbose: bool) -> None:
    """Choose how much is said: only results, the usual, or also what nbgrader says."""
    _said.update(quiet=quiet, verbose=verbose)
    if quiet:
        os.environ.update(settings.environment(progress=False))


def is_quiet() -> bool:
    """Tell whether only results and errors are wanted."""
    return _said["quiet"]


def is_verbose() -> bool:
    """Tell whether the output of other programs, and tracebacks, are wanted."""
    return _said["verbose"]


_ENCODING = "PYTHONIOENCODING"
_ESCAPED = ":backslashreplace"


def read_names_as_utf8() -> None:
    """Begin anew in Python's UTF-8 mode where the locale is of another encoding.

    Names of students are names of folders: under ISO 8859-2 or C, Python would read them otherwise
    than the gradebook has them. What is printed stays in the terminal's encoding; what is started
    from here speaks UTF-8.
    """
    if sys.getfilesystemencoding() != "utf-8":
        os.environ["PYTHONUTF8"] = "1"
        os.environ.setdefault(_ENCODING, f"{locale.getencoding()}{_ESCAPED}")
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606  (this very command)
    if os.environ.get(_ENCODING, "").endswith(_ESCAPED):
        del os.environ[_ENCODING]


def require_home() -> None:
    """Make sure that there is a home folder: caches and settings of every library belong there.

    Raises
    ------
    MachineError
        When HOME is not set, and the system does not know this user, as in some containers.
    """
    try:
        Path.home()
    except RuntimeError:
        raise MachineError(
            "This user has no home folder: HOME is not set, and the system knows of none. Set HOME "
            "to a folder that may be written, then give the command again: HOME=/tmp pawmark ..."
        ) from None


def accept_any_text() -> None:
    """Let every sign be printed, whatever the terminal's encoding: those it lacks as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def console(stderr: bool = False) -> Console:
    """Return where progress goes: nowhere with ``--quiet``; no colours with ``NO_COLOR``.

    Parameters
    ----------
    stderr
        Keep stdout free, for JSON.
    """
    return Console(highlight=False, quiet=is_quiet(), stderr=stderr)


def say(text: str) -> None:
    """Print a line on what was done, unless only results are wanted."""
    if not is_quiet():
        print(text, flush=True)


def warn(lines: Iterable[str]) -> None:
    """Print on stderr what a person should know, even where only results are wanted."""
    for line in lines:
        print(f"warning: {printable(line)}", file=sys.stderr, flush=True)


def echo(line: str) -> None:
    """With ``--verbose``, repeat a line of another program on stderr, without control codes."""
    if is_verbose():
        print(printable(line), file=sys.stderr, flush=True)


def printable(text: str) -> str:
    """Leave out what would make a terminal do something: lines hold words of students."""
    return "".join(character for character in text if character.isprintable())


def legible(text: str) -> str:
    """Return text as it is, but for signs that cannot be seen: those are written as escapes."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def write_json(value: Any) -> None:
    """Print a value as JSON, in ASCII: nothing in it can be a code for the terminal."""
    print(json.dumps(value, indent=2))
