"""The classes that are graded: that of ``pawmark demo``, and two that give every wrong answer."""

import copy
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
BINARIES = Path(sys.executable).parent

DEMO = ("02_data_loading", "03_encoder_decoder")
BANK = ("01_three_tasks", "02_data_loading")

# The answers of the bank go to two classes: a short one for every day, and the rest.
SHORT = {
    "01_three_tasks": re.compile(r"odd-.*|reference|untouched|wrong-0[12]|right-01"),
    "02_data_loading": re.compile(r"untouched|wrong-01"),
}

# Everything that could make two runs differ and can be pinned.
PINNED = {
    "PAWMARK_SEED": "13",
    "PAWMARK_GRADING_SEED": "271828",
    "PAWMARK_PROFILE": "quick",
    "PAWMARK_CELL_TIMEOUT": "30",
    "PYTHONHASHSEED": "0",
    "NO_COLOR": "1",
    "COLUMNS": "200",
}

_CELL = re.compile(r"^# %%[ \t]+(\S+)[ \t]*$", re.MULTILINE)
_DELIMITER = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)


class CommandError(AssertionError):
    """A public command did not end as it should."""


def run(folder: Path, *command: str, environment: Mapping[str, str]) -> str:
    """Run ``pawmark`` or ``nbgrader`` in a course folder and return what it printed."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith("PAWMARK_")}
    if "PAWMARK_CACHE" in os.environ:
        kept["PAWMARK_CACHE"] = os.environ["PAWMARK_CACHE"]
    kept["PATH"] = os.pathsep.join([str(BINARIES), kept.get("PATH", "")])
    done = subprocess.run(
        [str(BINARIES / command[0]), *command[1:]],
        cwd=folder,
        env=kept | PINNED | dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        end = (done.stdout + done.stderr)[-3000:]
        raise CommandError(f"{' '.join(command)} ended with {done.returncode}:\n{end}")
    return done.stdout


def frozen_course(folder: Path) -> Path:
    """Copy the frozen course, with the configuration of today, and return its folder."""
    shutil.copytree(HERE / "course", folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "nbgrader_config.py", folder)
    return folder


def grade_demo(folder: Path) -> Path:
    """Run ``pawmark demo`` on the frozen course; return the working copy that it graded."""
    course = frozen_course(folder / "course")
    run(course, "pawmark", "demo", environment={})
    return course / "build" / "demo"


def grade_bank(folder: Path, short: bool) -> Path:
    """Hand in the frozen answers of one class, grade them, and return the course.

    The first assignment is graded by ``pawmark grade``, the second by ``nbgrader autograde``.
    """
    course = frozen_course(folder / "course")
    draw = ("pawmark", "data", "make", "--seed", "7", "--count", "40", "--json")
    drawn = run(course, *draw, environment={})
    environment = {"PAWMARK_DATA": json.loads(drawn)["root"]}
    for assignment in BANK:
        _keep_exercises(course / "source" / assignment / f"{assignment}.ipynb")
        run(course, "nbgrader", "generate_assignment", assignment, environment=environment)
        hand_in(course, assignment, short)
    run(course, "pawmark", "grade", BANK[0], "--workers", "2", environment=environment)
    run(course, "nbgrader", "autograde", BANK[1], environment=environment)
    for assignment in BANK:
        run(course, "nbgrader", "generate_feedback", assignment, environment=environment)
    return course


def _keep_exercises(path: Path) -> None:
    """Leave out of a source what only shows something: here it would be drawn for each student."""
    source = nbformat.read(path, as_version=4)
    source.cells = [cell for cell in source.cells if _is_needed(cell)]
    nbformat.write(source, path)


def _is_needed(cell: NotebookNode) -> bool:
    settings = cell.metadata.get("nbgrader", {})
    graded = settings.get("solution") or settings.get("grade")
    return cell.cell_type != "code" or graded or settings.get("grade_id", "").endswith("-setup")


def hand_in(course: Path, assignment: str, short: bool) -> None:
    """Put the frozen answers of one class into the release, where nbgrader collects them."""
    release = nbformat.read(course / "release" / assignment / f"{assignment}.ipynb", as_version=4)
    source = nbformat.read(course / "source" / assignment / f"{assignment}.ipynb", as_version=4)
    reference = {
        cell.metadata.nbgrader.grade_id: _DELIMITER.sub("", cell.source)
        for cell in source.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    for student, cells in answers(assignment):
        if bool(SHORT[assignment].fullmatch(student)) != short:
            continue
        own = {} if student == "untouched" else reference | cells
        name = cells.get("file-name", f"{assignment}.ipynb")
        path = course / "submitted" / student / assignment / name
        path.parent.mkdir(parents=True)
        nbformat.write(_filled(release, own), path)


def _filled(release: NotebookNode, cells: Mapping[str, str]) -> NotebookNode:
    """Return a copy of the release with these cells; see the odd answers for the other names."""
    notebook = copy.deepcopy(release)
    notebook.cells = [c for c in notebook.cells if _name(c) != cells.get("deleted-cell", "-")]
    for cell in notebook.cells:
        cell.source = cells.get(_name(cell), cell.source)
    if "extra-cell" in cells:
        notebook.cells.insert(2, nbformat.v4.new_code_cell(cells["extra-cell"], id="extra"))
    return notebook


def _name(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def answers(assignment: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield students and the cells in which they differ from the reference.

    Each ``wrong`` and ``right`` one holds as many answers of the bank as have no cell in common.
    Names that no cell has say how an ``odd`` hand-in is odd: ``file-name``, ``extra-cell`` and
    ``deleted-cell``.
    """
    for path in sorted((HERE / "answers" / assignment).glob("*.txt")):
        _, *rest = _CELL.split(path.read_text(encoding="utf-8"))
        cells = zip(rest[::2], rest[1::2], strict=True)
        yield path.stem, {name: text.strip("\n") for name, text in cells}
