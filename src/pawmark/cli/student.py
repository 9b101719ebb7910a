"""Commands for students, and for everybody."""

import subprocess
from pathlib import Path
from typing import Annotated

import typer

from pawmark import terminal
from pawmark.cli.options import Json, examples, has_grader, require_grader

commands = typer.Typer()


@commands.command(
    short_help="Open JupyterLab on release/.",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog=examples("pawmark lab", "pawmark lab 03 --no-browser --port 9000"),
)
def lab(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Opens this assignment, by name or number.")
    ] = None,
    instructor: Annotated[
        bool, typer.Option("--instructor", help="The whole course, with formgrader.")
    ] = False,
) -> None:
    """Open JupyterLab on the notebooks as students get them, or on the course for an instructor.

    Options that are not of pawmark go to JupyterLab.
    """
    from pawmark.lab.launching import plan

    if instructor:
        require_grader("pawmark lab --instructor")
    options = list(context.args)
    if name is not None and name.startswith("-"):
        options, name = [name, *options], None
    launch = plan(Path.cwd(), name, instructor, options)
    done = subprocess.run(launch.command, cwd=launch.folder, env=launch.environment, check=False)  # noqa: S603
    raise typer.Exit(done.returncode)


@commands.command(
    short_help="Check this machine and this course.",
    epilog=examples("pawmark doctor", "pawmark doctor --deep", "pawmark doctor --json"),
)
def doctor(
    deep: Annotated[
        bool, typer.Option("--deep", help="Also what takes a minute: TensorFlow, every picture.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check this machine and this course; each line says ok, or what to do.

    The exit code is 1 if there is anything to mend. A note is what you should know, and does not
    change it: of grades and pages that are behind what was handed in.
    """
    from pawmark import doctor as students
    from pawmark.doctor import Status, table

    if has_grader():
        from pawmark.authoring.doctor import examine

        findings = examine(deep=deep)
    else:
        findings = students.examine(deep=deep)
    found = []
    for finding in findings:
        found.append(finding)
        hidden = terminal.is_quiet() and finding.status in (Status.OK, Status.SKIPPED)
        for line in () if as_json or hidden else table([finding]):
            print(line, flush=True)
    if as_json:
        terminal.write_json([finding.to_json() for finding in found])
    if any(finding.status is Status.MEND for finding in found):
        raise typer.Exit(1)
