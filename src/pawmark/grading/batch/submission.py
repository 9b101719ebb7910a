"""A submission of a course on this machine, by the one pipeline."""

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pawmark.grading import course as courses
from pawmark.grading.course_folder import SUBMITTED, notebooks_of
from pawmark.grading.intake.finding import is_absent
from pawmark.grading.run import course_secret
from pawmark.grading.run.execution import Execution
from pawmark.grading.run.pipeline import Job, prepare, repair_submission
from pawmark.grading.run.run_settings import RunSettings
from pawmark.grading.secret import data_seed

if TYPE_CHECKING:
    from pawmark.grading.gradebook.staging import Stager


def jobs_of(course: Path, assignment: str, student: str) -> list[Job]:
    """Mend and name the notebooks of a submission; no code of the student's is run."""
    return list(jobs_by_notebook(course, assignment, student).values())


def jobs_by_notebook(course: Path, assignment: str, student: str) -> dict[str, Job]:
    """Mend and name the notebooks of a submission, by the names that they have in the source."""
    courses.use_of(course)
    settings = RunSettings.here()  # first: where nothing may be run, nothing is read either
    folder = course / SUBMITTED / student / assignment
    return {
        source.stem: prepare(course, assignment, repaired, _data(course), settings)
        for source in handed_in(course, assignment, folder)
        for repaired in [repair_submission(source, folder, course)]
    }


def handed_in(course: Path, assignment: str, folder: Path) -> list[Path]:
    """Return the source notebooks of those that a submission holds, or may hold."""
    sources = notebooks_of(course, assignment)
    if not sources:
        raise FileNotFoundError(f"source/{assignment}/ holds no notebook")
    return [source for source in sources if not is_absent(folder, source)] or sources


@functools.cache
def _data(course: Path) -> courses.Data:
    return courses.open_data(data_seed(course_secret.of(course)))


@functools.cache
def stager_of(course: Path) -> "Stager":
    """Return what stages the submissions of a course in this process."""
    from pawmark.grading.gradebook.staging import Stager  # nbgrader takes a second to import

    return Stager(course)


def run(course: str, assignment: str, student: str, staged: str = "") -> dict[str, Any]:
    """Fill the recording of one submission; what is on it already is not run again.

    Parameters
    ----------
    course
        The course folder.
    assignment, student
        Of what, and whose it is.
    staged
        An empty folder that takes what is to be written of its grades; empty for none.

    Returns
    -------
    dict
        ``points``, ``max_points``, ``live``: how many processes were started for it, and
        ``student_cpu``: seconds of processor time that they took.
    """
    done = _run(Path(course), assignment, student, staged)
    results = [result for one in done for result in one.results.values()]
    return {
        "points": sum(result.points for result in results),
        "max_points": sum(result.max_points for result in results),
        "live": sum(one.live for one in done),
        "student_cpu": round(sum(one.cpu_seconds for one in done), 2),
    }


def _run(course: Path, assignment: str, student: str, staged: str) -> list[Execution]:
    if staged:
        return stager_of(course).stage(assignment, student, Path(staged))
    return [job.run() for job in jobs_of(course, assignment, student)]
