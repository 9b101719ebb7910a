"""What of an installation decides what came of a submission, named by its content.

Two things are told apart. *Student code* does what it does because of what runs beside it in the
sandbox: both sides' rules, the guest, the students' library. A recording is named by that, so that
a better report or a mended pipeline leaves all recordings as they are. *An installation* is all of
the package: a machine that grades for another one must have the same.
"""

import functools
import hashlib
import importlib.util
import platform
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from pawmark.grading import course as courses

PACKAGE = Path(__file__).resolve().parents[1]
# The engine's rooms that a student's process may import; a course's plugin lists its own modules. A
# test compares both with what is imported.
INSIDE = ("grading/boundary", "grading/inside")
# Imported there too, and left out: `settings` reads what it is told, most of it is for graders, and
# the values that decide for student code are in the name of a recording themselves.
OUTSIDE = ("__init__.py", "grading/__init__.py", "settings.py", "vision/__init__.py")
LIBRARIES = ("numpy", "ipykernel")


def of_student_code() -> dict[str, str]:
    """Return what decides what student code does, beside the notebook and the data."""
    return {"inside": _digest_of_inside(courses.name()), **_versions(courses.name())}


def of_installation() -> dict[str, str]:
    """Return what two machines must have alike to come to the same grades: name and version."""
    return {"pawmark": _digest_of_all(courses.name()), **_versions(courses.name())}


def digest_of_inside(package: Path, modules: Iterable[str]) -> str:
    """Return the digest of the code that decides what student code does.

    It is of what the files hold, not of where they lie: moving one changes nothing by itself.

    Parameters
    ----------
    package
        The folder of a ``pawmark`` package.
    modules
        The modules that the course brings into the sandbox.
    """
    places = [*(package / name for name in INSIDE), *(_place(package, name) for name in modules)]
    files = {file for place in places for file in _modules(place)}
    contents = sorted(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)
    return hashlib.sha256("\n".join(contents).encode()).hexdigest()[:16]


def _place(package: Path, module: str) -> Path:
    """Return the file of a module, or the folder of a package."""
    top, *rest = module.split(".")
    place = package if top == "pawmark" else _installed(top)
    for name in rest:
        place /= name
    return place if place.is_dir() else place.with_suffix(".py")


def _installed(top: str) -> Path:
    spec = importlib.util.find_spec(top)
    path = Path(spec.origin) if spec is not None and spec.origin else Path(top)
    return path.parent if path.name == "__init__.py" else path.with_suffix("")


def _modules(place: Path) -> list[Path]:
    return [place] if place.suffix == ".py" else sorted(place.rglob("*.py"))


@functools.cache
def _digest_of_inside(plugin: str) -> str:
    return digest_of_inside(PACKAGE, courses.plugin().inside)


@functools.cache
def _digest_of_all(plugin: str) -> str:
    """Return the digest of this package and of the course's plugin, which may lie elsewhere."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    inside = digest_of_inside(PACKAGE, courses.plugin().inside)
    digest.update(f"{plugin} {inside}".encode())
    module = importlib.util.find_spec(plugin.partition(":")[0]) if ":" in plugin else None
    if module is not None and module.origin:
        digest.update(Path(module.origin).read_bytes())
    return digest.hexdigest()[:16]


@functools.cache
def _versions(plugin: str) -> dict[str, str]:
    names = (*LIBRARIES, *courses.plugin().libraries)
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in names}}
