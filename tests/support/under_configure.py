"""A plug-in of pytest: nbgrader's own tests, in courses that call ``configure``.

``python -m pytest -p under_configure --pyargs nbgrader.tests.apps.test_nbgrader_autograde``. Those
tests make their courses by a fixture, ``temp_cwd``, which writes an nbgrader_config.py; what an
instructor would add to that file is added here, before the test writes anything into it.
"""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from pawmark.grading.plugin import configure

LINES = """
from pawmark.grading.plugin import configure
configure(c)
"""


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
    """Add to the configuration of a course that was just made."""
    made = yield
    if fixturedef.argname == "api":  # with a configuration in memory
        configure(made.config)
    if fixturedef.argname == "temp_cwd":
        with Path(made, "nbgrader_config.py").open("a", encoding="utf-8") as file:
            file.write(LINES)
    return made
