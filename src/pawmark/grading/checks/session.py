"""Runs the hidden checks by pytest, on the trusted side."""

import contextlib
import io
import os
import sys
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import pytest

from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading.checks.asking import StudentAsking
from pawmark.grading.checks.expect import CheckFailed, Drawable
from pawmark.grading.checks.grading import grade
from pawmark.grading.checks.specification import Exercise, Items
from pawmark.grading.checks.student import Student, StudentError
from pawmark.grading.checks.watching import Place, Watcher
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, Exhibit, Outcome
from pawmark.grading.secret import PRACTICE, Secret

CHECKS = "grader_tests"
_DETAIL = 2000

Returned = TypeVar("Returned")


def module_name(exercise: str) -> str:
    """Return the name of the file with the hidden checks of an exercise: `test_02_list_pairs.py`.

    It is the exercise's grade_id with underscores for hyphens. Should two ids differ in nothing
    else, they share the file, and the marks of the checks tell them apart.
    """
    return f"test_{exercise.replace('-', '_')}.py"


def check_folder(course: Path, exercise: str) -> Path:
    """Return the folder with the hidden checks of an exercise's assignment: `grader_tests/NN_name`.

    It is the one whose name begins with the number of the exercise, whatever follows it.

    Raises
    ------
    CourseError
        If the course has none, or more than one.
    """
    number = exercise.split("-")[0]
    found = sorted(path for path in (course / CHECKS).glob(f"{number}_*") if path.is_dir())
    if len(found) == 1:
        return found[0]
    there = ", ".join(path.name for path in found) or "none"
    message = (
        f"the hidden checks of exercise {exercise!r} belong in one folder {CHECKS}/{number}_NAME/ "
        f"of {course}, and there is {there}."
    )
    if old := sorted((course / CHECKS).glob(f"test_{number}_*.py")):
        message += (
            f" {CHECKS}/{old[0].name} is not read: each exercise has a file of its own. Move what "
            f"it holds of this one to {CHECKS}/{old[0].stem.removeprefix('test_')}/"
            f"{module_name(exercise)}."
        )
    raise CourseError(message)


def check_module(course: Path, exercise: str) -> Path:
    """Return the module with the hidden checks of an exercise.

    Raises
    ------
    CourseError
        If the course has none.
    """
    module = check_folder(course, exercise) / module_name(exercise)
    if not module.is_file():
        raise CourseError(
            f"exercise {exercise!r} has no hidden checks: they belong in "
            f"{module.relative_to(course)} of {course}, and that file does not exist."
        )
    return module


class Showable(Protocol):
    """What a check may hand out as data; the course's plugin draws what is of its kind."""

    kind: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""


