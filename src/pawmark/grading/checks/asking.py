"""Puts inputs to a program and returns its answers as plain data.

A *question* is one input for one function; its message is also the key of its recording, so what
was asked once need not be asked again, whatever becomes of judge, messages or points.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from pawmark.grading.boundary import wire
from pawmark.grading.checks.specification import Exercise, Input, Inside, Mark, Place
from pawmark.grading.checks.student import Student, StudentError
from pawmark.grading.results.outcomes import Outcome

_MISSPELT = ("NameError", "UnboundLocalError", "AttributeError", "SyntaxError", "ImportError")


@dataclass(frozen=True)
class Question:
    """One call of a function.

    Attributes
    ----------
    function
        Its name in the notebook.
    input
        The arguments.
    read
        How a result that cannot cross is read; see `Exercise.read`.
    other
        Another input: then the function is called with the first, this one and the first again, on
        the same objects, to see whether it keeps anything.
    instead
        What is asked instead of a call; see `Exercise.asked`.
    """

    function: str
    input: Input
    read: Inside | None = None
    other: Input | None = None
    instead: Inside | None = None

    @cached_property
    def message(self) -> wire.Message:
        """Return it as what is sent."""
        if self.instead is not None:
            own = {"op": self.instead.operation, "args": dict(self.instead.arguments)}
            return wire.encode(own)
        arguments: dict[str, Any] = {"name": self.function, "call": _call(self.input)}
        if self.read is not None:
            arguments["read"] = [self.read.operation, _marked(self.read.arguments)]
        if self.other is not None:
            arguments["other"] = _call(self.other)
        return wire.encode({"op": "probe", "args": arguments})

    @cached_property
    def key(self) -> str:
        """Return what tells it from other questions."""
        return wire.digest_of(self.message)

    @property
    def size(self) -> int:
        """Return how large its input is, to find the smallest."""
        tree, blobs = self.message.tree, self.message.blobs
        return len(str(tree)) + sum(map(len, blobs))


def question_of(exercise: Exercise, given: Input) -> Question:
    """Return what is asked for an input of an exercise."""
    instead = None if exercise.asked is None else exercise.asked(given)
    return Question(exercise.function, given, exercise.read, instead=instead)


def key_of(given: Input) -> str:
    """Return what tells an input from others."""
    return wire.digest_of(wire.encode(_call(given)))


def _call(given: Input) -> dict[str, Any]:
    return {
        "args": [_argument(value) for value in given.args],
        "kwargs": {name: _argument(value) for name, value in given.kwargs.items()},
    }


def _marked(tree: Any) -> Any:
    """Write the marks in the arguments of an operation as data."""
    if isinstance(tree, Mark):
        return {"mark": tree.value}
    if isinstance(tree, Mapping):
        return {key: _marked(value) for key, value in tree.items()}
    return tree


def _argument(value: Any) -> dict[str, Any]:
    if isinstance(value, Place):
        place: dict[str, Any] = {"place": dict(value.files), "path": value.path}
        told = {"as_path": value.as_path, "relative": value.relative}
        return place | {name: True for name, is_so in told.items() if is_so}
    if isinstance(value, Inside):
        built: dict[str, Any] = {"inside": value.operation, "arguments": dict(value.arguments)}
        return built if value.state is None else built | {"state": value.state}
    if isinstance(value, list | tuple) and _holds_built(value):
        return {"parts": [_argument(one) for one in value], "tuple": isinstance(value, tuple)}
    return {"value": value}


def _holds_built(value: Any) -> bool:
    """Tell whether something in a list or tuple must be built beside the student's code."""
    if isinstance(value, list | tuple):
        return any(_holds_built(one) for one in value)
    return isinstance(value, Place | Inside)


@dataclass(frozen=True)
class Returned:
    """The function gave a value.

    Attributes
    ----------
    value
        Plain data.
    changed
        Names or places of the arguments that are not as they were.
    """

    value: Any
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Repeated:
    """What came of f(a), f(b), f(a): the first result, the same object later, the last result."""

    first: Any
    later: Any
    again: Any
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Raised:
    """The function raised an error.

    Attributes
    ----------
    kinds
        The name of its class and of those above it.
    message, detail
        Its text, and the end of the traceback.
    line
        The line of the student's code, or empty.
    """

    kinds: tuple[str, ...]
    message: str = ""
    detail: str = ""
    line: str = ""

    @property
    def kind(self) -> str:
        """The name of its class."""
        return self.kinds[0] if self.kinds else "an error"

    @property
    def is_misspelt(self) -> bool:
        """Whether it says more about the spelling of the code than about what it does."""
        return any(kind in _MISSPELT for kind in self.kinds)


@dataclass(frozen=True)
class Lost:
    """There is no answer: not attempted, too slow, too large, or the process was lost."""

    outcome: Outcome
    message: str


Answer = Returned | Repeated | Raised | Lost


