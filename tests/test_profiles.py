"""Profiles: which sizes a run has."""

import pytest

from pawmark import profiles
from pawmark.errors import CourseError


def test_quick_is_the_default(monkeypatch):
    """Without a choice, and with an empty one, the run is quick."""
    monkeypatch.delenv(profiles.VARIABLE, raising=False)
    assert profiles.current() is profiles.QUICK

    monkeypatch.setenv(profiles.VARIABLE, "")
    assert profiles.current() is profiles.QUICK


def test_gpu_has_the_sizes_of_the_chapter(monkeypatch):
    """The gpu profile splits 7,390 photographs of 200 x 200 pixels as the chapter does."""
    monkeypatch.setenv(profiles.VARIABLE, "gpu")
    found = profiles.current()

    assert (found.img_size, found.num_train + found.num_val) == ((200, 200), 7390)
    assert (found.num_val, found.epochs, found.batch_size) == (1000, 50, 64)


def test_unknown_name_is_answered_with_the_known_ones(monkeypatch):
    """A misspelt profile stops with the names that exist."""
    monkeypatch.setenv(profiles.VARIABLE, "fast")

    with pytest.raises(
        CourseError, match=r"'fast', which is not a profile\. Set it to gpu or quick"
    ):
        profiles.current()


@pytest.mark.parametrize("profile", profiles.PROFILES.values(), ids=lambda profile: profile.name)
def test_sizes_can_be_halved_three_times(profile):
    """Every image size fits a model that halves it three times."""
    assert all(side % 8 == 0 for side in profile.img_size)
