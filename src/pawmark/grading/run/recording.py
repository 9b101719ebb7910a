"""What a submission printed and answered, kept by content, so that it need not run again.

A recording is one file of JSON lines under ``.pawmark/records/`` of the course, named by a digest
of all that decides what student code does: the repaired notebook, the data, the limits, the
libraries and what of this package runs beside it. The hidden checks are not part of it: after an
edit they run again from the recording, and only a question that it does not answer starts the
student's code. What came of the checks as they were is recorded too.

An array above 64 kB is kept once, compressed, however many answers hold it; they name it by its
digest. It is not thrown away after its verdict: who edits a tolerance or a misconception needs it.

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
LARGE = 64 << 10  # bytes from which on an array is kept by its digest


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
    left_out
        By the position of each cell that was not run, as no grade needs it, the names that it would
        have bound: see `slices`.
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
    left_out: dict[int, tuple[str, ...]] = field(default_factory=dict)


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
    large = _Large()
    answers = [*_answers(recording, large), *_probes(recording, large)]
    lines = [json.dumps(tree) for tree in (*large.lines(), *_cells(recording), *answers, *results)]
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
    if recording.left_out:
        head["left out"] = recording.left_out
    return "".join(f"{line}\n" for line in (json.dumps(head), *lines)).encode()


def _cells(recording: Recording) -> Iterator[dict[str, Any]]:
    for index, cell in recording.cells.items():
        tree: dict[str, Any] = {"cell": index, "outputs": cell.outputs}
        yield tree | _loss(cell.lost, cell.words)


_Kept = dict[str, tuple[int, str]]  # by digest: how many bytes, and these compressed


class _Large:
    """The large arrays of a recording by their digests, compressed."""

    def __init__(self) -> None:
        self._kept: _Kept = {}

    def parted(self, message: wire.Message) -> tuple[wire.Message, dict[str, str], _Kept]:
        """Take the large arrays out of a message.

        Returns
        -------
        tuple
            The message without them, their digests by place, and those not kept yet, compressed.
        """
        blobs = list(message.blobs)
        places: dict[str, str] = {}
        new: _Kept = {}
        for place, blob in enumerate(blobs):
            if len(blob) < LARGE:
                continue
            digest = hashlib.sha256(blob).hexdigest()
            places[str(place)] = digest
            if digest not in self._kept:
                new[digest] = len(blob), base64.b64encode(zlib.compress(blob)).decode()
            blobs[place] = b""
        return wire.Message(message.tree, tuple(blobs)), places, new

    def keep(self, new: _Kept) -> None:
        """Keep arrays of `parted`."""
        self._kept.update(new)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield a line for each."""
        for digest, (count, data) in self._kept.items():
            yield {"array": digest, "bytes": count, "data": data}


def _whole(message: wire.Message, places: dict[str, str], arrays: dict[str, bytes]) -> wire.Message:
    """Put the large arrays back into a message."""
    blobs = list(message.blobs)
    for place, digest in places.items():
        blobs[int(place)] = arrays[digest]
    return wire.Message(message.tree, tuple(blobs))


def _unpacked(data: str, count: int) -> bytes:
    return zlib.decompressobj().decompress(base64.b64decode(data), count)


def _answers(recording: Recording, large: _Large) -> Iterator[dict[str, Any]]:
    for (exercise, check), answers in recording.answers.items():
        for answer in answers:
            tree: dict[str, Any] = {"exercise": exercise, "check": check}
            tree["question"] = answer.question
            if answer.reply is not None:
                reply, places, new = large.parted(answer.reply)
                large.keep(new)
                tree["reply"] = reply.tree
                tree["blobs"] = [base64.b64encode(blob).decode() for blob in reply.blobs]
                tree |= {"large": places} if places else {}
            yield tree | _loss(answer.lost, answer.words)


def _probes(recording: Recording, large: _Large) -> Iterator[dict[str, Any]]:
    """Yield the answers to single inputs, compressed; what is over the budget is asked again.

    The smallest come first, so that a large one leaves no room for itself only.
    """
    found = [
        (exercise, question, answer)
        for exercise, answers in recording.probes.items()
        for question, answer in answers.items()
    ]
    left = MAX_PROBES
    for exercise, question, answer in sorted(found, key=lambda one: _size(one[2])):
        tree: dict[str, Any] = {"exercise": exercise, "probe": question}
        if answer.reply is not None:
            reply, places, new = large.parted(answer.reply)
            frame = wire.pack(reply)
            tree["bytes"] = len(frame)
            tree["frame"] = base64.b64encode(zlib.compress(frame)).decode()
            tree |= {"large": places} if places else {}
            cost = len(tree["frame"]) + sum(len(data) for _, data in new.values())
            if cost > left:
                continue
            left -= cost
            large.keep(new)
        yield tree | _loss(answer.lost, answer.words)


def _size(answer: Answer) -> int:
    return 0 if answer.reply is None else sum(map(len, answer.reply.blobs))


def _probe(tree: dict[str, Any], lost: Outcome | None, arrays: dict[str, bytes]) -> Answer:
    if "frame" not in tree:
        return Answer(tree["probe"], None, lost, str(tree.get("words", "")))
    message = wire.unpack(_unpacked(tree["frame"], int(tree["bytes"])))
    return Answer(tree["probe"], _whole(message, tree.get("large", {}), arrays), lost)


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
        left_out = dict(head.get("left out", {}))
        recording.left_out = {int(n): tuple(map(str, names)) for n, names in left_out.items()}
        recording.seconds, recording.memory = float(head["seconds"]), int(head["memory"])
        arrays: dict[str, bytes] = {}
        for tree in trees:
            _add(recording, tree, arrays)
    except (
        ValueError, KeyError, TypeError, AttributeError, IndexError,
        msgspec.MsgspecError, wire.WireError, zlib.error,
    ):  # fmt: skip
        return None
    return recording if len(trees) == head["lines"] else None


def _add(recording: Recording, tree: dict[str, Any], arrays: dict[str, bytes]) -> None:
    """Take up one line; large arrays come before the answers that hold them."""
    lost = Outcome(tree["lost"]) if "lost" in tree else None
    if "array" in tree:
        arrays[tree["array"]] = _unpacked(tree["data"], int(tree["bytes"]))
        return
    if "result" in tree:
        recording.results += (ExerciseResult.from_json(tree["result"]),)
        return
    if "probe" in tree:
        recording.probes[tree["exercise"]][tree["probe"]] = _probe(tree, lost, arrays)
        return
    if "cell" in tree:
        recording.cells[int(tree["cell"])] = RecordedCell(
            tree["outputs"], lost, str(tree.get("words", ""))
        )
        return
    reply = None
    if "reply" in tree:
        blobs = tuple(base64.b64decode(blob) for blob in tree["blobs"])
        reply = _whole(wire.Message(tree["reply"], blobs), tree.get("large", {}), arrays)
    answer = Answer(tree["question"], reply, lost, str(tree.get("words", "")))
    recording.answers[tree["exercise"], tree["check"]].append(answer)