class Asking(Protocol):
    """Whatever answers questions: a student's process, or a program of the author's."""

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer each question; what becomes of one is no matter of the others."""

    def ask_more(self, question: Question) -> Answer | None:
        """Answer one more, for a smaller counterexample; None where that is not to be asked."""

    def evaluate(self, expression: str) -> bool:
        """Tell whether an expression is true in the student's notebook."""


class StudentAsking:
    """Asks a student's process, one batch at a time.

    Parameters
    ----------
    student
        The way to it.
    seconds
        How long one question may take.
    """

    def __init__(self, student: Student, seconds: float) -> None:
        self._student, self._seconds = student, seconds

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer each question."""
        messages = [question.message for question in questions]
        return [_answer(reply) for reply in self._student.ask_all(messages, self._seconds)]

    def ask_more(self, question: Question) -> Answer | None:
        """Answer one more, but start no process for it."""
        replies = self._student.ask_all([question.message], self._seconds, cheap=True)
        return None if replies[0] is None else _answer(replies[0])

    def evaluate(self, expression: str) -> bool:
        """Tell whether an expression is true there; not so when it cannot be evaluated."""
        question = wire.encode({"op": "evaluate", "args": {"expression": f"bool({expression})",
                                "bindings": {}}})  # fmt: skip
        reply = self._student.ask_all([question], self._seconds)[0]
        return isinstance(reply, dict) and reply.get("value") is True


def _answer(reply: Any) -> Answer:
    """Read a reply as data; whatever is not of its form is an answer that cannot be read."""
    if isinstance(reply, StudentError):
        return _of_error(reply)
    try:
        value = reply["value"]
        changed = tuple(str(name)[:100] for name in value["changed"][:20])
        if "first" in value:
            return Repeated(value["first"], value["later"], value["again"], changed)
        return Returned(value["value"], changed)
    except (KeyError, TypeError):
        return Lost(Outcome.STUDENT_ERROR, "your code's answer could not be read")


def _of_error(error: StudentError) -> Answer:
    if error.outcome is Outcome.STUDENT_ERROR and error.kinds:
        return Raised(error.kinds, error.text, error.detail, error.line)
    return Lost(error.outcome, str(error))


def seen(given: Input) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments as the trusted side has them, fresh: programs may change theirs."""

    def one(value: Any) -> Any:
        if isinstance(value, list | tuple) and _holds_built(value):
            return type(value)(map(one, value))
        return copy.deepcopy(value.seen if isinstance(value, Inside) else value)

    return [one(value) for value in given.args], {k: one(v) for k, v in given.kwargs.items()}


def run(program: Callable[..., Any], given: Input) -> Returned | Raised:
    """Run a program of the author's on an input, on the trusted side."""
    args, kwargs = seen(given)
    before = _state(args, kwargs)
    try:
        value = program(*args, **kwargs)
    except Exception as error:
        return raised(error)
    after = _state(args, kwargs)
    return Returned(value, tuple(name for name in before if before[name] != after[name]))


def raised(error: BaseException) -> Raised:
    """Return an error of the author's program as an answer."""
    kinds = tuple(kind.__name__ for kind in type(error).__mro__)
    return Raised(kinds, str(error)[: wire.MAX_TEXT])


def _state(args: list[Any], kwargs: dict[str, Any]) -> dict[str, str]:
    named = {f"argument {place + 1}": value for place, value in enumerate(args)} | kwargs
    return {name: wire.state_of(value) for name, value in named.items()}


class ProgramAsking:
    """Asks a program of the author's, to try out a specification.

    Parameters
    ----------
    program
        Called like the judge.
    """

    def __init__(self, program: Callable[..., Any]) -> None:
        self._program = program

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer each question."""
        return [self._one(question) for question in questions]

    def ask_more(self, question: Question) -> Answer:
        """Answer one more."""
        return self._one(question)

    def evaluate(self, expression: str) -> bool:
        """There is no notebook: nothing is true."""
        return False

    def _one(self, question: Question) -> Answer:
        if question.other is None:
            return run(self._program, question.input)
        (args, kwargs), (args2, kwargs2) = seen(question.input), seen(question.other)
        before = _state(args, kwargs)
        try:
            result = self._program(*args, **kwargs)
            first = copy.deepcopy(result)
            self._program(*args2, **kwargs2)
            later = copy.deepcopy(result)
            again = self._program(*args, **kwargs)
        except Exception as error:
            return raised(error)
        after = _state(args, kwargs)
        changed = tuple(name for name in before if before[name] != after[name])
        return Repeated(first, later, again, changed)


__all__ = [
    "Answer",
    "Asking",
    "Lost",
    "ProgramAsking",
    "Question",
    "Raised",
    "Repeated",
    "Returned",
    "StudentAsking",
    "key_of",
    "question_of",
    "raised",
    "run",
    "seen",
]
