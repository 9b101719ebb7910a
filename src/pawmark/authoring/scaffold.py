"""A new assignment: a small one that works, to be changed into one's own."""

import re
from importlib.resources import as_file, files
from pathlib import Path

from pawmark.authoring.placing import place
from pawmark.errors import CourseError
from pawmark.grading.course_folder import assignments

_NAME = re.compile(r"\d\d_[a-z][a-z0-9]*(_[a-z0-9]+)*")
# Where the parts of the template go.
_SOURCE = "source/{name}/{name}.ipynb"
_CHECKS = "grader_tests/{name}/{file}"
_ANSWERS = "tests/answers/{name}/{kind}/{file}"


def scaffold(course: Path, name: str) -> list[Path]:
    """Write a new assignment of one exercise, with its hidden checks and answers.

    Parameters
    ----------
    course
        The course folder.
    name
        ``NN_words``: two digits that no assignment has, then words in small letters.

    Returns
    -------
    list of pathlib.Path
        The files written, relative to the course.

    Raises
    ------
    CourseError
        When the name is no name, its number is taken, or a file is there already. Then nothing is
        written.
    """
    _require_free(course, name)
    with as_file(files("pawmark") / "authoring" / "templates" / "assignment") as template:
        parts = dict(_parts(template, name))
    return place(course, parts, "Choose another name, or move it away.")


def _require_free(course: Path, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise CourseError(
            f"{name!r} cannot be the name of an assignment: two digits, an underscore and words in "
            "small letters are, such as 07_data_augmentation."
        )
    for other in _taken(course):
        if other.split("_")[0] == name[:2] and (other != name or other in assignments(course)):
            free = _next_number(course)
            raise CourseError(
                f"The number {name[:2]} is taken by {other}; hidden checks are found by it. "
                f"{free}_{name[3:]} is free."
            )


def _taken(course: Path) -> list[str]:
    """Return the names of all assignments, and of all folders of hidden checks."""
    folders = (course / "grader_tests").glob("[0-9][0-9]_*")
    return sorted({*assignments(course), *(path.name for path in folders if path.is_dir())})


def _next_number(course: Path) -> str:
    return f"{max(int(other[:2]) for other in _taken(course) if other[:2].isdigit()) + 1:02}"


def _parts(template: Path, name: str) -> list[tuple[Path, str]]:
    """Return where each file goes, and what is in it."""
    places = {"": _SOURCE, "checks": _CHECKS}
    words = name[3:].replace("_", " ").capitalize()
    found = []
    for path in sorted(path for path in template.rglob("*.*") if path.suffix in (".ipynb", ".py")):
        kind, file = path.parent.name, path.name.replace("NN", name[:2])
        place = places.get("" if path.parent == template else kind, _ANSWERS)
        text = path.read_text(encoding="utf-8").replace("@NN@", name[:2]).replace("@TITLE@", words)
        found.append((Path(place.format(name=name, kind=kind, file=file)), text))
    return found
