"""What starting the package costs: nothing heavy before it is needed."""

import subprocess
import sys

import pytest

HEAVY = ("tensorflow", "keras", "matplotlib", "nbgrader", "distributed", "dask", "nbformat")
LOOK = f"import sys; print(*sorted(set({HEAVY}) & set(sys.modules)), file=sys.stderr)"


@pytest.mark.parametrize(
    "start",
    [
        "import pawmark, pawmark.pets, pawmark.profiles, pawmark.grading.course_folder\n"
        "import pawmark.authoring.generating",
        "import pawmark.grading.batch.dask.worker",
        "import sys; sys.argv = ['pawmark', '--help']; from pawmark.cli import app; "
        "app(standalone_mode=False)",
        "import sys; sys.argv = ['pawmark', 'grade', '--help']; from pawmark.cli import app; "
        "app(standalone_mode=False)",
    ],
    ids=["package", "worker", "help", "help-of-a-command"],
)
def test_nothing_heavy_is_imported(start):
    """The package, its help and what a Dask worker loads come without the large libraries."""
    done = subprocess.run(
        [sys.executable, "-c", f"{start}\n{LOOK}"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr.strip()) == (0, "")


def test_notebooks_are_read_without_a_grammar():
    """Grading reads notebooks without compiling the grammar of a format that none of them has."""
    program = (
        "import contextlib, sys; from pawmark.cli import main\n"
        "sys.argv = ['pawmark', '--help']\n"
        "with contextlib.redirect_stdout(None), contextlib.suppress(SystemExit): main()\n"
        "import nbformat; print(sys.modules['rfc3987_syntax'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "None\n"
