"""What asks a student's work, with the questions of this course: models and plots.

What answers them in the student's process is `pawmark.vision.inside`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pawmark.grading.checks.student import Student, read, typed

_INSIDE = "pawmark.vision.inside"


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


class VisionStudent(Student):
    """Asks a student's process, about Keras models and Matplotlib axes too."""

    def _ask_inside(self, op: str, **args: Any) -> Any:
        return self.question(f"{_INSIDE}:{op}", **args)

    def model(self, model: Any) -> ModelFacts:
        """Describe a keras model."""
        tree = self._ask_inside("model", model=model)
        return read(lambda: _model_facts(tree))

    def predict(self, model: Any, inputs: np.ndarray, batch_size: int = 32) -> Any:
        """Predict with a keras model: an array of the model's output shape."""
        return self._ask_inside("predict", model=model, inputs=inputs, batch_size=batch_size)

    def weights(self, model: Any) -> list[np.ndarray]:
        """Return the weights of a keras model in its own order."""
        return self._ask_inside("weights", model=model)

    def set_weights(self, model: Any, weights: list[np.ndarray]) -> None:
        """Put weights into a keras model."""
        self._ask_inside("set_weights", model=model, weights=weights)

    def history(self, values: dict[str, list[float]]) -> Any:
        """Make a keras History that holds the given values."""
        return self._ask_inside("history", values=values)

    def axes(self, axes: Any) -> AxesFacts:
        """Describe matplotlib Axes."""
        tree = self._ask_inside("axes", axes=axes)
        return read(lambda: _axes_facts(tree))

    def seed(self, seed: int) -> None:
        """Seed Python's, NumPy's and Keras' random numbers."""
        self._ask_inside("seed", seed=seed)


def _shape(value: Any) -> tuple[int | None, ...] | None:
    if value is None:
        return None
    if not all(n is None or type(n) is int for n in typed(value, tuple)):
        raise TypeError("a shape is not a tuple of integers")
    return value


def _layer_facts(tree: Any) -> LayerFacts:
    return LayerFacts(
        class_name=typed(tree["class_name"], str),
        name=typed(tree["name"], str),
        config=typed(tree["config"], dict),
        input_shape=_shape(tree["input_shape"]),
        output_shape=_shape(tree["output_shape"]),
        params=typed(tree["params"], int),
    )


def _model_facts(tree: Any) -> ModelFacts:
    return ModelFacts(
        name=typed(tree["name"], str),
        params=typed(tree["params"], int, type(None)),
        trainable_params=typed(tree["trainable_params"], int),
        input_shape=_shape(tree["input_shape"]),
        output_shape=_shape(tree["output_shape"]),
        layers=tuple(_layer_facts(layer) for layer in typed(tree["layers"], list)),
        loss=typed(tree["loss"], str, type(None)),
        optimizer=typed(tree["optimizer"], str, type(None)),
        optimizer_config=typed(tree["optimizer_config"], dict, type(None)),
        metrics=tuple(typed(name, str) for name in typed(tree["metrics"], list)),
    )


def _numbers(value: Any) -> np.ndarray:
    if np.iscomplexobj(typed(value, np.ndarray, list)):
        raise TypeError("complex numbers where real ones were expected")
    return np.asarray(value, dtype=float).ravel()


def _line_facts(tree: Any) -> LineFacts:
    return LineFacts(
        label=typed(tree["label"], str),
        x=_numbers(tree["x"]),
        y=_numbers(tree["y"]),
        linestyle=typed(tree["linestyle"], str),
        marker=typed(tree["marker"], str),
    )


def _axes_facts(tree: Any) -> AxesFacts:
    legend = typed(tree, dict)["legend"]
    return AxesFacts(
        title=typed(tree["title"], str),
        xlabel=typed(tree["xlabel"], str),
        ylabel=typed(tree["ylabel"], str),
        lines=tuple(_line_facts(line) for line in typed(tree["lines"], list)),
        legend=None if legend is None else tuple(typed(text, str) for text in legend),
    )
