"""A class on arithmetic, graded in seconds: what tests of whole commands work on."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from pawmark.authoring.answers import fill, reference_cells

COURSE = Path(__file__).parents[1] / "courses" / "arithmetic"
SUMS, PRIMES = "01_sums", "02_primes"
WRITTEN = "01-why"
RIGHT: dict[str, str] = {}
WRONG = {
    "01-total": "def total(numbers):\n    return sum(numbers[1:])",
    "02-is-prime": "def is_prime(number):\n    return number == 2 or number % 2 == 1",
}
HALF = {
    "01-total": "def total(numbers):\n    return sum(numbers) or None",
    "02-primes-below": "def primes_below(n):\n    return [k for k in range(n) if is_prime(k)]",
}
# An hour costs a point, and more than there is cannot be lost.
LATENESS = '''

from nbgrader.plugins import LateSubmissionPlugin


class AnHourAPoint(LateSubmissionPlugin):
    """Takes a point for each hour that was begun."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        """Return the points."""
        return -(-total_seconds_late // 3600)


c.AssignLatePenalties.plugin_class = AnHourAPoint
'''


class SmallClass:
    """A copy of the course, with a written answer in its first assignment.

    Parameters
    ----------
    root
        Where it is put.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def made_in(
        cls, root: Path, address: str = "", change: Callable[[Path], None] = lambda root: None
    ) -> "SmallClass":
        """Copy the course, add to it, and release both assignments.

        The address is that of the gradebook, where that is no file in the course; the change is
        made to the course before it is released.
        """
        shutil.copytree(COURSE, root)
        config = root / "nbgrader_config.py"
        where = f"\nc.CourseDirectory.db_url = {address!r}\n" if address else ""
        config.write_text(config.read_text() + LATENESS + where)
        path = root / "source" / SUMS / f"{SUMS}.ipynb"
        source = nbformat.read(path, as_version=4)
        source.cells += [_written()]
        nbformat.write(source, path)
        change(root)
        made = cls(root)
        for name in (SUMS, PRIMES):
            made.must("nbgrader", "generate_assignment", name)
        return made

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess:
        """Run nbgrader or pawmark in the course folder, as an instructor does."""
        return subprocess.run(
            [Path(sys.executable).with_name(command[0]), *command[1:]],
            cwd=self.root,
            env=self.surroundings() | environment,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )

    def run_together(self, *commands: tuple[str, ...]) -> list[tuple[int, str, str]]:
        """Run commands at the same time; return status, output and errors of each."""
        with ThreadPoolExecutor(len(commands)) as pool:
            done = list(pool.map(lambda words: self.run(*words), commands))
        return [(one.returncode, one.stdout, one.stderr) for one in done]

    def must(self, *command: str, status: int = 0, **environment: str) -> str:
        """Run a command that ends with a status, and return its output."""
        done = self.run(*command, **environment)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    @staticmethod
    def surroundings() -> dict[str, str]:
        """Return the environment of an instructor's terminal."""
        kept = {name: v for name, v in os.environ.items() if not name.startswith("PAWMARK_")}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return kept | {"PATH": path, "COLUMNS": "300"}

    def hand_in(
        self,
        student: str,
        assignment: str,
        answers: Mapping[str, str] | None = None,
        why: str = "Because.",
        came: str = "",
    ) -> None:
        """Hand in the reference with some answers in the place of its own; None: as released."""
        name = f"{assignment}.ipynb"
        release = nbformat.read(self.root / "release" / assignment / name, as_version=4)
        source = nbformat.read(self.root / "source" / assignment / name, as_version=4)
        notebook = release
        if answers is not None:
            cells = reference_cells(source)
            own = {key: answers[key] for key in answers if key in cells}
            notebook = fill(release, cells | own)
            for cell in notebook.cells:
                if cell.metadata.get("nbgrader", {}).get("grade_id") == WRITTEN:
                    cell.source = why
        folder = self.root / "submitted" / student / assignment
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / name)
        if came:
            (folder / "timestamp.txt").write_text(came)

    @contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """Open the gradebook; what was changed in it is written."""
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}", "arithmetic") as book:
            yield book
            book.db.commit()

    def grades(self, *names: str) -> dict[tuple[str, str], dict]:
        """Return what ``pawmark grades --json`` says, by assignment and student."""
        told = json.loads(self.must("pawmark", "grades", "--json"))
        found = {(one["assignment"], one["student"]): one for one in told}
        return {key: one for key, one in found.items() if not names or key[0] in names}

    def rewrite_check(self, exercise: str, old: str, new: str) -> None:
        """Edit the hidden checks of an exercise."""
        (path,) = (self.root / "grader_tests").rglob(f"test_{exercise.replace('-', '_')}.py")
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


def _written() -> nbformat.NotebookNode:
    settings = {"grade": True, "solution": True, "locked": False, "task": False, "points": 2}
    settings |= {"schema_version": 3, "grade_id": WRITTEN}
    text = "### BEGIN SOLUTION\nBecause sums are sums.\n### END SOLUTION"
    return nbformat.v4.new_markdown_cell(text, id="why", metadata={"nbgrader": settings})


def table_rows(text: str) -> list[list[str]]:
    """Return the cells of each row of a table in the terminal."""
    lines = [line for line in text.splitlines() if line.startswith(("│", "|"))]
    return [[cell.strip() for cell in re.split(r"[│|]", line)[1:-1]] for line in lines]
