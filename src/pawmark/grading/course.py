"""What a course gives to the engine: one plugin a course, chosen by name in nbgrader_config.py.

The engine grades any nbgrader course. What it cannot know (the data, the questions that only this
course asks, what a card is good for) it asks of the course's `CoursePlugin`. ``c.Pawmark.plugin``
names it, ``PAWMARK_PLUGIN`` overrides that. Without either it is `DEFAULT` where the course has
checks outside its notebooks (``grader_tests/``), and none elsewhere: a course that was made for
nbgrader alone. Workers of this machine and of a cluster load the same plugin by the same name.

A plugin is trusted code, like nbgrader_config.py: it runs beside the gradebook. Only the modules
that it lists as `CoursePlugin.operations` and `CoursePlugin.inside` get into the sandbox.
"""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from markupsafe import Markup

from pawmark import settings
from pawmark.errors import CourseError, PawmarkError
from pawmark.grading.secret import Secret

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from pawmark.doctor.finding import Look

VARIABLE = settings.Settings.plugin.variable
SETTING = "c.Pawmark.plugin"
DEFAULT = "pawmark.vision.plugin:course"
# The name of the plugin of a course that gives nothing.
PLAIN = "none"
# What of nbgrader's configuration decides what a release is; see `configuration`.
OF_RELEASES = frozenset({
    "GenerateAssignment", "IncludeHeaderFooter", "InstantiateTests", "LockCells", "ClearSolutions",
    "ClearOutput", "CheckCellMetadata", "ComputeChecksums", "ClearHiddenTests", "ClearMarkScheme",
    "NbGraderPreprocessor", "Preprocessor",
})  # fmt: skip
# What else of it decides how a submission is run.
_OF_RUNS = ("Autograde",)


class Data(Protocol):
    """Data that student code may read; of what more it has, the engine uses nothing."""

    @property
    def root(self) -> Path | None:
        """The folder that the sandbox shows, read-only; None for none."""

    @property
    def identity(self) -> str:
        """The same for the same data, wherever it lies."""

    def require_unchanged(self) -> None:
        """Raise `pawmark.errors.DataError` when the data vanished or changed since then."""


@dataclass(frozen=True)
class NoData:
    """The data of a course that has none."""

    root: None = None
    identity: str = "none"

    def require_unchanged(self) -> None:
        """Do nothing: what is not there does not change."""


@dataclass(frozen=True)
class Place:
    """Where things lie as the student's process sees them.

    Attributes
    ----------
    home
        Its home folder.
    data
        The folder of the data, or None.
    precomputed
        The folder of what was made once for all submissions, or None.
    """

    home: str
    data: str | None
    precomputed: str | None


@dataclass(frozen=True)
class Scale:
    """How much more than usual a submission of this course may take.

    Attributes
    ----------
    time
        Limits of time are multiplied by it.
    memory
        So is the limit of memory.
    """

    time: float = 1.0
    memory: float = 1.0


@dataclass(frozen=True)
class Devices:
    """Devices of the machine that student code uses.

    Attributes
    ----------
    patterns
        Their files below ``/dev``, as `pathlib.Path.glob` takes them; empty for none.
    without
        How a person does without them, as the end of a sentence: ``set PAWMARK_PROFILE=quick``.
    """

    patterns: tuple[str, ...] = ()
    without: str = ""


@dataclass(frozen=True)
class Checking:
    """What the fixtures of a course may need of one run of hidden checks.

    Attributes
    ----------
    course
        The course folder, with ``grader_tests/``.
    data
        The data of grading.
    guest_root
        The folder of the data as the student's process sees it; empty without data.
    seed
        The seed of the hidden inputs of this run.
    secret
        What else is hidden comes from it: the same for all hand-ins of an assignment.
    """

    course: Path
    data: Any
    guest_root: str
    seed: int
    secret: Secret


@dataclass(frozen=True)
class Chart:
    """A chart: its SVG element, and a sentence or two that say what it shows."""

    svg: Markup
    caption: str


@runtime_checkable
class ExhibitKind(Protocol):
    """How one kind of exhibit is drawn: data that checks hand out, for feedback and report.

    Attributes
    ----------
    title
        The heading above the chart of a class.
    note
        A sentence behind its caption, or empty.
    """

    title: str
    note: str

    def chart(self, data: Mapping[str, Any]) -> Chart:
        """Draw the exhibit of one student."""

    def class_chart(self, data: Sequence[Mapping[str, Any]], key: str) -> Chart | None:
        """Draw those of a class; ``key`` differs from chart to chart. None for nothing to show."""


