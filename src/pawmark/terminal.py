"""How much the commands say, and how: lines for people, JSON for programs."""

import io
import json
import os
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console

from pawmark import settings

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


def accept_any_text() -> None:
    """Let every sign be printed, whatever the terminal's encoding: those it lacks as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def console() -> Console:
    """Return where progress goes: nowhere with ``--quiet``; no colours with ``NO_COLOR``."""
    return Console(highlight=False, quiet=is_quiet())


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
