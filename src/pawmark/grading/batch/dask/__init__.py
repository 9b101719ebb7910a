"""Submissions run on other machines, by Dask distributed; grades are still written here."""

import pawmark.grading  # noqa: F401  (before notebooks are read: see there)
