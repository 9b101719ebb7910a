"""The door to a student's work: the only way by which a check reaches it."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pawmark.grading.boundary import wire
from pawmark.grading.boundary.wire import Opaque
from pawmark.grading.inside.guest import Guest
from pawmark.grading.results.outcomes import Outcome

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


@dataclass(frozen=True)
class LayerFacts:
    """What a layer says of itself; shapes are tuples with None for the batch, or None."""

    class_name: str
    name: str
    config: dict[str, Any]
    input_shape: tuple[int | None, ...] | None
    output_shape: tuple[int | None, ...] | None
    params: int


@dataclass(frozen=True)
class ModelFacts:
    """What a model says of itself, read as data."""

    name: str
    params: int | None
    trainable_params: int
    input_shape: tuple[int | None, ...] | None
    output_shape: tuple[int | None, ...] | None
    layers: tuple[LayerFacts, ...]
    loss: str | None
    optimizer: str | None
    optimizer_config: dict[str, Any] | None
    metrics: tuple[str, ...]


@dataclass(frozen=True)
class LineFacts:
    """One line of a plot."""

    label: str
    x: np.ndarray
    y: np.ndarray
    linestyle: str
    marker: str


@dataclass(frozen=True)
class AxesFacts:
    """What matplotlib Axes show."""

    title: str
    xlabel: str
    ylabel: str
    lines: tuple[LineFacts, ...]
    legend: tuple[str, ...] | None


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

    def _question(self, op: str, **args: Any) -> Any:
        reply = self._ask(wire.encode({"op": op, "args": args}))
        try:
            answer = _typed(wire.decode(reply), dict)
            status = _typed(answer["status"], str)
            if status == "ok":
                return answer["value"]
            if status == "not attempted":
                raise StudentError(Outcome.NOT_ATTEMPTED, "this exercise is not attempted yet")
            if status == "too large":
                raise StudentError(Outcome.OUTPUT_LIMIT, _TOO_LARGE)
            kind, text, detail = (
                _typed(answer[name], str)[: wire.MAX_TEXT] for name in ("type", "message", "detail")
            )
        except (wire.WireError, KeyError, TypeError) as error:
            raise _unreadable(error) from error
        outcome = Outcome.OUT_OF_MEMORY if kind in _MEMORY else Outcome.STUDENT_ERROR
        raise StudentError(outcome, f"{kind}: {text}", detail)

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a function of the notebook by name."""
        return self._question("call", name=name, args=list(args), kwargs=kwargs)

    def evaluate(self, expression: str, **bindings: Any) -> Any:
        """Evaluate an expression in the notebook's namespace, with names bound to values."""
        return self._question("evaluate", expression=expression, bindings=bindings)

    def has(self, name: str) -> bool:
        """Tell whether the notebook defines a name."""
        return self._question("has", name=name) is True

    def model(self, model: Any) -> ModelFacts:
        """Describe a keras model."""
        tree = self._question("model", model=model)
        return _read(lambda: _model_facts(tree))

    def predict(self, model: Any, inputs: np.ndarray, batch_size: int = 32) -> Any:
        """Predict with a keras model: an array of the model's output shape."""
        return self._question("predict", model=model, inputs=inputs, batch_size=batch_size)

    def weights(self, model: Any) -> list[np.ndarray]:
        """Return the weights of a keras model in its own order."""
        return self._question("weights", model=model)

    def set_weights(self, model: Any, weights: list[np.ndarray]) -> None:
        """Put weights into a keras model."""
        self._question("set_weights", model=model, weights=weights)

    def history(self, values: dict[str, list[float]]) -> Any:
        """Make a keras History that holds the given values."""
        return self._question("history", values=values)

    def axes(self, axes: Any) -> AxesFacts:
        """Describe matplotlib Axes."""
        tree = self._question("axes", axes=axes)
        return _read(lambda: _axes_facts(tree))

    def folder(self, files: dict[str, bytes]) -> str:
        """Write files into a fresh folder beside the student's process and return its path."""
        return str(self._question("folder", files=files))

    def read_file(self, path: Any) -> bytes:
        """Read a file that the student's code has written."""
        data = self._question("read_file", path=path)
        return data if isinstance(data, bytes) else b""

    def exists(self, path: Any) -> bool:
        """Tell whether a file exists in the student's process."""
        return self._question("exists", path=path) is True

    def scratch(self, name: str) -> str:
        """Return a path that does not exist yet, in a fresh folder."""
        return str(self._question("scratch", name=name))

    def seed(self, seed: int) -> None:
        """Seed Python's, NumPy's and Keras' random numbers."""
        self._question("seed", seed=seed)


def _unreadable(error: Exception) -> StudentError:
    text = f"your code's answer could not be read ({error})"
    return StudentError(Outcome.STUDENT_ERROR, text[:500])


def _read(build: Callable[[], Any]) -> Any:
    try:
        return build()
    except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
        raise _unreadable(error) from error


def _typed(value: Any, *types: type) -> Any:
    if not isinstance(value, types):
        raise TypeError(f"a {type(value).__name__} where {types[0].__name__} was expected")
    return value


def _shape(value: Any) -> tuple[int | None, ...] | None:
    if value is None:
        return None
    if not all(n is None or type(n) is int for n in _typed(value, tuple)):
        raise TypeError("a shape is not a tuple of integers")
    return value


def _layer_facts(tree: Any) -> LayerFacts:
    return LayerFacts(
        class_name=_typed(tree["class_name"], str),
        name=_typed(tree["name"], str),
        config=_typed(tree["config"], dict),
        input_shape=_shape(tree["input_shape"]),
        output_shape=_shape(tree["output_shape"]),
        params=_typed(tree["params"], int),
    )


def _model_facts(tree: Any) -> ModelFacts:
    return ModelFacts(
        name=_typed(tree["name"], str),
        params=_typed(tree["params"], int, type(None)),
        trainable_params=_typed(tree["trainable_params"], int),
        input_shape=_shape(tree["input_shape"]),
        output_shape=_shape(tree["output_shape"]),
        layers=tuple(_layer_facts(layer) for layer in _typed(tree["layers"], list)),
        loss=_typed(tree["loss"], str, type(None)),
        optimizer=_typed(tree["optimizer"], str, type(None)),
        optimizer_config=_typed(tree["optimizer_config"], dict, type(None)),
        metrics=tuple(_typed(name, str) for name in _typed(tree["metrics"], list)),
    )


def _numbers(value: Any) -> np.ndarray:
    if np.iscomplexobj(_typed(value, np.ndarray, list)):
        raise TypeError("complex numbers where real ones were expected")
    return np.asarray(value, dtype=float).ravel()


def _line_facts(tree: Any) -> LineFacts:
    return LineFacts(
        label=_typed(tree["label"], str),
        x=_numbers(tree["x"]),
        y=_numbers(tree["y"]),
        linestyle=_typed(tree["linestyle"], str),
        marker=_typed(tree["marker"], str),
    )


def _axes_facts(tree: Any) -> AxesFacts:
    legend = _typed(tree, dict)["legend"]
    return AxesFacts(
        title=_typed(tree["title"], str),
        xlabel=_typed(tree["xlabel"], str),
        ylabel=_typed(tree["ylabel"], str),
        lines=tuple(_line_facts(line) for line in _typed(tree["lines"], list)),
        legend=None if legend is None else tuple(_typed(text, str) for text in legend),
    )


__all__ = [
    "AxesFacts",
    "LayerFacts",
    "LineFacts",
    "ModelFacts",
    "Opaque",
    "Student",
    "StudentError",
]
