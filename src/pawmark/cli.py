"""The command line: a thin layer over the package and nbgrader."""

import dataclasses
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from pawmark import terminal
from pawmark.errors import AttentionError, CourseError, InterruptionError, PawmarkError
from pawmark.terminal import examples

app = typer.Typer(
    cls=terminal.CommandLine,
    help="Pawmark: assignments on deep learning for computer vision, and their grading.",
    epilog=examples(
        "pawmark doctor                 is this machine and this course ready?",
        "pawmark lab 02                 work on an assignment",
        "pawmark grade 02 --workers 2   grade a class",
        "pawmark grades                 show the grades",
    )
    + "\n\nExit codes: 0 done; 1 something for you to mend, the message says what; 2 the command "
    "was not understood; 3 something for a person to decide; 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Plain text: it can be copied, searched and read aloud, and is the same in the documentation.
    rich_markup_mode=None,
)
data_app = typer.Typer(
    cls=terminal.CommandLine,
    help="The photographs that the assignments use.",
    epilog=examples("pawmark data make"),
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(data_app, name="data")


def _known_names(incomplete: str) -> list[str]:
    """Complete the name of an assignment in the shell."""
    from pawmark.course import assignments, find_course

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
        autocompletion=_known_names,
    ),
]
OneName = Annotated[str, typer.Argument(help="Name or number.", autocompletion=_known_names)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs to read.")]


def main() -> None:
    """Run the command line; an error that a person can mend is one message, without traceback."""
    try:
        app()
    except PawmarkError as error:
        if terminal.is_verbose():
            traceback.print_exception(error)
        print(f"pawmark: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


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
    terminal.set_level(quiet, verbose)


@app.command(
    short_help="Release, grade and show a class of eight.", epilog=examples("pawmark demo")
)
def demo() -> None:
    """Release, grade a class of eight and show the grades, in build/demo/."""
    from pawmark.demo import run_demo

    if not run_demo(console=terminal.console()):
        raise typer.Exit(1)


@app.command(epilog=examples("pawmark release", "pawmark release 02 03"))
def release(names: Names = None) -> None:
    """Write release/ again: what students get."""
    _generate(names, "generate_assignment", "release")


@app.command(
    short_help="Write solutions/: the reference, run.", epilog=examples("pawmark solutions 02")
)
def solutions(names: Names = None) -> None:
    """Write solutions/ again: the reference, run, with its figures (may take minutes)."""
    _generate(names, "generate_solution", "solutions")


def _generate(names: list[str] | None, subcommand: str, target: str) -> None:
    from pawmark.course import assignments, find_assignment, find_course, generate

    course = find_course()
    wanted = [find_assignment(course, name) for name in names or assignments(course)]
    for name in wanted:
        for folder in generate(course, [name], subcommand, target):
            terminal.say(f"wrote {folder.relative_to(course)}/")


@app.command(
    short_help="Measure the bars of training again.",
    epilog=examples("pawmark calibrate 03 --show", "pawmark calibrate 03"),
)
def calibrate(
    assignment: OneName = "03_encoder_decoder",
    runs: Annotated[int, typer.Option(min=1, help="Runs of the reference.")] = 20,
    show: Annotated[bool, typer.Option("--show", help="Only show what was measured.")] = False,
) -> None:
    """Measure the bar of an assignment's training checks again (takes long).

    Trains the reference and the wrong pipelines over seeds, each run in a process of its own, and
    goes on where it was interrupted. Writes the bar, its runs and a picture of them to
    grader_tests/bars/.
    """
    from pawmark.calibration import calibrate as measure
    from pawmark.course import find_assignment, find_course

    course = find_course()
    name = find_assignment(course, assignment)
    if show:
        from pawmark.calibration.evidence import describe

        print("\n".join(describe(course / "grader_tests" / "bars" / f"{name}.json")))
        return
    path = measure(name, course, runs=runs, say=terminal.say)
    terminal.say(f"wrote {path.relative_to(course)} and its picture")


@app.command(
    short_help="Show the grades, and every check lost.",
    epilog=examples(
        "pawmark grades", "pawmark grades build/demo/autograded", "pawmark grades --json"
    ),
)
def grades(
    folder: Annotated[
        Path | None, typer.Argument(help="Where the records are; autograded/ if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the grades by student and assignment, and every check that was lost."""
    from rich.console import Console

    from pawmark.course import find_course
    from pawmark.grades import read_grades, show_grades

    folder = folder or find_course() / "autograded"
    found = read_grades(folder)
    if not found:
        raise CourseError(
            f"No records under {folder}. Grade something first: nbgrader autograde ASSIGNMENT"
        )
    if as_json:
        terminal.write_json([grade.to_json() for grade in found])
    else:
        show_grades(found, Console(highlight=False))


Students = Annotated[
    list[str] | None, typer.Option("--student", help="Whom to grade; may be given again.")
]


@app.command(
    short_help="Grade a class, several at once.",
    epilog=examples("pawmark grade 02 --workers 2", "pawmark grade 02 --student anna --force"),
)
def grade(
    assignment: OneName,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Submissions run at once; else by cores and memory.")
    ] = None,
    student: Students = None,
    force: Annotated[bool, typer.Option(help="Grade those again that have been graded.")] = False,
) -> None:
    """Grade a class, several submissions at once; the grades are those of nbgrader autograde.

    An interrupted run goes on where it stopped.
    """
    from pawmark import cohort
    from pawmark.course import find_assignment, find_course

    course = find_course()
    name = find_assignment(course, assignment)
    console = terminal.console()
    try:
        status = cohort.grade(course, name, console, workers, student, force)
    except KeyboardInterrupt:
        raise InterruptionError(
            "interrupted. What was run is kept; the same command goes on from there."
        ) from None
    if status:
        raise AttentionError(
            "nbgrader autograde found something to look at; it is at the end of "
            f"{course / '.pawmark' / 'logs' / f'autograde-{name}.log'}"
        )


@app.command(
    short_help="Show, then write, what a mended check changes.",
    epilog=examples("pawmark regrade 02", "pawmark regrade 02 --write"),
)
def regrade(
    assignment: OneName,
    student: Students = None,
    write: Annotated[bool, typer.Option("--write", help="Write what is shown.")] = False,
    as_json: Json = False,
) -> None:
    """Show what grading again would change after a check was mended, then write it on request.

    Student code runs only for what a changed check asks anew.
    """
    from pawmark import cohort
    from pawmark.course import find_assignment, find_course

    course = find_course()
    name = find_assignment(course, assignment)
    changes = cohort.preview(course, name, student)
    if not as_json:
        _show_changes(changes, write)
    failed = bool(changes) and write and cohort.regrade(course, name, student)
    if as_json:
        found = [dataclasses.asdict(change) for change in changes]
        told = {"assignment": name, "changes": found, "written": write and bool(changes)}
        terminal.write_json(told)
    if failed:
        raise AttentionError(
            "nbgrader autograde found something to look at; see .pawmark/logs/ in the course"
        )


def _show_changes(changes: list, write: bool) -> None:
    for change in changes:
        who = ascii(change.student)[1:-1]
        print(f"{who}  {change.exercise}  {change.title}  {change.before} -> {change.after}")
    print(f"{len(changes)} checks change" if changes else "Nothing changes.")
    if changes and not write:
        print("Nothing is written yet: add --write")


@app.command(
    short_help="Open JupyterLab on release/.",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog=examples("pawmark lab", "pawmark lab 03 --no-browser --port 9000"),
)
def lab(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Opens this assignment, by name or number.")
    ] = None,
) -> None:
    """Open JupyterLab on release/, the notebooks as students get them.

    Options that are not of pawmark go to JupyterLab.
    """
    from pawmark.course import find_assignment, find_course

    course = find_course()
    folder = course / "release"
    if not folder.is_dir():
        raise CourseError(f"There is no {folder}. Write it first: pawmark release")
    options = list(context.args)
    if name is not None and name.startswith("-"):
        options, name = [name, *options], None
    if name is not None:
        found = find_assignment(course, name)
        options.append(f"--LabApp.default_url=/lab/tree/{found}/{found}.ipynb")
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}", *options]
    raise typer.Exit(subprocess.run(command, check=False).returncode)  # noqa: S603


@data_app.command(epilog=examples("pawmark data make", "pawmark data make --seed 7 --count 100"))
def make(
    seed: Annotated[int | None, typer.Option(help="Same seed, same pictures.")] = None,
    count: Annotated[int | None, typer.Option(help="Number of photographs.")] = None,
    as_json: Json = False,
) -> None:
    """Draw the synthetic photographs, or find them in the cache, and say where they are."""
    from pawmark import pets

    given = {"seed": seed, "count": count}
    data = pets.synthetic(**{name: value for name, value in given.items() if value is not None})
    if as_json:
        facts = {"root": str(data.root), "kind": data.kind, "identity": data.identity}
        terminal.write_json({**facts, "photographs": len(data.names)})
    else:
        print(f"{len(data.names)} photographs with masks in {data.root}")


@app.command(
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

    The exit code is 1 if there is anything to mend.
    """
    from pawmark.doctor import Status, examine, table

    found = []
    for finding in examine(deep=deep):
        found.append(finding)
        hidden = terminal.is_quiet() and finding.status is not Status.MEND
        for line in () if as_json or hidden else table([finding]):
            print(line, flush=True)
    if as_json:
        terminal.write_json([finding.to_json() for finding in found])
    if any(finding.status is Status.MEND for finding in found):
        raise typer.Exit(1)


@app.command(
    short_help="Begin an assignment of your own.", epilog=examples("pawmark new 07_my_idea")
)
def new(
    name: Annotated[str, typer.Argument(metavar="NN_NAME", help="Number and words.")],
) -> None:
    """Begin an assignment of your own: one exercise that works, with its checks and answers."""
    from pawmark.course import find_course
    from pawmark.scaffold import scaffold

    for path in scaffold(find_course(), name):
        terminal.say(f"wrote {path}")
    terminal.say(
        f"Open source/{name}/{name}.ipynb in JupyterLab and make it your own. What students get: "
        f"pawmark release {name[:2]}. A guide: docs/writing-an-assignment.md"
    )
