"""The bank of answers: wrong ones are caught by name, unusual right ones pass."""

import contextlib
import importlib.util
import os
import tempfile
import warnings
from collections.abc import Collection, Iterator
from pathlib import Path

import nbformat
import pytest

from pawmark.authoring.answers import read_answer, reference_cells
from pawmark.authoring.bank import POINTS, complaints, specification_of
from pawmark.grading.boundary import wire
from pawmark.grading.checks.asking import StudentAsking
from pawmark.grading.checks.grading import grade as grade_specified
from pawmark.grading.checks.proving import without_variants
from pawmark.grading.checks.session import run_exercise
from pawmark.grading.checks.specification import Exercise
from pawmark.grading.checks.student import Student
from pawmark.grading.course_folder import assignments
from pawmark.grading.results.outcomes import ExerciseResult, Outcome
from pawmark.grading.secret import PRACTICE, data_seed
from pawmark.vision.data import grading_data

COURSE = Path(__file__).resolve().parents[2]
ANSWERS = COURSE / "tests" / "answers"
# Which answers a check catches must not hang on the hidden inputs: any seed will do here.
SEED = int(os.environ.get("PAWMARK_SEED") or 1)
SET_UP = (  # and every cell whose name ends in -setup
    "03-imports",
    "03-data",
    "03-prior",
    "04-decoder",
    "05-imports",
)
# Of so many answers one belongs to the ordinary run: networks take long, and training minutes.
ONE_OF = {
    ("01", "wrong"): 6,
    ("01", "right"): 6,
    ("02", "wrong"): 1,
    ("02", "right"): 1,
    ("03", "wrong"): 22,
    ("03", "right"): 1,
    ("04", "wrong"): 20,
    ("05", "wrong"): 30,
    ("06", "wrong"): 15,
}
TRAINING = "03-training"  # graded for those right answers, and those wrong ones that fail there
TRAINING_RUN = "03-training-run"
DECIDE_ON_TRAINING = {"03-get-model", "03-compile-model", "03-train"}


def bank(kind: str) -> list:
    """Return the answers of a kind; where they take long, most are marked slow."""
    params = []
    for folder in sorted(ANSWERS.glob(f"*/{kind}")):
        number = folder.parent.name[:2]
        for index, path in enumerate(sorted(folder.glob("*.py"))):
            quick = index % ONE_OF.get((number, kind), 12) == 0 and not trains(path)
            marks = [] if quick else [pytest.mark.slow]
            params.append(pytest.param(path, id=f"{number}-{path.stem}", marks=marks))
    return params


def trains(path: Path) -> bool:
    """Tell whether a right answer decides on how well the network of 03 is trained."""
    return path.parent.name == "right" and not DECIDE_ON_TRAINING.isdisjoint(
        read_answer(path).cells
    )


def namespace_of(assignment: str, cells: dict[str, str], is_trained: bool) -> dict:
    """Return the namespace of a notebook with the reference's cells, some replaced."""
    notebook = nbformat.read(COURSE / "source" / assignment / f"{assignment}.ipynb", as_version=4)
    sources = {**reference_cells(notebook), **cells}
    namespace = {"__name__": "__main__"}
    for cell in notebook.cells:
        settings = cell.metadata.get("nbgrader", {})
        grade_id = str(settings.get("grade_id"))
        if grade_id in SET_UP or grade_id.endswith("-setup"):
            exec(cell.source, namespace)
        elif settings.get("solution") and cell.cell_type == "code":  # not a written answer
            exec(sources[settings["grade_id"]], namespace)
        elif is_trained and grade_id == TRAINING_RUN:
            # What goes wrong is for the student to read: grading goes on, as after a warning.
            with contextlib.suppress(Exception), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec(cell.source, namespace)
    return namespace


class Remembering:
    """Asks each question of a batch once, however often it is put: networks take long to answer."""

    def __init__(self, namespace: dict) -> None:
        self._student = Student.local(namespace)
        self._replies: dict[str, object] = {}

    def ask_all(self, messages, seconds, cheap=False):
        """Answer as the student does, or as the student did."""
        keys = [wire.digest_of(message) for message in messages]
        new = {k: m for k, m in zip(keys, messages, strict=True) if k not in self._replies}
        replies = self._student.ask_all(list(new.values()), seconds, cheap)
        self._replies.update(zip(new, replies, strict=True))
        return [self._replies[key] for key in keys]

    def __getattr__(self, name):
        return getattr(self._student, name)


