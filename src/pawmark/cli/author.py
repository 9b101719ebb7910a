"""Commands for those who write assignments."""

from typing import Annotated

import typer

from pawmark import terminal
from pawmark.cli.options import Names, OneName, examples
from pawmark.errors import CourseError
from pawmark.wording import counted

commands = typer.Typer()
Force = Annotated[bool, typer.Option(help="Write it even where nothing has changed.")]


@commands.command(epilog=examples("pawmark release", "pawmark release 02 03"))
def release(names: Names = None, force: Force = False) -> None:
    """Write release/ again, where the source has changed: what students get."""
    _generate(names, "generate_assignment", "release", force)


@commands.command(
    short_help="Write solutions/: the reference, run.", epilog=examples("pawmark solutions 02")
)
def solutions(names: Names = None, force: Force = False) -> None:
    """Write solutions/ again, where something changed: the reference, run, with its figures."""
    _generate(names, "generate_solution", "solutions", force)


def _generate(names: list[str] | None, subcommand: str, target: str, force: bool) -> None:
    from pawmark.authoring.generating import refresh
    from pawmark.grading.course_folder import assignments, find_assignment, find_course
    from pawmark.grading.gradebook import course_settings

    course = find_course()
    terminal.warn(course_settings.adopt(course))
    wanted = [find_assignment(course, name) for name in names or assignments(course)]
    for made in refresh(course, wanted, subcommand, target, force):
        what = "wrote" if made.written else "up to date:"
        terminal.say(f"{what} {made.folder.relative_to(course)}/")


@commands.command(
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
    from pawmark.grading.gradebook import course_settings
    from pawmark.vision.calibration import calibrate as measure
    from pawmark.vision.calibration import named_photographs

    course = find_course()
    terminal.warn(course_settings.adopt(course))
    name = find_assignment(course, assignment)
    if show:
        from pawmark.vision.calibration.evidence import describe

        print("\n".join(describe(course / "grader_tests" / "bars" / f"{name}.json")))
        return
    path = measure(name, course, runs=runs, say=terminal.say, data=named_photographs())
    terminal.say(f"wrote {path.relative_to(course)} and its picture")


@commands.command(
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


@commands.command(
    short_help="Take on a course made for nbgrader.",
    epilog=examples("pawmark adopt --look", "pawmark adopt"),
)
def adopt(
    look: Annotated[bool, typer.Option("--look", help="Only look, and write nothing.")] = False,
) -> None:
    """Take on a course that was made for nbgrader.

    Says of each exercise how it would be graded: outside the notebook, inside it, or by a person;
    and what would break. Then it adds to nbgrader_config.py the lines that make nbgrader grade by
    Pawmark, unless they are there.
    """
    from pawmark.authoring import adopting
    from pawmark.grading.course_folder import CONFIG, find_course

    course = find_course()
    found = adopting.look(course)
    for place in found.places:
        terminal.say(
            f"{place.notebook}: {place.name}, {counted(place.points, 'point')}: {place.how}"
        )
    counts = ", ".join(f"{count} {how}" for how, count in found.counts().items())
    terminal.say(f"{counted(len(found.places), 'exercise')}: {counts}")
    if found.wrong:
        lines = "\n- ".join(["This would break:", *found.wrong])
        raise CourseError(f"{lines}\nMend it, then: pawmark adopt")
    if look:
        return
    written = adopting.wire(course)
    if written is None:
        terminal.say(f"{CONFIG} calls Pawmark already")
    else:
        terminal.say(f"wrote {written.relative_to(course)}. A guide: docs/any-course.md")


@commands.command(
    short_help="Draft checks outside from a notebook's tests.",
    epilog=examples("pawmark outside 02-my-exercise --look", "pawmark outside 02-my-exercise"),
)
def outside(
    exercise: Annotated[str, typer.Argument(help="The grade_id of its tests.")],
    look: Annotated[bool, typer.Option("--look", help="Only show it, and write nothing.")] = False,
) -> None:
    """Draft the checks of an exercise that is tested inside its notebook.

    Calls with literal arguments in the asserts of its cell of tests become questions that are
    asked from outside the sandbox; what cannot be carried over is named. The judge is a copy of
    the reference solution, which pawmark prove refuses until an independent one is in its place.
    Nothing that is there is overwritten.
    """
    from pawmark.authoring import adopting
    from pawmark.authoring import outside as drafting
    from pawmark.grading.course_folder import find_course

    course = find_course()
    made = drafting.draft(course, exercise)
    if look:
        print(made.text, end="")
        return
    if (named := adopting.name_plugin(course)) is not None:
        terminal.say(f"wrote {named.relative_to(course)}: this course needs no plugin")
    path = drafting.write(course, made)
    terminal.say(f"wrote {path}: {counted(len(made.examples), 'call')} of {made.function}")
    for title, lines in made.remarks().items():
        terminal.say("\n- ".join([title, *lines]))
    terminal.say(
        f"From now on {made.exercise} is graded by it. Its judge is a copy of the reference, which "
        "pawmark prove refuses: write an independent one. A guide: docs/from-inside-to-outside.md"
    )


@commands.command(
    short_help="Begin a course of your own.", epilog=examples("pawmark init my_course")
)
def init(
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="Where; it is made.")],
) -> None:
    """Begin a course of your own: one assignment that works, and files for CI.

    A course needs no copy of Pawmark's repository: what it takes is installed.
    """
    from pathlib import Path

    from pawmark.authoring.beginning import begin

    for path in begin(Path(folder)):
        terminal.say(f"wrote {path}")
    terminal.say(f"Try it: cd {folder} && pawmark prove")


@commands.command(
    short_help="Try what should hold of a course.",
    epilog=examples("pawmark prove", "pawmark prove 01"),
)
def prove(names: Names = None) -> None:
    """Try what should hold of a course's assignments, as its continuous integration does.

    The reference gets every automatic point, what is handed out none; sources can be used and hold
    no outputs; of the answers in tests/answers/NAME/ those in right/ get all points, and those in
    wrong/ do not. Ends with 1 where something does not hold.
    """
    from pawmark.authoring.sound import prove as tried
    from pawmark.grading import course as courses
    from pawmark.grading.course_folder import assignments, find_assignment, find_course
    from pawmark.grading.gradebook import course_settings

    course = find_course()
    terminal.warn(course_settings.adopt(course))
    courses.use_configured(course_settings.load(course), course)
    failed = 0
    for name in [find_assignment(course, name) for name in names or assignments(course)]:
        for line in tried(course, name):
            terminal.say(f"{'ok  ' if line.holds else 'MEND'} {line.says}")
            failed += not line.holds
    if failed:
        raise CourseError(
            f"{counted(failed, 'of these does', 'of these do')} not hold: they are marked MEND."
        )
