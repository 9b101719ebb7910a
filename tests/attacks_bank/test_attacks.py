"""The bank of attacks, graded by one real ``nbgrader autograde`` among honest students.

One file of ``tests/attacks/`` is one submission. No attack earns more than its honest part,
changes or reads anything outside the sandbox, or costs anybody else a point.
"""

import io
import os
import re
from pathlib import Path

import pytest
from attack_course import CANARY, HONEST, NAME, REPO, TARGET, WRONG, Attack, Course, read_attack
from attack_findings import Page
from rich.console import Console

from pawmark.grading.gradebook.class_grades import read_class
from pawmark.grading.results import record
from pawmark.grading.results.table import show_grades
from pawmark.grading.sandbox import bubblewrap, choice

pytestmark = [
    pytest.mark.skipif(choice.refusal() is not None, reason=str(choice.refusal())),
    pytest.mark.timeout(1500),  # the first test waits for the whole class
]

ALL = [
    read_attack(path) for path in sorted(Path(__file__).resolve().parents[1].glob("attacks/*.py"))
]
# Elsewhere the system does not limit the number of processes, and the watcher may come too late:
# then the machine stands still for minutes. docs/threat-model.md says so.
FLOODS_HOLD = os.geteuid() != 0 or (
    choice.refusal() is None
    and choice.chosen() == choice.BUBBLEWRAP
    and os.environ.get("PAWMARK_WARM") != "1"
    and bubblewrap.bounds_processes()
)
BANK = [attack for attack in ALL if FLOODS_HOLD or attack.tries != "fork floods"]
# Before, between and after the attackers, in the order in which nbgrader grades.
CLASS = {
    "00_honest": (HONEST, 8),
    "m_wrong": (WRONG, 4),
    "zz_honest": (HONEST, 8),
    "zz_untouched": ({}, 0),
}


KINDS = (
    "neutralised asserts and pytest",
    "replaced run_cell, compiler, transformers, display hooks",
    "forged execute results and kernel messages",
    "always-equal objects",
    "array subclasses",
    "patched numpy",
    "patched keras",
    "shadowing modules",
    "sitecustomize and environment tricks",
    "reading checks from In and memory",
    "reading checks from disk",
    "/proc, parent's environment",
    "writing gradebook and source",
    "other students' files",
    "detached and double-forked children",
    "fork floods",
    "memory floods",
    "disk floods",
    "output floods",
    "floods of time",
    "swallow-all loops",
    "signals",
    "network",
    "exchange-folder tricks",
    "path traversal in names",
    "script and ANSI in outputs, %%javascript",
    "script in markdown cells",
    "script in the messages of errors",
    "huge HTML",
    "file names",
    "malicious models",
    "malicious pickles",
    "decompression bombs",
    "frames on the question channel",
    "frames on the control socket",
    "ptrace of the runner",
    "replaced pawmark.grading.inside.guest",
    "replies that never end",
    "huge replies",
    "huge or deeply nested metadata",
    "HTML in ids",
    "forged records",
    "leaving the sandbox",
)


def parameters() -> list:
    """Return the attacks: those of the core for every run, the others marked slow."""
    return [
        pytest.param(
            attack,
            id=attack.student,
            marks=[
                *([] if attack.core else [pytest.mark.slow]),
                *([pytest.mark.xfail(reason=attack.lacks, strict=False)] if attack.lacks else []),
            ],
        )
        for attack in BANK
    ]


def chosen(session: pytest.Session) -> list[Attack]:
    """Return the attacks that this run of pytest has selected."""
    here = (item for item in session.items if item.path == Path(__file__))
    calls = (getattr(item, "callspec", None) for item in here)
    students = {call.params["attack"].student for call in calls if call and "attack" in call.params}
    return [attack for attack in BANK if attack.student in students]


