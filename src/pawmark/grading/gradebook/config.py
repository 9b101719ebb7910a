"""What nbgrader loads: the kit behind plain ``nbgrader autograde``, by its extension points."""

import contextlib
import copy
import functools
import os
import sys
from pathlib import Path
from typing import Any

import nbgrader.api
import nbgrader.apps.api
import nbgrader.apps.autogradeapp
import nbgrader.apps.generateassignmentapp
from nbgrader.preprocessors import AssignLatePenalties, GetGrades, LimitOutput
from traitlets.config.loader import LazyConfigValue
from traitlets.log import get_logger

from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading.boundary.sanitizing import render_markdown, unchanged
from pawmark.grading.feedback.exporter import FeedbackExporter, PrepareFeedback
from pawmark.grading.gradebook import course_settings
from pawmark.grading.gradebook.converter import HardenedAutograde, adopt_notebooks
from pawmark.grading.gradebook.exporter import GradingExporter
from pawmark.grading.gradebook.generator import HardenedGenerateAssignment
from pawmark.grading.gradebook.preprocessors import ExecuteSubmission, SaveTrustedGrades
from pawmark.grading.pages import NBCONVERT_TEMPLATES
from pawmark.grading.results import record

# For each of eight steps of a submission nbgrader opens its gradebook anew. An engine that stays
# keeps the statements that SQLAlchemy compiled: a third of the time that writing grades takes.
_create_engine = functools.lru_cache(maxsize=8)(nbgrader.api.create_engine)


def configure(c: Any) -> None:
    """Wire the kit into nbgrader's configuration object, and leave what the course has set alone.

    Call it from the course's ``nbgrader_config.py``: ``configure(get_config())``. What the course
    sets afterwards holds as well, so it may stand anywhere in the file. nbgrader's log says what
    was left to the course, and with ``--debug`` what was added.
    """
    # nbgrader starts alembic by its bare name when it opens a gradebook.
    binaries = str(Path(sys.executable).parent)
    if binaries not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([binaries, os.environ.get("PATH", "")])
    nbgrader.api.create_engine = _create_engine
    with contextlib.suppress(CourseError):  # what is wrong with it, grading says
        courses.use_configured(c, Path.cwd())
    # The two names under which nbgrader reaches a converter: on the command line, in formgrader.
    nbgrader.apps.autogradeapp.Autograde = nbgrader.apps.api.Autograde = HardenedAutograde
    nbgrader.apps.generateassignmentapp.GenerateAssignment = HardenedGenerateAssignment
    nbgrader.apps.api.GenerateAssignment = HardenedGenerateAssignment
    log = get_logger()
    course_settings.warn_of_slips(log, course_settings.given(c))
    added: list[str] = []
    kept: list[str] = []

    wiring = {**_WIRING, "CourseDirectory": _WIRING["CourseDirectory"] | _of_the_course()}
    for section, values in wiring.items():
        for name, value in values.items():
            done = _set(c[section], name, value)
            (added if done else kept).append(f"{section}.{name}")
    log.debug("Pawmark adds to the configuration: %s", ", ".join(added))
    for name in kept:
        log.info("Pawmark leaves c.%s to the course, which sets it itself.", name)
        if name in _HOLDS_GRADING:
            log.warning("c.%s is the course's own: %s", name, _HOLDS_GRADING[name])


def _set(section: Any, name: str, value: Any) -> bool:
    """Set what the course has not set; what it only adds to a list is added to ours."""
    if name not in section:
        section[name] = copy.copy(value)
    elif isinstance(section[name], LazyConfigValue):
        section[name] = section[name].get_value(copy.copy(value))
    else:
        return False
    return True


def _of_the_course() -> dict[str, Any]:
    """Return what the course's plugin says of its folder; nothing where it has a mistake."""
    with contextlib.suppress(CourseError):
        found = courses.plugin()
        return {"course_id": found.course_id, "ignore": [*_IGNORED, *found.left_out]}
    return {}


# What makes plain nbgrader grade by Pawmark, by section of its configuration. A course may set each
# of these itself, before `configure` or after.
# The record holds seeds and the grader's own tracebacks: feedback goes out without it.
_IGNORED = [".ipynb_checkpoints", "*.pyc", "__pycache__", ".nbgrader.log", "feedback",
            record.PATTERN]  # fmt: skip
_WIRING: dict[str, dict[str, Any]] = {
    "CourseDirectory": {
        "solution_directory": "solutions",
        "ignore": _IGNORED,
    },
    "Execute": {"timeout": 600},
    "GenerateFeedback": {
        "exporter_class": FeedbackExporter,
        "preprocessors": [GetGrades, PrepareFeedback],
    },
    "FeedbackExporter": {
        "template_name": "pawmark_feedback",
        "extra_template_basedirs": [str(NBCONVERT_TEMPLATES)],
    },
    "HTMLExporter": {
        "preprocessors": ["pawmark.grading.gradebook.rubric.ShowRubric"],
        "filters": {"markdown2html": render_markdown, "strip_files_prefix": unchanged},
    },
    "Autograde": {
        "exporter_class": GradingExporter,
        "pre_convert_hook": adopt_notebooks,
        # What they would check is the instructor's, whose release form was checked when it was
        # made.
        "sanitize_preprocessors": [],
        "autograde_preprocessors": [
            ExecuteSubmission,
            LimitOutput,
            SaveTrustedGrades,
            AssignLatePenalties,
        ],
    },
}  # fmt: skip

# What grading holds by, and what is lost where a course has its own.
_HOLDS_GRADING = {
    "CourseDirectory.ignore": f"unless {record.PATTERN} is in it, feedback hands hidden seeds out.",
    "Autograde.exporter_class": "submissions are run without Pawmark's sandbox.",
    "Autograde.autograde_preprocessors": (
        "unless ExecuteSubmission and SaveTrustedGrades are in it, student code is run without "
        "Pawmark's sandbox, and writes its own scores."
    ),
}
