"""The command line: a thin layer over the package and nbgrader."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from pawmark.errors import CourseError, PawmarkError

app = typer.Typer(
    help="Pawmark: assignments on deep learning for computer vision, and their grading.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
data_app = typer.Typer(help="The photographs that the assignments use.", no_args_is_help=True)
app.add_typer(data_app, name="data")
records_app = typer.Typer(
    help="What submissions printed and answered, kept in .pawmark/records/.", no_args_is_help=True
)
app.add_typer(records_app, name="records")

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NN]...", help="Names or numbers; all if left out.")
]


def main() -> None:
    """Run the command line; an error that a person can mend is one message, without traceback."""
    try:
        app()
    except PawmarkError as error:
        print(f"pawmark: {error}", file=sys.stderr)
        sys.exit(1)


@app.command()
def demo() -> None:
    """Release, grade a class of eight and show the grades, in build/demo/."""
    from pawmark.demo import run_demo

    if not run_demo():
        raise typer.Exit(1)


Force = Annotated[bool, typer.Option(help="Write it even where nothing has changed.")]


@app.command()
def release(names: Names = None, force: Force = False) -> None:
    """Write release/ again, where the source has changed: what students get."""
    _generate(names, "generate_assignment", "release", force)


@app.command()
def solutions(names: Names = None, force: Force = False) -> None:
    """Write solutions/ again, where something changed: the reference, run, with its figures."""
    _generate(names, "generate_solution", "solutions", force)


def _generate(names: list[str] | None, subcommand: str, target: str, force: bool) -> None:
    from pawmark.course import assignments, find_assignment, find_course
    from pawmark.generation import refresh

    course = find_course()
    wanted = [find_assignment(course, name) for name in names or assignments(course)]
    for made in refresh(course, wanted, subcommand, target, force):
        what = "wrote" if made.written else "up to date:"
        print(f"{what} {made.folder.relative_to(course)}/", flush=True)


@app.command()
def calibrate(
    assignment: Annotated[str, typer.Argument(help="Name or number.")] = "03_encoder_decoder",
    runs: Annotated[int, typer.Option(min=1, help="Runs of the reference.")] = 20,
    show: Annotated[bool, typer.Option("--show", help="Only show what was measured.")] = False,
) -> None:
    """Measure the bar of an assignment's training checks again (takes long).

    Trains the reference and the wrong pipelines over seeds, each run in a process of its own, and
    goes on where it was interrupted. Writes the bar, its runs and a picture of them to
    grader_tests/bars/. Example: pawmark calibrate 03 --show
    """
    from pawmark.calibration import calibrate as measure
    from pawmark.course import find_assignment, find_course

    course = find_course()
    name = find_assignment(course, assignment)
    if show:
        from pawmark.calibration.evidence import describe

        print("\n".join(describe(course / "grader_tests" / "bars" / f"{name}.json")))
        return
    path = measure(name, course, runs=runs)
    print(f"wrote {path.relative_to(course)} and its picture")


@app.command()
def grades(
    folder: Annotated[
        Path | None, typer.Argument(help="Where the records are; autograded/ if left out.")
    ] = None,
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
    show_grades(found, Console(highlight=False))


Students = Annotated[
    list[str] | None, typer.Option("--student", help="Whom to grade; may be given again.")
]


@app.command()
def grade(
    assignments: Annotated[
        list[str], typer.Argument(metavar="NN...", help="Names or numbers of assignments.")
    ],
    workers: Annotated[
        int | None, typer.Option(min=1, help="Submissions run at once; else by cores and memory.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Run submissions by this Dask scheduler: tcp://HOST:8786")
    ] = None,
    student: Students = None,
    force: Annotated[bool, typer.Option(help="Grade those again that have been graded.")] = False,
) -> None:
    """Grade a class, several submissions at once; the grades are those of nbgrader autograde.

    An interrupted run goes on where it stopped. Example: pawmark grade 02 03 --workers 2
    """
    from rich.console import Console

    from pawmark import cohort
    from pawmark.course import find_assignment, find_course

    course = find_course()
    names = [find_assignment(course, name) for name in assignments]
    console = Console(highlight=False)
    try:
        status = cohort.grade(course, names, console, workers, student, force, scheduler)
    except KeyboardInterrupt:
        raise CourseError(
            "interrupted. What was run is kept; the same command goes on from there."
        ) from None
    if status:
        raise CourseError(
            "nbgrader autograde found something to look at; it is at the end of "
            f"{course / '.pawmark' / 'logs'}/autograde-ASSIGNMENT.log"
        )


@app.command()
def regrade(
    assignment: Annotated[str, typer.Argument(help="Name or number.")],
    student: Students = None,
    write: Annotated[bool, typer.Option("--write", help="Write what is shown.")] = False,
) -> None:
    """Show what grading again would change after a check was mended, then write it on request.

    Student code runs only for what a changed check asks anew. Example: pawmark regrade 02 --write
    """
    from pawmark import cohort
    from pawmark.course import find_assignment, find_course

    course = find_course()
    name = find_assignment(course, assignment)
    changes = cohort.preview(course, name, student)
    for change in changes:
        for line in change.lines():
            print(line)
    count = sum(len(change.checks) for change in changes)
    print(f"changed: checks {count}, students {len(changes)}" if changes else "Nothing changes.")
    if changes and not write:
        print("Nothing is written yet: add --write")
    elif changes and cohort.regrade(course, name, student):
        raise CourseError("nbgrader autograde failed; see .pawmark/logs/ in the course")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Opens this assignment, by name or number.")
    ] = None,
) -> None:
    """Open JupyterLab on release/, the notebooks as students get them.

    Options that are not of pawmark go to JupyterLab: pawmark lab 03 --no-browser --port 9000
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


