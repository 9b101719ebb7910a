"""otter-grader on the same answers and the same checks, where it is installed.

It is no dependency of this project: install it beside, and put its folder on PYTHONPATH.
"""

import sys
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import nbformat

_TEST = """import os

from otter.test_files import test_case

OK_FORMAT = False
name = "{exercise}"
points = {points}


@test_case(points={points})
def test_exercise(env):
    from pawmark.checks import run_checks

    os.chdir("{course}")
    run_checks("{exercise}", env)
"""


def is_installed() -> bool:
    """Tell whether otter-grader can be imported."""
    return find_spec("otter") is not None


def build(course: Path, assignment: str, path: Path) -> None:
    """Write otter's description of an assignment: a test for each exercise runs its hidden checks.

    Otter executes the notebook and its tests in one kernel, as stock nbgrader does.
    """
    release = nbformat.read(course / "release" / assignment / f"{assignment}.ipynb", as_version=4)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("otter_config.json", "{}")
        archive.writestr("requirements.txt", "")
        for exercise, points in _exercises(release):
            text = _TEST.format(exercise=exercise, points=points, course=course)
            archive.writestr(f"tests/{exercise}.py", text)


def _exercises(release: nbformat.NotebookNode) -> Iterator[tuple[str, float]]:
    for cell in release.cells:
        settings = cell.metadata.get("nbgrader", {})
        if settings.get("grade") and not settings.get("solution"):
            yield settings["grade_id"].removesuffix("-check"), settings["points"]


def command(archive: Path, submission: Path) -> list[str]:
    """Return the command that grades one submission; its results come beside the archive.

    `otter grade` starts containers, side by side; without a container engine there is only
    `otter run`, for one submission at a time.
    """
    run = [sys.executable, "-m", "otter", "run", "--autograder", str(archive)]
    return [*run, "--output-dir", str(archive.parent), str(submission)]
