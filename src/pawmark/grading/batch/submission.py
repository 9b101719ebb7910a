"""A submission of a course on this machine, by the one pipeline."""

import functools
from pathlib import Path
from typing import Any

from pawmark.grading import course as courses
from pawmark.grading.course_folder import source_notebook
from pawmark.grading.run import course_secret
from pawmark.grading.run.pipeline import Job, prepare, repair_submission
from pawmark.grading.run.run_settings import RunSettings
from pawmark.grading.secret import data_seed


def job_of(course: Path, assignment: str, student: str) -> Job:
    """Mend and name a submission; no code of the student's is run."""
    courses.use_of(course)
    settings = RunSettings.here()  # first: where nothing may be run, nothing is read either
    folder = course / "submitted" / student / assignment
    repaired = repair_submission(source_notebook(course, assignment), folder, course)
    return prepare(course, assignment, repaired, _data(course), settings)


@functools.cache
def _data(course: Path) -> courses.Data:
    return courses.open_data(data_seed(course_secret.of(course)))


def run(course: str, assignment: str, student: str) -> dict[str, Any]:
    """Fill the recording of one submission; what is on it already is not run again.

    Returns
    -------
    dict
        ``points``, ``max_points``, ``live``: how many processes were started for it, and
        ``student_cpu``: seconds of processor time that they took.
    """
    execution = job_of(Path(course), assignment, student).run()
    results = execution.results.values()
    return {
        "points": sum(result.points for result in results),
        "max_points": sum(result.max_points for result in results),
        "live": execution.live,
        "student_cpu": round(execution.cpu_seconds, 2),
    }
