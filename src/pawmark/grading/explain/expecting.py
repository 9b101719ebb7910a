"""Tells what a check would have looked at, where no answer came that it could look at."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

from pawmark.grading.checks.watching import Place
from pawmark.grading.results.outcomes import CheckResult, Outcome

_NO_ANSWER = {
    Outcome.NOT_ATTEMPTED,
    Outcome.STUDENT_ERROR,
    Outcome.TIMEOUT,
    Outcome.OUT_OF_MEMORY,
    Outcome.CRASHED,
    Outcome.OUTPUT_LIMIT,
}
_MOST = 300  # characters of a statement


def expected_of(result: CheckResult, place: Place | None) -> str:
    """Say what a check that is a function expected of a call that gave no answer.

    Parameters
    ----------
    result
        What came of the check.
    place
        Where in the hidden checks the call is, or None.

    Returns
    -------
    str
        That there should be an answer, and the condition on it as the check has it; empty where an
        answer came, or a row of a specification tells what it expected.
    """
    if result.row or result.outcome not in _NO_ANSWER:
        return ""
    condition = "" if place is None else _condition(place)
    return "an answer without an error" + (f", and of it: {condition}" if condition else "")


def _condition(place: Place) -> str:
    """Return the statement that judges the answer: the first from that line on that demands."""
    try:
        text = Path(place.file).read_text(encoding="utf-8")
        tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError):
        return ""
    for node in _demands(tree, place.line):
        said = " ".join((ast.get_source_segment(text, node) or "").split())
        return said if len(said) <= _MOST else f"{said[:_MOST]} ..."
    return ""


def _demands(tree: ast.Module, line: int) -> Iterator[ast.stmt]:
    """Yield what demands something, from a line on to the end of the function around it."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and _holds(function, line):
            found = [node for node in ast.walk(function) if _is_demand(node, line)]
            yield from sorted(found, key=lambda node: node.lineno)


def _holds(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _is_demand(node: ast.AST, line: int) -> TypeGuard[ast.stmt]:
    """Tell whether a node is an assertion or a call for its own sake, at or after a line."""
    if not isinstance(node, ast.stmt) or (node.end_lineno or node.lineno) < line:
        return False
    return isinstance(node, ast.Assert) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    )


__all__ = ["expected_of"]
