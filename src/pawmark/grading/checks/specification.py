"""What an author writes for one exercise: judge, strata, variants, contract, remarks.

Every object is plain and frozen, and says at once, by `CourseError`, what of it cannot work.
"""

import functools
import inspect
import string
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pawmark.errors import CourseError
from pawmark.grading.checks.tolerance import Closeness

CORE, CORNERS, CONTRACT = "core", "corners", "contract"
_FIELDS = ("got", "expected", "call", "where")


class Severity(StrEnum):
    """How wrong a program is; `marks.BANDS` says what it may keep."""

    FATAL = "fatal"  # useless for ordinary inputs
    MAJOR = "major"  # wrong for a whole class of ordinary inputs
    MINOR = "minor"  # right but for corners or form


@dataclass(frozen=True)
class Raises:
    """The right result is an error of this class (or of one derived from it)."""

    kind: type[BaseException]

    def __str__(self) -> str:
        return f"a {self.kind.__name__}" if self.kind is not Exception else "an error"


@dataclass(frozen=True)
class OneOf:
    """Each of these results is right: the text leaves a choice."""

    results: tuple[Any, ...]


@dataclass(frozen=True)
class Satisfying:
    """Every result is right of which a relation holds.

    Attributes
    ----------
    holds
        Called with the answer, in the form of ``like`` if that is given; returns whether it is
        right, or in words what is wrong with it. What it raises on an odd answer refuses it.
    words
        What is expected, for the student: "a path through all cells".
    like
        A result in the right form, into which answers are converted before.
    """

    holds: Callable[[Any], Any]
    words: str
    like: Any = None


def raises(kind: type[BaseException]) -> Raises:
    """Return the result "raises this error", for a judge to return."""
    return Raises(kind)


def one_of(*results: Any) -> OneOf:
    """Return a set of admissible results, for a judge to return."""
    return OneOf(results)


def satisfying(holds: Callable[[Any], Any], words: str, like: Any = None) -> Satisfying:
    """Return a relation that an answer must satisfy, for a judge to return; see `Satisfying`."""
    return Satisfying(holds, words, like)


class CopiedJudge:
    """A judge that is the reference solution: it shares its mistakes, so it proves nothing."""

    def __init__(self, reference: Callable[..., Any]) -> None:
        functools.update_wrapper(self, reference)
        self._reference = reference

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the reference returns; an error of it is the right result, too.

        Places are written for it, as for a student's function.
        """
        with tempfile.TemporaryDirectory(prefix="pawmark-") as folder:
            try:
                return self._reference(
                    *(_written(value, Path(folder)) for value in args),
                    **{name: _written(value, Path(folder)) for name, value in kwargs.items()},
                )
            except Exception as error:
                return Raises(type(error))


def _written(value: Any, folder: Path) -> Any:
    """Return the path of a place, below which its files have been written; all else as it is."""
    if not isinstance(value, Place):
        return value
    for name, data in value.files.items():
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    path = folder / value.path
    return path if value.as_path else str(path)


def copied_from_reference(reference: Callable[..., Any]) -> CopiedJudge:
    """Return the judge of a draft: the reference solution, until an independent one is written.

    ``pawmark outside`` drafts with it; ``pawmark prove`` refuses an exercise that has it.

    Parameters
    ----------
    reference
        The function of the reference solution.
    """
    return CopiedJudge(reference)


@dataclass(frozen=True)
class Inside:
    """An argument that is built beside the student's code by a named operation of the guest.

    Attributes
    ----------
    operation
        The name of the operation: of the guest itself, ``"evaluate"``, or with its module one of
        the course's own, ``"pawmark.vision.inside:history"``.
    arguments
        Its arguments; plain data.
    seen
        What judge and variants get in its place.
    state
        An expression in ``value`` that tells the state of what was built, for the contract "nothing
        of the caller's changed": ``"value.history"``.
    """

    operation: str
    arguments: Mapping[str, Any]
    seen: Any = None
    state: str | None = None


class Mark(StrEnum):
    """Stands, in the arguments of `Exercise.read`, for what is known only beside the student."""

    RESULT = "result"
    ARGUMENTS = "arguments"


RESULT, ARGUMENTS = Mark.RESULT, Mark.ARGUMENTS


@dataclass(frozen=True)
class Place:
    """A path in a folder that is written beside the student's code.

    All places of one call that have the same files lie in one folder. An argument may be a list or
    tuple that holds places, at any depth. Answers name its paths as ``folder:/images/a.png``, as
    `str` of a place does.

    Attributes
    ----------
    files
        Contents by path within the folder; a path that ends in ``/`` is an empty folder.
    path
        The path within the folder, empty for the folder itself.
    as_path
        Whether the function gets a `pathlib.Path`; by default it gets text.
    relative
        Whether it is told from the working folder; by default from the root.
    """

    files: Mapping[str, bytes] = field(repr=False)  # many, and the same in each place of a call
    path: str = ""
    as_path: bool = False
    relative: bool = False

    def __str__(self) -> str:
        return f"folder:/{self.path}".rstrip("/")


@dataclass(frozen=True)
class Input:
    """The arguments of one call."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)


