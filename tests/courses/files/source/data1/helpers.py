"""Reads tables."""

import csv


def rows_of(path):
    """Return the rows of a table as dicts."""
    with open(path, newline="") as file:
        return list(csv.DictReader(file))
