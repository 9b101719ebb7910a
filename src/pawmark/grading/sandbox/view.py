"""What of Python's packages student code sees: the students' library and the guest's side only.

Hidden checks, what measures bars, the report: of all that lies beside them nothing is shown, so
nothing of it can be imported or read. The list is that of `fingerprint`: what decides what student
code does is what student code may see.
"""

import importlib.util
from collections.abc import Iterable
from pathlib import Path

from pawmark.grading import course as courses
from pawmark.grading import fingerprint


def packages() -> dict[Path, list[Path]]:
    """Return what may be seen of each package that is lent to student code.

    Returns
    -------
    dict
        By the folder of a package: folders and files in it. A module without a package is a key
        with itself for a value.
    """
    own = [*fingerprint.OUTSIDE, *fingerprint.INSIDE]
    shown = {fingerprint.PACKAGE: {fingerprint.PACKAGE / name for name in own}}
    for module in courses.modules_inside():
        names = module.split(".")
        above = [".".join(names[:depth]) for depth in range(1, len(names))]
        seen = shown.setdefault(courses.place_of(names[0]), set())
        seen |= {courses.place_of(name) / "__init__.py" for name in above}
        seen.add(courses.place_of(module))
    return {root: _with_compiled(sorted(parts)) for root, parts in shown.items()}


def places(folders: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return what of some folders may be read, and of packages that are lent.

    Rules that only grant, as Landlock's, can take nothing out of a folder: so all that lies beside
    what is hidden is granted one by one.

    Parameters
    ----------
    folders
        Folders to show.

    Returns
    -------
    tuple of list of str
        Folders and files to be read with all in them, and folders whose names may be listed.
    """
    lent = packages()
    whole: dict[str, None] = {}
    listed: dict[str, None] = {}
    waiting = [*(Path(folder).resolve() for folder in folders), *lent]
    while waiting:
        place = waiting.pop()
        if place in lent:
            whole |= dict.fromkeys(map(str, lent[place]))
            listed |= {str(place): None} if place.is_dir() else {}
        elif any(root.is_relative_to(place) for root in lent):
            listed[str(place)] = None
            waiting += [child for child in place.iterdir() if not _leads_to(child, lent)]
        else:
            whole[str(place)] = None
    return list(whole), list(listed)


def _with_compiled(parts: list[Path]) -> list[Path]:
    """Add to modules what Python has compiled of them, so that each import need not do it anew."""
    modules = [part for part in parts if part.suffix == ".py"]
    compiled = [Path(importlib.util.cache_from_source(str(module))) for module in modules]
    return [*parts, *(path for path in compiled if path.is_file())]


def _leads_to(path: Path, roots: Iterable[Path]) -> bool:
    """Tell whether a link would show a package by another way."""
    if not path.is_symlink():
        return False
    target = path.resolve()
    return any(root.is_relative_to(target) or target.is_relative_to(root) for root in roots)
