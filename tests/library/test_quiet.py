"""Tests of `pawmark.quiet`."""

import os

import pytest

from pawmark.quiet import quietly


def test_nothing_written_inside_arrives(capfd):
    """What is written to the descriptor inside the block is gone; afterwards it arrives again."""
    with quietly():
        os.write(2, b"inside")
    os.write(2, b"after")

    assert capfd.readouterr().err == "after"


def test_errors_pass_and_the_stream_comes_back(capfd):
    """An exception leaves the block unchanged, and standard error works again."""
    with pytest.raises(ValueError, match="seen"), quietly():
        raise ValueError("seen")
    os.write(2, b"after")

    assert capfd.readouterr().err == "after"
