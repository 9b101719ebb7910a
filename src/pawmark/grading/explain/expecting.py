"""Tells what a check expected of an answer, also where none came."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeGuard

from pawmark.grading.checks.counterexample import shown_value
from pawmark.grading.checks.student import Student
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
_COMPARING = ("expect_close", "array_equal", "allclose", "isclose")
_MOST = 300  # characters of a statement


def expected_of(result: CheckResult, place: Place | None) -> str:
    """Say what a check that is a function expected, where it does not say that itself.

    Parameters
    ----------
    result
        What came of the check.
    place
        Where in the hidden checks it ended, or None.

    Returns
    -------
    str
        The condition as the check has it, with the value that it compares with, where that is
        known; of a call that gave no answer also that there should be one. Empty where a row of a
        specification, or the check, tells what was expected.
    """
    if result.row or result.expected is not None:
        return ""
    condition = "" if place is None else _condition(place)
    if result.outcome in _NO_ANSWER:
        return "an answer without an error" + (f", and of it: {condition}" if condition else "")
    return condition if result.outcome is Outcome.FAILED else ""


def _condition(place: Place) -> str:
    """Return what is demanded of the answer: by the first statement from that line on."""
    try:
        text = Path(place.file).read_text(encoding="utf-8")
        tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError):
        return ""
    for node in _demands(tree, place.line):
        condition = _demanded(node)
        said = " ".join((ast.get_source_segment(text, condition) or "").split())
        said = said if len(said) <= _MOST else f"{said[:_MOST]} ..."
        value = _value(_wanted(condition), place.names)
        return f"{said}, where {value[0]} is {value[1]}" if value else said
    return ""


def _demanded(node: ast.stmt) -> ast.expr:
    """Return the condition of a statement: an assertion's, or the first thing that is expected."""
    if isinstance(node, ast.Assert):
        return node.test
    assert isinstance(node, ast.Expr)
    call = node.value
    if isinstance(call, ast.Call) and _name(call) == "expect" and call.args:
        return call.args[0]
    return call


def _name(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _wanted(condition: ast.expr) -> ast.expr | None:
    """Return what an answer is compared with."""
    if isinstance(condition, ast.Compare) and len(condition.ops) == 1:
        return condition.comparators[0]
    if isinstance(condition, ast.Call) and _name(condition) in _COMPARING:
        return condition.args[1] if len(condition.args) > 1 else None
    return None


def _value(wanted: ast.expr | None, names: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return an expression of the check and its value; None where that says or knows no more."""
    if wanted is None or isinstance(wanted, ast.Constant) or not names:
        return None
    used = {node.id for node in ast.walk(wanted) if isinstance(node, ast.Name)}
    # The student's process is asked nothing here.
    if any(isinstance(names.get(name), Student) for name in used):
        return None
    try:
        found = eval(ast.unparse(wanted), dict(names))  # noqa: S307  (the course's own check)
    except Exception:  # it needs the answer that did not come
        return None
    return ast.unparse(wanted), _shown(found)


def _shown(value: Any) -> str:
    """Return a value for people; what a number may be near to is told by its own text."""
    return str(value) if type(value).__name__.startswith("Approx") else shown_value(value)


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
