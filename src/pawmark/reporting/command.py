"""What ``pawmark report`` does, and what it says about it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading.course_folder import find_assignment, find_course
from pawmark.reporting.export import LMS, export_csv
from pawmark.reporting.page import write_report
from pawmark.reporting.submissions import read_submissions

_NAMED = 10


def run_report(
    names: Iterable[str], output: Path | None, csv: Path | None, lms: str | None
) -> Iterator[str]:
    """Write the report and, where asked for, the scores; yield lines that say what was written.

    Raises
    ------
    CourseError
        When an option or a name is not known, nothing is graded, or a file cannot be written.
    """
    form = _form(lms, csv)
    course = find_course()
    courses.use_of(course)
    found = read_submissions(course, [find_assignment(course, name) for name in names])
    page = output or course / "report.html"
    write_report(found, page)
    count = sum(map(len, found.values()))
    yield f"wrote {page}: {count} submissions of {', '.join(found)}"
    waiting = sum(bool(s.waiting) for some in found.values() for s in some)
    if waiting:
        yield f"{waiting} wait for a person; the page names them"
    if csv is not None:
        left_out = export_csv(found, csv, form)
        yield f"wrote {csv}"
        if left_out:
            yield f"left out of it, until a person has looked: {_listed(left_out)}"


def _form(lms: str | None, csv: Path | None) -> LMS | None:
    if lms is None:
        return None
    if csv is None:
        raise CourseError("--lms says which form the scores have: say where to with --csv FILE.")
    try:
        return LMS(lms.lower())
    except ValueError:
        known = " or ".join(LMS)
        raise CourseError(f"--lms {lms} is not known; expected {known}.") from None


def _listed(names: list[str]) -> str:
    shown = ", ".join(ascii(name)[1:-1] for name in names[:_NAMED])
    more = len(names) - _NAMED
    return f"{shown} and {more} more" if more > 0 else shown
