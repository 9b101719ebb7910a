"""Which cells a grade needs: those with a student's code, and those whose names they need.

Most of the time of a submission goes to given cells that draw figures or run experiments, and no
check asks for what they make. So a *slice* is run: all cells with a student's code; the given cells
that bind, or may change, what those or the checks read; and what these need in turn. `names` reads
that off the text of the cells. It errs on one side: where in doubt a cell is kept, and where code
defeats it, everything runs (docs/slices.md).
"""

import ast
import functools
import json
import subprocess
import symtable
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import msgspec

from pawmark.errors import CourseError
from pawmark.grading.checks.session import check_module
from pawmark.grading.run import names

_PROGRAM = Path(names.__file__)
_SECONDS = 30  # it limits its own processor time
_MOST = 400_000  # characters of all cells; more are not read


class CellNames(msgspec.Struct, frozen=True):
    """What one cell does with names; see `names.Found`."""

    opaque: str = ""
    binds: frozenset[str] = frozenset()
    now: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()
    constants: frozenset[str] = frozenset()
    touches: frozenset[str] = frozenset()
    effects: frozenset[str] = frozenset()
    handed_on: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    sets_attributes: bool = False
    seeds: bool = False
    draws: bool = False
    seeded: bool = False


@dataclass(frozen=True)
class CellText:
    """A code cell of a notebook.

    Attributes
    ----------
    index
        Its position in the notebook.
    source
        Its text.
    given
        Whether it is the assignment's own, and not a student's.
    always
        Whether its author wants it to be run whatever needs it.
    """

    index: int
    source: str
    given: bool
    always: bool = False


@dataclass(frozen=True)
class Slice:
    """What is run of a notebook.

    Attributes
    ----------
    left_out
        By the position of each cell that is not run, the names that it would have bound.
    whole
        Why everything is run; empty where that is not so.
    """

    left_out: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    whole: str = ""


