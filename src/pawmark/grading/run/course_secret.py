"""Keeps the secret of a course: drawn when it is first graded, in ``.pawmark/secret``.

The file belongs to the gradebook: it is backed up and moved with it. It is never drawn anew in
silence where something was graded with one that is gone; then a person decides.
"""

import contextlib
import json
import os
import secrets
import tempfile
from pathlib import Path

from pawmark.errors import CourseError
from pawmark.grading import course_folder
from pawmark.grading.results import record
from pawmark.grading.secret import BYTES, Secret

FILE = course_folder.SECRET
# Who writes this word into the file asks for another secret.
NEW = "new"


def of(course: Path) -> Secret:
    """Return the secret of a course; the first who asks draws it.

    Raises
    ------
    CourseError
        When it is lost or cannot be read, or when one that was drawn cannot be kept; the message
        says how to mend that.
    """
    path = course / FILE
    text = _read(path)
    if text == NEW:
        _set_aside(path)
    elif text is None:
        _require_never_graded(course)
    if text in (NEW, None):
        _draw(path)
        text = _read(path)
    key = _key(text or "")
    if key is None:
        raise _unusable(path, "it holds no secret")
    return Secret(key)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, str(getattr(error, "strerror", "") or error)) from error


def _key(text: str) -> bytes | None:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        return None
    return key if len(key) == BYTES else None


def _draw(path: Path) -> None:
    """Draw a secret, whole or not at all; of several who draw at once, one is first."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A file of this kind has mode 600.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".secret-") as part:
            part.write(f"{secrets.token_hex(BYTES)}\n")
            part.flush()
            os.fsync(part.fileno())
            with contextlib.suppress(FileExistsError):  # whoever comes second finds the first's
                os.link(part.name, path)
    except OSError as error:
        raise CourseError(
            f"The secret of this course cannot be kept in {path} ({error.strerror or error}). "
            "Hidden data and inputs come from it, so nothing is graded without. Let "
            "whoever grades write to that folder."
        ) from error


def _set_aside(path: Path) -> None:
    aside = path.with_name(f".secret-{secrets.token_hex(4)}")
    with contextlib.suppress(FileNotFoundError):  # somebody else did
        path.rename(aside)
        aside.unlink()


def _require_never_graded(course: Path) -> None:
    """Refuse to draw another secret where a grade rests on one that is not here."""
    for path in record.find(course / course_folder.AUTOGRADED):
        try:
            name = json.loads(path.read_bytes()).get("secret")
        except (OSError, ValueError, AttributeError):
            continue  # whoever reads the grades says so
        if name:
            raise CourseError(
                f"The secret of this course is gone: {course / FILE} is not there, and grades "
                f"were given with it ({path} names it: {name}). Put it back from the backup in "
                "which the gradebook is too, or from the machine that graded. If it is lost for "
                f"good, write the word {NEW} into that file: another one is drawn then, and "
                "hand-ins that are graded again meet other data."
            )


def _unusable(path: Path, reason: str) -> CourseError:
    return CourseError(
        f"The secret of this course cannot be used: {path} ({reason}). Hidden data and inputs "
        "come from it, so nothing is graded without. Let whoever grades read it, or put it "
        "back from the backup in which the gradebook is too. If it is lost for good, write the "
        f"word {NEW} into the file: another one is drawn then, and hand-ins that are graded again "
        "meet other data."
    )
