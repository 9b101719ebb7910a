"""Lets student code train a tiny model with known weights, and says what became of it.

This module runs in the student's process and holds no secret: what should have come of it, the
check computes by itself, without Keras. In the model each pixel is classified by its own three
values, so a few lines of arithmetic are enough for that.
"""

import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

CLASSES = 3
LOSSES = ("loss", "val_loss")
# What is asked of a model afterwards, by the model that was made for it.
_asked: "weakref.WeakKeyDictionary[Any, list[Any]]" = weakref.WeakKeyDictionary()


def _model(
    guest: Any,
    kernel: np.ndarray,
    bias: np.ndarray,
    size: list[int],
    optimizer: str,
    rate: float,
    look: list[str],
) -> Any:
    """Make the model, compiled; ``look`` says what of its training is asked for."""
    import keras

    model = _pixels(kernel, bias, size)
    step = getattr(keras.optimizers, optimizer)(rate)
    # Step by step: to build a graph would take far longer than the few steps.
    model.compile(optimizer=step, loss="sparse_categorical_crossentropy", run_eagerly=True)
    _asked[model] = look
    return model


def _uncompiled(
    guest: Any,
    kernel: np.ndarray,
    bias: np.ndarray,
    size: list[int],
    rounds: list[dict[str, Any]],
    look: str,
) -> Any:
    """Make the model, to be compiled; ``rounds`` says which steps are taken then.

    Of these ``look`` asks for the losses or for the moves.
    """
    model = _pixels(kernel, bias, size)
    _asked[model] = [look, *rounds]
    return model


def _pixels(kernel: np.ndarray, bias: np.ndarray, size: list[int]) -> Any:
    import keras

    model = keras.Sequential(
        [
            keras.Input((*size, 3)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Conv2D(CLASSES, 1, activation="softmax"),
        ]
    )
    _fill(model, kernel, bias)
    return model


def _fill(model: Any, kernel: np.ndarray, bias: np.ndarray) -> None:
    model.set_weights([np.asarray(kernel, "float32")[None, None], np.asarray(bias, "float32")])


def _trained(guest: Any, returned: Any, arguments: list[Any]) -> dict[str, Any]:
    """Say what became of a call of ``train``: of losses, model and file what is asked for."""
    model, path = arguments[0], arguments[5]
    kind, history = _history(returned)
    found: dict[str, Any] = {"returned": kind}
    for name in _asked[model]:
        if name in LOSSES:
            found[name] = _numbers(history.get(name))
        elif name == "model":
            found[name] = [np.asarray(array) for array in model.get_weights()]
        else:
            found[name] = Path(path).read_bytes() if Path(path).is_file() else b""
    return found


def _history(returned: Any) -> tuple[str, dict[Any, Any]]:
    history = getattr(returned, "history", None)
    if isinstance(history, dict):
        return "a History", history
    if isinstance(returned, dict):
        return "a dictionary", returned
    return "nothing" if returned is None else f"a {type(returned).__name__}", {}


def _numbers(values: Any) -> np.ndarray | None:
    return None if values is None else np.asarray([float(value) for value in values])


def _stepped(guest: Any, returned: Any, arguments: list[Any]) -> dict[str, Any]:
    """Take the steps of what ``compile_model`` compiled, from weights of their own each.

    The optimizer remembers the steps before; the weights do not.
    """
    given = arguments[0]
    model = given if returned is None else returned
    model.run_eagerly = True
    losses, moves = [], []
    look, *rounds = _asked[given]
    for one in rounds:
        _fill(model, one["kernel"], one["bias"])
        before = [np.asarray(array, float) for array in model.get_weights()]
        model.reset_metrics()
        logs = model.train_on_batch(one["images"], one["masks"], return_dict=True)
        losses.append(float(logs["loss"]))
        after = [np.asarray(array, float) for array in model.get_weights()]
        moves.append([late - early for early, late in zip(before, after, strict=True)])
    kind = "nothing" if returned is None else "the model" if model is given else "another"
    return {"returned": kind, look: losses if look == "losses" else moves}


OPERATIONS: dict[str, Callable[..., Any]] = {
    "model": _model,
    "uncompiled": _uncompiled,
    "trained": _trained,
    "stepped": _stepped,
}
