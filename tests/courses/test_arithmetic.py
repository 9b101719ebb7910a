"""A course that has nothing to do with photographs, from its source to feedback and report."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from pawmark.authoring.answers import fill, reference_cells
from pawmark.grading import course_folder
from pawmark.grading.results import record
from pawmark.grading.results.record import Record
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.secret import Secret

COURSE = Path(__file__).parent / "arithmetic"
SUMS, PRIMES = "01_sums", "02_primes"
# Says what of the large libraries the student's process has imported, and what it can see.
LOOK = (
    "import sys, os\n"
    "print('loaded', sorted({'keras', 'tensorflow', 'matplotlib.pyplot', 'PIL'} & "
    "set(sys.modules)))\n"
    "print('beside', sorted(os.listdir(os.path.dirname(__import__('arithmetic_inside').__file__))))"
)
WRONG = {
    "01-total": "def total(numbers):\n    return sum(numbers[1:])",
    "02-is-prime": "def is_prime(number):\n    return number == 2 or number % 2 == 1",
    "02-primes-below": "def primes_below(n):\n    return [k for k in range(n) if is_prime(k)]",
}

needs_sandbox = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)


def run(course: Path, *command: str, **environment: str) -> subprocess.CompletedProcess:
    """Run nbgrader or pawmark in the course folder, as an instructor does."""
    surroundings = {name: v for name, v in os.environ.items() if not name.startswith("PAWMARK_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [Path(sys.executable).with_name(command[0]), *command[1:]],
        cwd=course,
        env=surroundings | {"PATH": path} | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def hand_in(course: Path, assignment: str) -> None:
    """Hand in for three students: one right, one wrong, one who did nothing."""
    source = nbformat.read(course / "source" / assignment / f"{assignment}.ipynb", as_version=4)
    release = nbformat.read(course / "release" / assignment / f"{assignment}.ipynb", as_version=4)
    right = reference_cells(source)
    wrong = right | {name: text for name, text in WRONG.items() if name in right}
    for student, cells in {"ann": right, "ben": wrong, "cem": {}}.items():
        notebook = fill(release, cells)
        if student == "ann":
            notebook.cells.insert(1, nbformat.v4.new_code_cell(LOOK, id="look"))
        path = course / "submitted" / student / assignment / f"{assignment}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)


def grades(course: Path) -> dict[tuple[str, str], Record]:
    """Read all records."""
    found = record.read_all(course / "autograded")
    return {(grade.student, grade.assignment): grade for grade in found}


def require_hidden_secret(course: Path, said: str) -> None:
    """Find the secret in its own file and nowhere else; records have the name of it."""
    secret = (course / course_folder.SECRET).read_text().strip()
    forms = [secret.encode(), bytes.fromhex(secret)]
    files = [path for path in course.rglob("*") if path.is_file()]
    assert len(files) > 30
    telling = [path for path in files if any(form in path.read_bytes() for form in forms)]
    assert telling == [course / course_folder.SECRET]
    assert secret not in said
    assert {grade.secret for grade in grades(course).values()} == {Secret(forms[1]).name}


@pytest.fixture
def course(tmp_path) -> Path:
    """Give a copy of the course."""
    return Path(shutil.copytree(COURSE, tmp_path / "course"))


@needs_sandbox
def test_from_source_to_report(course):
    """Both assignments are released, graded, regraded, told and reported by the usual commands."""
    for assignment in (SUMS, PRIMES):
        done = run(course, "nbgrader", "generate_assignment", assignment)
        assert done.returncode == 0, done.stderr
        hand_in(course, assignment)

    # 01 by nbgrader itself.
    done = run(course, "nbgrader", "autograde", SUMS)
    assert done.returncode == 0, done.stderr
    found = {who: grade.points for (who, _), grade in grades(course).items()}
    assert found == {"ann": 9, "ben": 6, "cem": 0}
    graded = course / "autograded" / "ann" / SUMS / f"{SUMS}.ipynb"
    seen = nbformat.read(graded, as_version=4).cells[1].outputs[0].text
    assert seen == "loaded []\nbeside ['arithmetic_inside.py']\n"

    # 02 by workers, which start their submissions warm.
    done = run(course, "pawmark", "grade", "02", PAWMARK_WARM="1")
    assert done.returncode == 0, done.stdout + done.stderr
    found = {who: grade for (who, name), grade in grades(course).items() if name == PRIMES}
    assert {who: grade.points for who, grade in found.items()} == {"ann": 6, "ben": 0, "cem": 0}
    assert {grade.sandbox for grade in found.values()} == {"bubblewrap"}

    # A check is mended: what it asks is the same, so no code of a student's runs.
    checks = course / "grader_tests" / PRIMES / "test_02_is_prime.py"
    text = checks.read_text()
    checks.write_text(text.replace('expect(found <= PRIMES, "numbers', 'expect(True, "numbers'))
    done = run(course, "pawmark", "regrade", "02", "--write")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ben: 0 of 6 -> 2 of 6 points" in done.stdout
    assert grades(course)["ben", PRIMES].points == 2
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "arithmetic") as book:
        assert book.find_submission(PRIMES, "ben").score == 2

    for assignment in (SUMS, PRIMES):
        done = run(course, "nbgrader", "generate_feedback", assignment)
        assert done.returncode == 0, done.stderr
    page = (course / "feedback" / "ben" / PRIMES / f"{PRIMES}.html").read_text()
    assert "9 of 9 were found." in page
    assert "the parameter has another name" in page
    done = run(course, "pawmark", "report")
    assert done.returncode == 0, done.stdout + done.stderr
    report = (course / "report.html").read_text()
    assert "<h3>What was found</h3>" in report
    assert "What 2 students found." in report
    assert "Training runs" not in report
    require_hidden_secret(course, done.stdout + done.stderr)
