"""Grades of a whole class, written at once: as plain ``nbgrader autograde`` writes them."""

import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import any_course
import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from same_grades import files_of, rows_of
from small_class import HALF, LATENESS, PRIMES, RIGHT, SUMS, WRITTEN, WRONG, SmallClass

from pawmark import settings
from pawmark.grading.batch import regrade
from pawmark.grading.sandbox import bubblewrap

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)
DUE = "2026-03-01 12:00:00"
IN_TIME, LATE, LATER = (f"2026-03-01 {hour}:30:00" for hour in (11, 13, 23))
TASK = "01-task"
SYNTAX = {"01-total": "def total(numbers:\n    return 0"}
# A check that breaks on some answers: what the grader gets wrong is graded again.
BREAKING = 'expect(student.call("is_prime", 1) is False, "1 has'
BROKEN = 'assert not student.has("boom")\n    ' + BREAKING
BOOM = {"02-is-prime": "boom = 1\ndef is_prime(number):\n    return number in (2, 3, 5, 7)"}


def with_more(root: Path) -> None:
    """Add a task, files that every submission gets, and one that students may edit."""
    path = root / "source" / SUMS / f"{SUMS}.ipynb"
    source = nbformat.read(path, as_version=4)
    flags = {"grade": False, "solution": False, "locked": True, "task": True, "points": 3}
    settings = {**flags, "schema_version": 3, "grade_id": TASK}
    source.cells.append(new_markdown_cell("Draw.", id="task", metadata={"nbgrader": settings}))
    nbformat.write(source, path)
    for name in ("numbers/given.txt", "own.txt"):
        (path.parent / name).parent.mkdir(exist_ok=True)
        (path.parent / name).write_text("as given")
    config = root / "nbgrader_config.py"
    own = f"c.Autograde.exclude_overwriting = {{{SUMS!r}: ['own.txt']}}\n"
    config.write_text(config.read_text() + own + "c.LimitOutput.max_lines = 3\n")


def hand_in(course: SmallClass) -> None:
    """Let a class of many kinds hand in."""
    for who, answers, came in (
        ("ann", RIGHT, IN_TIME),
        ("ben", WRONG, LATE),
        ("cleo, of 2b", HALF, LATER),
        ("dóra", None, ""),
    ):
        for name in (SUMS, PRIMES):
            course.hand_in(who, name, answers, came=came)
    course.hand_in("emil", SUMS, RIGHT, came="at noon")
    folder = course.root / "submitted" / "emil" / SUMS
    more = {"own.txt": "mine", "numbers/given.txt": "forged", "deep/er/x.csv": "1", "a.pyc": "2"}
    for name, text in {**more, "__pycache__/b.txt": "3", f"{SUMS}.record.json": "{}"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "deep" / "er" / "x.csv").chmod(0o700)
    (folder / "link.txt").symlink_to(course.root / "gradebook.db")
    course.hand_in("fay", SUMS, RIGHT, why="**Because**\n\nthey are.")
    folder = course.root / "submitted" / "fay" / SUMS
    (folder / f"{SUMS}.ipynb").rename(folder / "my sums.ipynb")
    (course.root / "submitted" / "gus" / SUMS).mkdir(parents=True)
    (course.root / "submitted" / "gus" / SUMS / "notes.txt").write_text("sorry")
    course.hand_in("hal", SUMS, SYNTAX)
    loud = "def total(numbers):\n    return sum(numbers)\n\n\nfor k in range(9):\n    print(k)"
    course.hand_in("ida", SUMS, {"01-total": loud})
    course.hand_in("joe", PRIMES, BOOM)


def a_class_of_many_kinds(root: Path) -> SmallClass:
    """Release, and hand in, with one student who is known already."""
    course = SmallClass.made_in(root, change=with_more)
    with course.gradebook() as book:
        book.add_student("ann", first_name="Ann", last_name="Lee", email="ann@example.org")
        for name in (SUMS, PRIMES):
            book.update_or_create_assignment(name, duedate=DUE)
    hand_in(course)
    return course


def graded_both_ways(
    course: SmallClass, root: Path, *flags: str, names: tuple[str, ...] = (SUMS, PRIMES)
) -> SmallClass:
    """Grade with nbgrader; grade a copy of the class, as it was before, from what was recorded.

    The name of its folder is as long as that of the class: tracebacks hold it, and are cut.
    """
    shutil.copytree(course.root, root, symlinks=True)
    statuses = {course.run("nbgrader", "autograde", n, *flags).returncode for n in names}
    own, copied = course.root / ".pawmark", root / ".pawmark"
    for part in ("records", "seeds"):
        shutil.copytree(own / part, copied / part, dirs_exist_ok=True)
    shutil.copy(own / "secret", copied)
    copy = SmallClass(root)
    done = copy.run("pawmark", "grade", *names, *flags)
    assert bool(done.returncode) is bool(max(statuses)), done.stdout + done.stderr
    return copy


