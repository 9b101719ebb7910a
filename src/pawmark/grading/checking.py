"""Runs the hidden checks of one exercise by pytest, on the trusted side."""

import contextlib
import io
import os
import sys
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pawmark import pets as data_sets
from pawmark.checks import CheckFailed
from pawmark.errors import CourseError
from pawmark.grading.outcomes import CheckResult, ExerciseResult, Outcome
from pawmark.grading.student import Student, StudentError

GRADING_SEED = 271828
# So many photographs of a folder are opened before grading, which takes a few seconds.
OPEN = 500
_DETAIL = 2000


class GradingPets:
    """The grader's data set, with paths as the student's process sees them.

    Parameters
    ----------
    data
        The data set on the trusted side.
    guest_root
        The folder under which the student's process sees it.
    """

    def __init__(self, data: data_sets.Pets, guest_root: str) -> None:
        self.data = data
        self.names = data.names
        self.kind = data.kind
        self.identity = data.identity
        self.images_dir = f"{guest_root}/images"
        self.trimaps_dir = f"{guest_root}/annotations/trimaps"

    def image(self, name: str) -> str:
        """Return the path of a photograph."""
        return f"{self.images_dir}/{name}.jpg"

    def mask(self, name: str) -> str:
        """Return the path of a trimap."""
        return f"{self.trimaps_dir}/{name}.png"

    def read_image(self, name: str, size: tuple[int, int] | None = None) -> np.ndarray:
        """Read a photograph: uint8 (H, W, 3)."""
        return self.data.read_image(name, size)

    def read_trimap(self, name: str, size: tuple[int, int] | None = None) -> np.ndarray:
        """Read a trimap: uint8 (H, W) with 1, 2, 3."""
        return self.data.read_trimap(name, size)


def grading_data() -> data_sets.Pets:
    """Return the data that grading uses: ``PAWMARK_DATA``, or a set of another seed."""
    if os.environ.get("PAWMARK_DATA"):
        return data_sets.dataset(most=OPEN)
    return data_sets.synthetic(seed=int(os.environ.get("PAWMARK_GRADING_SEED", GRADING_SEED)))


def check_module(course: Path, exercise: str) -> Path:
    """Return the module of hidden checks to which an exercise belongs.

    Raises
    ------
    CourseError
        If the course has none, or more than one.
    """
    number = exercise.split("-")[0]
    found = sorted((course / "grader_tests").glob(f"test_{number}_*.py"))
    if len(found) != 1:
        raise CourseError(
            f"exercise {exercise!r} needs one module grader_tests/test_{number}_*.py in {course}, "
            f"and there are {len(found)}."
        )
    return found[0]


@dataclass
class _Checks:
    """A pytest plug-in: gives the fixtures, selects one exercise, keeps the results."""

    exercise: str
    door: Student
    grading_pets: GradingPets
    seed: int
    max_points: float | None
    begins: Callable[[str], None] | None = None
    only: Collection[str] | None = None
    weights: dict[str, float] = field(default_factory=dict)
    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    collection_errors: list[str] = field(default_factory=list)

    @pytest.fixture
    def student(self) -> Student:
        """Return the door to the student's work."""
        return self.door

    @pytest.fixture
    def pets(self) -> GradingPets:
        """Return the grader's data as the student's process sees it."""
        return self.grading_pets

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Return random numbers that are fresh for each run and check."""
        return np.random.default_rng([self.seed, zlib.crc32(request.node.name.encode())])

    def pytest_configure(self, config: pytest.Config) -> None:
        """Declare the mark."""
        config.addinivalue_line("markers", "cell(exercise, points): a hidden check")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the checks of one exercise."""
        items[:] = [item for item in items if self._belongs(item)]

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Say which check asks from here on."""
        if self.begins is not None:
            self.begins(item.name)

    def _belongs(self, item: pytest.Item) -> bool:
        mark = item.get_closest_marker("cell")
        if mark is None or mark.args[:1] != (self.exercise,):
            return False
        self.weights[item.name] = float(mark.kwargs.get("points", 1))
        if self.only is not None and item.name not in self.only:
            return False
        title = (getattr(item.obj, "__doc__", None) or item.name).strip().splitlines()[0]
        self.found[item.name] = {"check": item.name, "title": title}
        return True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what made a module unreadable."""
        if report.failed:
            self.collection_errors.append(str(report.longrepr)[-_DETAIL:])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo) -> Any:
        """Turn what a check raised into its outcome."""
        report = yield
        entry = self.found[item.name]
        if call.excinfo is not None and "outcome" not in entry:
            entry.update(_outcome(call.excinfo.value, str(report.longrepr)))
        elif call.when == "call" and "outcome" not in entry:
            entry["outcome"] = Outcome.PASSED
        return report

    @cached_property
    def scale(self) -> float:
        """Return the points of a unit of weight."""
        total = sum(self.weights.values())
        return 1.0 if self.max_points is None else self.max_points / total

    def result(self) -> ExerciseResult:
        """Return the results in the order of the module."""
        checks = []
        for name, entry in self.found.items():
            worth = self.weights[name] * self.scale
            entry.setdefault("outcome", Outcome.GRADER_ERROR)
            points = worth if entry["outcome"] is Outcome.PASSED else 0.0
            checks.append(CheckResult(points=points, max_points=worth, **entry))
        return ExerciseResult(self.exercise, tuple(checks))


