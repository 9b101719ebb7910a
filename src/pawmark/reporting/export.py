"""Scores as CSV: for a spreadsheet, or in the form that Moodle or Canvas imports."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from pawmark.grading.checks.specification import CONTRACT, CORE, CORNERS
from pawmark.grading.gradebook.class_grades import ClassGrades
from pawmark.grading.results.grade import Part, Standing, State, finely_rounded, rounded
from pawmark.grading.results.outcomes import CheckResult
from pawmark.reporting.page import write_whole
from pawmark.reporting.statistics import results_of

Cell = str | float | int
Table = list[list[Cell]]

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
    found: ClassGrades, path: Path, lms: LMS | None = None, absent_zero: bool = False
) -> None:
    """Write the grades of the whole roster, as they are now.

    An LMS puts them before students: look first whether they are final (`Standing.is_final`).

    Parameters
    ----------
    found
        The class.
    path
        The file; one that is there is replaced in one step.
    lms
        Whose form; by default one row for each student and assignment, for a spreadsheet.
    absent_zero
        Give 0 points to those who handed in nothing; else their cells are empty.

    Raises
    ------
    CourseError
        When the file cannot be written.
    """
    if lms is None:
        # The mark at the start tells spreadsheets that the text is UTF-8.
        table = to_csv(spreadsheet(found, absent_zero))
        write_whole(path, table.encode("utf-8-sig"))
        return
    made = {LMS.MOODLE: moodle, LMS.CANVAS: canvas}[lms](found, absent_zero)
    write_whole(path, to_csv(made).encode("utf-8"))


def to_csv(table: Table) -> str:
    """Return a table as CSV in which no text is a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([[neutral(_short(cell)) for cell in row] for row in table])
    return text.getvalue()


def _short(cell: Cell) -> Cell:
    """Return a number as every page has it: 3 instead of 3.0."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def neutral(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula, or for cells of which one is.

    Texts like one get an apostrophe in front, and so does what looks like one after a separator.
    Numbers stay as they are.
    """
    if not isinstance(cell, str):
        return cell
    text = "".join(c for c in cell if c.isprintable() or c in "\n\t")
    return _FORMULA.sub(r"\1'", text)


def spreadsheet(found: ClassGrades, absent_zero: bool = False) -> Table:
    """Return one row for each student and assignment, with the points of each exercise.

    Points by checks, by people and extra credit are what stands before the penalty, and that
    without the penalty is the score. So are the points of the exercises: they have four digits,
    since the sum of what is rounded to two is another one. To the right stand, for
    exercises that are paid by rows, what the checks gave each row, the misconception that was
    named, and what was told.
    """
    everything = found.all
    details = [_details(one) for one in everything]
    exercises = _exercises(everything)
    more = sorted({key for one in details for key in one}, key=_place(exercises))
    table: Table = [[*_COLUMNS, *exercises, *(f"{name}: {what}" for name, what in more)]]
    for one, detail in zip(everything, details, strict=True):
        points = {} if one.grade is None else _by_exercise(one.grade.parts)
        row = [*_row(one, absent_zero), *(points.get(name, "") for name in exercises)]
        table.append([*row, *(detail.get(key, "") for key in more)])
    return table


def _by_exercise(parts: Iterable[Part]) -> dict[str, float]:
    """Return points by exercise; of one name in several notebooks, or with two cells, their sum."""
    points: dict[str, float] = {}
    for part in parts:
        points[part.exercise] = finely_rounded(points.get(part.exercise, 0.0) + part.score)
    return points


def _exercises(everything: Sequence[Standing]) -> list[str]:
    """Return all exercises, by assignment and place in the notebook."""
    parts = [part.exercise for one in everything if one.grade for part in one.grade.parts]
    checked = [result.exercise for one in everything for result in results_of(one)]
    return list(dict.fromkeys([*parts, *checked]))


_DETAILS = (CORE, CORNERS, CONTRACT, "misconception", "told")


def _place(exercises: Sequence[str]) -> Callable[[tuple[str, str]], tuple[int, int]]:
    """Return the order of the columns: as the exercises come, and as their rows come."""
    return lambda key: (exercises.index(key[0]), _DETAILS.index(key[1]))


def _details(s: Standing) -> dict[tuple[str, str], Cell]:
    """Return the points of rows and what was told, by exercise and column."""
    found: dict[tuple[str, str], Cell] = {}
    for result in results_of(s):
        rows = [check for check in result.checks if check.row]
        for check in rows:
            if check.row in _DETAILS:
                found[result.exercise, check.row] = rounded(check.points)
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
    "student", "first name", "last name", "email", "assignment", "state", "score", "out of",
    "percent", "by checks", "by people", "extra credit", "before penalty", "late penalty",
    "waits for", "repairs", "seconds", "memory MiB",
)  # fmt: skip


def _row(s: Standing, absent_zero: bool) -> list[Cell]:
    who = s.person
    row: list[Cell] = [who.name, who.first_name, who.last_name, who.email, s.assignment]
    return [*row, s.state.value, *_points(s, absent_zero), "; ".join(s.waiting), *_usage(s)]


def _points(s: Standing, absent_zero: bool) -> list[Cell]:
    if s.grade is None:
        return [_score(s, absent_zero), *([""] * 7)]
    grade = s.grade
    score, most = rounded(grade.score), rounded(grade.max_score)
    percent: Cell = round(100 * score / most, 1) if most else ""
    return [
        score, most, percent, grade.sum_by_checks, rounded(grade.sum_by_people),
        rounded(grade.extra_credit), rounded(grade.before_penalty), grade.late_penalty,
    ]  # fmt: skip


def _usage(s: Standing) -> list[Cell]:
    if s.record is None:
        return [""] * 3
    run = s.record.run
    return [len(s.record.repairs), round(run.seconds, 1), run.memory >> 20]


def _score(s: Standing, absent_zero: bool) -> Cell:
    """Return a student's points for a file: none where nothing is graded."""
    if s.grade is not None:
        return rounded(s.grade.score)
    return 0.0 if absent_zero and s.state is State.ABSENT else ""


def _scores(found: ClassGrades, student: str, absent_zero: bool) -> list[Cell]:
    return [_score(found.standings[name, student], absent_zero) for name in found.assignments]


def moodle(found: ClassGrades, absent_zero: bool = False) -> Table:
    """Return the table that Moodle's "Import, CSV file" maps to users and grade items.

    Any of the first columns can be chosen there to tell who is who.
    """
    users = ["Username", "ID number", "First name", "Last name", "Email address"]
    table: Table = [[*users, *found.assignments]]
    for who in found.students:
        own = [who.name, who.lms_user_id, who.first_name, who.last_name, who.email]
        table.append([*own, *_scores(found, who.name, absent_zero)])
    return table


def canvas(found: ClassGrades, absent_zero: bool = False) -> Table:
    """Return the table that Canvas' gradebook import reads.

    Canvas finds students by ID, else by SIS Login ID; assignments by their title, and it makes
    those that are not there. The second row holds the points possible.
    """
    table: Table = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *found.assignments]]
    most = [rounded(points) for points in found.assignments.values()]
    table.append(["    Points Possible", "", "", "", "", *most])
    for who in found.students:
        name = ", ".join(part for part in (who.last_name, who.first_name) if part) or who.name
        own = [name, who.lms_user_id, "", who.name, ""]
        table.append([*own, *_scores(found, who.name, absent_zero)])
    return table
