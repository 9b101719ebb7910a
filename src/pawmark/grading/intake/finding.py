"""Finds what may be the notebook in a submission, and what lies beside it.

A submission is a folder of hostile files: nothing is followed, nothing is unpacked to the disk, and
what a file is, is seen from its bytes. Archives are looked into, also those within archives.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from pawmark.grading.intake import archives, reading
from pawmark.grading.intake.beside import (
    MAX_COUNT,
    MAX_FILE,
    MAX_TOTAL,
    Lying,
    is_hidden,
    is_trained,
)
from pawmark.grading.intake.budget import Budget, BudgetError
from pawmark.grading.intake.files import files_of
from pawmark.grading.intake.reading import Reading
from pawmark.grading.intake.walking import RegularFile, UnreadableError, Walk, is_linked, legible

MAX_NOTEBOOK = 200_000_000
MAX_FOUND = 20  # of a weight
NOTHING, UNTOUCHED, ANSWERS = range(3)  # how much of the assignment a file holds
MAX_NESTED = 4
NO_CELL = "it is a notebook without a single cell"

_HEAD = 4096
_TOO_MANY = (
    f"only the first {MAX_COUNT} files beside the notebook, or {MAX_TOTAL // 1_000_000} MB of "
    "them, lie in its folder"
)
_NOTEBOOK_NAME = re.compile(r"\.ipynb(\.|$)", re.IGNORECASE)
_WORK = re.compile(
    r"\.(ipynb|py|zip|tar|t?gz|zst|7z|rar|exe|run|pdf|do[ct][xm]?|od[tsp]|rtf|tex|html?|eml|msg"
    r"|deepnote|qmd|rmd|b64|g(?:doc|sheet|slides)|url|webloc)(\.|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Candidate:
    """A notebook or script that was found.

    Attributes
    ----------
    name
        Where it lies, as the student would say it: ``folder/a.ipynb``, ``work.zip: a.ipynb``.
    archive, path
        The archive in which it lies, empty for the folder itself; where it lies in there.
    reading
        Its cells.
    when
        When it was changed, where an archive tells.
    """

    name: str
    archive: str
    path: str
    reading: Reading
    when: datetime | None = None

    @property
    def hidden(self) -> bool:
        """Whether it is a copy that some program left, and not what the student made."""
        return is_hidden(PurePosixPath(f"{self.archive}/{self.path}".lstrip("/")))


@dataclass(frozen=True)
class Suspect:
    """A file that may be the work that was meant, and cannot be graded.

    Attributes
    ----------
    name
        Where it lies.
    reason
        Why it cannot be read, for the student.
    when
        When it was changed, where an archive tells.
    """

    name: str
    reason: str
    when: datetime | None = None


@dataclass
class HandIn:
    """What a submission holds.

    Attributes
    ----------
    candidates
        Notebooks and scripts, in the order in which they were found.
    suspects
        What cannot be read.
    beside
        Other files; scripts are among them too.
    notes
        What was left out, for the student.
    stopped
        Why reading ended before all was read; empty as a rule.
    unseen
        Folders that could not be looked into.
    crowded
        Whether more files hold answers than are compared.
    """

    candidates: list[Candidate] = field(default_factory=list)
    suspects: list[Suspect] = field(default_factory=list)
    beside: list[Lying] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stopped: str = ""
    unseen: list[str] = field(default_factory=list)
    crowded: bool = False


@dataclass(frozen=True)
class _File:
    """A file, on the disk or in an archive, of which nothing was read yet."""

    archive: str
    path: str
    read: Callable[[int], bytes]
    when: datetime | None = None

    @property
    def name(self) -> str:
        return legible(f"{self.archive}: {self.path}" if self.archive else self.path)


def looks_like_work(name: str) -> bool:
    """Tell by its name whether a file may be the work that was meant."""
    return bool(_WORK.search(name))


def find(
    folder: Path,
    budget: Budget | None = None,
    weigh: Callable[[Reading], int] = lambda _reading: ANSWERS,
) -> HandIn:
    """Look through a submission; never raises for what is in it.

    Parameters
    ----------
    folder
        The submission.
    budget
        What it may cost; the usual one if left out.
    weigh
        Tells how much of the assignment a file holds, so that no number of other files hides the
        one with the answers: `NOTHING`, `UNTOUCHED` or `ANSWERS`.
    """
    if is_linked(folder):
        return HandIn(stopped="its folder is a link to another place, and links are not followed")
    search = _Search(budget or Budget(), weigh)
    search.run(folder)
    return search.found


def without_files(found: HandIn, names: Collection[str]) -> HandIn:
    """Leave out what is another file of the same assignment, by its name.

    Parameters
    ----------
    found
        What a submission holds.
    names
        The names of the other notebooks, and of what lies beside them.
    """
    candidates = [one for one in found.candidates if PurePosixPath(one.path).name not in names]
    suspects = [one for one in found.suspects if PurePosixPath(one.name).name not in names]
    return replace(found, candidates=candidates, suspects=suspects)


def is_absent(folder: Path, source: Path) -> bool:
    """Tell whether a submission leaves a notebook of its assignment out, by the names of its files.

    It does where others are there, and nothing that could be the missing one is: what the
    assignment brings beside its notebooks, such as a module, could not.

    Parameters
    ----------
    folder
        The submission.
    source
        The source notebook, beside which the other ones of the assignment lie.
    """
    others = {path.name for path in source.parent.glob("*.ipynb")} - {source.name}
    if not others or is_linked(folder):
        return False
    names = {entry.path.name for entry in files_of(folder)}
    if source.name in names or not others & names:
        return False
    brought = {path.name for path in source.parent.rglob("*")}
    return not any(looks_like_work(name) for name in names - brought)


class _Search:
    def __init__(self, budget: Budget, weigh: Callable[[Reading], int]) -> None:
        self.budget, self.weigh = budget, weigh
        self.found = HandIn()
        self.kept = 0
        self.weights = [0, 0, 0]

    def run(self, folder: Path) -> None:
        walk = Walk(folder, self.budget)
        try:
            for entry in walk.files():
                self._guarded(_File("", entry.name, self._from_disk(entry.path)), 0)
        except BudgetError as error:
            self.found.stopped = str(error)
        self.found.unseen += map(legible, walk.skipped)

    def _from_disk(self, path: Path) -> Callable[[int], bytes]:
        def read(count: int) -> bytes:
            with RegularFile(path) as file:
                data = file.read(count)
            self.budget.take_bytes(len(data))
            return data

        return read

    def _guarded(self, file: _File, depth: int) -> None:
        try:
            self._look_at(file, depth)
        except UnreadableError as error:
            self._doubt(file, str(error))
        except (MemoryError, RecursionError):
            self._doubt(file, "it is nested too deeply or too large")

    def _doubt(self, file: _File, reason: str) -> None:
        hidden = is_hidden(PurePosixPath(file.path))
        if not hidden and len(self.found.suspects) < MAX_FOUND:
            self.found.suspects.append(Suspect(file.name, reason, file.when))

    def _look_at(self, file: _File, depth: int) -> None:
        if is_trained(PurePosixPath(file.path)):
            self._keep(file, b"")  # its name alone says what there is to say
            return
        head = file.read(_HEAD)
        if archives.is_archive(head):
            self._open(file, depth)
        elif reading.looks_like_notebook(head):
            self._notebook(file)
        elif reading.looks_like_text(head):
            self._text(file)
        else:
            self._other(file, head)

    def _open(self, file: _File, depth: int) -> None:
        if is_hidden(PurePosixPath(file.path)):
            return
        if depth >= MAX_NESTED:
            raise UnreadableError(f"archives are nested more than {MAX_NESTED} deep")
        data = self._whole(file, MAX_NOTEBOOK)
        if reading.office(data):
            raise UnreadableError(reading.described(data))
        opened = len(self.found.candidates) + len(self.found.beside) + len(self.found.suspects)
        for member in self._members(data, file):
            self._guarded(member, depth + 1)
        after = len(self.found.candidates) + len(self.found.beside) + len(self.found.suspects)
        if after == opened:
            self._doubt(file, "there is nothing in it that could be graded")

    def _members(self, data: bytes, file: _File) -> Iterator[_File]:
        for member in archives.members(data, self.budget):
            if member.name:
                yield _File(file.name, member.name, member.read, member.when or file.when)
            else:  # a file that was only compressed
                yield _File(file.archive, _unpacked_name(file.path), member.read, file.when)

    def _whole(self, file: _File, limit: int) -> bytes:
        data = file.read(limit + 1)
        if len(data) > limit:
            raise UnreadableError(f"it is larger than {limit // 1_000_000} MB")
        return data

    def _notebook(self, file: _File) -> None:
        data = self._whole(file, MAX_NOTEBOOK)
        try:
            readings = reading.read(data, self.budget)
        except UnreadableError:
            if _NOTEBOOK_NAME.search(file.path) or reading.foreign(data):
                raise
            self._keep(file, data)
            return
        if not any(_has_cells(found) for found in readings):
            words = reading.foreign(data)
            if not words and all(found == Reading(()) for found in readings):
                words = NO_CELL
            if words or _NOTEBOOK_NAME.search(file.path):
                raise UnreadableError(words or "it has no cells")
            self._keep(file, data)
            return
        for found in readings:
            self._add(file, found)
        if len(data) <= MAX_FILE:  # another notebook may run it
            self._keep(file, data)

    def _text(self, file: _File) -> None:
        data = self._whole(file, MAX_FILE)
        self._keep(file, data)
        try:
            for found in reading.read(data, self.budget):
                self._add(file, found)
        except UnreadableError as error:
            if looks_like_work(file.path) or reading.is_known(data) or reading.foreign(data):
                self._doubt(file, str(error))

    def _other(self, file: _File, head: bytes) -> None:
        if looks_like_work(file.path) or reading.is_known(head):
            self._doubt(file, reading.described(head))
        if not self._full(file):
            self._keep(file, file.read(MAX_FILE + 1))

    def _add(self, file: _File, found: Reading) -> None:
        self.budget.look()
        weight = self.weigh(found)
        if self.weights[weight] < MAX_FOUND:
            made = Candidate(file.name, file.archive, file.path, found, file.when)
            self.found.candidates.append(made)
            self.weights[weight] += 1
        elif weight == ANSWERS and all(found != one.reading for one in self.found.candidates):
            self.found.crowded = True

    def _keep(self, file: _File, data: bytes) -> None:
        """Keep a file that may lie beside the notebook; those too large are only named."""
        if self._full(file):
            return
        self.kept += len(data)
        if len(data) > MAX_FILE:
            self.found.notes.append(f"the file {file.name[:200]!r} was left out: it is too large")
        else:
            self.found.beside.append(Lying(file.archive, file.path, data))

    def _full(self, file: _File) -> bool:
        """Tell whether no more files are kept: a data set beside a notebook must cost little."""
        full = self.kept > MAX_TOTAL or len(self.found.beside) > MAX_COUNT
        if full and _TOO_MANY not in self.found.notes:
            self.found.notes.append(_TOO_MANY)
        return full


def _unpacked_name(path: str) -> str:
    """Return what a file was called before it was compressed."""
    for end, before in ((".tgz", ".tar"), (".gz", ""), (".bz2", ""), (".xz", "")):
        if path.lower().endswith(end):
            return path[: -len(end)] + before
    return f"{path} (unpacked)"


def _has_cells(found: Reading) -> bool:
    return any(cell is not None and cell.kind for cell in found.cells)
