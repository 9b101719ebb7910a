"""What a question asks for by name, and what an answer says is missing."""

import re
from collections.abc import Iterator
from typing import Any

from pawmark.grading.boundary import wire

_NAME = re.compile(r"[^\W\d]\w*")
_MISSING = re.compile(r"name '(\w+)' is not defined")


def asked_by(message: wire.Message) -> frozenset[str]:
    """Return the names for which a question may ask the notebook.

    Parameters
    ----------
    message
        A question of the grader's, or a batch of them: see `pawmark.grading.checks.student`.
    """
    question = _plain(message.tree, message.blobs)
    arguments = question["args"]
    if question["op"] == "batch":
        return frozenset().union(*(asked_by(wire.unpack(one)) for one in arguments["questions"]))
    return frozenset(_asked_in(arguments))


def _asked_in(arguments: dict[str, Any]) -> Iterator[str]:
    """Yield the names that an operation asks for, by its arguments ``name`` and ``expression``.

    Of a course's own operation too: what it looks up besides and does not find is a NameError.
    """
    if isinstance(arguments.get("name"), str):
        yield arguments["name"]
    if isinstance(arguments.get("expression"), str):
        bound = arguments.get("bindings") or {}
        yield from (n for n in _NAME.findall(arguments["expression"]) if n not in bound)
    yield from _asked_inside(list(arguments.values()))


def _asked_inside(value: Any) -> Iterator[str]:
    """Yield what arguments ask for that are built beside the student's code."""
    if isinstance(value, dict):
        if isinstance(value.get("inside"), str):
            yield from _asked_in(value.get("arguments") or {})
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from _asked_inside(one)


def lacking_in(reply: wire.Message) -> frozenset[str]:
    """Return the names that the answers to a question, or to a batch, say are not defined.

    It is what a student's process says: it chooses what is run, and never a point.
    """
    answer = _plain(reply.tree, reply.blobs)
    value = answer.get("value") if isinstance(answer, dict) else None
    packed = [one for one in value if isinstance(one, bytes)] if isinstance(value, list) else []
    return frozenset(filter(None, [_lacking(answer), *map(_lacking_in_packed, packed)]))


def _lacking(answer: Any) -> str:
    if not isinstance(answer, dict) or answer.get("status") != "error":
        return ""
    return missing_name(str(answer.get("message"))) if "NameError" in _kinds(answer) else ""


def _kinds(answer: dict[str, Any]) -> list[Any]:
    kinds = answer.get("kinds")
    return kinds if isinstance(kinds, list) else []


def _lacking_in_packed(packed: bytes) -> str:
    """Look into one answer of a batch; not further, however deep they may be packed."""
    try:
        reply = wire.unpack(packed)
    except wire.WireError:  # who reads the answer says so
        return ""
    return _lacking(_plain(reply.tree, reply.blobs))


def missing_name(text: str) -> str:
    """Return the name of which an error says that it is not defined; empty where it says none."""
    found = _MISSING.search(text)
    return found[1] if found else ""


def _plain(tree: Any, blobs: tuple[bytes, ...]) -> Any:
    """Return the texts, lists, dicts and bytes of a message; whatever else is in it is None."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, list):
        return [_plain(one, blobs) for one in tree]
    if not isinstance(tree, dict):
        return None
    kind, value, place = tree.get("$"), tree.get("v"), tree.get("b")
    if kind == "bytes" and type(place) is int and 0 <= place < len(blobs):
        return blobs[place]
    if kind == "tuple" and isinstance(value, list):
        return _plain(value, blobs)
    if kind == "dict" and isinstance(value, list):
        pairs = (one for one in value if isinstance(one, list) and len(one) == 2)
        return {key: _plain(one, blobs) for key, one in pairs if isinstance(key, str)}
    return None
