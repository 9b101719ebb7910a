"""What all commands share: how much they say, JSON for programs, options that stand anywhere."""

import json
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from pawmark import settings

# These commands hand on what they do not know themselves: all that follows them is left alone.
HANDING_ON = ("lab",)
_ANYWHERE = ("-q", "--quiet", "-v", "--verbose")
_UNCUT = 500
_said = {"quiet": False, "verbose": False}


class CommandLine(TyperGroup):
    """A group of commands: options for more or less text stand anywhere, help is never cut off."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:
        """Move the options that belong to all commands to the front, then read as usual."""
        return super().parse_args(ctx, in_front(args))

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:
        """List the commands with what they do, over as many lines as that takes."""
        names = self.list_commands(ctx)
        rows = [(name, self.get_command(ctx, name).get_short_help_str(_UNCUT)) for name in names]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def in_front(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with ``--quiet`` and ``--verbose`` before everything else.

    Examples
    --------
    >>> in_front(["grade", "02", "--quiet"])
    ['--quiet', 'grade', '02']
    """
    command = next((word for word in arguments if not word.startswith("-")), None)
    stop = command if command in HANDING_ON else "--"
    end = arguments.index(stop) if stop in arguments else len(arguments)
    own = [word for word in arguments[:end] if word in _ANYWHERE]
    return own + [word for word in arguments[:end] if word not in own] + list(arguments[end:])


def set_level(quiet: bool, verbose: bool) -> None:
    """Choose how much is said: only results, the usual, or also what nbgrader says."""
    if quiet and verbose:
        raise typer.BadParameter("--quiet and --verbose exclude each other.")
    _said.update(quiet=quiet, verbose=verbose)
    if quiet:
        os.environ.update(settings.environment(progress=False))


def is_quiet() -> bool:
    """Tell whether only results and errors are wanted."""
    return _said["quiet"]


def is_verbose() -> bool:
    """Tell whether the output of other programs, and tracebacks, are wanted."""
    return _said["verbose"]


def console() -> Console:
    """Return where progress goes: nowhere with ``--quiet``; no colours with ``NO_COLOR``."""
    return Console(highlight=False, quiet=is_quiet())


def say(text: str) -> None:
    """Print a line on what was done, unless only results are wanted."""
    if not is_quiet():
        print(text, flush=True)


def echo(line: str) -> None:
    """With ``--verbose``, repeat a line of another program on stderr, without control codes."""
    if is_verbose():
        print(printable(line), file=sys.stderr, flush=True)


def printable(text: str) -> str:
    """Leave out what would make a terminal do something: lines hold words of students."""
    return "".join(character for character in text if character.isprintable())


def write_json(value: Any) -> None:
    """Print a value as JSON, in ASCII: nothing in it can be a code for the terminal."""
    print(json.dumps(value, indent=2))


def examples(*lines: str) -> str:
    """Return the end of a command's help: commands to copy, one a line."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
