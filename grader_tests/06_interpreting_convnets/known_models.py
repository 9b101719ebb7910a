"""Models whose insides are known."""

import numpy as np

# Chains layers into a functional model. Code for the student's process holds no answer.
BUILD = (
    "(lambda inputs, reduce: keras.Model(inputs, "
    "reduce(lambda x, layer: layer(x), [eval(text, {'layers': keras.layers}) for text in texts], "
    "inputs)))(keras.Input(shape), __import__('functools').reduce)"
)


def build(student, keras, shape, texts, weights):
    """Build a model of layers, each given as text, and set its weights."""
    model = student.evaluate(BUILD, keras=keras, shape=shape, texts=list(texts))
    student.set_weights(model, [np.asarray(array, "float32") for array in weights])
    return model


def random_name(rng):
    """Draw a name for a layer."""
    return "n" + "".join(rng.choice(list("abcdefgh"), 8))


def relu(x):
    """Cut off what is negative."""
    return np.maximum(x, 0)


def pooled(x, mode):
    """Halve height and width of (..., H, W, C) by maximum or mean."""
    *front, height, width, channels = x.shape
    windows = x.reshape(*front, height // 2, 2, width // 2, 2, channels)
    return getattr(windows, mode)(axis=(-4, -2))
