"""Where a course is, and its assignments by name or number: for students and graders alike."""

import difflib
from pathlib import Path

from pawmark import settings
from pawmark.errors import CourseError


def find_course(start: Path | None = None) -> Path:
    """Return the nearest folder, from `start` upwards, that holds ``source/``.

    Where no start is given, ``PAWMARK_COURSE`` names the course, or else it is the one around the
    working directory.

    Raises
    ------
    CourseError
        When there is none.
    """
    named = settings.here.course
    if start is None and named:
        return _named_course(Path(named).expanduser().resolve())
    start = Path(start or ".").resolve()
    for folder in (start, *start.parents):
        if assignments(folder):
            return folder
    raise CourseError(
        f"No course at {start}: neither it nor a folder above holds source/NAME/NAME.ipynb. "
        f"Run this inside the course folder, or set {settings.Settings.course.variable} to it."
    )


def _named_course(folder: Path) -> Path:
    if not assignments(folder):
        raise CourseError(
            f"{settings.Settings.course.variable} names {folder}, which is no course: it holds no "
            "source/NAME/NAME.ipynb. Set it to the folder of the course, or unset it."
        )
    return folder


def assignments(course: Path) -> list[str]:
    """Return the names of the assignments that have a source notebook, sorted."""
    paths = (Path(course) / "source").glob("*/*.ipynb")
    return sorted({path.parent.name for path in paths if not path.name.startswith(".")})


def notebooks_of(course: Path, assignment: str) -> list[Path]:
    """Return the paths of the source notebooks of an assignment, by name; mostly there is one."""
    found = (Path(course) / "source" / assignment).glob("*.ipynb")
    return sorted(path for path in found if not path.name.startswith("."))


def short_name(assignment: str) -> str:
    """Return how a command may be told of an assignment: its number where it has one, else all."""
    number = assignment.split("_")[0]
    return number if number.isdigit() and len(number) > 1 else assignment


def find_assignment(course: Path, name: str) -> str:
    """Return the full name of an assignment, given by name or by number.

    Raises
    ------
    CourseError
        When the course has no such assignment; the message names the nearest one.
    """
    names = assignments(course)
    by_number = [known for known in names if known.split("_")[0].zfill(2) == name.zfill(2)]
    if name in names or len(by_number) == 1:
        return name if name in names else by_number[0]
    if by_number:
        raise CourseError(
            f"{name} is the number of several assignments: {', '.join(by_number)}. Give the whole "
            "name of the one that you mean."
        )
    near = _nearest(name, names)
    hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(names)}."
    raise CourseError(f"There is no assignment {name!r} in source/. {hint}")


def _nearest(name: str, names: list[str]) -> list[str]:
    """Return the name that was meant, if one is near: by the whole, or by the words after NN_."""
    name = name.lower()
    words = {known.split("_", 1)[-1]: known for known in names}
    near = difflib.get_close_matches(name, [*names, *words], n=1, cutoff=0.5)
    return [words.get(found, found) for found in near]


def source_notebook(course: Path, assignment: str) -> Path:
    """Return the path of the source notebook of an assignment.

    That is the one named like its folder. Where there is none, it is the first.
    """
    usual = Path(course) / "source" / assignment / f"{assignment}.ipynb"
    found = notebooks_of(course, assignment)
    return usual if usual in found or not found else found[0]
