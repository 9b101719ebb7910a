"""A class of eight, from release to grades, in a working copy of the course."""

import os
import re
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from rich.console import Console

from pawmark import settings
from pawmark.authoring.answers import fill, read_answer, reference_cells
from pawmark.errors import CourseError
from pawmark.grading.course_folder import copy_course, find_course, run_nbgrader, source_notebook
from pawmark.grading.gradebook.class_grades import read_class
from pawmark.grading.results import record
from pawmark.grading.results.grade import Standing
from pawmark.grading.results.outcomes import of_points
from pawmark.grading.results.table import show_grades
from pawmark.grading.secret import PRACTICE, data_seed
from pawmark.reporting import write_report
from pawmark.wording import minutes

ASSIGNMENTS = ("02_data_loading", "03_encoder_decoder")

# Seconds that an endless loop costs. All else has the usual time: on a busy machine, where every
# process starts cold, a right answer may need more than this.
LOOP_LIMIT = 15

# Whoever waits off a terminal, such as continuous integration, reads something as often as this.
SILENCE = 30.0

_SUBMISSION = re.compile(r"Converting notebook .*/submitted/(?:\./)?([^/]+)/")
_LOOP = "while True:\n    pass"
_DEATH = "import os\n\nos._exit(1)"


@dataclass(frozen=True)
class Student:
    """One of the class, named by what was done.

    Attributes
    ----------
    name
        The student's name in the gradebook.
    answers
        Answer files under ``tests/answers/``, which replace cells of the reference.
    cells
        More cells that are replaced, by grade_id.
    skipped
        Exercises that were left as released.
    touched
        False for one who handed in the release as it was.
    """

    name: str
    answers: tuple[str, ...] = ()
    cells: tuple[tuple[str, str], ...] = ()
    skipped: tuple[str, ...] = ()
    touched: bool = True


# Training is what takes long: five of the eight do not come to it.
CLASS = (
    Student("reference"),
    Student("untouched", touched=False),
    Student(
        "off-by-one",
        answers=(
            "02_data_loading/wrong/answer_labels_from_one.py",
            "03_encoder_decoder/wrong/answer_best_epoch_from_zero.py",
        ),
        skipped=("03-train",),
    ),
    Student(
        "other-formula",
        answers=(
            "02_data_loading/wrong/answer_loss_base_2.py",
            "03_encoder_decoder/wrong/answer_dice_for_iou.py",
        ),
        skipped=("03-train",),
    ),
    Student(
        "masks-mixed-up",
        answers=(
            "02_data_loading/wrong/answer_one_generator_for_two_lists.py",
            "03_encoder_decoder/wrong/answer_mismatched_masks.py",
        ),
    ),
    Student(
        "unusual-right",
        answers=(
            "02_data_loading/right/answer_pillow_only.py",
            "03_encoder_decoder/right/answer_sequential_model.py",
        ),
    ),
    Student("endless-loop", cells=(("02-shuffle-pairs", _LOOP), ("03-train", _LOOP))),
    Student("dying-kernel", cells=(("02-path-to-target", _DEATH), ("03-train", _DEATH))),
)


def run_demo(folder: Path = Path("build/demo"), console: Console | None = None) -> bool:
    """Release both assignments, hand in for a class of eight, grade, and show the grades.

    Parameters
    ----------
    folder
        The working copy, under the course folder unless absolute; made anew.
    console
        Where to print.

    Returns
    -------
    bool
        Whether the reference has full marks and the untouched release none.

    Raises
    ------
    CourseError
        When a release cannot be generated, or the folder holds something else than a demo.
    """
    start = time.monotonic()
    console = console or Console(highlight=False)
    course = find_course()
    demo = course / folder
    environment = environment_of(console)
    _fresh_copy(course, demo)
    if not settings.is_set("cell_timeout"):
        limit_loops(demo)
    for assignment in ASSIGNMENTS:
        _release(demo, assignment, environment, console)
        _hand_in(course, demo, assignment)
    for assignment in ASSIGNMENTS:
        _grade(demo, assignment, environment, console)
    found = read_class(demo)
    write_report(found, demo / "report.html")
    console.print()
    show_grades(found.all, console, [student.name for student in CLASS])
    holds = _verdict(found.all, console)
    _show_paths(demo, console)
    console.print(f"\nThe demo took {minutes(time.monotonic() - start)}.")
    return holds


