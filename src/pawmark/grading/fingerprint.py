"""What of an installation decides what came of a submission, named by its content.

Two things are told apart. *Student code* does what it does because of what runs beside it in the
sandbox: both sides' rules, the guest, the students' library. A recording is named by that, so that
a better report, a mended pipeline or a clearer comment leaves all recordings as they are. *An
installation* is all of the package: a machine that grades for another one must have the same.
"""

import ast
import functools
import hashlib
import platform
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from pawmark.grading import course as courses

PACKAGE = Path(__file__).resolve().parents[1]
# What a student's process may import of the engine; a course's plugin lists its own modules. A test
# compares both with what is imported.
INSIDE = ("grading/boundary", "grading/inside", "errors.py", "processors.py")
# Imported there too, and left out: `settings` reads what it is told, most of it is for graders, and
# the values that decide for student code are in the name of a recording themselves.
OUTSIDE = ("__init__.py", "grading/__init__.py", "settings.py", "vision/__init__.py")
LIBRARIES = ("numpy", "ipykernel")


def of_student_code() -> dict[str, str]:
    """Return what decides what student code does, beside the notebook and the data."""
    return dict(_of_student_code(courses.name()))


def of_installation() -> dict[str, str]:
    """Return what two machines must have alike to come to the same grades: name and version."""
    return dict(_of_installation(courses.name()))


@functools.cache
def _of_student_code(plugin: str) -> dict[str, str]:
    return {"inside": digest_of_inside(PACKAGE), **_versions()}


@functools.cache
def _of_installation(plugin: str) -> dict[str, str]:
    return {
        "pawmark": _digest(sorted(PACKAGE.rglob("*.py")), PACKAGE),
        "course": _digest_of_contents(files_of(courses.places())),
        **_versions(),
    }


def digest_of_inside(package: Path) -> str:
    """Return the digest of the code that decides what student code does.

    It is of what the files do, not of where they lie or how they are written: moving one changes
    nothing by itself, and neither does a comment or a line that is broken at another place.

    Parameters
    ----------
    package
        The folder of a ``pawmark`` package.
    """
    own = [courses.place_of(module) for module in courses.modules_inside()]
    places = [package / name for name in INSIDE]
    # Of this package, those of the folder that is asked for.
    places += [package / p.relative_to(PACKAGE) if p.is_relative_to(PACKAGE) else p for p in own]
    return _digest_of_all(_code_of(file) for file in files_of(places))


def files_of(places: Iterable[Path]) -> list[Path]:
    """Return the modules of some packages and modules, each once."""
    found = [
        file
        for place in places
        for file in ([place] if place.suffix == ".py" else sorted(place.rglob("*.py")))
    ]
    return list(dict.fromkeys(found))


def _code_of(file: Path) -> bytes:
    """Return the code of a module without comments and layout; as it is where it is no Python.

    Docstrings stay: code can read them. Places in the file do not: a traceback that a submission
    has caused may show the lines of before.
    """
    data = file.read_bytes()
    try:
        return ast.dump(ast.parse(data)).encode("utf-8", "surrogatepass")
    except (SyntaxError, ValueError):
        return data


def _digest_of_contents(files: Iterable[Path]) -> str:
    return _digest_of_all(file.read_bytes() for file in files)


def _digest_of_all(contents: Iterable[bytes]) -> str:
    digests = sorted(hashlib.sha256(content).hexdigest() for content in contents)
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()[:16]


def _digest(files: Iterable[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _versions() -> dict[str, str]:
    versions = {name: metadata.version(name) for name in (*LIBRARIES, *courses.plugin().libraries)}
    return {"python": platform.python_version(), **versions}
