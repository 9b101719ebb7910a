"""``pawmark grade --json``: the grades that ``pawmark grades --json`` has, and nothing else."""

import json

import pytest
from small_class import PRIMES, RIGHT, SUMS, WRONG, SmallClass

from pawmark.grading.sandbox import bubblewrap

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=f"no sandbox: {bubblewrap.available()}"
)


def test_grading_tells_a_program_what_the_grades_are(tmp_path):
    """Of the assignments and students that were asked for; also when nothing is left to grade."""
    course = SmallClass.made_in(tmp_path / "course")
    for who, answers in (("ann", RIGHT), ("ben", WRONG)):
        course.hand_in(who, PRIMES, answers)
    course.hand_in("ann", SUMS, RIGHT)
    first = course.run("pawmark", "grade", "02", "--json", "--workers", "1")
    told = json.loads(course.must("pawmark", "grades", "--json"))
    of_primes = [one for one in told if one["assignment"] == PRIMES]

    assert first.returncode == 0
    assert [one["score"] for one in of_primes] == [6, 1]
    assert json.loads(first.stdout) == of_primes
    assert "2 of 2" in first.stderr
    again = course.run("pawmark", "grade", "02", "--json", "--student", "ben")
    assert json.loads(again.stdout) == [of_primes[1]]
    assert f"{PRIMES}: 1 is graded already" in again.stderr

    (course.root / "submitted" / "cleo" / "02_Primes").mkdir(parents=True)
    (course.root / "submitted" / "cleo" / "02_Primes" / f"{PRIMES}.ipynb").write_text("{}")
    asked = course.run("pawmark", "grade", "02", "--json")
    assert asked.returncode == 3
    assert json.loads(asked.stdout) == of_primes
    assert "A person must look" in asked.stderr
    wrong = course.run("pawmark", "grade", "02", "--json", "--student", "bem")
    assert (wrong.returncode, wrong.stdout) == (1, "")
