"""Which of several files is the latest, by what an archive and their names say of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

# Archives that a server makes give all files the time of the download, a few seconds apart.
_SAME = 10.0
_ENDS = re.compile(r"(\.(ipynb|json|txt|py|html?|zip|tar|t?gz|bak))+$", re.IGNORECASE)
# Canvas: family name, whether late, number of the user, number of the file, the file's own name.
_CANVAS = re.compile(r"^[^\W\d_]+?_(late_)?(\d+)_(\d+)_(?=.)", re.IGNORECASE)
_NUMBER = re.compile(
    r"[ _.-]*(?:\((\d{1,3})\)|-copy(\d{0,3})|- ?copy(?: ?\((\d{1,3})\))?"
    r"|[-_ ]v(?:ersion)?[ _.-]?(\d{1,3})"
    r"|[-_ ](?:attempt|try|versuch)[ _-]?(\d{1,3})|-(\d{1,2}))$",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)"
    r"(?:[ T_.-]+(?:at[ _]?)?(\d\d)[-_:.h]?(\d\d)(?:[-_:.m]?(\d\d))?)?(?!\d)"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WRITTEN_DATE = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* (\d{1,2}),? (20\d\d)"
    r"(?: (\d{1,2}):?(\d\d) ?([ap]m)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Named:
    """What the name of a file says of the attempt that it is.

    Attributes
    ----------
    stem
        The name without what tells attempts apart.
    number
        The number of the attempt; 0 without one.
    late
        Whether the server marked it as late.
    serial
        The number that the server gave to the file; 0 without one.
    when
        A date in the name.
    """

    stem: str
    number: int = 0
    late: bool = False
    serial: int = 0
    when: datetime | None = None


def named(name: str) -> Named:
    """Read the name of a file, which may have a path before it."""
    stem = _ENDS.sub("", PurePosixPath(name.replace(": ", "/").replace("\\", "/")).name)
    canvas = _CANVAS.match(stem)
    late, serial = bool(canvas and canvas[1]), int(canvas[3][:18]) if canvas else 0
    stem = stem[canvas.end() :] if canvas else stem
    stem, when = _without_date(stem)
    number, found = 0, _NUMBER.search(stem)
    if found and found.start() > 0:
        digits = next((group for group in found.groups() if group), None)
        number, stem = int(digits) if digits else 1, stem[: found.start()]
    return Named(stem.strip(" _-.").casefold(), number, late, serial, when)


def own_name(name: str) -> str:
    """Return the name that a file had before Canvas put the student's before it."""
    return _CANVAS.sub("", name, count=1)


def _without_date(stem: str) -> tuple[str, datetime | None]:
    for pattern, order in ((_DATE, _plain), (_WRITTEN_DATE, _written)):
        if found := pattern.search(stem):
            try:
                return stem[: found.start()] + stem[found.end() :], order(found)
            except ValueError:
                continue
    return stem, None


def _plain(found: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, second)


def _written(found: re.Match[str]) -> datetime:
    month = _MONTHS.index(found[1].lower()) + 1
    hour = int(found[4] or 0)
    if found[6]:
        hour = hour % 12 + (12 if found[6].lower() == "pm" else 0)
    return datetime(int(found[3]), month, int(found[2]), hour, int(found[5] or 0))


def is_later(one: tuple[str, datetime | None], other: tuple[str, datetime | None]) -> bool | None:
    """Tell whether a file is later than another; None where that is unknown, or they are equal.

    Parameters
    ----------
    one, other
        The name of each, and when it was changed as its archive knows.
    """
    (name, when), (other_name, other_when) = one, other
    if when and other_when and abs((when - other_when).total_seconds()) > _SAME:
        return when > other_when
    mine, theirs = named(name), named(other_name)
    if mine.when and theirs.when and mine.when != theirs.when:
        return mine.when > theirs.when
    if mine.stem != theirs.stem:
        return None
    keys = [(entry.late, entry.number, entry.serial) for entry in (mine, theirs)]
    for first, second in zip(*keys, strict=True):
        if first != second:
            return bool(first > second)
    return None


def latest(files: Sequence[tuple[str, datetime | None]]) -> int | None:
    """Return the place of the file that is later than every other; None where none is known to be.

    Parameters
    ----------
    files
        The name of each, and when it was changed as its archive knows.
    """
    for place, one in enumerate(files):
        if all(is_later(one, other) for at, other in enumerate(files) if at != place):
            return place
    return None
