"""Writes anew what is expected, and shows what changed.

``python -m tests.golden`` does it for all classes, ``python -m tests.golden short`` for one.
"""

import sys
import tempfile
from pathlib import Path

from . import CLASSES, graded
from .files import differences, load, store

for name in sys.argv[1:] or CLASSES:
    with tempfile.TemporaryDirectory(prefix="golden-") as folder:
        texts = graded(name, Path(folder).resolve())
    found = differences(load(name), texts)
    print("\n\n".join([*found, f"{name}: {len(found)} texts changed"]))
    store(name, texts)
