"""Every setting, once: its name, its type, what it is by default, and words for the documents.

A setting is an environment variable, ``PAWMARK_MEMORY_GB``. Most may stand in the course's
nbgrader_config.py instead, as ``c.Pawmark.memory_gb``; the variable wins over it.

    from pawmark.settings import Settings, here

    here.memory_gb  # what is set, read anew each time; None where nothing is
    Settings.memory_gb.variable  # "PAWMARK_MEMORY_GB"

Students' notebooks read some of these too, so this module imports hardly anything.
"""

import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from pawmark.errors import SettingsError

PREFIX = "PAWMARK_"
SECTION = "Pawmark"

Value = TypeVar("Value")


@dataclass(frozen=True)
class Kind(Generic[Value]):
    """How the text of a setting is read.

    Attributes
    ----------
    read
        Gives the value of a text; raises ValueError for one that cannot be.
    wanted
        Says what is expected, to end a sentence that names the wrong text.
    in_course
        Gives the text that means the same wherever it is read, of a text that stands in the
        nbgrader_config.py of a course.
    """

    read: Callable[[str], Value]
    wanted: str
    in_course: Callable[[str, Path], str] = lambda text, course: text


class Setting(Generic[Value]):
    """One setting; an attribute of `Settings`, where its name is.

    Parameters
    ----------
    kind
        How its text is read.
    default
        Its value where it is not set, or empty.
    words
        What it sets, in Markdown, for the documents. Empty for what the parts of Pawmark tell
        one another: that is in no table.
    in_config
        Whether a course may set it, in its nbgrader_config.py.

    Attributes
    ----------
    name
        As in ``c.Pawmark.NAME``.
    variable
        The environment variable.
    """

    def __init__(
        self, kind: Kind[Value], default: Value, words: str = "", in_config: bool = True
    ) -> None:
        self.kind, self.default, self.words = kind, default, words
        self.in_config = in_config and bool(words)
        self.name = self.variable = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.variable = name, PREFIX + name.upper()

    @overload
    def __get__(self, settings: None, owner: type) -> "Setting[Value]": ...
    @overload
    def __get__(self, settings: object, owner: type) -> Value: ...
    def __get__(self, settings: object, owner: type) -> "Setting[Value] | Value":
        """Return what is set in the environment, or the setting itself when the class is asked.

        Raises
        ------
        SettingsError
            When what is set cannot be read.
        """
        if settings is None:
            return self
        text = os.environ.get(self.variable, "")
        problem = self.problem(text, self.variable)
        if problem is not None:
            raise SettingsError(problem)
        return self.kind.read(text) if text else self.default

    def problem(self, text: str, where: str) -> str | None:
        """Say in a sentence what is wrong with a text, naming where it stands; None if nothing."""
        try:
            if text:
                self.kind.read(text)
        except ValueError:
            return f"{where} is {text!r}: {self.kind.wanted}. Set it so, or unset it."
        return None


def _number(least: float, whole: bool = False, above: bool = False) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        value = int(text) if whole else float(text)
        if not math.isfinite(value) or value < least or (above and value == least):
            raise ValueError(text)
        return value

    return read


_SWITCH = {
    **dict.fromkeys(("1", "yes", "true", "on"), True),
    **dict.fromkeys(("0", "no", "false", "off"), False),
}


def _switch(text: str) -> bool:
    if text.lower() not in _SWITCH:
        raise ValueError(text)
    return _SWITCH[text.lower()]


def _one_of(*names: str) -> Kind[str]:
    def read(text: str) -> str:
        if text.lower() not in names:
            raise ValueError(text)
        return text.lower()

    return Kind(read, f"{', '.join(names[:-1])} or {names[-1]} is wanted")


def _line(text: str) -> str:
    if not text.isprintable():
        raise ValueError(text)
    return text.strip()


def _warm(text: str) -> str:
    if text.lower() in _SWITCH:
        return ALWAYS if _SWITCH[text.lower()] else NEVER
    if text.lower() not in (ALWAYS, NEVER, OF_WORKERS):
        raise ValueError(text)
    return text.lower()


def _absolute(text: str, course: Path) -> str:
    return str(course / Path(text).expanduser())


def _data(text: str, course: Path) -> str:
    return text if text in (REAL, SYNTHETIC) else _absolute(text, course)


# What `data` may say in place of a folder; a folder of that name is ./real or ./synthetic.
REAL, SYNTHETIC = "real", "synthetic"
# What `sandbox`, `training`, `above_written`, `run` and `warm` may say.
BUBBLEWRAP, LANDLOCK, NONE = "bubblewrap", "landlock", "none"
RUN, HANDED_IN = "run", "handed-in"
NEEDED, ALL = "needed", "all"
ALWAYS, NEVER, OF_WORKERS = "always", "never", "worker"

