"""The steps of nbgrader's converters, those of a course's own beside Pawmark's.

A course may set these lists in its nbgrader_config.py, before ``configure`` or after. nbgrader's
steps that Pawmark does in its own way are exchanged for Pawmark's, at their place; all others stay.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from nbgrader import preprocessors
from nbgrader.converters.autograde import Autograde
from nbgrader.preprocessors import AssignLatePenalties, Execute, GetGrades, SaveAutoGrades

from pawmark.grading.feedback.exporter import PrepareFeedback
from pawmark.grading.gradebook.preprocessors import ExecuteSubmission, SaveTrustedGrades

# What they would check or put right was: a notebook is rebuilt from the instructor's, whose release
# form was checked when it was made. Outputs that are shown as they were handed in would be lost.
_DONE_BY_REBUILDING = {
    preprocessors.ClearOutput,
    preprocessors.DeduplicateIds,
    preprocessors.OverwriteKernelspec,
    preprocessors.OverwriteCells,
    preprocessors.CheckCellMetadata,
}


def of_sanitizing(steps: Iterable[Any]) -> list[Any]:
    """Return the steps that a rebuilt notebook goes through before it is run: the course's own."""
    return [step for step in map(_class_of, steps) if step not in _DONE_BY_REBUILDING]


def of_grading(steps: Iterable[Any]) -> list[Any]:
    """Return the steps by which a submission is run and its grades are written.

    Whatever a course lists, student code runs in the sandbox, and scores come from outside it.
    """
    exchanged = {Execute: ExecuteSubmission, SaveAutoGrades: SaveTrustedGrades}
    listed = _exchanged(steps, exchanged)
    if ExecuteSubmission not in listed:
        listed.insert(0, ExecuteSubmission)
    if SaveTrustedGrades not in listed:
        late = AssignLatePenalties in listed
        place = listed.index(AssignLatePenalties) if late else len(listed)
        listed.insert(max(place, listed.index(ExecuteSubmission) + 1), SaveTrustedGrades)
    return listed


def usual_of_grading() -> list[Any]:
    """Return the steps by which submissions are graded where a course sets none of its own."""
    return of_grading(nbgraders_of_grading())


def nbgraders_of_grading() -> list[Any]:
    """Return the steps by which nbgrader grades where a course sets none of its own."""
    return list(Autograde.autograde_preprocessors.default())


def of_feedback(steps: Iterable[Any]) -> list[Any]:
    """Return the steps by which a feedback page is made; Pawmark's summary follows the scores."""
    listed = [_class_of(step) for step in steps]
    if PrepareFeedback not in listed:
        place = listed.index(GetGrades) + 1 if GetGrades in listed else len(listed)
        listed.insert(place, PrepareFeedback)
    return listed


def _exchanged(steps: Iterable[Any], exchanged: dict[Any, Any]) -> list[Any]:
    found: list[Any] = []
    for step in map(_class_of, steps):
        own = next((ours for theirs, ours in exchanged.items() if _is(step, theirs)), step)
        if own not in found:
            found.append(own)
    return found


def _is(step: Any, kind: Any) -> bool:
    return isinstance(step, type) and issubclass(step, kind)


def _class_of(step: Any) -> Any:
    """Return the class that a step is named by, where it is one of nbgrader's or Pawmark's."""
    if not isinstance(step, str):
        return step
    known: Sequence[Any] = (ExecuteSubmission, SaveTrustedGrades, PrepareFeedback)
    names = {one.__name__: one for one in known}
    names |= {name: getattr(preprocessors, name) for name in preprocessors.__all__}
    return names.get(step.rpartition(".")[2], step) if _is_ours(step) else step


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in ("nbgrader", "pawmark")