def environment_of(console: Console) -> dict[str, str]:
    """Return the variables of the demo: its photographs, and the walls that work here.

    Parameters
    ----------
    console
        Where it is said that others are used than grading would take, or none.
    """
    from pawmark.grading.sandbox import choice

    environment: dict[str, str] = {}
    if settings.here.grading_seed is None:  # each demo would draw photographs of its own
        environment = settings.environment(grading_seed=data_seed(PRACTICE))
    choice.chosen()  # a name that is none is no reason to go on without
    reason = choice.refusal()
    if reason and choice.helps_out():
        console.print(f"{reason} The demo does that.", markup=False)
        return environment | settings.environment(sandbox=settings.LANDLOCK)
    if reason:
        environment |= settings.environment(sandbox=settings.NONE)
        console.rule("[bold]NO SANDBOX", characters="!")
        console.print(f"{reason}", markup=False)
        console.print(
            "The demo's submissions are our own, so it goes on WITHOUT a sandbox. Do not grade "
            "students' work like this: nbgrader autograde refuses to."
        )
        console.rule(characters="!")
    return environment


def _fresh_copy(course: Path, demo: Path) -> None:
    if demo.exists() and any(demo.iterdir()) and not (demo / "source").is_dir():
        raise CourseError(f"{demo} holds something else than a demo. Move it away, then try again.")
    shutil.rmtree(demo, ignore_errors=True)
    copy_course(course, demo, ASSIGNMENTS)


def limit_loops(demo: Path) -> None:
    """Give the cells in which somebody's loop never ends a limit of their own, in the sources.

    Parameters
    ----------
    demo
        The working copy of the course.
    """
    looping = {name for student in CLASS for name, source in student.cells if source == _LOOP}
    for assignment in ASSIGNMENTS:
        path = source_notebook(demo, assignment)
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") in looping:
                cell.metadata["pawmark"] = {"seconds": LOOP_LIMIT}
        nbformat.write(notebook, path)


def _release(demo: Path, name: str, environment: Mapping[str, str], console: Console) -> None:
    console.print(f"[bold]{name}[/bold]: generating the release")
    log = demo / "logs" / f"release-{name}.log"
    with speaking(console, f"releasing {name}"):
        status = run_nbgrader(
            demo, "generate_assignment", name, "--force", log=log, environment=environment
        )
    if status != 0:
        raise CourseError(f"nbgrader could not release {name}. What it said is in {log}")


def _hand_in(course: Path, demo: Path, assignment: str) -> None:
    release = nbformat.read(demo / "release" / assignment / f"{assignment}.ipynb", as_version=4)
    source = nbformat.read(source_notebook(course, assignment), as_version=4)
    reference = reference_cells(source)
    for student in CLASS:
        cells = _cells(course, student, assignment, reference)
        path = demo / "submitted" / student.name / assignment / f"{assignment}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(fill(release, cells), path)


def _cells(
    course: Path, student: Student, assignment: str, reference: Mapping[str, str]
) -> dict[str, str]:
    if not student.touched:
        return {}
    cells = dict(reference)
    for answer in student.answers:
        if answer.startswith(f"{assignment}/"):
            cells |= read_answer(course / "tests" / "answers" / answer).cells
    cells |= {name: source for name, source in student.cells if name in reference}
    return {name: source for name, source in cells.items() if name not in student.skipped}


