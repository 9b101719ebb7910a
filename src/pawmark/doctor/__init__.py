"""Is this machine ready? Each answer says that it is, or what to do.

This is the students' part: what they need to work on a notebook. What grading needs beyond that,
and the course, `pawmark.authoring.doctor` looks at.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pawmark.doctor import packages
from pawmark.doctor.finding import Finding, Status

__all__ = ["Finding", "Status", "examine", "table"]


def examine(deep: bool = False) -> Iterator[Finding]:
    """Look at a student's machine; yield what is found, one by one.

    Parameters
    ----------
    deep
        Also what takes a minute: TensorFlow is started, every photograph is opened.
    """
    yield packages.python()
    yield packages.packages(None)
    try:
        from pawmark.doctor import machine
    except ImportError as error:
        yield Finding("the rest", Status.SKIPPED, f"cannot be looked at without {error.name}")
        return
    yield machine.settings_of()
    looks = {"disk": lambda: machine.disk(Path()), **machine.of_vision(deep)}
    yield from machine.examine(looks)


def table(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the lines that a person reads: ``ok``, ``note`` or ``MEND``, on what, what to do."""
    for finding in findings:
        yield f"{finding.status.value:8}{finding.topic:12}{finding.says}"
        if finding.remedy:
            yield f"{'':8}{'':12}-> {finding.remedy}"
