"""Grading times beside those of stock nbgrader: ``python -m benchmarks [--quick]``."""
