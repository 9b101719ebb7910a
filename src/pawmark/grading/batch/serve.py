"""A worker: runs one submission after another. ``python -m pawmark.grading.batch.serve``.

Orders come on standard input, each a line of JSON, and each gets one line back. It ends, and
everything of the submission with it, when its input is closed: nothing is left of a run that was
killed. Staying alive between submissions saves what each would have to import, and lets all but
the first start warm. `pawmark.grading.batch.pool` is the other side, here and on a Dask worker.

An order says what to ``do`` and what that takes: ``submission`` of a course on this machine, or
``task``, which came in a folder from another one; the folder goes if nobody waits any more. An
answer is what came of it, or ``refused``: what a person can mend, or ``failed``: the end of a
traceback. And ``seconds`` and ``worker_cpu``: what it took.
"""

import importlib
import json
import os
import queue
import shutil
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from pawmark.grading.boundary.entry_points import spare_address_grammar

_DO = {
    "submission": "pawmark.grading.batch.submission",
    "task": "pawmark.grading.batch.dask.run_task",
}
_TRACEBACK = 1500


def main() -> None:
    """Carry out orders until there are no more."""
    spare_address_grammar()
    # Nothing else gets into the answers, whatever a check prints.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    orders: queue.SimpleQueue[dict[str, str]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=[orders], daemon=True).start()
    while True:
        order = orders.get()
        answer = carry_out(order)
        # The log keeps what each submission took: for those who wonder where the time goes.
        print(json.dumps({**order, **answer}), file=sys.stderr, flush=True)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def carry_out(order: dict[str, str]) -> dict[str, Any]:
    """Return the answer to an order."""
    from pawmark.errors import PawmarkError

    began = time.monotonic()
    what = {name: value for name, value in order.items() if name != "do"}
    try:
        answer: dict[str, Any] = importlib.import_module(_DO[order["do"]]).run(**what)
    except PawmarkError as error:
        answer = {"refused": str(error)}
    except Exception:  # whatever it was, the next order is not to blame
        answer = {"failed": traceback.format_exc()[-_TRACEBACK:]}
    used = {"seconds": time.monotonic() - began, "worker_cpu": time.process_time()}
    return answer | {name: round(value, 2) for name, value in used.items()}


def _listen(orders: "queue.SimpleQueue[dict[str, str]]") -> None:
    folder = None
    with os.fdopen(os.dup(0), encoding="utf-8") as lines:
        for line in lines:
            order = json.loads(line)
            folder = order.get("folder")
            orders.put(order)
    if folder is not None:
        shutil.rmtree(Path(folder), ignore_errors=True)
    from pawmark.grading.session import warm

    warm.close()
    os._exit(0)  # sandboxes die with their parent


if __name__ == "__main__":
    main()
