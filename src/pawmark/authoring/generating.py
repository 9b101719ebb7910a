"""Release and solutions written again: side by side, and only what changed."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from pawmark import settings
from pawmark.files import write_whole
from pawmark.grading.batch.pool import workers_that_fit
from pawmark.grading.course_folder import CONFIG, GENERATED, generate, is_left_out


@dataclass(frozen=True)
class Generated:
    """What came of one assignment.

    Attributes
    ----------
    folder
        The folder in ``release/`` or ``solutions/``.
    written
        False when it was up to date.
    """

    folder: Path
    written: bool


def refresh(
    course: Path, names: Iterable[str], subcommand: str, target: str, force: bool = False
) -> Iterator[Generated]:
    """Generate what is not up to date, several assignments at once; yield each when it is done.

    A folder is up to date when nothing that decides it has changed since it was written, and
    nothing in it: both are compared by content.

    Parameters
    ----------
    course
        The course folder.
    names
        Assignments, by their full names.
    subcommand
        ``generate_assignment`` or ``generate_solution``.
    target
        The folder of the course that takes the result.
    force
        Generate all, whatever changed.

    Raises
    ------
    CourseError
        When a source notebook cannot be used, or has other exercises than its hand-ins: then
        nothing is touched. When nbgrader fails; the others are finished first.
    """
    # They know nbformat and nbgrader, which take a second to import.
    from pawmark.grading.gradebook.drift import require_no_drift
    from pawmark.grading.intake.sources import require_sources

    names = list(names)
    require_sources(course, names)
    if subcommand == "generate_assignment":
        require_no_drift(course, names)
    todo = []
    for name in names:
        if not force and _stamp(course, name, subcommand, target) == _kept(course, name, target):
            yield Generated(course / target / name, False)
        else:
            todo.append(name)
    # Solutions run notebooks, which takes memory; a release does not.
    workers = workers_that_fit() if subcommand == "generate_solution" else os.cpu_count()
    with ThreadPoolExecutor(workers) as pool:
        for future in as_completed(
            pool.submit(_generate, course, name, subcommand, target) for name in todo
        ):
            yield Generated(future.result(), True)


def _generate(course: Path, name: str, subcommand: str, target: str) -> Path:
    before = causes_of(course, name, subcommand)
    folder = generate(course, name, subcommand, target)
    path = _path(course, name, target)
    # What was changed while it was generated was not: the digest is the one from before.
    write_whole(path, json.dumps({"causes": before, "made": _digest(folder)}).encode())
    return folder


def _path(course: Path, name: str, target: str) -> Path:
    return course / GENERATED / f"{target}-{name}.json"


def _kept(course: Path, name: str, target: str) -> object:
    try:
        return json.loads(_path(course, name, target).read_bytes())
    except (OSError, ValueError):
        return None


def _stamp(course: Path, name: str, subcommand: str, target: str) -> dict[str, str]:
    made = _digest(course / target / name)
    return {"causes": causes_of(course, name, subcommand), "made": made}


def causes_of(course: Path, name: str, subcommand: str) -> str:
    """Return the digest of all that decides what is generated."""
    from pawmark.grading import fingerprint
    from pawmark.grading.intake import first_cell
    from pawmark.grading.run import recording

    causes = [_digest(course / "source" / name), _digest(course / CONFIG)]
    causes += [json.dumps(fingerprint.of_installation()), metadata.version("nbgrader")]
    causes += [first_cell.source_of(settings.here.install)]
    if subcommand == "generate_solution":
        from pawmark import pets
        from pawmark.grading.run.pipeline import digest_of_checks, hidden_checks

        checks = digest_of_checks(hidden_checks(course, name))
        causes += [checks, json.dumps(recording.variables()), pets.dataset().identity]
    return hashlib.sha256("\n".join(causes).encode()).hexdigest()


def _digest(place: Path) -> str:
    """Return the digest of a file, or of a folder with all in it that is copied."""
    digest = hashlib.sha256()
    for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
        if path.is_file() and not any(map(is_left_out, path.relative_to(place).parts)):
            name = path.relative_to(place).as_posix()
            digest.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
