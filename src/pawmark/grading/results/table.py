"""Grades as a table for the terminal, made from the trusted records of grading."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pawmark.grading.results.outcomes import CheckResult, show_points
from pawmark.grading.results.record import Record
from pawmark.terminal import printable


def show_grades(grades: Sequence[Record], console: Console, students: Iterable[str] = ()) -> None:
    """Print points by student and assignment, then a line on every check that was lost.

    Parameters
    ----------
    grades
        The records.
    console
        Where to print.
    students
        Students to list even without a record, in this order; others follow.
    """
    found = {(grade.student, grade.assignment): grade for grade in grades}
    names = list(dict.fromkeys([*students, *(grade.student for grade in grades)]))
    columns = sorted({grade.assignment for grade in grades})
    table = Table("student", title="Grades")
    for column in columns:
        table.add_column(column, justify="right")
    for name in names:
        table.add_row(
            Text(printable(name)), *(_points(found.get((name, column))) for column in columns)
        )
    console.print(table)
    for name in names:
        _show_lost([grade for grade in grades if grade.student == name], console)


def _points(grade: Record | None) -> str:
    return "not graded" if grade is None else show_points(grade.points, grade.max_points)


def _show_lost(grades: Iterable[Record], console: Console) -> None:
    for grade in grades:
        lines = _compact(list(grade.lost))
        lines += [f"a person must look: {printable(reason)}" for _, reason in grade.for_a_person]
        if lines:
            console.print(Text(f"\n{printable(grade.student)} · {grade.assignment}", style="bold"))
        for line in lines:
            console.print(Text(f"  {line}"), soft_wrap=True)


def _compact(lost: list[tuple[str, CheckResult]]) -> list[str]:
    """Write one line for each check, but one for all of an exercise that say the same.

    Of an exercise that is paid by rows there is one line, with the smallest example below it.
    """
    lines: dict[str, int] = {}
    for exercise, check in lost:
        if check.row:
            continue
        message = printable(" ".join(check.message.split()))
        line = f"{exercise}: {check.outcome.value}" + (f": {message}" if message else "")
        lines[line] = lines.get(line, 0) + 1
    single = [line + (f" ({count} checks)" if count > 1 else "") for line, count in lines.items()]
    by_row: dict[str, list[CheckResult]] = {}
    for exercise, check in lost:
        if check.row:
            by_row.setdefault(exercise, []).append(check)
    return single + [line for name, rows in by_row.items() for line in _rows(name, rows)]


def _rows(exercise: str, lost: list[CheckResult]) -> list[str]:
    """Write what rows lost, and each thing that was told about them."""
    worth = ", ".join(check.row_points for check in lost)
    told = [check for check in lost if check.tells] or lost[:1]
    lines = []
    for check in told:
        message = printable(" ".join(check.message.split()))
        lines.append(f"    {check.outcome.value}" + (f": {message}" if message else ""))
        lines += [f"    {printable(str(check.counterexample))}"] if check.counterexample else []
    return [f"{exercise}: {printable(worth)}", *lines]