class CheckSession:
    """The hidden checks of an assignment, collected once; a plug-in of pytest.

    It gives the fixtures, runs the checks of one exercise after another, and keeps what came of
    them. See `with_checks`.

    Parameters
    ----------
    course
        The folder that holds ``grader_tests/``.
    data
        The grader's data.
    guest_root
        The data folder as the student's process sees it.
    seed
        Seed of the hidden inputs of this run.
    secret
        What else is hidden comes from it.
    watcher
        Who wants to see how answers are judged.
    """

    def __init__(
        self,
        course: Path,
        data: courses.Data,
        guest_root: str,
        seed: int,
        secret: Secret,
        watcher: Watcher | None = None,
    ) -> None:
        self.course = course
        self.watcher = watcher
        self.seed = seed
        # Inputs that the whole class shares are drawn with this one.
        self.shared = secret.seed("shared inputs")
        # What the course's own fixtures come from, another plug-in of pytest.
        self.checking = courses.Checking(course, data, guest_root, seed, secret)
        self._items: dict[str, list[pytest.Item]] = {}
        self._specifications: dict[str, Exercise | Items] = {}
        self._errors: dict[Path, list[str]] = {}
        self._student: Student | None = None
        self._begins: Callable[[str], None] | None = None
        self._exercise = ""
        self._found: dict[str, dict[str, Any]] = {}

    def run(
        self,
        exercise: str,
        student: Student,
        max_points: float | None = None,
        begins: Callable[[str], None] | None = None,
        only: Collection[str] | None = None,
    ) -> ExerciseResult:
        """Run the checks of one exercise.

        Parameters
        ----------
        exercise
            The grade_id of the exercise.
        student
            The way to the student's work.
        max_points
            Points of the exercise, split by the checks' weights; by default the weights themselves.
        begins
            Called with the name of each check before it runs.
        only
            Names of the checks to run; by default all of the exercise.

        Raises
        ------
        CourseError
            If there are no checks for the exercise, or their module cannot be imported.
        """
        module = check_module(self.course, exercise)
        if errors := self._errors.get(module):
            raise CourseError(f"{module} cannot be imported:\n" + "\n".join(errors))
        items = self._items.get(exercise, [])
        if exercise in self._specifications:
            return self._run_specified(exercise, student, max_points)
        if not items:
            raise CourseError(f"{module} has no check for exercise {exercise!r}.")
        for item in items:
            if item.path.name != module.name:
                raise CourseError(
                    f"{item.name} in {item.path} is marked as a check of exercise {exercise!r}: "
                    f"move it to {module.name}, or mend its mark."
                )
        weights = {item.name: _weight(item) for item in items}
        scale = 1.0 if max_points is None else max_points / sum(weights.values())
        wanted = [item for item in items if only is None or item.name in only]
        self._student, self._begins, self._exercise = student, begins, exercise
        self._found = {item.name: {"check": item.name, "title": _title(item)} for item in wanted}
        for item in wanted:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return ExerciseResult(
            exercise,
            tuple(_result(entry, weights[name] * scale) for name, entry in self._found.items()),
        )

    def _run_specified(
        self, exercise: str, student: Student, max_points: float | None
    ) -> ExerciseResult:
        specification = self._specifications[exercise]
        if self._items.get(exercise):
            raise CourseError(
                f"exercise {exercise!r} has a specification and test functions besides: only one "
                "of them can decide."
            )
        asking = StudentAsking(student, specification.seconds)
        points = 1.0 if max_points is None else max_points
        shared = isinstance(specification, Exercise) and specification.shared
        seed = self.shared if shared else self.seed
        return grade(specification, asking, seed, points, self.watcher)

    @pytest.fixture
    def student(self) -> Student:
        """Return what asks the student's work."""
        assert self._student is not None, "checks run within `run` only"
        return self._student

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Return random numbers that are fresh for each run and check."""
        return np.random.default_rng([self.seed, zlib.crc32(request.node.name.encode())])

    @pytest.fixture
    def secret(self) -> Secret:
        """Return what hidden things come from that are the same for all hand-ins."""
        return self.checking.secret

    @pytest.fixture
    def hand_out(self, request: pytest.FixtureRequest) -> Callable[[Drawable | Showable], None]:
        """Return what shows the student a picture or an exhibit of the course, passed or not."""
        entry = self._found[request.node.name]

        def hand_out(shown: Drawable | Showable) -> None:
            if isinstance(shown, Drawable):
                entry["picture"] = shown.draw()
            else:
                entry["exhibit"] = Exhibit(shown.kind, shown.to_json())

        return hand_out

    def pytest_configure(self, config: pytest.Config) -> None:
        """Declare the mark."""
        config.addinivalue_line("markers", "cell(exercise, points): a hidden check")

    def pytest_pycollect_makeitem(self, collector: pytest.Collector, name: str, obj: Any) -> Any:
        """Collect the specifications that a module holds."""
        if isinstance(obj, Exercise | Items) and isinstance(collector, pytest.Module):
            return _Specified.from_parent(collector, name=name, specification=obj)
        return None

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort the checks by exercise, each in the order of its module."""
        for item in items:
            if isinstance(item, _Specified):
                self._specifications[item.specification.name] = item.specification
                continue
            mark = item.get_closest_marker("cell")
            if mark is not None and mark.args:
                self._items.setdefault(mark.args[0], []).append(item)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Say which check asks from here on."""
        if self._begins is not None:
            self._begins(item.name)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what made a module unreadable."""
        if report.failed:
            module = self.course / CHECKS / report.nodeid.split("::")[0]
            self._errors.setdefault(module, []).append(str(report.longrepr)[-_DETAIL:])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        """Turn what a check raised into its outcome."""
        report = yield
        entry = self._found[item.name]
        if call.excinfo is not None and "outcome" not in entry:
            if self.watcher is not None:
                self.watcher.refused(self._exercise, item.name, _place(item, call.excinfo))
            entry.update(_outcome(call.excinfo.value, str(report.longrepr)))
        elif call.when == "call" and "outcome" not in entry:
            entry["outcome"] = Outcome.PASSED
        return report


