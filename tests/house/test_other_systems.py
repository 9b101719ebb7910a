"""On macOS and Windows, which lack much that Linux has, people read messages and no tracebacks."""

import ast
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import nbformat
import pytest

from pawmark.grading.results import record

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
SUMS = "01_sums"
PAWMARK = ("-c", "from pawmark.cli import main; main()")


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """Make a Python, with the packages of this one, that lacks what Python on macOS lacks.

    Whatever it starts with itself lacks it too. See ``tests/support/like_macos.py``.
    """
    return python_that_lacks(tmp_path_factory.mktemp("macos"), "like_macos")


@pytest.fixture(scope="module")
def windows(tmp_path_factory) -> Path:
    """Make a Python in which Pawmark finds what it finds on Windows; see ``like_windows.py``."""
    return python_that_lacks(tmp_path_factory.mktemp("windows"), "like_windows")


def python_that_lacks(folder: Path, module: str) -> Path:
    """Make a Python that imports a module of tests/support as it starts."""
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    (site,) = folder.glob("venv/lib/python*/site-packages")
    shutil.copy(TESTS / "support" / f"{module}.py", site)
    packages = sysconfig.get_path("purelib")
    (site / "as_elsewhere.pth").write_text(f"{packages}\nimport {module}\n")
    return folder / "venv" / "bin" / "python"


@pytest.fixture
def course(tmp_path) -> Path:
    """Give a copy of the course that needs no large library, with one hand-in."""
    course = Path(shutil.copytree(TESTS / "courses" / "arithmetic", tmp_path / "course"))
    shutil.copytree(course / "source" / SUMS, course / "submitted" / "ann" / SUMS)
    return course


