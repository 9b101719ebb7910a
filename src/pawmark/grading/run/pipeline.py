"""The one way of a submission: mend, name, load, run or replay, keep.

Whoever grades goes this way: nbgrader's exporter, the workers of this machine, those of a cluster,
the preview of a regrade.
"""

import copy
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath

from nbformat import NotebookNode

from pawmark import settings
from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading import fingerprint
from pawmark.grading.checks.session import CHECKS, check_module
from pawmark.grading.checks.watching import Watcher
from pawmark.grading.course_folder import notebooks_of
from pawmark.grading.intake import stand_in
from pawmark.grading.intake.beside import read_course_files
from pawmark.grading.intake.cells import (
    exercise_of,
    is_always_run,
    is_grade,
    is_solution,
    is_students_own,
    is_tested_inside,
    put_tests_in,
)
from pawmark.grading.intake.choosing import choose, weigher
from pawmark.grading.intake.finding import find, is_absent, without_files
from pawmark.grading.intake.forms import Forms
from pawmark.grading.intake.kernels import PYTHON, kernel_of
from pawmark.grading.intake.rebuild import Doubt, Repaired, nothing_asked, unreadable
from pawmark.grading.intake.release_form import forms_of
from pawmark.grading.intake.times import TIMELESS, has_no_time
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, Outcome
from pawmark.grading.run import course_secret, proven, recording, seeds
from pawmark.grading.run.execution import Execution
from pawmark.grading.run.explaining import explained
from pawmark.grading.run.run_settings import RunSettings, patience
from pawmark.grading.run.slices import CellText, Slice, asked_for
from pawmark.grading.run.slices import choose as choose_part
from pawmark.grading.sandbox import choice
from pawmark.grading.secret import Secret, of_checks
from pawmark.grading.session import warm
from pawmark.grading.session.kernel import StudentKernel
from pawmark.settings import ALL, HANDED_IN

# By this import a cell of tests names its checks, which an instructor may run from the notebook.
_NAMES_CHECKS = "pawmark.checks"


@dataclass(frozen=True)
class Job:
    """One submission, mended and named: ready to be run, or to be graded from its recording.

    Attributes
    ----------
    course
        The course folder.
    notebook
        The mended notebook; its run writes the outputs into it.
    not_attempted
        Exercises that need no run to be called not attempted.
    beside
        Files that lie in the working folder, by path.
    unread
        Why nothing that was handed in could be graded; empty as a rule.
    commented
        Exercises of whose answers nothing runs: they are commented out.
    doubts
        Why a person should look at what was handed in.
    data
        The grader's data.
    settings
        Sandbox, limits, a seed that was given.
    about
        What its recording says of itself: see `recording.Recording`.
    key
        The name of its recording.
    """

    course: Path
    notebook: NotebookNode
    not_attempted: frozenset[str]
    beside: Mapping[str, bytes]
    unread: str
    commented: frozenset[str]
    doubts: tuple[Doubt, ...]
    data: courses.Data
    settings: RunSettings
    about: dict[str, str]
    key: str

    @cached_property
    def hand_in(self) -> str:
        """The digest of what the student wrote."""
        return seeds.hand_in_of(self.about["assignment"], self.notebook, self.beside)

    def load(self) -> recording.Recording | None:
        """Return the recording of an earlier run, if there is one and it is to be used.

        One of a part of the notebook is not, where all of it is to be run.
        """
        found = None if settings.here.fresh else recording.load(self.course, self.key)
        if found is not None and not found.gave_up and self.settings.seed is None:
            self._keep_seed(found.seed)
        partly = found is not None and bool(found.left_out)
        return None if partly and self.settings.run == ALL else found

    def _keep_seed(self, seed: int) -> None:
        try:
            seeds.keep(self.course, self.hand_in, seed)
        except OSError:  # the recording has it
            return

    def seed(self) -> int:
        """Return the seed of the hidden inputs: the one that was given, or that of the hand-in."""
        given = self.settings.seed
        return seeds.of(self.course, self.hand_in) if given is None else int(given)

    @cached_property
    def secret(self) -> Secret:
        """What else is hidden in the checks of its assignment comes from it."""
        return of_checks(course_secret.of(self.course), self.about["assignment"])

    def begin(self, old: recording.Recording | None) -> Execution:
        """Return the run, not begun; see `execution`."""
        seed = self.seed() if old is None else old.seed
        return execution(
            self.notebook,
            self.not_attempted,
            self.beside,
            self.course,
            self.data,
            self.settings,
            seed,
            self.secret,
            self.about,
            old,
        )

    def run(self, watcher: Watcher | None = None) -> Execution:
        """Run it, or what its recording does not hold, and keep the recording.

        Parameters
        ----------
        watcher
            Who wants to see what checks ask and what is answered.
        """
        done = self.begin(self.load())
        done.watcher = watcher
        done.run()
        if done.learnt:
            recording.save(self.course, self.key, done.recording)
        done.results = _judged(done.results, self.unread)
        done.results = explained(done.results, self.notebook, self.commented)
        return done


