"""What a course's nbgrader_config.py imports; this name stays whatever else moves."""

from pawmark.grading.gradebook.config import configure

__all__ = ["configure"]
