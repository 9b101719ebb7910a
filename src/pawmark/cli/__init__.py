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
    epilog=examples("pawmark data make", "pawmark data fetch", "pawmark data check"),
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(data_app, name="data")
records_app = typer.Typer(
    cls=terminal.CommandLine,
    help="What submissions printed and answered, kept in .pawmark/records/.",
    epilog=examples("pawmark records list", "pawmark records prune --days 180"),
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(records_app, name="records")


def _known_names(incomplete: str) -> list[str]:
    """Complete the name of an assignment in the shell."""
    from pawmark.grading.course_folder import assignments, find_course

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
    from pawmark.authoring.demo import run_demo

    if not run_demo(console=terminal.console()):
        raise typer.Exit(1)


Force = Annotated[bool, typer.Option(help="Write it even where nothing has changed.")]


@app.command(epilog=examples("pawmark release", "pawmark release 02 03"))
def release(names: Names = None, force: Force = False) -> None:
    """Write release/ again, where the source has changed: what students get."""
    _generate(names, "generate_assignment", "release", force)


@app.command(
    short_help="Write solutions/: the reference, run.", epilog=examples("pawmark solutions 02")
)
def solutions(names: Names = None, force: Force = False) -> None:
    """Write solutions/ again, where something changed: the reference, run, with its figures."""
    _generate(names, "generate_solution", "solutions", force)


def _generate(names: list[str] | None, subcommand: str, target: str, force: bool) -> None:
    from pawmark.authoring.generating import refresh
    from pawmark.grading.course_folder import assignments, find_assignment, find_course

    course = find_course()
    wanted = [find_assignment(course, name) for name in names or assignments(course)]
    for made in refresh(course, wanted, subcommand, target, force):
        what = "wrote" if made.written else "up to date:"
        terminal.say(f"{what} {made.folder.relative_to(course)}/")


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
    grader_tests/bars/. The bar is for the profile of this machine or of PAWMARK_PROFILE, and for
    drawn photographs, or for the real ones where PAWMARK_DATA names them.
    """
    from pawmark.grading.course_folder import find_assignment, find_course
    from pawmark.vision.calibration import calibrate as measure
    from pawmark.vision.calibration import named_photographs

    course = find_course()
    name = find_assignment(course, assignment)
    if show:
        from pawmark.vision.calibration.evidence import describe

        print("\n".join(describe(course / "grader_tests" / "bars" / f"{name}.json")))
        return
    path = measure(name, course, runs=runs, say=terminal.say, data=named_photographs())
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

    from pawmark.grading.course_folder import find_course
    from pawmark.grading.results.table import read_grades, show_grades

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


@app.command(
    short_help="Write a page on how the class did.",
    epilog=examples("pawmark report 02 --csv scores.csv --lms canvas"),
)
def report(
    names: Names = None,
    output: Annotated[
        Path | None, typer.Option(help="The page; report.html in the course if left out.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the scores to this file too.")] = None,
    lms: Annotated[str | None, typer.Option(help="Form of the file: moodle or canvas.")] = None,
) -> None:
    """Write a page on how the class did: scores, checks, misconceptions, time, training.

    It needs no server and no network.
    """
    from pawmark.reporting.command import run_report

    for line in run_report(names or [], output, csv, lms):
        print(line)


Students = Annotated[
    list[str] | None, typer.Option("--student", help="Whom to grade; may be given again.")
]


@app.command(
    short_help="Grade a class, several at once.",
    epilog=examples("pawmark grade 02 03 --workers 2", "pawmark grade 02 --student anna --force"),
)
def grade(
    assignments: Annotated[
        list[str],
        typer.Argument(metavar="NN...", help="Names or numbers.", autocompletion=_known_names),
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

    An interrupted run goes on where it stopped.
    """
    from pawmark.grading.batch import grade_class
    from pawmark.grading.course_folder import find_assignment, find_course

    course = find_course()
    names = [find_assignment(course, name) for name in assignments]
    console = terminal.console()
    try:
        status = grade_class.grade(course, names, console, workers, student, force, scheduler)
    except KeyboardInterrupt:
        raise InterruptionError(
            "interrupted. What was run is kept; the same command goes on from there."
        ) from None
    if status:
        raise AttentionError(
            "nbgrader autograde found something to look at; it is at the end of "
            f"{course / '.pawmark' / 'logs'}/autograde-ASSIGNMENT.log"
        )


@app.command(
    short_help="Show, then write, what a mended check changes.",
    epilog=examples("pawmark regrade 02", "pawmark regrade 02 03 --write"),
)
def regrade(
    assignments: Annotated[
        list[str],
        typer.Argument(metavar="NN...", help="Names or numbers.", autocompletion=_known_names),
    ],
    student: Students = None,
    write: Annotated[bool, typer.Option("--write", help="Write what is shown.")] = False,
    as_json: Json = False,
) -> None:
    """Show what grading again would change after a check was mended, then write it on request.

    Student code runs only for what a changed check asks anew.
    """
    from pawmark.grading.batch import grade_class
    from pawmark.grading.course_folder import find_assignment, find_course

    course = find_course()
    told, failed = [], False
    names = [find_assignment(course, name) for name in assignments]
    for name, changes in grade_class.preview(course, names, student).items():
        if not as_json:
            _show_changes(name, changes, write)
        failed = (write and grade_class.regrade(course, name, changes) != 0) or failed
        found = [dataclasses.asdict(change) for change in changes]
        told.append({"assignment": name, "changes": found, "written": write and bool(changes)})
    if as_json:
        terminal.write_json(told)
    if failed:
        raise AttentionError(
            "nbgrader autograde found something to look at; see .pawmark/logs/ in the course"
        )


def _show_changes(assignment: str, changes: list, write: bool) -> None:
    print(f"{assignment}:")
    for change in changes:
        for line in change.lines():
            print(line)
    count = sum(len(change.checks) for change in changes)
    print(f"changed: checks {count}, students {len(changes)}" if changes else "Nothing changes.")
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
    instructor: Annotated[
        bool, typer.Option("--instructor", help="The whole course, with formgrader.")
    ] = False,
) -> None:
    """Open JupyterLab on the notebooks as students get them, or on the course for an instructor.

    Options that are not of pawmark go to JupyterLab.
    """
    from pawmark.lab.launching import plan

    options = list(context.args)
    if name is not None and name.startswith("-"):
        options, name = [name, *options], None
    launch = plan(Path.cwd(), name, instructor, options)
    done = subprocess.run(launch.command, cwd=launch.folder, env=launch.environment, check=False)  # noqa: S603
    raise typer.Exit(done.returncode)


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


