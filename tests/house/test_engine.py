"""The engine stands alone: it knows no photographs, no Keras, no figures."""

import os
import subprocess
import sys

# Imports every module of the engine, and says what of a course came along.
PROGRAM = """
import importlib, pkgutil, sys
import pawmark.grading
for found in pkgutil.walk_packages(pawmark.grading.__path__, "pawmark.grading."):
    importlib.import_module(found.name)
from pawmark.grading import course
course.open_data(1), course.places_inside()
known = ("vision", "pets", "figures", "profiles", "models", "trained", "quiet", "visible")
course_modules = [n for n in sys.modules for k in known if f"{n}.".startswith(f"pawmark.{k}.")]
print(sorted(course_modules), sorted({"keras", "tensorflow", "PIL.ImageDraw"} & set(sys.modules)))
"""


def test_nothing_of_a_course_is_imported():
    """All modules of the engine are imported, and none of this course's; nor is Keras."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | {"PAWMARK_PLUGIN": "none"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "[] []\n"), done.stderr
