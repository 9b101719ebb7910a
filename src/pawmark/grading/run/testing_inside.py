"""Cells of tests that run beside the student's code: what is asked, what came, what it is worth.

That is nbgrader's way, for exercises without checks outside their notebook. The score is by
nbgrader's own rule, from what the run in the sandbox gave. Whatever runs in the student's process
can be replaced by the student: a result says that it was made so.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from pawmark.grading.boundary import wire
from pawmark.grading.intake import scoring
from pawmark.grading.intake.outputs import plain_outputs
from pawmark.grading.results.outcomes import NOT_ATTEMPTED_YET, CheckResult, ExerciseResult, Outcome
from pawmark.grading.run.processes import Loss
from pawmark.grading.run.questions import missing_name

# The name under which a recording keeps the run of such a cell.
TESTS = "tests inside"
_TITLE = "The tests of this cell"
_MAX_OUTPUTS = 250
_MAX_MESSAGE = 2000
_AWAITS = re.compile(r"\bawait\b|^\s*async\s+(?:for|with)\b", re.MULTILINE)
_BINDS = re.compile(
    r"^(?:(?:async +)?def|class) +(\w+)|^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE
)
_IMPORTS = re.compile(r"^(?:from[ \t]+[\w.]+[ \t]+)?import[ \t]+(.+)$", re.MULTILINE)
_NAME = re.compile(r"[^\W\d]\w*")
_STDERR = "nbgrader takes whatever is written to stderr for a failure, and this was written: {text}"
_LOST = {
    Outcome.TIMEOUT: "the tests did not finish within the time limit: is a loop endless?",
    Outcome.CRASHED: "the process ended while the tests ran",
    Outcome.OUT_OF_MEMORY: "the tests used more memory than allowed",
    Outcome.NOT_REACHED: "grading did not come this far",
}


@dataclass(frozen=True)
class Tested:
    """What came of a cell of tests.

    Attributes
    ----------
    outputs
        What it gave, in nbformat's form.
    loss
        How the process was lost, if it was.
    """

    outputs: list[dict[str, Any]] = field(default_factory=list)
    loss: Loss | None = None


def awaits(source: str) -> bool:
    """Tell whether a cell may wait at its top level, which only a kernel's own loop can do."""
    return bool(_AWAITS.search(source))


def message_for(source: str, before: Sequence[str], seconds: float, copy: bool) -> wire.Message:
    """Return the question that runs a cell of tests; see `pawmark.grading.inside.cell_tests`."""
    args = {"source": source, "before": list(before), "seconds": seconds, "copy": copy}
    return wire.encode({"op": "test_cell", "args": args})


def tested_reply(outputs: list[dict[str, Any]]) -> wire.Message:
    """Return outputs in the form in which a process tells them."""
    value = {"copied": False, "outputs": outputs, "ended": ""}
    return wire.encode({"status": "ok", "value": value})


def read_tested(reply: wire.Message) -> Tested | None:
    """Read what a process tells of a cell of tests; None where that says nothing of them."""
    try:
        told = wire.decode(reply)
    except wire.WireError:
        return None
    value = told.get("value") if isinstance(told, dict) else None
    if not isinstance(value, dict) or value.get("ended") or told.get("status") != "ok":
        return None
    return Tested(plain_outputs(value.get("outputs"), _MAX_OUTPUTS))


def is_full(cell: NotebookNode, tested: Tested) -> bool:
    """Tell whether tests gave all the points of their cell."""
    worth = float(cell.metadata["nbgrader"]["points"])
    try:
        return scoring.points_of(cell, tested.outputs) >= worth
    except (ValueError, KeyError):
        return False


def judged(cell: NotebookNode, exercise: str, tested: Tested) -> ExerciseResult:
    """Return the result of an exercise whose tests ran beside the student's code.

    Raises
    ------
    ValueError, KeyError
        Where nbgrader has no score for what came, as for more points than the cell is worth.
    """
    worth = float(cell.metadata["nbgrader"]["points"])
    if tested.loss is not None:
        lost = tested.loss
        words = lost.words or _LOST.get(lost.outcome, _LOST[Outcome.CRASHED])
        return _result(exercise, lost.outcome, 0.0, worth, words)
    points = scoring.points_of(cell, tested.outputs)
    if points >= worth:
        return _result(exercise, Outcome.PASSED, points, worth, "")
    return _result(exercise, worth=worth, points=points, **_why(tested.outputs, points))


def _result(
    exercise: str, outcome: Outcome, points: float, worth: float, message: str
) -> ExerciseResult:
    message = message[:_MAX_MESSAGE]
    check = CheckResult(exercise, _TITLE, outcome, points, worth, message)
    return ExerciseResult(exercise, (check,), inside=True)


def _why(outputs: Sequence[Mapping[str, Any]], points: float) -> dict[str, Any]:
    """Say why points were lost."""
    errors = [output for output in outputs if output["output_type"] == "error"]
    if errors:
        return _of_error(errors[0])
    written = "".join(o["text"] for o in outputs if o.get("name") == "stderr").strip()
    if written and not points:
        return {"outcome": Outcome.FAILED, "message": _STDERR.format(text=written)}
    return {"outcome": Outcome.FAILED, "message": "the tests gave a part of the points"}


def _of_error(error: Mapping[str, Any]) -> dict[str, Any]:
    kind, text = str(error["ename"]), str(error["evalue"]).strip()
    if kind == "NotImplementedError":
        return {"outcome": Outcome.NOT_ATTEMPTED, "message": NOT_ATTEMPTED_YET}
    if kind == "AssertionError":
        return {"outcome": Outcome.FAILED, "message": text or "a test failed"}
    return {"outcome": Outcome.STUDENT_ERROR, "message": f"{kind}: {text}".rstrip(": ")}


def missing_in(outputs: Iterable[Mapping[str, Any]], left_out: frozenset[str]) -> str:
    """Return the name that a cell found missing, if it was left out; empty otherwise."""
    for output in outputs if left_out else ():
        if output.get("output_type") == "error" and output.get("ename") == "NameError":
            found = missing_name(str(output.get("evalue")))
            if found in left_out:
                return found
    return ""


def hidden_part(tests: str, visible: str) -> str:
    """Return the lines of a cell of tests that students do not see."""
    left = visible.split("\n")
    hidden = []
    for line in tests.split("\n"):
        if left and line == left[0]:
            left.pop(0)
        else:
            hidden.append(line)
    return "\n".join(hidden)


def needed_before(source: str, hidden: Sequence[str]) -> list[str]:
    """Return the hidden parts above a cell of tests that bind names which it uses.

    In a notebook that is run whole they would have run before it. Where one is needed, so are those
    above it: what they use is not looked for.
    """
    used = set(_NAME.findall(source))
    needed = [place for place, text in enumerate(hidden) if _bound(text) & used]
    return [text for text in hidden[: max(needed, default=-1) + 1] if text.strip()]


def _bound(text: str) -> set[str]:
    names = {first or second for first, second in _BINDS.findall(text)}
    for listed in _IMPORTS.findall(text):
        parts = (part.split() for part in listed.strip("() ").split(","))
        names |= {part[-1].split(".")[0] for part in parts if part}
    return names
