"""Exercises renamed, removed and added after hand-ins: seen first, and taken along."""

import json
import os
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook, SubmittedAssignment
from small_class import PRIMES, RIGHT, WRONG, SmallClass

from pawmark.errors import CourseError
from pawmark.grading.gradebook import migration
from pawmark.grading.gradebook.book import Contents
from pawmark.grading.gradebook.drift import (
    Drift,
    cells_of_source,
    drift_of,
    require_no_drift,
)
from pawmark.grading.intake.cells import exercise_of
from pawmark.grading.sandbox import bubblewrap

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> SmallClass:
    """Grade two students, and give one of them points by hand."""
    made = SmallClass.made_in(tmp_path_factory.mktemp("migration") / "course")
    for who, answers in (("ann", RIGHT), ("ben", WRONG)):
        made.hand_in(who, PRIMES, answers)
    made.must("pawmark", "grade", "02", "--workers", "2")
    with made.gradebook() as book:
        grade = book.find_grade("02-is-prime-check", PRIMES, PRIMES, "ben")
        grade.manual_score, grade.needs_manual_grade = 2.5, False
    return made


def rename_in_source(course: SmallClass, old: str, new: str) -> None:
    """Rename an exercise as an author does: in the source, and its checks."""
    path = course.root / "source" / PRIMES / f"{PRIMES}.ipynb"
    path.write_text(path.read_text().replace(old, new))
    folder = course.root / "grader_tests" / PRIMES
    checks = folder / f"test_{old.replace('-', '_')}.py"
    text = checks.read_text().replace(old, new)
    checks.unlink()
    (folder / f"test_{new.replace('-', '_')}.py").write_text(text)


def grades(course):
    """Return all that is said of the grades; exercises that the source lacks come last in it."""
    told = course.grades(PRIMES)
    for one in told.values():
        one["parts"].sort(key=lambda part: part["exercise"])
    return told


def test_a_renamed_exercise_keeps_its_points(course):
    """Every command says it first and touches nothing; the migration takes grades and hand-ins."""
    release = course.root / "release" / PRIMES / f"{PRIMES}.ipynb"
    released, before = release.read_bytes(), grades(course)
    rename_in_source(course, "02-is-prime", "02-prime-test")

    for words in (
        ("pawmark", "release", "02"),
        ("pawmark", "grade", "02", "--force"),
        ("pawmark", "regrade", "02"),
        ("nbgrader", "generate_assignment", PRIMES, "--force"),
        ("nbgrader", "autograde", PRIMES, "--force"),
    ):
        done = course.run(*words)
        assert done.returncode == 1, words
        assert "it no longer has 02-is-prime and 02-prime-test is new in it" in done.stderr, words
        assert "Traceback" not in done.stderr, words
    told = json.loads(course.run("pawmark", "doctor", "--json").stdout)
    (about,) = [one for one in told if one["topic"] == "gradebook"]
    assert "02-prime-test is new in it" in about["says"]
    assert "pawmark migrate" in about["remedy"]
    assert release.read_bytes() == released
    assert grades(course) == before

    shown = course.must("pawmark", "migrate", "02")
    assert "pawmark migrate 02 --rename 02-is-prime=02-prime-test" in shown
    rename = ("--rename", "02-is-prime=02-prime-test")
    shown = course.must("pawmark", "migrate", "02", *rename)
    assert "02-is-prime is called 02-prime-test from now on, in 2 hand-ins" in shown
    assert "Nothing is written yet: add --write" in shown
    assert grades(course) == before
    said = course.must("pawmark", "migrate", "02", *rename, "--write")
    assert "the gradebook as it was: .pawmark/backups/gradebook-" in said

    course.must("pawmark", "release", "02")
    course.must("pawmark", "grade", "02", "--force", status=0)
    after = course.grades(PRIMES)
    for who in ("ann", "ben"):
        assert after[PRIMES, who]["score"] == before[PRIMES, who]["score"]
        names = [part["exercise"] for part in after[PRIMES, who]["parts"]]
        assert names == ["02-prime-test", "02-primes-below"]
    assert after[PRIMES, "ben"]["parts"][0]["manual"] == 2.5