class _Specified(pytest.Item):
    """Stands for a specification among what pytest collects; it is not run by pytest."""

    def __init__(self, *, specification: Exercise | Items, **about: Any) -> None:
        super().__init__(**about)
        self.specification = specification

    def runtest(self) -> None:
        """Do nothing: `CheckSession.run` grades by the specification."""


def _place(item: pytest.Item, error: pytest.ExceptionInfo[BaseException]) -> Place:
    """Return the last line of the check's own file that an error came through."""
    own = [entry for entry in error.traceback if Path(str(entry.path)) == item.path]
    last = own[-1] if own else error.traceback[-1]
    names = {**last.frame.f_globals, **last.frame.f_locals}
    return Place(str(last.path), last.lineno + 1, str(last.statement).strip(), names)


def _weight(item: pytest.Item) -> float:
    mark = item.get_closest_marker("cell")
    return float(mark.kwargs.get("points", 1)) if mark is not None else 1.0


def _title(item: pytest.Item) -> str:
    said = getattr(getattr(item, "obj", None), "__doc__", None) or item.name
    return str(said).strip().splitlines()[0]


def _result(entry: dict[str, Any], worth: float) -> CheckResult:
    entry.setdefault("outcome", Outcome.GRADER_ERROR)
    points = worth if entry["outcome"] is Outcome.PASSED else 0.0
    return CheckResult(points=points, max_points=worth, **entry)


def _outcome(error: BaseException, text: str) -> dict[str, Any]:
    if isinstance(error, CheckFailed):
        found: dict[str, Any] = {
            "outcome": Outcome.FAILED,
            "message": error.message,
            "got": error.got,
            "expected": error.expected,
        }
        if error.picture is not None:
            found["picture"] = error.picture.draw()
        return found
    if isinstance(error, StudentError):
        return {"outcome": error.outcome, "message": str(error), "detail": error.detail}
    message = "the check itself failed; a person will look at this"
    return {"outcome": Outcome.GRADER_ERROR, "message": message, "detail": text[-_DETAIL:]}


