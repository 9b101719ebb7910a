"""Fixtures for the hidden checks of all assignments."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from pawmark import profiles
from pawmark.checks import expect
from pawmark.vision.calibration import held_out as held_out_photographs
from pawmark.vision.calibration import read_bar

BARS = Path(__file__).parent / "bars"

# Runs beside the student's model and writes down what passes through its convolutions. What a
# model *does* is the same whether it is a Sequential, a loop, or blocks within blocks.
TRACE = """
def trace(model, images):
    import keras
    import numpy

    calls = []

    def watched(layer):
        call = layer.call

        def watching_call(inputs, *args, **kwargs):
            outputs = call(inputs, *args, **kwargs)
            seen = numpy.asarray(inputs)
            calls.append({
                "transposed": isinstance(layer, keras.layers.Conv2DTranspose),
                "name": str(layer.name),
                "strides": [int(n) for n in layer.strides],
                "padding": str(layer.padding),
                "input_shape": [int(n) for n in seen.shape[1:]],
                "output_shape": [int(n) for n in outputs.shape[1:]],
                "input_min": float(seen.min()),
                "input_max": float(seen.max()),
                "input_zeros": float((seen == 0).mean()),
                "inputs": seen if len(calls) == 0 else None,
            })
            return outputs

        return watching_call

    layers = list(model._flatten_layers(include_self=False))
    watched_layers = [layer for layer in layers if hasattr(layer, "kernel_size")]
    for layer in watched_layers:
        object.__setattr__(layer, "call", watched(layer))
    try:
        model(images, training=False)
    finally:
        for layer in watched_layers:
            object.__delattr__(layer, "call")
    return {"calls": calls, "layers": [type(layer).__name__ for layer in layers]}
"""


@dataclass(frozen=True)
class ConvCall:
    """What one convolution did to a batch of images, with shapes as (height, width, channels)."""

    transposed: bool
    name: str
    strides: list
    padding: str
    input_shape: list
    output_shape: list
    input_min: float
    input_max: float
    input_zeros: float
    inputs: object


@dataclass(frozen=True)
class Trace:
    """The convolutions of a model in the order in which they ran, and all its layers' classes."""

    calls: tuple[ConvCall, ...]
    layers: tuple[str, ...]


@pytest.fixture
def trace(student):
    """Return a function (model, images) -> Trace."""

    def run(model, images):
        reply = student.evaluate(
            "exec(code, space) or space['trace'](model, images)",
            code=TRACE,
            space={},
            model=model,
            images=images,
        )
        found = _read_trace(reply)
        expect(found is not None, "the layers of this model cannot be followed one by one")
        return found

    return run


@pytest.fixture
def keras(student):
    """Return a handle of Keras in the student's process, whatever the notebook calls it."""
    return student.evaluate("__import__('keras')")


@pytest.fixture(scope="session")
def profile():
    """Return the sizes under which the student's notebook ran."""
    return profiles.current()


@pytest.fixture
def held_out(pets, profile, secret):
    """Return photographs that no model of this run has been trained on.

    With real photographs there are no others: then these are the validation part (`source` says
    so), on which the student's best epoch was chosen, so the loss is a little flattering.
    """
    return held_out_photographs(secret.seed("held-out photographs"), profile, pets.data)


@pytest.fixture
def bar(request, pets, profile):
    """Return the bar of the check's assignment, or None where there is none.

    A bar for the real photographs holds for all of them, and not for a small part.
    """
    assignment = request.path.parent.name
    if pets.kind == "real" and len(pets.names) < profile.num_train + profile.num_val:
        return None
    return read_bar(BARS / f"{assignment}.json", profile, pets.kind)


def _read_trace(reply):
    """Return a Trace, or None for whatever else arrives."""
    try:
        calls = tuple(ConvCall(**call) for call in reply["calls"])
        shapes = [shape for call in calls for shape in (call.input_shape, call.output_shape)]
        sound = all(len(shape) == 3 and all(type(n) is int for n in shape) for shape in shapes)
        for call in calls:
            ranges = (call.input_min, call.input_max, call.input_zeros)
            sound = sound and all(isinstance(number, float) for number in ranges)
        return Trace(calls, tuple(map(str, reply["layers"]))) if sound else None
    except (KeyError, TypeError):
        return None
