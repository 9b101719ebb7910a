"""The name of a recording follows what decides what student code does, and nothing else."""

import shutil
import subprocess
import sys

import pytest

from pawmark.grading import course as courses
from pawmark.grading import fingerprint

SHOWN_IMPORTS = """
import sys
import pawmark.grading.inside.guest, pawmark.grading.inside.runner
import pawmark.grading.inside.sealed_runner, pawmark.grading.inside.preloaded
from pawmark import figures, models, pets, profiles, quiet, trained, visible
from pawmark.figures import architecture, interpreting, pooling, tasks, training, watching
from pawmark.pets import scenes
for name, module in sorted(sys.modules.items()):
    if name.startswith("pawmark"):
        print(module.__file__)
"""


@pytest.fixture
def package(tmp_path):
    """Give a copy of the package, to be edited."""
    left_out = shutil.ignore_patterns("__pycache__")
    return shutil.copytree(fingerprint.PACKAGE, tmp_path / "pawmark", ignore=left_out)


def edit(path):
    """Add a line to a module."""
    path.write_text(f"{path.read_text()}\nEDITED = True\n")


@pytest.mark.parametrize(
    "module",
    ["reporting/page.py", "grading/batch/grade_class.py", "grading/run/pipeline.py", "__init__.py"],
)
def test_what_runs_outside_does_not_count(package, module):
    """An edit of the report, the pipeline or the version number leaves every recording good."""
    before = fingerprint.digest_of_inside(package)

    edit(package / module)

    assert fingerprint.digest_of_inside(package) == before


@pytest.mark.parametrize(
    "module",
    [
        "grading/inside/guest.py",
        "grading/boundary/wire.py",
        "models.py",
        "pets/split.py",
        "vision/inside.py",
    ],
)
def test_what_runs_inside_counts(package, module):
    """An edit of the guest, the wire or the students' library makes other names."""
    before = fingerprint.digest_of_inside(package)

    edit(package / module)

    assert fingerprint.digest_of_inside(package) != before


@pytest.mark.parametrize("module", ["grading/inside/guest.py", "models.py", "vision/inside.py"])
def test_comments_and_layout_do_not_count(package, module):
    """A better comment, and lines broken at other places, leave every recording good."""
    path = package / module
    path.write_text(f"{path.read_text()}\nWORDS = ('one', 'two')\n")
    before = fingerprint.digest_of_inside(package)

    code = path.read_text().replace("('one', 'two')", "(\n    'one',  # first\n    \"two\",\n)")
    path.write_text(f"# Said better.\n{code}\n# And at the end.\n")

    assert fingerprint.digest_of_inside(package) == before


def test_a_docstring_counts(package):
    """What code says of itself can be read by code, so it is part of what decides."""
    before = fingerprint.digest_of_inside(package)
    path = package / "pets" / "split.py"

    path.write_text(path.read_text().replace('"""', '"""Said better. ', 1))

    assert fingerprint.digest_of_inside(package) != before


def test_what_cannot_be_parsed_counts_as_it_is(package):
    """A module of the course that is broken names other recordings until it is mended."""
    path = package / "models.py"
    path.write_text("def broken(:\n")
    before = fingerprint.digest_of_inside(package)

    path.write_text("def broken(:  # still\n")

    assert fingerprint.digest_of_inside(package) != before


def test_where_a_module_lies_does_not_count(package):
    """A module that is only moved decides on what it did before."""
    before = fingerprint.digest_of_inside(package)

    (package / "pets" / "split.py").rename(package / "figures" / "split.py")

    assert fingerprint.digest_of_inside(package) == before


def test_all_that_student_code_can_import_counts():
    """No module is loaded in a student's process that an edit could change unseen."""
    done = subprocess.run(
        [sys.executable, "-c", SHOWN_IMPORTS], capture_output=True, text=True, check=True
    )
    inside = [str(fingerprint.PACKAGE / name) for name in fingerprint.INSIDE]
    inside += [str(courses.place_of(module)) for module in courses.modules_inside()]
    folders = {str(fingerprint.PACKAGE / name) for name in fingerprint.OUTSIDE}
    seen = set(done.stdout.split())

    assert any(path.endswith("inside/guest.py") for path in seen)
    assert [path for path in seen - folders if not path.startswith(tuple(inside))] == []


def test_an_installation_is_all_of_it():
    """A machine that grades for another compares everything, and says it apart from the rest."""
    installation, student_code = fingerprint.of_installation(), fingerprint.of_student_code()

    assert installation["pawmark"]
    assert dict(installation.items() - student_code.items()).keys() == {"pawmark", "course"}