def written(course: SmallClass) -> tuple[dict, dict, list[str]]:
    """Return all that grading has written in a course."""
    rows = rows_of(f"sqlite:///{course.root / 'gradebook.db'}")
    marks = sorted(path.name for path in (course.root / ".pawmark" / "unfinished").glob("*"))
    return rows, files_of(course.root / "autograded"), marks


def require_equal(one: SmallClass, other: SmallClass) -> None:
    """Make sure that two courses were graded equally, with as small a difference as can be told."""
    (rows, files, marks), (other_rows, other_files, other_marks) = written(one), written(other)
    for table, own in rows.items():
        assert other_rows[table] == own, table
    assert list(other_files) == list(files)
    for name, (mode, content) in files.items():
        assert other_files[name][0] == mode, name
        if isinstance(content, dict):
            assert {k: v for k, v in other_files[name][1].items() if content[k] != v} == {}, name
        assert other_files[name][1] == content, name
    assert other_marks == marks


def by_the_writer(course: SmallClass, name: str) -> set[str]:
    """Return whom the last run wrote at once; nobody, if nbgrader's converter wrote anything."""
    log = (course.root / ".pawmark" / "logs" / f"autograde-{name}.log").read_text()
    lines = [line for line in log.splitlines() if not line.startswith("A person must look: ")]
    written = {line.removeprefix("Written: ") for line in lines if line.startswith("Written: ")}
    return written if len(written) == len(lines) else set()


def test_a_class_is_written_as_by_nbgrader(tmp_path):
    """Rows of the gradebook, files and their modes are the same, at first and ever after."""
    course = a_class_of_many_kinds(tmp_path / "course")
    handed_in = {path.parent.name for path in course.root.glob(f"submitted/*/{SUMS}")}
    copy = graded_both_ways(course, tmp_path / "copy_1")

    require_equal(course, copy)
    assert by_the_writer(copy, SUMS) == handed_in
    assert by_the_writer(copy, PRIMES) == {"ann", "ben", "cleo, of 2b", "dóra", "joe"}
    assert list((copy.root / ".pawmark" / "staged").iterdir()) == []

    by_people(course)
    copy = graded_both_ways(course, tmp_path / "copy_2")

    require_equal(course, copy)
    assert by_the_writer(copy, SUMS) == {"ben", "fay"}

    course.rewrite_check("02-is-prime", BREAKING, BROKEN)
    copy = graded_both_ways(course, tmp_path / "copy_3", "--force")

    require_equal(course, copy)
    assert by_the_writer(copy, SUMS) == handed_in
    assert len(written(copy)[2]) == 1
    course.rewrite_check("02-is-prime", BROKEN, BREAKING)
    copy = graded_both_ways(course, tmp_path / "copy_4")

    require_equal(course, copy)
    assert by_the_writer(copy, PRIMES) == {"joe"}
    assert written(copy)[2] == []


def by_people(course: SmallClass) -> None:
    """Grade by hand, give an extension and extra credit; then two hand in again."""
    with course.gradebook() as book:
        for who, points in (("ann", 2), ("ben", 1.5), ("fay", 0)):
            grade = book.find_grade(WRITTEN, SUMS, SUMS, who)
            grade.manual_score, grade.needs_manual_grade = points, False
            book.find_comment(WRITTEN, SUMS, SUMS, who).manual_comment = f"{points} it is"
        book.find_grade("01-total-check", SUMS, SUMS, "ben").manual_score = 3.5
        book.find_grade(TASK, SUMS, SUMS, "ben").extra_credit = 0.25
        book.find_submission(SUMS, "ben").extension = timedelta(minutes=45)
    course.hand_in("ben", SUMS, HALF, came="2026-03-01 14:30:00")
    course.hand_in("fay", SUMS, None)
    folder = course.root / "autograded" / "fay" / SUMS
    for name in (folder, course.root / "submitted" / "fay" / SUMS):
        (name / "timestamp.txt").unlink(missing_ok=True)
        came = IN_TIME if name == folder else LATE
        (name / "timestamp.txt").write_text(came)
    os.utime(folder / "timestamp.txt")


