"""What a submission printed and answered, kept by content, so that it need not run again.

A recording is one file of JSON lines under ``.pawmark/records/`` of the course, named by a digest
of all that decides what student code does: the repaired notebook, the data, the limits, the
libraries and what of this package runs beside it. The hidden checks are not part of it: after an
edit they run again from the recording, and only a question that it does not answer starts the
student's code. What came of the checks as they were is recorded too.

A recording is replaced whole, by renaming: whoever reads it meanwhile reads the old one to its end,
and of several that write it at once the last one stays.
"""

import base64
import contextlib
import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from nbformat import NotebookNode

from pawmark.files import write_whole
from pawmark.grading import course as courses
from pawmark.grading import course_folder, fingerprint
from pawmark.grading.boundary import wire
from pawmark.grading.results.outcomes import ExerciseResult, Outcome

FOLDER = course_folder.RECORDS
SUFFIX = ".jsonl"


@dataclass(frozen=True)
class RecordedCell:
    """What came of running one cell: its outputs, and how it lost the process, if it did.

    The words are for people, where the usual ones of such a loss would not be true.
    """

    outputs: Sequence[dict[str, Any]]
    lost: Outcome | None
    words: str = ""


@dataclass(frozen=True)
class Answer:
    """One question of a check, by digest, and the reply or how the process was lost.

    The words are as those of a cell.
    """

    question: str
    reply: wire.Message | None
    lost: Outcome | None
    words: str = ""


MAX_PROBES = 5 << 20  # bytes that the answers to single inputs take in a recording


@dataclass
class Recording:
    """The run of one submission.

    Attributes
    ----------
    seed
        Seed of the hidden inputs of this run.
    sandbox
        The name of the sandbox in which it was made.
    cells
        By position in the repaired notebook.
    answers
        By exercise and check, in the order of the questions.
    probes
        Answers to single inputs, by exercise and digest of the question: whatever becomes of the
        checks, such a question need not be asked again.
    about
        What it is of, for people: the assignment. And ``checks``: the digest of the hidden checks
        that have asked all they ask.
    results
        What came of those checks; empty where a person must look, so that they run once more.
    gave_up
        Why the submission could not be run at all; empty as a rule.
    doubts
        Why a person should look at what was run; empty as a rule.
    seconds
        How long its cells ran and its answers took.
    memory
        The most bytes that its processes were seen to use.
    """

    seed: int
    sandbox: str = ""
    cells: dict[int, RecordedCell] = field(default_factory=dict)
    answers: dict[tuple[str, str], list[Answer]] = field(default_factory=lambda: defaultdict(list))
    probes: dict[str, dict[str, Answer]] = field(default_factory=lambda: defaultdict(dict))
    about: dict[str, str] = field(default_factory=dict)
    results: tuple[ExerciseResult, ...] = ()
    gave_up: str = ""
    doubts: tuple[str, ...] = ()
    seconds: float = 0.0
    memory: int = 0


def key_of(notebook: NotebookNode, **circumstances: Any) -> str:
    """Return the name of the recording of a repaired notebook under some circumstances."""
    cells = [
        (cell.cell_type, cell.source, dict(cell.metadata.get("nbgrader", {}))["grade_id"])
        if "nbgrader" in cell.metadata
        else (cell.cell_type, cell.source)
        for cell in notebook.cells
    ]
    tree = {
        "cells": cells,
        "circumstances": circumstances,
        "environment": [fingerprint.of_student_code(), variables()],
    }
    return hashlib.sha256(json.dumps(tree, sort_keys=True, default=str).encode()).hexdigest()[:32]


def variables() -> dict[str, str]:
    """Return the variables of the environment that student code sees and that choose for it."""
    return courses.plugin().environment(None)


def path_of(course: Path, key: str) -> Path:
    """Return where a recording lies."""
    return course / FOLDER / f"{key}{SUFFIX}"


def save(course: Path, key: str, recording: Recording) -> None:
    """Keep a recording, if that can be done: it only saves time."""
    with contextlib.suppress(OSError):
        write(course, key, to_bytes(recording))


