"""Scores as CSV: for a spreadsheet, or in the form that Moodle or Canvas imports."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from pawmark.grading.checks.specification import CONTRACT, CORE, CORNERS
from pawmark.grading.results.outcomes import CheckResult
from pawmark.reporting.page import write_whole
from pawmark.reporting.submissions import Submission

Table = list[list[str | float | int]]

# A spreadsheet takes a cell that begins like this for a formula, and a formula may run programs.
# Where it is told, or guesses, another separator than the comma, a cell begins after that one.
_FORMULA = re.compile(
    "(^|[;,|\t\n])(?=[ \"']*[-=+@\t\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
    "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}])"
)


class LMS(StrEnum):
    """Learning management systems that import such a file."""

    MOODLE = "moodle"
    CANVAS = "canvas"


def export_csv(
    submissions: Mapping[str, Sequence[Submission]], path: Path, lms: LMS | None = None
) -> list[str]:
    """Write the scores.

    For an LMS only final grades are written: an import puts them before students, and a cell that
    is left empty may clear a grade there.

    Parameters
    ----------
    submissions
        By assignment.
    path
        The file; one that is there is replaced in one step.
    lms
        Whose form; by default one row for each submission, for a spreadsheet.

    Returns
    -------
    list of str
        Students who were left out, because a person still has to look at their work.

    Raises
    ------
    CourseError
        When the file cannot be written.
    """
    if lms is None:
        # The mark at the start tells spreadsheets that the text is UTF-8.
        write_whole(path, to_csv(spreadsheet(submissions)).encode("utf-8-sig"))
        return []
    final, left_out = _final(submissions)
    table = {LMS.MOODLE: moodle, LMS.CANVAS: canvas}[lms](submissions, final)
    write_whole(path, to_csv(table).encode("utf-8"))
    return left_out


def to_csv(table: Table) -> str:
    """Return a table as CSV in which no text is a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([[neutral(cell) for cell in row] for row in table])
    return text.getvalue()


def neutral(cell: str | float | int) -> str | float | int:
    """Return a cell that no spreadsheet takes for a formula, or for cells of which one is.

    Texts like one get an apostrophe in front, and so does what looks like one after a separator.
    Numbers stay as they are.
    """
    if not isinstance(cell, str):
        return cell
    text = "".join(c for c in cell if c.isprintable() or c in "\n\t")
    return _FORMULA.sub(r"\1'", text)


def spreadsheet(submissions: Mapping[str, Sequence[Submission]]) -> Table:
    """Return one row for each submission, with the points of each exercise.

    To the right stand, for exercises that are paid by rows, the points of each row, the
    misconception that was named, and what was told.
    """
    everything = [s for some in submissions.values() for s in some]
    exercises = list(dict.fromkeys(r.exercise for s in everything for r in s.grade.exercises))
    details = [_details(s) for s in everything]
    more = sorted({key for found in details for key in found}, key=_place(exercises))
    table: Table = [[*_COLUMNS, *exercises, *(f"{name}: {what}" for name, what in more)]]
    for s, found in zip(everything, details, strict=True):
        points = {r.exercise: round(r.points, 2) for r in s.grade.exercises}
        row = [*_row(s), *(points.get(name, "") for name in exercises)]
        table.append([*row, *(found.get(key, "") for key in more)])
    return table


_DETAILS = (CORE, CORNERS, CONTRACT, "misconception", "told")


def _place(exercises: Sequence[str]) -> Callable[[tuple[str, str]], tuple[int, int]]:
    """Return the order of the columns: as the exercises come, and as their rows come."""
    return lambda key: (exercises.index(key[0]), _DETAILS.index(key[1]))


def _details(s: Submission) -> dict[tuple[str, str], str | float]:
    """Return the points of rows and what was told, by exercise and column."""
    found: dict[tuple[str, str], str | float] = {}
    for result in s.grade.exercises:
        rows = [check for check in result.checks if check.row]
        for check in rows:
            if check.row in _DETAILS:
                found[result.exercise, check.row] = round(check.points, 2)
        if rows:
            named = [check.misconception for check in rows if check.misconception]
            found[result.exercise, "misconception"] = "; ".join(dict.fromkeys(named))
            found[result.exercise, "told"] = "; ".join(map(_told, filter(_tells, rows)))
    return found


def _tells(check: CheckResult) -> bool:
    return check.tells


def _told(check: CheckResult) -> str:
    shown = f" ({check.counterexample})" if check.counterexample else ""
    title = f"{check.title}: " if check.row == "item" else ""
    return f"{title}{check.message}{shown}"


_COLUMNS = (
    "student", "first name", "last name", "email", "assignment", "score", "out of", "percent",
    "points of checks", "late penalty", "waits for a person", "repairs", "seconds", "memory MiB",
)  # fmt: skip


def _row(s: Submission) -> list[str | float | int]:
    return [
        s.student, s.first_name, s.last_name, s.email, s.assignment,
        round(s.score, 2), round(s.max_score, 2), round(100 * s.share, 1),
        round(s.grade.points, 2), round(s.late_penalty, 2), "; ".join(s.waiting),
        len(s.grade.repairs), round(s.grade.run.seconds, 1), s.grade.run.memory >> 20,
    ]  # fmt: skip


def _final(
    submissions: Mapping[str, Sequence[Submission]],
) -> tuple[dict[str, dict[str, Submission]], list[str]]:
    """Return submissions by student and assignment, of students all of whose grades are final."""
    by_student: dict[str, dict[str, Submission]] = {}
    for name, some in submissions.items():
        for submission in some:
            by_student.setdefault(submission.student, {})[name] = submission
    waiting = sorted(who for who, own in by_student.items() if _waits(own.values()))
    return {w: by_student[w] for w in sorted(by_student) if w not in waiting}, waiting


def _waits(submissions: Iterable[Submission]) -> bool:
    return any(submission.waiting for submission in submissions)


def _scores(own: Mapping[str, Submission], names: Iterable[str]) -> list[str | float | int]:
    return [round(own[name].score, 2) if name in own else "" for name in names]


def moodle(
    submissions: Mapping[str, Sequence[Submission]], final: Mapping[str, Mapping[str, Submission]]
) -> Table:
    """Return the table that Moodle's "Import, CSV file" maps to users and grade items.

    Any of the first columns can be chosen there to tell who is who.
    """
    users = ["Username", "ID number", "First name", "Last name", "Email address"]
    table: Table = [[*users, *submissions]]
    for student, own in final.items():
        s = next(iter(own.values()))
        who = [student, s.lms_user_id, s.first_name, s.last_name, s.email]
        table.append([*who, *_scores(own, submissions)])
    return table


def canvas(
    submissions: Mapping[str, Sequence[Submission]], final: Mapping[str, Mapping[str, Submission]]
) -> Table:
    """Return the table that Canvas' gradebook import reads.

    Canvas finds students by ID, else by SIS Login ID; assignments by their title, and it makes
    those that are not there. The second row holds the points possible.
    """
    table: Table = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *submissions]]
    most = [round(max(s.max_score for s in some), 2) for some in submissions.values()]
    table.append(["    Points Possible", "", "", "", "", *most])
    for student, own in final.items():
        s = next(iter(own.values()))
        name = ", ".join(part for part in (s.last_name, s.first_name) if part) or student
        table.append([name, s.lms_user_id, "", student, "", *_scores(own, submissions)])
    return table
