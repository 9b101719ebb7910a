"""Which cells of a notebook are run for a grade, told from their texts."""

import msgspec
import nbformat
import pytest

from pawmark.grading.run import names, proven, slices
from pawmark.grading.run.pipeline import part_of
from pawmark.grading.run.slices import CellNames, CellText, asked_in, choose, read_names


@pytest.fixture(autouse=True)
def in_this_process(request, monkeypatch):
    """Read the texts in this process, which is quicker: those of these tests are no student's."""
    if "process_of_its_own" not in request.node.name:
        monkeypatch.setattr(slices, "read_names", read_here)


def read_here(texts: list[str]) -> list[CellNames]:
    """Read what cells do with names, without a process of its own."""
    told = [names.told(text) for text in texts]
    return msgspec.convert(told, list[CellNames])


def kept(*cells: str, asked: dict[int, list[str]] | None = None) -> str:
    """Choose among cells, and return the letters of the given ones that are run.

    A cell of a student's begins with ``#student``, a check with ``#check`` and the names it asks
    for; the first given cell is a, the next one b.
    """
    texts, checks = [], {}
    for index, text in enumerate(cells):
        if text.startswith("#check"):
            checks[index] = text.split()[1:]
        else:
            texts.append(CellText(index, text, given=not text.startswith("#student")))
    part = choose(texts, checks)
    assert not part.whole, part.whole
    given = [cell.index for cell in texts if cell.given]
    letters = dict(zip(given, "abcdefgh", strict=False))
    return "".join(letters[index] for index in given if index not in part.left_out)


def whole(source: str) -> str:
    """Return why everything runs when a student has written this."""
    return choose([CellText(0, source, given=False)], {1: ["f"]}).whole


F = "#student\ndef f(x):\n    return x"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        pytest.param(["import numpy as np", "y = 1", "#student\nz = np.ones(2)", "#check z"], "a",
                     id="an import that an answer uses"),
        pytest.param(["N = 2", "M = N + 1", "#student\ndef f(): return M", "#check f"], "ab",
                     id="what a needed cell needs"),
        pytest.param(["a = [1]", F, "b = f(a)", "#check f"], "", id="a demonstration"),
        pytest.param(["a = [1]", F, "b = f(a)", "#check b"], "ab", id="what a check asks for"),
        pytest.param([F, "#check f", "b = f(1)", "c = 1"], "", id="after the last check"),
        pytest.param([F, "#check f", "b = f(1)", "#student\nprint(b)"], "a",
                     id="a student's cell at the end reads it"),
        pytest.param(["a = 1", "a = 2", "#student\nb = a", "#check b"], "ab", id="bound twice"),
        pytest.param(["a = 1", "#student\nb = a", "a = 3", "#check b"], "a",
                     id="bound again when it has been read"),
        pytest.param(["a = 1", "#student\ndef f(): return a", "a = 3", "#check f"], "ab",
                     id="bound again before a function reads it"),
        pytest.param(["def h(): return K", "K = 1", "#student\ndef f(): return h()", "#check f"],
                     "ab", id="a given function reads what is bound below it"),
        pytest.param(["a = 1", "#student\ndef f(a): return a", "#check f"], "",
                     id="a parameter of the same name"),
        pytest.param(["a = 1", '#student\ndef f():\n    "Return a."\n    return 1', "#check f"], "",
                     id="a word in a docstring"),
        pytest.param(["a = 1", "#student\nb = [a for a in range(3)]", "#check b"], "",
                     id="a variable of a comprehension"),
        pytest.param(["a = 1", "#student\nb = [a + k for k in range(3)]", "#check b"], "a",
                     id="read in a comprehension"),
        pytest.param(["a = 1", "#student\nclass C:\n    k = a", "#check C"], "a",
                     id="read in a class"),
        pytest.param(["del_me = 1", "a = 2", "del a", "#student\nb = del_me", "#check b"], "a",
                     id="a deletion of what nobody needs"),
        pytest.param(["if True:\n    import os.path", "#student\nb = os.path.sep", "#check b"], "a",
                     id="an import in a branch"),
        pytest.param(["def g():\n    global K\n    K = 1", "g()", "#student\nb = K", "#check b"],
                     "ab", id="a function binds a global name"),
        pytest.param(["%matplotlib inline\nK = 1", "#student\nb = K", "#check b"], "a",
                     id="a magic that writes no name"),
    ],
)  # fmt: skip
def test_names(cells, expected):
    """A given cell is run where it binds what is read further down, and else it is not."""
    assert kept(*cells) == expected