def write(course: Path, key: str, data: bytes) -> None:
    """Write a recording, whole or not at all.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    write_whole(path_of(course, key), data, private=True)


def to_bytes(recording: Recording) -> bytes:
    """Return a recording as the text of its file."""
    results = [{"result": result.to_json()} for result in recording.results]
    lines = [
        json.dumps(tree)
        for tree in (*_cells(recording), *_answers(recording), *_probes(recording), *results)
    ]
    head: dict[str, Any] = {
        "seed": recording.seed,
        "sandbox": recording.sandbox,
        "lines": len(lines),
        "about": recording.about,
    }
    head |= {"seconds": recording.seconds, "memory": recording.memory}
    if recording.gave_up:
        head["gave up"] = recording.gave_up
    if recording.doubts:
        head["doubts"] = list(recording.doubts)
    return "".join(f"{line}\n" for line in (json.dumps(head), *lines)).encode()


def _cells(recording: Recording) -> Iterator[dict[str, Any]]:
    for index, cell in recording.cells.items():
        tree: dict[str, Any] = {"cell": index, "outputs": cell.outputs}
        yield tree | _loss(cell.lost, cell.words)


def _answers(recording: Recording) -> Iterator[dict[str, Any]]:
    for (exercise, check), answers in recording.answers.items():
        for answer in answers:
            tree: dict[str, Any] = {"exercise": exercise, "check": check}
            tree["question"] = answer.question
            if answer.reply is not None:
                tree["reply"] = answer.reply.tree
                tree["blobs"] = [base64.b64encode(blob).decode() for blob in answer.reply.blobs]
            yield tree | _loss(answer.lost, answer.words)


def _probes(recording: Recording) -> Iterator[dict[str, Any]]:
    """Yield the answers to single inputs, compressed; what is over the budget is asked again."""
    left = MAX_PROBES
    for exercise, answers in recording.probes.items():
        for question, answer in answers.items():
            tree: dict[str, Any] = {"exercise": exercise, "probe": question}
            if answer.reply is not None:
                frame = wire.pack(answer.reply)
                tree["bytes"] = len(frame)
                tree["frame"] = base64.b64encode(zlib.compress(frame)).decode()
                left -= len(tree["frame"])
            if left >= 0:
                yield tree | _loss(answer.lost, answer.words)


def _probe(tree: dict[str, Any], lost: Outcome | None) -> Answer:
    if "frame" not in tree:
        return Answer(tree["probe"], None, lost, str(tree.get("words", "")))
    unpacked = zlib.decompressobj().decompress(base64.b64decode(tree["frame"]), int(tree["bytes"]))
    return Answer(tree["probe"], wire.unpack(unpacked), lost)


def _loss(lost: Outcome | None, words: str) -> dict[str, str]:
    found = {} if lost is None else {"lost": lost.value}
    return found | ({"words": words} if words else {})


def load(course: Path, key: str) -> Recording | None:
    """Return a recording, or None when there is none that can be read."""
    try:
        return from_bytes(path_of(course, key).read_bytes())
    except OSError:
        return None


def from_bytes(data: bytes) -> Recording | None:
    """Rebuild a recording from the text of its file; None when that is not whole."""
    try:
        head, *trees = (json.loads(line) for line in data.splitlines())
        recording = Recording(int(head["seed"]), str(head["sandbox"]), about=dict(head["about"]))
        recording.gave_up = str(head.get("gave up", ""))
        recording.doubts = tuple(map(str, head.get("doubts", ())))
        recording.seconds, recording.memory = float(head["seconds"]), int(head["memory"])
        for tree in trees:
            _add(recording, tree)
    except (
        ValueError, KeyError, TypeError, AttributeError,
        msgspec.MsgspecError, wire.WireError, zlib.error,
    ):  # fmt: skip
        return None
    return recording if len(trees) == head["lines"] else None


def _add(recording: Recording, tree: dict[str, Any]) -> None:
    lost = Outcome(tree["lost"]) if "lost" in tree else None
    if "result" in tree:
        recording.results += (ExerciseResult.from_json(tree["result"]),)
        return
    if "probe" in tree:
        recording.probes[tree["exercise"]][tree["probe"]] = _probe(tree, lost)
        return
    if "cell" in tree:
        recording.cells[int(tree["cell"])] = RecordedCell(
            tree["outputs"], lost, str(tree.get("words", ""))
        )
        return
    reply = None
    if "reply" in tree:
        blobs = tuple(base64.b64decode(blob) for blob in tree["blobs"])
        reply = wire.Message(tree["reply"], blobs)
    answer = Answer(tree["question"], reply, lost, str(tree.get("words", "")))
    recording.answers[tree["exercise"], tree["check"]].append(answer)
