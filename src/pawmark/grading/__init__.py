"""Grading: repair, sandboxed execution, checks outside, and the record of what came of it."""
