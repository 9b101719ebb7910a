"""Says in an exercise's rows why there is nothing to check, where the checks cannot know.

They ask for a function, and there is none: the answer's own cell did not run to its end, or nothing
in it runs at all. What came of the cell stands in its outputs, which the student's process wrote:
it chooses words here, and no points.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from nbformat import NotebookNode

from pawmark.grading.intake.cells import is_solution
from pawmark.grading.intake.unusual import unusual_in
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, Outcome

COMMENTED_OUT = (
    "not attempted: the code is commented out, or stands in a string, so that nothing of it runs"
)

_SYNTAX = ("SyntaxError", "IndentationError", "TabError")
_LINE = re.compile(r"\s*\((?:[^()]*, )?line (\d+)\)\s*\Z")
_MISSING = re.compile(r"\bNameError: ")
_MOST = 300


def explained(
    results: Mapping[str, ExerciseResult], notebook: NotebookNode, commented: Collection[str]
) -> dict[str, ExerciseResult]:
    """Return results whose messages tell the cause that lies in the answer's own cell.

    Parameters
    ----------
    results
        By exercise.
    notebook
        The notebook that was run, with its outputs.
    commented
        Exercises of whose answers nothing runs.
    """
    cells = {
        cell.metadata["nbgrader"]["grade_id"]: cell
        for cell in notebook.cells
        if cell.cell_type == "code" and is_solution(cell)
    }
    return {
        exercise: _explained(result, cells.get(exercise), exercise in commented)
        for exercise, result in results.items()
    }


def _explained(
    result: ExerciseResult, cell: NotebookNode | None, commented: bool
) -> ExerciseResult:
    if cell is None or result.needs_person:
        return result
    if commented and result.points == 0:
        first, *others = result.checks
        checks = [_idle(first, COMMENTED_OUT), *(_idle(check, "") for check in others)]
        return replace(result, checks=tuple(checks))
    told = _stop_of(cell)
    if not told:
        return result
    return replace(result, checks=tuple(_with_cause(check, told) for check in result.checks))


def _idle(check: CheckResult, message: str) -> CheckResult:
    return CheckResult(
        check=check.check,
        title=check.title,
        outcome=Outcome.NOT_ATTEMPTED,
        points=check.points,
        max_points=check.max_points,
        message=message,
        row=check.row,
    )


def _with_cause(check: CheckResult, told: str) -> CheckResult:
    if check.outcome is not Outcome.STUDENT_ERROR or not _MISSING.search(check.message):
        return check
    return replace(check, message=f"{told}. Then {check.message}")


def _stop_of(cell: NotebookNode) -> str:
    """Say with which error a cell stopped; empty where it ran to its end."""
    errors = [output for output in cell.get("outputs", ()) if output.output_type == "error"]
    if not errors:
        return ""
    kind, text = str(errors[-1].ename), str(errors[-1].evalue)
    if kind not in _SYNTAX:
        return f"the cell of your answer stopped with {kind}: {text[:_MOST]}".rstrip(": .")
    found = _LINE.search(text)
    told = f"the cell of your answer does not run: {kind}: {_LINE.sub('', text)[:_MOST]}"
    if found is None:
        return told
    line = _in_the_cell(cell.source, int(found[1][:6]))
    odd = unusual_in(cell.source, line)
    return f"{told}: {odd}" if odd else f"{told}, in line {line}"


def _in_the_cell(source: str, line: int) -> int:
    """Return which line of a cell IPython means, which takes empty ones off its beginning."""
    for place, text in enumerate(source.split("\n")):
        if text.strip():
            return place + line
    return line
