"""Exercises renamed, removed and added after hand-ins: seen first, and taken along."""

import json

import nbformat
import pytest
from small_class import PRIMES, RIGHT, WRONG, SmallClass

from pawmark.errors import CourseError
from pawmark.grading.gradebook import migration
from pawmark.grading.gradebook.drift import Drift, drift_of
from pawmark.grading.sandbox import bubblewrap

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
    assert list(wanted.lines())[:2] == [
        "02-primes-below goes, with what was given for it in 2 hand-ins",
        "  ann loses 3 points",
    ]
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


def test_the_nearest_name_is_guessed():
    """Of several the one that is spelt alike; of one and one, each other."""
    assert Drift("02_x", ("02-box", "02-mean"), ("02-means", "02-boxes"), 3).pairs() == {
        "02-box": "02-boxes",
        "02-mean": "02-means",
    }
    assert Drift("02_x", ("02-a",), ("99-zzz",), 3).pairs() == {"02-a": "99-zzz"}
