"""A small course to attack: one assignment, its hidden checks, a class, and secrets to reach for.

Every secret is a text that begins with ``CANARY-``. An attack prints whatever it can read, so a
canary in an output, a record or a feedback page shows that something hidden was reached.
"""

import hashlib
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from check_files import write_checks
from nbformat import NotebookNode
from nbgrader.api import Gradebook

import pawmark
from pawmark.authoring.answers import read_answer

REPO = Path(__file__).resolve().parents[2]
NAME = "99_target"
TARGET = "99-weigh"
CANARY = "CANARY-"
SECONDS = "6"

HONEST = {
    "99-mean": "def mean_of(values):\n    return float(np.mean(values))",
    TARGET: "def weigh(values):\n    return values * np.arange(1, len(values) + 1)",
    "99-clip": "def clipped(values, low, high):\n    return np.clip(values, low, high)",
}
WRONG = HONEST | {TARGET: "def weigh(values):\n    return values * np.arange(len(values))"}

_CHECKS = '''"""Hidden checks of the assignment under attack: @CANARY@checks."""

import numpy as np
import pytest

from pawmark.checks import expect, expect_array, expect_close, expect_number


@pytest.mark.cell("99-mean", points=1)
def test_mean(student, rng):
    """The mean of all values."""
    values = rng.normal(size=7)
    got = expect_number(student.call("mean_of", values), "the mean")
    expect_close(got, values.mean(), "this is not the mean")


@pytest.mark.cell("99-weigh", points=3)
def test_weigh_gives_an_array(student, rng):
    """Each value times its position."""
    values = rng.normal(size=9)
    got = expect_array(student.call("weigh", values), (9,), name="the weighted values")
    expect_close(got, values * np.arange(1, 10), "the first position is 1")


@pytest.mark.cell("99-weigh", points=1)
def test_weigh_adds_up(student, rng):
    """The sum of the weighted values."""
    values = rng.integers(1, 99, 5).astype(float)
    total = student.evaluate("float(weigh(values).sum())", values=values)
    want = float((values * np.arange(1, 6)).sum())
    expect(expect_number(total, "the sum") == want, "the sum is not right")


@pytest.mark.cell("99-clip", points=1)
def test_clip(student, rng):
    """Values outside the limits move to the limits."""
    values = rng.normal(size=(3, 4))
    got = expect_array(student.call("clipped", values, -0.5, 0.5), (3, 4), name="the result")
    expect_close(got, np.clip(values, -0.5, 0.5), "a value is outside the limits")
'''


@dataclass(frozen=True)
class Attack:
    """One attack file, read.

    Attributes
    ----------
    path
        The file.
    docstring
        What it tries.
    tries
        Which kind of attack it is.
    outcomes
        What may become of the checks of the target.
    earns
        Points that its honest part may come to.
    lacks
        What today's sandbox lacks to hold it; empty when it holds.
    cells
        Sources by grade_id, and by ``first``, ``last``, ``note`` and ``hand-in``.
    core
        Whether it belongs to the default run.
    stock
        Why it is not tried on nbgrader without the kit; empty when it is.
    """

    path: Path
    docstring: str
    tries: str
    outcomes: frozenset[str]
    earns: frozenset[float]
    lacks: str
    cells: dict[str, str]
    core: bool
    stock: str

    @property
    def student(self) -> str:
        """The name under which it is handed in."""
        return self.path.stem


def read_attack(path: Path) -> Attack:
    """Read an attack: a docstring with fields, and cells in percent format."""
    answer = read_answer(path)
    fields = dict(
        re.findall(r"^(tries|outcome|earns|lacks|run|stock):[ \t]*(.*)$", answer.docstring, re.M)
    )
    return Attack(
        path=path,
        docstring=answer.docstring,
        tries=fields["tries"],
        outcomes=frozenset(name.strip() for name in fields.get("outcome", "failed").split(",")),
        earns=frozenset(float(points) for points in fields.get("earns", "4").split(",")),
        lacks=fields.get("lacks", ""),
        cells=answer.cells,
        core=fields.get("run") == "core",
        stock=fields.get("stock", ""),
    )


