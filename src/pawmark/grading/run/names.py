"""What cells do with names, read off their text: a program of its own, for texts of students.

``python -I -S names.py`` reads a JSON list of sources from standard input and writes a JSON list
of what it found. Python's parser can be made to crash by what it reads, so it reads a student's
text in a process that may: see `slices`. Nothing of a text is run, and nothing is imported here but
the standard library.

What is found errs on one side: a cell may do less than is said of it, never more. What this cannot
see (``exec``, a look into ``globals()``, magics) is told as `opaque`, and then everything runs.
"""

import ast
import contextlib
import json
import re
import symtable
import sys
from collections.abc import Iterator

TYPE_CHECKING = False
if TYPE_CHECKING:  # to import it takes longer than to read a cell
    from typing import TypeGuard

# Stands for what lies outside of all names: files, for one.
WORLD = "<world>"
# Before a name: something is put into its object, or set by it, whether or not that is a module.
INTO = "."
# Before the name of a function or class: it keeps something between its calls.
KEEPS = "="

# Names of Python's own that are opaque when they are bound anew.
_PYTHONS = frozenset({
    "print", "len", "isinstance", "issubclass", "int", "float", "str", "repr", "abs", "round",
    "range", "bool", "format", "hash", "callable", "hasattr", "ord", "chr", "property", "super",
    "staticmethod", "type", "object",
})  # fmt: skip
_OPAQUE_NAMES = frozenset({
    "exec", "eval", "compile", "globals", "locals", "vars", "dir", "breakpoint", "input", "exit",
    "quit", "setattr", "delattr", "get_ipython", "pylab", "get_type_hints", "get_annotations",
    "ForwardRef", "attrgetter", "methodcaller",
})  # fmt: skip
# Modules by which code can look into a notebook's names, or act when no cell of its own runs.
_OPAQUE_MODULES = frozenset({
    "IPython", "ipykernel", "_thread", "ast", "asyncio", "atexit", "bdb", "builtins", "cProfile",
    "cloudpickle", "code", "codeop", "concurrent", "ctypes", "dill", "dis", "doctest",
    "faulthandler", "gc", "imp", "importlib", "inspect", "marshal", "mock", "multiprocessing",
    "numexpr", "pdb", "pickle", "pkgutil", "posix", "profile", "runpy", "shelve", "signal", "site",
    "socket", "subprocess", "symtable", "threading", "timeit", "trace", "traceback", "tracemalloc",
    "types", "unittest", "weakref", "zipimport",
})  # fmt: skip
# Of these two modules only what is named here.
_SAFE_PARTS = {
    "os": {"path", "listdir", "sep", "fspath", "scandir", "walk", "stat", "cpu_count", "PathLike",
           "environ"},
    "sys": {"maxsize", "float_info", "version", "version_info", "platform", "byteorder"},
}  # fmt: skip
# What of `IPython.display` only shows something.
_SHOWING = frozenset({"display", "Image", "HTML", "Markdown", "Latex", "Math", "SVG", "Audio"})
_OPAQUE_ATTRIBUTES = frozenset(
    ["query", "eval", "modules", "settrace", "setprofile", "user_ns", "run_cell", "get_type_hints",
     "get_annotations", "ForwardRef", "attrgetter", "methodcaller", "globals", "exec", "_getframe"]
)  # fmt: skip
_FRAME = re.compile(r"(?:f|gi|cr|ag|tb)_(?:globals|locals|back|frame|code|builtins|next)\Z")
# What IPython keeps of the cells that were run: their texts and results.
_KEPT = re.compile(r"_{1,3}|_i{1,3}|_[iod]h|In|Out|_i?\d+")
_DUNDER = re.compile(r"__\w+__")
_SAFE_DUNDERS = frozenset({
    "__main__", "__class__", "__init__", "__name__", "__call__", "__len__", "__getitem__",
    "__setitem__",
    "__iter__", "__next__", "__repr__", "__str__", "__enter__", "__exit__", "__eq__", "__ne__",
    "__lt__", "__le__", "__gt__", "__ge__", "__add__", "__sub__", "__mul__", "__truediv__",
    "__floordiv__", "__mod__", "__matmul__", "__radd__", "__rsub__", "__rmul__", "__neg__",
    "__abs__", "__contains__", "__hash__", "__bool__", "__post_init__", "__doc__", "__version__",
    "__file__", "__future__", "__all__", "__array__",
})  # fmt: skip
# What is done elsewhere than in the notebook's names: files, the working folder, other processes.
_WORLDLY = frozenset({
    "chdir", "write", "writelines", "write_text", "write_bytes", "mkdir", "makedirs", "rename",
    "unlink", "rmdir", "rmtree", "save", "savez", "savez_compressed", "savetxt", "savefig",
    "save_weights", "dump", "to_csv", "tofile", "imsave", "imwrite", "symlink", "touch",
    "urlretrieve", "copyfile", "copytree", "move", "putenv", "system", "popen",
})  # fmt: skip
# The same of what an import has brought: these change a module, or what it keeps for all.
_SETTING = frozenset({
    "setdefault", "update", "append", "insert", "extend", "remove", "pop", "clear", "use",
    "register", "filterwarnings", "simplefilter", "install", "run", "call", "check_call",
    "check_output", "rc",
})  # fmt: skip
_SETTING_START = ("set", "enable_", "disable_", "register_")
_WRITING = re.compile(r"[rbt+]*[wax+][wbtax+]*")
_SEEDS = frozenset(["seed", "set_random_seed", "manual_seed", "set_seed"])
_OWN_GENERATOR = frozenset({
    "Random", "default_rng", "RandomState", "Generator", "SeedSequence", "SystemRandom", "Philox",
    "PCG64",
})  # fmt: skip
# Decorators that make nothing that is kept between calls.
_PLAIN_DECORATORS = frozenset(["property", "staticmethod", "classmethod", "setter"])
_WORD = re.compile(r"[^\W\d]\w*")
_COMPREHENSIONS = frozenset(("listcomp", "setcomp", "dictcomp"))
# Magics that write no name.
_QUIET_MAGICS = frozenset(
    ["matplotlib", "config", "pip", "conda", "load_ext", "reload_ext", "autoreload"]
)
_TRANSFORMED = re.compile(r"^\s*(?:[%!?,;/]|>>>|In ?\[|\.\.\.)|\?\s*$", re.MULTILINE)


