"""Pawmark: a course kit on deep learning for computer vision, with grading that holds."""

__version__ = "0.1.0.dev0"
