"""A class graded side by side, resumed, and graded again after a check was mended."""

import io
import json
import re
import shutil
import time
from contextlib import contextmanager

import pytest
from attack_course import HONEST, NAME, TARGET, WRONG, Course
from rich.console import Console

from pawmark.errors import CourseError
from pawmark.grading.batch import grade_class, regrade
from pawmark.grading.batch.submission import jobs_of
from pawmark.grading.checks.session import check_module
from pawmark.grading.run import execution, recording
from pawmark.grading.sandbox import bubblewrap

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)
LOOP = HONEST | {"99-clip": "def clipped(values, low, high):\n    while True:\n        pass"}
CLASS = {"anna-right": HONEST, "ben-wrong": WRONG, "cleo-loop": LOOP}


@pytest.fixture(scope="module")
def course(tmp_path_factory, small_pets):
    """Give a course with three submissions."""
    course = Course(tmp_path_factory.mktemp("class"), small_pets.root)
    course.build()
    for student, cells in CLASS.items():
        course.hand_in(student, cells)
    return course


@pytest.fixture
def surroundings(course, monkeypatch):
    """Set the variables under which the course is graded."""
    for name, value in course.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PAWMARK_SEED", "5")


def grade(course, name=NAME, **options):
    """Grade the class and return what was printed."""
    console = Console(file=io.StringIO(), width=200)
    assert grade_class.grade(course.root, name, console, **options) == 0
    return console.file.getvalue()


# What differs from run to run of the same code.
TIMES = ("seconds", "run")


def results(course):
    """Return scores, and all of each record but times."""
    kept = {}
    for student in CLASS:
        record = course.record(student)
        kept[student] = {name: value for name, value in record.items() if name not in TIMES}
    return course.scores(), json.dumps(kept, sort_keys=True)


@pytest.mark.usefixtures("surroundings")
def test_side_by_side_is_one_by_one(course):
    """Two workers write the same scores and records as nbgrader alone, and say how far they are."""
    printed = grade(course, workers=2)
    together = results(course)

    assert len(re.findall(r"\d of 3  ", printed)) == 3
    assert together[0] == {"anna-right": 8, "ben-wrong": 4, "cleo-loop": 6}
    done = course.nbgrader("autograde", NAME, "--force")
    assert done.returncode == 0, done.stderr
    assert results(course) == together


@pytest.mark.usefixtures("surroundings")
def test_what_is_unchanged_is_not_run_again(course):
    """A second autograde asks the recordings: not even an endless loop costs its time again."""
    grade(course)

    began = time.monotonic()
    done = course.nbgrader("autograde", NAME, "--force")

    assert done.stderr.count("Unchanged since it was last run") == len(CLASS)
    assert time.monotonic() - began < 60
    assert "are graded already" in grade(course)


@pytest.mark.usefixtures("surroundings")
def test_a_mended_check_is_shown_before_it_is_written(course, monkeypatch):
    """A regrade tells old and new points, writes on request, and keeps what a person gave."""
    grade(course)
    module = check_module(course.root, TARGET)
    before, text = course.scores(), module.read_text()
    try:
        module.write_text(text.replace("np.arange(1, 10), ", "np.arange(9), "))
        changes = regrade.preview(course.root, [NAME])[NAME]

        assert {change.student for change in changes} == set(CLASS)
        assert {check.exercise for change in changes for check in change.checks} == {TARGET}
        (wrong,) = (change for change in changes if change.student == "ben-wrong")
        points, check = wrong.lines()
        assert points == "ben-wrong: 4 of 10 -> 7 of 10 points"
        assert check.endswith("failed, 0 of 3 -> passed, 3 of 3")
        assert course.scores() == before
        with monkeypatch.context() as patch:
            patch.setattr(regrade, "WORTH_A_PROCESS", 1)
            assert regrade.preview(course.root, [NAME])[NAME] == changes
        with by_hand(course) as (grade_of_why, comment):
            grade_of_why.manual_score, comment.manual_comment = 2, "well argued"
        assert regrade.regrade(course.root, NAME, changes) == 0
        assert course.scores() == {"anna-right": 5 + 2, "ben-wrong": 7, "cleo-loop": 3}
    finally:
        module.write_text(text)
    assert regrade.regrade(course.root, NAME, regrade.preview(course.root, [NAME])[NAME]) == 0
    with by_hand(course) as (grade_of_why, comment):
        assert (grade_of_why.manual_score, comment.manual_comment) == (2, "well argued")
        grade_of_why.manual_score = comment.manual_comment = None
    assert course.scores() == before