_TEXT = Kind(str, "a text is wanted")
_LINE = Kind(_line, "one line is wanted")
_FOLDER = Kind(str, "a path is wanted", _absolute)
_PHOTOGRAPHS = Kind(str, "a folder, real or synthetic is wanted", _data)
_ADDRESSES: Kind[tuple[str, ...]] = Kind(
    lambda text: tuple(text.split()), "addresses are wanted, with blanks between them"
)
_SECONDS: Kind[float] = Kind(_number(0, above=True), "seconds are wanted, a number above 0")
_WAIT: Kind[float] = Kind(_number(0), "seconds are wanted, a number that is not below 0")
_GIGABYTES: Kind[float | None] = Kind(
    _number(0, above=True), "gigabytes are wanted, a number above 0"
)
_SEED: Kind[int | None] = Kind(
    _number(0, whole=True), "a whole number is wanted that is not below 0"
)
_DESCRIPTOR: Kind[int | None] = Kind(_number(0, whole=True), "the number of a file is wanted")
_YES_OR_NO = Kind(_switch, "1 or 0 is wanted, for yes or no")
_WARM = Kind(_warm, "1 or 0 is wanted, for always or never")


class Settings:
    """All settings; their order is that of the table in the documents."""

    data = Setting(
        _PHOTOGRAPHS,
        "",
        "folder of the photographs; `real` for those of `pawmark data fetch`, `synthetic` for "
        "drawn ones. Unset: notebooks use the fetched ones if there are any, else drawn ones; "
        "grading draws its own",
    )
    cache = Setting(_FOLDER, "", "where drawn photographs and trained helpers are kept")
    profile = Setting(
        _one_of("quick", "gpu"),
        "",
        "`quick` or `gpu` (sizes of the chapter); unset: what fits the machine",
    )
    sandbox = Setting(
        _one_of(BUBBLEWRAP, LANDLOCK, NONE),
        "",
        "`bubblewrap` or `landlock`; unset: what works here. `none` grades without: only for "
        "notebooks that you wrote yourself",
    )
    cell_timeout = Setting(
        _SECONDS,
        60.0,
        "seconds that one cell or question may take at grading; 60 if unset. Ten times as many "
        "under the profile `gpu`",
    )
    submission_timeout = Setting(
        _SECONDS,
        3600.0,
        "seconds that all of a submission may take at grading; 3600 if unset. Ten times as many "
        "under the profile `gpu`",
    )
    memory_gb = Setting(
        _GIGABYTES,
        None,
        "gigabytes of memory that one submission may take; unset: what fits the machine",
    )
    training = Setting(
        _one_of(RUN, HANDED_IN),
        RUN,
        "`handed-in` grades [from checkpoints](without-training.md), without training again",
    )
    run = Setting(
        _one_of(NEEDED, ALL),
        NEEDED,
        "`needed`, as if unset, runs, of the cells that are the assignment's own, [those that a "
        "grade needs](slices.md); `all` runs every cell",
    )
    above_written = Setting(
        _one_of(RUN, HANDED_IN),
        RUN,
        "unless `run` is set to `all`: `handed-in` shows whoever grades a written answer what the "
        "assignment's own cells above it showed when they were handed in, marked so; `run`, as if "
        "unset, runs them",
    )
    warm = Setting(
        _WARM,
        "",
        "`0` starts every submission cold, `1` every one [warm](warm-starts.md)",
    )
    gradebook_wait = Setting(
        _WAIT,
        30.0,
        "seconds to wait for a gradebook that another program holds; 30 if unset",
    )
    grading_seed = Setting(
        _SEED,
        None,
        "seed of the photographs that are drawn for grading, to try something out: whoever knows "
        "it can draw them. Unset: they come from "
        "[the course's secret](instructors.md#the-courses-secret)",
    )
    install = Setting(
        _LINE,
        "",
        "what stands behind `%pip install` in [the first cell of a release](anywhere.md), which "
        "installs Pawmark where it is absent: an index name or the address of a wheel. Unset: the "
        "cell says what to do",
    )
    plugin = Setting(
        _TEXT,
        "",
        "what [this course gives to the engine](plugins.md), as `MODULE:OBJECT`; `none` for a "
        "course that needs nothing. Unset: the course on computer vision where there is a folder "
        "`grader_tests/`, else `none`",
    )
    fresh = Setting(
        _YES_OR_NO,
        False,
        "`1` runs every submission anew, whether or not it has changed",
        in_config=False,
    )
    seed = Setting(
        _SEED,
        None,
        "one seed for the hidden inputs of a run, to repeat it",
        in_config=False,
    )
    progress = Setting(_YES_OR_NO, True, "`0` shows no progress bars", in_config=False)
    course = Setting(
        _FOLDER,
        "",
        "the course folder, for commands and hidden checks that are run outside it; it wins over "
        "the folder in which they are run",
        in_config=False,
    )
    mirrors = Setting(
        _ADDRESSES,
        (),
        "addresses of folders that hold [the archives](real-photographs.md), with blanks between "
        "them",
    )
    archives = Setting(
        _FOLDER, "", "a JSON file that describes other [archives](real-photographs.md)"
    )

    # What the parts of Pawmark tell one another.
    precomputed = Setting(_FOLDER, "")  # in a sandbox: where lies what was made beforehand
    channel_fd = Setting(_DESCRIPTOR, None)  # in the kernels that run submissions: where checks ask


