"""The command and the environment that ``pawmark lab`` starts JupyterLab with."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pawmark.assignments import assignments, find_assignment, find_course
from pawmark.errors import CourseError

SETTINGS = Path(__file__).parent / "settings"


@dataclass(frozen=True)
class Launch:
    """How to start JupyterLab.

    Attributes
    ----------
    command : tuple of str
        The program and its arguments.
    folder : pathlib.Path
        Where to start it: nbgrader reads its configuration there.
    environment : dict of str to str
        All variables that it gets.
    """

    command: tuple[str, ...]
    folder: Path
    environment: dict[str, str]


def plan(
    start: Path, name: str | None, instructor: bool = False, options: Sequence[str] = ()
) -> Launch:
    """Decide what JupyterLab shows: to students notebooks, to instructors the course.

    Parameters
    ----------
    start : pathlib.Path
        The folder where the command was given: inside a course, or one that holds the notebooks
        that an instructor has handed out.
    name : str, optional
        The assignment to open, by name or number.
    instructor : bool
        Open the whole course with nbgrader's tools: formgrader first, or a source notebook.
    options : sequence of str
        More arguments for JupyterLab.

    Raises
    ------
    CourseError
        When there is no such course, release or notebook.
    """
    if instructor:
        course = find_course(start)
        page = _opens("source", find_assignment(course, name)) if name else "/lab?formgrader=true"
        return _launch(course, course, page, ("everyone",), options)
    root = _released(start)
    page = f"/lab/tree/{_find_notebook(root, name)}" if name else "/lab"
    return _launch(root, start, page, ("student", "everyone"), options)


def _opens(*parts: str) -> str:
    return f"/lab/tree/{'/'.join(parts)}/{parts[-1]}.ipynb"


def _launch(
    root: Path, folder: Path, page: str, settings: Sequence[str], options: Sequence[str]
) -> Launch:
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}"]
    command += [f"--LabApp.default_url={page}", *options]
    paths = [str(SETTINGS / one) for one in settings]
    if given := os.environ.get("JUPYTER_CONFIG_PATH"):
        paths.append(given)
    # Jupyter and nbgrader start kernels and alembic by name.
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {"JUPYTER_CONFIG_PATH": os.pathsep.join(paths), "PATH": programs}
    return Launch(tuple(command), folder, os.environ | environment)


def _released(start: Path) -> Path:
    """Return ``release/`` of a course, or else the folder itself if it holds notebooks."""
    try:
        course = find_course(start)
    except CourseError:
        if _notebooks(start):
            return start
        raise CourseError(
            f"There are no notebooks in {start}. Go to the folder with the notebooks that you were "
            "given, or into a course, and give the command there."
        ) from None
    if not (course / "release").is_dir():
        raise CourseError(f"There is no {course / 'release'}. Write it first: pawmark release")
    return course / "release"


def _notebooks(folder: Path) -> list[Path]:
    found = [*folder.glob("*.ipynb"), *folder.glob("[!.]*/*.ipynb")]
    return sorted(path.relative_to(folder) for path in found)


def _find_notebook(root: Path, name: str) -> str:
    """Return the path of the notebook of an assignment below a folder."""
    wanted = [path for path in _notebooks(root) if name in (path.stem, path.stem.split("_")[0])]
    if wanted:
        return wanted[0].as_posix()
    if assignments(root.parent):
        full = find_assignment(root.parent, name)  # or the error that names the nearest one
        raise CourseError(f"{full} is not released yet. Write it first: pawmark release {full}")
    there = ", ".join(path.stem for path in _notebooks(root))
    raise CourseError(f"There is no notebook {name!r} here. There are: {there}.")