def _outcome(error: BaseException, text: str) -> dict[str, Any]:
    if isinstance(error, CheckFailed):
        return {
            "outcome": Outcome.FAILED,
            "message": error.message,
            "got": error.got,
            "expected": error.expected,
        }
    if isinstance(error, StudentError):
        return {"outcome": error.outcome, "message": str(error), "detail": error.detail}
    message = "the check itself failed; a person will look at this"
    return {"outcome": Outcome.GRADER_ERROR, "message": message, "detail": text[-_DETAIL:]}


def run_exercise(
    exercise: str,
    door: Student,
    course: Path,
    guest_root: str,
    seed: int,
    max_points: float | None = None,
    data: data_sets.Pets | None = None,
    begins: Callable[[str], None] | None = None,
    only: Collection[str] | None = None,
) -> ExerciseResult:
    """Run the hidden checks of one exercise.

    Parameters
    ----------
    exercise
        The grade_id of the exercise.
    door
        The way to the student's work.
    course
        The folder that holds ``grader_tests/``.
    guest_root
        The data folder as the student's process sees it.
    seed
        Seed of the hidden inputs of this run.
    max_points
        Points of the exercise, split by the checks' weights; by default the weights themselves.
    data
        The grader's data; by default `grading_data`.
    begins
        Called with the name of each check before it runs.
    only
        Names of the checks to run; by default all of the exercise.

    Raises
    ------
    CourseError
        If there are no checks for the exercise, or their module cannot be imported.
    """
    module = check_module(course, exercise)
    pets = GradingPets(data or grading_data(), guest_root)
    plugin = _Checks(exercise, door, pets, seed, max_points, begins, only)
    _forget_modules(module.parent)
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        folder = module.parent
        options = [*_OPTIONS, f"--rootdir={folder}", f"--confcutdir={folder}"]
        pytest.main([*options, str(module)], plugins=[plugin])
    if plugin.collection_errors:
        raise CourseError(f"{module} cannot be imported:\n" + "\n".join(plugin.collection_errors))
    if not plugin.found:
        raise CourseError(f"{module} has no check for exercise {exercise!r}.\n{output.getvalue()}")
    return plugin.result()


_OPTIONS = (
    "--disable-plugin-autoload",  # plug-ins of the surrounding environment are not ours to trust
    "-c", os.devnull,
    "-p", "no:cacheprovider",
    "-p", "no:warnings",
    "-p", "no:logging",
    "-p", "no:faulthandler",
    "-p", "no:unraisableexception",
    "-p", "no:threadexception",
    "--import-mode=importlib",
    "--assert=plain",  # rewriting a module for better messages takes as long as its checks
    "--tb=native",  # pytest's own tracebacks parse the whole module for every failed check
    "-q",
    "-s",
)  # fmt: skip


def _forget_modules(folder: Path) -> None:
    """Forget imported check modules, so that an instructor's edit counts at once."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and Path(file).parent == folder:
            del sys.modules[name]
