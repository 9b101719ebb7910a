"""Slices of drawn programs, run: what checks see is what they see after a whole run."""

import random
import re
from typing import Any

import msgspec
import pytest

from pawmark.grading.run import names, slices
from pawmark.grading.run.slices import CellNames, CellText, choose

GIVEN = (
    "{n} = [1]",
    "{n} = [{i}, 2]",
    "{n} = {m}",
    "{n} = [{m}]",
    "{n} = {m}[:]",
    "{n} = {n} + [{i}]",
    "{n}.append({i})",
    "{n} += [{i}]",
    "{n}[0] = {i}",
    "{n}.append({m})\n{m}.append({i})",
    "{n}, {m} = {m}, {n}",
    "del {n}[:]",
    "del {n}",
    "for z, _ in zip({n}, range(3)):\n    {m}.append({i})",
    "for z in {n}:\n    z.append({i})\n    break",
    "for z in [{n}, {m}]:\n    z.append({i})",
    "if {n}:\n    {m} = {n}",
    "try:\n    {n}[9]\nexcept IndexError:\n    {m}.append({i})",
    "change({n})",
    "change([{n}, {i}][0])",
    "{n} = same({m})",
    "print({n}, len({m}))",
    "{g}()",
    "{n} = {g}()",
    "{g}().append({i})",
    "{s}()",
    "{n} = {s}()",
    "def {g}():\n    {n}.append({i})\n    return {n}",
    "def {g}(p={n}):\n    p.append({i})\n    return p",
    "def {g}():\n    global {n}\n    {n} = [{i}]\n    return {m}",
    "def {g}():\n    return {h}()",
    "def {g}():\n    q = {n}\n    for z in [q]:\n        z.append({i})\n    return [q]",
    "{g} = lambda: {n}.append({i}) or {n}",
    "(lambda q: q.append({i}))({n})",
    "[z.append({i}) for z in [{n}, {m}]]",
    "{n} = [z for z in {m}]",
    "{n} = next(z for z in [{m}])",
    "(z := {n}).append({i})",
    "class K:\n    q = {n}\n    q.append({i})",
    "class K:\n    def do(self):\n        {n}.append({i})\nK().do()",
    "match {n}:\n    case [_, *z]:\n        {m} = {n}",
    "with held({n}) as z:\n    z.append({i})",
    "{s}.x = {i}",
    # Uses that change what they use, and objects behind others.
    "{n} = iter([{i}, 2, 3, 4])",
    "{n} = iter({m})",
    "2 in {n}",
    "{m} = {i} in {n}",
    "{n} = list({m})",
    "y, *z = {n}",
    "[0 for {n}[0] in range(3)]",
    "[0 for {n}.k in range(3)]",
    "k = {n}.append",
    "k({i})",
    "k = partial({n}.append, {i})",
    "k()",
    "{n} = partial({m}.append, {i})",
    "{n}()",
    "{n} = Odd()",
    "{n} = Odd({m})",
    "{n} + {i}",
    "{m} = {n} + {m}",
    "{n} < {i}",
    "f'{{{n}}}'",
    "repr([{n}])",
    "if {n}: pass",
    "{n}.value",
    "{n}['k']",
    "{n}.items.append({i})",
    "{n}.items = {m}",
    "class K:\n    items = {n}",
    "K().items.append({i})",
    "{n} = K()",
    "class L(K):\n    pass\n{n} = L()",
    "k = {n}.__class__\nk.extra = {i}",
    "match {n}:\n    case [[*z], *_]: z.append({i})",
    "match {n}:\n    case [z, *_]: {m} = z",
    "def make():\n    j = 0\n    def inc():\n        nonlocal j\n        j += 1\n        return j\n"
    "    return inc\n{n} = make()",
    "def made(j):\n    def inc():\n        j.append({i})\n        return j\n    return inc\n"
    "{n} = made({m})",
    "@{n}.append\ndef _(): return {i}",
    "(lambda: {n}.append({i}))()",
    "def run(f): return f()\n@run\ndef _(): {n}.append({i})",
    "def mark(f):\n    f.x = {i}\n    return f\nmark({s})",
    "{n} = {s}",
    "def gen(j):\n    try: yield {i}\n    finally: isinstance(j, list) and j.append({i})\n"
    "{n} = gen({m})",
    "next({n})",
    "{n} = None",
    "{n} = {i}",
)
# Objects that change when they are used, and hold another.
ODD = """
class Odd:
    def __init__(self, held=None): self.n, self.items = 0, [held]
    def use(self, *_):
        self.n += 1
        return self
    __add__ = __radd__ = __lt__ = __getitem__ = use
    def __iter__(self): return iter([self.use().n, self.items])
    def __bool__(self): return bool(self.use())
    def __repr__(self): return f"Odd({self.use().n}, {self.items})"
    @cached_property
    def value(self): return self.n
"""
STUDENTS = (
    "def {s}():\n    return list({n})",
    "def {s}():\n    return {n}",
    "def {s}():\n    {n}.append({i})\n    return {n}",
    "def {s}(seen=[]):\n    seen.append({i})\n    return seen",
    "calls = []\ndef {s}():\n    calls.append({i})\n    return len(calls)",
    "calls = 0\ndef {s}():\n    global calls\n    calls += 1\n    return calls",
    "def {s}():\n    {s}.x = getattr({s}, 'x', 0) + 1\n    return {s}.x",
    "def {s}():\n    return {g}()",
    "def {s}():\n    return [{n}, {t}()]",
    "mine = {n}\ndef {s}():\n    return mine",
    "{n}.append({i})\ndef {s}():\n    return {i}",
    "def {s}():\n    return {n}()",
    "def {s}():\n    return [f'{{{n}}}', {n}.value]",
    "def {s}():\n    return K.items",
    "def {s}():\n    return getattr({s}, 'x', 0)",
    "def gen():\n    yield {i}\n    yield 2\n{n} = gen()\ndef {s}():\n    return list({n})",
    "class S:\n    n = 0\n    def do(self):\n        S.n += 1\n        return S.n\n"
    "def {s}():\n    return S().do()",
    "def make():\n    k = []\n    def inner():\n        k.append({i})\n        return len(k)\n"
    "    return inner\n{s} = make()",
)


