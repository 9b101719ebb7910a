"""A class graded before and after an upgrade of this package."""

import io
import json

import pytest
from attack_course import HONEST, NAME, WRONG, Course
from rich.console import Console

from pawmark.grading import fingerprint
from pawmark.grading.batch import grade_class, regrade
from pawmark.grading.batch.submission import jobs_of
from pawmark.grading.run import recording
from pawmark.grading.sandbox import bubblewrap

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)


@pytest.fixture
def course(tmp_path, small_pets, monkeypatch):
    """Give a course in which two were graded, with hidden inputs of their own."""
    course = Course(tmp_path, small_pets.root)
    course.build()
    course.hand_in("anna", HONEST)
    course.hand_in("ben", WRONG)
    for name, value in course.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PAWMARK_SEED", raising=False)
    console = Console(file=io.StringIO(), width=200)
    assert grade_class.grade(course.root, NAME, console) == 0
    return course


def heads(course):
    """Return the first line of each recording, by its file."""
    folder = course.root / recording.FOLDER
    return {path.name: json.loads(path.read_text().splitlines()[0]) for path in folder.iterdir()}


def test_an_upgrade_of_what_runs_outside_runs_no_student_code(course, monkeypatch):
    """Checks run again from the recordings, and nothing of a student's does."""
    before = set(heads(course))
    newer = fingerprint.of_installation() | {"pawmark": "newer"}
    monkeypatch.setattr(fingerprint, "of_installation", lambda: newer)

    again = {student: jobs_of(course.root, NAME, student)[0].run() for student in ("anna", "ben")}

    assert [done.live for done in again.values()] == [0, 0]
    assert all(done.learnt for done in again.values())
    assert regrade.preview(course.root, [NAME]) == {NAME: []}
    assert set(heads(course)) == before


def test_an_upgrade_of_what_runs_inside_keeps_the_hidden_inputs(course, monkeypatch):
    """Student code runs again under another name, with the seed that it had."""
    before = heads(course)
    newer = fingerprint.of_student_code() | {"inside": "newer"}
    monkeypatch.setattr(fingerprint, "of_student_code", lambda: newer)

    for student in ("anna", "ben"):
        done = jobs_of(course.root, NAME, student)[0].run()
        assert done.live == 1
        assert done.seed == course.record(student)["seed"]

    after = heads(course)
    assert len(after) == 2 * len(before)
    assert {head["seed"] for head in after.values()} == {head["seed"] for head in before.values()}
    assert regrade.preview(course.root, [NAME]) == {NAME: []}


def test_a_recording_says_in_which_sandbox_it_was_made(course):
    """And the record of the grade says what the recording does."""
    assert {head["sandbox"] for head in heads(course).values()} == {"bubblewrap"}
    path = next((course.root / recording.FOLDER).glob(f"{course.record('anna')['recording']}*"))
    path.write_text(path.read_text().replace('"sandbox": "bubblewrap"', '"sandbox": "landlock"', 1))

    done = course.nbgrader("autograde", NAME, "--force", "--student", "anna")

    assert done.returncode == 0, done.stderr
    assert course.record("anna")["sandbox"] == "landlock"
