"""The record of a graded submission: its type, its file, and the only place that reads it.

Grading leaves ``ASSIGNMENT.record.json`` beside each notebook under ``autograded/``. The file names
the version of its form. This version and the one before are read; what else there is gets a message
with the command that mends it.
"""

import dataclasses
import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from pawmark.errors import CourseError
from pawmark.grading.course_folder import AUTOGRADED, RECORD_SUFFIX
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, Outcome

VERSION = 2
# The files of version 1 do not say so.
_UNNUMBERED = 1
# Every record, for those who leave files out by pattern: it holds hidden seeds.
PATTERN = f"*{RECORD_SUFFIX}"
# Between the keys of the recordings of a submission of several notebooks.
JOINED = "+"


@dataclass(frozen=True)
class Run:
    """What running a submission took.

    Attributes
    ----------
    seconds
        How long the student's code ran.
    memory
        The most bytes that it was seen to use; 0 where nothing was seen.
    """

    seconds: float
    memory: int


@dataclass(frozen=True)
class Record:
    """What came of grading one submission.

    Attributes
    ----------
    student, assignment
        Whose it is, and of what.
    repairs
        What had to be mended in the notebook before it ran.
    graded
        The name of the file that was graded.
    for_a_person
        Why a person should look at it: the exercise, or None for the whole, and the reason.
    sandbox
        The sandbox in which the student's code ran: ``bubblewrap``, ``landlock`` or ``none``.
    data
        The identity of the data it ran on.
    recording
        The key of the recording it was graded from.
    handed_in
        The checksums of the files handed in beside the notebook, by name.
    checks
        The digest of the hidden checks.
    seed
        The hidden seed.
    seconds
        How long grading took.
    run
        What the student's code took of that.
    exercises
        The results, in the order of the notebook.
    secret
        The name of the course's secret, which tells nothing about it; empty in files of a Pawmark
        whose courses had none.
    left_out
        The names of the cells that were not run, as no grade needs them.
    submitted
        The digest of all that was handed in; empty in files of a Pawmark that kept none.
    """

    student: str
    assignment: str
    repairs: tuple[str, ...]
    graded: str
    for_a_person: tuple[tuple[str | None, str], ...]
    sandbox: str
    data: str
    recording: str
    handed_in: dict[str, str]
    checks: str
    seed: int
    seconds: float
    run: Run
    exercises: tuple[ExerciseResult, ...]
    secret: str = ""
    left_out: tuple[str, ...] = ()
    submitted: str = ""

    @property
    def points(self) -> float:
        """Points reached."""
        return round(sum(exercise.points for exercise in self.exercises), 6)

    @property
    def max_points(self) -> float:
        """Points that could be reached."""
        return round(sum(exercise.max_points for exercise in self.exercises), 6)

    @property
    def needs_person(self) -> bool:
        """Whether a person is asked, by an error of the grader or by a doubt."""
        return bool(self.for_a_person) or any(e.needs_person for e in self.exercises)

    @property
    def unread(self) -> str:
        """Why nothing that was handed in could be graded; empty where something could."""
        checks = [check for exercise in self.exercises for check in exercise.checks]
        read = not checks or any(check.outcome is not Outcome.UNREAD for check in checks)
        return "" if read else checks[0].message

    def doubts_about(self, exercise: str) -> list[str]:
        """Return the reasons why a person should look at an exercise."""
        return [reason for name, reason in self.for_a_person if name in (None, exercise)]

    @property
    def lost(self) -> Iterator[tuple[str, CheckResult]]:
        """Yield the exercise and the check of every point lost."""
        for exercise in self.exercises:
            for check in exercise.checks:
                if check.outcome is not Outcome.PASSED:
                    yield exercise.exercise, check

    def summary(self) -> dict[str, Any]:
        """Return what an instructor wants to know, with its sums, as a JSON object."""
        return {
            "student": self.student,
            "assignment": self.assignment,
            "points": self.points,
            "max_points": self.max_points,
            "needs_person": self.needs_person,
            "for_a_person": [list(doubt) for doubt in self.for_a_person],
            "graded": self.graded,
            "sandbox": self.sandbox,
            "repairs": list(self.repairs),
            "seconds": self.seconds,
            "exercises": [exercise.to_json() for exercise in self.exercises],
        }

    def to_bytes(self) -> bytes:
        """Return the record as the content of its file."""
        tree = {"version": VERSION, **dataclasses.asdict(self)}
        tree["exercises"] = [exercise.to_json() for exercise in self.exercises]
        return json.dumps(tree, indent=1).encode()


# What `Record.summary` has, for whom no record is of: every student has the same keys.
NOTHING_RECORDED: dict[str, Any] = {
    "points": None,
    "max_points": None,
    "needs_person": False,
    "for_a_person": [],
    "graded": "",
    "sandbox": "",
    "repairs": [],
    "seconds": None,
    "exercises": [],
}


def name_of(assignment: str) -> str:
    """Return the name of the file that holds the record of an assignment's notebook."""
    return f"{assignment}{RECORD_SUFFIX}"


def path_of(course: Path, student: str, assignment: str) -> Path:
    """Return where the record of a graded submission lies."""
    found = paths_of(course, student, assignment)
    return found[0] if found else _folder_of(course, student, assignment) / name_of(assignment)


def paths_of(course: Path, student: str, assignment: str) -> list[Path]:
    """Return the records of a graded submission: one for each notebook."""
    return _records_in(_folder_of(course, student, assignment))


def _folder_of(course: Path, student: str, assignment: str) -> Path:
    return course / AUTOGRADED / student / assignment


