"""Changes one small thing in a program: an operator, a constant, an argument, a statement.

Each changed program is a *mutant*. Whoever specifies an exercise wants the mutants of the reference
solution refused, since every slip of a student's is at least as large. Tools for that (mutmut,
cosmic-ray) change files on disk and start a test runner for each change; a mutant here is a cell of
a notebook and is graded in this process in milliseconds, so only the changing is needed.
"""

import ast
import copy
import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

_OTHER_OPERATORS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitXor: (ast.BitOr,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq, ast.GtE, ast.LtE),
    ast.NotEq: (ast.Eq, ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
# Between the two changes in the name of a pair.
AND = "; and "
# Functions for which the order of two arguments is nothing.
_SYMMETRIC = ("min", "max", "minimum", "maximum", "add", "multiply", "logical_and", "logical_or")
# What decides nothing: what a program says of itself, and what it needs.
_LEFT_ALONE = (ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal)


@dataclass(frozen=True)
class Mutant:
    """A program in which one small thing, or two, are changed.

    Attributes
    ----------
    name
        What is changed: ``"4: max(0, wide) → max(1, wide)"``, with the line of the program.
    source
        The changed program.
    """

    name: str
    source: str


@dataclass(frozen=True)
class _Edit:
    """One change: the place of a node among all nodes of the tree, and what stands there then."""

    place: int
    becomes: ast.AST
    name: str


def singles(source: str) -> list[Mutant]:
    """Return all mutants of a program with one change, in the order of its lines."""
    tree = ast.parse(source)
    original = ast.unparse(tree)
    return list(_made(tree, [[one] for one in _edits(tree)], {original}))


def pairs(source: str, most: int) -> list[Mutant]:
    """Return mutants with two changes, drawn at random, and the same ones each time.

    Parameters
    ----------
    source
        The program.
    most
        How many to draw at most.
    """
    tree = ast.parse(source)
    parts = [set(ast.walk(node)) for node in ast.walk(tree)]
    nodes = list(ast.walk(tree))

    def apart(one: _Edit, other: _Edit) -> bool:
        return nodes[one.place] not in parts[other.place] and (
            nodes[other.place] not in parts[one.place]
        )

    found = [[a, b] for a, b in combinations(_edits(tree), 2) if apart(a, b)]
    draw = random.Random(hashlib.sha256(source.encode()).hexdigest())
    chosen = draw.sample(found, min(most, len(found)))
    return list(_made(tree, chosen, {ast.unparse(tree)}))


def drawn(made: Sequence[Mutant], most: int) -> list[Mutant]:
    """Return a number of mutants, drawn at random and the same ones each time, in their order.

    Parameters
    ----------
    made
        Mutants of one program.
    most
        How many to draw at most.
    """
    names = hashlib.sha256("\n".join(mutant.name for mutant in made).encode()).hexdigest()
    places = random.Random(names).sample(range(len(made)), min(most, len(made)))
    return [made[place] for place in sorted(places)]


def _made(tree: ast.Module, chosen: Sequence[list[_Edit]], known: set[str]) -> Iterator[Mutant]:
    """Yield the changed programs that are not known, each once."""
    for edits in chosen:
        source = _changed(tree, edits)
        if source not in known:
            known.add(source)
            yield Mutant(AND.join(edit.name for edit in edits), source)


def _changed(tree: ast.Module, edits: Sequence[_Edit]) -> str:
    new = copy.deepcopy(tree)
    nodes = list(ast.walk(new))  # the same order as in the tree that was copied
    becomes = {id(nodes[edit.place]): edit.becomes for edit in edits}
    return ast.unparse(ast.fix_missing_locations(_Replacing(becomes).visit(new)))


class _Replacing(ast.NodeTransformer):
    """Puts other nodes in the place of some."""

    def __init__(self, becomes: dict[int, ast.AST]) -> None:
        self._becomes = becomes

    def visit(self, node: ast.AST) -> ast.AST:
        """Return what stands in the place of a node."""
        other = self._becomes.get(id(node))
        return super().visit(node) if other is None else other


def _edits(tree: ast.Module) -> list[_Edit]:
    silent, own = _silent(tree), _own_names(tree)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found, names = [], Counter[str]()
    for place, node in enumerate(ast.walk(tree)):
        if node in silent:
            continue
        for becomes in _changes(node):
            if isinstance(becomes, ast.Name) and becomes.id not in own:
                continue  # a module in the place of what was called in it
            name = _name(node, becomes, parents)
            names[name] += 1
            found.append(_Edit(place, becomes, name + f" ({names[name]})" * (names[name] > 1)))
    return sorted(found, key=lambda edit: int(edit.name.split(":")[0]))


def _own_names(tree: ast.Module) -> set[str]:
    """Return the names of parameters and variables."""
    nodes = list(ast.walk(tree))
    stored = {one.id for one in nodes if isinstance(one, ast.Name) and _is_stored(one)}
    return stored | {one.arg for one in nodes if isinstance(one, ast.arg)}


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _name(node: ast.AST, becomes: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> str:
    """Say what is changed; a constant is shown within what it is a part of."""
    line = getattr(node, "lineno", None) or getattr(parents.get(node), "lineno", 0)
    parent = parents.get(node)
    if isinstance(node, ast.Constant) and not isinstance(parent, ast.stmt | None):
        shown = copy.deepcopy(parent)
        there = list(ast.walk(shown))[list(ast.walk(parent)).index(node)]
        return f"{line}: {_text(parent)} → {_text(_Replacing({id(there): becomes}).visit(shown))}"
    return f"{line}: {_text(node)} → {_text(becomes)}"


def _silent(tree: ast.Module) -> set[ast.AST]:
    """Return docstrings, annotations and the words of errors: changing them changes nothing."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found |= set(ast.walk(node))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            found |= {node.exc, *(part for arg in node.exc.args for part in ast.walk(arg))}
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if annotation is not None:
                found |= set(ast.walk(annotation))
    return found


def _text(node: ast.AST) -> str:
    text = " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split())
    return text if len(text) <= 70 else f"{text[:69]}…"


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in the place of a node."""
    for kind, changes in _CHANGES:
        if isinstance(node, kind):
            yield from changes(node)


def _with(node: ast.AST, **fields: object) -> ast.AST:
    new = copy.deepcopy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _operator(node: ast.AST) -> Iterator[ast.AST]:
    for other in _OTHER_OPERATORS.get(type(node.op), ()):  # type: ignore[attr-defined]
        yield _with(node, op=other())


def _comparison(node: ast.Compare) -> Iterator[ast.AST]:
    for place, operator in enumerate(node.ops):
        for other in _OTHER_OPERATORS[type(operator)]:
            yield _with(node, ops=[*node.ops[:place], other(), *node.ops[place + 1 :]])


def _unary(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _bool_parts(node: ast.BoolOp) -> Iterator[ast.AST]:
    """Leave out one part of an and, or of an or."""
    for place in range(len(node.values)):
        rest = node.values[:place] + node.values[place + 1 :]
        yield rest[0] if len(rest) == 1 else _with(node, values=rest)


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        yield ast.Constant(value - 1)
    elif isinstance(value, float):
        yield ast.Constant(value * 2 if value else 1.0)
        yield ast.Constant(value / 2 if value else -1.0)
    elif isinstance(value, str):
        yield ast.Constant("" if value else "x")


def _arguments(node: ast.Call) -> Iterator[ast.AST]:
    for place in range(len(node.args)):
        yield _with(node, args=node.args[:place] + node.args[place + 1 :])
    symmetric = ast.unparse(node.func).rpartition(".")[2] in _SYMMETRIC and len(node.args) == 2
    for one, other in () if symmetric else pairwise(range(len(node.args))):
        swapped = list(node.args)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        yield _with(node, args=swapped)
    for place in range(len(node.keywords)):
        yield _with(node, keywords=node.keywords[:place] + node.keywords[place + 1 :])
    # The call itself is left out: f(x) becomes x, x.f() becomes x.
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    if isinstance(node.func, ast.Attribute):
        yield node.func.value


def _slice(node: ast.Slice) -> Iterator[ast.AST]:
    for part in ("lower", "upper", "step"):
        if getattr(node, part) is not None:
            yield _with(node, **{part: None})


def _choice(node: ast.IfExp) -> Iterator[ast.AST]:
    yield node.body
    yield node.orelse


def _loop(node: ast.comprehension) -> Iterator[ast.AST]:
    for place in range(len(node.ifs)):
        yield _with(node, ifs=node.ifs[:place] + node.ifs[place + 1 :])


def _test(node: ast.AST) -> Iterator[ast.AST]:
    yield _with(node, test=ast.Constant(True))
    yield _with(node, test=ast.Constant(False))


def _statement(node: ast.stmt) -> Iterator[ast.AST]:
    """Leave out a statement."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef, *_LEFT_ALONE)):
        return
    if isinstance(node, ast.Break | ast.Continue):
        yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()
    yield ast.Pass()


_CHANGES: tuple[tuple[type[ast.AST] | tuple[type[ast.AST], ...], Callable[..., Iterator]], ...] = (
    ((ast.BinOp, ast.BoolOp, ast.AugAssign), _operator),
    (ast.Compare, _comparison),
    (ast.UnaryOp, _unary),
    (ast.BoolOp, _bool_parts),
    (ast.Constant, _constant),
    (ast.Call, _arguments),
    (ast.Slice, _slice),
    (ast.IfExp, _choice),
    (ast.comprehension, _loop),
    ((ast.If, ast.While), _test),
    (ast.stmt, _statement),
)


__all__ = ["AND", "Mutant", "drawn", "pairs", "singles"]
