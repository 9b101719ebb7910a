"""Numbers and names in what people read: the same everywhere."""

import re
import unicodedata
from collections.abc import Sequence

# What Unicode takes for a letter of its own, and readers look for beside another: l with a stroke.
_LIKE = re.compile(r"LATIN SMALL LETTER ([A-Z]{1,2})(?: WITH .*)?")


def plain(number: float) -> str:
    """Return a number as people write it, to hundredths: ``2.5``, and ``3`` instead of ``3.0``."""
    return f"{round(number, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def counted(number: float, one: str, many: str = "") -> str:
    """Return a number with its noun: ``1 point``, ``2.5 points``, ``1 is left``.

    Parameters
    ----------
    number
        How many there are.
    one
        What is said of 1.
    many
        What is said of any other number; that of 1 with an s, if left out.
    """
    shown = plain(number)
    return f"{shown} {one if shown == '1' else many or f'{one}s'}"


def listed(names: Sequence[str], most: int) -> str:
    """Return some names for people, and how many more there are: ``ann, ben and 3 more``."""
    more, shown = len(names) - most, ", ".join(names[:most])
    return f"{shown} and {more} more" if more > 0 else shown


def first_line(error: BaseException) -> str:
    """Return what an error says, in a line; its name where it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


def minutes(seconds: float) -> str:
    """Return a time as people read it: ``2 min 5 s``, and ``40 s`` where it is shorter."""
    whole, rest = divmod(round(seconds), 60)
    return f"{whole} min {rest} s" if whole else f"{rest} s"


def by_name(name: str) -> tuple[str, str]:
    """Return the place of a name in a list: ``dóra`` and ``Dora`` between ``cem`` and ``eve``.

    Capitals and accents make no difference but between names that are the same else. It is the same
    order in every locale.
    """
    letters = unicodedata.normalize("NFKD", name).casefold()
    plain_letters = (_plain_letter(c) for c in letters if not unicodedata.combining(c))
    return "".join(plain_letters), name


def _plain_letter(letter: str) -> str:
    like = _LIKE.fullmatch("" if letter.isascii() else unicodedata.name(letter, ""))
    return like[1].lower() if like else letter