_LONGEST = 100_000  # characters of a cell
_LIMITS = {"RLIMIT_CPU": 20, "RLIMIT_DATA": 1 << 30, "RLIMIT_CORE": 0}


class OpaqueError(Exception):
    """The text of a cell does not tell what it does; the message says why."""


class Found:
    """What one cell does; its attributes are what `as_json` tells.

    Attributes
    ----------
    binds
        Names that it gives a value, or takes away.
    now, later
        Names that it reads when it runs, and in functions when they are called.
    imported, defined, constants
        Names that are bound by ``import`` and nothing else, by ``def`` or ``class``, or to what
        cannot be changed.
    touches, effects
        Names whose objects it may change when it runs, and in functions when they are called; and
        `WORLD`, and names after `INTO` and `KEEPS`.
    handed_on
        Names that it reads, and not only to call them; all classes are among them.
    held
        Names in decorators, bases and default values: its functions and classes hold their objects.
    sets_attributes
        Whether it sets attributes of any object: a function may be one.
    seeds, draws
        Whether it seeds, or draws, random numbers that all share.
    seeded
        Whether it seeds them before it draws.
    """

    def __init__(self) -> None:
        self.binds: set[str] = set()
        self.now: set[str] = set()
        self.later: set[str] = set()
        self.imported: set[str] = set()
        self.defined: set[str] = set()
        self.constants: set[str] = set()
        self.assigned: set[str] = set()
        self.touches: set[str] = set()
        self.effects: set[str] = set()
        self.handed_on: set[str] = set()
        self.sets_attributes = False
        self.held: set[str] = set()
        self.calls_its_own = False  # functions of its own that have no name
        self.seeds = self.draws = self.seeded = False

    def as_json(self) -> dict[str, object]:
        """Return it as JSON."""
        plain = {
            name: sorted(value) if isinstance(value, set) else value
            for name, value in vars(self).items()
        }
        if self.calls_its_own:
            plain["now"] = sorted(self.now | self.later)
            plain["touches"] = sorted(self.touches | self.effects)
        varied = self.assigned
        plain["imported"] = sorted(self.imported - self.defined - self.constants - varied)
        plain["defined"] = sorted(self.defined - self.imported - self.constants - varied)
        plain["constants"] = sorted(self.constants - self.imported - self.defined - varied)
        del plain["assigned"], plain["calls_its_own"]
        return plain