READER = "#student\ndef f():\n    return a"


@pytest.mark.parametrize(
    "change",
    [
        "a.append(1)",
        "a[0] = 1",
        "a.size = 1",
        "a += [1]",
        "del a[0]",
        "change(a)",
        "change([0, a])",
        "b = a\nb.append(1)",
        "b = {'a': a}\nb['a'].append(1)",
        "for b in a:\n    b.append(1)",
        "for b in a:\n    pass",
        "def g():\n    a.append(1)\ng()",
        "def g():\n    return a\ng().append(1)",
        "def g(b=a):\n    b.append(1)\ng()",
        "g = lambda: a.append(1)\ng()",
        "[b.append(1) for b in a]",
        "with a as b:\n    b.x = 1",
        "(a or []).append(1)",
        "x, a[0] = 1, 2",
        "x = (y := a)\ny.append(1)",
        "next(a)",
        "print(*a)",
        "class C:\n    a.append(1)",
        "import random\nrandom.shuffle(a)",
    ],
)
def test_what_changes_an_object(change):
    """A given cell is run that may change an object which is read further down."""
    assert kept("a = [[]]", "k = 1", READER, change, "#check f") == "ac"
    assert kept("a = [[]]", change, READER, "#check f") == "ab"


def test_what_changes_an_object_of_a_function_elsewhere():
    """The call of a function that changes an object changes it, and its definition does not."""
    define = "def g():\n    a.append(1)"
    assert kept("a = []", define, READER, "#check f") == "a"
    assert kept("a = []", define, "g()", READER, "#check f") == "abc"
    assert kept("a = []", define, "def h():\n    g()", "h()", READER, "#check f") == "abcd"


COUNTS = "class R:\n    n = 0\n    def {}(self, *_): self.n += 1; return {}\na = R()"


@pytest.mark.parametrize(
    ("made", "use"),
    [
        pytest.param("a = [1]\nk = a.append", "k(2)", id="bound_method_alias"),
        pytest.param(
            "from functools import cached_property\nclass N:\n    k = 1\n    @cached_property\n"
            "    def v(self): return self.k\na = N()", "a.v", id="cached_property",
        ),
        pytest.param("a = [1]\nclass K: items = a", "K().items.append(2)", id="class_attr_alias"),
        pytest.param(
            "def make():\n    n = 0\n    def inc():\n        nonlocal n\n        n += 1\n"
            "        return n\n    return inc\na = make()", "a()", id="closure_counter",
        ),
        pytest.param(
            "a = {}", "[0 for a['k'] in range(3)]", id="comprehension_target_subscript"
        ),
        pytest.param(
            "from collections import defaultdict\na = defaultdict(list)", "a['new']",
            id="defaultdict_getitem",
        ),
        pytest.param(COUNTS.format("__str__", "'s'"), 'f"{a}"', id="fstring_str"),
        pytest.param(COUNTS.format("__repr__", "'s'"), "print([a])", id="repr"),
        pytest.param(COUNTS.format("__repr__", "'s'"), "a", id="shown"),
        pytest.param(COUNTS.format("__bool__", "True"), "if a: pass", id="if_bool"),
        pytest.param(COUNTS.format("__lt__", "True"), "a < 1", id="compare"),
        pytest.param("a = iter([1, 2, 3])", "2 in a", id="in_consumes_iterator"),
        pytest.param("a = [[1], 2]", "match a:\n    case [k, *_]: k.append(2)",
                     id="match_capture_alias"),
        pytest.param(COUNTS.format("__add__", "self"), "a + 1", id="operator_add"),
        pytest.param(
            "from functools import partial\na = [1]\nk = partial(a.append, 2)", "k()",
            id="partial_alias",
        ),
        pytest.param(
            "from functools import singledispatch\n@singledispatch\ndef a(x): return 'any'",
            "@a.register\ndef _(x: int): return 'int'", id="singledispatch_register",
        ),
        pytest.param("a = iter([1, 2, 3, 4])", "h, i, *j = a", id="unpack_consumes_iterator"),
        pytest.param("a = []\nb = [a]\nk = {}\nk[0] = b", "k[0][0].append(1)", id="held twice"),
        pytest.param("a = []\nk = []\nk.append(a)", "k[0].append(1)", id="put into a list"),
        pytest.param("a = []\ndef g(): return a\nk = g", "k().append(1)", id="an alias of a call"),
        pytest.param("a = []\nk = 1", "(lambda: a.append(1))()", id="a function without a name"),
        pytest.param(
            "a = []", "def run(f): f()\n@run\ndef _(): a.append(1)", id="a decorator that calls"
        ),
        pytest.param("class B: n = []\nclass a(B): pass", "B.n.append(1)", id="a base"),
        pytest.param("k = []\ndef a(p=k): return p", "k.append(1)", id="a default"),
        pytest.param("class a: n = 0", "k = a()\nk = k.__class__\nk.n = 2", id="an object's class"),
        pytest.param(
            "def a(): pass", "def mark(k): k.calls = 1\nmark(a)", id="an attribute of a function"
        ),
        pytest.param(
            "def a(): pass", "def mark(self): self.calls = 1\nmark(a)", id="a function as self"
        ),
        pytest.param(
            "def gen(k):\n    try: yield\n    finally: k.append(1)\na = []\nb = gen(a)\nnext(b)",
            "b = None", id="the end of a generator",
        ),
    ],
)  # fmt: skip
def test_what_any_use_may_change(made, use):
    """A given cell is run that uses in any way an object which is read further down."""
    assert kept(made, use, READER, "#check f") == "ab"
    assert kept(made, READER, use, "#check f") == "ab"
    assert kept(made, READER, "#check f", use) == "a"