@data_app.command()
def make(
    seed: Annotated[int | None, typer.Option(help="Same seed, same pictures.")] = None,
    count: Annotated[int | None, typer.Option(help="Number of photographs.")] = None,
) -> None:
    """Draw the synthetic photographs, or find them in the cache, and say where they are."""
    from pawmark import pets

    given = {"seed": seed, "count": count}
    data = pets.synthetic(**{name: value for name, value in given.items() if value is not None})
    print(f"{len(data.names)} photographs with masks in {data.root}")


@records_app.command("list")
def list_records() -> None:
    """List the records: name, assignment, size, when last used, and whose grades are from it."""
    from pawmark.course import find_course
    from pawmark.grading import shelf

    found = shelf.entries(find_course())
    for entry in found:
        print(shelf.line_of(entry))
    print(f"{len(found)} records, {shelf.show_size(sum(entry.size for entry in found))}")


@records_app.command("show")
def show_record(
    record: Annotated[str, typer.Argument(help="Its name, or how that begins.")],
) -> None:
    """Show what a record holds: seed, cells, questions by check, and how a process was lost."""
    from pawmark.course import find_course
    from pawmark.grading import shelf

    course = find_course()
    for line in shelf.describe(course, shelf.find(course, record)):
        print(line)


@records_app.command("prune")
def prune_records(
    days: Annotated[float | None, typer.Option(min=0, help="Not used for so many days.")] = None,
    megabytes: Annotated[
        float | None, typer.Option(min=0, help="The oldest, until the rest fits into so much.")
    ] = None,
    assignment: Annotated[str | None, typer.Option(help="Only of this one, by name or number.")] = (
        None
    ),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which would go.")] = False,
) -> None:
    """Remove records. No grade changes: such a submission is run again when it is graded again.

    Example: pawmark records prune --days 180 --megabytes 500
    """
    from pawmark.course import find_assignment, find_course
    from pawmark.grading import shelf

    if days is None and megabytes is None and assignment is None:
        raise CourseError("Which records? Say --days, --megabytes or --assignment.")
    course = find_course()
    name = None if assignment is None else find_assignment(course, assignment)
    size = None if megabytes is None else int(megabytes * 1e6)
    gone = shelf.prune(course, days, size, name, remove=not dry_run)
    for entry in gone:
        print(shelf.line_of(entry))
    verb = "would go" if dry_run else "removed"
    print(f"{len(gone)} records {verb}, {shelf.show_size(sum(entry.size for entry in gone))}")