def read(source: str) -> Found:
    """Read one cell.

    Parameters
    ----------
    source
        Its text.

    Raises
    ------
    OpaqueError
        When its text does not tell what it does.
    """
    found = Found()
    tree, text = _parsed(source, found)
    if tree is None:
        return found
    _require_plain(tree)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found.handed_on = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called
    }
    _read_scopes(symtable.symtable(text, "cell", "exec"), found, deferred=False)
    if found.binds & _PYTHONS:
        raise OpaqueError("another meaning of a name of Python's own")
    if looks := [name for name in (found.now | found.later) - found.binds if _KEPT.fullmatch(name)]:
        raise OpaqueError(f"{looks[0]}, which IPython keeps")
    _Reader(found).visit(tree)
    return found


def _parsed(source: str, found: Found) -> tuple[ast.Module | None, str]:
    """Parse a cell as IPython would run it; None where it would only report a syntax error."""
    for text in (source, _without_indent(source)):
        with contextlib.suppress(SyntaxError, ValueError):
            return _parse(text), text
    plain = _without_magics(source, found)
    if plain is None:
        raise OpaqueError("a magic")
    with contextlib.suppress(SyntaxError, ValueError):
        return _parse(plain), plain
    if _TRANSFORMED.search(plain) or len(plain.split("\n")) < 2:
        raise OpaqueError("a syntax of IPython's own")
    return None, ""