def test_removed_and_added(course):
    """What goes is told by student with its points; what is new waits until it is graded."""
    path = course.root / "source" / PRIMES / f"{PRIMES}.ipynb"
    source = nbformat.read(path, as_version=4)
    for cell in source.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        cell.metadata.get("nbgrader", {})["grade_id"] = name.replace("02-primes-below", "02-few")
        if not name:
            cell.metadata.pop("nbgrader", None)
    nbformat.write(source, path)

    wanted = migration.plan(course.root, PRIMES, {}, ["02-primes-below"])
    assert wanted is not None
    lines = list(wanted.lines())
    assert lines[0] == "02-primes-below goes, with what was given for it in 2 hand-ins"
    at = lines.index("ann: 6 of 6 -> 3 of 6 points")
    assert lines[at + 1] == "  02-primes-below goes with 3 points"
    assert lines[-1] == "final grades that change: 2, that stay as they are: 0"
    assert wanted.added == ["02-few"]
    with pytest.raises(CourseError, match="02-other: not among what differs"):
        migration.plan(course.root, PRIMES, {"02-other": "02-few"}, [])
    open_plan = migration.plan(course.root, PRIMES, {}, [])
    assert open_plan is not None
    with pytest.raises(CourseError, match="Say what became of 02-primes-below"):
        migration.migrate(course.root, open_plan)

    migration.migrate(course.root, wanted)
    assert drift_of(course.root, PRIMES) is None
    ann = course.grades(PRIMES)[PRIMES, "ann"]
    assert (ann["score"], ann["max_score"], ann["state"]) == (3, 6, "waits")
    assert ann["waiting"] == ["02-few: a written answer"] or "02-few" in str(ann["waiting"])


