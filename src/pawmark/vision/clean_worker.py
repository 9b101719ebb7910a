"""The clean process of `pawmark.vision.clean`: ``python -P -m pawmark.vision.clean_worker IDLE``.

Reads questions from standard input and writes answers to standard output, as frames, until the
input ends or nothing was asked for a while.
"""

import importlib
import inspect
import os
import select
import sys
from pathlib import Path
from typing import Any, BinaryIO

from pawmark.grading.boundary import wire
from pawmark.grading.checks.session import packages


def answer(question: wire.Message) -> wire.Message:
    """Call the function that a question names; an error of it is part of the answer."""
    asked = wire.decode(question)
    try:
        function = _find(**asked["function"])
        return wire.encode({"value": function(*asked["args"], **asked["kwargs"])})
    except Exception as error:
        kinds = [kind.__name__ for kind in type(error).__mro__]
        return wire.encode({"raised": kinds, "text": str(error)[: wire.MAX_TEXT]})


_modules: dict[str, Any] = {}


def _find(module: str, path: str, name: str) -> Any:
    found: Any = module_of(Path(path)) if not module.startswith("pawmark.") else None
    found = found or importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return inspect.unwrap(found)


def module_of(path: Path) -> Any:
    """Import a module of checks by its file, once."""
    if str(path) not in _modules:
        with packages([path.parent]):
            _modules[str(path)] = importlib.import_module(f"{path.parent.name}.{path.stem}")
    return _modules[str(path)]


def serve(questions: BinaryIO, answers: BinaryIO, idle: float) -> None:
    """Answer questions until there are no more."""

    def receive(count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            part = questions.read(count - len(data))
            if not part:
                raise EOFError
            data += part
        return bytes(data)

    while select.select([questions], [], [], idle)[0]:
        try:
            question = wire.read_frame(receive)
        except EOFError:
            return
        wire.write_frame(answers.write, answer(question))
        answers.flush()


def main() -> None:
    """Serve standard input; what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with os.fdopen(os.dup(0), "rb", buffering=0) as questions:
        serve(questions, answers, float(sys.argv[1]))


if __name__ == "__main__":
    main()
