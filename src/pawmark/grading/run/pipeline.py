"""One submission: how it is mended, and the circumstances under which its code is run."""

import dataclasses
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from nbformat import NotebookNode

from pawmark import pets, profiles
from pawmark.errors import CourseError
from pawmark.grading.boundary.limits import Limits
from pawmark.grading.checks.session import CHECKS
from pawmark.grading.course_folder import source_notebook
from pawmark.grading.intake import stand_in
from pawmark.grading.intake.beside import read_course_files
from pawmark.grading.intake.choosing import choose
from pawmark.grading.intake.finding import find
from pawmark.grading.intake.rebuild import Repaired, unreadable
from pawmark.grading.intake.release_form import release_of
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, Outcome
from pawmark.grading.run import recording
from pawmark.grading.run.execution import CHECK_SUFFIX, Execution
from pawmark.grading.sandbox import choice
from pawmark.grading.session import warm
from pawmark.grading.session.kernel import StudentKernel
from pawmark.vision import precomputed

DEFAULT_TIMEOUT = 60.0
GPU_PATIENCE = 10.0  # under `gpu`, limits of time are those of `quick` this many times
DEFAULT_BUDGET = 3600.0


@dataclass(frozen=True)
class Circumstances:
    """What decides, beside the notebook, the data and the libraries, what student code does.

    Attributes
    ----------
    sandboxed
        False only where the instructor has opted out.
    timeout
        Seconds for a cell or a question.
    budget
        Seconds for everything that runs of the submission.
    limits
        What all processes of the submission may use together.
    seed
        The seed of the hidden inputs where it is given; else each run draws one.
    """

    sandboxed: bool
    timeout: float
    budget: float
    limits: Limits
    seed: str | None

    @classmethod
    def here(cls, sandboxed: bool) -> "Circumstances":
        """Return those of this machine and its environment variables."""
        timeout = seconds_of("PAWMARK_CELL_TIMEOUT", DEFAULT_TIMEOUT) * _patience()
        budget = seconds_of("PAWMARK_SUBMISSION_TIMEOUT", DEFAULT_BUDGET) * _patience()
        return cls(sandboxed, timeout, budget, _limits(), os.environ.get("PAWMARK_SEED"))

    @classmethod
    def from_json(cls, tree: dict[str, Any]) -> "Circumstances":
        """Rebuild circumstances from `to_json`."""
        return cls(**{**tree, "limits": Limits(**tree["limits"])})

    def to_json(self) -> dict[str, Any]:
        """Return the circumstances as a JSON object."""
        return dataclasses.asdict(self)

    def key_of(
        self,
        notebook: NotebookNode,
        undone: frozenset[str],
        data: pets.Pets,
        beside: Mapping[str, bytes],
    ) -> str:
        """Return the name of the tape of a repaired notebook, with the files that lie beside it."""
        return recording.key_of(
            notebook,
            undone=sorted(undone),
            data=data.identity,
            sandboxed=self.sandboxed and choice.chosen(),
            timeout=self.timeout,
            budget=self.budget,
            limits=self.limits,
            seed=self.seed,
            beside={name: hashlib.sha256(data).hexdigest() for name, data in beside.items()},
        )

    def execution(
        self,
        notebook: NotebookNode,
        undone: frozenset[str],
        course: Path,
        data: pets.Pets,
        told: dict[str, str],
        beside: Mapping[str, bytes],
        old: recording.Tape | None = None,
    ) -> Execution:
        """Return the run of a repaired notebook, not yet begun; see `Execution`."""
        sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        imported = warm.libraries_for(sources)

        def new_kernel() -> StudentKernel:
            precomputed.make(data, sources)
            return choice.student_kernel(data.root, self.sandboxed, self.limits, imported)

        return Execution(
            notebook=notebook,
            undone=undone,
            course=course,
            data=data,
            guest_root=choice.guest_data(data.root, self.sandboxed),
            new_kernel=new_kernel,
            seed=int(self.seed or secrets.randbits(32)),
            timeout=self.timeout,
            patience=_patience(),
            budget=self.budget,
            about=told,
            beside=beside,
            old=old,
        )


def seconds_of(name: str, otherwise: float) -> float:
    """Return a time limit from the environment.

    Raises
    ------
    CourseError
        When it is no number above zero.
    """
    text = os.environ.get(name) or str(otherwise)
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not value > 0:
        raise CourseError(f"{name} is {text!r}: seconds are wanted, a number above 0.")
    return value


