"""Commands for those who grade."""

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from pawmark import terminal
from pawmark.cli.options import Json, Names, OneName, Students, examples, group, known_names
from pawmark.errors import AttentionError, CourseError, InterruptionError
from pawmark.wording import counted

commands = typer.Typer()
recordings = group(
    "What submissions printed and answered, kept in .pawmark/records/.",
    "pawmark recordings list",
    "pawmark recordings prune --days 180",
)


@commands.command(
    short_help="Release, grade and show a class of eight.", epilog=examples("pawmark demo")
)
def demo() -> None:
    """Release, grade a class of eight and show the grades, in build/demo/."""
    from pawmark.authoring.demo import run_demo

    if not run_demo(console=terminal.console()):
        raise typer.Exit(1)


@commands.command(
    short_help="Grade a class, several at once.",
    epilog=examples("pawmark grade 02 03 --workers 2", "pawmark grade 02 --student anna --force"),
)
def grade(
    assignments: Annotated[
        list[str],
        typer.Argument(metavar="NN...", help="Names or numbers.", autocompletion=known_names),
    ],
    workers: Annotated[
        int | None, typer.Option(min=1, help="Submissions run at once; else by cores and memory.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Run submissions by this Dask scheduler: tcp://HOST:8786")
    ] = None,
    student: Students = None,
    force: Annotated[bool, typer.Option(help="Grade those again that have been graded.")] = False,
    as_json: Json = False,
) -> None:
    """Grade a class, several submissions at once; the grades are those of nbgrader autograde.

    An interrupted run goes on where it stopped. While another command grades an assignment, this
    one says so and waits. With --json progress goes to stderr, then the grades of these assignments
    are printed as pawmark grades --json prints them: of all students, or of those named.
    """
    from pawmark.grading.batch import grade_class
    from pawmark.grading.course_folder import LOGS, find_assignment, find_course

    course = find_course()
    names = [find_assignment(course, name) for name in assignments]
    console = terminal.console(stderr=as_json)
    try:
        with _claimed(course, names, "pawmark grade"):
            status = grade_class.grade(course, names, console, workers, student, force, scheduler)
        if as_json:
            terminal.write_json(_standings(course, names, student))
    except KeyboardInterrupt:
        raise InterruptionError(
            "interrupted. What was run is kept; the same command goes on from there."
        ) from None
    if status:
        logs = ", ".join(str(course / LOGS / f"autograde-{name}.log") for name in names)
        raise AttentionError(
            f"nbgrader autograde found something to look at; it is at the end of {logs}"
        )


def _standings(course: Path, names: list[str], students: list[str] | None) -> list[dict]:
    """Return where all students, or those named, stand with some assignments, for programs."""
    from pawmark.grading.gradebook.class_grades import read_class

    found = read_class(course, names).all
    return [one.to_json() for one in found if not students or one.student in students]


def _claimed(course: Path, names: list[str], command: str) -> AbstractContextManager[None]:
    """Be the only command that grades some assignments; say on stderr for whom this one waits."""
    from pawmark.grading.gradebook.claim import claimed

    return claimed(course, names, command, lambda line: print(line, file=sys.stderr, flush=True))


@commands.command(
    short_help="Show, then write, what a mended check changes.",
    epilog=examples("pawmark regrade 02", "pawmark regrade 02 03 --write"),
)
def regrade(
    assignments: Annotated[
        list[str],
        typer.Argument(metavar="NN...", help="Names or numbers.", autocompletion=known_names),
    ],
    student: Students = None,
    write: Annotated[bool, typer.Option("--write", help="Write what is shown.")] = False,
    as_json: Json = False,
) -> None:
    """Show what grading again would change after a check was mended, then write it on request.

    It shows grades as they are and as they would be: with what people gave, penalties for lateness,
    and what waits for a person then. Student code runs only for what a changed check asks anew.
    """
    from pawmark.grading.batch import regrade as regrading
    from pawmark.grading.course_folder import LOGS, find_assignment, find_course

    course = find_course()
    names = [find_assignment(course, name) for name in assignments]
    how_far = "interrupted, and nothing was written. What was run is kept; give the command again."
    try:
        with _claimed(course, names, "pawmark regrade --write") if write else nullcontext():
            found = regrading.preview(course, names, student)
            how_far = regrading.Interrupted(course, found) if write else how_far
            results, failed = _regrade(course, found, write, as_json)
    except KeyboardInterrupt:
        raise InterruptionError(str(how_far)) from None
    if as_json:
        terminal.write_json(results)
    if failed:
        raise AttentionError(
            f"nbgrader autograde found something to look at; see {LOGS}/ in the course"
        )


