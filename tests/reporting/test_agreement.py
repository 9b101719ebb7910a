"""One number for each grade: every command, page and file tells the same of every student.

Random classes: points that people gave in the place of checks, extra credit, penalties, written
answers, who handed in again, who handed in nothing and who is not graded yet. What is expected is
added up here, from what was drawn.
"""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from small_class import HALF, PRIMES, RIGHT, SUMS, WRITTEN, WRONG, SmallClass

from pawmark.grading.sandbox import bubblewrap

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)
DRIVER = Path(__file__).parents[1] / "support" / "every_number.py"
ANSWERS = {"ann": RIGHT, "ben": WRONG, "cem": None, "dóra": HALF, "eve": RIGHT}
CELLS = {
    SUMS: ("01-total-check", "01-mean-of-file-check", WRITTEN),
    PRIMES: ("02-is-prime-check", "02-primes-below-check"),
}
KEYS = [(name, who) for name in CELLS for who in ANSWERS]
CAME = "2026-03-02 12:00:00"
# Quarters are what people give; thirds are what shows how numbers are rounded.
POINTS = st.one_of(st.integers(0, 24).map(lambda n: n / 4), st.sampled_from([1 / 3, 2 / 3, 10 / 3]))


@dataclass(frozen=True)
class Given:
    """What a person gave for an exercise."""

    manual: float | None = None
    extra: float | None = None
    waits: bool = False


@dataclass(frozen=True)
class Work:
    """What became of a student's work on an assignment.

    It is graded, or handed in only (``ungraded``), or not there at all (``absent``).
    """

    state: str
    given: dict[str, Given] = field(default_factory=dict)
    penalty: float | None = None
    again: bool = False


@st.composite
def works(draw: st.DrawFn, name: str) -> Work:
    """Draw what became of one student's work."""
    state = draw(st.sampled_from(["graded"] * 4 + ["ungraded", "absent"]))
    if state != "graded":
        return Work(state)
    about = st.builds(
        Given,
        manual=st.none() | POINTS,
        extra=st.none() | st.none() | POINTS,
        waits=st.sampled_from([False, False, True]),
    )
    given = {cell: draw(about) for cell in CELLS[name]}
    penalty = draw(st.none() | st.none() | POINTS)
    return Work(state, given, penalty, draw(st.sampled_from([False, False, False, True])))


CLASSES = st.fixed_dictionaries({key: works(key[0]) for key in KEYS})


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> SmallClass:
    """Grade a class once; each example works on a copy."""
    made = SmallClass.made_in(tmp_path_factory.mktemp("agreement") / "course")
    for name, who in KEYS:
        made.hand_in(who, name, ANSWERS[who], came=CAME)
    made.must("pawmark", "grade", "01", "02", "--workers", "2")
    return made


def apply(course: SmallClass, drawn: dict[tuple[str, str], Work]) -> None:
    """Make a class what was drawn, as formgrader and time would."""
    with course.gradebook() as book:
        book.update_or_create_student("zoe", first_name="Zoë", last_name="Absent")
        for (name, who), work in drawn.items():
            if work.state != "graded":
                book.remove_submission(name, who)
                shutil.rmtree(course.root / "autograded" / who / name)
                if work.state == "absent":
                    shutil.rmtree(course.root / "submitted" / who / name)
                continue
            for cell, about in work.given.items():
                grade = book.find_grade(cell, name, name, who)
                grade.manual_score, grade.extra_credit = about.manual, about.extra
                grade.needs_manual_grade = about.waits
            book.find_submission_notebook(name, name, who).late_submission_penalty = work.penalty
            if work.again:
                later = datetime.fromisoformat(CAME) + timedelta(hours=3)
                path = course.root / "submitted" / who / name / "timestamp.txt"
                path.write_text(later.isoformat(" "))


def expected(course: SmallClass, drawn: dict[tuple[str, str], Work]) -> dict[str, float | None]:
    """Add up what each grade is; None where there is none."""
    sums: dict[str, float | None] = {}
    with course.gradebook() as book:
        for (name, who), work in drawn.items():
            sums[f"{name} {who}"] = None
            if work.state == "graded":
                total = 0.0
                for cell, about in work.given.items():
                    checks = book.find_grade(cell, name, name, who).auto_score
                    own = checks if about.manual is None else about.manual
                    # nbgrader gives extra credit only beside points.
                    total += 0 if own is None else own + (about.extra or 0)
                sums[f"{name} {who}"] = round(max(total - (work.penalty or 0), 0), 2)
    return sums | {f"{name} zoe": None for name in CELLS}


def told_by(course: SmallClass) -> dict[str, dict[str, float | None]]:
    """Return every number that is told, by where."""
    for words in (("generate_feedback", SUMS), ("generate_feedback", PRIMES), ("export",)):
        course.run("nbgrader", *words, *(["--force"] if len(words) > 1 else []))
    done = subprocess.run(
        [sys.executable, DRIVER, course.root],
        env=course.surroundings(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, dict[str, float | None]] = json.loads(done.stdout)
    return found


def require_agreement(graded: SmallClass, root: Path, drawn: dict[tuple[str, str], Work]) -> None:
    """Make a copy what was drawn, and compare what is told of it everywhere."""
    shutil.rmtree(root, ignore_errors=True)
    course = SmallClass(Path(shutil.copytree(graded.root, root)))
    apply(course, drawn)
    wanted = expected(course, drawn)
    there = {key: points for key, points in wanted.items() if points is not None}
    told = told_by(course)

    for where in ("grades --json", "grades", "plain.csv", "moodle.csv", "canvas.csv"):
        assert told[where] == wanted, where
    shown = {name for name in CELLS if any(key.startswith(name) for key in there)}
    assert told["report"] == {k: v for k, v in wanted.items() if k.split()[0] in shown}
    assert told["feedback"] == there
    assert told["sums"] == pytest.approx(there, abs=0.0055)  # a half of what is shown
    assert told["account"]["given"] == told["account"]["before"]
    assert told["account"]["left"] == there
    for score, most, percent in told["percent"].values():
        assert percent == round(100 * score / most, 1)
    assert told["penalties"]["plain.csv"] == told["penalties"]["grades --json"]
    # nbgrader's own file takes what is not there for 0.
    assert told["nbgrader export"] == {key: points or 0 for key, points in wanted.items()}
    assert told["refused"] == any(
        work.state == "ungraded" or work.again or any(one.waits for one in work.given.values())
        for work in drawn.values()
    )


EXAMPLES = settings(
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],  # a smaller class takes as long as another one
    suppress_health_check=list(HealthCheck),
)


@given(CLASSES)
@settings(EXAMPLES, max_examples=3)
def test_every_command_page_and_file_tells_the_same(graded, tmp_path_factory, drawn):
    """Three random classes."""
    require_agreement(graded, tmp_path_factory.getbasetemp() / "drawn", drawn)


@pytest.mark.slow
@given(CLASSES)
@settings(EXAMPLES, max_examples=40, derandomize=False)
def test_many_classes_agree(graded, tmp_path_factory, drawn):
    """Forty other ones each time."""
    require_agreement(graded, tmp_path_factory.getbasetemp() / "drawn", drawn)