def secret(kind: str) -> str:
    """Return the canary of a hiding place."""
    return f"{CANARY}{kind}"


def source_notebook() -> NotebookNode:
    """Write the assignment: three exercises of numpy, and one that a person grades."""
    new = nbformat.v4
    cells = [new.new_markdown_cell("# Under attack\nA small assignment.", id="intro")]
    cells.append(_cell("99-setup", "import numpy as np", locked=True))
    for exercise, points in (("99-mean", 2), (TARGET, 4), ("99-clip", 2)):
        cells.append(_cell(exercise, _solution(HONEST[exercise]), solution=True))
        cells.append(_cell(f"{exercise}-check", _tests(exercise), points, grade=True, locked=True))
    flags = {"grade": True, "solution": True, "locked": False, "task": False, "points": 2}
    settings = {**flags, "schema_version": 3, "grade_id": "99-why"}
    cells.append(new.new_markdown_cell("Write why.", id="why", metadata={"nbgrader": settings}))
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    return new.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _cell(grade_id: str, source: str, points: int | None = None, **flags: bool) -> NotebookNode:
    settings = {"grade": False, "solution": False, "locked": False, "task": False, **flags}
    settings |= {"grade_id": grade_id, "schema_version": 3}
    if points is not None:
        settings["points"] = points
    return nbformat.v4.new_code_cell(
        source, id=grade_id.removeprefix("99-"), metadata={"nbgrader": settings}
    )


def _solution(text: str) -> str:
    head, *body = text.split("\n")
    begin, end = "    ### BEGIN SOLUTION", "    ### END SOLUTION"
    return "\n".join([head, begin, f"    # {secret('source')}", *body, end])


def _tests(exercise: str) -> str:
    hidden = f'from pawmark.checks import run_checks\n\nrun_checks("{exercise}")'
    return f'print("More checks run.")\n\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS'


