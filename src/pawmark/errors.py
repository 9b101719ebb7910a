"""The exceptions that Pawmark raises for what a person can mend."""

import errno
import re
import shutil


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


class MachineError(PawmarkError):
    """The machine did not allow it: a full disk, a read-only folder, too little memory."""


_NUMBER = re.compile(r"\[Errno (\d+)\] ([^:\]]+)")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)


def of_machine(error: BaseException) -> MachineError | None:
    """Say what the machine did not allow, and how to mend it; None for any other error."""
    if isinstance(error, MemoryError):
        return MachineError(
            "Memory ran out. Close other programs and kernels, or take fewer --workers, then give "
            "the command again: what was finished is kept."
        )
    if not isinstance(error, OSError):
        return None
    if isinstance(error, shutil.Error) and (found := _NUMBER.search(str(error))):
        error = OSError(int(found[1]), found[2])  # of many files: what stopped the first
    if "No usable temporary directory" in (error.strerror or ""):
        return MachineError(
            "No temporary folder can be written: the disk may be full. Free some space in /tmp, or "
            "set TMPDIR to a folder with room, then give the command again."
        )
    where = error.filename2 or error.filename
    if error.errno in _FULL:
        disk = f"The disk that holds {where}" if where else "A disk"
        return MachineError(
            f"{disk} is full ({error.strerror}). Free some space, then give the command again: "
            "what was finished is kept."
        )
    if error.errno in _FORBIDDEN:
        what = where or "A file or folder"
        return MachineError(
            f"{what} cannot be opened or written ({error.strerror}). Allow that, or work in a "
            "folder of your own, then give the command again."
        )
    return None