@pytest.fixture(scope="module")
def course(request, tmp_path_factory, small_pets) -> Course:
    """Grade the class and the selected attacks in one run, and make the feedback pages."""
    course = Course(tmp_path_factory.mktemp("attacked"), small_pets.root)
    course.build()
    for student, (cells, _) in CLASS.items():
        course.hand_in(student, {"note": f"{CANARY}submission", **cells})
    course.fill_gradebook("00_honest")
    for attack in chosen(request.session):
        course.hand_in(attack.student, HONEST | attack.cells)
    course.before = course.fingerprint()
    course.grading = course.nbgrader("autograde", NAME, seconds=1200)
    course.left = course.survivors()
    course.feedback = course.nbgrader("generate_feedback", NAME)
    return course


def test_the_bank_covers_every_kind_of_attack():
    """Each kind has an attack, and the page on the bank lists each attack."""
    tried = " ".join(attack.tries for attack in ALL)
    page = (REPO / "docs" / "attacks.md").read_text(encoding="utf-8")

    assert [kind for kind in KINDS if kind not in tried] == []
    assert [attack.student for attack in ALL if f"`{attack.student}`" not in page] == []
    assert len(ALL) >= 40


def test_grading_ends_well_for_everybody(course):
    """The run ends, every submission has a record and a page, and only attackers ask a person."""
    graded = record.read_all(course.root / "autograded")
    asked = {grade.student for grade in graded if grade.for_a_person}
    assert course.grading.returncode == (1 if asked else 0), course.grading.stderr[-6000:]
    assert "Traceback" not in course.grading.stderr
    assert not asked & CLASS.keys()
    assert course.feedback.returncode == 0, course.feedback.stderr[-6000:]
    students = {path.name for path in (course.root / "submitted").iterdir()}
    records = (course.root / "autograded").glob(f"*/{NAME}/{NAME}.record.json")
    assert {path.parts[-3] for path in records} == students


def test_the_others_have_their_grades(course):
    """Honest and wrong submissions among the attackers have exactly what they earn."""
    scores = course.scores()

    assert {student: scores[student] for student in CLASS} == {
        student: points for student, (_, points) in CLASS.items()
    }


def test_the_gradebook_knows_no_one_else(course):
    """Nobody was added to the gradebook, and nobody's data were changed in it."""
    students = {path.name for path in (course.root / "submitted").iterdir()}
    with course.gradebook() as gradebook:
        emails = {student.id: student.email for student in gradebook.students}
        assert gradebook.find_assignment(NAME).max_score == 10

    assert emails == dict.fromkeys(students) | {"00_honest": f"{CANARY}gradebook"}


def test_records_are_the_graders_own(course):
    """The kit's overview reads one record a submission, and agrees with the gradebook."""
    grades = record.read_all(course.root / "autograded")

    assert {grade.student: grade.points for grade in grades} == course.scores()
    assert len(grades) == len(course.scores())


def test_the_overview_holds_no_terminal_codes(course):
    """What the kit prints about the class cannot move or colour a terminal."""
    console = Console(file=io.StringIO(), width=200, color_system=None)
    show_grades(read_class(course.root).all, console)

    assert not re.findall(r"[^\n\x20-\x7e\xa1-\u1fff\u2070-\uffff].{0,99}", console.file.getvalue())


def test_nothing_outside_has_changed(course):
    """Source, checks, submissions, configuration, home and other folders are as they were."""
    assert course.fingerprint() == course.before


def test_tapes_stay_small(course):
    """What is kept for grading again has a limit for each submission."""
    files = (course.root / ".pawmark" / "records").glob("*/*")

    assert max((file.stat().st_size for file in files), default=0) < 150 << 20


def test_no_process_survives(course):
    """When grading has ended, nothing that a submission started is left."""
    assert course.left == []
    assert course.survivors() == []


@pytest.mark.parametrize("attack", parameters())
def test_attack_gains_nothing(course, attack):
    """An attack has the points of its honest part, and leaves nothing dangerous behind."""
    assert course.scores()[attack.student] in attack.earns
    assert course.outcomes(attack.student, TARGET) <= attack.outcomes
    assert not re.findall(rf".{{0,200}}{CANARY}.{{0,80}}", course.shown(attack.student))
    new = Page(course.page(attack.student)).found - Page(course.page("00_honest")).found
    assert new == set()
