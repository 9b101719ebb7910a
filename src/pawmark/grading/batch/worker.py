"""Runs one submission after another: ``python -m pawmark.grading.batch.worker``.

Orders come on standard input, one line of JSON each, and each gets one line back. It ends, and
everything of the submission with it, when its input is closed: nothing is left of a run that was
killed. Staying alive between submissions saves what each would have to import, and lets all but
the first start warm.
"""

import functools
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pawmark import pets
from pawmark.errors import PawmarkError
from pawmark.grading.checks.session import grading_data
from pawmark.grading.course_folder import source_notebook
from pawmark.grading.run import recording
from pawmark.grading.run.execution import Execution
from pawmark.grading.run.pipeline import (
    Circumstances,
    about,
    opted_out,
    repair_submission,
    undone_of,
)
from pawmark.grading.session import warm

FRESH = "PAWMARK_FRESH"


@dataclass(frozen=True)
class Prepared:
    """A submission that is mended and ready to be run.

    Attributes
    ----------
    key
        The name of its tape.
    checks
        The digest of the hidden checks.
    begin
        Gives the run, not begun, with the tape of an earlier one if there is any.
    """

    key: str
    checks: str
    begin: Callable[[], Execution]


def prepare(course: Path, assignment: str, student: str) -> Prepared:
    """Mend a submission and look for its tape; no code of the student's is run."""
    data, here = _data(), Circumstances.here(not opted_out())
    folder = course / "submitted" / student / assignment
    repaired = repair_submission(source_notebook(course, assignment), folder, course)
    undone = undone_of(repaired.notebook, repaired)
    key = here.key_of(repaired.notebook, undone, data, repaired.beside)
    told = about(course, assignment)

    def begin() -> Execution:
        old = None if os.environ.get(FRESH) else recording.load(course, key)
        return here.execution(repaired.notebook, undone, course, data, told, repaired.beside, old)

    return Prepared(key, told["checks"], begin)


@functools.cache
def _data() -> pets.Pets:
    return grading_data()


def execute(course: Path, prepared: Prepared) -> Execution:
    """Run a submission, or what its tape does not hold, and keep the tape."""
    execution = prepared.begin()
    execution.run()
    if execution.learnt:
        recording.save(course, prepared.key, execution.tape)
    return execution


def run(course: Path, assignment: str, student: str) -> dict[str, Any]:
    """Fill the tape of one submission; what is on it already is not run again.

    Returns
    -------
    dict
        ``points``, ``max_points``, ``live``: how many processes were started for it, and
        ``student_cpu``: seconds of processor time that they took.
    """
    execution = execute(course, prepare(course, assignment, student))
    results = execution.results.values()
    return {
        "points": sum(result.points for result in results),
        "max_points": sum(result.max_points for result in results),
        "live": execution.live,
        "student_cpu": round(execution.cpu_seconds, 2),
    }


def main() -> None:
    """Carry out orders until there are no more."""
    # Nothing else gets into the answers, whatever a check prints.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    orders: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=[orders], daemon=True).start()
    while True:
        order = json.loads(orders.get())
        began = time.monotonic()
        try:
            answer = run(Path(order["course"]), order["assignment"], order["student"])
        except PawmarkError as error:
            answer = {"refused": str(error)}
        except Exception as error:  # nbgrader meets the same, and says it in its own log
            answer = {"refused": f"{type(error).__name__}: {error}"}
        answer["seconds"] = round(time.monotonic() - began, 2)
        answer["worker_cpu"] = round(time.process_time(), 2)
        # The log keeps what each submission took: for those who wonder where the time goes.
        print(json.dumps({**order, **answer}), file=sys.stderr, flush=True)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _listen(orders: "queue.SimpleQueue[str]") -> None:
    with os.fdopen(os.dup(0), encoding="utf-8") as lines:
        for line in lines:
            orders.put(line)
    warm.close()
    os._exit(0)  # sandboxes die with their parent


if __name__ == "__main__":
    main()