def read_names(sources: Sequence[str]) -> list[CellNames] | None:
    """Read what cells do with names, in a process of its own; None when that did not end well."""
    if sum(map(len, sources)) > _MOST:
        return None
    try:
        done = subprocess.run(  # noqa: S603  (this package's own program)
            [sys.executable, "-I", "-S", str(_PROGRAM)],
            input=json.dumps(list(sources)).encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
        found = msgspec.json.decode(done.stdout, type=list[CellNames])
    except (OSError, subprocess.SubprocessError, msgspec.MsgspecError):
        return None
    return found if len(found) == len(sources) else None


def choose(cells: Sequence[CellText], asked: Mapping[int, Iterable[str]]) -> Slice:
    """Choose what of a notebook is run.

    Parameters
    ----------
    cells
        Its code cells but for those of checks, in order.
    asked
        By the position of each check cell, the names that its checks may ask for.
    """
    found = read_names([cell.source for cell in cells])
    if found is None:
        return Slice(whole="what its cells do could not be read")
    for cell, one in zip(cells, found, strict=True):
        if one.opaque:
            whose = "a cell of the assignment" if cell.given else "a cell of the student's"
            return Slice(whole=f"{whose} defeats the analysis: {one.opaque}")
    return Slice(_Choice(cells, found, asked).left_out())


class _Choice:
    """The cells of one notebook, of which more and more are found to be needed."""

    def __init__(
        self,
        cells: Sequence[CellText],
        found: Sequence[CellNames],
        asked: Mapping[int, Iterable[str]],
    ) -> None:
        self.cells = {cell.index: cell for cell in cells}
        self.names = dict(zip(self.cells, found, strict=True))
        self.makers: defaultdict[str, list[int]] = defaultdict(list)
        for index, one in self.names.items():
            for name in one.binds:
                self.makers[name].append(index)
        own = [cell.index for cell in cells if not cell.given]
        # After the last check, and the last cell of the student's, nothing is read any more.
        self.end = max([*asked, *own], default=-1)
        self.kept = set(own)
        self.last = {names.WORLD: self.end}
        for index, wanted in asked.items():
            for name in wanted:
                self.read(name, index)
        for index in own:
            self.read_by(index)
            for name in self.names[index].binds:  # a check may ask for it
                self.read(name, self.end)

    def read(self, name: str, index: int) -> None:
        """Take note that a name is read at a position."""
        self.last[name] = max(self.last.get(name, -1), index)

    def read_by(self, index: int) -> None:
        """Take note of what a cell that is run reads; its functions may be called until the end."""
        for name in self.names[index].now:
            self.read(name, index)
        for name in self.names[index].later:
            self.read(name, self.end)

    def left_out(self) -> dict[int, tuple[str, ...]]:
        """Return the cells that need not be run, with the names that they would have bound."""
        while more := {index for index in self.others() if self.is_needed(index)}:
            self.kept |= more
            for index in more:
                self.read_by(index)
        return {index: tuple(sorted(self.names[index].binds)) for index in self.others()}

    def others(self) -> list[int]:
        return [index for index in self.cells if index not in self.kept]

    def is_needed(self, index: int) -> bool:
        """Tell whether a cell that is not kept yet must be."""
        if self.cells[index].always:
            return True
        if index > self.end:
            return False
        if self.decides_chance(index):
            return True
        changed = self.names[index].binds | self.changed_by(index)
        return any(self.last.get(name.removeprefix(names.KEEPS), -1) > index for name in changed)

    def changed_by(self, index: int) -> frozenset[str]:
        """Return the names of whose objects a cell may change one."""
        return self._changed[index]

    @cached_property
    def _changed(self) -> dict[int, frozenset[str]]:
        groups = self.groups()
        return {
            index: frozenset().union(*(groups.get(name, {name}) for name in self.used_by(index)))
            for index in self.cells
        }

    def used_by(self, index: int) -> frozenset[str]:
        """Return what a cell, and the functions that it may call, may change or tie together.

        That is whatever they mention: an operator, a text or a loop changes an object where its
        class wants that, and so does an object's end, where a name is bound anew.
        """
        return self._used[index]

    @cached_property
    def _used(self) -> dict[int, frozenset[str]]:
        return {index: frozenset(self._use(index)) for index in self.cells}

    def _use(self, index: int) -> Iterator[str]:
        one = self.names[index]
        mentioned, makers = self.reached_by(index)
        yield from (name for name in one.binds | mentioned if not self.is_fixed(name))
        for name in one.touches.union(*(self.names[maker].effects for maker in makers)):
            into = name.removeprefix(names.INTO)
            if into == name:
                if name == names.WORLD or not self.is_fixed(name):
                    yield name
            elif self.is_always(into, "imported"):
                yield names.WORLD
            elif self.is_always(into, "defined"):
                yield names.KEEPS + into

    def reached_by(self, index: int) -> tuple[set[str], set[int]]:
        """Return the names that a cell reaches by what it reads, and the cells that bind them.

        An object may hold what was mentioned where it was made, and call it.
        """
        mentioned = {*self.names[index].now}
        makers: set[int] = set()
        waiting = [*mentioned]
        while waiting:
            name = waiting.pop()
            for maker in self.makers.get(name, ()):
                one = self.names[maker]
                if maker in makers or name in one.imported | one.constants:
                    continue
                makers.add(maker)
                waiting += (one.now | one.later) - mentioned
                mentioned |= one.now | one.later
        return mentioned, makers

    def is_fixed(self, name: str) -> bool:
        """Tell whether a name stands for what no use changes: a module, say.

        So are names that no cell binds: they are Python's own.
        """
        marked = name.startswith(names.KEEPS) or name == names.WORLD
        return not marked and (name not in self.makers or name in self._fixed)

    @cached_property
    def _fixed(self) -> frozenset[str]:
        kinds = ("imported", "constants")
        fixed = {name for name in self.makers if any(self.is_always(name, kind) for kind in kinds)}
        fixed |= {name for name in self.makers if self.keeps_nothing(name)}
        while loose := {name for name in fixed if self.holds_other_than(name, fixed)}:
            fixed -= loose
        return frozenset(fixed)

    def holds_other_than(self, name: str, fixed: set[str]) -> bool:
        """Tell whether a function or class may hold an object that is not fixed."""
        if not self.is_always(name, "defined"):
            return False
        held = frozenset().union(*(self.names[one].held for one in self.makers[name]))
        return any(one in self.makers and one not in fixed for one in held)

    @cached_property
    def _marked(self) -> frozenset[str]:
        return frozenset().union(*(one.touches | one.effects for one in self.names.values()))

    def keeps_nothing(self, name: str) -> bool:
        """Tell whether a name is a function or class that keeps nothing, in all its meanings."""
        if not self.is_always(name, "defined"):
            return False
        if {names.KEEPS + name, names.INTO + name} & self._marked:
            return False
        handed_on = any(name in one.handed_on for one in self.names.values())
        return not (handed_on and any(one.sets_attributes for one in self.names.values()))

    def is_always(self, name: str, kind: str) -> bool:
        makers = self.makers.get(name, [])
        return bool(makers) and all(name in getattr(self.names[one], kind) for one in makers)

    def groups(self) -> dict[str, frozenset[str]]:
        """Return, by name, all names that may stand for the same object, or one that holds it.

        Those that one cell uses, or binds, count as such.
        """
        above: dict[str, str] = {}

        def head(name: str) -> str:
            while (upper := above.get(name, name)) != name:
                above[name] = above.get(upper, upper)
                name = upper
            return name

        for index in self.cells:
            first, *others = [name for name in self.used_by(index) if self.is_object(name)] or [""]
            for other in others:
                above[head(other)] = head(first)
        groups: defaultdict[str, set[str]] = defaultdict(set)
        for name in above:
            groups[head(name)] |= {name, head(name)}
        return {name: frozenset(group) for group in groups.values() for name in group}

    def is_object(self, name: str) -> bool:
        return name != names.WORLD and not name.startswith(names.KEEPS)

    def decides_chance(self, index: int) -> bool:
        """Tell whether the random numbers that a kept cell draws may depend on a cell."""
        seeds = [place for place, one in self.names.items() if one.seeds]
        if not seeds or index < seeds[0]:
            return False
        return any(
            one.draws and not (one.seeded and self.cells[place].given)
            for place, one in self.names.items()
            if place in self.kept and (place > index or not self.cells[place].given)
        )


def asked_for(course: Path, exercise: str) -> frozenset[str]:
    """Return the names for which the hidden checks of an exercise ask, as far as they tell.

    Modules of checks that are no exercise's own are shared: they count for each.
    """
    try:
        own = check_module(course, exercise)
    except CourseError:  # grading says so
        return frozenset()
    shared = [path for path in own.parent.glob("*.py") if not path.name.startswith("test_")]
    modules = [own, *shared, *own.parents[1].glob("*.py")]
    return frozenset().union(*(_asked_in(path.read_bytes()) for path in modules))


@functools.lru_cache(maxsize=256)
def _asked_in(module: bytes) -> frozenset[str]:
    return asked_in(module.decode("utf-8", "replace"))


def asked_in(text: str) -> frozenset[str]:
    """Return the names for which a module of checks asks the notebook, as far as it tells.

    They stand in texts that Python could evaluate: where something is asked of ``student``, in what
    is built inside, and in constants of the module. What is asked besides is seen when it is asked:
    then everything runs.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError:  # grading says so
        return frozenset()
    return frozenset().union(*map(_names_in, _texts_that_ask(tree)))


def _texts_that_ask(tree: ast.Module) -> Iterator[str]:
    for part in tree.body:
        if isinstance(part, ast.Assign):
            yield _text_of(part.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _asks(node.func):
            for inner in ast.walk(node):
                yield _text_of(inner)


def _asks(func: ast.expr) -> bool:
    if isinstance(func, ast.Attribute):
        return isinstance(func.value, ast.Name) and func.value.id == "student"
    return isinstance(func, ast.Name) and func.id == "Inside"


def _text_of(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (one.value if isinstance(one, ast.Constant) else "_" for one in node.values)
        return "".join(map(str, parts))
    return ""


def _names_in(text: str) -> set[str]:
    """Return the names that an expression in a text reads; none where it is no expression."""
    try:
        return set(_read_in(symtable.symtable(text.strip(), "check", "eval")))
    except (SyntaxError, ValueError):
        return set()


def _read_in(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _read_in(child)
