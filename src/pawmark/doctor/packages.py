"""Python and the installed packages; imports little, so that it can tell what is missing."""

import os
import platform
import re
import shlex
import sys
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from pawmark import installed
from pawmark.doctor.finding import Finding

LOCK = "requirements.lock"
_LOCKED = re.compile(r"^([A-Za-z0-9][^ \\\n]*==[^\\\n]*?)[ \t]*\\?$", re.MULTILINE)


def python() -> Finding:
    """Compare this Python with the versions that the package is made for."""
    wanted = _requires_python()
    here = f"{platform.python_version()} ({sys.executable})"
    if platform.python_version() in wanted:
        return Finding.ok("Python", here)
    return Finding.mend(
        "Python",
        f"{here}, but {wanted} is needed",
        "Install Python 3.11, 3.12 or 3.13, then: make environment PYTHON=python3.12",
    )


def _requires_python() -> SpecifierSet:
    try:
        return SpecifierSet(distribution("pawmark").metadata["Requires-Python"] or "")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return SpecifierSet(">=3.11,<3.14")


def packages(course: Path | None) -> Finding:
    """Compare what is installed with the lock, or without one with what the package asks for."""
    lock = None if course is None else course / LOCK
    for names in installed.SAME:
        if len(installed.distributions(names[0])) > 1:
            return _mixed(names, lock is not None and lock.is_file())
    if lock is not None and lock.is_file():
        wanted, what = _locked(lock), f"as {LOCK} has them"
        remedy = "make environment"
    else:
        wanted, what = _asked_for(), "as pawmark asks for them"
        remedy = ""
    wrong = {f"{r.name}{r.specifier}": said for r in wanted if (said := _compare(r))}
    if not wrong:
        return Finding.ok("packages", f"{len(wanted)}, {what}")
    more = f" and {len(wrong) - 4} more" if len(wrong) > 4 else ""
    # Not `pawmark` by its name: it asks for `tensorflow`, also where `tensorflow-cpu` is.
    remedy = remedy or f"python -m pip install {' '.join(map(shlex.quote, wrong))}"
    return Finding.mend("packages", f"{'; '.join(list(wrong.values())[:4])}{more}", remedy)


def _mixed(names: tuple[str, ...], locked: bool) -> Finding:
    again = "make environment" if locked else f"python -m pip install {names[0]}"
    return Finding.mend(
        "packages",
        f"{' and '.join(names)} are both installed, and have overwritten each other's files",
        f"python -m pip uninstall -y {' '.join(names)}, then: {again}",
    )


def backend() -> Finding:
    """Tell which backend of Keras is asked for, and what is proven on it."""
    asked = os.environ.get("KERAS_BACKEND") or "tensorflow"
    if asked == "tensorflow":
        return Finding.ok("Keras", "on TensorFlow")
    remedy = "Unset KERAS_BACKEND: on TensorFlow everything works."
    if asked != "jax":
        says = f"KERAS_BACKEND is {asked!r}, on which the models of the course cannot be trained"
        return Finding.mend("Keras", says, remedy)
    if find_spec("jax") is None:
        return Finding.mend("Keras", "KERAS_BACKEND is 'jax', and JAX is missing", remedy)
    return Finding.ok("Keras", "on JAX: assignments 01 to 05 work; 06 needs TensorFlow")


def _locked(lock: Path) -> list[Requirement]:
    lines = _LOCKED.findall(lock.read_text(encoding="utf-8"))
    found = (Requirement(line) for line in lines)
    return [requirement for requirement in found if _applies(requirement)]


def _asked_for() -> list[Requirement]:
    try:
        lines = distribution("pawmark").requires or []
    except PackageNotFoundError:
        return []
    found = (Requirement(line) for line in lines)
    return [requirement for requirement in found if _applies(requirement)]


def _applies(requirement: Requirement) -> bool:
    """Tell whether a requirement is meant for this system, and not only for an extra."""
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


def _compare(requirement: Requirement) -> str | None:
    try:
        found = installed.version(requirement.name)
    except PackageNotFoundError:
        return f"{requirement.name} is missing"
    if requirement.specifier.contains(found, prereleases=True):
        return None
    return f"{requirement.name} is {found}, not {str(requirement.specifier).removeprefix('==')}"
