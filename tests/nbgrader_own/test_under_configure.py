"""nbgrader's own tests of its commands, run from its wheel in courses that call ``configure``.

None of them is copied. Those that test what Pawmark changes on purpose are in a table of
docs/any-course.md, with the reason; no other may fail.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pawmark.grading.sandbox import bubblewrap

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "any-course.md"
APPS = "nbgrader.tests.apps."
# Files of nbgrader's, all of which run with the slow tests.
FILES = (
    APPS + "test_nbgrader_autograde",
    APPS + "test_nbgrader_generate_feedback",
    APPS + "test_nbgrader_generate_assignment",
    APPS + "test_nbgrader_validate",
    APPS + "test_api",
    "nbgrader.tests.api",
)
SAMPLE = ("test_grade", "test_grade_autotest", "test_hidden_tests_single_notebook")

needs_sandbox = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)


def differences() -> set[str]:
    """Return the tests that the page names as different."""
    return set(re.findall(r"^\| `(test_\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))


def outcomes(folder: Path, *wanted: str, chosen: str = "") -> dict[str, str]:
    """Run tests of nbgrader's under ``configure``; return what came of each, by its name."""
    select = ["-k", chosen] if chosen else []
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", "/dev/null", f"--rootdir={folder}",
         "-p", "no:cacheprovider", "-p", "under_configure", "-rA", "-q", "--tb=no",
         *select, "--pyargs", *wanted],
        cwd=folder,
        env=surroundings(folder),
        capture_output=True,
        text=True,
        timeout=3500,
        check=False,
    )  # fmt: skip
    found = re.findall(r"^(PASSED|FAILED|ERROR) \S*::(\w+)", done.stdout, re.MULTILINE)
    assert found, done.stdout[-3000:] + done.stderr[-3000:]
    # Of a test with parameters, what is worst.
    return {name: outcome for outcome, name in sorted(found, reverse=True)}


def surroundings(folder: Path) -> dict[str, str]:
    """Return variables for nbgrader's tests: nobody's own configuration, and the plug-in."""
    kept = {
        name: v for name, v in os.environ.items() if not name.startswith(("PAWMARK_", "PYTEST"))
    }
    places = [str(ROOT / "tests" / "support"), *filter(None, [kept.get("PYTHONPATH")])]
    own = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]]),
        "PYTHONPATH": os.pathsep.join(places),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
    }
    return kept | own


@needs_sandbox
def test_a_sample_passes(tmp_path):
    """Submissions are graded, with generated tests and hidden ones, as nbgrader's tests want it."""
    found = outcomes(tmp_path, *(f"{FILES[0]}::TestNbGraderAutograde::{name}" for name in SAMPLE))

    assert found == dict.fromkeys(SAMPLE, "PASSED")


@needs_sandbox
@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("module", FILES)
def test_what_fails_is_named_with_its_reason(tmp_path, module):
    """All that fails stands in the table of the page; few do."""
    found = outcomes(tmp_path, module)

    failed = {name for name, outcome in found.items() if outcome != "PASSED"}
    assert failed <= differences()


@needs_sandbox
@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_what_is_named_still_differs(tmp_path):
    """What has come to pass is taken out of the table."""
    named = differences()
    found = outcomes(tmp_path, FILES[0], FILES[4], chosen=" or ".join(named))

    assert {name for name, outcome in found.items() if outcome != "PASSED"} == named
