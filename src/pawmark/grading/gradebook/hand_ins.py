"""What lies in ``submitted/`` where nbgrader looks for it: whose it is, and when it came."""

from datetime import datetime
from pathlib import Path

from pawmark.assignments import assignments
from pawmark.errors import CourseError
from pawmark.grading.course_folder import AUTOGRADED, SUBMITTED
from pawmark.grading.intake import files
from pawmark.grading.intake.times import time_of
from pawmark.grading.intake.walking import is_empty
from pawmark.grading.results import record

# Seconds: what was exchanged while it was being graded is older than its grade.
_LONGEST_RUN = 7200


def is_a_name(student: str) -> bool:
    """Tell whether a gradebook can hold the name of a student's folder."""
    try:
        student.encode()
    except UnicodeEncodeError:
        return False
    return "\n" not in student


def handed_in(course: Path) -> set[tuple[str, str]]:
    """Return what was handed in of the course's assignments, by assignment and student."""
    names = set(assignments(course))
    return {
        (folder.name, folder.parent.name)
        for folder in (course / SUBMITTED).glob("*/*")
        if folder.name in names and is_a_name(folder.parent.name) and not is_empty(folder)
    }


def newer(course: Path, assignment: str, student: str) -> datetime | None:
    """Return when a hand-in came that is newer than the one graded; None if there is none such.

    That is nbgrader's rule: both have a ``timestamp.txt``, and the one handed in is later. So a
    first such file is not taken for newer.
    """
    came = time_of(course / SUBMITTED / student / assignment)
    graded = time_of(course / AUTOGRADED / student / assignment)
    return came if came is not None and graded is not None and came > graded else None


def changed(course: Path, assignment: str, student: str) -> bool:
    """Tell whether a hand-in holds other files than those that were graded, whenever they came.

    Their content is compared, where a file has been touched since; a record of an older Pawmark
    does not tell it, and then a file that is younger than its grade is a hint for people.
    """
    path, folder = record.path_of(course, student, assignment), course / SUBMITTED / student
    try:
        graded = path.stat().st_mtime
        found = [entry.path.lstat() for entry in files.files_of(folder / assignment)]
        found.append((folder / assignment).stat())  # another one since a file went
        kept = record.read(path).submitted
    except (OSError, CourseError):
        return False
    if not kept:
        return any(file.st_mtime > graded for file in found[:-1])
    # Nobody can set this time: also a file that was copied with its times has a new one.
    touched = any(file.st_ctime > graded - _LONGEST_RUN for file in found)
    return touched and files.digest_of(folder / assignment) != kept
