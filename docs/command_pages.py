"""The reference of the command line, written from the commands themselves."""

import typer
from typer.main import get_command
from typer.testing import CliRunner

from pawmark import cli

WIDTH = 88


def command_pages() -> str:
    """Return a section for each command, with its help as a terminal shows it."""
    group = get_command(cli.app)
    sections = [_section(())]
    for name, command in sorted(group.commands.items()):
        inner = getattr(command, "commands", None)
        names = [(name,)] if inner is None else [(name, part) for part in sorted(inner)]
        sections += [_section(words) for words in names]
    return "\n".join(sections)


def _section(words: tuple[str, ...]) -> str:
    title = " ".join(["pawmark", *words])
    done = CliRunner().invoke(
        cli.app, [*words, "--help"], prog_name="pawmark", terminal_width=WIDTH, color=False
    )
    if done.exit_code != 0:
        raise typer.Abort from done.exception
    return f"## {title}\n\n```text\n{done.stdout.rstrip()}\n```\n"
