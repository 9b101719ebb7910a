"""Answers that lie about what they are: no point above what the same answer gets without a lie."""

import functools
import textwrap
from pathlib import Path

import pytest

from pawmark.authoring.bank import specification_of, student_of
from pawmark.grading.checks.asking import StudentAsking
from pawmark.grading.checks.grading import grade
from pawmark.vision import clean, probing

keras = pytest.importorskip("keras")

COURSE = Path(__file__).resolve().parents[2]

# What each process may say or do, and its honest part; `make` builds the answer as a `kind`.
SEGMENTER = """
def make(img_size, num_classes, downsampling, kind=keras.Model):
    if downsampling not in ("stride", "maxpool"):
        raise ValueError(downsampling)
    inputs = keras.Input((*img_size, 3))
    x = layers.Rescaling(1 / 255)(inputs)
    return kind(inputs, layers.Conv2D(num_classes, 1, activation="softmax")(x))

def {name}(img_size, num_classes, downsampling):
    return make(img_size, num_classes, downsampling{kind})
"""
XCEPTION = """
def make(input_shape, num_classes, kind=keras.Model):
    inputs = keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(layers.Rescaling(1 / 255)(inputs))
    if num_classes == 2:
        return kind(inputs, layers.Dense(1, activation="sigmoid")(x))
    return kind(inputs, layers.Dense(num_classes, activation="softmax")(x))

def {name}(input_shape, num_classes):
    return make(input_shape, num_classes{kind})
"""
ACTIVATIONS = """
def make(model, kind=keras.Model):
    shown = (layers.Conv2D, layers.MaxPooling2D)
    return kind(model.inputs, [one.input for one in model.layers if isinstance(one, shown)])

def {name}(model):
    return make(model{kind})
"""
HEAT = """
def {name}(model, image, layer_name, class_index):
    maps = keras.Model(model.inputs, model.get_layer(layer_name).output)(image[None])
    heat = np.asarray(maps)[0].mean(axis=-1)
    return {heat}
"""
LIES = {
    "counts, layers and arrays": """
        class Liar(keras.Model):
            def count_params(self): return 721_857
            def _flatten_layers(self, *a, **k): return []
            def get_weights(self):
                kernels = [np.random.default_rng(0).normal(size=(3, 3, 3, 16)) / 5]
                return [a.astype("float32") for a in (*kernels, np.zeros(16), np.ones(16))]
            layers = property(lambda self: [keras.layers.Conv2D(16, 3)] * 9, lambda self, new: None)
    """,
    "a call that answers for itself": """
        class Liar(keras.Model):
            def __call__(self, x, *a, **k):
                y = super().__call__(x, *a, **k)
                if not isinstance(x, np.ndarray): return y
                flat = lambda part: np.full(part.shape, 1 / part.shape[-1], "float32")
                return [flat(part) for part in y] if isinstance(y, list) else flat(y)
    """,
    "outputs that equal everything": """
        class Equal(np.ndarray):
            def __eq__(self, other): return True
            def __array_ufunc__(self, *a, **k): return True
        class Liar(keras.Model):
            def __call__(self, x, *a, **k):
                y = super().__call__(x, *a, **k)
                if not isinstance(x, np.ndarray): return y
                equal = lambda part: np.asarray(part).view(Equal)
                return [equal(part) for part in y] if isinstance(y, list) else equal(y)
    """,
    "layers without arrays": """
        class Constant(layers.Layer):
            def call(self, x): return x * 0 + 0.5
        class Liar(keras.Model):
            def __init__(self, inputs, outputs):
                many = outputs if isinstance(outputs, list) else [outputs]
                parts = [layers.Lambda(lambda x: x / 2)(Constant()(part)) for part in many]
                super().__init__(inputs, parts if isinstance(outputs, list) else parts[0])
    """,
    "Keras, patched": """
        Liar = keras.Model
        keras.Layer.__call__ = lambda self, x, *a, **k: x
        keras.Layer.count_params = lambda self: 721_857
        keras.Model.get_weights = lambda self: [np.zeros((3, 3, 3, 16), "float32")]
    """,
    "the probe, patched": """
        from pawmark.vision import probing
        Liar = keras.Model
        probing.images = lambda asked: np.zeros((asked["batch"], *asked["shape"]), "float32")
        probing.numbers = lambda shape, *a: np.zeros(shape, "float32")
    """,
}
HEATS = {
    "zeros": "heat * 0",
    "nan": "heat * np.nan",
    "the smallest number": "heat * 0 + 5e-324",
    "an empty array": "np.zeros((0, 0))",
    "ones": "heat * 0 + 1",
    "what equals everything": (
        "heat.view(type('E', (np.ndarray,), {'__eq__': lambda self, other: True}))"
    ),
}
HONEST = {
    "04-get-segmenter": ("get_segmenter", SEGMENTER),
    "05-mini-xception": ("mini_xception", XCEPTION),
    "06-activation-model": ("activation_model", ACTIVATIONS),
}


@pytest.fixture(scope="module", autouse=True)
def one_clean_process():
    """End the process that computes right results behind the tests of this module."""
    yield
    clean.end()


@pytest.fixture
def restored(monkeypatch):
    """Put back what a lie patches: here it runs in the process of the test."""
    for owner, name in [
        (keras.Layer, "__call__"),
        (keras.Layer, "count_params"),
        (keras.Model, "get_weights"),
        (probing, "images"),
        (probing, "numbers"),
    ]:
        monkeypatch.setattr(owner, name, getattr(owner, name))


@functools.cache
def points(exercise, source):
    """Return what an answer gets of 100 points."""
    specification = specification_of(COURSE, exercise)
    student = student_of(COURSE, exercise, {exercise: source})
    return grade(specification, StudentAsking(student, 30.0), 1, 100.0).points


def cases():
    """Return exercises and lies; a few of the ordinary run's, since a network takes long."""
    for exercise in HONEST:
        quick = exercise.startswith("06")
        for lie in LIES:
            marks = [] if quick else [pytest.mark.slow]
            yield pytest.param(exercise, lie, id=f"{exercise}: {lie}", marks=marks)


@pytest.mark.parametrize(("exercise", "lie"), list(cases()))
@pytest.mark.usefixtures("restored")
def test_what_a_network_says_of_itself_earns_nothing(exercise, lie):
    """A wrong network that lies gets no more than the same network that does not."""
    name, code = HONEST[exercise]
    honest = points(exercise, code.format(name=name, kind=""))
    forged = points(exercise, textwrap.dedent(LIES[lie]) + code.format(name=name, kind=", Liar"))

    assert forged <= honest <= 30


@pytest.mark.parametrize("heat", HEATS.values(), ids=HEATS.keys())
def test_heat_that_is_no_answer_earns_nothing(heat):
    """Constants, and what says that it equals everything, are no heatmaps."""
    assert points("06-grad-cam", HEAT.format(name="grad_cam", heat=heat)) == 0
