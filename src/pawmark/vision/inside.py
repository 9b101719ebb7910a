"""The questions that this course adds to the guest: about Keras models and Matplotlib axes.

This module runs in the student's process and holds no secret. The other side of each question is
in `pawmark.vision.asking`.
"""

import json
from collections.abc import Callable
from typing import Any

import numpy as np


def _keras_model(value: Any) -> Any:
    import keras

    if not isinstance(value, keras.Model):
        raise TypeError(f"expected a keras model, got {type(value).__name__}")
    return value


def _model(guest: Any, model: Any) -> dict[str, Any]:
    model = _keras_model(model)
    optimizer = getattr(model, "optimizer", None)
    return {
        "name": str(model.name),
        "params": int(model.count_params()) if model.built else None,
        "trainable_params": sum(int(np.prod(w.shape)) for w in model.trainable_weights),
        "input_shape": _shape(getattr(model, "input_shape", None)),
        "output_shape": _shape(getattr(model, "output_shape", None)),
        "layers": [_layer(layer) for layer in _flatten(model)],
        "loss": _name_of(getattr(model, "loss", None)),
        "optimizer": type(optimizer).__name__ if optimizer is not None else None,
        "optimizer_config": _plain(optimizer.get_config()) if optimizer is not None else None,
        "metrics": [str(metric.name) for metric in getattr(model, "metrics", [])],
    }


def _flatten(model: Any) -> list[Any]:
    layers = []
    for layer in getattr(model, "operations", None) or model.layers:
        nested = getattr(layer, "layers", None)
        layers.extend(_flatten(layer) if nested else [layer])
    return layers


def _layer(layer: Any) -> dict[str, Any]:
    weights = getattr(layer, "weights", [])
    return {
        "class_name": type(layer).__name__,
        "name": str(layer.name),
        "config": _plain(_config(layer)),
        "input_shape": _shape(_tensor_shape(layer, "input")),
        "output_shape": _shape(_tensor_shape(layer, "output")),
        "params": sum(int(np.prod(w.shape)) for w in weights),
    }


def _config(layer: Any) -> Any:
    try:
        return layer.get_config()
    except Exception:  # operations and student layers need not have a configuration
        return {}


def _tensor_shape(layer: Any, side: str) -> Any:
    try:
        return getattr(layer, side).shape
    except Exception:  # layers that were never called have no symbolic tensors
        return None


def _shape(shape: Any) -> tuple | None:
    if shape is None or any(not (n is None or isinstance(n, int)) for n in shape):
        return None
    return tuple(shape)


def _plain(tree: Any) -> Any:
    return json.loads(json.dumps(tree, default=lambda value: _name_of(value) or str(value)))


def _name_of(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(getattr(value, "name", None) or getattr(value, "__name__", type(value).__name__))


def _predict(guest: Any, model: Any, inputs: np.ndarray, batch_size: int) -> Any:
    return _keras_model(model).predict(inputs, batch_size=batch_size, verbose=0)


def _weights(guest: Any, model: Any) -> list[np.ndarray]:
    return [np.asarray(weight) for weight in _keras_model(model).get_weights()]


def _set_weights(guest: Any, model: Any, weights: list) -> None:
    _keras_model(model).set_weights(weights)


def _history(guest: Any, values: dict) -> Any:
    import keras

    history = keras.callbacks.History()
    history.history = values
    history.epoch = list(range(max(map(len, values.values()), default=0)))
    return history


def _axes(guest: Any, axes: Any) -> dict[str, Any]:
    from matplotlib.axes import Axes

    if not isinstance(axes, Axes):
        raise TypeError(f"expected matplotlib Axes, got {type(axes).__name__}")
    legend = axes.get_legend()
    return {
        "title": axes.get_title(),
        "xlabel": axes.get_xlabel(),
        "ylabel": axes.get_ylabel(),
        "lines": [_line(line) for line in axes.get_lines()],
        "points": [_points(one) for one in axes.collections if hasattr(one, "get_offsets")],
        "legend": None if legend is None else [text.get_text() for text in legend.get_texts()],
        "entries": [] if legend is None else _entries(legend),
    }


def _line(line: Any) -> dict[str, Any]:
    return {
        "label": str(line.get_label()),
        "x": np.asarray(line.get_xdata(), dtype=float),
        "y": np.asarray(line.get_ydata(), dtype=float),
        "linestyle": str(line.get_linestyle()),
        "marker": str(line.get_marker()),
    }


def _points(collection: Any) -> dict[str, Any]:
    """Describe what `scatter` has drawn."""
    offsets = np.ma.filled(np.ma.asarray(collection.get_offsets(), dtype=float), np.nan)
    return {"label": str(collection.get_label()), "x": offsets[:, 0], "y": offsets[:, 1]}


def _entries(legend: Any) -> list[dict[str, str]]:
    """Describe a legend as it is seen: each text, and the look of the sign before it."""
    return [
        {
            "text": text.get_text(),
            "linestyle": str(sign.get_linestyle()) if hasattr(sign, "get_marker") else "None",
            "marker": str(sign.get_marker()) if hasattr(sign, "get_marker") else "scatter",
        }
        for text, sign in zip(legend.get_texts(), legend.legend_handles, strict=False)
    ]


def _seed(guest: Any, seed: int) -> None:
    import keras

    keras.utils.set_random_seed(seed)  # Python's and NumPy's too


OPERATIONS: dict[str, Callable[..., Any]] = {
    "model": _model,
    "predict": _predict,
    "weights": _weights,
    "set_weights": _set_weights,
    "history": _history,
    "axes": _axes,
    "seed": _seed,
}