def call(*args: Any, **kwargs: Any) -> Input:
    """Return an input with keyword arguments, for a strategy to draw; a tuple does without."""
    return Input(args, kwargs)


@dataclass(frozen=True)
class Stratum:
    """A named part of the inputs, of which each run draws some.

    Attributes
    ----------
    name
        What is special about these inputs; students read it: "boxes that only touch".
    strategy
        A Hypothesis strategy of tuples of arguments, or of `call`; see `strata.inputs`.
    row
        ``"core"`` for ordinary inputs, ``"corners"`` for what the text also asks.
    count
        How many different inputs a run draws, or fewer where there are fewer.
    weight
        Its part of the row, beside those of the other strata.
    facet
        Words that stand for the input where that must not be shown: "in training mode".
    """

    name: str
    strategy: Any
    row: str = CORE
    count: int = 6
    weight: float = 1.0
    facet: str | None = None

    def __post_init__(self) -> None:
        if self.row not in (CORE, CORNERS):
            raise CourseError(
                f"The stratum {self.name!r} has row={self.row!r}: it is {CORE!r} or {CORNERS!r}."
            )
        if self.count < 1 or self.weight <= 0:
            raise CourseError(f"The stratum {self.name!r} needs a count and a weight above 0.")


@dataclass(frozen=True)
class Variant:
    """A wrong program that stands for a misconception.

    Attributes
    ----------
    name
        Its key among the variants of the exercise, also for translations: "last-included".
    program
        The wrong program; called like the judge.
    severity
        "fatal", "major" or "minor".
    message
        What the student reads: a template with the fields got, expected, call, where and the names
        of the judge's parameters.
    family
        Variants that cannot always be told apart may share one; see `Exercise.families`.
    switches
        Names of the switches that are on; see `switches`.
    """

    name: str
    program: Callable[..., Any]
    severity: str
    message: str
    family: str | None = None
    switches: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        try:
            Severity(self.severity)
        except ValueError:
            kinds = ", ".join(Severity)
            raise CourseError(
                f"The variant {self.name!r} has severity={self.severity!r}; there are {kinds}."
            ) from None


@dataclass(frozen=True)
class Slip:
    """What is said of one switch of a program; see `switches`."""

    severity: str
    message: str
    family: str | None = None


def switches(program: Callable[..., Any], **slips: Slip) -> tuple[Variant, ...]:
    """Return a variant for each switch of one program.

    The program takes each switch as a keyword that is False by default, and is right while all are
    off. Where no single variant agrees with a student, pairs of switches are tried.
    """
    return tuple(
        Variant(
            name.replace("_", "-"),
            _switched(program, name),
            slip.severity,
            slip.message,
            slip.family,
            (name,),
        )
        for name, slip in slips.items()
    )


class _Switched:
    """A program with some of its switches on."""

    def __init__(self, program: Callable[..., Any], on: tuple[str, ...]) -> None:
        self.program, self.on = program, on

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.program(*args, **kwargs, **dict.fromkeys(self.on, True))


def _switched(program: Callable[..., Any], *names: str) -> Callable[..., Any]:
    return _Switched(program, names)


