"""Judging a model on photographs that it has not seen."""

from dataclasses import dataclass

import numpy as np

from pawmark import pets, profiles
from pawmark.profiles import Profile

HELD_OUT_COUNT = 200
# Bars are measured on sets of these seeds. Anybody may know them: nobody is graded on them.
MEASURED_ON = tuple(range(90210, 90230))
VALIDATION = "validation part of the real photographs (its best epoch was chosen on them)"

SMALLEST = 1e-7  # a probability of 0 would cost an infinite loss


@dataclass(frozen=True)
class HeldOut:
    """Photographs that no student's model has been trained on.

    Attributes
    ----------
    inputs : numpy.ndarray
        float32 (N, height, width, 3) with values from 0 to 255.
    labels : numpy.ndarray
        uint8 (N, height, width) with labels 0, 1 and 2.
    prior_loss : float
        Loss on them of a predictor that gives every pixel their own class fractions.
    source : str
        Where they come from.
    """

    inputs: np.ndarray
    labels: np.ndarray
    prior_loss: float
    source: str


def cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Mean cross-entropy in nats of integer labels under predicted class probabilities.

    Probabilities are divided by their sum first, as Keras does, so that a model cannot lower its
    loss by giving every class a probability of 1.

    Parameters
    ----------
    probabilities : array (..., classes)
        Finite and not negative.
    labels : array (...) of int
        Labels from 0 to classes - 1.
    """
    p = np.asarray(probabilities, dtype=np.float64)
    p = p / np.maximum(p.sum(axis=-1, keepdims=True), SMALLEST)
    chosen = np.take_along_axis(p, np.asarray(labels, dtype=np.int64)[..., None], axis=-1)
    return float(-np.log(np.maximum(chosen, SMALLEST)).mean())


def prior_loss(labels: np.ndarray) -> float:
    """Return the cross-entropy of the best predictor that never looks at a photograph."""
    fractions = np.bincount(np.ravel(labels), minlength=3) / np.size(labels)
    present = fractions[fractions > 0]
    return float(-(present * np.log(present)).sum())


def held_out(seed: int, profile: Profile | None = None, data: pets.Pets | None = None) -> HeldOut:
    """Return photographs to judge a trained model with.

    Parameters
    ----------
    seed : int
        Seed of the drawn ones. Whoever knows it can draw them with their labels.
    profile : Profile, optional
        Image size; the current profile when left out.
    data : Pets, optional
        What the judged model was trained on. For drawn pictures others are drawn, from a seed of
        their own. For real photographs there are no others, so the validation part is taken: the
        model has not learnt from it, but its best epoch was chosen with it.
    """
    profile = profile or profiles.current()
    if data is not None and data.kind == "real":
        # As many as there are drawn ones: a grader may have no graphics card.
        _, names = pets.split_names(profile, data)
        inputs, targets = data.arrays(profile.img_size, names[:HELD_OUT_COUNT])
        source = VALIDATION
    else:
        drawn = pets.synthetic(seed, HELD_OUT_COUNT)
        inputs, targets = drawn.arrays(profile.img_size)
        source = f"{HELD_OUT_COUNT} drawn photographs"
    labels = targets[..., 0]
    return HeldOut(inputs, labels, prior_loss(labels), source)
