"""The table of the attacks beside stock nbgrader: what the page says, and how it is measured."""

import re
from pathlib import Path

import pytest
from attack_course import CANARY, HONEST, NAME, REPO, WRONG, read_attack
from attack_findings import SECRETS, aftermath, grades, successes
from stock_course import StockCourse

from pawmark.grading.sandbox import bubblewrap

ATTACKS = [
    read_attack(path) for path in sorted(Path(__file__).resolve().parents[1].glob("attacks/*.py"))
]
PAGE = REPO / "docs" / "attacks.md"
NOT_TRIED = "not tried: root grades here"
FLOODS = ("fork floods", "memory floods", "disk floods")


def rows() -> dict[str, tuple[str, str]]:
    """Return what the page says of each attack: on stock nbgrader, and on the kit."""
    part = PAGE.read_text(encoding="utf-8").partition("<!-- written by")[2]
    found = re.findall(r"^\| `(\w+)` \|.*\| ([^|]*) \| ([^|]*) \|$", part, re.M)
    return {name: (stock, kit) for name, stock, kit in found}


written = pytest.mark.skipif(
    not rows(), reason="the table is not written yet: python scripts/attack_table.py"
)


@written
def test_the_page_has_a_line_for_each_attack():
    """The table knows each attack of the bank and no other; run scripts/attack_table.py."""
    assert sorted(rows()) == sorted(attack.student for attack in ATTACKS)


@written
def test_no_attack_succeeds_against_the_kit():
    """In the table's run no attack gained, read, changed or cost anything."""
    kit = {name: kit for name, (_, kit) in rows().items()}
    floods = {attack.student for attack in ATTACKS if attack.tries == "fork floods"}

    assert {name for name, said in kit.items() if said != "held"} <= floods
    assert {said for said in kit.values() if said != "held"} <= {NOT_TRIED}


@written
def test_the_page_says_what_it_compared():
    """The versions of both and the day of the run stand above the table."""
    part = PAGE.read_text(encoding="utf-8").partition("<!-- written by")[2]

    assert re.search(r"\d{4}-\d\d-\d\d: nbgrader \d[\w.]*, Pawmark \d[\w.]*, bubblewrap \d", part)


def test_floods_are_not_tried_without_limits():
    """What would take the machine's processes, memory or disk is marked so."""
    tried = [attack.student for attack in ATTACKS if attack.tries in FLOODS and not attack.stock]

    assert tried == []


@pytest.fixture
def stock(tmp_path, small_pets) -> StockCourse:
    """Give a course for nbgrader alone."""
    course = StockCourse(tmp_path, small_pets.root)
    course.build()
    return course


@pytest.mark.slow
@pytest.mark.skipif(bubblewrap.available() is not None, reason=str(bubblewrap.available()))
def test_successes_are_seen(stock):
    """On nbgrader alone the measure sees points gained, secrets read and others' points changed."""
    chosen = ("asserts_removed", "gradebook_written", "outside_files_read")
    attacks = [attack for attack in ATTACKS if attack.student in chosen]
    stock.hand_in("00_wrong", WRONG)
    stock.hand_in("zz_honest", {"note": f"{CANARY}submission", **HONEST})
    stock.fill_gradebook("zz_honest")
    for attack in attacks:
        stock.hand_in(attack.student, HONEST | attack.cells)
    stock.before = stock.fingerprint()
    stock.nbgrader("autograde", NAME)
    stock.nbgrader("generate_feedback", NAME)
    removed, written, read = (successes(stock, attack, "00_wrong") for attack in attacks)

    assert grades(stock).keys() >= {"00_wrong", "zz_honest"}
    assert any("gains" in said for said in removed)
    assert any("gains" in said for said in written)
    assert any(secret in said for said in read for secret in SECRETS)
    told = aftermath(stock, {"00_wrong": 4, "zz_honest": 8}, 0)
    assert told.robbed
    assert told.changed