@pytest.fixture
def late(tmp_path, monkeypatch):
    """Give a gradebook with what is late, given by a person and on top, as grading leaves it."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    arithmetic = ROOT / "tests" / "courses" / "arithmetic"
    root = Path(shutil.copytree(arithmetic, tmp_path / "course"))
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "arithmetic") as gradebook:
        ident = gradebook.add_assignment(PRIMES, duedate="2026-03-01 12:00:00").id
        for who in ("ann", "ben", "cleo", "dan"):
            gradebook.add_student(who)
            gradebook.db.add(SubmittedAssignment(assignment_id=ident, student_id=who))
        gradebook.db.commit()
    told = migration.plan(root, PRIMES, {}, [])
    assert told is not None
    migration.migrate(root, told)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "arithmetic") as gradebook:
        for who, points, penalty in (("ann", 3, 2), ("ben", 1, 1), ("cleo", 0.5, 0), ("dan", 0, 0)):
            (notebook,) = gradebook.find_submission(PRIMES, who).notebooks
            notebook.late_submission_penalty = penalty
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = points, False
                if who == "ben":
                    grade.manual_score = 2.5 if grade.name == "02-is-prime-check" else 1
                    grade.extra_credit = 0 if grade.name == "02-is-prime-check" else 0.5
        gradebook.db.commit()
    path = root / "source" / PRIMES / f"{PRIMES}.ipynb"
    path.write_text(path.read_text().replace("02-primes-below", "02-few"))
    return root


def test_final_grades_are_shown_before_and_after_and_written_so(late):
    """With penalties, points by people, and what waits; what is written is what was shown."""
    before = Contents.of(late).grades
    wanted = migration.plan(late, PRIMES, {}, ["02-primes-below"])
    assert wanted is not None
    assert Contents.of(late).grades == before
    shown = list(wanted.lines())
    waits = "  waits for a person then: 02-few: a written answer"

    assert shown[2:] == [
        "ann: 4 of 6 -> 1 of 6 points",
        "  02-primes-below goes with 3 points",
        "  late: 2 taken off, until it is graded again",
        waits,
        "ben: 3 of 6 -> 1.5 of 6 points",
        "  02-primes-below goes with 1.5 points (1 by a person, in the place of 1 by the checks; "
        "0.5 on top)",
        "  late: 1 taken off, until it is graded again",
        waits,
        "cleo: 1 of 6 -> 0.5 of 6 points",
        "  02-primes-below goes with 0.5 points",
        waits,
        "dan: 0 of 6 points",
        waits,
        "final grades that change: 4, that stay as they are: 0",
    ]
    migration.migrate(late, wanted)
    after = {who: grade for (_, who), grade in Contents.of(late).grades.items()}
    assert after == {one.student: one.after for one in wanted.outlooks}
    assert {who: grade.score for who, grade in after.items()} == {
        "ann": 1, "ben": 1.5, "cleo": 0.5, "dan": 0,
    }  # fmt: skip


def test_a_name_alone_changes_no_grade(late):
    """A renaming says how many grades stay, and lists nobody."""
    wanted = migration.plan(late, PRIMES, {"02-primes-below": "02-few"}, [])
    assert wanted is not None
    _, last = wanted.lines()

    assert last == "final grades that change: 0, that stay as they are: 4"


def test_grades_that_changed_after_they_were_shown_are_not_written_over(late):
    """What somebody gives meanwhile is not lost unseen: nothing is written, and that is said."""
    wanted = migration.plan(late, PRIMES, {"02-primes-below": "02-few"}, [])
    assert wanted is not None
    with Gradebook(f"sqlite:///{late / 'gradebook.db'}", "arithmetic") as gradebook:
        gradebook.find_grade("02-primes-below-check", PRIMES, PRIMES, "ann").manual_score = 1
        gradebook.db.commit()

    with pytest.raises(CourseError, match="Nothing was written: somebody has changed grades"):
        migration.migrate(late, wanted)
    assert drift_of(late, PRIMES) is not None


def test_the_nearest_name_is_guessed():
    """Of several the one that is spelt alike; of one and one, each other."""
    assert Drift("02_x", ("02-box", "02-mean"), ("02-means", "02-boxes"), 3).pairs() == {
        "02-box": "02-boxes",
        "02-mean": "02-means",
    }
    assert Drift("02_x", ("02-a",), ("99-zzz",), 3).pairs() == {"02-a": "99-zzz"}


@pytest.fixture
def several(tmp_path, monkeypatch):
    """Give a course whose assignment has two notebooks, with one graded hand-in of both."""
    # A new gradebook starts alembic by its bare name.
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    root = Path(shutil.copytree(ROOT / "tests" / "courses" / "several", tmp_path / "several"))
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "several") as gradebook:
        gradebook.add_assignment("ps1")
        gradebook.add_student("ann")
        gradebook.add_submission("ps1", "ann")
    settle(root)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "several") as gradebook:
        for notebook in gradebook.find_submission("ps1", "ann").notebooks:
            for grade in notebook.grades:
                grade.manual_score, grade.needs_manual_grade = grade.max_score, False
        gradebook.db.commit()
    return root


def settle(root, renamed=None, removed=()):
    """Do what ``pawmark migrate ps1 --write`` does; return the lines that it shows."""
    wanted = migration.plan(root, "ps1", renamed or {}, removed)
    assert wanted is not None
    migration.migrate(root, wanted)
    assert drift_of(root, "ps1") is None
    return list(wanted.lines())


def points(root):
    """Return the points of each exercise in the gradebook."""
    grade = Contents.of(root).grades["ps1", "ann"]
    return {part.exercise: part.score for part in grade.parts}


def test_each_of_several_notebooks_is_taken_along(several):
    """What is renamed in one of them keeps its points there, and so does all of the other."""
    before = points(several)
    path = several / "source" / "ps1" / "strings.ipynb"
    path.write_text(path.read_text().replace('"grade_id": "essay"', '"grade_id": "report"'))

    line, last = settle(several, {"essay": "report"})
    assert line == "essay is called report from now on, in 1 hand-in; all points stay"
    assert last == "final grades that change: 0, that stay as they are: 1"
    assert points(several) == {"report" if n == "essay" else n: p for n, p in before.items()}
    earlier = json.loads(path.read_text())["metadata"]["pawmark"]["renamed"]
    assert earlier == {"essay": "report"}
    assert "pawmark" not in json.loads(path.with_name("lists.ipynb").read_text())["metadata"]


def test_a_notebook_that_goes_and_one_that_comes_are_seen(several):
    """Stock nbgrader stops at them after it has removed the release; so they are seen before."""
    folder = several / "source" / "ps1"
    gone = drift_exercises(several, "lists.ipynb")
    (folder / "lists.ipynb").rename(folder / "rows.ipynb")

    drift = drift_of(several, "ps1")
    assert (drift.notebooks_gone, drift.notebooks_new) == (("lists",), ("rows",))
    assert "no longer has the notebook lists.ipynb" in str(drift)
    assert "pawmark migrate ps1 shows" in str(drift)
    assert set(drift.gone) == set(drift.new) == gone
    one = sorted(gone)[0]
    with pytest.raises(CourseError, match=f"{one} was in another notebook than {one} is"):
        migration.plan(several, "ps1", {one: one}, [])
    before = points(several)
    lines = settle(several, removed=sorted(gone))
    assert "the notebook lists.ipynb goes, with what is there of it in 1 hand-in" in lines
    after = points(several)
    assert after == {name: 0 if name in gone else given for name, given in before.items()}


def drift_exercises(root, notebook):
    """Return the exercises, and other cells of nbgrader's, of a source notebook."""
    return {exercise_of(name) for name in cells_of_source(root / "source" / "ps1" / notebook)}


def test_an_assignment_that_has_only_a_due_date_is_told_of_its_notebooks(tmp_path, monkeypatch):
    """Given before the first release, it keeps nobody from grading: the notebooks are new."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    root = Path(shutil.copytree(ROOT / "tests" / "courses" / "several", tmp_path / "several"))
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "several") as gradebook:
        gradebook.add_assignment("ps1", duedate="2026-03-02 12:00 UTC")

    drift = drift_of(root, "ps1")
    assert (drift.notebooks_new, drift.hand_ins) == (("lists", "strings"), 0)
    require_no_drift(root, ["ps1"])
