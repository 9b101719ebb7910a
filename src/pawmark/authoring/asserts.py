"""The tests of a notebook's cell, read: which calls can be asked from outside, and what cannot.

Nothing is run here. A test is taken over where it calls one function of the answer with arguments
that stand there: literals, names that the cell gives to literals once, arrays of literals.
"""

import ast
import builtins
import copy
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

AUTOTEST = "AUTOTEST"
MOST_TURNS = 50  # of a loop that is written out
# Functions that make plain values of plain values.
_PLAIN_BUILTINS = {
    "bool",
    "complex",
    "dict",
    "float",
    "int",
    "list",
    "range",
    "set",
    "str",
    "tuple",
}
_PLAIN_OF_NUMPY = {
    "arange", "array", "asarray", "eye", "full", "linspace", "ones", "zeros",
    "bool_", "float32", "float64", "int32", "int64", "uint8",
}  # fmt: skip
# Tests of nearness: with these names a test asks for the whole result, unless it says how near.
_NEAR = {"isclose", "allclose", "assert_allclose", "assert_array_almost_equal", "assertAlmostEqual",
         "assert_almost_equal", "approx"}  # fmt: skip
_EQUAL = {"assert_equal", "assertEqual", "assert_array_equal", "array_equal", "assertListEqual",
          "assertTupleEqual", "assertDictEqual", "eq_", "array_equiv"}  # fmt: skip
_BUILTINS = set(dir(builtins))
_WRITTEN = (
    "a specification compares results and no files: ask by a test function, with student.scratch "
    "and student.read_file"
)


@dataclass(frozen=True)
class Example:
    """A call that a test makes.

    Attributes
    ----------
    function
        The function that is called.
    call
        The call, with arguments that need no name of the notebook's but those of modules.
    test
        The whole test, to be run on a reference.
    says
        The test in a line, as the notebook has it.
    hidden
        Whether students do not see it.
    raises
        The name of the error that is the right result, or empty.
    whole
        Whether the test asks for the whole result, and not for something of it.
    files
        Arguments that name a file beside the notebook.
    """

    function: str
    call: ast.Call
    test: ast.stmt
    says: str
    hidden: bool
    raises: str = ""
    whole: bool = True
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Left:
    """A line of the tests that cannot be asked from outside by itself.

    Attributes
    ----------
    says
        The line.
    why
        The reason, in words.
    """

    says: str
    why: str


@dataclass(frozen=True)
class Tests:
    """What a cell of tests holds.

    Attributes
    ----------
    examples
        What can be asked from outside, in order.
    left
        What cannot.
    """

    examples: tuple[Example, ...]
    left: tuple[Left, ...]


def read(
    text: str, functions: Collection[str], modules: Collection[str], hidden: Collection[int] = ()
) -> Tests:
    """Read a cell of tests.

    Parameters
    ----------
    text
        The cell, as in the source.
    functions
        The functions that students write.
    modules
        Names that imports of the notebook bind.
    hidden
        The numbers of the lines that students do not see, from 1.

    Raises
    ------
    SyntaxError
        When it is no Python.
    """
    tree = ast.parse(text)
    reader = _Reader(tree, set(functions), set(modules), set(hidden))
    reader.read(tree.body, {})
    for line in text.splitlines():
        if line.lstrip().startswith("#") and AUTOTEST in line:
            reader.leave(line.strip(), "a generated test compares with what the reference gave")
    return Tests(tuple(reader.examples), tuple(reader.left))


