"""Which of the files that were handed in is graded, and whether a person should look at that."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from nbformat import NotebookNode

from pawmark.grading.intake.attempts import is_later
from pawmark.grading.intake.beside import OF_NBGRADER, is_hidden, placed
from pawmark.grading.intake.finding import (
    ANSWERS,
    MAX_FOUND,
    NO_CELL,
    NOTHING,
    UNTOUCHED,
    Candidate,
    HandIn,
    Suspect,
)
from pawmark.grading.intake.reading import Reading
from pawmark.grading.intake.rebuild import (
    Doubt,
    Repaired,
    is_of,
    names_asked_for,
    rebuild,
    unreadable,
    written_in,
)
from pawmark.grading.intake.walking import legible

_LISTED = 5
_DOCUMENT = re.compile(
    r"\.(txt|md|rtf|docx?|odt|pdf|pages|html?|png|jpe?g|heic|webp)$", re.IGNORECASE
)
_NOTEBOOK_NAME = re.compile(r"\.ipynb(\.|$)", re.IGNORECASE)

_Made = tuple[Candidate, Repaired]


def weigher(pristine: NotebookNode) -> Callable[[Reading], int]:
    """Return what tells how much of an assignment a file holds; see `finding.find`."""
    names = names_asked_for(pristine)

    def weigh(reading: Reading) -> int:
        cells = [cell for cell in reading.cells if cell is not None]
        told = any(cell.grade_id or any(name in cell.source for name in names) for cell in cells)
        if reading.is_script and not told:  # modules of an environment are many
            return NOTHING
        made = rebuild(pristine, reading)
        if made.attempted:
            return ANSWERS
        return UNTOUCHED if is_of(made.known, pristine.cells) else NOTHING

    return weigh


def choose(
    pristine: NotebookNode,
    found: HandIn,
    expected: str,
    course_files: Mapping[str, bytes] | None = None,
) -> Repaired:
    """Rebuild the one of several files that is the assignment's, by what is in it.

    Of those that hold answers, the latest is taken, as far as archives and names tell. Where they
    do not, the one with the most answers is, and a person is asked if the others are not the same.

    Parameters
    ----------
    pristine
        The release; it is not modified.
    found
        What was handed in.
    expected
        The name that the notebook should have.
    course_files
        Files that the assignment brings beside its notebook.
    """
    made = [(candidate, rebuild(pristine, candidate.reading)) for candidate in found.candidates]
    usable = _usable(made, pristine)
    if not usable:
        fails_run = not _is_blank(found, course_files or {})
        return unreadable(pristine, legible(_why_nothing(found)), fails_run)
    last = _latest(usable)
    candidate, repaired = max(last, key=lambda one: _rank(one, expected))
    script = candidate.reading.is_script
    others = {one.name for one, _ in made if script or not one.reading.is_script}
    others -= {candidate.name}
    own = (candidate.archive, candidate.path)
    beside, left_out = placed(
        [file for file in found.beside if (file.archive, file.path) != own],
        candidate.archive,
        candidate.path,
        course_files or {},
    )
    notes = _notes(candidate.name, expected, sorted(others))
    doubts = (
        *repaired.doubts,
        *_doubts(candidate, repaired, last, found),
        *_set_aside(candidate, made),
        *_answers_beside(repaired, candidate, found, course_files or {}),
        *_answers_in_scripts(repaired, candidate, made),
    )
    doubts = (*doubts, *(_commented_out(repaired) if doubts else ()))
    return replace(
        repaired,
        repairs=tuple(map(legible, (*notes, *repaired.repairs, *found.notes, *left_out))),
        doubts=tuple(replace(doubt, reason=legible(doubt.reason)) for doubt in doubts),
        graded=candidate.name,
        beside=beside,
    )


def _usable(made: list[_Made], pristine: NotebookNode) -> list[_Made]:
    """Keep what may be meant: answers before untouched releases, what people see, notebooks."""
    found = [one for one in made if one[1].attempted or is_of(one[1].known, pristine.cells)]
    found = [one for one in found if not one[0].reading.is_script or one[1].attempted]
    for better in (
        lambda one: bool(one[1].attempted),
        lambda one: not one[0].hidden,
        lambda one: not one[0].reading.is_script,
    ):
        found = list(filter(better, found)) or found
    return found


def _latest(made: list[_Made]) -> list[_Made]:
    """Leave out those of which another one is known to be later."""
    times = [(candidate.name, candidate.when) for candidate, _ in made]
    last = [
        one
        for one, time in zip(made, times, strict=True)
        if not any(is_later(other, time) for other in times)
    ]
    return last or made


def _rank(one: _Made, expected: str) -> tuple[int, bool, int]:
    candidate, repaired = one
    return len(repaired.attempted), candidate.name == expected, repaired.known


def _notes(name: str, expected: str, others: list[str]) -> list[str]:
    notes = []
    if name != expected:
        notes.append(f"the notebook was called {name!r}; graded as {expected!r}")
    if others:
        listed = ", ".join(map(repr, others))[:500]
        notes.append(f"graded was {name!r}; there too, and not graded: {listed}")
    return notes


def _doubts(
    candidate: Candidate, repaired: Repaired, last: list[_Made], found: HandIn
) -> list[Doubt]:
    reasons = []
    if any(one.notebook.cells != repaired.notebook.cells for _, one in last):
        names = ", ".join(sorted({repr(one.name) for one, _ in last})[:_LISTED])
        if len({one.name for one, _ in last}) > 1:
            reasons.append(
                f"several files could be meant, and which is the last is not known: {names}; "
                f"graded was {candidate.name!r}"
            )
    for suspect in found.suspects:
        if _matters(suspect, candidate, repaired):
            reasons.append(
                f"{suspect.name[:200]!r} may be what was meant, and cannot be read: "
                f"{suspect.reason}; graded was {candidate.name!r}"
            )
            break
    if found.stopped:
        reasons.append(f"not all of it was read: {found.stopped}; graded was {candidate.name!r}")
    if found.unseen:
        reasons.append(f"not all of it was seen: {found.unseen[0]}; graded was {candidate.name!r}")
    if found.crowded:
        reasons.append(
            f"more than {MAX_FOUND} files hold answers, and only so many were compared; graded was "
            f"{candidate.name!r}"
        )
    return list(map(Doubt, reasons))


def _commented_out(repaired: Repaired) -> list[Doubt]:
    """Ask a person about code that is commented out, where something else is in doubt already."""
    return [
        Doubt(f"the code in the solution cell {grade_id} is commented out", grade_id)
        for grade_id in sorted(repaired.commented)
    ]


def _set_aside(candidate: Candidate, made: list[_Made]) -> list[Doubt]:
    """Ask a person where a copy that a program keeps is graded: the notebook itself was blank."""
    blank = [one.name for one, _ in made if not one.hidden]
    if not candidate.hidden or not blank:
        return []
    return [
        Doubt(
            f"{blank[0][:200]!r} holds no answers, and a copy that a program kept beside it does: "
            f"graded was {candidate.name!r}"
        )
    ]


def _answers_beside(
    repaired: Repaired, candidate: Candidate, found: HandIn, course_files: Mapping[str, bytes]
) -> list[Doubt]:
    """Ask a person about a written answer that is untouched, and that a document may hold."""
    paths = [*(file.path for file in found.beside), *(one.name for one in found.suspects)]
    documents = [
        path
        for path in paths
        if _DOCUMENT.search(path)
        and path != candidate.path
        and path not in course_files
        and PurePosixPath(path).name not in OF_NBGRADER
        and not is_hidden(PurePosixPath(path))
    ]
    if not documents:
        return []
    return [
        Doubt(
            f"the place of the written answer {grade_id} is as it was handed out, and beside the "
            f"notebook lies {documents[0][:200]!r}, which may hold the answer",
            grade_id,
        )
        for grade_id in written_in(repaired.notebook)
        if grade_id not in repaired.attempted
        and all(doubt.exercise != grade_id for doubt in repaired.doubts)
    ]


def _answers_in_scripts(repaired: Repaired, candidate: Candidate, made: list[_Made]) -> list[Doubt]:
    """Ask a person where a script beside the notebook answers what the notebook leaves open."""
    for one, other in made:
        more = sorted(other.attempted - repaired.attempted)
        if one.reading.is_script and not candidate.reading.is_script and more:
            return [
                Doubt(
                    f"{one.name[:200]!r} answers {', '.join(more)}, and the notebook does not; "
                    f"graded was {candidate.name!r}"
                )
            ]
    return []


def _matters(suspect: Suspect, candidate: Candidate, repaired: Repaired) -> bool:
    """Tell whether a file that cannot be read may be the one that was meant."""
    if not repaired.attempted and not repaired.free_code:
        return True
    if candidate.name.startswith(f"{suspect.name}: "):
        return True  # the archive from which it came is not whole
    later = is_later((suspect.name, suspect.when), (candidate.name, candidate.when))
    if later is None and suspect.reason != "it is empty":
        return bool(_NOTEBOOK_NAME.search(suspect.name))
    return bool(later)


def _is_blank(found: HandIn, course_files: Mapping[str, bytes]) -> bool:
    """Tell whether blank notebooks are all that was handed in: nothing in it can have been lost."""
    blank = {one.path for one in found.candidates if _has_no_text(one.reading)}
    known = {*blank, *course_files}
    return (
        bool(found.candidates or found.suspects)
        and len(blank) == len({one.path for one in found.candidates})
        and all(one.reason == NO_CELL for one in found.suspects)
        and all(
            file.path in known or PurePosixPath(file.path).name in OF_NBGRADER
            for file in found.beside
        )
        and not (found.stopped or found.unseen or found.notes)
    )


def _has_no_text(reading: Reading) -> bool:
    cells = [cell for cell in reading.cells if cell is not None]
    texts = any(cell.source.strip() or cell.pictures or cell.cut for cell in cells)
    return not (texts or None in reading.cells or reading.doubts or reading.is_script)


def _why_nothing(found: HandIn) -> str:
    """Say in words why nothing can be graded."""
    if found.stopped:
        return found.stopped
    reasons = [f"{one.name[:200]!r}: {one.reason}" for one in found.suspects]
    reasons += [
        f"{one.name[:200]!r}: {doubt}"
        for one in found.candidates
        for doubt in one.reading.doubts
        if not one.reading.is_script
    ]
    reasons += found.unseen
    reasons += [
        f"{one.name[:200]!r} holds nothing of this assignment"
        for one in found.candidates
        if not one.hidden and (one.reading.is_script or not one.reading.doubts)
    ]
    if reasons:
        return "; ".join(reasons[:_LISTED])
    names = [repr(file.path[:200]) for file in found.beside[:_LISTED]]
    listed = f", only {', '.join(names)}" if names else ""
    return "; ".join([f"there is no notebook in it{listed}", *found.notes[:1]])
