"""What ``pawmark report`` does, and what it says about it."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pawmark.errors import AttentionError, CourseError
from pawmark.grading import course as courses
from pawmark.grading.course_folder import find_assignment, find_course
from pawmark.grading.gradebook.class_grades import ClassGrades, read_class
from pawmark.grading.results.grade import Standing, State
from pawmark.reporting.export import LMS, export_csv
from pawmark.reporting.page import write_report
from pawmark.terminal import legible, printable
from pawmark.wording import counted, listed

_NAMED = 10


def run_report(
    names: Iterable[str],
    output: Path | None,
    csv: Path | None,
    lms: str | None,
    not_final: bool = False,
    absent_zero: bool = False,
) -> Iterator[str]:
    """Write the report and, where asked for, the grades; yield lines that say what was written.

    Parameters
    ----------
    names
        Assignments, by name or number; all if left out.
    output
        The page.
    csv
        The file for the grades, if one is wanted.
    lms
        Its form: see `LMS`.
    not_final
        Write the file although grades in it are not final.
    absent_zero
        Give 0 points in it to those who handed in nothing.

    Raises
    ------
    CourseError
        When an option or a name is not known, nothing is graded, or a file cannot be written.
    AttentionError
        When the file would hold grades that are not final; only the page is written then.
    """
    form = _form(lms, csv)
    if csv is None and (not_final or absent_zero):
        option = "--not-final" if not_final else "--absent-zero"
        raise CourseError(f"{option} is about the file of grades: say where to with --csv FILE.")
    course = find_course()
    courses.use_of(course)
    found = read_class(course, [find_assignment(course, name) for name in names])
    page = output or course / "report.html"
    if csv is not None and csv.resolve() == page.resolve():
        raise CourseError(f"{csv} cannot be page and file of grades in one: give them two names.")
    write_report(found, page)
    graded = [one for one in found.all if one.grade is not None]
    on_it = list(dict.fromkeys(one.assignment for one in graded))
    yield f"wrote {page}: {counted(len(graded), 'submission')} of {', '.join(on_it)}"
    if missing := [name for name in found.assignments if name not in on_it]:
        yield f"not on the page, since nothing is graded of it yet: {', '.join(missing)}"
    waiting = [one for one in found.all if one.state is State.WAITS]
    if waiting:
        yield f"{counted(len(waiting), 'is', 'are')} not final; the page says why"
    if csv is None:
        return
    unfinished = [one for one in found.all if not one.is_final]
    if unfinished and not not_final:
        raise AttentionError(_refusal(csv, unfinished))
    export_csv(found, csv, form, absent_zero)
    yield f"wrote {csv}: {counted(len(found.students), 'student')}"
    yield from _what_is_not_final(unfinished)
    yield from _who_is_absent(found, absent_zero)


def _refusal(csv: Path, unfinished: Sequence[Standing]) -> str:
    reasons = [f"  {_whose(one)}: {_reason(one)}" for one in unfinished[:_NAMED]]
    more = len(unfinished) - _NAMED
    reasons += [f"  and {more} more"] if more > 0 else []
    return "\n".join([
        f"{csv} is not written: {counted(len(unfinished), 'grade is', 'grades are')} not final.",
        *reasons,
        "Finish them, or add --not-final: then grades stand in it as they are now.",
    ])  # fmt: skip


def _reason(one: Standing) -> str:
    return printable("; ".join(one.waiting) or one.state.value)


def _what_is_not_final(unfinished: Sequence[Standing]) -> Iterator[str]:
    waiting = [_whose(one) for one in unfinished if one.grade is not None]
    if waiting:
        yield f"not final, and in it as they are now: {listed(waiting, _NAMED)}"
    ungraded = [_whose(one) for one in unfinished if one.grade is None]
    if ungraded:
        yield f"handed in and not graded, so without a grade in it: {listed(ungraded, _NAMED)}"


def _who_is_absent(found: ClassGrades, zero: bool) -> Iterator[str]:
    absent = [_whose(one) for one in found.all if one.state is State.ABSENT]
    if absent:
        what = "0 points" if zero else "no grade in it; --absent-zero gives them 0 points"
        yield f"handed in nothing, {what}: {listed(absent, _NAMED)}"


def _whose(one: Standing) -> str:
    return legible(f"{one.student} ({one.assignment})")


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
