"""Two installs from one source: a student's wheel works alone, and holds nothing of grading."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from releases import imports_of_releases

from pawmark import cli
from pawmark.cli.options import OF_GRADER

ROOT = Path(__file__).resolve().parents[2]
OF_GRADING = re.compile(
    r"pawmark/(grading|vision|reporting|authoring)/|pawmark/checks\.py|"
    r"pawmark/cli/(instructor|author)\.py|grader_tests|bars"
)
SEEDS = re.compile(rb"271828|90210|GRADING_SEED|HELD_OUT_SEED")
# Keeps what a student does not have from being found among the packages of this environment, and
# the editable install of the whole package with it.
WITHOUT = """
import sys

missing = ("nbgrader", "hypothesis", "pytest", "bleach", "psutil", "distributed")
sys.modules.update(dict.fromkeys(missing))
"""


def build(folder, target):
    """Build the wheel of a project with the tool that pip uses, offline."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    (wheel,) = target.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def students_wheel(tmp_path_factory):
    """Build what `pip install pawmark` installs."""
    return build(ROOT, tmp_path_factory.mktemp("student"))


@pytest.fixture(scope="module")
def graders_wheel(tmp_path_factory):
    """Build what the extra `grader` adds."""
    return build(ROOT / "packaging" / "grader", tmp_path_factory.mktemp("grader"))


@pytest.fixture(scope="module")
def student(students_wheel, tmp_path_factory):
    """Install the student's wheel alone, beside the other packages of this environment."""
    folder = tmp_path_factory.mktemp("install") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    (site,) = folder.glob("lib/python*/site-packages")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run(
        [*install, "--target", str(site), str(students_wheel)], check=True, capture_output=True
    )
    (site / "without.py").write_text(WITHOUT)
    # A path in a .pth file is searched, but the .pth files in it are not read: no editable install.
    (site / "others.pth").write_text(f"{sysconfig.get_path('purelib')}\nimport without\n")
    return python


def run(python, *arguments, folder):
    """Run a student's Python, away from this repository."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "PAWMARK_COURSE")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [str(python), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_students_wheel_holds_nothing_of_grading(students_wheel):
    """By name and by content: no grading, no hidden checks, no seed that hidden data come from."""
    with zipfile.ZipFile(students_wheel) as wheel:
        names = wheel.namelist()
        telling = [name for name in names if SEEDS.search(wheel.read(name))]

    assert "pawmark/pets/__init__.py" in names
    assert "pawmark/py.typed" in names
    assert [name for name in names if OF_GRADING.search(name)] == []
    assert telling == []


def test_the_two_wheels_are_the_whole_package(students_wheel, graders_wheel):
    """Each file of the source is in one of the wheels, and in one only."""
    halves = [set(zipfile.ZipFile(wheel).namelist()) for wheel in (students_wheel, graders_wheel)]
    source = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "pawmark").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert halves[0] & halves[1] == set()
    assert source - halves[0] - halves[1] == set()


def test_releases_import_what_a_student_has(student, tmp_path):
    """A student's install alone satisfies the imports of all released notebooks."""
    lines = imports_of_releases()
    assert len(lines) > 10
    where = "import pawmark; print(pawmark.__file__)"
    done = run(student, "-c", "\n".join([*lines, where]), folder=tmp_path)

    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(student.parents[1])


def test_a_students_commands_work_and_the_others_say_how_to_get_them(student, tmp_path):
    """Help lists what is there; a command of the grader is one message, without traceback."""
    start = ("-c", "from pawmark.cli import main; main()")
    helped = run(student, *start, "--help", folder=tmp_path)
    refused = run(student, *start, "grade", "02", folder=tmp_path)
    instructor = run(student, *start, "lab", "--instructor", folder=tmp_path)

    assert helped.returncode == 0, helped.stderr
    assert {"lab", "doctor", "data"} <= set(helped.stdout.split())
    assert "regrade" not in helped.stdout
    for done in (refused, instructor):
        assert done.returncode == 1
        assert done.stderr.startswith("pawmark: ")
        assert "pip install 'pawmark[grader]'" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_students_doctor_looks_at_a_students_machine(student, tmp_path):
    """Without the grader nothing is said of a sandbox, and everything else is looked at."""
    done = run(student, "-c", "from pawmark.cli import main; main()", "doctor", folder=tmp_path)
    topics = [line[8:20].strip() for line in done.stdout.splitlines() if not line.startswith(" ")]

    assert done.stderr == ""
    assert topics == ["Python", "packages", "settings", "disk", "Keras", "data", "profile", "GPU"]


def test_the_server_extension_is_content_without_nbgrader(student, tmp_path):
    """JupyterLab starts without an error where there is no Validate button."""
    code = "import pawmark.lab as lab; lab._load_jupyter_server_extension(None)"

    assert run(student, "-c", code, folder=tmp_path).returncode == 0


def test_commands_of_the_grader_are_known_by_name():
    """The list that tells students where a command is names all that only the grader has."""
    groups = cli.app.registered_groups
    unnamed = [group.typer_instance for group in groups if not group.name]
    commands = [command for group in unnamed for command in group.registered_commands]
    registered = {command.name or command.callback.__name__ for command in commands}
    registered |= {group.name for group in groups if group.name}

    assert registered - {"lab", "doctor", "data"} == OF_GRADER