@pytest.mark.parametrize("use", ["k = 1 in a", "f'{a}'", "a + 1", "list(a)", "for _ in a: break"])
def test_what_is_used_of_a_student(use):
    """So is one that uses a student's object: it may be a generator."""
    student = "#student\ndef gen():\n    yield 1\na = gen()\ndef f(): return list(a)"
    assert kept(student, use, "#check f") == "a"
    assert kept(student, use, "#check a") == "a"


def test_what_cannot_be_changed():
    """Modules, functions, classes and constants may be handed on."""
    given = "import numpy\ndef g(x): pass\nclass C: pass\nK = (1, 2)"
    student = "#student\ndef f():\n    return numpy, g, C, K"
    use = "show(numpy, g, C, K, numpy.ones(2))\nfor k in K:\n    pass"
    assert kept(given, student, use, "#check f") == "a"


@pytest.mark.parametrize(
    "worldly",
    [
        "import os\nos.environ['A'] = '1'",
        "import os\nos.environ.setdefault('A', '1')",
        "open('a', 'w')",
        "from pathlib import Path\nPath('a').open('w')",
        "from pathlib import Path\nPath('a').write_text('b')",
        "import numpy as np\nnp.set_printoptions(precision=2)",
        "import warnings\nwarnings.filterwarnings('ignore')",
        "import numpy as np\nnp.inf = 1",
        "import numpy as np\nnp.seterr(all='ignore')",
        "!touch a",
        "def g():\n    open('a', 'w')\ng()",
    ],
)
def test_what_lies_outside_of_names(worldly):
    """A given cell is run that changes files, the environment or a module; not after the end."""
    assert kept(worldly, F, "#check f") == "a"
    assert kept(F, "#check f", worldly) == ""