def _regrade(
    course: Path, found: dict[str, list], write: bool, as_json: bool
) -> tuple[list[dict], bool]:
    """Show what changes, and write it; return it for programs, and whether a person must look."""
    results, failed = [], False
    for name, changes in found.items():
        if not as_json:
            _show_changes(name, changes, write)
        if write:
            failed = _write_changes(course, name, changes) or failed
            if changes and not as_json:
                terminal.say(f"Written. New pages for them: nbgrader generate_feedback {name}")
        told = [change.to_json() for change in changes]
        results.append({"assignment": name, "changes": told, "written": write and bool(changes)})
    return results, failed


def _write_changes(course: Path, name: str, changes: list) -> bool:
    """Write what was shown; tell whether there is something to look at, and say what."""
    from pawmark.grading.batch import regrade as regrading

    status = regrading.regrade(course, name, changes)
    differing = regrading.otherwise(course, name, changes)
    for line in differing:
        print(line, file=sys.stderr)
    return status != 0 or bool(differing)


def _show_changes(assignment: str, changes: list, write: bool) -> None:
    print(f"{assignment}:")
    for change in changes:
        for line in change.lines():
            print(line)
    count = sum(len(change.checks) for change in changes)
    print(f"changed: checks {count}, students {len(changes)}" if changes else "Nothing changes.")
    if changes and not write:
        print("Nothing is written yet: add --write")


