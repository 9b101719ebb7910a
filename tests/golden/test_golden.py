"""Grading gives what it gave before the engine was rebuilt: scores, messages, pages, report.

See `golden`: what is meant to change is written anew with ``python -m tests.golden``.
"""

import shutil
import subprocess

import pytest

from . import graded
from .files import differences, load


def _sandbox_works():
    """Tell whether bubblewrap, in which the expected files were made, works here."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        return False
    done = subprocess.run([bwrap, "--ro-bind", "/", "/", "true"], capture_output=True, check=False)
    return done.returncode == 0


pytestmark = [
    pytest.mark.skipif(not _sandbox_works(), reason="bubblewrap does not work here"),
    pytest.mark.timeout(1800),
]


def assert_same(name, folder):
    """Fail with a diff of every text that is not as expected."""
    expected = load(name)
    found = differences(expected, graded(name, folder))
    if found:
        shown = "\n\n".join(found[:6])
        pytest.fail(f"{len(found)} of {len(expected)} texts differ.\n{shown}", pytrace=False)


@pytest.mark.usefixtures("own_cache")
def test_answers_get_the_same(tmp_path):
    """Half of the wrong answers of two assignments, and odd hand-ins, are graded as before."""
    assert_same("short", tmp_path)


@pytest.mark.slow
@pytest.mark.usefixtures("own_cache")
def test_other_answers_get_the_same(tmp_path):
    """The other half of the answers is graded as before."""
    assert_same("long", tmp_path)


@pytest.mark.slow
def test_demo_is_the_same(tmp_path):
    """The class of eight of `pawmark demo`, which trains, is graded as before."""
    assert_same("demo", tmp_path)
