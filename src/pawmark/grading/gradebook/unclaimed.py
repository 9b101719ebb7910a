"""What lies in ``submitted/`` and is taken for nobody's hand-in: a person is told how to mend it.

nbgrader looks for ``submitted/STUDENT/ASSIGNMENT`` and at nothing else. A folder of other capitals,
or a notebook beside the folders, is not looked for: it would be a silent zero. Nothing is guessed
here, as a guess could be somebody else's points: the line says what to move or rename.
"""

import contextlib
import json
import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from pawmark.grading.course_folder import SUBMITTED, assignments, notebooks_of
from pawmark.grading.gradebook.book import without_work
from pawmark.grading.gradebook.hand_ins import is_a_name
from pawmark.grading.intake.beside import is_hidden
from pawmark.grading.intake.budget import Budget, BudgetError
from pawmark.grading.intake.finding import find
from pawmark.grading.intake.reading import Reading, read
from pawmark.grading.intake.walking import UnreadableError, Walk, read_regular
from pawmark.wording import by_name, counted

MAX_LISTED = 50

_LEFT_BY_SYSTEMS = {"thumbs.db", "desktop.ini", "icon\r", "$recycle.bin"}
_MAX_FILE = 20_000_000
_SECONDS = 5.0  # for a look into one of them
_FILES = 500


@dataclass(frozen=True)
class Unclaimed:
    """Something that is nobody's hand-in as it lies.

    Attributes
    ----------
    place
        Where it lies in the course.
    reason
        Why it is not graded, and how to mend that.
    student
        The folder of the student in which it lies; None where it lies in none.
    assignment
        The assignment that is meant, where that is known.
    """

    place: str
    reason: str
    student: str | None = None
    assignment: str | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


def unclaimed(
    course: Path, names: Collection[str] | None = None, address: str | None = None
) -> list[Unclaimed]:
    """Return what lies in ``submitted/`` and is nobody's hand-in, by place.

    Parameters
    ----------
    course
        The course folder.
    names
        Leave out what is known to be of other assignments than these; all is wanted if left out.
    address
        Where the gradebook is, if that is known already.
    """
    look = _Look(course, sorted({*assignments(course), *(names or ())}), address)
    found = [
        one
        for one in look.all()
        if names is None or one.assignment is None or one.assignment in names
    ]
    if len(found) > MAX_LISTED:
        more = len(found) - MAX_LISTED
        last = Unclaimed(
            SUBMITTED, f"{counted(more, 'more is', 'more are')} not graded for such reasons"
        )
        return [*found[:MAX_LISTED], last]
    return found


