"""The wire format between the grader and a student's process: JSON and ``.npy`` blobs, capped.

A *message* is a JSON tree and a tuple of blobs; arrays, NumPy scalars and bytes travel as blobs.
A *frame* is a message on a byte stream. Decoding builds plain values only: nothing that arrives
can run code, and every size is checked before memory is set aside for it.

Frame layout, big-endian: ``uint32`` length of the JSON text, ``uint32`` number of blobs, one
``uint64`` length for each blob, the JSON text (UTF-8), the blobs.
"""

import hashlib
import io
import json
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath
from types import UnionType
from typing import Any

import numpy as np

MAX_JSON = 8 << 20
MAX_BLOBS = 4096
MAX_BYTES = 512 << 20
MAX_DEPTH = 40
MAX_NESTING = 4 * MAX_DEPTH  # of the JSON: a level of a dict takes three of it
MAX_TEXT = 2000
MAX_ODD_KEYS = 1000

_HEAD = struct.Struct(">II")
_SAFE_KINDS = "biufcSU"


class WireError(Exception):
    """What arrived is not a message of this format, or is larger than allowed."""


class TooLargeError(WireError):
    """What is to be sent is nested deeper, or takes more bytes, than may cross."""


@dataclass(frozen=True)
class Opaque:
    """An object that stays in the student's process; only its name crosses.

    Attributes
    ----------
    ident
        The number under which the student's process keeps the object.
    type_name
        The qualified name of its class, as the student's process tells it.
    text
        The beginning of its ``repr``.
    """

    ident: int
    type_name: str
    text: str


@dataclass(frozen=True)
class Message:
    """A JSON tree with the blobs that it refers to by index."""

    tree: Any
    blobs: tuple[bytes, ...] = ()


class _Encoder:
    def __init__(self, keep: Callable[[Any], int] | None) -> None:
        self.keep = keep
        self.blobs: list[bytes] = []

    def blob(self, data: bytes) -> int:
        self.blobs.append(data)
        return len(self.blobs) - 1

    def array(self, value: np.ndarray) -> int:
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, value, allow_pickle=False)
        return self.blob(buffer.getvalue())

    def tree(self, value: Any, depth: int = 0) -> Any:
        if depth > MAX_DEPTH:
            raise TooLargeError(f"the value is nested more than {MAX_DEPTH} levels deep")
        if value is None or value is True or value is False:
            return value
        for test, form in _FORMS:
            if isinstance(value, test):
                return form(self, value, depth)
        return self.other(value)

    def other(self, value: Any) -> Any:
        if isinstance(value, Opaque):
            return {"$": "opaque", "id": value.ident}
        if hasattr(type(value), "__array__"):  # tensors and variables of any backend
            array = np.asarray(value)
            if type(array) is np.ndarray and array.dtype.kind in _SAFE_KINDS:
                return {"$": "array", "b": self.array(array)}
        if self.keep is None:
            raise WireError(f"a {type(value).__name__} cannot cross to the student's process")
        name = f"{type(value).__module__}.{type(value).__qualname__}"
        return {
            "$": "opaque",
            "id": self.keep(value),
            "type": name[:MAX_TEXT],
            "text": short_repr(value),
        }


def short_repr(value: Any) -> str:
    """Return the beginning of ``repr(value)``; never raises, whatever the object does."""
    try:
        return str(repr(value))[:MAX_TEXT]
    except Exception as error:
        return f"<{type(value).__name__}: its repr raised {type(error).__name__}>"


def _float(encoder: _Encoder, value: Any, depth: int) -> Any:
    number = float(value)
    return number if math.isfinite(number) else {"$": "float", "v": str(number)}


def _dict(encoder: _Encoder, value: dict[Any, Any], depth: int) -> Any:
    items = [[encoder.tree(k, depth + 1), encoder.tree(v, depth + 1)] for k, v in value.items()]
    return {"$": "dict", "v": items}


def _array(encoder: _Encoder, value: np.ndarray, depth: int) -> Any:
    array = np.asarray(value).view(np.ndarray)
    if array.dtype.kind not in _SAFE_KINDS:
        return encoder.other(_Unsendable(array)) if encoder.keep else encoder.other(value)
    return {"$": "array", "b": encoder.array(array)}