def _parse(text: str) -> ast.Module:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(text, "cell", "exec", flags, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return tree


def _without_indent(source: str) -> str:
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    return "\n".join(line.removeprefix(indent) for line in lines)


def _without_magics(source: str, found: Found) -> str | None:
    """Leave out lines of magics that write no name; None where there are others."""
    kept = []
    for line in source.split("\n"):
        text = line.strip()
        if text.startswith("%%"):
            if text.split() != ["%%time"]:
                return None
        elif text.startswith("%"):
            if text[1:].split()[:1] == [] or text[1:].split()[0] not in _QUIET_MAGICS:
                return None
            found.touches.add(WORLD)
        elif text.startswith("!"):
            found.touches.add(WORLD)
        else:
            kept.append(line)
            continue
        kept.append("")
    return "\n".join(kept)


def _require_plain(tree: ast.Module) -> None:
    """Refuse what could reach the notebook's names on a way that is not looked at.

    Raises
    ------
    OpaqueError
        For the first such thing.
    """
    docstrings = {id(node) for node in _docstrings(tree)}
    parts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            _require_plain_name(node.id)
            if node.id == "getattr" and id(node) not in called:
                raise OpaqueError("getattr of a name that is made")
            if node.id in _SAFE_PARTS and id(node) not in parts:
                raise OpaqueError(node.id)
        elif isinstance(node, ast.Attribute):
            _require_plain_attribute(node)
        elif isinstance(node, ast.MatchClass):
            for name in node.kwd_attrs:
                _require_plain_attribute(ast.Attribute(node.cls, name, ast.Load()))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            _require_plain_import(node)
        elif isinstance(node, ast.Constant) and id(node) not in docstrings:
            if isinstance(node.value, str) and set(_DUNDER.findall(node.value)) - _SAFE_DUNDERS:
                raise OpaqueError("a text that names something of Python's own")
        elif isinstance(node, ast.FunctionDef) and node.name == "__del__":
            raise OpaqueError("a method that runs when an object ends")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            _require_plain_call(node.func.id, node)


def _docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _require_plain_name(name: str) -> None:
    if name in _OPAQUE_NAMES or (_DUNDER.fullmatch(name) and name not in _SAFE_DUNDERS):
        raise OpaqueError(name)


def _require_plain_attribute(node: ast.Attribute) -> None:
    name = node.attr
    if _DUNDER.fullmatch(name) and name not in _SAFE_DUNDERS:
        raise OpaqueError(f".{name}")
    if name in _OPAQUE_ATTRIBUTES or _FRAME.match(name):
        raise OpaqueError(f".{name}")
    module = node.value.id if isinstance(node.value, ast.Name) else ""
    if name not in _SAFE_PARTS.get(module, {name}):
        raise OpaqueError(f"{module}.{name}")


def _require_plain_import(node: ast.Import | ast.ImportFrom) -> None:
    module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
    modules = [module] if module else [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level:
        raise OpaqueError("an import from beside")
    shown = {alias.name for alias in node.names} if module == "IPython.display" else set()
    for name in modules if not shown or shown - _SHOWING else ():
        if name.partition(".")[0] in _OPAQUE_MODULES or "__" in name:
            raise OpaqueError(f"import {name}")
    for alias in node.names:
        if alias.name == "*":
            raise OpaqueError(f"from {module} import *")
        if alias.name in _OPAQUE_NAMES:
            raise OpaqueError(f"from {module} import {alias.name}")
        if module in _SAFE_PARTS and alias.name not in _SAFE_PARTS[module]:
            raise OpaqueError(f"from {module} import {alias.name}")
        if alias.asname and alias.name in _SAFE_PARTS:
            raise OpaqueError(f"import {alias.name} as {alias.asname}")


def _require_plain_call(name: str, node: ast.Call) -> None:
    if name == "getattr":
        told = node.args[1] if len(node.args) > 1 else None
        if not (isinstance(told, ast.Constant) and isinstance(told.value, str)):
            raise OpaqueError("getattr of a name that is made")
        _require_plain_attribute(ast.Attribute(node.args[0], told.value, ast.Load()))


def _read_scopes(table: symtable.SymbolTable, found: Found, deferred: bool) -> None:
    """Sort the names of a scope, and of those within it, into what is bound and what is read."""
    top, of_class = (table.get_type() == kind for kind in ("module", "class"))
    read = found.later if deferred else found.now
    for symbol in table.get_symbols():
        name = symbol.get_name()
        if of_class and symbol.is_referenced():
            read.add(name)  # until the class has bound it, it is the notebook's
        if not (top or symbol.is_global()):
            continue
        if symbol.is_assigned() or symbol.is_imported():
            found.binds.add(name)
            if not top:  # declared global, and bound by whatever does so: def, import, except
                found.assigned.add(name)
                (found.effects if deferred else found.touches).add(name)
        if symbol.is_referenced():
            read.add(name)
    for child in table.get_children():
        function = child.get_type() == "function" and child.get_name() not in _COMPREHENSIONS
        _read_scopes(child, found, deferred or (function and child.get_name() != "genexpr"))
        if child.get_name() == "genexpr":
            _read_scopes(child, found, deferred=True)


class _Reader(ast.NodeVisitor):
    """Finds out which objects the code of a cell may change."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.scopes: list[_Scope] = []  # the innermost last
        self.top = ""  # the function or class of the cell that is being read

    # Names

    def scope_of(self, name: str) -> "_Scope | None":
        for scope in reversed(self.scopes):
            # What a class calls its own is seen in its body, and not in its functions.
            if name in scope.own and (not scope.of_class or scope is self.scopes[-1]):
                return scope
        return None

    def outer(self, name: str) -> bool:
        """Tell whether a name belongs to a function around the innermost one."""
        return self.scope_of(name) not in (None, *self.scopes[-1:])

    @property
    def deferred(self) -> bool:
        """Whether what is read now runs later, when a function is called."""
        return any(not scope.of_class for scope in self.scopes)

    def touch(self, names: set[str], before: str = "") -> None:
        for name in names:
            if self.scope_of(name) is None:
                self.note(before + name)
            elif self.outer(name):
                self.keep_state()

    def note(self, what: str) -> None:
        """Take note of what is changed here: now, or when a function is called."""
        (self.found.effects if self.deferred else self.found.touches).add(what)

    def keep_state(self) -> None:
        """Take note that what is being read keeps something between its calls."""
        for name in {self.top} if self.top else self.found.binds:
            self.found.effects.add(KEEPS + name)

    # What is bound

    def bind(self, target: ast.expr, value: ast.expr | None) -> None:
        """Take note of an assignment to a target, whose value may be the same object as others."""
        names = {node.id for node in ast.walk(target) if _is_bound(node)}
        if not self.scopes:
            whole = isinstance(target, ast.Name) and value is not None and _is_constant(value)
            (self.found.constants if whole else self.found.assigned).update(names)
        for name in names:
            if self.scopes and self.scope_of(name) is None:  # declared global
                self.touch({name})
                self.found.assigned.add(name)
            elif self.scopes and self.outer(name):  # declared nonlocal
                self.keep_state()
        self.store_into(target)

    def store_into(self, target: ast.expr) -> None:
        for node in _places(target):
            roots = _mentioned(node)
            if isinstance(node, ast.Attribute):
                self.found.sets_attributes = True
            self.touch(roots)
            self.touch(roots, before=INTO)
            if {"type", "cls", "__class__"} & {
                *_path(node),
                *roots,
            }:  # what all objects of a class share
                self.keep_state()

    # Nodes

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self.bind(target, node.value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.bind(node.target, node.value)
        self.annotated(node.annotation)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.bind(node.target, node.value)
        self.touch(_mentioned(node.target))
        if not self.scopes:
            self.found.assigned.update(_mentioned(node.target))
            self.found.now.update(_mentioned(node.target))
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.bind(node.target, node.value)
        self.generic_visit(node)

    def visit_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self.bind(target, None)
        self.generic_visit(node)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.bind(node.target, node.iter)
        self.generic_visit(node)

    visit_AsyncFor = visit_For  # noqa: N815  (ast's)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.store_into(node.target)
        self.generic_visit(node)

    def visit_withitem(self, node: ast.withitem) -> None:
        if node.optional_vars is not None:
            self.bind(node.optional_vars, node.context_expr)
        self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name and not self.scopes:
            self.found.assigned.add(node.name)
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        module = getattr(node, "module", None) or ""
        for alias in node.names:
            if not self.scopes:
                self.found.imported.add(alias.asname or alias.name.partition(".")[0])
            path = f"{module}.{alias.name}".split(".")
            if "random" in path and (alias.asname or path[-1] != "random"):
                self.found.draws |= path[-1] not in _OWN_GENERATOR | _SEEDS
                self.found.seeds |= path[-1] in _SEEDS

    visit_ImportFrom = visit_Import  # noqa: N815  (ast's)

    def visit_Call(self, node: ast.Call) -> None:
        func = node.func
        path = _path(func)
        if path[-1] in _WORLDLY or _opens_to_write(path[-1], node):
            self.note(WORLD)
        self.look_at_chance(path)
        if isinstance(func, ast.Attribute):
            self.touch(_mentioned(func.value))
            sets = path[-1] in _SETTING or path[-1].startswith(_SETTING_START)
            if sets and path[-1] not in _SEEDS:
                self.touch(_mentioned(func.value), before=INTO)
        self.generic_visit(node)

    def look_at_chance(self, path: list[str]) -> None:
        if path[-1] in _SEEDS:
            self.found.seeded |= not (self.scopes or self.found.draws)
            self.found.seeds = True
        elif "random" in path[:-1] and not _OWN_GENERATOR & set(path):
            self.found.draws = True

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if not self.scopes:
            self.found.defined.add(node.name)
            self.top = node.name
        for decorator in node.decorator_list:
            self.visit(decorator)
            self.found.held |= _mentioned(decorator)
            if _path(decorator)[-1] not in _PLAIN_DECORATORS:
                self.keep_state()
                self.call_its_own()
        for annotation in _annotations(node):
            self.annotated(annotation)
        self.function(node.args, node.body)
        self.top = self.top if self.scopes else ""

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  (ast's)

    def call_its_own(self) -> None:
        """Take note that a function of the cell may be called when the cell runs."""
        self.found.calls_its_own |= not self.deferred

    def annotated(self, annotation: ast.expr) -> None:
        """Take note of what an annotation reads, though it be a text."""
        for node in ast.walk(annotation):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                self.found.now |= set(_WORD.findall(node.value))
            elif isinstance(node, ast.Name):
                self.found.now.add(node.id)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.call_its_own()
        self.function(node.args, [node.body])

    def function(self, arguments: ast.arguments, body: list[ast.stmt] | list[ast.expr]) -> None:
        """Read the body of a function, whose own names are nobody else's."""
        given = [one for one in (*arguments.defaults, *arguments.kw_defaults) if one is not None]
        for default in given:
            self.visit(default)
            if not _is_constant(default) and not isinstance(default, ast.Name | ast.Attribute):
                self.keep_state()
            self.found.held |= _mentioned(default)
        self.within(_own_names(arguments, body), body, of_class=False)

    def within(self, own: set[str], body: list[ast.stmt] | list[ast.expr], of_class: bool) -> None:
        self.scopes.append(_Scope(own, of_class))
        for part in body:
            self.visit(part)
        self.scopes.pop()

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name and not self.scopes:
            self.found.assigned.add(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs  # noqa: N815  (ast's)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest and not self.scopes:
            self.found.assigned.add(node.rest)
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        if not self.scopes:
            self.found.defined.add(node.name)
            self.top = node.name
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
            self.found.held |= _mentioned(part)
            self.call_its_own()
        decorated = any(_path(one)[-1] != "dataclass" for one in node.decorator_list)
        if decorated or node.keywords or any(_makes_state(part) for part in node.body):
            self.keep_state()
        self.found.handed_on.add(node.name)
        self.within(_own_names(None, node.body), node.body, of_class=True)
        self.top = self.top if self.scopes else ""


class _Scope:
    """A function or class that is being read: the names that are its own."""

    def __init__(self, own: set[str], of_class: bool) -> None:
        self.own, self.of_class = own, of_class


def _is_bound(node: ast.AST) -> "TypeGuard[ast.Name]":
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del)


def _places(target: ast.expr) -> list[ast.expr]:
    """Return the attributes and items in a target."""
    return [
        node
        for node in ast.walk(target)
        if isinstance(node, ast.Attribute | ast.Subscript)
        and isinstance(node.ctx, ast.Store | ast.Del)
    ]


def _path(node: ast.AST) -> list[str]:
    """Return the names in a chain: of ``a.b(c).d`` these are a, b and d."""
    names: list[str] = []
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
        node = node.func if isinstance(node, ast.Call) else node.value
    names.append(node.id if isinstance(node, ast.Name) else "")
    return names[::-1]


def _mentioned(node: ast.AST) -> set[str]:
    """Return the names in an expression."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _is_constant(node: ast.expr) -> bool:
    """Tell whether the value of an expression cannot be changed, by its form."""
    if isinstance(node, ast.Tuple):
        return all(map(_is_constant, node.elts))
    if isinstance(node, ast.BinOp):
        return _is_constant(node.left) and _is_constant(node.right)
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


def _opens_to_write(name: str, node: ast.Call) -> bool:
    """Tell whether a call of ``open`` may be one that writes: of a method only by what is said."""
    if name != "open":
        return False
    function = isinstance(node.func, ast.Name)
    modes = [*node.args[function : function + 1]]
    named = [keyword.value for keyword in node.keywords if keyword.arg == "mode"]
    told = [one.value for one in modes + named if isinstance(one, ast.Constant)]
    unknown = len(told) < len(modes if function else []) + len(named)
    return unknown or any(_WRITING.fullmatch(str(mode)) for mode in told)


def _own_names(arguments: ast.arguments | None, body: list[ast.stmt] | list[ast.expr]) -> set[str]:
    """Return the names that are a function's own: its parameters, and what it assigns."""
    own = (
        {node.arg for node in ast.walk(arguments) if isinstance(node, ast.arg)}
        if arguments
        else set()
    )
    others: set[str] = set()
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Global | ast.Nonlocal):
            others.update(node.names)
        elif _is_bound(node):
            own.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            own.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            own.add(node.name)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            own.add(node.name)
        elif not isinstance(node, ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
    return own - others


def _makes_state(part: ast.stmt) -> bool:
    """Tell whether a statement of a class may give it what its objects, or its calls, share."""
    if isinstance(part, ast.Assign | ast.AnnAssign):
        return part.value is not None and not _is_constant(part.value)
    if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
        return any(_path(one)[-1] == "classmethod" for one in part.decorator_list)
    docstring = isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
    return not (docstring or isinstance(part, ast.Pass))


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    parts = [one.annotation for one in ast.walk(node.args) if isinstance(one, ast.arg)]
    return [one for one in (*parts, node.returns) if one is not None]


def told(source: str) -> dict[str, object]:
    """Return what one cell does as JSON, or why that cannot be told; see `read`."""
    if len(source) > _LONGEST:
        return {"opaque": "it is too long"}
    try:
        return read(source).as_json()
    except OpaqueError as error:
        return {"opaque": f"it has {error}"[:200]}
    except Exception as error:  # whatever the parser meets in it
        return {"opaque": f"it cannot be read ({type(error).__name__})"}


def main() -> None:
    """Read the sources from standard input, and write what was found."""
    import resource  # not on Windows, where this module is imported too

    for kind, most in _LIMITS.items():
        resource.setrlimit(getattr(resource, kind), (most, most))
    sources = json.load(sys.stdin)
    json.dump([told(source) for source in sources], sys.stdout)


if __name__ == "__main__":
    main()
