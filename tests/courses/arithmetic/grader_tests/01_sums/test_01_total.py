"""Hidden checks of 01-total."""

import pytest

from pawmark.grading.checks.expect import expect


@pytest.mark.cell("01-total", points=3)
def test_total(student):
    """The sum of all numbers."""
    got = student.call("total", [2, 3, 7])
    expect(got == 12, "this is not the sum", got=got, expected=12)


@pytest.mark.cell("01-total", points=1)
def test_total_of_nothing(student):
    """The sum of no numbers is 0."""
    expect(student.call("total", []) == 0, "no numbers add up to 0")
