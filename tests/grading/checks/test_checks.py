"""What the author of hidden checks relies on."""

import numpy as np
import pytest

from pawmark.checks import CheckFailed, expect


@pytest.mark.parametrize("condition", [False, [], "", 0, None, np.array([True, False]), np.False_])
def test_expect_fails_with_its_message(condition):
    """What is false, empty or not true everywhere fails the check."""
    with pytest.raises(CheckFailed, match="there is nothing"):
        expect(condition, "there is nothing")


@pytest.mark.parametrize("condition", [True, [0], "text", np.array([True, True]), np.True_])
def test_expect_passes(condition):
    """What is true, or true everywhere, goes on."""
    expect(condition, "there is nothing")


def test_expect_shows_what_it_is_given():
    """Values handed to a check's message travel as short text."""
    with pytest.raises(CheckFailed) as failure:
        expect(False, "another shape", got=(3, 2), expected=(2, 3))

    assert (failure.value.got, failure.value.expected) == ("(3, 2)", "(2, 3)")
