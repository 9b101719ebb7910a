"""The doctor on a course in term: what was handed in and what is shown, beside what was graded."""

import json
import os
import shutil
import sqlite3
import time
from pathlib import Path

import pytest
from small_class import PRIMES, RIGHT, SUMS, WRONG, SmallClass

from pawmark.authoring.doctor import behind
from pawmark.doctor import Status
from pawmark.grading.sandbox import bubblewrap

needs_sandbox = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)
ARITHMETIC = Path(__file__).parents[1] / "courses" / "arithmetic"
CAME, LATER = "2026-03-01 12:00:00 UTC", "2026-03-02 12:00:00 UTC"


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> SmallClass:
    """Grade a class of three in one assignment, and make their pages."""
    made = SmallClass.made_in(tmp_path_factory.mktemp("behind") / "course")
    for who, answers in (("ann", RIGHT), ("ben", WRONG), ("dóra b", RIGHT)):
        made.hand_in(who, PRIMES, answers, came=CAME)
    made.must("pawmark", "grade", "02", "--workers", "1")
    made.must("nbgrader", "generate_feedback", PRIMES)
    return made


@pytest.fixture
def course(graded, tmp_path) -> SmallClass:
    """Give a copy of it, with the times that its files have."""
    return SmallClass(Path(shutil.copytree(graded.root, tmp_path / "course")))


def told(course) -> dict:
    """Return what is not as it should be, by topic: what is said, and the command."""
    found = {one.topic: one for one in behind.examine(course.root)}
    assert list(found) == ["resubmitted", "exchanged", "feedback"]
    assert all("\n" not in one.says + one.remedy for one in found.values())
    return {
        topic: (one.says, one.remedy) for topic, one in found.items() if one.status is not Status.OK
    }


@needs_sandbox
def test_a_course_that_is_up_to_date_has_no_notes(course):
    """Neither a copy of the course nor a look into a notebook is a change."""
    folder = course.root / "submitted" / "ann" / PRIMES
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "x-checkpoint.ipynb").write_text("{}")
    (folder / f"{PRIMES}.ipynb").touch()

    assert told(course) == {}


@needs_sandbox
def test_what_was_handed_in_again_is_told_with_the_command(course):
    """A newer time is a new hand-in; the command takes it, and then the page is behind."""
    course.hand_in("ben", PRIMES, RIGHT, came=LATER)
    assert told(course) == {
        "resubmitted": (
            "handed in again, and not graded yet: 02_primes: ben",
            "pawmark grade 02",
        )
    }

    course.must("pawmark", "grade", "02")
    page = ("pages show an older grade or comment: 02_primes: ben", "nbgrader generate_feedback")
    (topic,) = told(course)
    assert topic == "feedback"
    assert told(course)[topic] == (page[0], f"{page[1]} {PRIMES}")
    course.must("nbgrader", "generate_feedback", PRIMES)
    assert told(course) == {}


@needs_sandbox
def test_other_files_under_the_same_time_are_told(course):
    """Whatever time they have: content is compared; the command is one that can be given."""
    path = course.root / "submitted" / "dóra b" / PRIMES / f"{PRIMES}.ipynb"
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    course.hand_in("dóra b", PRIMES, WRONG)
    os.utime(path, ns=times)
    (course.root / "submitted" / "ann" / PRIMES / "notes.txt").write_text("more")
    says, remedy = told(course)["exchanged"]

    assert says == (
        "other files than were graded, and no timestamp.txt is newer: 02_primes: ann, dóra b"
    )
    assert remedy == "pawmark grade 02 --student ann --student 'dóra b' --force"
    course.must("pawmark", "grade", "02", "--student", "ann", "--student", "dóra b", "--force")
    assert "exchanged" not in told(course)


@needs_sandbox
def test_pages_that_show_an_older_grade_are_told(course):
    """By a person in the gradebook as by a grade; of a page made otherwise its age decides."""
    with course.gradebook() as book:
        book.find_grade("02-is-prime-check", PRIMES, PRIMES, "ben").manual_score = 2
    assert told(course)["feedback"][0].endswith("02_primes: ben")

    shutil.rmtree(course.root / ".pawmark" / "feedback")
    assert told(course) == {}
    (graded,) = (course.root / "autograded" / "ann" / PRIMES).glob("*.ipynb")
    later = time.time() + 60
    os.utime(graded, (later, later))
    assert told(course)["feedback"][0].endswith("02_primes: ann")


def test_odd_courses_end_in_no_traceback(tmp_path):
    """Nothing handed in, no gradebook, one of rubbish, a broken record, a folder for a page."""
    course = SmallClass(Path(shutil.copytree(ARITHMETIC, tmp_path / "course")))
    assert told(course) == {}
    for place in ("submitted/ann", "autograded/ann", "feedback/ann"):
        (course.root / place / PRIMES).mkdir(parents=True)
    (course.root / "submitted" / "ann" / PRIMES / f"{PRIMES}.ipynb").write_text("{}")
    (course.root / "submitted" / "note.txt").write_text("")
    (course.root / "autograded" / "ann" / PRIMES / f"{PRIMES}.record.json").write_text("{")
    (course.root / "feedback" / "ann" / PRIMES / f"{PRIMES}.html").write_text("page")
    assert told(course) == {}

    (course.root / "gradebook.db").write_text("rubbish" * 1000)
    assert "cannot be looked at" in told(course)["feedback"][0]
    (course.root / "gradebook.db").unlink()
    with sqlite3.connect(course.root / "gradebook.db") as book:
        book.execute("create table other (x)")
    assert "cannot be looked at" in told(course).get("feedback", ("cannot be looked at",))[0]


@needs_sandbox
def test_a_note_does_not_change_the_exit_code(course):
    """It is shown with --quiet too, and programs read it as such."""
    course.hand_in("ben", PRIMES, RIGHT, came=LATER)
    before = json.loads(course.run("pawmark", "doctor", "--json").stdout)
    quiet = course.run("pawmark", "doctor", "--quiet")

    assert [one["topic"] for one in before if one["status"] == "note"] == ["resubmitted"]
    assert quiet.returncode == (1 if any(one["status"] == "mend" for one in before) else 0)
    assert "note    resubmitted handed in again" in quiet.stdout
    assert "-> pawmark grade 02" in quiet.stdout
    assert [line for line in quiet.stdout.splitlines() if "note " in line and SUMS in line] == []
