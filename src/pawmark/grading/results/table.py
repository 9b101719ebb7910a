"""Grades as a table for the terminal."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pawmark.grading.results.grade import Standing, State
from pawmark.grading.results.outcomes import CheckResult
from pawmark.terminal import legible, printable
from pawmark.wording import counted, plain

_LEGEND = {
    State.WAITS: "waits: the grade is not final; below stands what for",
    State.UNGRADED: "not graded: handed in, and not graded yet",
    State.ABSENT: "-: nothing was handed in",
}


def show_grades(
    standings: Sequence[Standing], console: Console, students: Iterable[str] = ()
) -> None:
    """Print grades by student and assignment, then a line on every check that was lost.

    Parameters
    ----------
    standings
        Where each student stands with each assignment.
    console
        Where to print.
    students
        Students to list first, in this order; others follow.
    """
    found = {(one.student, one.assignment): one for one in standings}
    known = [one.student for one in standings]
    names = list(dict.fromkeys([*(who for who in students if who in known), *known]))
    columns = sorted({one.assignment for one in standings})
    table = Table("student", title="Grades")
    for column in columns:
        table.add_column(column, justify="right")
    for name in names:
        cells = (str(found[name, column]) for column in columns)
        table.add_row(Text(legible(name)), *map(Text, cells))
    console.print(table)
    for state, words in _LEGEND.items():
        if any(one.state is state for one in standings):
            console.print(Text(words))
    for name in names:
        _show_lost([found[name, column] for column in columns], console)


def _show_lost(standings: Iterable[Standing], console: Console) -> None:
    for one in standings:
        lines = [] if one.record is None else _compact(list(one.record.lost))
        lines += [f"waits: {printable(reason)}" for reason in one.waiting]
        lines += _given_by_people(one)
        if lines:
            console.print(Text(f"\n{legible(one.student)}, {one.assignment}", style="bold"))
        for line in lines:
            console.print(Text(f"  {line}"), soft_wrap=True)


def _given_by_people(one: Standing) -> list[str]:
    """Say what of a grade is not from the checks, where points of both could be expected."""
    if one.grade is None:
        return []
    lines = []
    for part in one.grade.parts:
        if part.manual is not None and part.automatic is not None:
            lines.append(f"{part.exercise}: {part.by_person}")
        if part.extra_credit:
            lines.append(f"{part.exercise}: {plain(part.extra_credit)} extra credit")
    if one.late_penalty:
        lines.append(f"late: {plain(one.late_penalty)} taken off")
    return lines


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
    single = [
        line + (f" ({counted(count, 'check')})" if count > 1 else "")
        for line, count in lines.items()
    ]
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
