"""The store of recordings: what lies in ``.pawmark/records/``, whose it is, and how old ones go."""

import contextlib
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pawmark.errors import CourseError
from pawmark.grading import course_folder
from pawmark.grading.results import record
from pawmark.grading.run import recording
from pawmark.terminal import legible
from pawmark.wording import by_name

_DAY = 86400.0
# What a killed grader left half-written; a younger file may be one that is being written.
_LEFTOVER_AGE = 3600.0


@dataclass(frozen=True)
class Entry:
    """A recording in the store.

    Attributes
    ----------
    key
        Its name.
    assignment
        Full name of the assignment; empty where the file cannot be read.
    students
        Whose grades were last written from it, sorted.
    size
        Bytes.
    used
        When it was last written or graded from, in seconds since 1970.
    """

    key: str
    assignment: str
    students: tuple[str, ...]
    size: int
    used: float


def entries(course: Path) -> list[Entry]:
    """Return all recordings of a course, those used last first."""
    students = _students(course)
    found = [_entry(path, students) for path in _files(course)]
    return sorted((entry for entry in found if entry), key=lambda entry: -entry.used)


def _files(course: Path) -> list[Path]:
    return sorted((course / recording.FOLDER).glob(f"[!.]*{recording.SUFFIX}"))


def _entry(path: Path, students: dict[str, set[str]]) -> Entry | None:
    try:
        status = path.stat()
        with path.open("rb") as file:
            about = json.loads(file.readline())["about"]
        assignment = str(about["assignment"])
    except FileNotFoundError:  # somebody else has just removed it
        return None
    except (OSError, ValueError, KeyError, TypeError):
        assignment = ""
    whose = tuple(sorted(students.get(path.stem, ()), key=by_name))
    return Entry(path.stem, assignment, whose, status.st_size, status.st_mtime)


def _students(course: Path) -> dict[str, set[str]]:
    """Return who was graded from which recording, by what the records of grading say."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in record.find(course / course_folder.AUTOGRADED):
        with contextlib.suppress(CourseError):
            graded = record.read(path)
            found[graded.recording].add(graded.student)
    return found


def line_of(entry: Entry) -> str:
    """Return a line on a recording."""
    used = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.used))
    whose = ", ".join(legible(name) for name in entry.students)
    size = show_size(entry.size)
    return f"{entry.key}  {entry.assignment or 'not whole':24}  {size:>9}  {used}  {whose}".rstrip()


def find(course: Path, start: str) -> Entry:
    """Return the recording whose name begins so.

    Raises
    ------
    CourseError
        If there is none, or more than one.
    """
    found = [entry for entry in entries(course) if entry.key.startswith(start)]
    if len(found) == 1:
        return found[0]
    many = "more than one begins so; give more of its name" if found else "there is none such"
    raise CourseError(
        f"Which recording is {legible(start)!r}? {many}. pawmark recordings list names all."
    )


def describe(course: Path, entry: Entry) -> Iterator[str]:
    """Yield lines on a recording: counts, and how the process was lost; no words of the student."""
    yield f"recording   {entry.key}"
    yield f"file        {recording.path_of(course, entry.key)}"
    yield f"assignment  {entry.assignment or 'unknown'}"
    yield f"students    {', '.join(legible(name) for name in entry.students) or 'none now'}"
    yield f"last used   {time.strftime('%Y-%m-%d %H:%M', time.localtime(entry.used))}"
    yield f"size        {show_size(entry.size)}"
    found = recording.load(course, entry.key)
    if found is None:
        yield "The file is not whole. It is not used; grading writes it again."
        return
    if found.gave_up:
        yield f"not run     {found.gave_up}"
    yield f"seed        {found.seed}"
    yield f"cells       {len(found.cells)}"
    for index, cell in found.cells.items():
        if cell.lost:
            yield f"  cell {index + 1}: {cell.lost.value}"
    yield f"questions   {sum(map(len, found.answers.values()))}"
    for (exercise, check), answers in found.answers.items():
        lost = [answer.lost.value for answer in answers if answer.lost]
        yield f"  {exercise} {check}: {len(answers)}" + "".join(f", {word}" for word in lost)


def prune(
    course: Path,
    days: float | None = None,
    size: int | None = None,
    assignment: str | None = None,
    now: float | None = None,
    remove: bool = True,
) -> list[Entry]:
    """Remove recordings, and what killed graders left half-written; return those that go.

    A submission whose recording went is run again when it is graded again; no grade changes by it.

    Parameters
    ----------
    course
        The course folder.
    days
        Recordings that were not used for so many days go.
    size
        Those used longest ago go, until the others take no more than so many bytes.
    assignment
        Only recordings of this assignment go; all of them where neither days nor size is given.
    now
        The time now, in seconds since 1970.
    remove
        False only tells which would go.
    """
    now = time.time() if now is None else now
    within = [entry for entry in entries(course) if assignment in (None, entry.assignment)]
    going = [entry for entry in within if days is not None and now - entry.used > days * _DAY]
    if size is not None:
        going += _over(size, [entry for entry in within if entry not in going])
    if days is None and size is None and assignment is not None:
        going = within
    if remove:
        for entry in going:
            recording.path_of(course, entry.key).unlink(missing_ok=True)
        _remove_leftovers(course, now)
    return going


def _over(size: int, kept: list[Entry]) -> list[Entry]:
    """Return those of some recordings, the last used first, that do not fit into a size."""
    total, over = 0, []
    for entry in kept:
        total += entry.size
        if total > size:
            over.append(entry)
    return over


def _remove_leftovers(course: Path, now: float) -> None:
    for path in (course / recording.FOLDER).glob(".*"):
        with contextlib.suppress(FileNotFoundError):
            if now - path.stat().st_mtime > _LEFTOVER_AGE:
                path.unlink()


def show_size(size: int) -> str:
    """Return a number of bytes as people read it: ``2.5 MB``."""
    left = float(size)
    for unit in ("bytes", "kB"):
        if left < 1000:
            return f"{left:.3g} {unit}"
        left /= 1000
    return f"{left:,.1f} MB"