@pytest.mark.parametrize(
    "student",
    [
        "calls = []\ndef f(x):\n    calls.append(x)\n    return len(calls)",
        "calls = 0\ndef f(x):\n    global calls\n    calls += 1\n    return calls",
        "def f(x, seen=[]):\n    seen.append(x)\n    return len(seen)",
        "def f(x):\n    f.calls = x\n    return x",
        "def make():\n    n = 0\n    def f(x):\n        nonlocal n\n        n += 1\n"
        "    return f\nf = make()",
        "def make():\n    seen = []\n    def f(x): seen.append(x)\n    return f\nf = make()",
        "import functools\n@functools.lru_cache\ndef f(x):\n    return x",
        "class C:\n    n = 0\nclass D(C): pass\ndef f(x):\n    C.n += 1\n    return C.n",
        "class C:\n    n = []\n    def add(self, x): self.n.append(x)\ndef f(x):\n    C().add(x)",
        "class C:\n    n = 0\n    def add(me): me.__class__.n += 1\ndef f(x): C().add()",
        "numbers = iter([1, 2])\ndef f(x):\n    return next(numbers)",
        "n = 0\ndef f(x):\n    global n\n    import math as n",
        "n = 0\ndef f(x):\n    global n\n    def n(): pass",
        "n = 0\ndef f(x):\n    global n\n    match x:\n        case n: pass",
    ],
)
def test_what_is_kept_between_calls(student):
    """A given cell that calls a function which keeps something between its calls is run."""
    assert kept("#student\n" + student, "f(1)", "k = 1", "#check f") == "a"
    assert kept("#student\n" + student, "def g():\n    f(1)", "g()", "#check f") == "ab"


def test_chance():
    """Cells are run on which random numbers may depend that are drawn further down."""
    imports, seed, noise = "import random", "random.seed(1)", "k = random.random()"
    drawing = "#student\ndef f():\n    return random.random()"
    own = "#student\ndef f():\n    return random.Random(1).random()"

    assert kept(imports, seed, noise, drawing, noise, "#check f") == "abcd"
    assert kept(imports, seed, noise, own, noise, "#check f") == "a"
    assert kept(imports, noise, drawing, noise, "#check f") == "a"  # seeded by nobody
    # What seeds them before it draws needs nothing of before.
    assert (
        kept(imports, seed, noise, "random.seed(2)\nm = 1", "#student\nx = m", "#check x") == "ad"
    )


def test_what_a_class_reads_before_it_binds_it():
    """Its body finds the notebook's name until it has one of its own."""
    assert kept("size = 2", "class C:\n    size = size\ndef f(): return C.size", "#check f") == "ab"


@pytest.mark.parametrize(
    "source",
    [
        "exec('a = 1')",
        "def f():\n    return eval('a')",
        "globals()['a']",
        "vars()",
        "x = locals",
        "import __main__",
        "from numpy import *",
        "import inspect",
        "import sys\nx = sys",
        "import sys\nsys.modules",
        "import os\nos._exit(1)",
        "from os import kill",
        "import os as o\no.kill",
        "import threading",
        "from concurrent import futures",
        "f.__globals__",
        "getattr(f, '__globals__')",
        "getattr(f, '__glo' + 'bals__')",
        "a = '__globals__'",
        "get_ipython().user_ns",
        "from IPython import get_ipython",
        "import IPython.display",
        "from IPython.display import display, get_ipython",
        "(x for x in y).gi_frame",
        "%run other.py",
        "%%bash\nls",
        "a = !ls",
        "run other.py",
        "pylab",
        "f?",
        ">>> a = 1",
        "from . import a",
        "len = 1",
        "def print(x): pass",
        "frame.query('@a')",
        "__builtins__",
        "setattr(x, 'a', 1)",
        "class C:\n    def __del__(self): a.append(1)",
        "import typing\ntyping.get_type_hints(f)",
        "from typing import get_type_hints",
        "import timeit",
        "print(_)",
        "f(In[-1])",
        "_i1 + Out[2]",
        "look = getattr",
        "from operator import attrgetter",
        "match f:\n    case object(__globals__=names): pass",
        "import dataclasses\ndataclasses.builtins.globals()",
    ],
)
def test_what_defeats_it(source):
    """Everything runs where code could reach names on a way that is not looked at."""
    assert whole(source)


@pytest.mark.parametrize(
    "source",
    [
        "def f(:\n    pass\nx = 1",
        "model.compile(loss='a')",
        "import os\nos.path.join('a', 'b')\nos.listdir('.')",
        "getattr(x, 'a', None)",
        "%%time\nx = 1",
        "    x = 1\n    y = 2",
        "if __name__ == '__main__':\n    pass",
        "class A:\n    def __init__(self): super().__init__()",
        "await x",
        "from IPython.display import HTML, display\ndisplay(HTML('a'))",
        "x.__class__.__name__ == 'A'",
        "x = 'a % b'\nprint('%s'\n      % x)",
    ],
)
def test_what_does_not(source):
    """Ordinary code does not, nor a syntax error: such a cell does nothing in either run."""
    assert whole(source) == ""


