"""Tapes: what a submission printed and answered, kept by content, so that it need not run again.

A tape is a folder under ``.pawmark/records/`` of the course, named by a digest of all that decides
what student code does: the repaired notebook, the data, the limits, the libraries and this package.
The hidden checks are not part of it: they run again from the tape, and only a question that the
tape does not answer starts the student's code.
"""

import base64
import functools
import hashlib
import json
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from pawmark import profiles
from pawmark.grading import wire
from pawmark.grading.outcomes import Outcome

FOLDER = Path(".pawmark") / "records"
_PACKAGE = Path(__file__).resolve().parents[1]
_LIBRARIES = ("tensorflow", "keras", "numpy", "matplotlib", "pillow", "ipykernel")


@dataclass(frozen=True)
class CellTape:
    """What came of running one cell: its outputs, and how it lost the process, if it did."""

    outputs: list[dict[str, Any]]
    lost: Outcome | None


@dataclass(frozen=True)
class Answer:
    """One question of a check, by digest, and the reply or how the process was lost."""

    question: str
    reply: wire.Message | None
    lost: Outcome | None


@dataclass
class Tape:
    """The run of one submission.

    Attributes
    ----------
    seed
        Seed of the hidden inputs of this run.
    cells
        By position in the repaired notebook.
    answers
        By exercise and check, in the order of the questions.
    """

    seed: int
    cells: dict[int, CellTape] = field(default_factory=dict)
    answers: dict[tuple[str, str], list[Answer]] = field(default_factory=lambda: defaultdict(list))


def digest_of(message: wire.Message) -> str:
    """Return the digest of a question."""
    digest = hashlib.sha256(json.dumps(message.tree, sort_keys=True).encode())
    for blob in message.blobs:
        digest.update(hashlib.sha256(blob).digest())
    return digest.hexdigest()


def key_of(notebook: NotebookNode, **circumstances: Any) -> str:
    """Return the name of the tape of a repaired notebook under some circumstances."""
    cells = [
        (cell.cell_type, cell.source, dict(cell.metadata.get("nbgrader", {}))["grade_id"])
        if "nbgrader" in cell.metadata
        else (cell.cell_type, cell.source)
        for cell in notebook.cells
    ]
    tree = {"cells": cells, "circumstances": circumstances, "environment": _environment()}
    return hashlib.sha256(json.dumps(tree, sort_keys=True, default=str).encode()).hexdigest()[:32]


@functools.cache
def _environment() -> tuple[Any, ...]:
    package = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        package.update(path.relative_to(_PACKAGE).as_posix().encode() + path.read_bytes())
    versions = [metadata.version(name) for name in _LIBRARIES]
    chosen = [profiles.current().name, os.environ.get("KERAS_BACKEND")]
    return (package.hexdigest(), versions, chosen)


def save(course: Path, key: str, tape: Tape) -> None:
    """Keep a tape; two writers of the same one do no harm."""
    folder = course / FOLDER / key
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{key}-", dir=folder.parent))
    try:
        cells = {
            str(index): {"outputs": cell.outputs, "lost": cell.lost and cell.lost.value}
            for index, cell in tape.cells.items()
        }
        (part / "run.json").write_text(
            json.dumps({"seed": tape.seed, "cells": cells}, indent=1), encoding="utf-8"
        )
        with (part / "answers.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(_lines(tape))
        if folder.exists():
            shutil.rmtree(folder)
        part.rename(folder)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)  # a tape only saves time


def _lines(tape: Tape) -> Iterator[str]:
    for (exercise, check), answers in tape.answers.items():
        for answer in answers:
            tree: dict[str, Any] = {"exercise": exercise, "check": check}
            tree["question"] = answer.question
            if answer.lost is not None:
                tree["lost"] = answer.lost.value
            if answer.reply is not None:
                tree["reply"] = answer.reply.tree
                tree["blobs"] = [base64.b64encode(blob).decode() for blob in answer.reply.blobs]
            yield json.dumps(tree) + "\n"


def load(course: Path, key: str) -> Tape | None:
    """Return a tape, or None when there is none that can be read."""
    folder = course / FOLDER / key
    try:
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        tape = Tape(int(run["seed"]))
        for index, cell in run["cells"].items():
            lost = cell["lost"] and Outcome(cell["lost"])
            tape.cells[int(index)] = CellTape(cell["outputs"], lost)
        with (folder / "answers.jsonl").open(encoding="utf-8") as file:
            for line in file:
                _add(tape, json.loads(line))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return tape


def _add(tape: Tape, tree: dict[str, Any]) -> None:
    reply = None
    if "reply" in tree:
        blobs = tuple(base64.b64decode(blob) for blob in tree["blobs"])
        reply = wire.Message(tree["reply"], blobs)
    lost = Outcome(tree["lost"]) if "lost" in tree else None
    tape.answers[tree["exercise"], tree["check"]].append(Answer(tree["question"], reply, lost))


def prune(course: Path, days: float, now: float) -> int:
    """Remove tapes that were not written for so many days; return how many went."""
    folders = [path for path in (course / FOLDER).glob("*") if path.is_dir()]
    old = [path for path in folders if now - path.stat().st_mtime > days * 86400]
    for path in old:
        shutil.rmtree(path, ignore_errors=True)
    return len(old)
