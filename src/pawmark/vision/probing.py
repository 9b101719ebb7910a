"""Asks a Keras model what it computes: in the student's process and, the same, in the clean one.

A network is compared as a function. The question holds a *probe*: how images and numbers for the
model's arrays are drawn, and what is then done. Both sides draw the same, since arrays of one shape
get the same numbers; so nobody has to say which array plays which part.

This module holds no secret. It builds on NumPy and Keras only.
"""

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

ENTRIES = 1000  # of a larger array, that many entries cross
AFRESH = ("start", "apart")  # questions that need a model as it was made, or two
_COPIES = 128  # in each of two runs
_MODELS = 4  # that are kept, since to build one takes longer than to ask it


class OtherSizeError(Exception):
    """A model takes images of another size than the one that it was to be built for."""


def probe(make: Callable[[], Any], asked: dict[str, Any]) -> Any:
    """Do with a model what a probe asks for.

    Parameters
    ----------
    make
        Builds the model, a new one with each call.
    asked
        ``kind`` and ``seed``; ``shape``, the height, width and channels of the images; ``batch``,
        how many; ``images``: "noise", "black", "maps"; ``weights``: "mixed", "positive"; ``gain``
        of the kernels; ``vectors``, the smallest and largest number of a vector; ``ranks``, that of
        the arrays of which "step" tells, or more.

    Returns
    -------
    array, list or dict
        "run": the outputs, in inference. "train": the outputs of a call in training mode, twice,
        and the arrays that it changed. "averages": those arrays alone. "step": how each array moves
        in a step down a loss. "start": the arrays as they were made. "apart": the outputs while
        another model of the kind has other numbers. "copies": the smallest and largest outputs for
        many copies of one image in training mode, and whether there are others between, twice.
        "shape": of each output, its shape. "as it is": the outputs in inference of two models, each
        with the numbers that it came with. None where there is no model.
    """
    model = make()
    if model is None:
        return None
    return _KINDS[asked["kind"]](_Probed(model, asked), make)


class _Probed:
    """A model and what is drawn for it."""

    def __init__(self, model: Any, asked: dict[str, Any]) -> None:
        import keras

        if not isinstance(model, keras.Model):
            raise TypeError(f"a {type(model).__name__} came back where a Keras model was asked for")
        self.model, self.asked = model, asked
        self.images = images(asked)
        _require_size(model, self.images.shape[1:])
        self.run()  # whatever is built late is built now

    @property
    def arrays(self) -> list[np.ndarray]:
        """Return all arrays of the model."""
        return [np.array(array) for array in self.model.get_weights()]

    def fill(self, other: int = 0) -> None:
        """Put drawn numbers into all arrays."""
        fill(self.model, self.asked, other)

    def run(self, images: np.ndarray | None = None, training: bool = False) -> Any:
        """Return the outputs: an array, or a list of arrays.

        In use, nothing is said of training, as in a plain call: to say it would overrule a layer
        that was fixed to training.
        """
        mode = {"training": True} if training else {}
        found = self.model(self.images if images is None else images, **mode)
        if isinstance(found, dict):
            found = list(found.values())
        if isinstance(found, list | tuple):
            return [np.asarray(part) for part in found]
        return np.asarray(found)

    def sampled(self, array: np.ndarray) -> np.ndarray:
        """Return the entries of an array that cross, flat."""
        flat = array.ravel()
        if flat.size <= ENTRIES:
            return flat
        rng = np.random.default_rng([self.asked["seed"], flat.size])
        return flat[rng.choice(flat.size, ENTRIES, replace=False)]

    def by_shape(self, arrays: list[np.ndarray]) -> dict[str, np.ndarray]:
        """Return what crosses of some arrays, those of one shape together."""
        found: dict[str, list[np.ndarray]] = {}
        for array in arrays:
            name = " x ".join(map(str, array.shape)) or "one number"
            found.setdefault(name, []).append(self.sampled(array))
        return {name: np.stack(found[name]) for name in sorted(found)}


def _require_size(model: Any, wanted: tuple[int, ...]) -> None:
    """Raise an error of its own where Keras raises a `ValueError`, as it does for other causes."""
    inputs = getattr(model, "inputs", None)  # of a class of one's own, none are known before a call
    size = tuple(inputs[0].shape)[1:] if isinstance(inputs, list) and len(inputs) == 1 else ()
    pairs = zip(size, wanted, strict=False)
    if len(size) != len(wanted) or all(one in (None, other) for one, other in pairs):
        return
    raise OtherSizeError(
        f"the model takes images of shape {size}, and was to be built for those of shape {wanted}"
    )


