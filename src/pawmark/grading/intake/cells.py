"""What the metadata say of a cell, nbgrader's and Pawmark's, without importing all of nbgrader."""

from nbformat import NotebookNode

_CHECK_SUFFIX = "-check"
# What a cell's author says under "run", so that it is run whatever needs it.
ALWAYS_RUN = "always"
_INSIDE = "tested inside"


def is_grade(cell: NotebookNode) -> bool:
    """Tell whether points are given for a cell."""
    return bool(cell.metadata.get("nbgrader", {}).get("grade", False))


def is_solution(cell: NotebookNode) -> bool:
    """Tell whether a student's answer is expected in a cell."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution", False))


def is_students_own(cell: NotebookNode) -> bool:
    """Tell whether a student wrote a cell that is no answer: one that was added, or a free one."""
    return bool(cell.metadata.get("pawmark", {}).get("student", False))


def is_tested_inside(cell: NotebookNode) -> bool:
    """Tell whether a cell holds tests that are run beside the student's code, hidden ones too."""
    return _INSIDE in cell.metadata.get("pawmark", {})


def visible_tests(cell: NotebookNode) -> str:
    """Return what a cell of tests holds where students see it."""
    found = cell.metadata.get("pawmark", {}).get(_INSIDE, {})
    return str(found.get("visible", cell.source))


def put_tests_in(cell: NotebookNode, text: str, checksum: str) -> None:
    """Make a cell one that is tested inside, with its hidden tests, for `is_tested_inside`.

    With nbgrader's checksum of that, `nbgrader validate` takes the graded notebook for unchanged.
    """
    if checksum:
        cell.metadata["nbgrader"]["checksum"] = checksum
    about = {} if text == cell.source else {"visible": cell.source}
    cell.metadata["pawmark"] = {**cell.metadata.get("pawmark", {}), _INSIDE: about}
    cell.source = text


def is_always_run(cell: NotebookNode) -> bool:
    """Tell whether a cell's author wants it to be run whatever needs it."""
    return bool(cell.metadata.get("pawmark", {}).get("run") == ALWAYS_RUN)


def mark_students_own(cell: NotebookNode) -> None:
    """Note that a student wrote a cell, for `is_students_own`."""
    cell.metadata["pawmark"] = {**cell.metadata.get("pawmark", {}), "student": True}


def exercise_of(grade_id: str) -> str:
    """Return the exercise that a cell belongs to, given its own grade_id or that of its checks."""
    return grade_id.removesuffix(_CHECK_SUFFIX)
