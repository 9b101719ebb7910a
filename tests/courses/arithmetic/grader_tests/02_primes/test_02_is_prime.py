"""Hidden checks of 02-is-prime."""

import pytest

from pawmark.grading.checks.expect import expect

PRIMES = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29}


@pytest.mark.cell("02-is-prime", points=2)
def test_is_prime(student):
    """Numbers up to 30 are told apart."""
    found = {n for n in range(2, 31) if student.call("is_prime", n) is True}
    expect(found >= PRIMES, "primes are missing", got=sorted(found))
    expect(found <= PRIMES, "numbers are taken for primes", got=sorted(found))


@pytest.mark.cell("02-is-prime", points=1)
def test_one_is_no_prime(student):
    """1 is no prime."""
    expect(student.call("is_prime", 1) is False, "1 has one divisor, and a prime has two")