def prepare(
    course: Path,
    assignment: str,
    repaired: Repaired,
    data: courses.Data,
    settings: RunSettings,
    notebook: NotebookNode | None = None,
    checks: str | None = None,
) -> Job:
    """Name a mended submission; no code of the student's is run.

    Parameters
    ----------
    course
        The course folder.
    assignment
        Full name of the assignment.
    repaired
        What `repair_submission` gives.
    data
        The grader's data.
    settings
        Sandbox and limits.
    notebook
        The mended notebook where it has been written and read meanwhile, as nbgrader does.
    checks
        The digest of the hidden checks, where it is known: see `digest_of_checks`.
    """
    notebook = repaired.notebook if notebook is None else notebook
    not_attempted = not_attempted_in(notebook, repaired)
    checks = digest_of_checks(hidden_checks(course, assignment)) if checks is None else checks
    beside = repaired.beside
    key = key_of(notebook, not_attempted, beside, data, settings)
    about = {"assignment": assignment, "checks": checks}
    return Job(
        course,
        notebook,
        not_attempted,
        beside,
        repaired.unread,
        repaired.commented,
        repaired.doubts,
        data,
        settings,
        about,
        key,
    )


def key_of(
    notebook: NotebookNode,
    not_attempted: frozenset[str],
    beside: Mapping[str, bytes],
    data: courses.Data,
    settings: RunSettings,
) -> str:
    """Return the name of the recording of a mended notebook, with the files that lie beside it."""
    kernel = kernel_of(notebook)
    return recording.key_of(
        notebook,
        not_attempted=sorted(not_attempted),
        beside={name: hashlib.sha256(file).hexdigest() for name, file in beside.items()},
        data=data.identity,
        settings=settings.deciding(),
        **({} if kernel == PYTHON else {"kernel": kernel}),
    )


def execution(
    notebook: NotebookNode,
    not_attempted: frozenset[str],
    beside: Mapping[str, bytes],
    course: Path,
    data: courses.Data,
    settings: RunSettings,
    seed: int,
    secret: Secret,
    about: Mapping[str, str],
    old: recording.Recording | None = None,
) -> Execution:
    """Return the run of a mended notebook under some settings, not yet begun; see `Execution`."""
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    kernel = kernel_of(notebook)
    imported = warm.libraries_for(sources) if kernel == PYTHON else ()
    if kernel != PYTHON and settings.sandbox == choice.LANDLOCK:
        raise CourseError(
            f"The kernel {kernel!r} needs the sandbox of bubblewrap: that of Landlock locks in the "
            "kernel of Python only. Install bubblewrap, or grade where it works."
        )

    def new_kernel() -> StudentKernel:
        if data.root is not None:
            courses.plugin().precompute(data, "\n".join(sources))
        sandbox = choice.sandbox_of(settings.sandbox, data.root, settings.limits)
        return StudentKernel(sandbox, imported, kernel)

    if old is not None or settings.run == ALL or kernel != PYTHON:
        part = Slice()
    else:
        shown = proven.proven(course, notebook)
        part = part_of(notebook, not_attempted, course, beside, settings.above_written, shown)
    return Execution(
        notebook=notebook,
        not_attempted=not_attempted,
        course=course,
        data=data,
        guest_root=choice.guest_data(settings.sandbox, data.root),
        new_kernel=new_kernel,
        sandbox=settings.sandbox,
        seed=seed,
        secret=secret,
        timeout=settings.timeout,
        patience=patience(),
        budget=settings.budget,
        about=dict(about),
        kernel=kernel,
        beside=beside,
        old=old,
        part=part,
    )