@commands.command(
    short_help="Take hand-ins along where exercises changed.",
    epilog=examples("pawmark migrate 02", "pawmark migrate 02 --rename 02-box=02-frame --write"),
)
def migrate(
    assignment: OneName,
    rename: Annotated[
        list[str] | None, typer.Option(metavar="OLD=NEW", help="An exercise is called NEW now.")
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option(metavar="OLD", help="An exercise goes, with its points.")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Do what is shown.")] = False,
) -> None:
    """Take the gradebook along where exercises were renamed, removed or added after hand-ins.

    Shows what differs between source and gradebook, and what becomes of points; with --write it
    keeps a copy of the gradebook, and does it.
    """
    from pawmark.assignments import short_name
    from pawmark.grading.course_folder import find_assignment, find_course
    from pawmark.grading.gradebook import migration
    from pawmark.grading.intake.sources import require_sources

    course = find_course()
    name = find_assignment(course, assignment)
    require_sources(course, [name])
    renamed = dict(map(_pair, rename or ()))
    with _claimed(course, [name], "pawmark migrate --write") if write else nullcontext():
        wanted = migration.plan(course, name, renamed, remove or ())
        if wanted is None:
            print(f"{name}: source and gradebook have the same exercises")
            return
        for line in wanted.lines():
            print(line)
        if not write:
            print("Nothing is written yet" + ("" if wanted.open else ": add --write"))
            return
        kept = migration.migrate(course, wanted)
    if kept is not None:
        terminal.say(f"the gradebook as it was: {kept.relative_to(course)}")
    else:
        terminal.say("no copy of the gradebook was kept: it lies on a server, which can make one")
    short = short_name(name)
    terminal.say(f"next: pawmark release {short}, then pawmark grade {short} --force")


def _pair(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not (old and equals and new):
        raise typer.BadParameter(f"--rename takes OLD=NEW, and got {text!r}.")
    return old, new


@commands.command(
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
    """Show the grades of all students by assignment, and every check that was lost.

    They are those of nbgrader's gradebook: with what people gave, and with penalties for lateness.
    """
    from rich.console import Console

    from pawmark.grading.course_folder import find_course
    from pawmark.grading.gradebook.class_grades import read_class
    from pawmark.grading.results.table import show_grades

    if folder is not None and not folder.is_dir():
        raise CourseError(f"{folder} is no folder: expected one of records, such as autograded/.")
    course = find_course() if folder is None else folder.resolve().parent
    found = read_class(course, autograded=folder)
    if as_json:
        terminal.write_json([standing.to_json() for standing in found.all])
    else:
        show_grades(found.all, Console(highlight=False))


@commands.command(
    short_help="Tell why a submission lost points.",
    epilog=examples(
        "pawmark explain 02 anna",
        "pawmark explain 02 anna 02-box:corners --notebook anna.ipynb",
    ),
)
def explain(
    assignment: OneName,
    student: Annotated[str, typer.Argument(help="Whose submission.")],
    check: Annotated[
        str | None, typer.Argument(help="An exercise, a check or a row; all lost ones if left out.")
    ] = None,
    notebook: Annotated[
        Path | None, typer.Option(help="Write a notebook that repeats the loss to this file.")
    ] = None,
) -> None:
    """Tell what was asked for each check that lost points, what came, and what was expected.

    It is told from the recording: no student code runs where that is whole. The notebook shows
    inputs as pictures too; who runs it runs the student's code.
    """
    from pawmark.grading.course_folder import find_assignment, find_course
    from pawmark.grading.explain.notebook import write_notebook
    from pawmark.grading.explain.retelling import retell
    from pawmark.grading.explain.words import lines_of
    from pawmark.grading.gradebook.book import comments_of
    from pawmark.grading.gradebook.class_grades import read_class
    from pawmark.grading.intake.cells import exercise_of

    course = find_course()
    name = find_assignment(course, assignment)
    check = None if check is None else exercise_of(check)  # formgrader shows the name of its cell
    comments = comments_of(course, name, student)
    standing = read_class(course, [name]).standings.get((name, student))
    given = [] if standing is None or standing.grade is None else standing.grade.by_people
    by_people = {*comments, *(part.exercise for part in given)}
    retold = retell(course, name, student, check, by_people)
    if check is not None:
        told = {check, *(one.exercise for one in retold.lost)}
        comments = {exercise: text for exercise, text in comments.items() if exercise in told}
    for line in lines_of(retold, standing, course, comments):
        print(line)
    if notebook is not None:
        write_notebook(retold, notebook)
        terminal.say(f"wrote {notebook}")


@commands.command(
    short_help="Write a page on how the class did.",
    epilog=examples("pawmark report 02 --csv scores.csv --lms canvas"),
)
def report(
    names: Names = None,
    output: Annotated[
        Path | None, typer.Option(help="The page; report.html in the course if left out.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the grades to this file too.")] = None,
    lms: Annotated[str | None, typer.Option(help="Form of the file: moodle or canvas.")] = None,
    not_final: Annotated[
        bool, typer.Option("--not-final", help="Write the file though grades are not final.")
    ] = False,
    absent_zero: Annotated[
        bool, typer.Option("--absent-zero", help="0 points in it for who handed in nothing.")
    ] = False,
) -> None:
    """Write a page on how the class did: scores, checks, misconceptions, time, training.

    It needs no server and no network. The file names the whole roster, and is refused while a grade
    in it is not final.
    """
    from pawmark.reporting.command import run_report

    for line in run_report(names or [], output, csv, lms, not_final, absent_zero):
        print(line)


@recordings.command("list", epilog=examples("pawmark recordings list"))
def list_recordings() -> None:
    """List the recordings: name, assignment, size, when last used, and whose grades are from it."""
    from pawmark.grading.course_folder import find_course
    from pawmark.grading.run import store

    found = store.entries(find_course())
    for entry in found:
        print(store.line_of(entry))
    print(
        f"{counted(len(found), 'recording')}, {store.show_size(sum(entry.size for entry in found))}"
    )


@recordings.command("show", epilog=examples("pawmark recordings show 4bf9"))
def show_recording(
    recording: Annotated[str, typer.Argument(help="Its name, or how that begins.")],
) -> None:
    """Show what a recording holds: seed, cells, questions by check, and how a process was lost."""
    from pawmark.grading.course_folder import find_course
    from pawmark.grading.run import store

    course = find_course()
    for line in store.describe(course, store.find(course, recording)):
        print(line)


@recordings.command(
    "prune",
    epilog=examples(
        "pawmark recordings prune --days 180", "pawmark recordings prune --megabytes 500"
    ),
)
def prune_recordings(
    days: Annotated[float | None, typer.Option(min=0, help="Not used for so many days.")] = None,
    megabytes: Annotated[
        float | None, typer.Option(min=0, help="The oldest, until the rest fits into so much.")
    ] = None,
    assignment: Annotated[str | None, typer.Option(help="Only of this one, by name or number.")] = (
        None
    ),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which would go.")] = False,
) -> None:
    """Remove recordings. No grade changes: graded again, such a submission is run again."""
    from pawmark.grading.course_folder import find_assignment, find_course
    from pawmark.grading.run import store

    if days is None and megabytes is None and assignment is None:
        raise CourseError("Which recordings? Say --days, --megabytes or --assignment.")
    course = find_course()
    name = None if assignment is None else find_assignment(course, assignment)
    size = None if megabytes is None else int(megabytes * 1e6)
    gone = store.prune(course, days, size, name, remove=not dry_run)
    for entry in gone:
        print(store.line_of(entry))
    verb = "would go" if dry_run else "removed"
    freed = store.show_size(sum(entry.size for entry in gone))
    print(f"{counted(len(gone), 'recording')} {verb}, {freed}")
