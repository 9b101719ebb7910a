"""Fixtures for the hidden checks of all assignments."""

from pathlib import Path

import pytest

from pawmark import profiles
from pawmark.vision.calibration import held_out as held_out_photographs
from pawmark.vision.calibration import read_bar

BARS = Path(__file__).parent / "bars"


@pytest.fixture
def keras(student):
    """Return a handle of Keras in the student's process, whatever the notebook calls it."""
    return student.evaluate("__import__('keras')")


@pytest.fixture(scope="session")
def profile():
    """Return the sizes under which the student's notebook ran."""
    return profiles.current()


@pytest.fixture
def held_out(pets, profile, secret):
    """Return photographs that no model of this run has been trained on.

    They are drawn from the course's secret: nobody can train on them at home, or know their labels.

    With real photographs there are no others: then these are the validation part (`source` says
    so), on which the student's best epoch was chosen, so the loss is a little flattering.
    """
    return held_out_photographs(secret.seed("held-out photographs"), profile, pets.data)


@pytest.fixture
def bar(request, pets, profile):
    """Return the bar of the check's assignment, or None where there is none.

    A bar for the real photographs holds for all of them, and not for a small part.
    """
    assignment = request.path.parent.name
    if pets.kind == "real" and len(pets.names) < profile.num_train + profile.num_val:
        return None
    return read_bar(BARS / f"{assignment}.json", profile, pets.kind)
