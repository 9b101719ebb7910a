"""Hidden checks on a live namespace: an instructor's own notebook."""

import secrets
from typing import Any

from pawmark.grading import course as courses
from pawmark.grading.checks.session import run_exercise
from pawmark.grading.checks.student import Student
from pawmark.grading.course_folder import find_course
from pawmark.grading.pages.result_table import ResultTable
from pawmark.grading.secret import PRACTICE, data_seed


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
    data = courses.open_data(data_seed(PRACTICE))
    student, seed = Student.local(namespace), secrets.randbits(32)
    root = "" if data.root is None else str(data.root)
    result = run_exercise(exercise, student, course, root, seed, data=data)
    table = ResultTable(result)
    if any(check.outcome != "passed" for check in result.checks):
        raise AssertionError(f"\n{table!r}")
    return table