@data_app.command(
    epilog=examples("pawmark data fetch", "pawmark data fetch --from-files IMAGES ANNOTATIONS")
)
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

    An interrupted download goes on where it stopped.
    """
    from pawmark.pets.fetching import archive

    try:
        folder = archive.fetch(mirror or (), from_files or ())
    except KeyboardInterrupt:
        raise InterruptionError(
            "interrupted. What has come is kept; the same command goes on from there."
        ) from None
    terminal.say(f"The photographs are in {folder}")


@data_app.command(epilog=examples("pawmark data check", "pawmark data check /data/pets"))
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
    from pawmark.authoring.doctor import Status, examine, table

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
    from pawmark.authoring.scaffold import scaffold
    from pawmark.grading.course_folder import find_course

    for path in scaffold(find_course(), name):
        terminal.say(f"wrote {path}")
    terminal.say(
        f"Open source/{name}/{name}.ipynb in JupyterLab and make it your own. What students get: "
        f"pawmark release {name[:2]}. A guide: docs/writing-an-assignment.md"
    )


@records_app.command("list", epilog=examples("pawmark records list"))
def list_records() -> None:
    """List the records: name, assignment, size, when last used, and whose grades are from it."""
    from pawmark.grading.course_folder import find_course
    from pawmark.grading.run import store

    found = store.entries(find_course())
    for entry in found:
        print(store.line_of(entry))
    print(f"{len(found)} records, {store.show_size(sum(entry.size for entry in found))}")


@records_app.command("show", epilog=examples("pawmark records show 4bf9"))
def show_record(
    record: Annotated[str, typer.Argument(help="Its name, or how that begins.")],
) -> None:
    """Show what a record holds: seed, cells, questions by check, and how a process was lost."""
    from pawmark.grading.course_folder import find_course
    from pawmark.grading.run import store

    course = find_course()
    for line in store.describe(course, store.find(course, record)):
        print(line)


@records_app.command(
    "prune",
    epilog=examples("pawmark records prune --days 180", "pawmark records prune --megabytes 500"),
)
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
    """Remove records. No grade changes: such a submission is run again when it is graded again."""
    from pawmark.grading.course_folder import find_assignment, find_course
    from pawmark.grading.run import store

    if days is None and megabytes is None and assignment is None:
        raise CourseError("Which records? Say --days, --megabytes or --assignment.")
    course = find_course()
    name = None if assignment is None else find_assignment(course, assignment)
    size = None if megabytes is None else int(megabytes * 1e6)
    gone = store.prune(course, days, size, name, remove=not dry_run)
    for entry in gone:
        print(store.line_of(entry))
    verb = "would go" if dry_run else "removed"
    print(f"{len(gone)} records {verb}, {store.show_size(sum(entry.size for entry in gone))}")
