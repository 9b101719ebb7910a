"""Commands on submissions of several notebooks, two of which have an exercise of one name."""

import nbformat
import pytest
from any_course import copy, hand_in, release, run, scores
from rich.console import Console
from traitlets.config import Config

from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading.batch import regrade
from pawmark.grading.batch.grade_class import grade
from pawmark.grading.batch.regrade import changed_checks
from pawmark.grading.explain.retelling import retell
from pawmark.grading.explain.words import lines_of
from pawmark.grading.gradebook import book, migration
from pawmark.grading.gradebook.class_grades import read_class
from pawmark.grading.gradebook.drift import Drift, drift_of
from pawmark.grading.gradebook.forecast import forecast
from pawmark.grading.gradebook.scores import Score
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, Outcome
from pawmark.grading.sandbox import bubblewrap

needs_sandbox = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)
WRONG = {
    "squares": "def squares(n):\n    return [i**2 for i in range(n)]",
    "shout": "def shout(text):\n    return text",
}
# In both notebooks: worth 1 in lists, and 3 in strings.
TWICE = "squares_visible"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Grade two students; the second has handed in one of the notebooks."""
    name = courses.name()
    made = copy("several", tmp_path_factory.mktemp("several"), pawmark=True)
    rewrite(made, "strings", "test_warn", TWICE, points=3)
    release(made, "ps1")
    hand_in(made, "ps1", "ben", WRONG)
    hand_in(made, "ps1", "cem", WRONG, leave_out="strings")
    done = run(made, "nbgrader", "autograde", "ps1")
    assert done.returncode == 0, done.stderr[-3000:]
    yield made
    courses.use_configured(Config({"Pawmark": {"plugin": name}}), courses.Path())


def rewrite(course, notebook, old, new, points=None):
    """Give a cell of a source another name."""
    path = course / "source" / "ps1" / f"{notebook}.ipynb"
    tree = nbformat.read(path, as_version=4)
    (about,) = [c.metadata.nbgrader for c in tree.cells
                if c.metadata.get("nbgrader", {}).get("grade_id") == old]  # fmt: skip
    about.grade_id = new
    about.points = about.get("points") if points is None else points
    nbformat.write(tree, path)


def points(course, who, notebook):
    """Return what the gradebook has of the automatic points of a notebook."""
    found = scores(course, "ps1").items()
    return {name: one[0] for (person, of, name), one in found if (person, of) == (who, notebook)}


@pytest.mark.slow
@needs_sandbox
def test_every_notebook_is_explained(course):
    """What was lost in the second is told as well."""
    told = retell(course, "ps1", "ben")
    standing = read_class(course, ["ps1"]).standings["ps1", "ben"]
    lines = "\n".join(lines_of(told, standing, course, {}))
    shout = retell(course, "ps1", "ben", "test_shout")

    assert {one.exercise for one in told.lost} == {TWICE, "squares_hidden", "test_shout"}
    assert "test_shout" in lines
    assert [one.exercise for one in shout.lost] == ["test_shout"]
    with pytest.raises(CourseError, match="handed_out lost no point"):
        retell(course, "ps1", "ben", "handed_out")


@pytest.mark.slow
@needs_sandbox
def test_a_forecast_keeps_notebooks_apart(course):
    """Cells of one name have their own scores; a notebook that did not come gives nothing."""
    new = {
        "lists": {TWICE: Score(0.5, False)},
        "strings": {TWICE: Score(2, False)},
    }
    grades = forecast(course, {("ps1", "ben"): new, ("ps1", "cem"): {"lists": new["lists"]}})
    found = {
        who: sorted(part.automatic for part in after.parts if part.exercise == TWICE)
        for (_, who), (_, after) in grades.items()
    }
    waits = [part.exercise for part in grades["ps1", "cem"][1].parts if part.waits]

    assert found == {"ben": [0.5, 2], "cem": [0, 0.5]}
    assert not {"test_shout", "plot", "essay"} & set(waits)


def test_changed_checks_are_told_by_notebook():
    """Of two exercises of one name each is compared with itself, and the notebook is said."""

    def results(score):
        check = CheckResult(TWICE, "Tests", Outcome.PASSED, score, 3.0)
        return (ExerciseResult(TWICE, (check,)),)

    before = {"lists": results(1.0), "strings": results(3.0)}
    changes = changed_checks(before, {"lists": results(1.0), "strings": results(0.0)})

    assert [(one.exercise, one.after) for one in changes] == [
        (f"strings: {TWICE}", "passed, 0 of 3")
    ]


@pytest.mark.slow
@needs_sandbox
def test_what_a_regrade_shows_is_what_it_writes(course):
    """Also where a test changed in one of two cells of one name."""
    path = course / "source" / "ps1" / "strings.ipynb"
    path.write_text(path.read_text().replace('endswith(\\"a\\")', 'endswith(\\"b\\")'))
    changes = regrade.preview(course, ["ps1"])["ps1"]
    shown = {one.student: one.after.grade.score for one in changes}
    before = points(course, "ben", "lists")
    status = regrade.regrade(course, "ps1", changes)

    assert [(one.student, [check.exercise for check in one.checks]) for one in changes] == [
        ("ben", [f"strings: {TWICE}"])
    ]
    assert (status, regrade.otherwise(course, "ps1", changes)) == (0, [])
    assert book.Contents.of(course).grades["ps1", "ben"].score == shown["ben"]
    assert points(course, "ben", "strings")[TWICE] == 0
    assert points(course, "ben", "lists") == before


@pytest.mark.slow
@needs_sandbox
def test_exercises_of_every_notebook_are_taken_along(course):
    """Renamed in the second notebook, or in one of two that had the name: points stay."""
    before = {name: points(course, "ben", name) for name in ("lists", "strings")}
    rewrite(course, "strings", "handed_out", "given_out")
    rewrite(course, "lists", TWICE, "squares_shown")
    renamed = {"handed_out": "given_out", TWICE: "squares_shown"}
    with pytest.raises(CourseError, match="was in another notebook than given_out is"):
        migration.plan(course, "ps1", {TWICE: "given_out"}, [])
    wanted = migration.plan(course, "ps1", {}, list(renamed))
    assert wanted is not None
    lost = {one.student: sum(part.score for part in one.gone) for one in wanted.outlooks}
    assert {who: points for who, points in lost.items() if points} == {
        "ben": 1
    }  # of lists there was nothing, and that of strings stays

    plan = migration.plan(course, "ps1", renamed, [])
    assert plan is not None
    migration.migrate(course, plan)
    after = {name: points(course, "ben", name) for name in ("lists", "strings")}

    assert drift_of(course, "ps1") is None
    assert after["lists"] == {renamed.get(name, name): one for name, one in before["lists"].items()}
    assert after["strings"]["given_out"] == before["strings"]["handed_out"] == 1
    assert after["strings"][TWICE] == before["strings"][TWICE]
    strings = nbformat.read(course / "source" / "ps1" / "strings.ipynb", as_version=4)
    assert strings.metadata.pawmark["renamed"] == {"handed_out": "given_out"}


def test_a_new_name_is_guessed_within_its_notebook():
    """An exercise that is gone from one notebook is not called like a new one of another."""
    within = (
        (("ex-mean",), ("ex-average",)),
        (("ex-shout",), ("ex-means",)),
    )
    gone, new = ("ex-mean", "ex-shout"), ("ex-average", "ex-means")
    drift = Drift("ps1", gone, new, 2, within=within)

    assert drift.pairs() == {"ex-mean": "ex-average", "ex-shout": "ex-means"}
    assert not drift.may_be("ex-mean", "ex-means")


@needs_sandbox
def test_a_source_of_which_no_release_can_be_made_costs_no_grade(course):
    """It is one sentence, before anything that has been graded is touched."""
    path = course / "source" / "ps1" / "lists.ipynb"
    before = path.read_text()
    tree = nbformat.reads(before, as_version=4)
    tests = next(c for c in tree.cells if c.metadata.get("nbgrader", {}).get("grade"))
    tests.source = "### AUTOTEST squares(2)"
    nbformat.write(tree, path)
    graded = scores(course, "ps1")
    try:
        done = run(course, "nbgrader", "autograde", "ps1", "--force")
        with pytest.raises(CourseError, match="no release can be made of it"):
            grade(course, "ps1", Console(), force=True)
    finally:
        path.write_text(before)

    assert done.returncode != 0
    assert (
        "source/ps1/lists.ipynb: no release can be made of it, as InstantiateTests" in done.stderr
    )
    assert "Traceback" not in done.stderr
    assert scores(course, "ps1") == graded
    assert (course / "autograded" / "ben" / "ps1" / "lists.ipynb").is_file()
