"""The fixtures that this course adds to those of the engine; a plug-in of pytest."""

import pytest

from pawmark.grading.checks.student import Student
from pawmark.grading.course import Checking
from pawmark.vision.asking import VisionStudent
from pawmark.vision.data import GradingPets


class VisionFixtures:
    """Gives ``pets``, and ``student`` with questions about models and plots.

    Parameters
    ----------
    checking
        The run of checks that they are for.
    """

    def __init__(self, checking: Checking) -> None:
        self._pets = GradingPets(checking.data, checking.guest_root)

    @pytest.fixture
    def student(self, student: Student) -> VisionStudent:
        """Return what asks the student's work."""
        return student.extended(VisionStudent)

    @pytest.fixture
    def pets(self) -> GradingPets:
        """Return the grader's data as the student's process sees it."""
        return self._pets
