"""A function of a reference solution, with what it needs of the rest of its notebook."""

import ast
import builtins
import contextlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from pawmark.authoring.answers import is_solution, reference_cells
from pawmark.grading.intake.cells import is_grade

_BUILTINS = set(dir(builtins))
_MAGIC = ("%", "!", "?")


@dataclass(frozen=True)
class _Binding:
    """A statement of a notebook that gives names to something.

    Attributes
    ----------
    text
        The statement.
    node
        The same, parsed.
    names
        The names.
    of_answer
        Whether it stands in the cell of an answer.
    """

    text: str
    node: ast.stmt
    names: tuple[str, ...]
    of_answer: bool

    @property
    def is_module(self) -> bool:
        """Whether it imports."""
        return isinstance(self.node, ast.Import | ast.ImportFrom)


class Reference:
    """The reference solution of a notebook, as far as it stands above a cell.

    Parameters
    ----------
    notebook
        The source notebook.
    until
        The number of that cell.
    """

    def __init__(self, notebook: NotebookNode, until: int) -> None:
        texts = reference_cells(notebook)
        self._bindings: list[_Binding] = []
        for cell in notebook.cells[: until + 1]:
            if cell.cell_type != "code":
                continue
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            own = is_solution(cell)
            imports_only = is_grade(cell) and not own
            found = _bindings(texts[name] if own else cell.source, own)
            self._bindings += [one for one in found if one.is_module or not imports_only]

    @property
    def functions(self) -> list[str]:
        """The functions that students write."""
        found = [one.node.name for one in self._bindings
                 if one.of_answer and isinstance(one.node, ast.FunctionDef)]  # fmt: skip
        return list(dict.fromkeys(found))

    @property
    def modules(self) -> set[str]:
        """The names that imports bind."""
        return {name for one in self._bindings if one.is_module for name in one.names}

    def node_of(self, function: str) -> ast.FunctionDef | None:
        """Return a function as it stands in the notebook; None where it is not there."""
        for one in reversed(self._bindings):
            if isinstance(one.node, ast.FunctionDef) and one.node.name == function:
                return one.node
        return None

    def needed_by(self, names: Iterable[str]) -> "Needed":
        """Return the statements without which some names cannot be used, in order."""
        wanted, chosen = list(names), set[int]()
        for name in wanted:  # it grows meanwhile
            place = self._place_of(name)
            if place is not None and place not in chosen:
                chosen.add(place)
                wanted += [other for other in _names_in(self._bindings[place].node)
                           if other not in wanted]  # fmt: skip
        return Needed([self._bindings[place] for place in sorted(chosen)])

    def _place_of(self, name: str) -> int | None:
        """Return the last statement that binds a name, and that can be carried elsewhere."""
        for place in range(len(self._bindings) - 1, -1, -1):
            if name in self._bindings[place].names:
                return place
        return None


def lost_without(notebook: NotebookNode, number: int) -> list[str]:
    """Return the names that a cell makes for cells below it, and no other cell makes.

    Parameters
    ----------
    notebook
        The source notebook.
    number
        The number of the cell: one that is not run any more.
    """
    texts = reference_cells(notebook)
    trees: list[ast.Module] = []
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        text = texts[name] if is_solution(cell) else cell.source
        trees.append(_parsed(text)[0] if cell.cell_type == "code" else ast.Module([], []))
    others = {name for n, tree in enumerate(trees) if n != number for name in _made_by(tree)}
    used = {name for tree in trees[number + 1 :] for name in _names_in(tree)}
    return [name for name in _made_by(trees[number]) if name in used - others]


def _made_by(tree: ast.Module) -> list[str]:
    """Return the names that a cell binds for others."""
    found: list[str] = []
    for node in tree.body:
        found += _bound_by(node)
        inner = [] if isinstance(node, ast.FunctionDef | ast.ClassDef) else ast.walk(node)
        found += [n.id for n in inner if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return list(dict.fromkeys(found))


class Needed:
    """Statements that stand by themselves, for a module of checks.

    Attributes
    ----------
    imports, rest
        Their texts.
    namespace
        What they give.
    missing
        Why some cannot be used outside the notebook, in words.
    """

    def __init__(self, bindings: Sequence[_Binding]) -> None:
        self.imports: list[str] = []
        self.rest: list[str] = []
        self.missing: list[str] = []
        self.namespace: dict[str, Any] = {"__name__": "reference"}
        for one in bindings:
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(one.text, self.namespace)  # noqa: S102  (the course's own reference)
            except Exception as error:
                self.missing.append(f"{', '.join(one.names)} ({type(error).__name__}: {error})")
            else:
                (self.imports if one.is_module else self.rest).append(one.text)


def _bindings(text: str, of_answer: bool) -> Iterator[_Binding]:
    tree, lines = _parsed(text)
    for node in tree.body:
        names = tuple(_bound_by(node))
        if names:
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
            segment = "\n".join(lines[first - 1 : node.end_lineno])
            yield _Binding(segment, node, names, of_answer)


def _parsed(text: str) -> tuple[ast.Module, list[str]]:
    """Read a cell without its magics; what is no Python even then, can stand in no module."""
    lines = ["" if line.lstrip().startswith(_MAGIC) else line for line in text.splitlines()]
    try:
        return ast.parse("\n".join(lines)), lines
    except SyntaxError:
        return ast.Module([], []), []


def _bound_by(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.Import() | ast.ImportFrom():
            yield from ((alias.asname or alias.name).split(".")[0] for alias in node.names)
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_constant(value):
            yield name


def _is_constant(node: ast.expr) -> bool:
    """Tell whether a value is a literal: others are made by running cells."""
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _names_in(node: ast.AST) -> list[str]:
    found = [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
    return [name for name in dict.fromkeys(found) if name not in _BUILTINS]


__all__ = ["Needed", "Reference", "lost_without"]
