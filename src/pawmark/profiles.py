"""The numbers that fix how large a run is: image size, images, epochs and batch."""

import functools
import os
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pawmark import settings

VARIABLE = settings.Settings.profile.variable

# Training the chapter's model at its size must fit, activations and all.
SMALLEST_CARD = 7.5  # GiB; what is sold as 8 GB reports a little less than 8 GiB


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


# About a quarter of a minute of training on two processor cores. Of five runs each, batches of 16
# for as long ended between .33 and .39, and batches of 8 between .26 and .32 (best validation
# losses).
QUICK = Profile("quick", img_size=(32, 32), num_train=400, num_val=100, epochs=6, batch_size=8)

# Images and batches of the chapter, for 20 of its 50 epochs: published runs of its model on the
# real photographs have a validation loss of .41 to .52 by then, and .35 to .38 at their best. Keras
# compiles the steps with XLA where it finds a card. Mixed precision is left off: its gain and its
# cost in loss have not been measured on this model.
GPU = Profile("gpu", img_size=(200, 200), num_train=6390, num_val=1000, epochs=20, batch_size=64)

PROFILES = {profile.name: profile for profile in (QUICK, GPU)}


@dataclass(frozen=True)
class Choice:
    """A profile, and why it was chosen.

    Attributes
    ----------
    profile : Profile
        What was chosen.
    reason : str
        Half a sentence for whoever runs the notebook.
    """

    profile: Profile
    reason: str

    def __str__(self) -> str:
        """Say what a run will be like, in one line."""
        height, width = self.profile.img_size
        return f"Profile {self.profile.name} ({self.reason}): {height} x {width} pixels"


def current() -> Profile:
    """Return the profile that `PAWMARK_PROFILE` names, or else the one that fits the machine.

    Raises
    ------
    SettingsError
        When the name is none of `PROFILES`.
    """
    return choose().profile


def choose() -> Choice:
    """Return the current profile with the reason for it.

    `PAWMARK_PROFILE` decides. Where it is unset or empty, the machine does: `gpu` needs a card of
    NVIDIA's with room for the chapter's sizes, and a TensorFlow that was installed with the
    libraries for it (the extra ``gpu``). Nothing is imported to find out.

    Raises
    ------
    SettingsError
        When the name is none of `PROFILES`.
    """
    name = settings.here.profile
    return Choice(PROFILES[name], f"chosen by {VARIABLE}") if name else fitting()


@functools.cache
def fitting() -> Choice:
    """Return the profile that fits the machine; a machine does not change while it is used."""
    room = _card_memory()
    if room is None:
        return Choice(QUICK, "no graphics card to train on")
    if room < SMALLEST_CARD:
        return Choice(QUICK, f"the graphics card has {room:.0f} GiB, too little for 'gpu'")
    if find_spec("nvidia") is None or not _in_namespace("nvidia", "cudnn"):
        return Choice(QUICK, "TensorFlow is here without the libraries of the graphics card")
    return Choice(GPU, f"a graphics card with {room:.0f} GiB")


def _in_namespace(package: str, name: str) -> bool:
    """Return whether a namespace package has a part of this name."""
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    return any((Path(folder) / name).is_dir() for folder in folders or ())


def _card_memory() -> float | None:
    """Return the GiB of the largest card that a process may use; None where there is none."""
    if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1", "NoDevFiles"):
        return None
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    try:
        answer = subprocess.run(  # noqa: S603 - the driver's own tool
            [tool, "--query-gpu=memory.total", "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        ).stdout
        return max(float(line) for line in answer.splitlines() if line.strip()) / 1024
    except (OSError, subprocess.SubprocessError, ValueError):
        return None  # a driver that does not answer is no card to train on
