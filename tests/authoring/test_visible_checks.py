"""The visible checks of the notebooks: they refuse nothing that grading accepts, and in words."""

import contextlib
import io
import linecache
import traceback
import warnings
from pathlib import Path

import nbformat
import numpy as np
import pytest

from pawmark import visible
from pawmark.authoring import bank
from pawmark.authoring.answers import read_answer
from pawmark.grading.course_folder import assignments
from pawmark.grading.intake.cells import exercise_of

ROOT = Path(__file__).resolve().parents[2]
NAMES = assignments(ROOT)
GIVEN = ("01-task-names",)  # cells that check cells rest upon, beside those of the bank
TRAINED = "03-training"  # needs what the cell that trains leaves behind
HIDDEN = "### BEGIN HIDDEN TESTS"
PLACE = "/a notebook/check.py"

# Results that no exercise asks for, among them those that people return by mistake.
ODD = {
    "nothing": None,
    "text": "two",
    "number": 2.5,
    "list": [1, 2, 3],
    "ragged list": [[1, 2], [3]],
    "dictionary": {"a": 1},
    "pair": (1, "a"),
    "empty array": np.zeros(0),
    "flat array": np.arange(5.0),
    "number in an array": np.array(3),
    "texts in an array": np.array(["a", "b", "c"]),
    "four texts": ["a", "b", "c", "d"],
}
# Of these each check has words of its own; others may be told by what Python says of them.
USUAL = ("nothing", "text", "number", "list", "dictionary")


def visible_checks(assignment):
    """Return the visible part of each check cell by exercise."""
    notebook = nbformat.read(ROOT / "source" / assignment / f"{assignment}.ipynb", as_version=4)
    ids = [(str(c.metadata.get("nbgrader", {}).get("grade_id")), c.source) for c in notebook.cells]
    given = [source for name, source in ids if name in GIVEN]
    checks = {exercise_of(name): source for name, source in ids if HIDDEN in source}
    return given, {name: source.partition(HIDDEN)[0] for name, source in checks.items()}


CHECKS = {name: visible_checks(name) for name in NAMES}
EXERCISES = [(name, exercise) for name in NAMES for exercise in CHECKS[name][1]]
ANSWERS = [
    pytest.param(name, path, id=f"{name[:2]}-{path.stem.removeprefix('answer_')}")
    for name in NAMES
    for path in sorted((ROOT / "tests/answers" / name / "right").glob("*.py"))
]
QUICK = [one for one in EXERCISES if one[1] != TRAINED]


@pytest.fixture(autouse=True, scope="module")
def drawn(small_pets):
    """Let the notebooks read a few drawn photographs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAWMARK_DATA", str(small_pets.root))
        yield


def run(assignment, exercise, cells):
    """Run a check cell beside some answers."""
    given, checks = CHECKS[assignment]
    namespace = bank.namespace_of(ROOT, assignment, {})
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what libraries say to students is no failure
        for source in given:
            exec(source, namespace)
        for source in cells:
            exec(source, namespace) if isinstance(source, str) else namespace.update(source)
        exec(compile(checks[exercise], PLACE, "exec"), namespace)


def told(assignment, exercise, name, value):
    """Return what a person reads of a check when a function returns a value."""
    function = {name: lambda *_, **__: value}
    try:
        run(assignment, exercise, [function])
    except AssertionError as error:
        return str(error)
    except visible.MISFITS as error:
        names = next(frame.f_globals for frame, _ in traceback.walk_tb(error.__traceback__)
                     if frame.f_code.co_filename == PLACE)  # fmt: skip
        table = visible.explain(error, error.__traceback__, names)
        return "" if table is None else table.short
    return "passed"


@pytest.mark.parametrize(("assignment", "path"), ANSWERS)
def test_right_answers_pass_the_visible_checks(assignment, path):
    """No visible check refuses what grading accepts with full marks."""
    answer = read_answer(path)
    wanted = [name for name in answer.cells if name in CHECKS[assignment][1]]

    assert wanted
    for exercise in wanted:
        run(assignment, exercise, answer.cells.values())


@pytest.mark.parametrize(("assignment", "exercise"), QUICK, ids=[name for _, name in QUICK])
def test_odd_results_are_told_in_words(assignment, exercise, monkeypatch):
    """A result of another kind fails an assert that says so: nobody gets a bare traceback."""
    function = bank.specification_of(ROOT, exercise)
    name = exercise[3:].replace("-", "_") if function is None else function.function
    checks = CHECKS[assignment][1][exercise]
    lines = (len(checks), None, checks.splitlines(keepends=True), PLACE)
    monkeypatch.setitem(linecache.cache, PLACE, lines)

    found = {kind: told(assignment, exercise, name, value) for kind, value in ODD.items()}
    assert [kind for kind, words in found.items() if len(words) < 12] == []
    assert "cannot be looked at" not in "".join(found[kind] for kind in USUAL)


def test_a_check_of_a_training_that_never_was_says_so():
    """Without a training the check names the cell that has to run."""
    with pytest.raises(AssertionError, match="There is no training yet"):
        run("03_encoder_decoder", TRAINED, [])
