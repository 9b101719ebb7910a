"""The command line: a thin layer over the package and nbgrader."""

import sys
import traceback
from typing import Annotated

import typer

from pawmark import terminal
from pawmark.cli import data, student
from pawmark.cli.options import CommandLine, examples, has_grader
from pawmark.errors import PawmarkError, of_machine

_FOR_STUDENTS = (
    "pawmark doctor                 is this machine ready?",
    "pawmark lab 02                 work on an assignment",
)
_FOR_GRADERS = (
    "pawmark doctor                 is this machine and this course ready?",
    "pawmark lab 02                 work on an assignment",
    "pawmark grade 02 --workers 2   grade a class",
    "pawmark grades                 show the grades",
)

app = typer.Typer(
    cls=CommandLine,
    help="Pawmark: assignments on deep learning for computer vision, and their grading.",
    epilog=examples(*(_FOR_GRADERS if has_grader() else _FOR_STUDENTS))
    + "\n\nExit codes: 0 done; 1 something for you to mend, the message says what; 2 the command "
    "was not understood; 3 something for a person to decide; 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Plain text: it can be copied, searched and read aloud, and is the same in the documentation.
    rich_markup_mode=None,
)


def _add_commands() -> None:
    """Add the commands that are installed: those of grading are in a distribution of their own."""
    if has_grader():
        from pawmark.cli import author, instructor

        app.add_typer(instructor.commands)
        app.add_typer(author.commands)
    app.add_typer(student.commands)
    app.add_typer(data.commands, name="data")
    if has_grader():
        app.add_typer(instructor.recordings, name="recordings")


_add_commands()


def main() -> None:
    """Run the command line; an error that a person can mend is one message, without traceback."""
    terminal.read_names_as_utf8()
    if has_grader():
        from pawmark.grading.boundary.entry_points import spare_address_grammar

        spare_address_grammar()
    terminal.accept_any_text()
    try:
        terminal.require_home()
        app()
    except (PawmarkError, OSError, MemoryError) as error:
        told = error if isinstance(error, PawmarkError) else of_machine(error)
        if told is None:
            raise
        if terminal.is_verbose():
            traceback.print_exception(error)
        print(f"pawmark: {told}", file=sys.stderr)
        sys.exit(told.exit_code)


def _show_version(wanted: bool) -> None:
    if wanted:
        from pawmark import __version__

        print(f"pawmark {__version__}")
        raise typer.Exit


@app.callback()
def everywhere(
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but results and errors.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show what nbgrader says, and tracebacks.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_show_version, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Take the options of all commands; they may stand before or after the command."""
    if quiet and verbose:
        raise typer.BadParameter("--quiet and --verbose exclude each other.")
    terminal.set_level(quiet, verbose)
