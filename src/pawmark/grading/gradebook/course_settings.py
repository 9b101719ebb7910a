"""What a course sets in its nbgrader_config.py, also for commands that nbgrader does not run."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_path
from traitlets.config import Config
from traitlets.config.loader import (
    ConfigFileNotFound,
    JSONFileConfigLoader,
    LazyConfigValue,
    PyFileConfigLoader,
)

from pawmark import settings
from pawmark.errors import CourseError
from pawmark.grading.course_folder import CONFIG

# Seconds that nbgrader may take for a cell of a reference solution, unless a course says otherwise.
USUAL_TIMEOUT = 600
_FOR_EVER = 24 * 3600.0

_warned: set[str] = set()


def load(course: Path) -> Config:
    """Return what nbgrader would read in a course: its nbgrader_config.py, over those of Jupyter.

    Raises
    ------
    CourseError
        When one of these files cannot be run.
    """
    found = Config()
    with _importing_from(course):
        try:
            for folder in reversed([str(course), *jupyter_config_path()]):
                for part in _of_folder(folder):
                    found.merge(part)
        except Exception as error:  # whatever the code of the course raises
            raise CourseError(
                f"{course / CONFIG} cannot be used: {type(error).__name__}: {error}. Mend it, then "
                "try again."
            ) from error
    return found


def _of_folder(folder: str) -> Iterator[Config]:
    """Return what the files of one folder say.

    A traitlets Application would do the same, but to begin one sets the logging of the whole
    process anew, and that closes streams which other libraries' log handlers hold.
    """
    name = Path(CONFIG).stem
    for loader in (
        PyFileConfigLoader(f"{name}.py", path=folder),
        JSONFileConfigLoader(f"{name}.json", path=folder),
    ):
        with suppress(ConfigFileNotFound):
            yield loader.load_config()


@contextmanager
def _importing_from(course: Path) -> Iterator[None]:
    """Let the configuration import modules that lie beside it, as nbgrader does."""
    sys.path.insert(0, str(course))
    try:
        yield
    finally:
        sys.path.remove(str(course))


def given(config: Config) -> dict[str, Any]:
    """Return what a configuration says of ``c.Pawmark``; what was only looked at says nothing.

    What it says to nbgrader of the time that a cell may take, ``c.Execute.timeout``, holds too.
    """
    found = config.get(settings.SECTION, {}).items()
    said = {name: _plain(value) for name, value in found if value is not None}
    limit = config.get("Execute", {}).get("timeout", USUAL_TIMEOUT)
    if isinstance(limit, str):  # of the command line
        limit = None if limit == "None" else float(limit)
    if limit != USUAL_TIMEOUT:
        seconds = _FOR_EVER if limit is None or limit < 0 else float(limit)
        said.setdefault(settings.Settings.cell_timeout.name, seconds)
    return said


def warn_of_slips(log: Any, given: dict[str, Any]) -> None:
    """Name once what looks like a setting and is none: nbgrader reads a configuration twice."""
    for slip in settings.unknown(given):
        if slip not in _warned:
            _warned.add(slip)
            log.warning("%s", slip)


def _plain(value: Any) -> Any:
    """Return a value; of ``c.Pawmark.mirrors.append(...)`` the list."""
    return value.get_value([]) if isinstance(value, LazyConfigValue) else value


def adopt(course: Path) -> list[str]:
    """Adopt what a course sets, for this process and those that it starts.

    Returns
    -------
    list of str
        A sentence for each name that is no setting.

    Raises
    ------
    CourseError
        When the configuration cannot be read.
    SettingsError
        When it, or the environment, sets what cannot be; the message names all of that.
    """
    found = given(load(course))
    settings.adopt(found, course)
    return settings.unknown(found)
