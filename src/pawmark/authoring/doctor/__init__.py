"""Is this machine, and this course, ready? Each answer says that it is, or what to do."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pawmark.authoring.doctor import packages
from pawmark.authoring.doctor.finding import Finding, Status
from pawmark.errors import CourseError
from pawmark.grading.course_folder import find_course

__all__ = ["Finding", "Status", "examine", "table"]


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
    yield packages.backend()
    try:
        from pawmark.authoring.doctor import consistency, machine
    except ImportError as error:
        yield Finding("the rest", Status.SKIPPED, f"cannot be looked at without {error.name}")
        return
    yield machine.settings_of(course)
    yield from machine.examine(course or start or Path(), deep)
    if course is None:
        yield Finding("course", Status.SKIPPED, "no course here; ask again inside its folder")
    else:
        yield from consistency.examine(course)


def _course(start: Path | None) -> Path | None:
    try:
        return find_course(start)
    except CourseError:
        return None


def table(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the lines that a person reads: ``ok`` or ``MEND``, what about, and what to do."""
    for finding in findings:
        yield f"{finding.status.value:8}{finding.topic:12}{finding.says}"
        if finding.remedy:
            yield f"{'':8}{'':12}-> {finding.remedy}"
