"""Building and running models in the student's process."""

import numpy as np

from pawmark.checks import expect

from .replies import numbers, plain_shape

# Runs beside the student's work. Blocks are judged by what they compute from known weights, so it
# does not matter whether they are made of functions, layers or classes.
TOOLS = """
import keras
import numpy


def build(block, shape, filters, options):
    inputs = keras.Input(shape)
    outputs = block(inputs, filters, **options)
    if not isinstance(outputs, keras.KerasTensor):
        return type(outputs).__name__
    return keras.Model(inputs, outputs)


def key(weight):
    name = str(weight.name)
    return name + str(weight.shape[0]) if len(weight.shape) == 4 else name


def names(model):
    return [[key(w), [int(n) for n in w.shape]] for w in model.weights]


def put(model, values):
    for weight in model.weights:
        if key(weight) in values:
            weight.assign(numpy.resize(values[key(weight)], weight.shape))


def run(model, inputs, training):
    return numpy.asarray(model(inputs, training=training))


def parts(model):
    layers = list(model._flatten_layers(include_self=False))
    found = layers + [x for x in getattr(model, "operations", ()) if x not in layers]
    return [
        [type(x).__name__, type(x).__module__.startswith("keras."), float(getattr(x, "rate", -1))]
        for x in found
    ]


def follow(model, images):
    calls = []

    def watched(layer):
        call = layer.call

        def watching_call(inputs, *args, **kwargs):
            outputs = call(inputs, *args, **kwargs)
            seen = numpy.asarray(inputs)
            calls.append({
                "kind": type(layer).__name__,
                "depthwise": any("depthwise" in str(w.name) for w in layer.weights)
                or hasattr(layer, "depth_multiplier"),
                "kernel": [int(n) for n in layer.kernel_size],
                "size": [int(n) for n in seen.shape[1:3]],
                "low": float(seen.min()),
                "high": float(seen.max()),
                "zeros": float((seen == 0).mean()),
                "inputs": seen if not calls else None,
            })
            return outputs

        return watching_call

    layers = [x for x in model._flatten_layers(include_self=False) if hasattr(x, "kernel_size")]
    for layer in layers:
        object.__setattr__(layer, "call", watched(layer))
    try:
        model(images, training=False)
    finally:
        for layer in layers:
            object.__delattr__(layer, "call")
    return calls
"""


class Tools:
    """Asks the student's process to build and run models.

    Parameters
    ----------
    student
        The door to the student's work.
    """

    def __init__(self, student):
        self.student = student
        self.space = student.evaluate("__import__('types').SimpleNamespace()")
        student.evaluate("exec(code, vars(space))", code=TOOLS, space=self.space)

    def ask(self, function, *args):
        """Call one of the functions above in the student's process."""
        return self.student.evaluate(
            "vars(space)[function](*args)", space=self.space, function=function, args=list(args)
        )

    def block(self, name, shape, filters, **options):
        """Build a model of one block of the student's, from a symbolic input to its output."""
        model = self.student.evaluate(
            f"vars(space)['build']({name}, shape, filters, options)",
            space=self.space,
            shape=shape,
            filters=filters,
            options=options,
        )
        expect(model != "NoneType", f"{name} returned None: did you forget `return`?")
        expect(
            not isinstance(model, str | int | float | list | dict | np.ndarray | None),
            f"{name} should return the symbolic tensor that comes out of the block",
            got=model if isinstance(model, str) else type(model).__name__,
        )
        return model

    def names(self, model):
        """Return (name, shape) of each weight; a kernel's name carries its size."""
        reply = self.ask("names", model)
        pairs = reply if isinstance(reply, list) else []
        found = [(str(p[0]), plain_shape(p[1])) for p in pairs if isinstance(p, list | tuple)]
        expect(len(found) == len(pairs) > 0, "the block has no weights that can be read")
        return found

    def put(self, model, **values):
        """Put values into the weights of these names, repeated to fit their shapes."""
        self.ask("put", model, {name: np.asarray(v, "float32") for name, v in values.items()})

    def run(self, model, inputs, training=False):
        """Compute the output of a model."""
        reply = self.ask("run", model, np.asarray(inputs, "float32"), training)
        return numbers(reply, "the output")
