"""Whether the judge of an exercise is another program than its reference: else it is no proof."""

import ast
from pathlib import Path

from nbformat import NotebookNode

from pawmark.authoring.references import Reference
from pawmark.grading.checks.specification import CopiedJudge, Exercise, Items

NO_PROOF = (
    "its judge is copied from the reference solution, so it shares every mistake of it and proves "
    "nothing. Write an independent one, from the text of the exercise and by another way "
    '(docs/writing-checks.md, "The judge")'
)


def copied_judge(
    specification: Exercise | Items | None, module: Path, notebook: NotebookNode
) -> str:
    """Say why a specification proves nothing: its judge is the reference; empty if it is not.

    Parameters
    ----------
    specification
        What the module of checks holds; None for test functions.
    module
        That module.
    notebook
        The source notebook.
    """
    if not isinstance(specification, Exercise):
        return ""
    judge = specification.judge
    if isinstance(judge, CopiedJudge):
        return NO_PROOF
    reference = Reference(notebook, len(notebook.cells)).node_of(specification.function)
    own = _function_in(module, getattr(judge, "__name__", ""))
    if reference is not None and own is not None and _body(own) == _body(reference):
        return NO_PROOF
    return ""


def _function_in(module: Path, name: str) -> ast.FunctionDef | None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
    return found[-1] if found else None


def _body(function: ast.FunctionDef) -> str:
    """Return what a function does, without its name, docstring and annotations."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return "\n".join([str(names), *map(ast.unparse, body)])


__all__ = ["NO_PROOF", "copied_judge"]