def pair_of(one: Variant, other: Variant) -> Variant | None:
    """Return the variant with the switches of both on; None where they are not of one program."""
    a, b = one.program, other.program
    if not (isinstance(a, _Switched) and isinstance(b, _Switched) and a.program is b.program):
        return None
    order = list(Severity)
    worse = min(one.severity, other.severity, key=lambda severity: order.index(Severity(severity)))
    return Variant(
        f"{one.name}+{other.name}",
        _Switched(a.program, a.on + b.on),
        worse,
        f"two things at once. {one.message} And: {other.message}",
        switches=one.switches + other.switches,
    )


@dataclass(frozen=True)
class Contract:
    """The form of a result, which values are not judged by: a slip here costs one row.

    Attributes
    ----------
    result
        The type or types of the result, for instance ``numpy.ndarray`` or ``(tuple, list)``.
    items
        The type or types of its items, where the result is a tuple, list or dict.
    dtype
        Of all arrays and NumPy scalars in it: "same" as the judge's, a name ("uint8"), or a kind:
        "floating", "integer", "bool".
    shape
        Whether unit axes too many or too few are a slip.
    keeps_arguments
        Whether the caller's objects must be as they were.
    pure
        Whether f(a), f(b), f(a) on the same objects must give the first result again.
    check
        One more demand: called with the answer and the arguments; returns what is wrong, or None.
    messages
        Other words for "type", "shape", "dtype", "arguments", "again".
    """

    result: type | tuple[type, ...] | None = None
    items: type | tuple[type, ...] | None = None
    dtype: str | None = None
    shape: bool = True
    keeps_arguments: bool = True
    pure: bool = True
    check: Callable[..., str | None] | None = None
    messages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Shares:
    """The parts of an exercise's points by row; a row that it lacks goes to the core."""

    core: float = 0.7
    corners: float = 0.2
    contract: float = 0.1

    def __post_init__(self) -> None:
        parts = (self.core, self.corners, self.contract)
        if abs(sum(parts) - 1) > 1e-9 or min(parts) < 0 or self.core <= 0:
            raise CourseError(f"The shares {parts} should be parts of 1, with something for core.")


@dataclass(frozen=True)
class Remark:
    """What a person should look at, and no point hangs on.

    Attributes
    ----------
    name
        Its key.
    expression
        An expression that is evaluated in the student's notebook; what is true there makes the
        remark. It may name ``inspect``.
    message
        What the person reads.
    """

    name: str
    expression: str
    message: str


