"""The settings of a run: what decides, beside notebook, data and code, what student code does."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from pawmark import settings
from pawmark.grading import course as courses
from pawmark.grading import resources
from pawmark.grading.boundary.limits import Limits
from pawmark.grading.sandbox import choice


@dataclass(frozen=True)
class RunSettings:
    """What decides, beside the notebook, the data and the libraries, what student code does.

    Attributes
    ----------
    sandbox
        The name of the sandbox; "none" only where the instructor has opted out.
    timeout
        Seconds for a cell or a question.
    budget
        Seconds for everything that runs of the submission.
    limits
        What all processes of the submission may use together.
    seed
        The seed of the hidden inputs where it is given; else each hand-in has its own.
    run
        Whether all cells are run, or those that a grade needs. It decides nothing of what they do.
    above_written
        Whether, of these, those above a written answer are run, or shown as they were handed in.
    """

    sandbox: str
    timeout: float
    budget: float
    limits: Limits
    seed: str | None
    run: str = settings.ALL
    above_written: str = settings.RUN

    @classmethod
    def here(cls) -> "RunSettings":
        """Return those of this machine and its environment variables.

        Raises
        ------
        SandboxError
            When student code must not run here.
        SettingsError
            When a setting says what it must not say.
        """
        settings.require_valid()
        timeout = settings.here.cell_timeout * patience()
        budget = settings.here.submission_timeout * patience()
        seed = None if settings.here.seed is None else str(settings.here.seed)
        parts = settings.here.run, settings.here.above_written
        return cls(choice.require(), timeout, budget, _limits(), seed, *parts)

    @classmethod
    def from_json(cls, tree: dict[str, Any]) -> "RunSettings":
        """Rebuild settings from `to_json`."""
        return cls(**{**tree, "limits": Limits(**tree["limits"])})

    def to_json(self) -> dict[str, Any]:
        """Return the settings as a JSON object."""
        return dataclasses.asdict(self)

    def deciding(self) -> dict[str, Any]:
        """Return as a JSON object what of them decides what a cell does."""
        parts = ("run", "above_written")
        return {name: value for name, value in self.to_json().items() if name not in parts}


def patience() -> float:
    """Return what limits of time are multiplied by, as the course wants it."""
    return courses.plugin().limits().time


def _limits() -> Limits:
    """Return the limits on a submission: what the machine allows, or ``PAWMARK_MEMORY_GB``."""
    if settings.here.memory_gb is not None:
        return Limits(memory=int(settings.here.memory_gb * (1 << 30)))
    wanted = int(Limits.memory * courses.plugin().limits().memory)
    return Limits(memory=min(wanted, resources.memory().total // 4 * 3))