here = Settings()

EVERY: Mapping[str, Setting[Any]] = {
    name: setting for name, setting in vars(Settings).items() if isinstance(setting, Setting)
}


def is_set(name: str) -> bool:
    """Tell whether a setting has a value of the user's or of the course's."""
    return bool(os.environ.get(EVERY[name].variable))


def environment(**values: object) -> dict[str, str]:
    """Return the environment variables that set some settings, for another process.

    Examples
    --------
    >>> environment(profile="quick", progress=False)
    {'PAWMARK_PROFILE': 'quick', 'PAWMARK_PROGRESS': '0'}
    """
    return {EVERY[name].variable: _text(value) for name, value in values.items()}


def _text(value: object) -> str:
    """Return a value as it stands in a variable."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return str(value)


# Variables that a course's configuration has set here, with what it has set them to.
_adopted: dict[str, str] = {}


def adopt(config: Mapping[str, object], course: Path) -> None:
    """Put what a course sets into the environment, where processes that are started find it too.

    What the environment says already stays. Adopting once more, or another course, takes the
    place of what was adopted before.

    Parameters
    ----------
    config
        What nbgrader_config.py says of ``c.Pawmark``, by name of the setting.
    course
        The course folder: from there its paths are read.

    Raises
    ------
    SettingsError
        Where it or the environment sets what cannot be; it names all of that.
    """
    for variable, text in _adopted.items():
        if os.environ.get(variable) == text:
            del os.environ[variable]
    _adopted.clear()
    require_valid(config)
    for name, value in _known(config):
        setting, text = EVERY[name], _text(value)
        if text and not os.environ.get(setting.variable):
            _adopted[setting.variable] = setting.kind.in_course(text, course)
    os.environ.update(_adopted)


def require_valid(config: Mapping[str, object] | None = None) -> None:
    """Make sure that every setting can be used.

    Raises
    ------
    SettingsError
        When some cannot; it names all of them.
    """
    problems = list(_problems(config or {}))
    if len(problems) == 1:
        raise SettingsError(problems[0])
    if problems:
        raise SettingsError("\n- ".join(["These settings cannot be used:", *problems]))


def _problems(config: Mapping[str, object]) -> Iterator[str]:
    for setting in EVERY.values():
        problem = setting.problem(os.environ.get(setting.variable, ""), setting.variable)
        if problem is not None:
            yield problem
    for name, value in _known(config):
        setting = EVERY[name]
        where = f"c.{SECTION}.{name} in nbgrader_config.py"
        if not setting.in_config:
            yield f"{where} is not for a course to set. Set {setting.variable} for one command."
        elif (problem := setting.problem(_text(value), where)) is not None:
            yield problem


def _known(config: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    return ((name, value) for name, value in config.items() if name in EVERY)


def unknown(config: Mapping[str, object] | None = None) -> list[str]:
    """Return a sentence for each name that looks like a setting, and is none: a slip, perhaps."""
    public = [setting for setting in EVERY.values() if setting.words]
    variables = {setting.variable for setting in EVERY.values()}
    odd = sorted(n for n in os.environ if n.startswith(PREFIX) and n not in variables)
    of_variables = [setting.variable.removeprefix(PREFIX) for setting in public]
    said = [_unknown(PREFIX, name.removeprefix(PREFIX), of_variables) for name in odd]
    said += [
        f"{name} is no setting of Pawmark, and changes nothing. Did you mean {meant}?"
        for name in sorted(os.environ)
        if (meant := _with_another_prefix(name)) in variables
    ]
    names = [setting.name for setting in public if setting.in_config]
    odd = sorted(name for name in config or {} if name not in EVERY)
    return said + [_unknown(f"c.{SECTION}.", name, names) for name in odd]


def _with_another_prefix(name: str) -> str:
    """Return the variable that a name with a slip before its first underscore may mean, or nothing.

    Another program's name is not near: only letters of the prefix may be others, or small.
    """
    import difflib

    first, line, rest = name.upper().partition("_")
    near = difflib.SequenceMatcher(None, first + line, PREFIX).ratio() >= 0.85
    return PREFIX + rest if near and not name.startswith(PREFIX) else ""


def _unknown(prefix: str, name: str, known: list[str]) -> str:
    import difflib  # only for a slip

    near = difflib.get_close_matches(name, known, n=1, cutoff=0.65)
    hint = f" Did you mean {prefix}{near[0]}?" if near else ""
    return f"{prefix}{name} is no setting of Pawmark, and changes nothing.{hint}"


def table() -> str:
    """Return the settings as a table in Markdown."""
    rows = ["| variable | in nbgrader_config.py | what it sets |", "|---|---|---|"]
    for setting in EVERY.values():
        if setting.words:
            config = f"`c.{SECTION}.{setting.name}`" if setting.in_config else ""
            rows.append(f"| `{setting.variable}` | {config} | {setting.words} |")
    return "\n".join(rows)
