"""Brings an answer into the form of the right result, leniently; nothing here runs hostile code.

Whoever returns a list for an array, ``(1, n)`` for ``(n,)`` or float64 for float32 has the right
*value*: the form is the contract's business, and only that row pays for it.
"""

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

import numpy as np

MAX_DIGITS = 400
_NUMERIC = "biuf"


class MisfitError(Exception):
    """An answer has no likeness to the right result; its text says why, for people."""


def fitted(got: Any, like: Any) -> Any:
    """Return an answer in the form of another value.

    Parameters
    ----------
    got
        Plain data that came from the student's process.
    like
        Plain data of the trusted side.

    Raises
    ------
    MisfitError
        If it cannot be brought into that form without changing its value.
    """
    if like is None:
        return _none(got)
    if isinstance(like, str):
        return _text(got)
    if isinstance(like, bool | np.bool_):
        return _bool(got)
    if isinstance(like, int | float | complex | np.number):
        return _number(got, like)
    if isinstance(like, np.ndarray):
        return _array(got, like)
    if isinstance(like, tuple | list):
        return _sequence(got, like)
    if isinstance(like, dict):
        return _dict(got, like)
    if type(got) is type(like) and isinstance(like, bytes | PurePath):
        return got
    raise MisfitError(f"{kind_of(got)} came")


def _none(got: Any) -> None:
    if got is not None:
        raise MisfitError(f"{kind_of(got)} came where nothing (`None`) was expected")


def _text(got: Any) -> str:
    if isinstance(got, np.ndarray) and got.dtype.kind == "U" and got.size == 1:
        got = got.reshape(())[()]
    if not isinstance(got, str | PurePath):
        raise MisfitError(f"{kind_of(got)} came where a text was expected")
    return str(got)


def _single(got: Any) -> Any:
    """Return the one number in whatever holds just one."""
    for _ in range(8):
        if isinstance(got, list | tuple) and len(got) == 1:
            got = got[0]
        elif isinstance(got, np.ndarray) and got.size == 1:
            got = got.reshape(())[()]
        else:
            break
    if isinstance(got, np.ndarray | list | tuple) or not isinstance(
        got, bool | int | float | complex | np.number | np.bool_
    ):
        raise MisfitError(f"{kind_of(got)} came where one number was expected")
    return got


def _bool(got: Any) -> bool:
    value = _single(got)
    if value not in (0, 1):
        raise MisfitError(f"{kind_of(got)} came where True or False was expected")
    return bool(value)


def _number(got: Any, like: Any) -> Any:
    value = _single(got)
    if isinstance(value, complex | np.complexfloating):
        if not isinstance(like, complex | np.complexfloating):
            raise MisfitError("a complex number came where a real one was expected")
        return complex(value)
    if isinstance(value, int | np.integer | np.bool_):
        return int(value)
    return float(value)


def _array(got: Any, like: np.ndarray) -> np.ndarray:
    array = got if isinstance(got, np.ndarray) else _from_sequence(got)
    kinds = (
        _NUMERIC
        if like.dtype.kind in _NUMERIC
        else {"c": _NUMERIC + "c"}.get(like.dtype.kind, like.dtype.kind)
    )
    if array.dtype.kind not in kinds and array.size:
        raise MisfitError(f"{kind_of(got)} came where an array of numbers was expected")
    if array.shape == like.shape:
        return array
    bare = [n for n in array.shape if n != 1] == [n for n in like.shape if n != 1]
    if not (bare or (array.size == 0 and like.size == 0)):
        raise MisfitError(
            f"the shape is {array.shape} where {like.shape} was expected"
            if isinstance(got, np.ndarray)
            else f"{kind_of(got)} came where an array of shape {like.shape} was expected"
        )
    return array.reshape(like.shape)


def _from_sequence(got: Any) -> np.ndarray:
    if isinstance(got, list | tuple | bool | int | float | np.number | np.bool_):
        try:
            array = np.asarray(got)
        except (ValueError, OverflowError, TypeError):  # ragged, or numbers beyond all types
            array = None
        if array is not None and array.dtype.kind in _NUMERIC + "cU":
            return array
    raise MisfitError(f"{kind_of(got)} came where an array was expected")


def _sequence(got: Any, like: tuple[Any, ...] | list[Any]) -> Any:
    if isinstance(got, np.ndarray) and got.ndim and len(got) == len(like):
        got = list(got)
    if not isinstance(got, tuple | list):
        raise MisfitError(f"{kind_of(got)} came where {len(like)} things were expected")
    if len(got) != len(like):
        raise MisfitError(f"{len(got)} things came where {len(like)} were expected")
    return type(like)(fitted(one, other) for one, other in zip(got, like, strict=True))


def _dict(got: Any, like: dict[Any, Any]) -> dict[Any, Any]:
    if not isinstance(got, dict):
        raise MisfitError(f"{kind_of(got)} came where a dictionary was expected")
    if got.keys() != like.keys():
        lacking = [key for key in like if key not in got]
        what = f"lacks the key {lacking[0]!r}" if lacking else "has keys too many"
        raise MisfitError(f"the dictionary {what}")
    return {key: fitted(got[key], value) for key, value in like.items()}


def kind_of(value: Any) -> str:
    """Say in words what kind of thing a value is: "a list of 3", "an array of shape (2, 3)"."""
    if value is None:
        return "nothing (`None`)"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, list | tuple | dict):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, int | float | np.number | np.bool_):
        return f"one number ({short_number(value)})"
    name = str(getattr(value, "type_name", type(value).__name__)).removeprefix("builtins.")
    return f"a {name[:100]}"


def short_number(value: Any) -> str:
    """Write a number for people: six digits, and whole numbers whole."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | np.integer):
        number = int(value)
        return str(number) if number.bit_length() < MAX_DIGITS else "a number of many digits"
    if isinstance(value, complex | np.complexfloating):
        return f"{complex(value):.6g}"
    return f"{float(value):.6g}"


def leaves(got: Any, like: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the parts of an answer that stand for the numbers, texts and arrays of another value.

    Both have been found to fit before, so containers have the same lengths and keys.
    """
    if isinstance(like, tuple | list):
        for one, other in zip(got, like, strict=True):
            yield from leaves(one, other)
    elif isinstance(like, dict):
        for key, other in like.items():
            yield from leaves(got[key], other)
    else:
        yield got, like
