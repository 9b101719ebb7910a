"""A course folder: its assignments, copies to work in, and nbgrader run inside one."""

import fnmatch
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pawmark import settings, terminal
from pawmark.assignments import assignments as assignments
from pawmark.assignments import find_assignment as find_assignment
from pawmark.assignments import find_course as find_course
from pawmark.assignments import notebooks_of as notebooks_of
from pawmark.assignments import source_notebook as source_notebook
from pawmark.errors import CourseError
from pawmark.grading import course as courses

CONFIG = "nbgrader_config.py"
SUBMITTED = "submitted"
AUTOGRADED = "autograded"
FEEDBACK = "feedback"
# What grading keeps in a course, beside what nbgrader does.
KEPT = Path(".pawmark")
RECORDS = KEPT / "records"
RELEASES = KEPT / "releases"
HANDED_IN = KEPT / "handed_in"
SECRET = KEPT / "secret"
UNFINISHED = KEPT / "unfinished"
STAGED = KEPT / "staged"
FEEDBACK_OF = KEPT / "feedback"
GENERATED = KEPT / "generated"
SEEDS = KEPT / "seeds"
NETWORKS = KEPT / "networks"
LOGS = KEPT / "logs"
# Ends the name of what grading writes beside a notebook in autograded/.
RECORD_SUFFIX = ".record.json"
_PATTERNS = ("__pycache__", ".ipynb_checkpoints", ".pytest_cache")


def is_left_out(name: str) -> bool:
    """Tell whether a file or folder of that name is no part of a course: a training, a cache."""
    patterns = (*_PATTERNS, *courses.plugin().left_out)
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def _left_out(_: str, names: list[str]) -> set[str]:
    return set(filter(is_left_out, names))


def copy_course(course: Path, target: Path, names: Iterable[str]) -> Path:
    """Copy what grading needs of some assignments: sources, hidden checks and configuration."""
    target.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copytree(course / "source" / name, target / "source" / name, ignore=_left_out)
    if (course / "grader_tests").is_dir():
        shutil.copytree(course / "grader_tests", target / "grader_tests", ignore=_left_out)
    for path in course.glob("*.py"):  # the configuration, and what it names
        shutil.copy(path, target)
    return target


@contextmanager
def working_copy(course: Path, names: Iterable[str]) -> Iterator[Path]:
    """Give a temporary copy of some assignments, with a gradebook of its own."""
    with tempfile.TemporaryDirectory(prefix="pawmark-") as folder:
        yield copy_course(course, Path(folder).resolve() / "course", names)


def run_nbgrader(
    folder: Path,
    *arguments: str,
    log: Path,
    environment: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] = lambda line: None,
) -> int:
    """Run nbgrader in a course folder, with its output in a file.

    Parameters
    ----------
    folder
        The course folder to run in.
    arguments
        The subcommand and what it takes.
    log
        The file that gets every line of output.
    environment
        Variables on top of those of this process.
    on_line
        Called with each line as it comes.

    Returns
    -------
    int
        The exit status.
    """
    command = [sys.executable, "-m", "pawmark.grading.gradebook.command", *arguments]
    # nbgrader calls alembic, and Jupyter its kernels, by name.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, **(environment or {}), "PATH": path, "PYTHONUNBUFFERED": "1"}
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w", encoding="utf-8") as file,
        subprocess.Popen(  # noqa: S603  (this Python, with the arguments of this package)
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        for line in process.stdout or ():
            file.write(line)
            file.flush()
            terminal.echo(line.rstrip("\n"))
            on_line(line.rstrip("\n"))
    return process.returncode


def generate(course: Path, name: str, subcommand: str, target: str) -> Path:
    """Generate what students or instructors get of an assignment again, whole or not at all.

    Parameters
    ----------
    course
        The course folder.
    name
        The full name of the assignment.
    subcommand
        ``generate_assignment`` or ``generate_solution``.
    target
        The folder of the course that takes the result.

    Returns
    -------
    pathlib.Path
        The folder written.

    Raises
    ------
    CourseError
        When nbgrader fails; the message ends with what it said last.
    """
    option = {
        "generate_assignment": "--CourseDirectory.release_directory",
        "generate_solution": "--CourseDirectory.solution_directory",
    }[subcommand]
    with working_copy(course, [name]) as copy:
        log = copy.parent / "log"
        if subcommand == "generate_solution":  # nbgrader asks for a known assignment
            run_nbgrader(copy, "generate_assignment", name, log=log)
        # What is committed must not depend on what somebody has downloaded.
        data = settings.environment(data=settings.here.data or settings.SYNTHETIC)
        arguments = (subcommand, name, "--force", f"{option}={target}")
        status = run_nbgrader(copy, *arguments, log=log, environment=data)
        made = copy / target / name
        if status != 0 or not (made / f"{name}.ipynb").exists():
            end = "\n".join(log.read_text(encoding="utf-8").strip().splitlines()[-15:])
            raise CourseError(f"nbgrader {subcommand} {name} failed. It said last:\n{end}")
        _replace(course / target / name, made)
    return course / target / name


def _replace(folder: Path, made: Path) -> None:
    """Put a copy of what was made in the place of a folder: a disk that is full changes nothing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as part:
        shutil.copytree(made, Path(part) / "new", ignore=_left_out)
        if folder.exists():
            folder.rename(Path(part) / "old")
        (Path(part) / "new").rename(folder)
