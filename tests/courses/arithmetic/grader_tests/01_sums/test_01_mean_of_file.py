"""Hidden checks of 01-mean-of-file."""

from fractions import Fraction

import pytest

from pawmark.grading.checks.expect import expect


@pytest.mark.cell("01-mean-of-file", points=4)
def test_mean_of_file(student, measured):
    """The mean of the numbers in a file."""
    path, numbers = measured
    got = student.call("mean_of_file", path)
    expect(got == pytest.approx(sum(numbers) / len(numbers)), "this is not the mean", got=got)


@pytest.mark.cell("01-mean-of-file", points=1)
def test_mean_of_another_file(student):
    """The mean of a file that is not the course's own."""
    folder = student.folder({"few.txt": b"1\n2\n"})
    expect(student.call("mean_of_file", f"{folder}/few.txt") == Fraction(3, 2), "not the mean")