def with_checks(
    exercises: Iterable[str], session: CheckSession, body: Callable[[CheckSession], Returned]
) -> Returned:
    """Collect the checks of some exercises, and do something that runs them; return what it does.

    To collect takes pytest longer than all checks of an exercise, so it is done once for all.

    Parameters
    ----------
    exercises
        Grade_ids; an exercise without a module of checks fails only when it is run.
    session
        Not used before.
    body
        Called once, within pytest. Whatever it raises is raised here.
    """
    modules: dict[Path, None] = {}
    for exercise in exercises:
        with contextlib.suppress(CourseError):
            modules[check_module(session.course, exercise)] = None
    if not modules:
        return body(session)
    loop = _Loop(session, body)
    folder = session.course / CHECKS
    options = [*_OPTIONS, f"--rootdir={folder}", f"--confcutdir={folder}"]
    said = io.StringIO()
    own = courses.plugin().fixtures(session.checking)
    plugins = [session, *([] if own is None else [own]), loop]
    with (
        _without_options_of_others(),
        packages({module.parent for module in modules}),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
        pytest.main([*options, *map(str, modules)], plugins=plugins)
    return loop.outcome(said.getvalue())


class _Loop(Generic[Returned]):
    """A plug-in that lets something else than pytest's own loop run the checks."""

    def __init__(self, session: CheckSession, body: Callable[[CheckSession], Returned]) -> None:
        self._begin: Callable[[], Returned] = lambda: body(session)
        self._returned: list[Returned] = []
        self._raised: BaseException | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> bool:
        """Stand for the loop of pytest; modules that could not be collected do not stop it."""
        try:
            self._returned.append(self._begin())
        except BaseException as error:  # pytest would print it and go on
            self._raised = error
        return True

    def outcome(self, said: str) -> Returned:
        """Return or raise what came of it."""
        if self._raised is not None:
            raise self._raised
        if not self._returned:
            raise CourseError(f"pytest could not collect the checks.\n{said[-_DETAIL:]}")
        return self._returned[0]


def run_exercise(
    exercise: str,
    student: Student,
    course: Path,
    guest_root: str,
    seed: int,
    data: courses.Data,
) -> ExerciseResult:
    """Run the hidden checks of one exercise alone, with their weights for points.

    This is for trying out, and no grading: nothing that is hidden comes from a course's secret.

    Parameters
    ----------
    exercise, student
        As for `CheckSession.run`.
    course, data, guest_root, seed
        As for `CheckSession`.

    Raises
    ------
    CourseError
        If there are no checks for the exercise, or their module cannot be imported.
    """
    session = CheckSession(course, data, guest_root, seed, PRACTICE)
    return with_checks([exercise], session, lambda checks: checks.run(exercise, student))


_OPTIONS = (
    "--disable-plugin-autoload",  # plug-ins of the surrounding environment are not ours to trust
    "-c", os.devnull,
    "-p", "no:cacheprovider",
    "-p", "no:warnings",
    "-p", "no:logging",
    "-p", "no:faulthandler",
    "-p", "no:unraisableexception",
    "-p", "no:threadexception",
    # Each file of checks costs what pytest does around it: these plug-ins serve no check.
    *(f"-pno:{name}" for name in ("doctest", "junitxml", "pastebin", "stepwise", "subtests")),
    *(f"-pno:{name}" for name in ("setuponly", "setupplan", "legacypath", "unittest")),
    "--import-mode=importlib",
    "--assert=plain",  # rewriting a module for better messages takes as long as its checks
    "--tb=native",  # pytest's own tracebacks parse the whole module for every failed check
    "-q",
    "-s",
)  # fmt: skip


@contextlib.contextmanager
def _without_options_of_others() -> Iterator[None]:
    """Hide what the surroundings tell every pytest to do: it is no matter of hidden checks."""
    hidden = {
        "PYTEST_ADDOPTS": os.environ.pop("PYTEST_ADDOPTS", None),
        "PYTEST_PLUGINS": os.environ.pop("PYTEST_PLUGINS", None),
    }
    try:
        yield
    finally:
        os.environ.update({name: value for name, value in hidden.items() if value is not None})


@contextlib.contextmanager
def packages(folders: Collection[Path]) -> Iterator[None]:
    """Make packages of folders of checks for a while, so that modules can import their neighbours.

    Pytest calls a module by its path below ``--rootdir`` (``02_data_loading.test_02_list_pairs``)
    and adds it to the package of that name, which is made here: from ``__init__.py`` pytest makes
    none where a name begins with a digit. No folder comes into ``sys.path``, so a neighbour's name
    hides no installed module. In the end all of it is forgotten: an instructor's edit counts at
    once, and the next course may have folders and modules of the same names.
    """
    names = {folder.name for folder in folders}
    for folder in folders:
        package = ModuleType(folder.name, "Hidden checks of one assignment.")
        package.__path__ = [str(folder)]
        sys.modules[folder.name] = package
    try:
        yield
    finally:
        for name in list(sys.modules):
            if name.split(".")[0] in {*names, "conftest"}:
                del sys.modules[name]
