"""What grades would be if something were graded again: computed in the gradebook, and forgotten.

nbgrader's own arithmetic does it, in a transaction that is taken back: what is shown before a
regrade is what it writes.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue

from pawmark.grading.course_folder import SUBMITTED
from pawmark.grading.gradebook import book, chained, course_settings
from pawmark.grading.gradebook.book import Key
from pawmark.grading.gradebook.scores import Score
from pawmark.grading.intake.times import time_of
from pawmark.grading.results.grade import Grade

Pair = tuple[Grade, Grade]
# What grading says of each cell, by notebook and grade_id: two notebooks may use the same.
Scores = Mapping[str, Mapping[str, Score]]


def forecast(course: Path, scores: Mapping[Key, Scores]) -> dict[Key, Pair]:
    """Return the grades of some submissions as they are, and as they would be.

    Parameters
    ----------
    course
        The course folder.
    scores
        What grading would say of each cell, by assignment and student; a notebook that is not
        among them was not handed in.

    Returns
    -------
    dict
        By assignment and student; what the gradebook does not hold is left out.

    Raises
    ------
    CourseError
        When the gradebook cannot be used.
    """
    if not scores or not book.exists(course):
        return {}
    penalties = penalties_of(course_settings.load(course))
    found: dict[Key, Pair] = {}
    with book.opened(course) as gradebook:
        for key, new in scores.items():
            before = book.grade_of(course, gradebook, *key)
            if before is not None:
                _write(course, gradebook, key, new, penalties)
                after = book.grade_of(course, gradebook, *key)
                gradebook.db.rollback()
                found[key] = before, after or before
    return found


def penalties_of(config: Config) -> AssignLatePenalties | None:
    """Return a course's step of grading that takes points off for lateness, if it has one."""
    for step in chained.of_grading(_steps(config)):
        if isinstance(step, type) and issubclass(step, AssignLatePenalties):
            made = step(config=config)
            made.init_plugin()
            return made if made.enabled else None
    return None


def _steps(config: Config) -> list[Any]:
    """Return the steps of grading that a course has set, or nbgrader's own."""
    usual = chained.nbgraders_of_grading()
    given = config.get("Autograde", {}).get("autograde_preprocessors", usual)
    return list(given.get_value(usual) if isinstance(given, LazyConfigValue) else given)


def _write(
    course: Path,
    gradebook: Gradebook,
    key: Key,
    scores: Scores,
    penalties: AssignLatePenalties | None,
) -> None:
    """Write what grading would write, without committing it."""
    entry = gradebook.find_submission(*key)
    came = time_of(course / SUBMITTED / key[1] / key[0])
    if came is not None:
        entry.timestamp = came
    for notebook in entry.notebooks:
        own = scores.get(notebook.name)
        for grade in notebook.grades:
            grade.needs_manual_grade = own is not None
            if own is None:  # nbgrader gives nothing for it, and asks nobody
                grade.auto_score = 0
            elif grade.name in own:
                own[grade.name].write(grade)
        if penalties is not None:
            notebook.late_submission_penalty = None
    gradebook.db.flush()
    if penalties is None or entry.total_seconds_late <= 0:
        return
    gradebook.db.expire_all()
    for notebook in entry.notebooks:
        take_off(penalties, entry, notebook)
    gradebook.db.flush()


def take_off(penalties: AssignLatePenalties, entry: Any, notebook: Any) -> None:
    """Take points off a notebook of a submission that came too late, as that step does."""
    asked = penalties.plugin_inst.late_submission_penalty(
        entry.student_id, notebook.score, entry.total_seconds_late
    )
    if asked is not None:
        notebook.late_submission_penalty = penalties._check_late_penalty(notebook, asked)
