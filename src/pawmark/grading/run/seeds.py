"""The seed of the hidden inputs of each hand-in, kept in ``.pawmark/seeds/``.

It follows from the course's secret and the hand-in, and outlives the recordings. Whatever makes a
hand-in run again - another version of this package, another limit, a recording that was removed -
it meets the hidden inputs that it met before, so that no grade changes by the luck of the draw.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode

from pawmark.grading import course_folder
from pawmark.grading.intake.cells import is_solution
from pawmark.grading.run import course_secret

FOLDER = course_folder.SEEDS


def hand_in_of(
    assignment: str, notebook: NotebookNode, beside: Mapping[str, bytes] | None = None
) -> str:
    """Return the digest of what a student wrote in a mended notebook: answers, and cells added.

    The texts and the checks around it are not part of it; files that lie beside it are.
    """
    own = [
        (settings.get("grade_id", ""), cell.cell_type, cell.source)
        for cell, settings in ((cell, cell.metadata.get("nbgrader", {})) for cell in notebook.cells)
        if is_solution(cell) or (cell.cell_type == "code" and not settings)
    ]
    files = [(name, hashlib.sha256(data).hexdigest()) for name, data in (beside or {}).items()]
    tree = [assignment, own, sorted(files)]
    return hashlib.sha256(json.dumps(tree).encode()).hexdigest()[:32]


def of(course: Path, hand_in: str) -> int:
    """Return the seed of a hand-in: the one that is kept for it, or that of the course's secret.

    It is kept too, so that another secret changes no hidden input of what was graded.

    Raises
    ------
    CourseError
        When the course's secret is lost or cannot be read.
    """
    kept = _kept(course, hand_in)
    if kept is not None:
        return kept
    drawn = course_secret.of(course).seed("hand-in", hand_in)
    with contextlib.suppress(OSError):
        keep(course, hand_in, drawn)
    kept = _kept(course, hand_in)
    return drawn if kept is None else kept


def keep(course: Path, hand_in: str, seed: int) -> None:
    """Keep a seed for a hand-in, unless it has one.

    Raises
    ------
    OSError
        If that cannot be written.
    """
    path = course / FOLDER / hand_in
    if _kept(course, hand_in) is not None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".seed-") as part:
        part.write(f"{seed}\n")
        part.flush()
        with contextlib.suppress(FileExistsError):  # whoever comes second finds that of the first
            os.link(part.name, path)


def _kept(course: Path, hand_in: str) -> int | None:
    try:
        return int((course / FOLDER / hand_in).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