def _patience() -> float:
    return GPU_PATIENCE if profiles.current() is profiles.GPU else 1.0


def _limits() -> Limits:
    """Return the limits on a submission: what the machine allows, or ``PAWMARK_MEMORY_GB``."""
    gigabytes = os.environ.get("PAWMARK_MEMORY_GB")
    if gigabytes:
        return Limits(memory=int(float(gigabytes) * (1 << 30)))
    # The chapter's sizes are some 4 GiB of arrays before anything is trained.
    wanted = Limits.memory * (4 if profiles.current() is profiles.GPU else 1)
    return Limits(memory=min(wanted, psutil.virtual_memory().total // 4 * 3))


def opted_out() -> bool:
    """Tell whether the instructor has chosen to grade without a sandbox."""
    return choice.chosen() == choice.NONE


def repair_submission(source: Path, folder: Path, course: Path) -> Repaired:
    """Rebuild what was handed in, on the release of the source notebook.

    Parameters
    ----------
    source
        The source notebook of the assignment.
    folder
        The submission: hostile files.
    course
        Where release forms are kept, and handed-in checkpoints, if it is graded without training.
    """
    pristine = release_of(source.read_bytes(), course)
    trains = not stand_in.wanted()
    course_files = read_course_files(source.parent)
    try:
        found = find(folder)
        if not trains:  # what was trained comes on another way
            found.beside = [file for file in found.beside if file.data]
        repaired = choose(pristine, found, source.name, course_files)
    except Exception as error:  # whatever reading meets: it is kept to this one submission
        return unreadable(pristine, f"reading it failed ({type(error).__name__})")
    return repaired if trains else stand_in.replace_training(repaired, folder, course)


def judged(results: dict[str, ExerciseResult], repaired: Repaired) -> dict[str, ExerciseResult]:
    """Say the true reason where nothing could be graded: then no exercise is "not attempted"."""
    if not repaired.unread:
        return results
    return {name: _unread(result, repaired.unread) for name, result in results.items()}


def _unread(result: ExerciseResult, reason: str) -> ExerciseResult:
    check = CheckResult(
        check=result.exercise,
        title="Nothing that was handed in could be graded.",
        outcome=Outcome.UNREAD,
        points=0.0,
        max_points=result.max_points,
        message=f"{reason}. A person will look at it",
    )
    return ExerciseResult(result.exercise, (check,))


def undone_of(notebook: NotebookNode, repaired: Repaired) -> frozenset[str]:
    """Return the exercises that need no run to be called not attempted.

    Code in other cells may answer an exercise too, so with such code all are run.
    """
    if repaired.free_code:
        return frozenset()
    ids = {cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in notebook.cells}
    if not repaired.attempted:
        ids |= {grade_id.removesuffix(CHECK_SUFFIX) for grade_id in ids}
    return frozenset(ids) - repaired.attempted


def hidden_checks(course: Path, assignment: str) -> dict[str, bytes]:
    """Return the files that the checks of an assignment consist of, by path in the course.

    Those are its own folder of checks and what all share; the folders of others are left out.
    """
    own = tuple(f"{number}_" for number in _numbers(course, assignment))
    root = course / CHECKS
    others = {
        module.parent
        for module in root.glob("*/test_*.py")
        if not module.parent.name.startswith(own)
    }
    return {
        path.relative_to(course).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and not {"__pycache__", ".pytest_cache"} & set(path.parts)
        and others.isdisjoint(path.parents)
    }


def _numbers(course: Path, assignment: str) -> set[str]:
    """Return the numbers with which the ids of an assignment's exercises begin."""
    text = source_notebook(course, assignment).read_text(encoding="utf-8")
    settings = [cell["metadata"].get("nbgrader", {}) for cell in json.loads(text)["cells"]]
    return {entry["grade_id"].split("-")[0] for entry in settings if "grade_id" in entry}


def digest_of(checks: dict[str, bytes]) -> str:
    """Return the digest of hidden checks."""
    tree = {name: hashlib.sha256(data).hexdigest() for name, data in checks.items()}
    return hashlib.sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest()[:32]


def about(course: Path, assignment: str) -> dict[str, str]:
    """Return what a tape says of itself: see `records.Tape`."""
    checks = digest_of(hidden_checks(course, assignment))
    return {"assignment": assignment, "checks": checks}
