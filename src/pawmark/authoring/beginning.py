"""A new course folder, from what is installed: one assignment that works, and files for CI."""

from importlib.resources import files
from pathlib import Path

from pawmark.errors import CourseError
from pawmark.files import write_whole

# Where the parts of the template go.
_PARTS = {
    "nbgrader_config.py": "nbgrader_config.py",
    "notebook.ipynb": "source/01_first_steps/01_first_steps.ipynb",
    "gitignore.txt": ".gitignore",
    "github.yml": ".github/workflows/course.yml",
    "gitlab.yml": ".gitlab-ci.yml",
}


def begin(folder: Path) -> list[Path]:
    """Write a new course.

    Parameters
    ----------
    folder
        Where; it may be there if it is empty.

    Returns
    -------
    list of pathlib.Path
        The files written.

    Raises
    ------
    CourseError
        When there is something in the folder already. Then nothing is written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(f"{folder} is not empty. Name a folder that is not there yet.")
    template = files("pawmark") / "authoring" / "templates" / "course"
    written = []
    for part, place in _PARTS.items():
        text = (template / part).read_text(encoding="utf-8")
        if part == "nbgrader_config.py":
            text = text.replace("{course}", folder.resolve().name)
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode())
        written.append(path)
    return written
