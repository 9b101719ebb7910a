"""What only a machine that grades must have: a sandbox, memory for workers, settings that hold."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pawmark.doctor import machine
from pawmark.doctor.finding import Finding, Look, Status
from pawmark.doctor.machine import GIGABYTE
from pawmark.errors import CourseError, PawmarkError
from pawmark.grading import course as courses
from pawmark.grading import resources
from pawmark.grading.batch import pool
from pawmark.grading.gradebook import course_settings
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.sandbox import choice as sandboxes

# The most that a worker with its submission was measured to take; two thirds of what is counted for
# each where there are several.
_LEAST = 3 << 29


def examine(course: Path | None, folder: Path, deep: bool) -> Iterator[Finding]:
    """Look at the machine: what grading needs, then what this course does.

    Parameters
    ----------
    course
        The course folder; None where there is none. Then what Pawmark's own course needs is looked
        at, as for its students.
    folder
        Where to look instead.
    deep
        Also what takes a minute.
    """
    looks: dict[str, Look] = {
        "sandbox": sandbox,
        "workers": workers,
        "disk": lambda: machine.disk(course or folder),
    }
    own = machine.of_vision(deep) if course is None else _of_course(course, deep)
    return machine.examine({**looks, **own})


def _of_course(course: Path, deep: bool) -> Mapping[str, Look]:
    """Return what the plugin of a course wants to have looked at."""
    try:
        plugin = courses.use_of(course)
    except CourseError:
        return {}  # a finding of its own: see `consistency.configuration`
    try:
        return {topic: _readable(look) for topic, look in plugin.doctor(deep).items()}
    except CourseError as error:
        said = str(error)
        return {"plugin": lambda: Finding.mend("plugin", "it cannot be asked", said)}


def _readable(look: Look) -> Look:
    """Return a look of a plugin whose mistakes are findings, as it may raise anything."""

    def looked() -> Finding:
        try:
            return look()
        except (PawmarkError, OSError):
            raise
        except Exception as error:
            raise CourseError(
                f"The course's plugin has a mistake: {type(error).__name__}: {error}. Mend it."
            ) from error

    return looked


def settings_of(course: Path | None) -> Finding:
    """Look at what the environment and the course set, and adopt that for all that is looked at."""
    return machine.settings_of(course and (lambda: course_settings.adopt(course)))


def sandbox() -> Finding:
    """Ask whether student code can be locked in here."""
    reason = sandboxes.refusal()
    if reason is not None and not bubblewrap.possible():
        return Finding("sandbox", Status.SKIPPED, reason)  # nothing that could be mended here
    if reason is not None:
        return Finding.mend("sandbox", "does not work here, so grading refuses", reason)
    name = sandboxes.chosen()
    if name == sandboxes.NONE:
        return Finding.mend(
            "sandbox",
            f"{sandboxes.VARIABLE} is none: student code can read and change whatever you can",
            f"Unset {sandboxes.VARIABLE}, unless you wrote all of the notebooks yourself.",
        )
    if name == sandboxes.LANDLOCK:
        return Finding.ok("sandbox", "works; by Landlock, without name spaces")
    walls = "system calls are filtered" if bubblewrap.filtered() else "without libseccomp's filter"
    return Finding.ok("sandbox", f"works; {walls}")


def workers() -> Finding:
    """Say how many submissions would be graded at once, by cores and free memory."""
    memory, cores = resources.memory(), resources.cores()
    free, total = (f"{size / GIGABYTE:.1f} GB" for size in (memory.available, memory.total))
    here = f"{cores} core{'s' * (cores > 1)}, {free} of {total} memory free"
    if memory.available < _LEAST:
        return Finding.mend(
            "workers",
            f"{here}: a submission that trains takes {_LEAST / GIGABYTE:.1f} GB with its worker",
            "Close other programs before grading, or give this container more memory.",
        )
    return Finding.ok("workers", f"{here}: pawmark grade runs {pool.workers_that_fit()} at once")
