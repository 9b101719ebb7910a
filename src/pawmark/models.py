"""A small cat-or-dog classifier that is trained once and kept in the cache.

TensorFlow is imported when a classifier is asked for, not with this module.
"""

import hashlib
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pawmark import pets
from pawmark.errors import CourseError, DataError
from pawmark.pets.cache import kept
from pawmark.progress import progress_bar

CLASSES = ("cat", "dog")
IMG_SIZE = (128, 128)
FILTERS = (16, 32, 64, 64)

# Measured on the drawn photographs of three seeds: 6 s on two processor cores, and 78 to 80 of the
# 80 unseen animals named right.
EPOCHS = 10
BATCH_SIZE = 16
LEARNING_RATE = 3e-3
SEED = 1337
MAX_HELD_OUT = 40
MAX_TRAINING = 260

_FILE = "weights.npz"
_EPSILON = 1e-3  # of the normalisation; as in Keras


def require_tensorflow() -> None:
    """Say before anything else that an assignment takes gradients with TensorFlow's own tape.

    Raises
    ------
    CourseError
        `KERAS_BACKEND` names another backend.
    """
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":
        raise CourseError(
            f"This assignment needs Keras on TensorFlow; KERAS_BACKEND is {backend!r}. It takes "
            "gradients with tf.GradientTape. Unset KERAS_BACKEND and restart the kernel."
        )


@dataclass(frozen=True)
class CatOrDog:
    """A trained classifier and what is needed to use it.

    Attributes
    ----------
    model : keras.Model
        From images (batch, 128, 128, 3) with values in 0..255 to two scores, for cat and for dog.
        The scores are those before a softmax. Its layers are ``rescaling``, ``conv1`` to
        ``conv4`` with ``pool1`` to ``pool3`` between them, ``average`` and ``scores``.
    classes : tuple of str
        What each score is for, in order.
    img_size : tuple of int
        Height and width of its images.
    unseen : tuple of str
        Names of photographs that were kept out of its training, as many of cats as of dogs.
    """

    model: Any
    classes: tuple[str, ...]
    img_size: tuple[int, int]
    unseen: tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """Photographs by species, for training and for judging."""

    training: tuple[tuple[str, ...], ...]
    unseen: tuple[str, ...]


def cat_or_dog(data: pets.Pets | None = None) -> CatOrDog:
    """Return the classifier for a data set: from the cache, or trained now (seconds).

    The random numbers of Python, NumPy and Keras are left as they were.

    Parameters
    ----------
    data : Pets, optional
        The photographs to learn from; ``pets.dataset()`` when left out.

    Returns
    -------
    CatOrDog
        The same for the same data and code on one machine.

    Raises
    ------
    DataError
        The data set has fewer than two cats or fewer than two dogs.
    """
    data = pets.dataset() if data is None else data
    names = divide(data)
    model = build_classifier()
    model.set_weights(_cached_weights(data, names))
    return CatOrDog(model, CLASSES, IMG_SIZE, names.unseen)


def build_classifier(trainable: bool = False) -> Any:
    """Build the classifier, with weights drawn from a fixed seed.

    Parameters
    ----------
    trainable : bool
        Put a normalisation between each convolution and its relu. With it a few hundred steps
        suffice; without it hardly anything is learnt in that time.

    Returns
    -------
    keras.Model
        Layers one after the other, with the names that `CatOrDog` lists.
    """
    import keras
    from keras import layers

    inputs = keras.Input((*IMG_SIZE, 3), name="image")
    x = layers.Rescaling(1 / 127.5, -1, name="rescaling")(inputs)
    for number, filters in enumerate(FILTERS, start=1):
        for layer in _block(number, filters, trainable):
            x = layer(x)
    x = layers.GlobalAveragePooling2D(name="average")(x)
    x = layers.Dense(len(CLASSES), kernel_initializer=_initial(0), name="scores")(x)
    # Not a Sequential: that one has no `input` and `output` before its first call.
    return keras.Model(inputs, x, name="cat_or_dog")


def _block(number: int, filters: int, trainable: bool) -> list[Any]:
    from keras import layers

    first, last = number == 1, number == len(FILTERS)
    conv = layers.Conv2D(
        filters,
        5 if first else 3,
        strides=2 if first else 1,
        padding="same",
        activation=None if trainable else "relu",
        kernel_initializer=_initial(number),
        name=f"conv{number}",
    )
    block = [conv]
    if trainable:
        # Few steps: the running averages have to follow quickly.
        block.append(layers.BatchNormalization(momentum=0.9, epsilon=_EPSILON, name=f"n{number}"))
        block.append(layers.Activation("relu", name=f"relu{number}"))
    return block if last else [*block, layers.MaxPooling2D(2, name=f"pool{number}")]


