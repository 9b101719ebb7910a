"""Hidden checks of 02-primes-below."""

import pytest
from arithmetic_course import Found

from pawmark.grading.checks.expect import expect

PRIMES = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29}


@pytest.mark.cell("02-primes-below", points=2)
def test_primes_below(student, hand_out):
    """All primes below a limit, which is left out."""
    got = student.call("primes_below", 29)
    found = set(got) if isinstance(got, list) else set()
    hand_out(Found(len(found & PRIMES - {29}), 9))
    expect(got == sorted(PRIMES - {29}), "these are not the primes below 29", got=got)


@pytest.mark.cell("02-primes-below", points=1)
def test_parameter(student):
    """The limit is called limit."""
    got = student.parameters("primes_below")
    expect(got == ["limit"], "the parameter has another name", got=got, expected=["limit"])
