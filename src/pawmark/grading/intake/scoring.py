"""nbgrader's own rule for the points of a cell of tests, by its outputs."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode


def points_of(cell: NotebookNode, outputs: Iterable[Mapping[str, Any]]) -> float:
    """Return the points of a cell whose run gave some outputs.

    Those are all of them, none for an error or anything on stderr, or the number that it returned.

    Raises
    ------
    ValueError
        When it returned more than it is worth.
    """
    from nbgrader.utils import determine_grade

    ran = copy.deepcopy(cell)
    ran.outputs = [nbformat.from_dict(dict(output)) for output in outputs]
    points, _ = determine_grade(ran)
    return float(points)
