"""Hidden checks of the small courses that tests make, written as a course keeps them."""

import re
from pathlib import Path

from pawmark.grading.checks.session import module_name

_MARK = re.compile(r'^@pytest\.mark\.cell\("([^"]+)"', re.MULTILINE)


def write_checks(course: Path, assignment: str, text: str) -> Path:
    """Write checks to a file for each exercise; what stands before the first goes into each.

    Returns
    -------
    pathlib.Path
        The folder with the files.
    """
    folder = course / "grader_tests" / assignment
    folder.mkdir(parents=True, exist_ok=True)
    marks = list(_MARK.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    checks: dict[str, str] = {}
    for mark, end in zip(marks, ends, strict=True):
        checks[mark[1]] = checks.get(mark[1], "") + text[mark.start() : end]
    for exercise, functions in checks.items():
        (folder / module_name(exercise)).write_text(text[: marks[0].start()] + functions)
    return folder