@contextmanager
def speaking(console: Console, what: str) -> Iterator[None]:
    """Say every half minute that something still goes on.

    Parameters
    ----------
    console
        Where to print.
    what
        What goes on, as in "grading 02_data_loading".
    """
    done, start = threading.Event(), time.monotonic()

    def speak() -> None:
        while not done.wait(SILENCE):
            spent = minutes(time.monotonic() - start)
            console.print(f"          still {what}, {spent} so far", markup=False)

    speaker = threading.Thread(target=speak, daemon=True)
    speaker.start()
    try:
        yield
    finally:
        done.set()
        speaker.join()


class _Progress:
    """Prints a line when a submission is begun, and one when it is graded."""

    def __init__(self, demo: Path, assignment: str, console: Console) -> None:
        self.demo, self.assignment, self.console = demo, assignment, console
        self.current: str | None = None
        self.count = 0
        self.start = time.monotonic()

    def read(self, line: str) -> None:
        """Take one line of nbgrader's log."""
        match = _SUBMISSION.search(line)
        if match and match[1] != self.current:
            self.finish()
            self.current, self.start = match[1], time.monotonic()
            self.count += 1
            place = f"{self.count} of {len(CLASS)}"
            self.console.print(f"  {place}  {self.current} ...", markup=False)

    def finish(self) -> None:
        """Say what came of the submission that was last begun."""
        if self.current is None:
            return
        path = record.path_of(self.demo, self.current, self.assignment)
        grade = record.read(path) if path.exists() else None
        points = "not graded"
        if grade:
            points = f"{of_points(grade.points, grade.max_points)} by the checks"
        seconds = time.monotonic() - self.start
        self.console.print(f"          {points}, {seconds:.0f} s", markup=False)


def _grade(demo: Path, name: str, environment: Mapping[str, str], console: Console) -> None:
    console.print(f"[bold]{name}[/bold]: nbgrader autograde {name}")
    progress = _Progress(demo, name, console)
    log = demo / "logs" / f"autograde-{name}.log"
    with speaking(console, f"grading {name}"):
        status = run_nbgrader(
            demo, "autograde", name, log=log, environment=environment, on_line=progress.read
        )
    progress.finish()
    _warn(status, "autograde", log, console)
    console.print(f"[bold]{name}[/bold]: nbgrader generate_feedback {name}")
    log = demo / "logs" / f"feedback-{name}.log"
    with speaking(console, f"writing the feedback of {name}"):
        status = run_nbgrader(demo, "generate_feedback", name, log=log, environment=environment)
    _warn(status, "generate_feedback", log, console)


def _warn(status: int, subcommand: str, log: Path, console: Console) -> None:
    if status != 0:
        console.print(f"nbgrader {subcommand} ended with status {status}; see {log}", markup=False)


def _verdict(grades: list[Standing], console: Console) -> bool:
    """Say whether the two ends of the scale are where they belong."""
    ends = {"reference": 1.0, "untouched": 0.0}
    holds = True
    for name, share in ends.items():
        own = [grade for grade in grades if grade.student == name]
        right = all(abs(grade.score - share * grade.max_score) < 1e-6 for grade in own)
        if len(own) != len(ASSIGNMENTS) or not right:
            wanted = "full marks" if share else "no points"
            console.print(f"\nSomething is wrong: {name} should have {wanted} in every assignment.")
            holds = False
    return holds


def _show_paths(demo: Path, console: Console) -> None:
    last = ASSIGNMENTS[-1]
    paths = {
        "a feedback page": demo / "feedback" / "off-by-one" / last / f"{last}.html",
        "the class": demo / "report.html",
        "what students get": demo / "release" / last / f"{last}.ipynb",
        "the solution": source_notebook(demo, last),
        "the logs": demo / "logs",
    }
    console.print("\nTo open next:")
    for what, path in paths.items():
        if path.exists():
            console.print(f"  {what:18}{os.path.relpath(path)}", markup=False, soft_wrap=True)