def fill(model: Any, asked: dict[str, Any], other: int = 0) -> None:
    """Put drawn numbers into all arrays of a model."""
    for weight in model.weights:
        weight.assign(numbers(tuple(weight.shape), asked, other))


def images(asked: dict[str, Any]) -> np.ndarray:
    """Draw images (batch, height, width, channels), from 0 to 255, or maps around 0."""
    shape = (asked["batch"], *asked["shape"])
    rng = np.random.default_rng(asked["seed"])
    if asked["images"] == "black":
        return np.zeros(shape, "float32")
    if asked["images"] == "maps":
        return rng.normal(0, 1, shape).astype("float32")
    return rng.choice([0.0, 63.0, 128.0, 255.0], shape).astype("float32")


def numbers(shape: tuple[int, ...], asked: dict[str, Any], other: int = 0) -> np.ndarray:
    """Draw the numbers of all arrays of a shape, of a size under which signals survive.

    A convolution's kernel keeps the size of what passes through it, on average.
    """
    rng = np.random.default_rng([asked["seed"], other, *shape])
    if len(shape) < 2:
        return rng.uniform(*asked["vectors"], shape).astype("float32")
    # The last axis of a depthwise kernel is 1, and each of its filters sees one channel.
    depthwise = len(shape) == 4 and shape[-1] == 1
    seen = float(np.prod(shape[:2] if depthwise else shape[:-1]))
    if asked["kind"] == "copies" and len(shape) == 2:
        one = np.zeros(shape)  # each unit looks at one feature, which is dropped or is not
        one[rng.integers(0, shape[0], shape[1]), np.arange(shape[1])] = 3.0
        return one.astype("float32")
    if asked["weights"] == "positive":
        drawn = rng.lognormal(0, 1.2, shape) / (seen * np.exp(0.72))
    else:
        drawn = rng.normal(0, np.sqrt(2 / seen), shape)
    return (asked["gain"] * drawn).astype("float32")


def _run(probed: _Probed, make: Callable[[], Any]) -> Any:
    probed.fill()
    return probed.run()


def _train(probed: _Probed, make: Callable[[], Any]) -> dict[str, Any]:
    outputs = []
    for _ in range(2):
        probed.fill()
        before = probed.arrays
        outputs.append(probed.run(training=True))
    pairs = zip(before, probed.arrays, strict=True)
    changed = [after for before, after in pairs if not np.array_equal(before, after)]
    return {"twice": _stacked(outputs), "changed": probed.by_shape(changed)}


def _averages(probed: _Probed, make: Callable[[], Any]) -> dict[str, Any]:
    return {"averages": _train(probed, make)["changed"]}


def _stacked(outputs: list[Any]) -> Any:
    if isinstance(outputs[0], list):
        return [np.stack(parts) for parts in zip(*outputs, strict=True)]
    return np.stack(outputs)


def _step(probed: _Probed, make: Callable[[], Any]) -> dict[str, Any]:
    import tensorflow as tf

    probed.fill()
    before = probed.arrays
    with tf.GradientTape() as tape:
        outputs = probed.model(probed.images, training=False)
        rng = np.random.default_rng([probed.asked["seed"], 7])
        loss = tf.reduce_sum(outputs * rng.normal(0, 1, outputs.shape).astype("float32"))
    trainable = list(probed.model.trainable_variables)
    for variable, slope in zip(trainable, tape.gradient(loss, trainable), strict=True):
        if slope is not None:
            variable.assign_sub(slope)
    moved = [after - array for array, after in zip(before, probed.arrays, strict=True)]
    told = [change for change in moved if change.ndim >= probed.asked["ranks"]]
    return {"moves": probed.by_shape([_of_length_one(change) for change in told])}


def _of_length_one(change: np.ndarray) -> np.ndarray:
    largest = np.abs(change).max(initial=0.0)
    return change / largest if largest > 0 else change


def _start(probed: _Probed, make: Callable[[], Any]) -> dict[str, Any]:
    return {"start": probed.by_shape(probed.arrays)}


def _apart(probed: _Probed, make: Callable[[], Any]) -> Any:
    other = _Probed(make(), probed.asked)
    probed.fill()
    other.fill(other=1)
    return probed.run()


