"""Profiles: which sizes a run has."""

import pytest

from pawmark import profiles
from pawmark.errors import CourseError


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """Return a function that gives the machine cards, as the driver's tool tells, and libraries."""

    def make(lines, libraries):
        tool = tmp_path / "nvidia-smi"
        tool.write_text(f"#!/bin/sh\n{lines}\n")
        tool.chmod(0o755)
        if libraries:
            (tmp_path / "nvidia" / "cudnn").mkdir(parents=True)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delenv(profiles.VARIABLE, raising=False)
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        profiles.fitting.cache_clear()

    yield make
    profiles.fitting.cache_clear()


@pytest.mark.parametrize(
    ("lines", "libraries", "chosen", "reason"),
    [
        ("echo 16380", True, profiles.GPU, "a graphics card with 16 GiB"),
        ("echo 6144; echo 81559", True, profiles.GPU, "a graphics card with 80 GiB"),
        ("echo 6144", True, profiles.QUICK, "the graphics card has 6 GiB, too little for 'gpu'"),
        ("echo 16380", False, profiles.QUICK, "without the libraries of the graphics card"),
        ("exit 9", True, profiles.QUICK, "no graphics card to train on"),
        ("echo no devices were found", True, profiles.QUICK, "no graphics card to train on"),
        ("echo", True, profiles.QUICK, "no graphics card to train on"),
    ],
)
def test_the_machine_chooses(machine, monkeypatch, lines, libraries, chosen, reason):
    """Without a name the card decides, and the sentence in the notebook says why."""
    machine(lines, libraries)
    for value in (None, ""):
        if value is not None:
            monkeypatch.setenv(profiles.VARIABLE, value)
        found = profiles.choose()

        assert found.profile is chosen
        assert reason in str(found)


def test_hidden_card_is_no_card(machine, monkeypatch):
    """A card that the process may not use changes nothing."""
    machine("echo 16380", True)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")

    assert profiles.current() is profiles.QUICK


def test_gpu_has_the_sizes_of_the_chapter(monkeypatch):
    """The gpu profile splits 7,390 photographs of 200 x 200 pixels as the chapter does."""
    monkeypatch.setenv(profiles.VARIABLE, "gpu")
    found = profiles.current()

    assert (found.img_size, found.num_train + found.num_val) == ((200, 200), 7390)
    assert (found.num_val, found.batch_size) == (1000, 64)
    assert "chosen by PAWMARK_PROFILE" in str(profiles.choose())


def test_unknown_name_is_answered_with_the_known_ones(monkeypatch):
    """A misspelt profile stops with the names that exist."""
    monkeypatch.setenv(profiles.VARIABLE, "fast")

    with pytest.raises(CourseError, match="PAWMARK_PROFILE is 'fast': quick or gpu is wanted"):
        profiles.current()


@pytest.mark.parametrize("profile", profiles.PROFILES.values(), ids=lambda profile: profile.name)
def test_sizes_can_be_halved_three_times(profile):
    """Every image size fits a model that halves it three times."""
    assert all(side % 8 == 0 for side in profile.img_size)