def test_a_process_of_its_own_reads_them():
    """A text that the parser cannot take, or that is too long, makes everything run."""
    deep = "-" * 90_000 + "1"
    assert "defeats" in whole(deep)
    found = read_names(["x = 1", deep, "y = 1\n" * 50_000, "%matplotlib inline\nx[0] = y"])
    assert [bool(one.opaque) for one in found] == [False, True, True, False]
    assert found[0] == CellNames(binds={"x"}, constants={"x"})
    assert found[3].now == {"x", "y"}
    assert read_names(["x" * 500_000]) is None


def test_a_cell_that_is_always_run():
    """What an author marks is run, and what it needs."""
    cells = [CellText(0, "a = 1", True), CellText(1, "b = a", True, always=True)]
    cells.append(CellText(2, F, False))
    assert choose(cells, {3: ["f"]}).left_out == {}


def test_what_checks_ask_for():
    """Names are found in what is asked of a student, in what is built inside, and in constants."""
    text = '''
"""Not these words."""
READ = "total.sum() + [i for i in range(3)][0]"
WORDS = "these are no expression"

def test_one(student, other):
    """Nor these."""
    student.call("mean", "path")
    student.evaluate(f"{x}.history + beta")
    other.call("gamma")
    say("delta")
    Inside("evaluate", {"expression": "epsilon"})
'''
    found = asked_in(text)
    assert {"total", "mean", "beta", "epsilon"} <= found
    assert not {"i", "these", "gamma", "delta", "Not", "Nor"} & found
    assert asked_in("def f(:") == frozenset()


def notebook(*cells: tuple[str, dict]) -> nbformat.NotebookNode:
    """Build a notebook of cells by their texts and what nbgrader says of them."""
    made = nbformat.v4.new_notebook()
    for text, about in cells:
        new = nbformat.v4.new_markdown_cell if about.get("written") else nbformat.v4.new_code_cell
        cell = new(text)
        pawmark = {name: about[name] for name in ("run", "student") if name in about}
        known = {name: about[name] for name in ("grade_id", "grade", "solution") if name in about}
        cell.metadata = nbformat.from_dict({"nbgrader": known, "pawmark": pawmark})
        made.cells.append(cell)
    return made


def test_a_notebook(tmp_path):
    """What checks ask for, what stands above a written answer, and what authors mark is run."""
    folder = tmp_path / "grader_tests" / "01_one"
    folder.mkdir(parents=True)
    (folder / "test_01_f.py").write_text("def test_one(student):\n    student.has('b')\n")
    made = notebook(
        ("a = 1", {}),
        ("b = 1", {}),
        ("c = 1", {"run": "always"}),
        ("def f(): pass", {"grade_id": "01-f", "solution": True}),
        ("", {"grade_id": "01-f-check", "grade": True}),
        ("d = 1", {}),
        ("An opinion.", {"grade_id": "01-w", "solution": True, "grade": True, "written": True}),
        ("e = 1", {}),
        ("print(g)", {"student": True}),
    )

    every = frozenset(map(proven.name_of, proven.given_cells(made)))

    def left_out(
        not_attempted: tuple[str, ...] = (),
        beside: tuple[str, ...] = (),
        above: str = "run",
        may_go=every,
    ) -> list[int]:
        files = dict.fromkeys(beside, b"")
        found = part_of(made, frozenset(not_attempted), tmp_path, files, above, may_go)
        return sorted(found.left_out)

    assert left_out() == [7]
    assert left_out(may_go={"any"}) == left_out(may_go=()) == []
    made.cells[5].outputs = [nbformat.v4.new_output("stream", text="1")]
    assert left_out() == [7]
    assert left_out(above="handed-in") == [5, 7]
    assert left_out(not_attempted=("01-w",)) == [0, 5, 7]
    assert left_out(not_attempted=("01-w", "01-f")) == []
    assert left_out(not_attempted=("01-w",), beside=("more.txt",)) == [0, 5, 7]
    assert left_out(not_attempted=("01-w",), beside=("more.py",)) == []
