"""What of an installation decides what came of a submission, named by its content.

Two things are told apart. *Student code* does what it does because of what runs beside it in the
sandbox: both sides' rules, the guest, the students' library. A recording is named by that, so that
a better report or a mended pipeline leaves all recordings as they are. *An installation* is all of
the package: a machine that grades for another one must have the same.
"""

import functools
import hashlib
import platform
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
# Every module that a student's process may import. A test compares this with what it imports. Not
# `settings`: it reads what it is told, most of it is for graders, and the values that decide for
# student code are in the name of a recording themselves.
INSIDE = (
    "grading/boundary",
    "grading/inside",
    "errors.py",
    "figures",
    "models.py",
    "pets",
    "processors.py",
    "profiles.py",
    "progress.py",
    "quiet.py",
    "trained.py",
    "visible.py",
)
OUTSIDE = ("__init__.py", "grading/__init__.py", "settings.py")
LIBRARIES = ("tensorflow", "keras", "numpy", "matplotlib", "pillow", "ipykernel")


@functools.cache
def of_student_code() -> dict[str, str]:
    """Return what decides what student code does, beside the notebook and the data."""
    return {"inside": digest_of_inside(PACKAGE), **_versions()}


@functools.cache
def of_installation() -> dict[str, str]:
    """Return what two machines must have alike to come to the same grades: name and version."""
    return {"pawmark": _digest(sorted(PACKAGE.rglob("*.py")), PACKAGE), **_versions()}


def digest_of_inside(package: Path) -> str:
    """Return the digest of the code that decides what student code does.

    It is of what the files hold, not of where they lie: moving one changes nothing by itself.

    Parameters
    ----------
    package
        The folder of a ``pawmark`` package.
    """
    places = [package / name for name in INSIDE]
    files = [file for place in places for file in _modules(place)]
    contents = sorted(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)
    return hashlib.sha256("\n".join(contents).encode()).hexdigest()[:16]


def _modules(place: Path) -> list[Path]:
    return [place] if place.suffix == ".py" else sorted(place.rglob("*.py"))


def _digest(files: Iterable[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _versions() -> dict[str, str]:
    versions = {name: metadata.version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), **versions}