@dataclass
class _Look:
    """One look through the folder of hand-ins."""

    course: Path
    names: list[str]
    address: str | None
    _looks: int = field(default=MAX_LISTED)

    def all(self) -> Iterator[Unclaimed]:
        for entry in _entries(self.course):
            if self._is_other_submitted(entry) and _holds_files(Path(entry.path)):
                yield Unclaimed(
                    entry.name,
                    f"not graded: hand-ins are looked for in {SUBMITTED}/, in small letters. Move "
                    "there what is in it, and grade again",
                )
        entries = _entries(self.course / SUBMITTED)
        folders = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        twins = _twins(folders, without_work(self.course, self.address))
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from self._student(entry, twins.get(entry.name, []))
            elif not self._is_linked_student(entry) and not _is_readme(entry.name):
                yield self._at_large(entry, SUBMITTED, None)

    def _student(self, student: os.DirEntry[str], twins: list[str]) -> Iterator[Unclaimed]:
        place = f"{SUBMITTED}/{student.name}"
        if not is_a_name(student.name):
            if _holds_files(Path(student.path)):
                yield Unclaimed(place, _NO_NAME, student.name)
            return
        if twins and _holds_files(Path(student.path)):
            yield Unclaimed(place, _other_capitals(twins), student.name)
        for entry in _entries(Path(student.path)):
            if self._is_claimed(student, entry.name):
                continue
            if not entry.is_dir(follow_symlinks=False):
                yield self._at_large(entry, place, student.name)
            elif _holds_files(Path(entry.path)):
                yield self._folder(student, entry)

    def _is_claimed(self, student: os.DirEntry[str], name: str) -> bool:
        """Tell whether this is where an assignment is looked for, also where capitals are one."""
        if name in self.names:
            return True
        meant = self._nearly(name)
        return meant is not None and _is_same(Path(student.path) / name, Path(student.path) / meant)

    def _is_linked_student(self, entry: os.DirEntry[str]) -> bool:
        """Tell whether it is a link by which a hand-in is found: its grading asks a person."""
        return entry.is_symlink() and any(Path(entry.path, name).exists() for name in self.names)

    def _folder(self, student: os.DirEntry[str], entry: os.DirEntry[str]) -> Unclaimed:
        place = f"{SUBMITTED}/{student.name}/{entry.name}"
        meant = self._nearly(entry.name)
        why = "not graded: no assignment has this name"
        if meant is None:
            meant = self._meant_by_folder(Path(entry.path))
            why += f", and a notebook of {meant} lies in it" if meant else ""
        else:
            why += f", {meant} has other capitals or signs"
        if meant is None:
            mend = f"if it is of an assignment, move it to {SUBMITTED}/{student.name}/ASSIGNMENT/"
        elif Path(student.path, meant).exists():
            mend = f"{meant}/ lies beside it: move into it what counts"
        else:
            mend = f"if that is meant, rename the folder to {meant}"
        return Unclaimed(place, f"{why}. {_first_up(mend)}, and grade again", student.name, meant)

    def _at_large(self, entry: os.DirEntry[str], folder: str, student: str | None) -> Unclaimed:
        """Say where a file belongs that lies above the folders of assignments."""
        place = f"{folder}/{entry.name}"
        if entry.is_symlink():
            reason = "not graded: it is a link to another place, and links are not followed"
            return Unclaimed(place, reason, student)
        meant = self._meant_by_file(Path(entry.path))
        content = f" It is of {meant}." if meant else ""
        into = f"{SUBMITTED}/{student or 'STUDENT'}/{meant or 'ASSIGNMENT'}/"
        return Unclaimed(
            place,
            f"not graded: it lies in no folder of an assignment.{content} Move it to {into} and "
            "grade again",
            student,
            meant,
        )

    def _is_other_submitted(self, entry: os.DirEntry[str]) -> bool:
        named = entry.name != SUBMITTED and _folded(entry.name) == SUBMITTED
        return named and entry.is_dir() and not _is_same(Path(entry.path), self.course / SUBMITTED)

    def _nearly(self, name: str) -> str | None:
        """Return the assignment whose name differs from this one in capitals or signs only."""
        near = (known for known in self.names if _letters(known) == _letters(name) != "")
        return next(near, None)

    def _meant_by_folder(self, folder: Path) -> str | None:
        if not self._may_look():
            return None
        found = find(folder, Budget(_MAX_FILE, _FILES, _SECONDS))
        return self._meant([candidate.reading for candidate in found.candidates])

    def _meant_by_file(self, path: Path) -> str | None:
        if not self._may_look():
            return None
        try:
            found = read(read_regular(path, _MAX_FILE), Budget(seconds=_SECONDS))
        except (UnreadableError, BudgetError, RecursionError, MemoryError):
            return None
        return self._meant(found)

    def _may_look(self) -> bool:
        """Count a look, which only finds words: their number is bounded."""
        self._looks -= 1
        return self._looks >= 0

    def _meant(self, readings: list[Reading]) -> str | None:
        """Return the assignment whose names most cells have; None where none has any."""
        found = {cell.grade_id for one in readings for cell in one.cells if cell is not None}
        counts = {name: len(found & known) for name, known in self._cells.items()}
        best = max(counts, key=lambda name: counts[name], default=None)
        return best if best is not None and counts[best] else None

    @cached_property
    def _cells(self) -> dict[str, set[str]]:
        """The names of the cells of each assignment."""
        found: dict[str, set[str]] = {}
        for name in self.names:
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
                texts = [p.read_text(encoding="utf-8") for p in notebooks_of(self.course, name)]
                cells = [cell for text in texts for cell in json.loads(text)["cells"]]
                settings = [cell["metadata"].get("nbgrader", {}) for cell in cells]
                found[name] = {one["grade_id"] for one in settings if "grade_id" in one}
        return found


_NO_NAME = (
    "not graded: the name of a folder has a line break in it or is not written in UTF-8, and a "
    "gradebook holds no such name. Rename the folder after its student and grade again"
)


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _other_capitals(twins: list[str]) -> str:
    return (
        f"graded as a student of its own, and {', '.join(twins)} is called so too, but for "
        "capitals or spaces. If they are one, move all into the folder of the right name and grade "
        "again"
    )


def _folded(name: str) -> str:
    """Return a name without what people overlook: capitals, forms of accents, spaces around it."""
    return unicodedata.normalize("NFC", name).casefold().strip()


def _letters(name: str) -> str:
    """Return the letters and digits of a name alone."""
    return re.sub(r"[\W_]+", "", _folded(name))


def _twins(folders: list[str], without_work: list[str]) -> dict[str, list[str]]:
    """Return, for each folder, the students whose names differ from its in capitals only."""
    groups = defaultdict(set)
    for name in (*folders, *without_work):
        groups[_folded(name)].add(name)
    return {name: sorted(groups[_folded(name)] - {name}, key=by_name) for name in folders}


def _is_same(one: Path, other: Path) -> bool:
    """Tell whether two names are of one file, as where capitals make no difference."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def _is_readme(name: str) -> bool:
    return name.lower().split(".")[0] == "readme"


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return what lies in a folder and was left there by people, sorted by name."""
    try:
        with os.scandir(folder) as found:
            own = (one for one in found if _is_of_people(one.name))
            return sorted(own, key=lambda entry: by_name(entry.name))
    except OSError:
        return []


def _is_of_people(name: str) -> bool:
    return name.lower() not in _LEFT_BY_SYSTEMS and not is_hidden(PurePosixPath(name))


def _holds_files(folder: Path) -> bool:
    """Tell whether there is any file in a folder or below; one that is too large counts as such."""
    try:
        files = (entry.name for entry in Walk(folder, Budget(files=_FILES)).files())
        return any(_is_of_people(PurePosixPath(name).name) for name in files)
    except BudgetError:
        return True
