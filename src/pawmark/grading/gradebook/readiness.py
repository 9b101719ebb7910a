"""Whether a course can be graded: its folder takes files, its gradebook is whole and free.

Looked at before grading, so that nothing begins that cannot end, and again when grading failed, so
that the reason is named in words.
"""

import contextlib
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from pawmark import settings
from pawmark.grading.course_folder import UNFINISHED

ROOM = 8 << 20

_PROBE = 64 << 10
_DAMAGED = (
    "The gradebook {book} is damaged ({reason}). Nothing was changed. Put back a copy of it. "
    "Without one, move it away, then: nbgrader generate_assignment NAME --force, and nbgrader "
    "autograde NAME --force. That brings back every score of the checks; scores and comments that "
    "a person gave are in the gradebook only."
)


def obstacle(course: Path, db_url: str) -> str | None:
    """Tell why a course cannot be graded now: None if it can, else a reason and its remedy.

    Parameters
    ----------
    course
        The course folder.
    db_url
        The address of the gradebook.
    """
    return _unwritable(course) or _unusable(db_url)


def _unwritable(course: Path) -> str | None:
    try:
        with tempfile.TemporaryFile(dir=course) as file:
            file.write(bytes(_PROBE))
    except OSError as error:
        return (
            f"Grading cannot write to the course folder {course}: {error.strerror}. It needs a "
            "folder that it may write to, with some megabytes free."
        )
    return None


def _unusable(db_url: str) -> str | None:
    path = _file_of(db_url)
    if path is None:
        return _no_answer(db_url)
    if not path.exists():
        return None
    try:
        found = _problems(path)
    except sqlite3.OperationalError as error:
        return _in_the_way(path, str(error))
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    return _DAMAGED.format(book=path, reason="; ".join(found)) if found else None


def _no_answer(db_url: str) -> str | None:
    """Tell why the server of a gradebook cannot be used; None if it answers, or there is none."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError

    try:
        engine = create_engine(db_url)
        with engine.connect():
            return None
    except (SQLAlchemyError, ImportError) as error:
        return unusable(db_url, error)


def shown(db_url: str) -> str:
    """Return an address for people: the path of a file, or an address without its password."""
    from sqlalchemy.engine import make_url

    url = make_url(db_url)
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.render_as_string(hide_password=True)


def unusable(db_url: str, error: Exception) -> str:
    """Say why a gradebook cannot be reached or read, and how to mend that."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    reason = f"{type(error).__name__}: {lines[0] if lines else 'no reason given'}"
    if isinstance(error, ImportError):
        return (
            f"The gradebook {shown(db_url)} needs a driver that is not installed ({reason}). "
            "Install it beside Pawmark: python -m pip install 'psycopg[binary]' for PostgreSQL."
        )
    if _file_of(db_url) is None:
        return (
            f"The gradebook {shown(db_url)} cannot be used ({reason}). Look whether its server "
            "runs, and at c.CourseDirectory.db_url in nbgrader_config.py."
        )
    if "database is locked" in reason:
        return (
            f"The gradebook {shown(db_url)} is locked by another program. Wait for it, or close it "
            "(formgrader, another nbgrader, a database browser), and give the command again."
        )
    return (
        f"{shown(db_url)} cannot be read as a gradebook ({reason}). If it is of an older "
        "nbgrader, back it up and run: nbgrader db upgrade"
    )


def _file_of(db_url: str) -> Path | None:
    from sqlalchemy.engine import make_url  # only where a gradebook is looked for: it takes long

    url = make_url(db_url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database).absolute()


def _problems(path: Path) -> list[str]:
    """Return what the database finds wrong with itself; takes the lock that writing takes."""
    address = f"file:{quote(str(path))}?mode=rw"
    with contextlib.closing(
        sqlite3.connect(address, uri=True, timeout=settings.here.gradebook_wait)
    ) as book:
        book.execute("begin immediate")
        found = [str(row[0]) for row in book.execute("pragma quick_check(3)")]
        book.rollback()
    return [] if found == ["ok"] else found


def damage(db_url: str) -> str | None:
    """Tell what a gradebook that is a SQLite file finds wrong with itself; nothing is changed.

    None where it finds nothing, where there is no such file, and of other databases.
    """
    path = _file_of(db_url)
    if path is None or not path.exists():
        return None
    address = f"file:{quote(str(path))}?mode=ro"
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True)) as book:
            found = [str(row[0]) for row in book.execute("pragma quick_check(3)")]
    except sqlite3.Error as error:
        return str(error)
    return None if found == ["ok"] else "; ".join(found)


def _in_the_way(path: Path, reason: str) -> str:
    if "locked" in reason:
        return (
            f"The gradebook {path} is locked by another program. Wait for it, or close it "
            "(formgrader, another nbgrader, a database browser), and grade again."
        )
    return (
        f"Grading cannot use the gradebook {path}: {reason}. It needs to write to the file and to "
        "the folder around it."
    )


def shortage(course: Path) -> str | None:
    """Tell that there is hardly any room on the course's disk, or None."""
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(course).free
        if free < ROOM:
            return (
                f"The disk is full, or nearly: {free >> 10} KiB are free for {course}. Make room, "
                "and grade again; what was not written to its end is graded anew."
            )
    return None


@contextlib.contextmanager
def alone(course: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Be the only grader of a course; others wait.

    Parameters
    ----------
    course
        The course folder. It is locked itself: no file is left behind, also not by a killed grader.
    waiting
        Called when another grader is at work.
    """
    import fcntl  # not on Windows, where this module is imported too

    folder = os.open(course, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(folder, fcntl.LOCK_EX)
        except OSError:  # some network file systems know no locks
            pass
        yield
    finally:
        os.close(folder)


def mark_of(course: Path, assignment: str, student: str) -> Path:
    """Return the file that stands as long as a submission is not graded to its end.

    Its name is a digest, since a student's folder may have a name as long as a file's can be.
    """
    name = hashlib.sha256(f"{assignment}/{student}".encode()).hexdigest()[:32]
    return course / UNFINISHED / name
