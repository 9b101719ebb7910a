"""Grading held against files that were made before the engine was rebuilt.

A frozen course (``course/``) and frozen hand-ins (``answers/``) are graded by today's code, and
what comes of it is compared with ``expected/``. Only public commands are used, so nothing here
depends on how the package is laid out. What a change of the engine is meant to change is written
anew with ``python -m tests.golden``, and its diff is read like code.
"""

from pathlib import Path

from .classes import BANK, DEMO, grade_bank, grade_demo
from .outputs import Texts, collect

CLASSES = ("short", "long", "demo")


def graded(name: str, folder: Path) -> Texts:
    """Grade one of the `CLASSES` in an empty folder and return what was written about it."""
    if name == "demo":
        return collect(grade_demo(folder), DEMO)
    return collect(grade_bank(folder, short=name == "short"), BANK)