class Held:
    """A context that hands out what it holds."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __enter__(self) -> Any:
        return self.value

    def __exit__(self, *_: object) -> None:
        return None


def change(value: Any) -> None:
    """Change a value, as a function of a library might."""
    value.append("changed")


WORLD = {"change": change, "same": lambda value: value, "held": Held, "print": lambda *_: None}


def drawn(seed: int) -> tuple[list[CellText], dict[int, list[str]]]:
    """Draw a notebook: its cells, and at which places checks ask for what."""
    rng = random.Random(seed)
    cells, asked = [], {}
    if rng.random() < 0.5:
        text = f"from functools import cached_property, partial{ODD}"
        cells.append(CellText(-1, text, given=True))
    for index in range(rng.randint(5, 14)):
        words = {
            "n": rng.choice("abc"), "m": rng.choice("abc"), "i": rng.randint(3, 9),
            "g": rng.choice("gh"), "h": rng.choice("gh"), "s": rng.choice("st"), "t": "t",
        }  # fmt: skip
        kind = rng.random()
        if kind < 0.15:
            asked[index] = rng.sample(("a", "b"), rng.randint(0, 1))
            continue
        student = kind < 0.4
        text = rng.choice(STUDENTS if student else GIVEN).format(**words)
        cells.append(CellText(index, text, given=not student))
    return cells, asked


def run(cells: list[CellText], asked: dict[int, list[str]]) -> tuple[list[Any], set[str]]:
    """Run a notebook, and return what checks see, and which names were missed."""
    space: dict[str, Any] = dict(WORLD)
    seen, missed = [], set()

    def attempt(text: str, kind: str) -> Any:
        try:
            code = compile(text, "cell", kind)
            return re.sub(" at 0x[0-9a-f]+", "", repr(eval(code, space)))
        except NameError as error:
            missed.add(str(error.name))
            return "NameError"
        except Exception as error:
            return type(error).__name__

    texts = {cell.index: cell.source for cell in cells}
    for index in sorted({*texts, *asked}):
        if index in texts:
            attempt(texts[index], "exec")
        else:
            seen += [attempt(name, "eval") for name in asked[index]]
            seen += [attempt(call, "eval") for call in ("s()", "t()", "s()")]
    return seen, missed


@pytest.mark.parametrize("start", range(0, 1500, 500))
def test_checks_see_the_same(start, monkeypatch):
    """Whatever the programs do, unless a name is missed that was left out: then everything runs."""
    monkeypatch.setattr(
        slices,
        "read_names",
        lambda texts: msgspec.convert([names.told(text) for text in texts], list[CellNames]),
    )
    left_out = same = 0
    for seed in range(start, start + 500):
        cells, asked = drawn(seed)
        part = choose(cells, asked)
        assert not part.whole, part.whole
        whole, _ = run(cells, asked)
        sliced, missed = run([cell for cell in cells if cell.index not in part.left_out], asked)
        if missed & {name for bound in part.left_out.values() for name in bound}:
            continue
        texts = "\n\n".join(
            f"#{cell.index}{'' if cell.given else ' student'}"
            f"{' left out' if cell.index in part.left_out else ''}\n{cell.source}"
            for cell in cells
        )
        assert sliced == whole, f"seed {seed}, asked {asked}\n{texts}"
        left_out += len(part.left_out)
        same += 1
    assert same > 200
    assert left_out > 200