@pytest.mark.slow
def test_a_submission_of_several_notebooks_is_written_as_by_nbgrader(tmp_path):
    """Of each notebook, also where one is missing, has another name, or comes no more."""
    root, name = any_course.copy("several", tmp_path, pawmark=True), "ps1"
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text() + LATENESS)
    course = SmallClass(root)
    any_course.release(root, name)
    with course.gradebook() as book:
        book.update_or_create_assignment(name, duedate=DUE)

    def hand_in(who: str, came: str, changed: dict[str, str], leave_out: str = "") -> Path:
        folder = root / "submitted" / who / name
        shutil.rmtree(folder, ignore_errors=True)
        any_course.hand_in(root, name, who, changed, leave_out)
        (folder / "timestamp.txt").write_text(came)
        return folder

    wrong = {
        "squares": "def squares(n):\n    return []",
        "shout": "def shout(text):\n    return ''",
    }
    hand_in("ann", LATE, {"": ""})
    hand_in("ben", LATER, wrong)
    hand_in("cem", LATE, any_course.RELEASED)
    hand_in("dot", LATE, {"": ""}, leave_out="strings")
    folder = hand_in("eve", IN_TIME, {"": ""})
    (folder / "strings.ipynb").rename(folder / "my words.ipynb")
    copy = graded_both_ways(course, tmp_path / "copy_01", names=(name,))

    require_equal(course, copy)
    assert by_the_writer(copy, name) == {"ann", "ben", "cem", "dot", "eve"}
    assert len(list((copy.root / "autograded" / "ann" / name).glob("*.record.json"))) == 2

    hand_in("ann", LATER, wrong, leave_out="strings")
    hand_in("dot", LATER, {"": ""})
    copy = graded_both_ways(course, tmp_path / "copy_02", names=(name,))

    require_equal(course, copy)
    assert by_the_writer(copy, name) == {"ann", "dot"}


def test_a_regrade_writes_what_it_has_shown(tmp_path, monkeypatch):
    """Whatever PAWMARK_FRESH says: what was run to be shown is not run once more to be written."""
    fresh = []

    class Stager:
        def stage(self, *_: object) -> None:
            fresh.append(settings.here.fresh)

    writer = MagicMock(takes_staged=True, **{"status.return_value": 0})
    writer.__enter__.return_value = writer
    monkeypatch.setattr(regrade, "stager_of", lambda course: Stager())
    monkeypatch.setattr(regrade, "Writer", lambda *_, **__: writer)
    monkeypatch.setenv("PAWMARK_FRESH", "1")
    shown = SimpleNamespace(student="ann")
    assert regrade.regrade(tmp_path, SUMS, [shown]) == 0

    assert fresh == [False]
    assert settings.here.fresh


def test_a_course_with_steps_of_its_own_is_left_to_nbgrader(tmp_path):
    """What the writer does not know is done by nbgrader itself, and said."""
    course = SmallClass.made_in(tmp_path / "course")
    config = course.root / "nbgrader_config.py"
    own = "c.Autograde.post_convert_hook = lambda **said: open('called', 'a').write('x')\n"
    config.write_text(config.read_text() + own)
    course.hand_in("ann", PRIMES, RIGHT)
    said = course.must("pawmark", "grade", "02")

    assert "the course sets Autograde.post_convert_hook itself" in said
    assert (course.root / "called").read_text() == "x"
    assert course.grades()[PRIMES, "ann"]["score"] == 6
    assert by_the_writer(course, PRIMES) == set()


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.slow)])
def test_killed_at_any_step_a_rerun_writes_the_same(tmp_path, every):
    """Whatever has been done when the writer is killed, a rerun writes what it would have."""
    course = SmallClass.made_in(tmp_path / "course")
    with course.gradebook() as book:
        book.update_or_create_assignment(SUMS, duedate=DUE)
    for who, answers in (("ann", RIGHT), ("ben", WRONG)):
        course.hand_in(who, SUMS, answers, came=LATE)
    course.must("pawmark", "grade", "01")
    course.hand_in("ann", SUMS, HALF, came=LATER)
    course.hand_in("cleo", SUMS, HALF, came=IN_TIME)
    program = Path(__file__).parents[2] / "support" / "killed_writers.py"
    done = subprocess.run(
        [sys.executable, program, course.root, SUMS, tmp_path / "work", str(every)],
        env=SmallClass.surroundings(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)

    assert told["written"] == ["ann", "cleo"]
    assert told["killed"] * every > 50
    assert told["differing"] == []
