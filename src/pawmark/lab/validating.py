"""nbgrader's Validate, with an answer that a student can use: each exercise and where it stands."""

import asyncio
import html
import json
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbgrader.preprocessors import CheckCellMetadata, ClearOutput, Execute
from nbgrader.server_extensions.validate_assignment import handlers
from nbgrader.utils import determine_grade, is_grade, is_solution
from nbgrader.validator import Validator
from tornado import web
from traitlets import Integer, List

from pawmark.wording import counted

PASSED, FAILED, NOT_ATTEMPTED, WRITTEN = "passed", "failed", "not attempted", "written"
_SIGNS = {PASSED: "✓", FAILED: "✗", NOT_ATTEMPTED: "○", WRITTEN: "✓"}
_MAX_HINT = 600
# nbgrader's page puts "The following cell failed:" above its answer; ours is on all cells.
_NO_HEADING = "<style>#validation-message > div > p { display: none }</style>"
_END = "More checks run at grading, on other inputs."


@dataclass(frozen=True)
class Standing:
    """Where one exercise stands.

    Attributes
    ----------
    exercise : str
        Its name, such as ``"01-box-iou"``.
    points : float
        What it is worth.
    outcome : str
        ``"passed"``, ``"failed"``, ``"not attempted"`` or ``"written"``.
    hint : str
        What the failed check says, or the error that came before a check could speak.
    """

    exercise: str
    points: float
    outcome: str
    hint: str = ""

    def __str__(self) -> str:
        worth = f"{counted(self.points, 'point')}"
        line = f"{_SIGNS[self.outcome]} {self.outcome:<13}  {self.exercise}, {worth}"
        return "\n".join([line, *_wrapped(self.hint)])


def _wrapped(hint: str) -> list[str]:
    indent = " " * 17
    return [
        line
        for part in hint.splitlines()
        for line in textwrap.wrap(part, 92, initial_indent=indent, subsequent_indent=indent)
    ]


def standings(cells: Iterable[NotebookNode]) -> list[Standing]:
    """Return where each exercise of a notebook that was run stands."""
    found, stopped = [], None
    for cell in cells:
        if is_grade(cell):
            found.append(_written(cell) if is_solution(cell) else _checked(cell, stopped))
        elif stopped is None:
            stopped = _error(cell)
    return found


def _error(cell: NotebookNode) -> NotebookNode | None:
    outputs = cell.get("outputs", [])
    return next((one for one in outputs if one.output_type == "error"), None)


def _known(cell: NotebookNode) -> tuple[str, float]:
    nbgrader = cell.metadata.nbgrader
    return nbgrader.grade_id.removesuffix("-check"), float(nbgrader.points)


def _written(cell: NotebookNode) -> Standing:
    if determine_grade(cell)[0] == 0:
        return Standing(*_known(cell), NOT_ATTEMPTED)
    return Standing(*_known(cell), WRITTEN, "a person reads it")


def _checked(cell: NotebookNode, stopped: NotebookNode | None) -> Standing:
    """Judge a check cell; ``stopped`` is the first error of the cells above that are no checks."""
    error = _error(cell)
    if error is None:
        return Standing(*_known(cell), PASSED)
    if error.ename == "NotImplementedError":
        return Standing(*_known(cell), NOT_ATTEMPTED)
    if error.ename == "NameError" and stopped is not None:
        # What the check looks at was never made: a cell above did not come to its end.
        if stopped.ename == "NotImplementedError":
            return Standing(*_known(cell), NOT_ATTEMPTED, "it waits for an exercise above")
        return Standing(*_known(cell), FAILED, f"a cell above stopped: {_told(stopped)}")
    return Standing(*_known(cell), FAILED, _told(error))


def _told(error: NotebookNode) -> str:
    said = strip_ansi(error.evalue)[:_MAX_HINT]
    if error.ename == "AssertionError" and said:
        return said
    if error.ename == "CellTimeoutError":
        return "it took too long and was stopped"
    return f"{error.ename}: {said}".removesuffix(": ")


class PatientExecute(Execute):
    """Runs the notebook with time enough to train: nbgrader's own limit is 30 s for a cell."""

    timeout = Integer(600, allow_none=True).tag(config=True)


class ReadableValidator(Validator):
    """Answers with all exercises at once; of changed cells it says what nbgrader says."""

    preprocessors = List([CheckCellMetadata, ClearOutput, PatientExecute])

    def _get_failed_cells(self, nb: NotebookNode) -> list[NotebookNode]:
        self.notebook, self.standings = nb, standings(nb.cells)
        return super()._get_failed_cells(nb)

    def validate(self, filename: str) -> dict[str, list[dict[str, Any]]]:
        """Run a notebook and say where each exercise stands; nothing, if all of them pass."""
        results = super().validate(filename)
        if "failed" not in results:
            return results
        text = "\n".join([*map(str, self.standings), "", _END])
        page = f"{_NO_HEADING}{html.escape(text, quote=False)}"
        return {"failed": [{"source": self.summary(), "error": page, "raw_error": text}]}

    def summary(self) -> str:
        """Count the exercises, in a sentence."""
        outcomes = [one.outcome for one in self.standings]
        good = sum(outcome in (PASSED, WRITTEN) for outcome in outcomes)
        pass_them = "exercise passes its visible checks", "exercises pass their visible checks"
        parts = [f"{good} of {counted(len(outcomes), *pass_them)}"]
        for outcome, words in ((FAILED, "failed"), (NOT_ATTEMPTED, "not attempted yet")):
            if count := outcomes.count(outcome):
                parts.append(f"{count} {words}")
        return f"{', '.join(parts)}."


def install() -> None:
    """Put the validator in the place of nbgrader's, in this process."""
    handlers.Validator = ReadableValidator
    handlers.ValidateAssignmentHandler.post = _post


@web.authenticated
async def _post(handler: Any) -> None:
    """Validate beside the server's own work: nbgrader's handler holds everything up until then."""
    path = handler.get_argument("path", None) or handler.get_json_body()["path"]
    loop = asyncio.get_running_loop()
    output = await loop.run_in_executor(None, handler.validate_notebook, path)
    handler.finish(json.dumps(output))
