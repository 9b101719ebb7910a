"""What only grows: the rooms with strict types, and what is looked at before the tests."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GRADER = tomllib.loads((ROOT / "packaging/grader/pyproject.toml").read_text(encoding="utf-8"))

# Once a room passes strictly it stays so: add what is added to [tool.mypy], take nothing away. A
# room that stands for all its modules may take the place of them.
STRICT = [
    "__init__.py",
    "assignments.py",
    "checks.py",
    "doctor",
    "errors.py",
    "files.py",
    "installed.py",
    "models.py",
    "processors.py",
    "profiles.py",
    "progress.py",
    "quiet.py",
    "settings.py",
    "terminal.py",
    "trained.py",
    "visible.py",
    "pets/fetching/archive.py",
    "pets/fetching/download.py",
    "cli/student.py",
    "cli/data.py",
    "cli/author.py",
    "lab/launching.py",
    "grading",
]


def test_rooms_with_strict_types_stay():
    """No room leaves mypy's list, by itself or with the room that holds it, and each is there."""
    listed = [ROOT / name for name in PROJECT["tool"]["mypy"]["files"]]
    held = {path for room in STRICT for path in [ROOT / "src/pawmark" / room]}

    assert PROJECT["tool"]["mypy"]["strict"] is True
    assert [path for path in listed if not path.exists()] == []
    assert [p for p in held if not any(p.is_relative_to(room) for room in listed)] == []


def test_ratchets_run_before_the_tests():
    """Continuous integration looks at style, walls, types and dependencies, then runs the tests.

    Before these it installs as a student does. The coverage of tests stands in the log.
    """
    runs = (ROOT / ".ci/run").read_text()
    steps = re.findall(r"make --no-print-directory (\w+)", runs)
    makefile = (ROOT / "Makefile").read_text()
    lint = makefile.split("\nlint:")[1].split("\n\n")[0]

    assert steps == ["lint", "versions", "test"]
    tools = ("ruff check", "ruff format", "check_notebooks", "lint-imports", "mypy", "deptry")
    assert [tool for tool in tools if tool not in lint] == []
    assert "--durations=10" in makefile
    assert "--cov=pawmark" in runs.split("directory test")[1]


def test_every_dependency_says_why_it_is_here():
    """A dependency stands on a line of its own, with its reason behind it."""
    for folder in (ROOT, ROOT / "packaging/grader"):
        text = (folder / "pyproject.toml").read_text(encoding="utf-8")
        lines = re.findall(r'^    "[a-z][\w.-]*(?:\[\w+\])?[>=]=[^\n]*$', text, re.MULTILINE)

        assert len(lines) > 10
        assert [line for line in lines if "  # " not in line] == []


def test_the_two_halves_are_of_one_version():
    """The extra `grader` asks for the other half at this version, and that for this one."""
    version = PROJECT["project"]["version"]

    assert GRADER["project"]["version"] == version
    assert PROJECT["project"]["optional-dependencies"]["grader"] == [f"pawmark-grader=={version}"]
    assert f"pawmark=={version}" in GRADER["project"]["dependencies"]