@contextlib.contextmanager
def answered(path: Path) -> Iterator[tuple[Remembering, set[str]]]:
    """Give the notebook with an answer, and the exercises that it replaces or should fail."""
    answer, assignment = read_answer(path), path.parts[-3]
    source = (COURSE / "source" / assignment / f"{assignment}.ipynb").read_text()
    exercises = {cell for cell in answer.cells if f"{cell}-check" in source}
    texts = [path.read_text() for path in (COURSE / "grader_tests" / assignment).glob("test_*.py")]
    for name in answer.fails:
        (before,) = [text.split(f"def {name}(")[0] for text in texts if f"def {name}(" in text]
        exercises.add(before.rsplit('cell("', 1)[1].split('"')[0])
    if trains(path):
        exercises.add(TRAINING)
    namespace = namespace_of(assignment, answer.cells, TRAINING in exercises)
    try:
        yield Remembering(namespace), exercises
    finally:
        for value in namespace.values():
            if isinstance(value, tempfile.TemporaryDirectory):
                value.cleanup()  # a notebook's goes with its kernel


def grade(student: Remembering, exercises: set[str]) -> list[ExerciseResult]:
    """Grade some exercises of a notebook, those with a specification for a hundred points."""
    results = []
    for exercise in sorted(exercises):
        if specification := specification_of(COURSE, exercise):
            asking = StudentAsking(student, specification.seconds)
            results.append(grade_specified(specification, asking, SEED, POINTS))
        else:
            data = grading_data(data_seed(PRACTICE))
            root = str(data.root)
            results.append(run_exercise(exercise, student, COURSE, root, seed=SEED, data=data))
    return results


def points_lost_by_judge_alone(student: Remembering, cells: Collection[str]) -> list[float]:
    """Grade exercises that have a specification without their variants."""
    lost = []
    for exercise in filter(None, (specification_of(COURSE, cell) for cell in cells)):
        bare = without_variants(exercise) if isinstance(exercise, Exercise) else exercise
        result = grade_specified(bare, StudentAsking(student, exercise.seconds), SEED)
        lost.append(result.max_points - result.points)
    return lost


@pytest.mark.parametrize("path", bank("wrong"))
def test_wrong_answer_is_caught(path):
    """A wrong answer fails the checks it names and no other, with the misconception named.

    The judge alone refuses it, too: a misconception only names it.
    """
    answer = read_answer(path)
    with answered(path) as (student, exercises):
        results = grade(student, exercises)
        by_judge = points_lost_by_judge_alone(student, answer.cells) if answer.severity else [1.0]
    checks = [check for result in results if not result.drawn_by for check in result.checks]
    specified = [
        result for result in results if result.drawn_by and result.points < result.max_points
    ]
    lost = {check.check: check for check in checks if check.outcome is not Outcome.PASSED}

    assert set(lost) == set(answer.fails)
    assert specified or any(answer.says in check.message for check in lost.values())
    assert [line for result in specified for line in complaints(answer, result)] == []
    assert all(check.outcome is not Outcome.GRADER_ERROR for check in lost.values())
    assert max(by_judge) > 0


@pytest.mark.parametrize("path", bank("right"))
def test_unusual_right_answer_passes(path):
    """A right answer gets every point, however unusual it is."""
    with answered(path) as (student, exercises):
        results = grade(student, exercises)

    assert [c for one in results for c in one.checks if c.outcome is not Outcome.PASSED] == []


def test_every_check_catches_an_answer_and_the_page_says_which():
    """No check is there that no wrong answer fails, and the page on the bank is up to date."""
    spec = importlib.util.spec_from_file_location("page", COURSE / "scripts" / "answer_bank.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    for assignment in assignments(COURSE):
        caught = script.caught_by(assignment, script.checks_of(assignment))
        assert [name for name, answers in caught.items() if not answers] == []

    assert script.PAGE.read_text(encoding="utf-8") == script.page(), "run scripts/answer_bank.py"
