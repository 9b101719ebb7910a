"""The training and validation arrays that an assignment starts from."""

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pawmark.errors import DataError

if TYPE_CHECKING:
    from pawmark.pets.photographs import Pets
    from pawmark.profiles import Profile

SHUFFLE_SEED = 1337  # the chapter's


@dataclass(frozen=True)
class Split:
    """Images and targets, for training and for validation.

    Attributes
    ----------
    train_inputs, val_inputs : numpy.ndarray
        float32 of shape (N, height, width, 3) with values from 0 to 255.
    train_targets, val_targets : numpy.ndarray
        uint8 of shape (N, height, width, 1): 0 foreground, 1 background, 2 contour.
    """

    train_inputs: np.ndarray
    train_targets: np.ndarray
    val_inputs: np.ndarray
    val_targets: np.ndarray


def training_split(profile: "Profile | None" = None, data: "Pets | None" = None) -> Split:
    """Shuffle the names with the chapter's seed, read what the profile asks for, and split.

    Parameters
    ----------
    profile : pawmark.profiles.Profile, optional
        Image size and number of images; the current profile when left out.
    data : Pets, optional
        The data set; ``pets.dataset()`` when left out.

    Returns
    -------
    Split
        The last images of the shuffled list are for validation. A data set with fewer images than
        the profile asks for is divided in the profile's ratio.

    Raises
    ------
    DataError
        The data set has fewer than two images.
    """
    if profile is None:
        from pawmark import profiles

        profile = profiles.current()
    if data is None:
        from pawmark.pets.opening import dataset

        data = dataset()
    train, val = split_names(profile, data)
    inputs, targets = data.arrays(_height_width(profile.img_size), (*train, *val))
    cut = len(train)
    return Split(inputs[:cut], targets[:cut], inputs[cut:], targets[cut:])


def split_names(profile: "Profile", data: "Pets") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name the photographs of `training_split`: for training, and for validation.

    Raises
    ------
    DataError
        The data set has fewer than two images.
    """
    names = list(data.names)
    random.Random(SHUFFLE_SEED).shuffle(names)
    num_train, num_val = sizes(len(names), profile.num_train, profile.num_val)
    return tuple(names[:num_train]), tuple(names[num_train : num_train + num_val])


def sizes(available: int, num_train: int, num_val: int) -> tuple[int, int]:
    """Return how many of the photographs there are train, and how many validate."""
    if available < 2:
        raise DataError(
            f"A split needs two images or more, and this data set has {available}. "
            "Use a larger data set, or leave PAWMARK_DATA unset to use drawn pictures."
        )
    if available >= num_train + num_val:
        return num_train, num_val
    share = max(1, round(available * num_val / (num_train + num_val)))
    return available - share, share


def _height_width(img_size: int | tuple[int, int]) -> tuple[int, int]:
    return (img_size, img_size) if isinstance(img_size, int) else tuple(img_size)