def _records_in(folder: Path) -> list[Path]:
    """Return the records in a folder; other files that are called so came with a submission.

    A record lies beside the notebook that it is of, and there only.
    """
    paths = sorted(folder.glob(PATTERN))
    graded = {name_of(path.stem) for path in folder.glob("*.ipynb")}
    return [path for path in paths if path.name in (graded or {name_of(folder.name)})]


def find(autograded: Path) -> list[Path]:
    """Return the records under a folder, by student and assignment."""
    folders = sorted({path.parent for path in Path(autograded).glob(f"*/*/{PATTERN}")})
    return [path for folder in folders for path in _records_in(folder)]


def read_all(autograded: Path) -> list[Record]:
    """Read the record of every submission under a folder, by student and assignment.

    Raises
    ------
    CourseError
        As `read` does.
    """
    by_folder = groupby(find(autograded), lambda path: path.parent)
    return [_as_one(list(map(read, paths))) for _, paths in by_folder]


def of_submission(course: Path, student: str, assignment: str) -> Record:
    """Read what was graded of a submission, all notebooks of it.

    Raises
    ------
    CourseError
        As `read` does.
    """
    found = paths_of(course, student, assignment) or [path_of(course, student, assignment)]
    return _as_one(list(map(read, found)))


def by_notebook(course: Path, student: str, assignment: str) -> list[tuple[str, Record]]:
    """Read what was graded of each notebook of a submission, by its name.

    Raises
    ------
    CourseError
        As `read` does.
    """
    found = paths_of(course, student, assignment)
    return [(path.name.removesuffix(RECORD_SUFFIX), read(path)) for path in found]


def _as_one(records: list[Record]) -> Record:
    """Return the records of a submission's notebooks as one."""
    first = records[0]
    if len(records) == 1:
        return first
    return dataclasses.replace(
        first,
        repairs=tuple(line for one in records for line in one.repairs),
        graded=", ".join(one.graded for one in records),
        for_a_person=tuple(doubt for one in records for doubt in one.for_a_person),
        recording=JOINED.join(one.recording for one in records),
        handed_in={name: sum_ for one in records for name, sum_ in one.handed_in.items()},
        seconds=round(sum(one.seconds for one in records), 2),
        run=Run(
            round(sum(one.run.seconds for one in records), 2),
            max(one.run.memory for one in records),
        ),
        exercises=tuple(result for one in records for result in one.exercises),
        left_out=tuple(name for one in records for name in one.left_out),
    )


def read(path: Path) -> Record:
    """Read one record.

    Raises
    ------
    CourseError
        When the file is no record, or of a version that is not read; the message names the file and
        the command that mends it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _damaged(path, error) from error
    return from_bytes(data, path)


def from_bytes(data: bytes, path: Path) -> Record:
    """Rebuild a record from the content of its file.

    Parameters
    ----------
    data
        What `Record.to_bytes` returned, in this version or in the one before.
    path
        Where it lay: messages name it.

    Raises
    ------
    CourseError
        As `read` does.
    """
    try:
        # By json: a training that went astray has NaN in it.
        tree = _of_this_version(json.loads(data.decode("utf-8")), path)
        return msgspec.convert(tree, Record)
    except (
        ValueError, TypeError, KeyError, AttributeError, RecursionError, msgspec.MsgspecError,
    ) as error:  # fmt: skip
        raise _damaged(path, error) from error


def _of_this_version(tree: Any, path: Path) -> dict[str, Any]:
    if not isinstance(tree, dict):
        raise ValueError("it holds something else than a JSON object")
    version = tree.get("version", _UNNUMBERED)
    if type(version) is not int:
        raise ValueError("its version is no whole number")
    if version > VERSION:
        raise CourseError(
            f"{path} was written by a newer Pawmark: it is a record of version {version}, and this "
            f"Pawmark reads up to version {VERSION}. Update it: pip install --upgrade pawmark"
        )
    if version < VERSION - 1:
        raise CourseError(
            f"{path} was written by an older Pawmark: it is a record of version {version}, and "
            f"this Pawmark reads versions {VERSION - 1} and {VERSION}. Grade that assignment "
            f"again: nbgrader autograde {shlex.quote(path.parent.name)} --force"
        )
    return tree if version == VERSION else _of_version_1(tree)


def _of_version_1(tree: dict[str, Any]) -> dict[str, Any]:
    """Bring a record of the version before into today's form.

    The earliest ones did not say what was graded: then there was one notebook, called like its
    assignment. Nor did they ask for a person by a list.
    """
    exercises = [
        {**exercise, "checks": [_check_of_version_1(check) for check in exercise["checks"]]}
        for exercise in tree["exercises"]
    ]
    named = {"recording" if name == "tape" else name: value for name, value in tree.items()}
    not_said = {"graded": f"{tree.get('assignment')}.ipynb", "for_a_person": []}
    return {**not_said, **named, "exercises": exercises}


def _check_of_version_1(check: dict[str, Any]) -> dict[str, Any]:
    """Take a training's curve, once the only thing that a check could show, for an exhibit."""
    training = check.get("training")
    shown = {"kind": "training", "data": training} if training else None
    return {**check, "exhibit": check.get("exhibit") or shown}


def _damaged(path: Path, error: Exception) -> CourseError:
    assignment, student = (shlex.quote(p.name) for p in (path.parent, path.parent.parent))
    reason = f"{error} is missing" if isinstance(error, KeyError) else error
    return CourseError(
        f"{path} is not a record of grading ({reason}). Grade that submission again: "
        f"nbgrader autograde {assignment} --student {student} --force"
    )