@runtime_checkable
class CoursePlugin(Protocol):
    """What a course gives to the engine. `PlainCourse` has all of it, for a course to inherit.

    Attributes
    ----------
    course_id
        What nbgrader calls the course, unless nbgrader_config.py says otherwise.
    operations
        Modules that answer questions of this course alone in the student's process, each with a
        dict ``OPERATIONS``: see `pawmark.grading.checks.student.Student.question`.
    inside
        What else of the course student code may import in the sandbox: modules and packages. The
        content of all of them belongs to the fingerprint of a run.
    libraries
        Installed distributions whose versions belong to the fingerprint too.
    left_out
        Names of files and folders that are no part of the course, with wildcards.
    exhibits
        How data that checks hand out are drawn, by kind.
    """

    course_id: str
    operations: tuple[str, ...]
    inside: tuple[str, ...]
    libraries: tuple[str, ...]
    left_out: tuple[str, ...]
    exhibits: Mapping[str, ExhibitKind]

    def open_data(self, seed: int) -> Data | None:
        """Open the data that grading uses, on this machine; None for a course without.

        Whoever draws them takes the seed, which no student can know.
        """

    def describe_data(self, data: Any) -> dict[str, Any]:
        """Describe data as JSON, so that another machine can find the same."""

    def find_data(self, described: Mapping[str, Any]) -> Data | None:
        """Find described data here; raises `pawmark.errors.DataError` where they are not."""

    def fixtures(self, checking: Checking) -> object | None:
        """Return a plugin of pytest with the fixtures of the course's checks."""

    def preload(self, source: str) -> tuple[str, ...] | None:
        """Return what a warm interpreter imports before this code; None to start it cold."""

    def needs(self, notebook: "NotebookNode") -> dict[str, int]:
        """Return what a worker of a cluster must offer to run an assignment: ``{"GPU": 1}``."""

    def precompute(self, data: Any, source: str) -> None:
        """Make what this code would make of the data by itself, once for all submissions."""

    def precomputed(self, root: Path) -> Path | None:
        """Return the folder in which that lies, by the folder of the data."""

    def environment(self, place: Place | None) -> dict[str, str]:
        """Return variables that student code sees; an empty one is not set.

        Without a place, only those that are the same everywhere and decide what code does: they
        belong to the fingerprint, and travel to the workers of a cluster.
        """

    def limits(self) -> Scale:
        """Return how much more than usual a submission may take."""

    def devices(self) -> Devices:
        """Return the devices that student code uses."""

    def doctor(self, deep: bool) -> Mapping[str, "Look"]:
        """Return what ``pawmark doctor`` looks at for this course, by topic.

        Each is a function that returns a ``pawmark.doctor.finding.Finding``; to look deep may take
        a minute.
        """


class PlainCourse:
    """A course that gives nothing but its name: no data, no questions or limits of its own.

    Parameters
    ----------
    course_id
        See `CoursePlugin`.
    """

    operations: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    exhibits: Mapping[str, ExhibitKind] = {}

    def __init__(self, course_id: str = "") -> None:
        self.course_id = course_id

    def open_data(self, seed: int) -> Data | None:
        """Return None: there is none."""
        return None

    def describe_data(self, data: Any) -> dict[str, Any]:
        """Return nothing."""
        return {}

    def find_data(self, described: Mapping[str, Any]) -> Data | None:
        """Return what `open_data` does, for data that are not drawn."""
        return self.open_data(0)

    def fixtures(self, checking: Checking) -> object | None:
        """Return None: the engine's own fixtures are enough."""
        return None

    def preload(self, source: str) -> tuple[str, ...] | None:
        """Return no module."""
        return ()

    def needs(self, notebook: "NotebookNode") -> dict[str, int]:
        """Return nothing."""
        return {}

    def precompute(self, data: Any, source: str) -> None:
        """Make nothing."""

    def precomputed(self, root: Path) -> Path | None:
        """Return None."""
        return None

    def environment(self, place: Place | None) -> dict[str, str]:
        """Return no variable."""
        return {}

    def limits(self) -> Scale:
        """Return the usual limits."""
        return Scale()

    def devices(self) -> Devices:
        """Return none."""
        return Devices()

    def doctor(self, deep: bool) -> Mapping[str, "Look"]:
        """Return nothing."""
        return {}


