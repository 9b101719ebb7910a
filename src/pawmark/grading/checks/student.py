"""What asks a student's work: the only way by which a check reaches it."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pawmark.grading.boundary import wire
from pawmark.grading.boundary.wire import Opaque
from pawmark.grading.inside.guest import Guest
from pawmark.grading.results.outcomes import NOT_ATTEMPTED_YET, Outcome

Extended = TypeVar("Extended", bound="Student")

_MEMORY = ("MemoryError", "_ArrayMemoryError", "ResourceExhaustedError")
_NOT_SENT_BACK = (
    "what your code answered cannot be handed on to your code: it is too large, or lists and dicts "
    "are nested too deep in it"
)
_STATUS = {
    "not attempted": (Outcome.NOT_ATTEMPTED, NOT_ATTEMPTED_YET),
    "too large": (Outcome.OUTPUT_LIMIT, "your code's answer is larger than what is looked at"),
    "timeout": (
        Outcome.TIMEOUT,
        "your code did not finish within the time limit of a single call: is a loop endless?",
    ),
}


class StudentError(Exception):
    """A question that the student's work did not answer.

    Attributes
    ----------
    outcome
        What the check's outcome becomes.
    detail
        The end of the student's traceback.
    kinds
        The names of the classes of the student's error, its own first; empty where there is none.
    text
        What that error says.
    line
        The line of the student's code at which it came out, or empty.
    """

    def __init__(
        self,
        outcome: Outcome,
        message: str,
        detail: str = "",
        kinds: tuple[str, ...] = (),
        text: str = "",
        line: str = "",
    ) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.detail = detail
        self.kinds, self.text, self.line = kinds, text, line


Reply = wire.Message | StudentError | None


class Student:
    """Asks a student's process and returns plain values.

    Parameters
    ----------
    ask
        Delivers a message and returns the reply; raises `StudentError` when none comes.
    ask_all
        Delivers messages as one batch; returns for each the reply, or the `StudentError`, or None
        where it is to be ``cheap`` and would start a process. By default it is made of ``ask``.
    """

    def __init__(
        self,
        ask: Callable[[wire.Message], wire.Message],
        ask_all: Callable[[Sequence[wire.Message], float, bool], list[Reply]] | None = None,
    ) -> None:
        self._ask = ask
        self._ask_all = ask_all or self._in_one_batch

    @classmethod
    def local(cls, namespace: dict[str, Any]) -> "Student":
        """Return what asks a live namespace of this process, by the same wire format."""
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
        try:
            reply = self._ask(wire.encode({"op": op, "args": args}))
        except wire.TooLargeError as error:  # what checks make themselves is small
            raise StudentError(Outcome.STUDENT_ERROR, _NOT_SENT_BACK) from error
        return _value(reply)

    def _in_one_batch(
        self, messages: Sequence[wire.Message], seconds: float, cheap: bool
    ) -> list[Reply]:
        try:
            return list(read_batch(self._ask(batch(messages, seconds)), len(messages)))
        except StudentError as error:
            return [error] * len(messages)

    def ask_all(
        self, messages: Sequence[wire.Message], seconds: float, cheap: bool = False
    ) -> list[Any]:
        """Ask questions in one batch; what becomes of one is no matter of the others.

        Parameters
        ----------
        messages
            The questions.
        seconds
            How long the student's process should spend on one.
        cheap
            Whether to leave out what would start a process.

        Returns
        -------
        list
            For each question a dict with its ``value``, or a `StudentError`, or None where it was
            left out.
        """
        if not messages:
            return []
        return [_outcome_of(reply) for reply in self._ask_all(messages, seconds, cheap)]

    def extended(self, kind: type[Extended]) -> Extended:
        """Return the same student as one of a course's own kind, which asks more."""
        student = kind.__new__(kind)
        vars(student).update(vars(self))
        return student

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
        return self._path("folder", files=files)

    def read_file(self, path: Any) -> bytes:
        """Read a file that the student's code has written."""
        data = self.question("read_file", path=path)
        return data if isinstance(data, bytes) else b""

    def exists(self, path: Any) -> bool:
        """Tell whether a file exists in the student's process."""
        return self.question("exists", path=path) is True

    def scratch(self, name: str) -> str:
        """Return a path that does not exist yet, in a fresh folder."""
        return self._path("scratch", name=name)

    def _path(self, op: str, **args: Any) -> str:
        answer = self.question(op, **args)
        path: str = read(lambda: typed(answer, str))
        return path

    def seed(self, seed: int) -> None:
        """Seed Python's and NumPy's random numbers."""
        self.question("seed", seed=seed)


def batch(messages: Sequence[wire.Message], seconds: float) -> wire.Message:
    """Return many questions as one; see `read_batch`."""
    args = {"questions": [wire.pack(message) for message in messages], "seconds": seconds}
    return wire.encode({"op": "batch", "args": args})


def read_batch(reply: wire.Message, count: int) -> list[wire.Message]:
    """Return the replies to so many questions of one batch.

    Raises
    ------
    StudentError
        If the reply is not of that form.
    """
    answers = _value(reply)
    try:
        if len(typed(answers, list)) != count:
            raise TypeError("another number of answers than of questions")
        return [wire.unpack(answer) for answer in answers]
    except (wire.WireError, TypeError) as error:
        raise _unreadable(error) from error


def _outcome_of(reply: Reply) -> Any:
    if reply is None or isinstance(reply, StudentError):
        return reply
    try:
        return {"value": _value(reply)}
    except StudentError as error:
        return error


def _value(reply: wire.Message) -> Any:
    """Return the value of a reply, or raise what became of the question."""
    try:
        answer = typed(wire.decode(reply), dict)
        status = typed(answer["status"], str)
        if status == "ok":
            return answer["value"]
        if status in _STATUS:
            raise StudentError(*_STATUS[status])
        kind, text, detail = (
            typed(answer[name], str)[: wire.MAX_TEXT] for name in ("type", "message", "detail")
        )
        line = typed(answer.get("line", ""), str)[:200]
        kinds = tuple(typed(one, str)[:200] for one in typed(answer.get("kinds", []), list)[:20])
    except (wire.WireError, KeyError, TypeError) as error:
        raise _unreadable(error) from error
    outcome = Outcome.OUT_OF_MEMORY if kind in _MEMORY else Outcome.STUDENT_ERROR
    raise StudentError(outcome, f"{kind}: {text}", detail, kinds or (kind,), text, line)


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
    "batch",
    "read_batch",
]