def part_of(
    notebook: NotebookNode,
    not_attempted: frozenset[str],
    course: Path,
    beside: Mapping[str, bytes],
    above_written: str,
    may_go: Collection[str],
) -> Slice:
    """Choose what of a mended notebook is run for a grade; see `slices`.

    Where cells above a written answer are shown as they were handed in, those are run that had
    nothing to show. Of the assignment's own cells only those of ``may_go`` can be left out.
    """
    if not may_go:
        return Slice(whole="no comparison has shown what may be left out")
    if any(name.endswith(".py") for name in beside):
        return Slice(whole="modules lie beside the notebook, which are not looked into")
    cells: list[CellText] = []
    asked: dict[int, frozenset[str]] = {}
    written = _last_written(notebook, not_attempted)
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        if is_tested_inside(cell):
            cells.append(CellText(index, cell.source, given=True, always=True))
            asked[index] = frozenset()  # what its text names, hidden tests too, counts as needed
            continue
        if is_grade(cell) and not is_solution(cell):
            exercise = exercise_of(cell.metadata["nbgrader"]["grade_id"])
            if exercise not in not_attempted:
                asked[index] = asked_for(course, exercise)
            continue
        given = not (is_solution(cell) or is_students_own(cell))
        shown = above_written == HANDED_IN and bool(cell.outputs)
        always = is_always_run(cell) or (index < written and not shown)
        always = always or proven.name_of(cell) not in may_go
        cells.append(CellText(index, cell.source, given, always))
    return choose_part(cells, asked) if asked else Slice()


def _last_written(notebook: NotebookNode, not_attempted: frozenset[str]) -> int:
    """Return the position of the last answer that a person reads; what stands above it is shown."""
    return max(
        (
            index
            for index, cell in enumerate(notebook.cells)
            if is_grade(cell) and is_solution(cell)
            if cell.metadata["nbgrader"]["grade_id"] not in not_attempted
        ),
        default=-1,
    )


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
    forms = forms_of(source.read_bytes(), course, source)
    pristine = forms.release
    if not _asks_for_anything(pristine):
        return nothing_asked(pristine)
    repaired = _repaired(forms, source, folder, course)
    if has_no_time(folder):
        repaired = replace(repaired, doubts=(*repaired.doubts, Doubt(TIMELESS)))
    return repaired


def _repaired(forms: Forms, source: Path, folder: Path, course: Path) -> Repaired:
    pristine = forms.release
    trains = not stand_in.wanted()
    course_files = _files_of_the_course(source.parent)
    # Other notebooks, and what it brings beside them, are not what was meant.
    others = {path.name for path in source.parent.rglob("*")} - {source.name}
    try:
        found = without_files(find(folder, weigh=weigher(pristine)), others)
        if not trains:  # what was trained comes on another way
            found.beside = [file for file in found.beside if file.data]
        repaired = choose(pristine, found, source.name, course_files)
    except Exception as error:  # whatever reading meets: it is kept to this one submission
        return unreadable(pristine, f"reading it failed ({type(error).__name__})")
    beside = [path for path in sorted(source.parent.glob("*.ipynb")) if path != source]
    absent = [path.name for path in beside if is_absent(folder, path)]
    notes = [f"{name} was not handed in: it has no points" for name in absent]
    repaired = replace(repaired, repairs=(*repaired.repairs, *notes))
    repaired = _with_tests(repaired, forms.tests, course)
    return repaired if trains else stand_in.replace_training(repaired, folder, course)


def _asks_for_anything(pristine: NotebookNode) -> bool:
    """Tell whether a release has a place for an answer, or is graded anywhere."""
    cells = [cell.metadata.get("nbgrader", {}) for cell in pristine.cells]
    return any(one.get(kind) for one in cells for kind in ("solution", "grade", "task"))