def run(python: Path, folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess:
    """Run this Python in a folder, with no programs but Python's own: no bubblewrap, no nsenter."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PAWMARK_")}
    programs = [str(python.parent), str(Path(sys.executable).parent)]
    return subprocess.run(
        [python, *arguments],
        cwd=folder,
        env=kept
        | {"PATH": os.pathsep.join(programs), "PYTHONPATH": str(ROOT / "src"), "HOME": str(folder)}
        | more,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_what_macos_lacks_is_lacking(python, tmp_path):
    """The Python of these tests is on macOS as far as Pawmark can tell."""
    code = (
        "import ctypes, os, pathlib, select, signal, sys\n"
        "lacking = [(os, 'sched_getaffinity'), (os, 'O_PATH'), (os, 'pidfd_open'),\n"
        "    (signal, 'pidfd_send_signal'), (select, 'POLLRDHUP'), (ctypes.CDLL(None), 'prctl')]\n"
        "print(sys.platform, [name for where, name in lacking if hasattr(where, name)])\n"
        "print(pathlib.Path('/proc').exists(), pathlib.Path('/proc/self/status').exists())\n"
    )
    done = run(python, tmp_path, "-c", code)

    assert done.stdout == "darwin []\nFalse False\n", done.stderr


def test_doctor_says_what_grading_needs(python, course):
    """The doctor says on which systems grading works, and does not call that a thing to mend."""
    done = run(python, course, *PAWMARK, "doctor")
    topics = [line[8:20].strip() for line in done.stdout.splitlines() if line[:1] != " "]

    assert done.stderr == ""
    assert "skipped sandbox" in done.stdout
    assert "Grading needs Linux, WSL or a container" in done.stdout
    assert {"Python", "packages", "sandbox", "workers", "checks"} <= set(topics)
    assert "cannot be looked at" not in done.stdout
    outside = run(python, course.parent, *PAWMARK, "doctor")  # as for students of this course
    assert {"Keras", "data", "profile", "GPU"} <= {
        line[8:20].strip() for line in outside.stdout.splitlines() if line[:1] != " "
    }


@pytest.mark.parametrize(
    "command",
    [(*PAWMARK, "grade", "01"), ("-m", "nbgrader", "autograde", SUMS)],
    ids=["pawmark", "nbgrader"],
)
def test_grading_is_refused_in_one_message(python, course, command):
    """Where no sandbox can be had no student code runs, and the message says what would help."""
    path = course / "submitted" / "ann" / SUMS / f"{SUMS}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(f"open('{course}/ran', 'w').close()"))
    nbformat.write(notebook, path)
    release = run(python, course, "-m", "nbgrader", "generate_assignment", SUMS, "--force")
    assert release.returncode == 0, release.stderr

    done = run(python, course, *command)
    said = done.stdout + done.stderr

    assert done.returncode == 1
    assert "Traceback" not in said
    assert said.count("Grading needs Linux, WSL or a container") == 1
    assert "PAWMARK_SANDBOX=none" in said
    assert not (course / "ran").exists()


@pytest.mark.parametrize("kind", ["bubblewrap", "landlock"])
def test_a_sandbox_by_name_is_refused_in_the_same_words(python, course, kind):
    """Who asks for one of Linux's sandboxes is not told to install what macOS cannot have."""
    done = run(python, course, *PAWMARK, "grade", "01", PAWMARK_SANDBOX=kind)

    assert done.returncode == 1
    assert done.stderr.startswith("pawmark: Grading needs Linux, WSL or a container")
    assert "apt" not in done.stderr


@pytest.mark.parametrize("system", ["python", "windows"])
def test_every_module_can_be_imported(request, tmp_path, system):
    """No module of the package asks at its import for what only Linux has."""
    modules = sorted(
        ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
        for path in (ROOT / "src" / "pawmark").rglob("*.py")
        if path.name != "__main__.py" and "templates" not in path.parts
    )
    imports = "\n".join(f"import {name.removesuffix('.__init__')}" for name in modules)
    done = run(request.getfixturevalue(system), tmp_path, "-c", imports)

    assert len(modules) > 100
    assert done.returncode == 0, done.stderr


def test_students_draw_photographs_and_open_the_lab(python, tmp_path):
    """A student gets photographs to work with, and JupyterLab's command for the notebook."""
    cache = {"PAWMARK_CACHE": str(tmp_path / "cache")}
    done = run(python, tmp_path, *PAWMARK, "data", "make", "--count", "12", **cache)
    assert done.returncode == 0, done.stderr
    assert (Path(done.stdout.split()[-1]) / "images").is_dir()

    shutil.copy(next(ROOT.glob("release/01_*/*.ipynb")), tmp_path / "01_mine.ipynb")
    code = (
        "from pathlib import Path; from pawmark.lab.launching import plan\n"
        "print(*plan(Path(), '01', False, []).command)"
    )
    done = run(python, tmp_path, "-c", code, **cache)

    assert done.returncode == 0, done.stderr
    assert "01_mine.ipynb" in done.stdout


@pytest.mark.slow
def test_grading_without_a_sandbox_warns_and_grades(python, course):
    """Who opts out of the sandbox is warned loudly, and the answers are run and graded."""
    done = run(python, course, "-m", "nbgrader", "generate_assignment", SUMS)
    assert done.returncode == 0, done.stderr

    done = run(python, course, *PAWMARK, "grade", "01", PAWMARK_SANDBOX="none")
    said = done.stdout + done.stderr
    (grade,) = record.read_all(course / "autograded")

    assert done.returncode == 0, said
    assert "Traceback" not in said
    assert "GRADING WITHOUT A SANDBOX" in said
    assert (grade.sandbox, grade.points) == ("none", 9)


def test_what_windows_lacks_is_lacking(windows, tmp_path):
    """The Python of these tests shows Pawmark, and nobody else, what there is on Windows."""
    (tmp_path / "pawmark_asks.py").write_text(
        "import os, signal, sys\n"
        "print(sys.platform, hasattr(os, 'geteuid'), hasattr(signal, 'SIGKILL'), os.sep)\n"
        "try:\n    import fcntl\nexcept ModuleNotFoundError as error:\n    print(error)\n"
    )
    done = run(windows, tmp_path, "-c", "import sys; sys.path.insert(0, '.'); import pawmark_asks")

    assert done.stdout == "win32 False False /\nNo module named 'fcntl'\n", done.stderr


def test_a_student_on_windows_has_what_a_notebook_needs(windows, tmp_path):
    """Every command and import of a student works: doctor, photographs, the lab, all releases."""
    cache = {"PAWMARK_CACHE": str(tmp_path / "cache")}
    doctor = run(windows, tmp_path, *PAWMARK, "doctor", **cache)
    made = run(windows, tmp_path, *PAWMARK, "data", "make", "--count", "12", **cache)
    notebooks = [nbformat.read(path, as_version=4) for path in ROOT.glob("release/*/*.ipynb")]
    sources = [cell.source for book in notebooks for cell in book.cells if cell.cell_type == "code"]
    found = [node for source in sources for node in ast.walk(ast.parse(source))]
    lines = {
        ast.unparse(node)
        for node in found
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("pawmark")
    }
    imported = run(windows, tmp_path, "-c", "\n".join(sorted(lines)))

    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    assert "Grading needs Linux, WSL or a container" in doctor.stdout
    assert "PAWMARK_SANDBOX=none" not in doctor.stdout
    assert made.returncode == 0, made.stderr
    assert len(notebooks) == 6
    assert len(lines) > 6
    assert imported.returncode == 0, imported.stderr


@pytest.mark.parametrize("sandbox", ["", "none", "landlock"])
def test_grading_on_windows_is_refused_in_one_message(windows, course, sandbox):
    """An instructor on Windows reads where grading works; no setting makes code run there."""
    done = run(windows, course, *PAWMARK, "grade", "01", PAWMARK_SANDBOX=sandbox)

    assert done.returncode == 1
    assert done.stderr.startswith("pawmark: Grading needs Linux, WSL or a container")
    assert "Traceback" not in done.stdout + done.stderr
    assert not (course / "autograded").exists()
