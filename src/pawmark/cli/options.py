"""What the commands share: the group that takes options anywhere, names, and examples of use."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pawmark.errors import CourseError, InterruptionError, PawmarkError

# These commands hand on what they do not know themselves: all that follows them is left alone.
HANDING_ON = ("lab",)
# These come with the grader: an install for students does not have them.
OF_GRADER = {"adopt", "calibrate", "demo", "explain", "grade", "grades", "init"} | {
    "migrate", "new", "outside", "prove", "recordings", "regrade", "release", "report", "solutions",
}  # fmt: skip
_ANYWHERE = ("-q", "--quiet", "-v", "--verbose")
_UNCUT = 500


class CommandLine(TyperGroup):
    """A group of commands: options for more or less text stand anywhere, help is never cut off."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:
        """Move the options that belong to all commands to the front, then read as usual."""
        return super().parse_args(ctx, in_front(args))

    def invoke(self, ctx: typer.Context) -> Any:
        """Run the command; of Ctrl-C say what it means, once."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise InterruptionError(
                "interrupted. What was finished is kept; the same command goes on from there."
            ) from None

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:
        """Return a command; of one that only the grader has, say how to get it."""
        found = super().get_command(ctx, cmd_name)
        if found is None and ctx.parent is None and cmd_name in OF_GRADER:
            require_grader(f"pawmark {cmd_name}")
        return found

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:
        """List the commands with what they do, over as many lines as that takes."""
        names = self.list_commands(ctx)
        rows = [(name, self.get_command(ctx, name).get_short_help_str(_UNCUT)) for name in names]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def has_grader() -> bool:
    """Tell whether the grader is installed beside the students' library."""
    return find_spec("pawmark.grading") is not None


def require_grader(what: str) -> None:
    """Refuse what only the grader can do, where it is not installed.

    Raises
    ------
    CourseError
        When the grader is missing; the message says how to get it.
    """
    if not has_grader():
        raise CourseError(
            f"{what} needs the grader, and this is an install for students. Get it with: "
            "python -m pip install 'pawmark[grader]'"
        )


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


def examples(*lines: str) -> str:
    """Return the end of a command's help: commands to copy, one a line."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def known_names(incomplete: str) -> list[str]:
    """Complete the name of an assignment in the shell."""
    from pawmark.assignments import assignments, find_course

    try:
        names = assignments(find_course())
    except PawmarkError:
        return []
    return [name for name in names if name.startswith(incomplete)]


Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NN]...",
        help="Names or numbers; all if left out.",
        autocompletion=known_names,
    ),
]
OneName = Annotated[str, typer.Argument(help="Name or number.", autocompletion=known_names)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs to read.")]
Students = Annotated[
    list[str] | None, typer.Option("--student", help="Whom to grade; may be given again.")
]


def group(words: str, *commands: str) -> typer.Typer:
    """Return a group of commands with its help and examples."""
    return typer.Typer(
        cls=CommandLine,
        help=words,
        epilog=examples(*commands),
        no_args_is_help=True,
        # Plain text: it can be copied, searched and read aloud, and is the same in the docs.
        rich_markup_mode=None,
    )
