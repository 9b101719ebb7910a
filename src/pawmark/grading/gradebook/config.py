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
import nbgrader.apps.generatefeedbackapp
from nbgrader.preprocessors import GetGrades
from traitlets.config.loader import LazyConfigValue
from traitlets.log import get_logger

from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading.boundary.sanitizing import render_markdown, unchanged
from pawmark.grading.feedback.exporter import FeedbackExporter, PrepareFeedback
from pawmark.grading.gradebook import course_settings
from pawmark.grading.gradebook.converter import HardenedAutograde
from pawmark.grading.gradebook.exporter import GradingExporter
from pawmark.grading.gradebook.feedback import HardenedGenerateFeedback
from pawmark.grading.gradebook.generator import HardenedGenerateAssignment
from pawmark.grading.pages import NBCONVERT_TEMPLATES
from pawmark.grading.results import record

said: set[str] = set()
# For each of eight steps of a submission nbgrader opens its gradebook anew. An engine that stays
# keeps the statements that SQLAlchemy compiled: a third of the time that writing grades takes.
_create_engine = functools.lru_cache(maxsize=8)(nbgrader.api.create_engine)


def configure(c: Any) -> None:
    """Wire the kit into nbgrader's configuration object, and leave what the course has set alone.

    Call it from the course's ``nbgrader_config.py``: ``configure(get_config())``. What the course
    sets afterwards holds as well, so it may stand anywhere in the file. Steps and hooks of the
    course's own are carried out beside Pawmark's, whenever they are set: see `chained`. nbgrader's
    log says what was added, and what was left to the course.
    """
    # nbgrader starts alembic by its bare name when it opens a gradebook.
    binaries = str(Path(sys.executable).parent)
    if binaries not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([binaries, os.environ.get("PATH", "")])
    nbgrader.api.create_engine = _create_engine
    with contextlib.suppress(CourseError):  # what is wrong with it, grading says
        courses.use_configured(c, _folder_of(c))
    # The two names under which nbgrader reaches a converter: on the command line, in formgrader.
    nbgrader.apps.autogradeapp.Autograde = nbgrader.apps.api.Autograde = HardenedAutograde
    nbgrader.apps.generateassignmentapp.GenerateAssignment = HardenedGenerateAssignment
    nbgrader.apps.api.GenerateAssignment = HardenedGenerateAssignment
    nbgrader.apps.generatefeedbackapp.GenerateFeedback = HardenedGenerateFeedback
    nbgrader.apps.api.GenerateFeedback = HardenedGenerateFeedback
    log = get_logger()
    course_settings.warn_of_slips(log, course_settings.given(c))
    added: list[str] = []
    kept: list[str] = []

    wiring = {**_WIRING, "CourseDirectory": _WIRING["CourseDirectory"] | _of_the_course()}
    for section, values in wiring.items():
        for name, value in values.items():
            done = _set(c[section], name, value)
            (added if done else kept).append(f"{section}.{name}")
    _say(log, added, kept)


def _say(log: Any, added: list[str], kept: list[str]) -> None:
    """Say what was done, once: nbgrader reads a configuration for each of its parts."""
    lines = [(log.info, f"Pawmark adds to the configuration: {', '.join(added)}")]
    for name in kept:
        lines.append((log.info, f"Pawmark leaves c.{name} to the course, which sets it itself."))
        if name in _HOLDS_GRADING:
            lines.append((log.warning, f"c.{name} is the course's own: {_HOLDS_GRADING[name]}"))
    for say, line in lines:
        if line not in said:
            said.add(line)
            say("%s", line)


def _folder_of(c: Any) -> Path:
    root = c.CourseDirectory.get("root")
    return Path(root) if isinstance(root, str) and root else Path.cwd()


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
    "Execute": {"timeout": course_settings.USUAL_TIMEOUT},
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
    "Autograde": {"exporter_class": GradingExporter},
}  # fmt: skip

# What grading holds by, and what is lost where a course has its own.
_HOLDS_GRADING = {
    "Autograde.exporter_class": "submissions are run without Pawmark's sandbox.",
}