@dataclass(frozen=True)
class Exercise:
    """One exercise, specified; see docs/writing-checks.md.

    Attributes
    ----------
    name
        Its grade_id: "01-box-iou".
    function
        The function that students write.
    judge
        Called with the arguments of an input, returns the right result: a value, or one of
        `raises`, `one_of` and `satisfying`. Written another way than the reference solution.
    strata
        Where the inputs come from.
    variants
        Wrong programs with a name.
    same
        How far numbers may differ: `exact`, or `close(atol, rtol)`. Whole numbers, labels and text
        are always compared exactly.
    contract
        The form of the result; None where nothing is asked of it.
    canonical
        Brings results that mean the same into the same form, before any comparison.
    shares
        The parts of the points by row.
    families
        A message by family, for variants of which several agree with a student.
    read
        How a result that cannot cross is read beside the student's code: an `Inside` in whose
        arguments `RESULT` stands for the result and `ARGUMENTS` for the list of the arguments:
        ``Inside("pawmark.vision.inside:axes", {"axes": RESULT})``.
    closed
        Whether the expected result stays hidden.
    shows_numbers
        Whether numbers with a fraction are shown of an answer and of the right result. Without them
        a counterexample tells what differs: in words, shapes and counts.
    show
        Writes the call for people, from the arguments.
    remarks
        What a person should look at.
    seconds
        How long one call may take.
    shrinking
        How many questions may be asked to make a counterexample smaller.
    asked
        Where the function is not simply called: returns for an input the question that is asked
        instead, an operation of the guest with its arguments. Then ``canonical`` brings whatever
        comes into a form; what it raises refuses the answer.
    shared
        Whether the inputs are drawn once for a class, and not anew for each hand-in.
    """

    name: str
    function: str
    judge: Callable[..., Any]
    strata: Sequence[Stratum]
    variants: Sequence[Variant] = ()
    same: Closeness = field(default_factory=lambda: Closeness(1e-9, 1e-6))
    contract: Contract | None = field(default_factory=Contract)
    canonical: Callable[[Any], Any] | None = None
    shares: Shares = field(default_factory=Shares)
    families: Mapping[str, str] = field(default_factory=dict)
    read: Inside | None = None
    closed: bool = False
    shows_numbers: bool = True
    show: Callable[..., str] | None = None
    remarks: Sequence[Remark] = ()
    seconds: float = 10.0
    shrinking: int = 30
    asked: Callable[[Input], Inside] | None = None
    shared: bool = False

    def __post_init__(self) -> None:
        _require_unique(self.name, "stratum", [stratum.name for stratum in self.strata])
        _require_unique(self.name, "variant", [variant.name for variant in self.variants])
        if not any(stratum.row == CORE for stratum in self.strata):
            raise CourseError(f"{self.name}: no stratum has row={CORE!r}.")
        for variant in self.variants:
            self._require_message(f"the variant {variant.name!r}", variant.message)
            if variant.family is not None and variant.family not in self.families:
                raise CourseError(
                    f"{self.name}: the variant {variant.name!r} is of the family "
                    f"{variant.family!r}, and `families` has no message for it."
                )
        for family, message in self.families.items():
            self._require_message(f"the family {family!r}", message)

    def _require_message(self, owner: str, message: str) -> None:
        known = {*_FIELDS, *self.parameters}
        unknown = [name for name in fields_of(message) if name not in known]
        if unknown:
            raise CourseError(
                f"{self.name}: the message of {owner} names {{{unknown[0]}}}; "
                f"there are {', '.join(sorted(known))}."
            )

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the judge's parameters."""
        kinds = inspect.Parameter
        found = inspect.signature(self.judge).parameters.values()
        return tuple(p.name for p in found if p.kind is not kinds.VAR_POSITIONAL)

    def strata_of(self, row: str) -> tuple[Stratum, ...]:
        """Return the strata of a row."""
        return tuple(stratum for stratum in self.strata if stratum.row == row)


@dataclass(frozen=True)
class Item:
    """One thing that an exercise of items asks, which pays for itself.

    Attributes
    ----------
    name
        What it asks; students read it: "situation A".
    accepts
        Called with the answer and the arguments: True for a right answer; for a wrong one a
        message, or False. What it raises refuses the answer.
    strategy
        Inputs as for a `Stratum`; by default one call without arguments.
    count
        How many inputs a run draws.
    points
        Its weight beside the other items.
    message
        What is said where ``accepts`` says nothing.
    function
        The function that is called; by default that of the exercise.
    """

    name: str
    accepts: Callable[..., Any]
    strategy: Any = None
    count: int = 1
    points: float = 1.0
    message: str = "this is not right"
    function: str | None = None


@dataclass(frozen=True)
class Items:
    """An exercise of items: each pays for itself, and no expected result is ever shown.

    Attributes
    ----------
    name, function, read, remarks, seconds
        As for an `Exercise`.
    items
        What is asked.
    """

    name: str
    function: str
    items: Sequence[Item]
    read: Inside | None = None
    remarks: Sequence[Remark] = ()
    seconds: float = 10.0

    def __post_init__(self) -> None:
        _require_unique(self.name, "item", [item.name for item in self.items])
        if not self.items:
            raise CourseError(f"{self.name} has no items.")


def fields_of(template: str) -> list[str]:
    """Return the names of the fields of a message; only plain names are allowed in one.

    Raises
    ------
    CourseError
        For anything else between braces.
    """
    try:
        parts = [
            (name, form, conversion)
            for _, name, form, conversion in string.Formatter().parse(template)
            if name is not None
        ]
    except ValueError as error:
        raise CourseError(f"The message {template!r} cannot be filled in: {error}.") from None
    for name, form, conversion in parts:
        if not name.isidentifier() or form or conversion:
            raise CourseError(
                f"The message {template!r} holds {{{name}}}: fields are plain names. A brace "
                "itself is written twice."
            )
    return [name for name, _, _ in parts]


def _require_unique(exercise: str, kind: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CourseError(f"{exercise}: two of its {kind}s have the name {twice[0]!r}.")
