"""The door to a student's work: the only way by which a check reaches it."""

import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from pawmark.grading.boundary import wire
from pawmark.grading.boundary.wire import Opaque
from pawmark.grading.inside.guest import Guest
from pawmark.grading.results.outcomes import Outcome

Extended = TypeVar("Extended", bound="Student")

_MEMORY = ("MemoryError", "_ArrayMemoryError", "ResourceExhaustedError")
_TOO_LARGE = "your code's answer is larger than what is looked at"


class StudentError(Exception):
    """A question that the student's work did not answer.

    Attributes
    ----------
    outcome
        What the check's outcome becomes.
    detail
        The end of the student's traceback.
    """

    def __init__(self, outcome: Outcome, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.outcome = outcome
        self.detail = detail


class Student:
    """Asks a student's process and returns plain values.

    Parameters
    ----------
    ask
        Delivers a message and returns the reply; raises `StudentError` when none comes.
    """

    def __init__(self, ask: Callable[[wire.Message], wire.Message]) -> None:
        self._ask = ask

    @classmethod
    def local(cls, namespace: dict[str, Any]) -> "Student":
        """Return a door to a live namespace of this process, by the same wire format."""
        guest = Guest(namespace)

        def ask(message: wire.Message) -> wire.Message:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return guest.answer(message)

        return cls(ask)

    def question(self, op: str, **args: Any) -> Any:
        """Ask one question; a course's own is named ``MODULE:NAME``.

        Raises
        ------
        StudentError
            When there is no answer that can be used.
        """
        reply = self._ask(wire.encode({"op": op, "args": args}))
        try:
            answer = typed(wire.decode(reply), dict)
            status = typed(answer["status"], str)
            if status == "ok":
                return answer["value"]
            if status == "not attempted":
                raise StudentError(Outcome.NOT_ATTEMPTED, "this exercise is not attempted yet")
            if status == "too large":
                raise StudentError(Outcome.OUTPUT_LIMIT, _TOO_LARGE)
            kind, text, detail = (
                typed(answer[name], str)[: wire.MAX_TEXT] for name in ("type", "message", "detail")
            )
        except (wire.WireError, KeyError, TypeError) as error:
            raise _unreadable(error) from error
        outcome = Outcome.OUT_OF_MEMORY if kind in _MEMORY else Outcome.STUDENT_ERROR
        raise StudentError(outcome, f"{kind}: {text}", detail)

    def extended(self, kind: type[Extended]) -> Extended:
        """Return the same door as one of a course's own kind, which asks more."""
        door = kind.__new__(kind)
        vars(door).update(vars(self))
        return door

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a function of the notebook by name."""
        return self.question("call", name=name, args=list(args), kwargs=kwargs)

    def evaluate(self, expression: str, **bindings: Any) -> Any:
        """Evaluate an expression in the notebook's namespace, with names bound to values."""
        return self.question("evaluate", expression=expression, bindings=bindings)

    def has(self, name: str) -> bool:
        """Tell whether the notebook defines a name."""
        return self.question("has", name=name) is True

    def folder(self, files: dict[str, bytes]) -> str:
        """Write files into a fresh folder beside the student's process and return its path."""
        return str(self.question("folder", files=files))

    def read_file(self, path: Any) -> bytes:
        """Read a file that the student's code has written."""
        data = self.question("read_file", path=path)
        return data if isinstance(data, bytes) else b""

    def exists(self, path: Any) -> bool:
        """Tell whether a file exists in the student's process."""
        return self.question("exists", path=path) is True

    def scratch(self, name: str) -> str:
        """Return a path that does not exist yet, in a fresh folder."""
        return str(self.question("scratch", name=name))

    def seed(self, seed: int) -> None:
        """Seed Python's and NumPy's random numbers."""
        self.question("seed", seed=seed)


def _unreadable(error: Exception) -> StudentError:
    text = f"your code's answer could not be read ({error})"
    return StudentError(Outcome.STUDENT_ERROR, text[:500])


def read(build: Callable[[], Any]) -> Any:
    """Build something of an answer; what of it cannot be read is the student's error."""
    try:
        return build()
    except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
        raise _unreadable(error) from error


def typed(value: Any, *types: type) -> Any:
    """Return a value of an answer, which must be of one of these types."""
    if not isinstance(value, types):
        raise TypeError(f"a {type(value).__name__} where {types[0].__name__} was expected")
    return value


__all__ = [
    "Opaque",
    "Student",
    "StudentError",
]
