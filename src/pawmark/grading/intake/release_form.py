"""The release forms of source notebooks, kept in ``.pawmark/releases/``.

To make one takes nbgrader, whose import costs each process of grading almost half a second; what
comes of it depends on the source, on what the course sets of nbgrader's steps, and on the versions.
"""

import contextlib
import functools
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from pawmark.files import write_whole
from pawmark.grading import course as courses
from pawmark.grading import course_folder, fingerprint
from pawmark.grading.intake import forms
from pawmark.grading.intake.forms import Forms

FOLDER = course_folder.RELEASES


def release_of(source: bytes, course: Path) -> NotebookNode:
    """Return what students get from a source notebook; see `forms_of`."""
    return forms_of(source, course).release


def forms_of(source: bytes, course: Path, path: Path | None = None) -> Forms:
    """Return what a source notebook gives; nobody changes it, a class shares it.

    Parameters
    ----------
    source
        The file of the source notebook.
    course
        The course folder, where the release form is kept. That only saves time: where it cannot be
        written or read, it is made again.
    path
        Where the file lies, if it does.
    """
    return kept_forms(source, course, path, _decided_by(source, course, path))


def require_releases(course: Path, names: Iterable[str]) -> None:
    """See that releases can be made of the source notebooks of assignments, as grading needs them.

    Raises
    ------
    CourseError
        When one cannot; the message names it, the step that fails, and why.
    """
    for name in names:
        for source in course_folder.notebooks_of(course, name):
            forms_of(source.read_bytes(), course, source)


@functools.lru_cache(maxsize=32)
def kept_forms(source: bytes, course: Path, path: Path | None, decided_by: str) -> Forms:
    """Return the forms that are kept under all that decides them, or make and keep them."""
    versions = [fingerprint.of_installation(), metadata.version("nbgrader"), decided_by]
    key = hashlib.sha256(json.dumps(versions, sort_keys=True).encode() + source).hexdigest()[:32]
    kept_at = course / FOLDER / f"{key}.json"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        kept = json.loads(kept_at.read_text(encoding="utf-8"))
        tests = {name: (text, checksum) for name, (text, checksum) in kept["tests"].items()}
        return Forms(nbformat.from_dict(kept["release"]), tests)
    notebook = nbformat.reads(source.decode(), as_version=4)
    made = forms.make(notebook, courses.configuration(), path, course if path else None)
    with contextlib.suppress(OSError):
        tree = {"release": made.release, "tests": made.tests}
        write_whole(kept_at, json.dumps(tree).encode(), private=True)
    return made


def _decided_by(source: bytes, course: Path, path: Path | None) -> str:
    """Return a digest of what else decides the forms: settings of steps, and files they read."""
    config = courses.configuration()
    files = {name: hashlib.sha256(data).hexdigest() for name, data in _read(config, course, path)}
    shown = {name: repr(config[name]) for name in sorted(courses.OF_RELEASES) if name in config}
    return hashlib.sha256(json.dumps([shown, files], sort_keys=True).encode()).hexdigest()


def _read(
    config: Mapping[str, Any], course: Path, path: Path | None
) -> Iterator[tuple[str, bytes]]:
    """Yield the files that steps read beside the notebook."""
    around = config.get("IncludeHeaderFooter", {})
    tests = str(config.get("InstantiateTests", {}).get("autotest_filename", "autotests.yml"))
    found = [course / str(around[end]) for end in ("header", "footer") if end in around]
    found += [folder / tests for folder in (course, path.parent if path else course)]
    for file in found:
        with contextlib.suppress(OSError):
            yield str(file), file.read_bytes()
