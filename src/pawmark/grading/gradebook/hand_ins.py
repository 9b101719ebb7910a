"""What lies in ``submitted/`` where nbgrader looks for it: whose it is, and when it came."""

from datetime import datetime
from pathlib import Path

from pawmark.assignments import assignments
from pawmark.grading.course_folder import AUTOGRADED, SUBMITTED
from pawmark.grading.intake import files
from pawmark.grading.intake.times import time_of
from pawmark.grading.intake.walking import is_empty
from pawmark.grading.results import record


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
    """Tell whether a file of a hand-in is younger than its grading, whatever it says of itself.

    That is a hint for people, and nothing hangs on it: to copy files changes their times.
    """
    try:
        graded = record.path_of(course, student, assignment).stat().st_mtime
        found = files.files_of(course / SUBMITTED / student / assignment)
        return any(entry.path.lstat().st_mtime > graded for entry in found)
    except OSError:
        return False
