"""Fixtures that several exercises of assignment 05 share."""

import pytest

from .student_models import Tools


@pytest.fixture
def tools(student):
    """Return the way to build and run models in the student's process."""
    return Tools(student)
