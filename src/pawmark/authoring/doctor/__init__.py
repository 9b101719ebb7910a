"""Are this machine and this course ready to grade? Each answer says that it is, or what to do."""

from collections.abc import Iterator
from pathlib import Path

from pawmark.assignments import find_course
from pawmark.doctor import packages
from pawmark.doctor.finding import Finding, Status
from pawmark.errors import CourseError


def examine(start: Path | None = None, deep: bool = False) -> Iterator[Finding]:
    """Look at the machine, then at the course around a folder; yield what is found, one by one.

    Parameters
    ----------
    start
        Where to look for a course: there and in the folders above. By default as `find_course`
        does.
    deep
        Also what takes a minute: TensorFlow is started, every photograph is opened.
    """
    course = _course(start)
    yield packages.python()
    yield packages.packages(course)
    try:
        from pawmark.authoring.doctor import consistency, grading
    except ImportError as error:
        yield Finding("the rest", Status.SKIPPED, f"cannot be looked at without {error.name}")
        return
    yield grading.settings_of(course)
    yield from grading.examine(course, start or Path(), deep)
    if course is None:
        yield Finding("course", Status.SKIPPED, "no course here; ask again inside its folder")
    else:
        yield from consistency.examine(course)


def _course(start: Path | None) -> Path | None:
    try:
        return find_course(start)
    except CourseError:
        return None
