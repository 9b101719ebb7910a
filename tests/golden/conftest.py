"""The frozen course holds modules that only grading runs."""

collect_ignore = ["course"]