class _Unsendable:
    """Stands for an array of objects or records, which never crosses."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array

    def __repr__(self) -> str:
        return f"array of shape {self.array.shape} with dtype {self.array.dtype}"


def _list(encoder: _Encoder, value: list[Any], depth: int) -> Any:
    return [encoder.tree(item, depth + 1) for item in value]


def _tuple(encoder: _Encoder, value: tuple[Any, ...], depth: int) -> Any:
    return {"$": "tuple", "v": [encoder.tree(item, depth + 1) for item in value]}


# NumPy's float64 is a float and its str_ a str: scalars come first to keep their dtype.
_FORMS: tuple[tuple[type | UnionType, Callable[[_Encoder, Any, int], Any]], ...] = (
    (np.bool_ | np.number, lambda e, v, d: {"$": "scalar", "b": e.array(np.asarray(v))}),
    (str, lambda e, v, d: str.__str__(v)),
    (int, lambda e, v, d: int(v)),
    (float, _float),
    (list, _list),
    (tuple, _tuple),
    (dict, _dict),
    (bytes, lambda e, v, d: {"$": "bytes", "b": e.blob(bytes(v))}),
    (PurePath, lambda e, v, d: {"$": "path", "v": str(v)}),
    (np.ndarray, _array),
)


def encode(value: Any, keep: Callable[[Any], int] | None = None) -> Message:
    """Turn a value into a message.

    Parameters
    ----------
    value
        None, bool, int, float, str, bytes, list, tuple, dict, path, array, NumPy scalar, anything
        with ``__array__``, or an `Opaque`.
    keep
        Called with every other object; returns the number under which it is kept. Without it such
        an object is a `WireError`.

    Raises
    ------
    TooLargeError
        If the value is nested too deep.
    WireError
        If it cannot cross for another reason.
    """
    encoder = _Encoder(keep)
    tree = encoder.tree(value)
    return Message(tree, tuple(encoder.blobs))


def decode(message: Message, resolve: Callable[[int], Any] | None = None) -> Any:
    """Turn a message into plain values.

    Parameters
    ----------
    message
        What arrived.
    resolve
        Turns the number of a kept object into the object; without it an `Opaque` stands for it.

    Raises
    ------
    WireError
        For anything that `encode` would not have written.
    """
    try:
        return _decode(message.tree, list(message.blobs), resolve, 0)
    except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
        raise WireError(f"malformed value: {error}") from error


def _decode(
    tree: Any, blobs: list[bytes | None], resolve: Callable[[int], Any] | None, depth: int
) -> Any:
    if depth > MAX_DEPTH:
        raise WireError(f"the value is nested more than {MAX_DEPTH} levels deep")
    if isinstance(tree, str):
        return plain_text(tree)
    if tree is None or isinstance(tree, bool | int | float):
        return tree
    if isinstance(tree, list):
        return [_decode(item, blobs, resolve, depth + 1) for item in tree]
    kind = tree["$"]
    if kind in ("array", "scalar"):
        array = read_npy(_blob(tree, blobs))
        return array if kind == "array" else array[()]
    if kind == "bytes":
        return _blob(tree, blobs)
    if kind == "float":
        return float({"nan": "nan", "inf": "inf", "-inf": "-inf"}[tree["v"]])
    if kind == "path":
        return PurePosixPath(_text(tree["v"]))
    if kind == "tuple":
        return tuple(_decode(item, blobs, resolve, depth + 1) for item in tree["v"])
    if kind == "dict":
        return _decode_dict(tree["v"], blobs, resolve, depth)
    if kind == "opaque":
        ident = tree["id"]
        if type(ident) is not int:
            raise WireError("an object's number is not an integer")
        if resolve is not None:
            return resolve(ident)
        return Opaque(ident, _text(tree["type"]), _text(tree["text"]))
    raise WireError(f"unknown kind of value {str(kind)[:40]!r}")


def _decode_dict(
    items: Any, blobs: list[bytes | None], resolve: Callable[[int], Any] | None, depth: int
) -> dict[Any, Any]:
    """Build a dict; few keys that are no text: their hashes can be chosen to be all the same."""
    if sum(not isinstance(key, str) for key, _ in items) > MAX_ODD_KEYS:
        raise WireError(f"a dict has more than {MAX_ODD_KEYS} keys that are not text")
    return {
        _decode(key, blobs, resolve, depth + 1): _decode(value, blobs, resolve, depth + 1)
        for key, value in items
    }


def plain_text(value: str) -> str:
    """Return text that can be stored: JSON can spell halves of characters, files cannot."""
    return value.encode("utf-8", "replace").decode("utf-8")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise WireError("a text is not a string")
    return plain_text(value[:MAX_TEXT])


def _blob(tree: dict[str, Any], blobs: list[bytes | None]) -> bytes:
    """Take a blob; only once, since a million references to one would fill the memory."""
    index = tree["b"]
    if type(index) is not int or not 0 <= index < len(blobs):
        raise WireError("a value refers to a blob that is not there")
    data, blobs[index] = blobs[index], None
    if data is None:
        raise WireError("two values refer to the same blob")
    return data


def read_npy(data: bytes) -> np.ndarray:
    """Read an array from ``.npy`` bytes without pickle, objects or records.

    The header is parsed by NumPy's own reader (a literal, at most 10,000 bytes); dtype, shape and
    byte count are compared with what is there before the array is made.

    Raises
    ------
    WireError
        If the bytes are not exactly one plain array.
    """
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        reader = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, fortran, dtype = reader(stream)
    except Exception as error:  # the header is hostile text: any failure means it is malformed
        raise WireError(f"malformed array: {type(error).__name__}") from error
    if dtype.kind not in _SAFE_KINDS or dtype.hasobject or dtype.fields or dtype.itemsize == 0:
        raise WireError(f"arrays of dtype {dtype} do not cross")
    if len(shape) > 32 or any(n < 0 for n in shape):
        raise WireError("an array has an impossible shape")
    if math.prod(shape) * dtype.itemsize != len(data) - stream.tell():
        raise WireError("an array's shape does not fit its bytes")
    array = np.frombuffer(data, dtype=dtype, offset=stream.tell())
    if dtype.kind == "U" and not _is_text(array):
        raise WireError("an array of text holds what is no character")
    # A copy, because check code may want to write into it and buffers are read-only.
    return array.reshape(shape, order="F" if fortran else "C").copy()


def _is_text(array: np.ndarray) -> bool:
    codes = np.frombuffer(
        array.tobytes(), dtype=np.dtype(np.uint32).newbyteorder(array.dtype.byteorder)
    )
    return not np.any((codes > 0x10FFFF) | ((codes >= 0xD800) & (codes < 0xE000)))


def write_frame(send: Callable[[bytes], Any], message: Message) -> None:
    """Send one message: ``send`` takes bytes and delivers all of them.

    Raises
    ------
    TooLargeError
        If it is larger than what may cross; nothing is sent then.
    """
    text = json_bytes(message.tree)
    blobs = message.blobs
    if len(text) > MAX_JSON or len(blobs) > MAX_BLOBS or sum(map(len, blobs)) > MAX_BYTES:
        raise TooLargeError("the value is larger than what may cross")
    lengths = struct.pack(f">{len(blobs)}Q", *map(len, blobs))
    send(_HEAD.pack(len(text), len(blobs)) + lengths + text)
    for blob in blobs:
        send(blob)


def json_bytes(tree: Any) -> bytes:
    """Return a tree as it crosses: text is no longer on its way back than when it came."""
    text = json.dumps(tree, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")  # halves of characters: `plain_text` mends them


def _nesting(tree: Any) -> int:
    """Return how many lists and objects lie in each other at most, without recursion."""
    level, depth = [tree], 0
    while level := [item for item in level if isinstance(item, list | dict)]:
        level = [
            inner for item in level for inner in (item if isinstance(item, list) else item.values())
        ]
        depth += 1
    return depth


def read_frame(receive: Callable[[int], bytes]) -> Message:
    """Read one message: ``receive(n)`` returns exactly n bytes or raises.

    Raises
    ------
    WireError
        If the frame announces more than allowed or its JSON is malformed.
    """
    json_length, count = _HEAD.unpack(receive(_HEAD.size))
    if json_length > MAX_JSON or count > MAX_BLOBS:
        raise WireError("a message is larger than allowed")
    lengths = struct.unpack(f">{count}Q", receive(8 * count))
    if sum(lengths) > MAX_BYTES:
        raise WireError("a message is larger than allowed")
    text = receive(json_length)
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError(f"malformed JSON: {type(error).__name__}") from error
    if _nesting(tree) > MAX_NESTING:  # whoever reads or writes it on may do so by recursion
        raise WireError("a message is nested too deep")
    return Message(tree, tuple(receive(length) for length in lengths))


def digest_of(message: Message) -> str:
    """Return the digest of a message: what tells one question from all others."""
    digest = hashlib.sha256(json.dumps(message.tree, sort_keys=True).encode())
    for blob in message.blobs:
        digest.update(hashlib.sha256(blob).digest())
    return digest.hexdigest()


def state_of(value: Any) -> str:
    """Return a digest of a value as it is now; an object that cannot cross counts by its repr."""
    return digest_of(encode(value, lambda other: 0))


def pack(message: Message) -> bytes:
    """Return a message as the bytes of its frame, so that it can travel as a part of another."""
    parts = bytearray()
    write_frame(parts.extend, message)
    return bytes(parts)


def unpack(data: Any) -> Message:
    """Return the message of `pack`.

    Raises
    ------
    WireError
        If the bytes are not exactly one frame.
    """
    if not isinstance(data, bytes):
        raise WireError("a packed message is not bytes")
    stream = io.BytesIO(data)

    def receive(count: int) -> bytes:
        part = stream.read(count)
        if len(part) != count:
            raise WireError("a packed message is cut short")
        return part

    message = read_frame(receive)
    if stream.read(1):
        raise WireError("a packed message goes on after its end")
    return message