@pytest.mark.usefixtures("surroundings")
def test_only_what_changes_is_written(course):
    """An edit that a student's answers do not meet leaves that student's record alone."""
    grade(course)
    module = check_module(course.root, TARGET)
    text, wrong = module.read_text(), course.record("ben-wrong")
    try:
        module.write_text(f"{text}\n# A comment changes the module and no grade.\n")
        assert regrade.preview(course.root, [NAME])[NAME] == []
        module.write_text(text.replace("np.arange(1, 10), ", "np.arange(9), "))
        changes = regrade.preview(course.root, [NAME], ["anna-right"])[NAME]
        stray = course.root / "submitted" / "dora.ipynb"
        shutil.copy(course.root / "source" / NAME / f"{NAME}.ipynb", stray)
        assert regrade.regrade(course.root, NAME, changes) == 1  # it is nobody's: who sees it?
        stray.unlink()
        assert course.record("anna-right")["checks"] != wrong["checks"]
        assert course.record("ben-wrong") == wrong
    finally:
        module.write_text(text)
    assert regrade.regrade(course.root, NAME, regrade.preview(course.root, [NAME])[NAME]) == 0


@pytest.mark.usefixtures("surroundings")
def test_checks_that_ran_are_not_run_again(course, monkeypatch):
    """What came of the very same checks is recorded; for other points they run once more."""
    grade(course)
    (job,) = jobs_of(course.root, NAME, "ben-wrong")
    first = job.run().results

    monkeypatch.setattr(execution, "with_checks", None)
    again = job.begin(job.load())

    assert again.run() == first
    assert not again.learnt
    dearer = job.begin(job.load())
    for cell in dearer.notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == f"{TARGET}-check":
            cell.metadata["nbgrader"]["points"] += 1
    with pytest.raises(TypeError):
        dearer.run()


@contextmanager
def by_hand(course):
    """Open what a person gave to a written answer, to read and to write."""
    cell = "99-why", NAME, NAME, "anna-right"
    with course.gradebook() as gradebook:
        yield gradebook.find_grade(*cell), gradebook.find_comment(*cell)
        gradebook.db.commit()


@pytest.mark.usefixtures("surroundings")
def test_a_new_question_starts_the_students_code_again(course):
    """A check that asks what is not recorded runs live; the others stay as they were."""
    grade(course)
    module = check_module(course.root, "99-mean")
    text = module.read_text()
    new = '\n\n@pytest.mark.cell("99-mean", points=1)\ndef test_mean_of_one(student):\n'
    new += '    """The mean of one value is that value."""\n'
    new += '    expect(student.call("mean_of", np.array([4.0])) == 4, "not the value itself")\n'
    try:
        module.write_text(text + new)
        changes = regrade.preview(course.root, [NAME], ["anna-right"])[NAME]
    finally:
        module.write_text(text)

    assert {check.title: check.after for change in changes for check in change.checks} == {
        "The mean of all values.": "passed, 1 of 1",
        "The mean of one value is that value.": "passed, 1 of 1",
    }


@pytest.mark.usefixtures("surroundings")
def test_a_broken_tape_only_costs_time(course):
    """A recording that was cut off, or holds something else, is not used and not fatal."""
    grade(course)
    for path in (course.root / recording.FOLDER).glob("*.jsonl"):
        path.write_text(path.read_text()[:50])
    before = results(course)

    done = course.nbgrader("autograde", NAME, "--force", "--student", "anna-right")

    assert done.returncode == 0, done.stderr
    assert "Unchanged" not in done.stderr
    assert results(course) == before


def test_nobody_and_nothing_is_said_in_a_sentence(course, tmp_path):
    """Who did not hand in, or an empty course, gives one readable message."""
    with pytest.raises(CourseError, match="Not handed in by 'zoe'"):
        grade_class.choose(course.root, NAME, ["zoe"])
    with pytest.raises(CourseError, match="Nobody handed in"):
        grade_class.submitted(tmp_path, NAME)
    assert grade_class.choose(course.root, NAME, ["anna-right"] * 2) == ["anna-right"]


@pytest.mark.slow
@pytest.mark.usefixtures("surroundings")
def test_several_assignments_at_once(course):
    """Two assignments are graded by one command, and one that nobody handed in is named first."""
    for folder in (course.root / "source", course.root / "submitted" / "anna-right"):
        (folder / "98_other").mkdir()
        text = (folder / NAME / f"{NAME}.ipynb").read_text()
        (folder / "98_other" / "98_other.ipynb").write_text(text)
    try:
        printed = grade(course, name=["98_other", NAME], students=["anna-right"], force=True)
        assert "2 of 2  anna-right: 8 of 8 points" in printed
        record = course.root / "autograded/anna-right/98_other/98_other.record.json"
        assert json.loads(record.read_text())["assignment"] == "98_other"
    finally:
        for folder in ("source", "submitted/anna-right", "autograded/anna-right"):
            shutil.rmtree(course.root / folder / "98_other", ignore_errors=True)
    (course.root / "source" / "97_none").mkdir()
    with pytest.raises(CourseError, match="Nobody handed in 97_none"):
        grade(course, name=[NAME, "97_none"], force=True)
    (course.root / "source" / "97_none").rmdir()
