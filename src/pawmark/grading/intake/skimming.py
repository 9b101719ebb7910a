"""Takes the cells out of the text of a notebook without building the rest of it.

A notebook can hold sixty megabytes of outputs, most of which are dropped, be cut off in the middle,
or be made up of brackets that would become gigabytes of objects. This goes through the bytes once,
keeps what belongs to an answer, and skips everything else.
"""

import re
from collections.abc import Iterator

from pawmark.grading.intake.budget import Budget
from pawmark.grading.intake.walking import UnreadableError

MAX_CELLS = 5000
MAX_KEPT = 60_000_000

_SPACE = re.compile(rb"[ \t\r\n\x00]*")
_NEXT = re.compile(rb'["\[\]{}]')
_SCALAR = re.compile(rb'[^\s,:"\[\]{}]+')
_MAX_KEY = 200
_MAX_NESTED = 4
_LOOK = 5000
# The members of a cell that count, and how long their texts may be.
SOURCES = (b"source", b"input")
TOO_LONG = b"too long"  # stands for a text that was not kept
_KEPT = {b"cell_type": 100, b"id": 1000, b"level": 20, b"metadata": 200_000,
         b"source": MAX_KEPT, b"input": MAX_KEPT, b"attachments": 30_000_000,
         b"outputs": 2_000_000}  # fmt: skip
# Outputs of all cells together; what is over it costs no cell anything else.
MAX_OUTPUTS = 8_000_000


class CutOffError(Exception):
    """The text ends in the middle of a value."""


class MalformedError(Exception):
    """The text is no JSON from some place on."""


class Skimmer:
    """Goes through the JSON text of a notebook, in whatever it may be wrapped.

    Parameters
    ----------
    data
        The text, in an encoding in which ASCII characters are single bytes.
    budget
        What it may cost.

    Attributes
    ----------
    cells
        For each cell that is whole, the JSON texts of its members; `TOO_LONG` among them says that
        its text was too long to be kept.
    inner
        The JSON text of a string under ``content``, in which a notebook may be wrapped.
    more
        Whether there were more cells than are kept.
    """

    def __init__(self, data: bytes, budget: Budget) -> None:
        self.data = data
        self.budget = budget
        self.place = 0
        self.cells: list[dict[bytes, bytes]] = []
        self.found = False
        self.inner: bytes | None = None
        self.more = False
        self._kept = self._outputs = self._steps = 0

    def skim(self) -> None:
        """Collect the cells; those that were whole before something went wrong are kept.

        Raises
        ------
        CutOffError, MalformedError
            If the text is not whole.
        UnreadableError
            If it is no notebook.
        BudgetError
            If it costs too much.
        """
        first = self._peek()
        if first == b'"':
            self.inner = self._value()
        elif first == b"[":
            self._cells()
        elif first == b"{":
            self._notebook(0)
        else:
            raise UnreadableError("it is not JSON")

    def _notebook(self, depth: int) -> None:
        """Go through an object: a notebook, a sheet of an old one, or what it is wrapped in."""
        for name in self._fields():
            first = self._peek()
            if name == b"cells" and first == b"[":
                self._cells()
            elif name == b"worksheets" and first == b"[" and depth < _MAX_NESTED:
                for _ in self._items():
                    self._sheet(depth)
            elif name == b"content" and first == b"{" and depth < _MAX_NESTED:
                self._notebook(depth + 1)
            elif name == b"content" and first == b'"' and self.inner is None:
                self.inner = self._value()
            else:
                self._skip()

    def _sheet(self, depth: int) -> None:
        if self._peek() == b"{":
            self._notebook(depth + 1)
        else:
            self._skip()

    def _cells(self) -> None:
        self.found = True
        for _ in self._items():
            if self._peek() != b"{":
                self._skip()
                self._keep({})
            else:
                cell = {}
                for name in self._fields():
                    self._peek()
                    begin = self.place
                    self._skip()
                    if self.place - begin <= _KEPT.get(name, 0):
                        cell[name] = self.data[begin : self.place]
                    elif name in SOURCES:
                        cell[TOO_LONG] = b"true"
                self._keep(cell)

    def _keep(self, cell: dict[bytes, bytes]) -> None:
        self._outputs += len(cell.get(b"outputs", b""))
        if self._outputs > MAX_OUTPUTS:
            cell.pop(b"outputs", None)
        self._kept += sum(len(text) for name, text in cell.items() if name != b"outputs")
        if len(self.cells) < MAX_CELLS and self._kept <= MAX_KEPT:
            self.cells.append(cell)
        else:
            self.more = True

    def _fields(self) -> Iterator[bytes]:
        """Yield the names of an object's members; after each, its value has to be passed."""
        self._pass(b"{")
        while (first := self._peek()) != b"}":
            if first == b",":
                self.place += 1
                continue
            name = self._string()
            self._peek()
            self._pass(b":")
            yield name[1:-1] if len(name) < _MAX_KEY else b""
        self.place += 1

    def _items(self) -> Iterator[None]:
        """Yield once for each value of a list, which has to be passed then."""
        self._pass(b"[")
        while (first := self._peek()) != b"]":
            if first == b",":
                self.place += 1
                continue
            yield
        self.place += 1

    def _peek(self) -> bytes:
        self._step()
        space = _SPACE.match(self.data, self.place)
        assert space is not None, "it takes nothing too"
        self.place = space.end()
        if self.place >= len(self.data):
            raise CutOffError
        return self.data[self.place : self.place + 1]

    def _pass(self, wanted: bytes) -> None:
        if self.data[self.place : self.place + 1] != wanted:
            raise MalformedError
        self.place += 1

    def _value(self) -> bytes:
        begin = self.place
        self._skip()
        return self.data[begin : self.place]

    def _skip(self) -> None:
        first = self._peek()
        if first == b'"':
            self._string()
        elif first in (b"{", b"["):
            self._skip_nested()
        elif scalar := _SCALAR.match(self.data, self.place):
            self.place = scalar.end()
        else:
            raise MalformedError

    def _skip_nested(self) -> None:
        depth = 0
        while True:
            found = _NEXT.search(self.data, self.place)
            if found is None:
                raise CutOffError
            self.place = found.start()
            if found[0] == b'"':
                self._string()
            else:
                depth += 1 if found[0] in b"{[" else -1
                self.place += 1
            if depth == 0:
                return
            self._step()

    def _string(self) -> bytes:
        begin, place = self.place, self.place + 1
        if self.data[begin : begin + 1] != b'"':
            raise MalformedError
        while True:
            end = self.data.find(b'"', place)
            if end < 0:
                raise CutOffError
            slashes = end
            while self.data[slashes - 1] == 92:  # a quote is a letter after an odd number of these
                slashes -= 1
            place = end + 1
            if (end - slashes) % 2 == 0:
                self.place = place
                return self.data[begin:place]
            self._step()

    def _step(self) -> None:
        self._steps += 1
        if self._steps % _LOOK == 0:
            self.budget.look()