class Course:
    """A course folder under attack, and the grader's surroundings.

    Parameters
    ----------
    folder
        An empty folder to build it in.
    data
        The data set that grading shows to students.
    """

    def __init__(self, folder: Path, data: Path) -> None:
        self.root = folder / "course"
        self.home = folder / "grader"
        self.temp = folder / "elsewhere"
        self.marker = f"survivor-{os.getpid()}-{os.urandom(4).hex()}"
        self.environment = {
            "HOME": str(self.home),
            "PAWMARK_DATA": str(data),
            "PAWMARK_CELL_TIMEOUT": SECONDS,
            "COURSE_TOKEN": secret("environment"),
            "PYTHONPATH": str(Path(pawmark.__file__).resolve().parents[1]),
        }

    def build(self) -> None:
        """Write source, checks and configuration, and release the assignment."""
        self.write()
        for folder, name in ((self.home, ".netrc"), (self.temp, "notes.txt")):
            folder.mkdir()
            (folder / name).write_text(secret(folder.name))
        done = self.nbgrader("generate_assignment", NAME)
        assert done.returncode == 0, done.stderr

    def write(self) -> None:
        """Write source, checks and configuration."""
        (self.root / "source" / NAME).mkdir(parents=True)
        nbformat.write(source_notebook(), self.root / "source" / NAME / f"{NAME}.ipynb")
        write_checks(self.root, NAME, _CHECKS.replace("@CANARY@", CANARY))
        config = (REPO / "nbgrader_config.py").read_text()
        (self.root / "nbgrader_config.py").write_text(f"{config}\n# {secret('configuration')}\n")

    def nbgrader(self, *arguments: str, seconds: float = 480) -> subprocess.CompletedProcess:
        """Run nbgrader as the instructor does."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=self.root,
            env=os.environ | {"PATH": path} | self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )

    def folder(self, kind: str, student: str) -> Path:
        """Return a folder of one student: submitted, autograded or feedback."""
        return self.root / kind / student / NAME

    def hand_in(self, student: str, cells: Mapping[str, str]) -> None:
        """Put a submission where nbgrader collects it."""
        folder = self.folder("submitted", student)
        folder.mkdir(parents=True)
        cells = {name: self._told(text) for name, text in cells.items()}
        work = {
            "notebook": self._filled(cells),
            "folder": folder,
            "name": f"{NAME}.ipynb",
            "raw": None,
        }
        exec(compile(cells.get("hand-in", ""), student, "exec"), work)
        text = json.dumps(work["notebook"]) if work["raw"] is None else work["raw"]
        if work["name"]:
            path = folder / work["name"]
            path.write_bytes(text.encode() if isinstance(text, str) else text)

    def _told(self, text: str) -> str:
        # Who attacks may know where everything lies: only what the sandbox hides counts.
        known = {"COURSE": self.root, "HOME": self.home, "TEMP": self.temp, "MARKER": self.marker}
        for name, value in known.items():
            text = text.replace(f"@{name}@", str(value))
        return text

    def _filled(self, cells: Mapping[str, str]) -> dict[str, Any]:
        notebook = json.loads((self.root / "release" / NAME / f"{NAME}.ipynb").read_text())
        for cell in notebook["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if grade_id in cells:
                cell["source"] = cells[grade_id]
        at_ends = {"first": (1, "code"), "last": (99, "code"), "note": (99, "markdown")}
        for name, (place, kind) in at_ends.items():
            if name in cells:
                make = (
                    nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
                )
                notebook["cells"].insert(place, make(cells[name]))
        return notebook

    def fill_gradebook(self, student: str) -> None:
        """Put a secret about a student into the gradebook."""
        with self.gradebook() as gradebook:
            gradebook.update_or_create_student(student, email=secret("gradebook"))

    def gradebook(self) -> Gradebook:
        """Open the gradebook."""
        return Gradebook(f"sqlite:///{self.root / 'gradebook.db'}", "pawmark")

    def scores(self) -> dict[str, float]:
        """Return the points in the gradebook by student."""
        with self.gradebook() as gradebook:
            return {s.student_id: s.score for s in gradebook.assignment_submissions(NAME)}

    def record(self, student: str) -> dict[str, Any]:
        """Return the record of a submission."""
        path = self.folder("autograded", student) / f"{NAME}.record.json"
        return json.loads(path.read_text())

    def outcomes(self, student: str, exercise: str) -> set[str]:
        """Return the outcomes of the checks of one exercise."""
        exercises = self.record(student)["exercises"]
        checks = next(entry["checks"] for entry in exercises if entry["exercise"] == exercise)
        return {check["outcome"] for check in checks}

    def shown(self, student: str) -> str:
        """Return all text that grading has written about a student."""
        folders = [self.folder(kind, student) for kind in ("autograded", "feedback")]
        files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        return "\n".join(path.read_text(errors="replace") for path in sorted(files))

    def page(self, student: str) -> str:
        """Return the feedback page of a student."""
        return (self.folder("feedback", student) / f"{NAME}.html").read_text()

    def fingerprint(self) -> dict[str, str]:
        """Return what must not change: course, submissions, and the grader's own files."""
        kept = ["source", "release", "grader_tests", "submitted", "nbgrader_config.py"]
        places = [*(self.root / name for name in kept), self.temp, self.home / ".netrc"]
        paths = [path for place in places for path in (place, *sorted(place.rglob("*")))]
        return {str(path): _print_of(path) for path in paths}

    def survivors(self) -> list[str]:
        """Return the command lines of processes that an attack has left behind."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                text = path.read_bytes().decode(errors="replace")
            except OSError:  # it has just ended
                continue
            if self.marker in text:
                found.append(text)
        return found


def _print_of(path: Path) -> str:
    status = path.lstat()
    kind = stat.filemode(status.st_mode)
    if stat.S_ISLNK(status.st_mode):
        return f"{kind} {path.readlink()}"
    if stat.S_ISREG(status.st_mode):
        return f"{kind} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    return kind
