"""Whose grades Pawmark writes at once, and whose are left to nbgrader."""

import pytest

from pawmark.grading.gradebook import staging

CONFIG = """from nbgrader import preprocessors as steps
from nbgrader.converters.autograde import Autograde
from pawmark.grading.plugin import configure

c = get_config()


class Own(steps.NbGraderPreprocessor):
    pass


class OwnLateness(steps.AssignLatePenalties):
    pass


{line}
configure(c)
"""
LISTED = "c.Autograde.autograde_preprocessors = "


def left(course, line: str) -> str:
    """Return what of a configuration is left to nbgrader."""
    (course / "nbgrader_config.py").write_text(CONFIG.format(line=line))
    return staging.left_to_nbgrader(staging.converter_of(course))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "c.LimitOutput.max_lines = 3",
        LISTED + "[steps.Execute, steps.LimitOutput, steps.SaveAutoGrades]",
        LISTED + "['nbgrader.preprocessors.Execute', 'nbgrader.preprocessors.SaveAutoGrades']",
        "c.Autograde.sanitize_preprocessors = [steps.ClearOutput, steps.OverwriteCells]",
    ],
)
def test_a_course_that_adds_nothing_is_written_at_once(tmp_path, line):
    """The steps of nbgrader are known, all of them or some."""
    assert left(tmp_path, line) == ""


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (LISTED + "[steps.Execute, Own, steps.SaveAutoGrades]", "autograde_preprocessors"),
        ("c.Autograde.autograde_preprocessors.append(Own)", "autograde_preprocessors"),
        (LISTED + "[steps.Execute, steps.SaveAutoGrades, OwnLateness]", "autograde_preprocessors"),
        (
            LISTED + "[steps.Execute, steps.AssignLatePenalties, steps.LimitOutput]",
            "autograde_preprocessors",
        ),
        ("c.Autograde.sanitize_preprocessors = [steps.ClearOutput, Own]", "sanitize_preprocessors"),
        ("c.Autograde.pre_convert_hook = lambda **about: None", "pre_convert_hook"),
        ("c.Autograde.post_convert_hook = lambda **about: None", "post_convert_hook"),
    ],
)
def test_what_a_course_adds_is_left_to_nbgrader(tmp_path, line, named):
    """Steps and hooks of a course may do anything with its gradebook and its files."""
    assert left(tmp_path, line) == f"the course sets Autograde.{named} itself"


def test_an_nbgrader_that_was_not_compared_writes_itself(tmp_path, monkeypatch):
    """What another version writes is not known: it may have more to write."""
    monkeypatch.setattr(staging.nbgrader, "__version__", "0.9.99")

    assert "0.9.99" in left(tmp_path, "")
