"""The exceptions that Pawmark raises for what a person can mend."""


class PawmarkError(Exception):
    """Base of all errors that are shown to a person as one readable message.

    The message says what happened, what was expected and how to mend it. The command line prints
    it without a traceback, and ends with `exit_code`.
    """

    exit_code = 1


class DataError(PawmarkError):
    """A data folder is missing, incomplete or holds values that it must not hold."""


class CourseError(PawmarkError):
    """A course folder, an assignment name or a notebook of the course is not what it must be."""


class SettingsError(CourseError):
    """A setting, in the environment or in nbgrader_config.py, says what it must not say."""


class SandboxError(PawmarkError):
    """No working sandbox: nothing of a student's may be run."""


class AttentionError(PawmarkError):
    """The work is done but for something that only a person can decide, or an error of grading."""

    exit_code = 3


class InterruptionError(PawmarkError):
    """The user stopped a command; the message says what is kept."""

    exit_code = 130