def _initial(number: int) -> Any:
    import keras

    return keras.initializers.HeNormal(seed=SEED + number)


def divide(data: pets.Pets) -> Names:
    """Shuffle each species and keep a part of it out of training."""
    rng = np.random.default_rng(SEED)
    training, unseen = [], []
    species = {name: data.species(name) for name in data.names}
    found = [[name for name in data.names if species[name] == kind] for kind in CLASSES]
    held_out = min(MAX_HELD_OUT, min(map(len, found)) // 3)
    for kind, names in zip(CLASSES, found, strict=True):
        if len(names) < 2:
            raise DataError(
                f"The classifier learns from two {kind}s or more, and this data set has "
                f"{len(names)}. Use a larger data set, or leave PAWMARK_DATA unset."
            )
        names = [names[i] for i in rng.permutation(len(names))]
        unseen += names[:held_out]
        training.append(tuple(names[held_out : held_out + MAX_TRAINING]))
    return Names(tuple(training), tuple(unseen))


def _cached_weights(data: pets.Pets, names: Names) -> list[np.ndarray]:
    def train_into(folder: Path) -> None:
        weights = train_classifier(data, names)
        named: dict[str, Any] = {f"w{i:02}": weight for i, weight in enumerate(weights)}
        np.savez(folder / _FILE, **named)

    place, what = f"models/cat-or-dog-{cache_key(data)}", "the cat-or-dog classifier"
    try:
        folder = kept(place, train_into, lambda f: (f / _FILE).is_file(), what)
        with np.load(folder / _FILE, allow_pickle=False) as stored:
            return [stored[name] for name in sorted(stored.files)]
    except (DataError, OSError, EOFError, ValueError, zipfile.BadZipFile):
        # The cache only saves time: without it (a read-only home, a damaged file) train again.
        return train_classifier(data, names)


def cache_key(data: pets.Pets) -> str:
    """Name what decides on the weights: this code and the data."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    digest.update(data.identity.encode())
    return digest.hexdigest()[:20]


def train_classifier(data: pets.Pets, names: Names) -> list[np.ndarray]:
    """Train with normalisation, then fold it into the convolutions."""
    import keras

    images = [data.arrays(IMG_SIZE, group)[0].astype("uint8") for group in names.training]
    model = build_classifier(trainable=True)
    # Scores, not probabilities: Grad-CAM asks for the class score before the softmax.
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(LEARNING_RATE), loss=loss)
    rng = np.random.default_rng(SEED)
    steps = 2 * max(map(len, images)) // BATCH_SIZE + 1
    with progress_bar("Training a small classifier", EPOCHS * steps) as advance:
        for epoch in range(EPOCHS):
            # Down a cosine to almost nothing: the last steps settle the running averages.
            rate = LEARNING_RATE * (0.51 + 0.49 * np.cos(np.pi * epoch / EPOCHS))
            model.optimizer.learning_rate.assign(rate)
            for _ in range(steps):
                model.train_on_batch(*_draw(rng, images))
                advance(1)
    return folded(model)


def _draw(rng: np.random.Generator, images: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Draw a batch with as many cats as dogs, some of them mirrored."""
    share = BATCH_SIZE // len(CLASSES)
    chosen = [group[rng.integers(len(group), size=share)] for group in images]
    batch = np.concatenate(chosen).astype("float32")
    mirrored = rng.random(len(batch)) < 0.5
    batch[mirrored] = batch[mirrored, :, ::-1]
    return batch, np.repeat(np.arange(len(CLASSES)), share)


def folded(model: Any) -> list[np.ndarray]:
    """Return the weights of the classifier without normalisation that computes the same."""
    weights: list[np.ndarray] = []
    for number in range(1, len(FILTERS) + 1):
        kernel, bias = model.get_layer(f"conv{number}").get_weights()
        gamma, beta, mean, variance = model.get_layer(f"n{number}").get_weights()
        # In use a normalisation is a factor and a shift for each channel.
        factor = gamma / np.sqrt(variance + _EPSILON)
        weights += [kernel * factor, (bias - mean) * factor + beta]
    return [*weights, *model.get_layer("scores").get_weights()]
