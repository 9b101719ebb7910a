"""Hidden checks on a live namespace: an instructor's own notebook."""

import os
import secrets
from pathlib import Path
from typing import Any

from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading.checks.session import run_exercise
from pawmark.grading.checks.student import Student
from pawmark.grading.pages.result_table import ResultTable


def find_course(start: Path | None = None) -> Path:
    """Return the folder of the course: the nearest one above that holds ``grader_tests/``.

    ``PAWMARK_COURSE`` names it outright.
    """
    if named := os.environ.get("PAWMARK_COURSE"):
        return Path(named)
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "grader_tests").is_dir():
            return folder
    raise CourseError(
        f"no course above {start}: expected a folder that holds grader_tests/. Run this inside "
        "the course, or set PAWMARK_COURSE to its folder."
    )


def run_checks(exercise: str, namespace: dict[str, Any] | None = None) -> ResultTable:
    """Run the hidden checks of an exercise on a live namespace, by default the notebook's own.

    Returns the table of results when all pass.

    Raises
    ------
    AssertionError
        With the table as its message, if any check does not pass.
    """
    if namespace is None:
        from IPython import get_ipython

        namespace = get_ipython().user_ns
    course = find_course()
    courses.use_of(course)
    data = courses.open_data()
    door, seed = Student.local(namespace), secrets.randbits(32)
    root = "" if data.root is None else str(data.root)
    result = run_exercise(exercise, door, course, root, seed, data=data)
    table = ResultTable(result)
    if any(check.outcome != "passed" for check in result.checks):
        raise AssertionError(f"\n{table!r}")
    return table
