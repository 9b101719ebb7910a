"""The command line: a thin layer over the package and nbgrader."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from pawmark.errors import CourseError, DataError, PawmarkError

app = typer.Typer(
    help="Pawmark: assignments on deep learning for computer vision, and their grading.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
data_app = typer.Typer(help="The photographs that the assignments use.", no_args_is_help=True)
app.add_typer(data_app, name="data")

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


@app.command()
def release(names: Names = None) -> None:
    """Write release/ again: what students get."""
    _generate(names, "generate_assignment", "release")


@app.command()
def solutions(names: Names = None) -> None:
    """Write solutions/ again: the reference, run, with its figures (may take minutes)."""
    _generate(names, "generate_solution", "solutions")


def _generate(names: list[str] | None, subcommand: str, target: str) -> None:
    from pawmark.course import assignments, find_assignment, find_course, generate

    course = find_course()
    wanted = [find_assignment(course, name) for name in names or assignments(course)]
    for name in wanted:
        for folder in generate(course, [name], subcommand, target):
            print(f"wrote {folder.relative_to(course)}/", flush=True)


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
    assignment: Annotated[str, typer.Argument(help="Name or number.")],
    workers: Annotated[
        int | None, typer.Option(min=1, help="Submissions run at once; else by cores and memory.")
    ] = None,
    student: Students = None,
    force: Annotated[bool, typer.Option(help="Grade those again that have been graded.")] = False,
) -> None:
    """Grade a class, several submissions at once; the grades are those of nbgrader autograde.

    An interrupted run goes on where it stopped. Example: pawmark grade 02 --workers 2
    """
    from rich.console import Console

    from pawmark import cohort
    from pawmark.course import find_assignment, find_course

    course = find_course()
    name = find_assignment(course, assignment)
    console = Console(highlight=False)
    try:
        status = cohort.grade(course, name, console, workers, student, force)
    except KeyboardInterrupt:
        raise CourseError(
            "interrupted. What was run is kept; the same command goes on from there."
        ) from None
    if status:
        raise CourseError(
            "nbgrader autograde found something to look at; it is at the end of "
            f"{course / '.pawmark' / 'logs' / f'autograde-{name}.log'}"
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
        who = ascii(change.student)[1:-1]
        print(f"{who}  {change.exercise}  {change.title}  {change.before} -> {change.after}")
    print(f"{len(changes)} checks change" if changes else "Nothing changes.")
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


@data_app.command()
def fetch(
    from_files: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            metavar="IMAGES ANNOTATIONS", help="The two archives, if they are on this machine."
        ),
    ] = None,
    mirror: Annotated[
        list[str] | None, typer.Option(help="Address of a folder that holds both archives.")
    ] = None,
) -> None:
    """Download the Oxford-IIIT Pet photographs (0.8 GB), check and unpack them.

    An interrupted download goes on where it stopped. Example: pawmark data fetch
    """
    from pawmark.pets import archive

    try:
        folder = archive.fetch(mirror or (), from_files or ())
    except KeyboardInterrupt:
        raise DataError(
            "interrupted. What has come is kept; the same command goes on from there."
        ) from None
    print(f"The photographs are in {folder}")


@data_app.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="Holds images/ and annotations/; else what is in use.")
    ] = None,
) -> None:
    """Open every photograph and mask of a data set and report what is odd or wrong, by name."""
    from pawmark.pets import inspection

    found = inspection.inspect(folder)
    print("\n".join(inspection.lines_of(found)))
    if found.problems:
        raise typer.Exit(1)