def _with_tests(repaired: Repaired, tests: Mapping[str, tuple[str, str]], course: Path) -> Repaired:
    """Put hidden tests into the cells of exercises without checks outside their notebook."""
    notebook = copy.deepcopy(repaired.notebook)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            text, checksum = tests.get(grade_id, (cell.source, ""))
            if not _is_checked_outside(course, grade_id, text):
                put_tests_in(cell, text, checksum)
    return replace(repaired, notebook=notebook)


def _is_checked_outside(course: Path, grade_id: str, tests: str) -> bool:
    """Tell whether a cell of tests stands for checks outside, by a module or by what it names.

    One that names them and has none is no cell that is tested inside: a person is told of that.
    """
    try:
        check_module(course, exercise_of(grade_id))
    except CourseError:
        return _NAMES_CHECKS in tests
    return True


def _files_of_the_course(folder: Path) -> dict[str, bytes]:
    """Return what an assignment brings beside its notebooks, but for what students may change."""
    changed = courses.configuration().get("Autograde", {}).get("exclude_overwriting", {})
    left_to_students = {PurePath(name).as_posix() for name in changed.get(folder.name, ())}
    found = read_course_files(folder)
    return {name: data for name, data in found.items() if name not in left_to_students}


def _judged(results: dict[str, ExerciseResult], unread: str) -> dict[str, ExerciseResult]:
    """Say the true reason where nothing could be graded: then no exercise is "not attempted"."""
    if not unread:
        return results
    return {name: _unread(result, unread) for name, result in results.items()}


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


def not_attempted_in(notebook: NotebookNode, repaired: Repaired) -> frozenset[str]:
    """Return the exercises that need no run to be called not attempted.

    Code in other cells may answer an exercise too, so with such code all are run.
    """
    ids = {cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in notebook.cells}
    if repaired.unread:
        return frozenset(ids | set(map(exercise_of, ids)))
    if repaired.free_code:
        return frozenset()
    if not repaired.attempted:
        ids |= set(map(exercise_of, ids))
    # nbgrader's tests run whatever was written: some are passed by what was handed out.
    inside = {
        exercise_of(cell.metadata["nbgrader"]["grade_id"])
        for cell in notebook.cells
        if is_tested_inside(cell)
    }
    # Tests outside that are not called like an answer are of any of the answers above them.
    of_any = _tests_of_any(notebook) if repaired.attempted else frozenset()
    return frozenset(ids) - repaired.attempted - inside - of_any


def _tests_of_any(notebook: NotebookNode) -> frozenset[str]:
    """Return the exercises whose tests are not called like the cell of an answer."""
    cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id")]
    answers = {cell.metadata["nbgrader"]["grade_id"] for cell in cells if is_solution(cell)}
    tests = {
        exercise_of(cell.metadata["nbgrader"]["grade_id"])
        for cell in cells
        if is_grade(cell) and not is_solution(cell)
    }
    return frozenset(tests - answers)


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
        and path != course / proven.FILE
        and not {"__pycache__", ".pytest_cache"} & set(path.parts)
        and others.isdisjoint(path.parents)
    }


def _numbers(course: Path, assignment: str) -> set[str]:
    """Return the numbers with which the ids of an assignment's exercises begin."""
    texts = [path.read_text(encoding="utf-8") for path in notebooks_of(course, assignment)]
    cells = [cell for text in texts for cell in json.loads(text)["cells"]]
    settings = [cell["metadata"].get("nbgrader", {}) for cell in cells]
    return {entry["grade_id"].split("-")[0] for entry in settings if "grade_id" in entry}


def digest_of_checks(checks: Mapping[str, bytes]) -> str:
    """Return the digest of hidden checks, and of the code of this package that carries them out.

    What came of the very same checks is taken from a recording. After an upgrade that is no answer
    any more: they run again then, from the recording.
    """
    tree = {name: hashlib.sha256(data).hexdigest() for name, data in checks.items()}
    tree[""] = fingerprint.of_installation()["pawmark"]
    return hashlib.sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest()[:32]