class Guarded:
    """A plugin whose mistakes are readable: what a member raises names the member.

    Errors that are meant for people (`pawmark.errors.PawmarkError`) pass as they are.
    """

    def __init__(self, plugin: CoursePlugin, name: str) -> None:
        self._plugin, self._name = plugin, name

    def __getattr__(self, member: str) -> Any:
        """Return a member; a method comes with its guard."""
        found = getattr(self._plugin, member)
        return self._guard(member, found) if callable(found) else found

    def _guard(self, member: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return method(*args, **kwargs)
            except PawmarkError:
                raise
            except Exception as error:
                raise CourseError(
                    f"The course's plugin {self._name} has a mistake: {member}() raised "
                    f"{type(error).__name__}: {error}. Mend it; nothing is graded before."
                ) from error

        return call


@dataclass
class _Chosen:
    name: str = ""
    plugin: CoursePlugin | None = None
    folders: list[str] = field(default_factory=list)
    configuration: Mapping[str, Any] = field(default_factory=dict)


_chosen = _Chosen()


def plugin() -> CoursePlugin:
    """Return the plugin of this process, loaded when it is first asked for.

    Raises
    ------
    CourseError
        When it cannot be loaded, or is none; the message says what to mend.
    """
    return _chosen.plugin or use(settings.here.plugin or DEFAULT)


def name() -> str:
    """Return the name by which another process loads the plugin of this one."""
    plugin()
    return _chosen.name


def use(wanted: str, folder: Path | None = None) -> CoursePlugin:
    """Make a plugin that of this process, by its name ``module:object``, and return it.

    Parameters
    ----------
    wanted
        Its name; ``none`` is a course that gives nothing.
    folder
        The course folder, in which its module may lie.

    Raises
    ------
    CourseError
        When there is none of that name, a member is missing, or one that takes nothing raises.
    """
    if folder is not None and str(folder) not in _chosen.folders:
        # Last, so that it hides nothing that is installed; and also where it is there already: a
        # configuration that is being read has it for a moment only.
        sys.path.append(str(folder))
        _chosen.folders.append(str(folder))
    if wanted != _chosen.name or _chosen.plugin is None:
        found = Guarded(_load(wanted, folder), wanted)
        _try_out(found)
        _chosen.name, _chosen.plugin = wanted, found
        return found
    return _chosen.plugin


def use_of(folder: Path) -> CoursePlugin:
    """Make the plugin that a course names that of this process, and return it.

    ``PAWMARK_PLUGIN`` decides, or else ``c.Pawmark.plugin`` in the course's nbgrader_config.py.

    Raises
    ------
    CourseError
        As for `use`, or when the configuration cannot be read.
    """
    return use_configured(_configuration(folder), folder)


def use_configured(config: Mapping[str, Any], folder: Path) -> CoursePlugin:
    """Make the plugin that a loaded configuration names that of this process; see `use_of`."""
    _chosen.configuration = config
    named = config.get(settings.SECTION, {}).get("plugin")
    usual = DEFAULT if (folder / "grader_tests").is_dir() else PLAIN
    return use(settings.here.plugin or str(named or usual), folder)


def configuration() -> Mapping[str, Any]:
    """Return what the course in use sets of nbgrader's steps, by section."""
    return _chosen.configuration


@contextmanager
def using(wanted: CoursePlugin | None = None) -> Iterator[None]:
    """Let this process use a plugin for a while: this one, or any that is chosen meanwhile."""
    before = (_chosen.name, _chosen.plugin, _chosen.configuration)
    if wanted is not None:
        _chosen.name, _chosen.plugin = f"{type(wanted).__name__} (given)", Guarded(wanted, "given")
    try:
        yield
    finally:
        _chosen.name, _chosen.plugin, _chosen.configuration = before


def open_data(seed: int) -> Data:
    """Open the data of grading; `NoData` for a course without.

    Parameters
    ----------
    seed
        That of data that are drawn.
    """
    return plugin().open_data(seed) or NoData()


def describe(data: Data) -> dict[str, Any]:
    """Describe data so that another machine can find the same."""
    return {} if isinstance(data, NoData) else plugin().describe_data(data)


def find(described: Mapping[str, Any]) -> Data:
    """Find described data on this machine; `NoData` for a course without.

    Raises
    ------
    DataError
        If they are not here.
    """
    return plugin().find_data(described) or NoData()


def modules_inside() -> tuple[str, ...]:
    """Return the modules and packages that the course brings into the sandbox."""
    return (*plugin().operations, *plugin().inside)


def places_inside() -> list[Path]:
    """Return where the modules lie that the course brings into the sandbox, whole packages.

    Raises
    ------
    CourseError
        When one of them cannot be found.
    """
    return _places(modules_inside(), name())


def places() -> list[Path]:
    """Return where all of the course's own code lies: its plugin's, and that for the sandbox."""
    module = name().partition(":")[0]
    own = [module] if ":" in name() else []
    return _places([*own, *modules_inside()], name())


def place_of(module: str) -> Path:
    """Return where a module lies, or a whole package.

    Raises
    ------
    CourseError
        When it cannot be found.
    """
    return _place_of(module, name())


def _places(modules: Iterable[str], plugin_name: str) -> list[Path]:
    tops = dict.fromkeys(module.partition(".")[0] for module in modules)
    return [_place_of(top, plugin_name) for top in tops]


def _place_of(top: str, plugin_name: str) -> Path:
    spec = importlib.util.find_spec(top)
    if spec is None or spec.origin is None:
        raise CourseError(
            f"The course's plugin {plugin_name} lists the module {top!r} for the sandbox "
            "(operations, inside), and Python finds none of that name. Mend the list, or install "
            "the module."
        )
    path = Path(spec.origin).resolve()
    return path.parent if path.name == "__init__.py" else path


def _load(wanted: str, folder: Path | None) -> Any:
    if wanted == PLAIN:
        return PlainCourse()
    module, _, attribute = wanted.partition(":")
    if not (module and attribute.isidentifier()):
        raise _unusable(wanted, "a module and an object in it are expected, as MODULE:OBJECT")
    try:
        found = getattr(importlib.import_module(module), attribute, None)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{module}.".startswith(f"{error.name}."):
            where = f", nor is it in {folder}" if folder is not None else ""
            raise _unusable(wanted, f"no module {error.name!r} is installed{where}") from None
        raise _unusable(wanted, f"{module} cannot be imported ({error})") from error
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        raise _unusable(wanted, f"{module} cannot be imported ({text})") from error
    if found is None:
        raise _unusable(wanted, f"{module} has no {attribute!r}")
    return found


def _unusable(wanted: str, reason: str) -> CourseError:
    return CourseError(
        f"The course's plugin {wanted!r} cannot be used: {reason}. Mend {SETTING} in "
        f"nbgrader_config.py (or {VARIABLE}); {PLAIN!r} is a course that needs none."
    )


def _try_out(found: Any) -> None:
    """Make sure that a plugin is whole, and call what can be called without a submission."""
    members = [*CoursePlugin.__annotations__, *vars(PlainCourse)]
    wanted = [member for member in dict.fromkeys(members) if not member.startswith("_")]
    missing = [member for member in wanted if not hasattr(found, member)]
    if missing:
        raise CourseError(
            f"The course's plugin {found._name} lacks {', '.join(missing)}. Inherit from "
            "pawmark.grading.course.PlainCourse, which has them all, or write them."
        )
    _require_kinds(found)
    _places((*found.operations, *found.inside), found._name)
    found.environment(None)
    found.limits()
    found.devices()
    found.preload("")


def _require_kinds(found: Any) -> None:
    names = ("operations", "inside", "libraries", "left_out")
    kinds = {"course_id": str, **dict.fromkeys(names, tuple)}
    for member, kind in kinds.items():
        value = getattr(found, member)
        if not isinstance(value, kind):
            raise CourseError(
                f"The course's plugin {found._name} has a mistake: {member} is "
                f"{value!r}, and a {kind.__name__} is expected."
            )


def _configuration(folder: Path) -> Mapping[str, Any]:
    """Return the configuration of a course; empty where it sets nothing that matters here.

    To run it takes nbgrader, which each process of grading is spared where it can be.
    """
    path = folder / "nbgrader_config.py"
    text = path.read_text("utf-8", errors="replace") if path.is_file() else ""
    if not any(f"{name}." in text for name in (settings.SECTION, *_OF_RUNS, *OF_RELEASES)):
        return {}
    from traitlets.config.loader import PyFileConfigLoader

    try:
        found: Mapping[str, Any] = PyFileConfigLoader(path.name, path=str(folder)).load_config()
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        raise CourseError(f"{path} cannot be read ({text}). Mend it.") from error
    return found
