"""The numbers that fix how large a run is: image size, images, epochs and batch."""

import os
from dataclasses import dataclass

from pawmark.errors import CourseError

VARIABLE = "PAWMARK_PROFILE"


@dataclass(frozen=True)
class Profile:
    """How large a run is.

    Attributes
    ----------
    name : str
        What `PAWMARK_PROFILE` is set to.
    img_size : tuple of int
        (height, width) in pixels; both divisible by 8, because the model halves them three times.
    num_train, num_val : int
        Images to learn from, and images held back to judge with.
    epochs : int
        Passes over the training images.
    batch_size : int
        Images per step of the optimizer.
    """

    name: str
    img_size: tuple[int, int]
    num_train: int
    num_val: int
    epochs: int
    batch_size: int


# About a quarter of a minute of training on two processor cores. Batches of 16 for as long end less
# surely: five runs each ended between .33 and .39, against .26 and .32 (best validation losses).
QUICK = Profile("quick", img_size=(32, 32), num_train=400, num_val=100, epochs=6, batch_size=8)

# The sizes of the chapter: hours on a processor, minutes on a graphics card.
GPU = Profile("gpu", img_size=(200, 200), num_train=6390, num_val=1000, epochs=50, batch_size=64)

PROFILES = {profile.name: profile for profile in (QUICK, GPU)}


def current() -> Profile:
    """Return the profile that `PAWMARK_PROFILE` names; `quick` when it is unset or empty.

    Raises
    ------
    CourseError
        When the name is none of `PROFILES`.
    """
    name = os.environ.get(VARIABLE) or QUICK.name
    if name not in PROFILES:
        known = " or ".join(sorted(PROFILES))
        raise CourseError(
            f"{VARIABLE} is {name!r}, which is not a profile. Set it to {known}, or unset it."
        )
    return PROFILES[name]