def one_line(node: ast.AST, most: int = 78) -> str:
    """Return a piece of code in one line, cut off where that is long; of an assert no message."""
    shown = ast.Assert(node.test) if isinstance(node, ast.Assert) else node
    text = " ".join(ast.unparse(shown).split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


class _UnreadableError(Exception):
    """Why a test cannot be asked from outside, in words."""


@dataclass
class _Reader:
    """Reads the statements of a cell, one after the other."""

    tree: ast.Module
    functions: set[str]
    modules: set[str]
    hidden: set[int]
    examples: list[Example] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    def __post_init__(self) -> None:
        stored = [n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name)
                  and isinstance(n.ctx, ast.Store)]  # fmt: skip
        self._assigned = Counter(stored)
        self._helpers = {n.name for n in self.tree.body
                         if isinstance(n, ast.FunctionDef | ast.ClassDef)}  # fmt: skip

    def leave(self, says: str, why: str) -> None:
        """Note what cannot be asked."""
        if Left(says, why) not in self.left:
            self.left.append(Left(says, why))

    def read(self, body: Sequence[ast.stmt], given: Mapping[str, ast.expr]) -> None:
        """Read statements, where some names stand for values."""
        known = dict(given)
        for statement in body:
            try:
                self._statement(statement, known)
            except _UnreadableError as reason:
                self.leave(one_line(statement), str(reason))

    def _statement(self, node: ast.stmt, known: dict[str, ast.expr]) -> None:
        match node:
            case ast.Import() | ast.ImportFrom():
                self.modules |= {(a.asname or a.name).split(".")[0] for a in node.names}
            case ast.FunctionDef() | ast.ClassDef() | ast.Pass():
                pass  # what it is for shows where it is used
            case ast.Assign(targets=[ast.Name(id=name)]) if self._assigned[name] == 1:
                value = _with(node.value, known)
                if self._is_of_one_value(value):
                    known[name] = value
            case ast.Assign() | ast.AnnAssign():
                pass
            case ast.Assert():
                self._test(node, node.test, known)
            case ast.Expr(value=ast.Constant()):
                pass
            case ast.Expr(value=ast.Call() as called) if _last_name(called).startswith("assert"):
                self._test(node, called, known)
            case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
                raise _UnreadableError("it prints, and nobody compares that")
            case ast.Try():
                self._try(node, known)
            case ast.With():
                self._with(node, known)
            case ast.For():
                self._loop(node, known)
            case _:
                raise _UnreadableError("it is no assert by itself")

    def _is_of_one_value(self, value: ast.expr) -> bool:
        """Tell whether a name may be replaced by its value: a literal, or what a function gives."""
        if self.is_plain(value):
            return True
        names = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
        return bool(names & self.functions) and not self._strange(value)

    def _loop(self, node: ast.For, known: Mapping[str, ast.expr]) -> None:
        """Write a loop over literals out."""
        if any(not isinstance(one, ast.Assert | ast.Assign | ast.Pass) for one in node.body):
            raise _UnreadableError("a loop that holds more than asserts")
        for values in list(self._turns(node, known)):
            self.read(node.body, {**known, **values})

    def _turns(self, node: ast.For, known: Mapping[str, ast.expr]) -> Iterator[dict[str, ast.expr]]:
        over = _with(node.iter, known)
        if not isinstance(over, ast.List | ast.Tuple) or len(over.elts) > MOST_TURNS or node.orelse:
            raise _UnreadableError("a loop over what is no short list of literals")
        for value in over.elts:
            match node.target, value:
                case ast.Name(id=name), _:
                    yield {name: value}
                case ast.Tuple(elts=names), ast.Tuple(elts=parts) | ast.List(elts=parts) if len(
                    names
                ) == len(parts) and all(isinstance(n, ast.Name) for n in names):
                    yield {n.id: part for n, part in zip(names, parts, strict=True)
                           if isinstance(n, ast.Name)}  # fmt: skip
                case _:
                    raise _UnreadableError("a loop over what is no short list of literals")

    def _try(self, node: ast.Try, known: Mapping[str, ast.expr]) -> None:
        """Take ``try: f(0)``, ``except ValueError: pass``, ``else: raise``: an error is right."""
        match node:
            case ast.Try(
                body=[ast.Expr(value=ast.Call() as called), *rest],
                handlers=[ast.ExceptHandler(type=ast.Name(id=kind), body=[ast.Pass()])],
            ) if _ends_it([*rest, *node.orelse]) and not node.finalbody:
                self._raising(node, called, kind, known)
            case _:
                raise _UnreadableError(
                    "what is tried is more than one call that should end in an error"
                )

    def _with(self, node: ast.With, known: Mapping[str, ast.expr]) -> None:
        """Take ``with pytest.raises(ValueError): f(0)``."""
        match node:
            case ast.With(
                items=[ast.withitem(context_expr=ast.Call(args=[ast.Name(id=kind)]) as manager)],
                body=[
                    ast.Expr(value=ast.Call() as called) | ast.Assign(value=ast.Call() as called)
                ],
            ) if "raises" in _last_name(manager).lower() and not self._strange(manager):
                self._raising(node, called, kind, known)
            case _:
                raise _UnreadableError("it is no assert by itself")

    def _raising(
        self, node: ast.stmt, called: ast.Call, kind: str, known: Mapping[str, ast.expr]
    ) -> None:
        called = _as_call(_with(called, known))
        name = called.func.id if isinstance(called.func, ast.Name) else ""
        if name not in self.functions:
            raise _UnreadableError("it calls no function that students write")
        self._require_plain(called)
        self._add(node, node, called, known, raises=kind)

    def _test(self, node: ast.stmt, tested: ast.expr, known: Mapping[str, ast.expr]) -> None:
        """Take what calls one function, whatever is asked of its result."""
        tested = _with(tested, known)
        names = {n.id for n in ast.walk(tested) if isinstance(n, ast.Name)}
        own = sorted(names & self.functions)
        strange = self._strange(tested)
        if not own and strange:
            raise _UnreadableError(f"it looks at state: {_listed(strange)} of the notebook")
        if not own and names & {"open", "Path"}:
            raise _UnreadableError(_WRITTEN)
        if not own:
            raise _UnreadableError("it calls no function that students write")
        if len(own) > 1:
            raise _UnreadableError(f"it asks several functions: {_listed(own)}")
        if handed := _handed_on(tested, own[0]):
            self._require_plain(handed[1])
            self._add(node, node, handed[1], known, raises=handed[0])
            return
        if strange:
            raise _UnreadableError(f"it looks at {_listed(strange)} of the notebook, too")
        calls = [n for n in ast.walk(tested) if isinstance(n, ast.Call)
                 and isinstance(n.func, ast.Name) and n.func.id == own[0]]  # fmt: skip
        named = [n for n in ast.walk(tested) if isinstance(n, ast.Name) and n.id == own[0]]
        if len(named) > len(calls):
            raise _UnreadableError(f"it looks at {own[0]} itself, and not at what it returns")
        for called in calls:
            self._require_plain(called)
        for called in calls:
            whole = len(calls) == 1 and _asks_for_all(tested, called)
            self._add(node, node, called, known, whole=whole)

    def _add(
        self,
        node: ast.stmt,
        test: ast.stmt,
        called: ast.Call,
        known: Mapping[str, ast.expr],
        raises: str = "",
        whole: bool = True,
    ) -> None:
        function = called.func.id if isinstance(called.func, ast.Name) else ""
        replaced = ast.fix_missing_locations(_Replacing(known).visit(copy.deepcopy(test)))
        says = f"{one_line(called)} ends in {_a(raises)}" if raises else one_line(replaced)
        hidden = node.lineno in self.hidden
        self.examples.append(Example(function, called, replaced, says, hidden, raises, whole))

    def _require_plain(self, called: ast.Call) -> None:
        given = [*called.args, *(keyword.value for keyword in called.keywords)]
        if any(keyword.arg is None for keyword in called.keywords) or any(
            not self.is_plain(value) for value in given
        ):
            raise _UnreadableError(f"the arguments of {one_line(called.func)} are no literals")

    def is_plain(self, node: ast.expr) -> bool:
        """Tell whether an expression is a literal, or an array of literals."""
        match node:
            case ast.Constant():
                return node.value is not Ellipsis
            case ast.List() | ast.Tuple() | ast.Set():
                return all(map(self.is_plain, node.elts))
            case ast.Dict():
                return None not in node.keys and all(
                    self.is_plain(one) for one in (*node.keys, *node.values) if one is not None
                )
            case ast.UnaryOp():
                return self.is_plain(node.operand)
            case ast.BinOp():
                return self.is_plain(node.left) and self.is_plain(node.right)
            case ast.Call(func=function):
                values = [*node.args, *(keyword.value for keyword in node.keywords)]
                return self._makes_plain(function) and all(map(self._is_plain_or_type, values))
            case ast.Attribute(value=ast.Name(id=name)):
                return name in self.modules and node.attr in ("e", "inf", "nan", "pi")
        return False

    def _is_plain_or_type(self, node: ast.expr) -> bool:
        return self.is_plain(node) or self._makes_plain(node)  # dtype=np.uint8, dtype=float

    def _makes_plain(self, node: ast.expr) -> bool:
        match node:
            case ast.Name(id=name):
                return name in _PLAIN_BUILTINS and not self._assigned[name]
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                return module in self.modules and name in _PLAIN_OF_NUMPY
        return False

    def _strange(self, node: ast.expr) -> list[str]:
        """Return the names that an expression takes from the notebook, in order."""
        own = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)
               and isinstance(n.ctx, ast.Store)}  # fmt: skip
        own |= {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
        usual = own | self.functions | self.modules | _BUILTINS
        names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
        return [name for name in dict.fromkeys(names) if name not in usual]


class _Replacing(ast.NodeTransformer):
    """Puts values in the place of names."""

    def __init__(self, known: Mapping[str, ast.expr]) -> None:
        self._known = known

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace one name where it is read."""
        if isinstance(node.ctx, ast.Load) and node.id in self._known:
            return copy.deepcopy(self._known[node.id])
        return node


def _with(node: ast.expr, known: Mapping[str, ast.expr]) -> ast.expr:
    replaced = _Replacing(known).visit(copy.deepcopy(node))
    assert isinstance(replaced, ast.expr), "an expression stays one"
    return ast.fix_missing_locations(replaced)


def _as_call(node: ast.expr) -> ast.Call:
    assert isinstance(node, ast.Call), "a call stays one"
    return node


def _handed_on(tested: ast.expr, function: str) -> tuple[str, ast.Call] | None:
    """Find ``raises(ValueError, f, 0)``: the error, and the call that it stands for."""
    for node in ast.walk(tested):
        match node:
            case ast.Call(args=[ast.Name(id=kind), ast.Name(id=name) as named, *rest]) if (
                name == function and _is_error(kind)
            ):
                return kind, ast.Call(named, rest, node.keywords)
    return None


def _is_error(name: str) -> bool:
    kind = getattr(builtins, name, None)
    return isinstance(kind, type) and issubclass(kind, BaseException)


def _ends_it(body: Sequence[ast.stmt]) -> bool:
    """Tell whether statements do nothing but fail a test."""
    match body:
        case [ast.Raise()] | [ast.Assert(test=ast.Constant(value=False | 0))]:
            return True
    return False


def _asks_for_all(tested: ast.expr, called: ast.Call) -> bool:
    """Tell whether a test is right for one result only."""
    match tested:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
            return called in (left, right) or any(
                isinstance(side, ast.Call) and _last_name(side) in _NEAR and called in side.args[:1]
                and not side.keywords for side in (left, right)
            )  # fmt: skip
        case ast.Call(args=[first, second], keywords=[]):
            return _last_name(tested) in _NEAR | _EQUAL and called in (first, second)
    return False


def _last_name(called: ast.Call) -> str:
    match called.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


__all__ = ["Example", "Left", "Tests", "one_line", "read"]
