"""What was graded of a submission and is not written yet, and the room where that lies.

`staging` leaves it there; `writer` takes it up, in another process.
"""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from pawmark.grading.course_folder import STAGED
from pawmark.grading.gradebook.scores import Score

GRADED = "graded"
_SHEET = "staged.json"


@dataclass(frozen=True)
class StagedNotebook:
    """A graded notebook of a submission.

    Attributes
    ----------
    scores
        What grading says of each cell that is worth points, by grade_id.
    comments
        The automatic comment on each answer, by grade_id; None where there is none.
    """

    scores: dict[str, Score]
    comments: dict[str, str | None]


@dataclass(frozen=True)
class Staged:
    """A graded submission that is not written yet.

    Attributes
    ----------
    folder
        Where it lies: below it, in ``graded/``, is all that ``autograded/`` is to hold.
    student, assignment
        Whose it is, and of what.
    came
        When it was handed in, in UTC, by its ``timestamp.txt``; None where that does not say.
    notebooks
        Its graded notebooks, by name.
    missing
        The names of the assignment's notebooks of which no file was handed in under that name. One
        that is graded all the same has another name there.
    for_a_person
        Lines on what a person must look at.
    again
        Whether the next run grades it again, since the grader itself got something wrong.
    """

    folder: Path
    student: str
    assignment: str
    came: datetime | None
    notebooks: dict[str, StagedNotebook]
    missing: tuple[str, ...] = ()
    for_a_person: tuple[str, ...] = ()
    again: bool = False

    def write(self) -> None:
        """Leave it in its folder, for `read`."""
        tree = msgspec.to_builtins(self, enc_hook=str)
        (self.folder / _SHEET).write_text(json.dumps(tree), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Staged":
        """Return what was staged in a folder."""
        tree = json.loads((folder / _SHEET).read_text(encoding="utf-8"))
        tree["folder"] = str(folder)
        return msgspec.convert(tree, cls, dec_hook=lambda kind, text: kind(text))


@contextlib.contextmanager
def place_to_stage(course: Path) -> Iterator[Path]:
    """Give a folder to stage submissions in, on the disk of the course; it goes in the end.

    What killed graders have left of theirs goes first: nobody holds a lock on that any more.
    """
    places = course / STAGED
    places.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as held:
        with _locked(places, wait=True):
            for left in places.iterdir():
                with contextlib.suppress(OSError), _locked(left):
                    shutil.rmtree(left, ignore_errors=True)
            made = tempfile.TemporaryDirectory(dir=places, ignore_cleanup_errors=True)
            folder = held.enter_context(made)
            with contextlib.suppress(OSError):  # where there are no locks, nothing is swept either
                held.enter_context(_locked(Path(folder)))
        yield Path(folder)


@contextlib.contextmanager
def _locked(folder: Path, wait: bool = False) -> Iterator[None]:
    """Hold a lock on a folder, which ends with this process at the latest.

    Raises
    ------
    OSError
        When somebody else holds it and is not waited for, or where there are no locks.
    """
    import fcntl  # not on Windows, where this module is imported too

    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError) if wait else contextlib.nullcontext():
            fcntl.flock(number, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(number)