def _copies(probed: _Probed, make: Callable[[], Any]) -> dict[str, Any]:
    many = np.repeat(probed.images[:1], _COPIES, axis=0)
    found = []
    for _ in range(2):
        probed.fill()
        outputs = probed.run(many, training=True)
        low, high = outputs.min(axis=0), outputs.max(axis=0)
        between = np.minimum(outputs - low, high - outputs).max(axis=0)
        found.append(np.stack([low, high, between / np.maximum(high - low, 1e-3)]))
    return {"copies": np.stack(found)}


def _as_it_is(probed: _Probed, make: Callable[[], Any]) -> dict[str, Any]:
    return {"twice": _stacked([probed.run(), _Probed(make(), probed.asked).run()])}


_KINDS: dict[str, Callable[[_Probed, Callable[[], Any]], Any]] = {
    "run": _run,
    "train": _train,
    "averages": _averages,
    "step": _step,
    "start": _start,
    "apart": _apart,
    "copies": _copies,
    "shape": lambda probed, make: _shapes(probed.run()),
    "as it is": _as_it_is,
}


def _shapes(outputs: Any) -> list[Any]:
    parts = outputs if isinstance(outputs, list) else [outputs]
    return [[int(n) for n in part.shape] for part in parts]


def _block(shape: Any, block: Callable[[Any], Any]) -> Any:
    """Return the model of one block, from a symbolic input to what comes out."""
    import keras

    inputs = keras.Input(tuple(shape))
    outputs = block(inputs)
    if outputs is None:
        return None
    if not isinstance(outputs, keras.KerasTensor):
        raise TypeError(
            f"a {type(outputs).__name__} came back where the tensor that comes out of the block "
            "was asked for"
        )
    return keras.Model(inputs, outputs)


def _network(
    guest: Any, build: str, given: dict[str, Any], asked: dict[str, Any], recipe: str | None = None
) -> dict[str, Any]:
    """Build the student's model by an expression, and probe it."""

    def make(model: Any = None) -> Any:
        own = given | {"model": model, "images": images(asked), "block": _block}
        return eval(build, guest.namespace | own)  # noqa: S307

    if recipe is not None:
        return {"value": probe_given(make, recipe, given, asked), "changed": []}
    once = recipe is None and asked["kind"] not in AFRESH
    return {"value": probe(_kept(guest, make, (build, given)) if once else make, asked),
            "changed": []}  # fmt: skip


_models: weakref.WeakKeyDictionary[Any, dict[str, Any]] = weakref.WeakKeyDictionary()


def _kept(guest: Any, make: Callable[[], Any], what: Any) -> Callable[[], Any]:
    """Return what builds a model only if the last ones were built with something else."""

    def once() -> Any:
        mine = _models.setdefault(guest, {})
        if repr(what) not in mine:
            mine[repr(what)] = make()
            while len(mine) > _MODELS:
                del mine[next(iter(mine))]
        return mine[repr(what)]

    return once


def probe_given(
    use: Callable[[Any], Any], recipe: str, given: dict[str, Any], asked: dict[str, Any]
) -> Any:
    """Do what a probe asks for with what a function makes of a model that it is given.

    Parameters
    ----------
    use
        Called with the model.
    recipe
        The source of one function that builds the model, with what is given.
    asked
        As for `probe`. "value": what the function returns is the answer itself. "values": for two
        models in turn whose layers have the same names, and the first again.
    """
    if asked["kind"] == "value":
        return _plain(use(_filled(recipe, given, asked)))
    if asked["kind"] == "values":
        first, second = (_filled(recipe, given, asked, other) for other in (0, 1))
        found = [_plain(use(model)) for model in (first, second, first)]
        return None if any(one is None for one in found) else np.stack(found)
    return probe(lambda: use(_filled(recipe, given, asked)), asked)


def _plain(value: Any) -> Any:
    """Return tensors as arrays; whatever else came, as it is."""
    if isinstance(value, np.ndarray | float | int | str | bool | list | tuple | dict | None):
        return value
    return np.asarray(value) if hasattr(value, "__array__") else value


def _filled(recipe: str, given: dict[str, Any], asked: dict[str, Any], other: int = 0) -> Any:
    space: dict[str, Any] = {}
    exec(recipe, space)  # noqa: S102  (the grader's own function, which holds no answer)
    make = next(value for name, value in space.items() if name != "__builtins__")
    model = make(**given)
    fill(model, asked, other)
    return model


OPERATIONS: dict[str, Callable[..., Any]] = {"network": _network}
