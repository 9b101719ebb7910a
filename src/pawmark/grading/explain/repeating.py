"""What a notebook of ``pawmark explain`` repeats a loss with: the same questions, asked anew.

It runs in the kernel of that notebook, where the student's cells have run: not in a sandbox. Who
opens such a notebook runs a student's code, as whoever opens the student's own does.
"""

import base64
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from pawmark.grading.boundary import wire
from pawmark.grading.checks.counterexample import shown_value
from pawmark.grading.explain.retelling import came_of
from pawmark.grading.inside.guest import Guest

# These answer with a path that is another one each time.
_PATHS = ("folder", "scratch")


class Repeat:
    """Asks the questions of a check once more, in a live notebook.

    Parameters
    ----------
    namespace
        That of the notebook: ``globals()``.
    places
        Folders that lie elsewhere here than they did for the student's process, by that path.
    """

    def __init__(self, namespace: dict[str, Any], places: Mapping[str, str] | None = None) -> None:
        self._guest = Guest(namespace)
        self._moved = dict(places or {})
        self._objects: dict[int, int] = {}
        self._differing: list[str] = []
        self._asked = 0

    def ask(self, text: str, question: str, graded: str) -> "Came":
        """Ask a question; tell whether the answer is the one that was graded.

        Parameters
        ----------
        text
            The question, for people.
        question
            The question, of `packed`.
        graded
            What came when it was graded, of `packed`.
        """
        message, recorded = self._here(unpacked(question)), unpacked(graded)
        before = wire.decode(self._here(recorded))
        reply = self._guest.answer(message)
        came = came_of(reply)
        # Objects stay beside the code: the next question names them by number.
        self._objects |= zip(_objects(recorded.tree), _objects(reply.tree), strict=False)
        op = wire.decode(message, lambda number: number)["op"]
        if op in _PATHS and "value" in came and "value" in before:
            self._moved[str(before["value"])] = str(came["value"])
            before = came
        self._asked += 1
        same = alike(came, before)
        if not same:
            self._differing.append(text)
        return Came(text, came, same)

    def _here(self, message: wire.Message) -> wire.Message:
        return wire.Message(_renamed(message.tree, self._moved, self._objects), message.blobs)

    def verdict(self, title: str, points: str, message: str) -> None:
        """Say whether the loss is repeated.

        Raises
        ------
        AssertionError
            With the check's message, where every answer is the one for which points were lost.
        """
        if self._differing:
            asked = "; ".join(self._differing[:5])
            print(f"Not repeated: the answers are others now than those graded, to {asked}")
            return
        if not self._asked:
            print(f"Nothing was asked. {title} {points}: {message}")
            return
        raise AssertionError(f"{title} {points}: {message}")


class Came:
    """What came of a question; a notebook shows it."""

    def __init__(self, text: str, came: dict[str, Any], same: bool) -> None:
        self.text, self.came, self.same = text, came, same

    @property
    def value(self) -> Any:
        """The value that came, None where an error did."""
        return self.came.get("value")

    def __repr__(self) -> str:
        told = "as it was graded" if self.same else "another answer than the one graded"
        if "error" in self.came:
            return f"{self.came['error']}: {self.came['message']}  ({told})"
        return f"{shown_value(self.value)}  ({told})"


def packed(message: wire.Message) -> str:
    """Return a message as text that a notebook can hold."""
    return base64.b85encode(zlib.compress(wire.pack(message), 9)).decode("ascii")


def recorded(came: dict[str, Any]) -> wire.Message:
    """Return what came, of `came_of`, as a message that says of objects what they were."""
    message = wire.encode(came)
    return wire.Message(_named(message.tree, dict(_kept(came))), message.blobs)


def _kept(value: Any) -> Iterator[tuple[int, wire.Opaque]]:
    """Yield the objects in a value that stayed beside the student's code, by number."""
    if isinstance(value, wire.Opaque):
        yield value.ident, value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _kept(one)


def _named(tree: Any, objects: Mapping[int, wire.Opaque]) -> Any:
    if isinstance(tree, list):
        return [_named(one, objects) for one in tree]
    if not isinstance(tree, dict):
        return tree
    if tree.get("$") == "opaque":
        kept = objects[tree["id"]]
        return {**tree, "type": kept.type_name, "text": kept.text}
    return {key: _named(one, objects) for key, one in tree.items()}


def unpacked(text: str) -> wire.Message:
    """Return the message of `packed`."""
    return wire.unpack(zlib.decompress(base64.b85decode(text)))


def _objects(tree: Any) -> list[int]:
    """Return the numbers of the objects that a message names, in its order."""
    if isinstance(tree, list):
        return [number for one in tree for number in _objects(one)]
    if not isinstance(tree, dict):
        return []
    if tree.get("$") == "opaque":
        return [int(tree["id"])]
    return [number for one in tree.values() for number in _objects(one)]


def _renamed(tree: Any, moved: Mapping[str, str], objects: Mapping[int, int]) -> Any:
    """Name the folders and objects in a message as they are called here."""
    if isinstance(tree, list):
        return [_renamed(one, moved, objects) for one in tree]
    if isinstance(tree, dict) and tree.get("$") == "opaque":
        return {**tree, "id": objects.get(tree["id"], tree["id"])}
    if isinstance(tree, dict):
        return {key: _renamed(one, moved, objects) for key, one in tree.items()}
    if isinstance(tree, str):
        for old, new in moved.items():
            if tree == old or tree.startswith(old.rstrip("/") + "/"):
                return new + tree[len(old.rstrip("/")) :] if tree != old else new
    return tree


def alike(one: Any, other: Any) -> bool:
    """Tell whether two answers are the same but for what computers differ in."""
    if isinstance(one, np.ndarray | np.generic) or isinstance(other, np.ndarray | np.generic):
        return _same_numbers(one, other)
    if isinstance(one, float) or isinstance(other, float):
        return _same_numbers(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple) and type(one) is type(other):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, wire.Opaque) and isinstance(other, wire.Opaque):
        return one.type_name == other.type_name
    return type(one) is type(other) and bool(one == other)


def _same_numbers(one: Any, other: Any) -> bool:
    a, b = np.asarray(one), np.asarray(other)
    if a.shape != b.shape or a.dtype.kind not in "biufc" or b.dtype.kind not in "biufc":
        return a.shape == b.shape and a.dtype.kind == b.dtype.kind and bool(np.all(a == b))
    return bool(np.allclose(a, b, rtol=1e-4, atol=1e-6, equal_nan=True))
