"""The machine: disk, and what the course on computer vision asks of it."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pawmark import pets, profiles, settings
from pawmark.doctor import packages
from pawmark.doctor.finding import Finding, Look
from pawmark.errors import PawmarkError
from pawmark.pets import layout, opening
from pawmark.pets.cache import cache_dir
from pawmark.pets.synthetic import generator

GIGABYTE = 1 << 30
# Drawn sets, decoded arrays and small trained models take a few hundred megabytes; a class's
# records and feedback pages about as much.
ROOM = 2 * GIGABYTE

_TENSORFLOW = "import tensorflow; print(len(tensorflow.config.list_physical_devices('GPU')))"


def examine(looks: Mapping[str, Look]) -> Iterator[Finding]:
    """Look at one topic after the other; what cannot be looked at is a finding of its own."""
    for topic, look in looks.items():
        try:
            yield look()
        except (PawmarkError, OSError) as error:
            yield Finding.mend(topic, "cannot be looked at", str(error))


def of_vision(deep: bool) -> dict[str, Look]:
    """Return what to look at for photographs and Keras models: the course on computer vision."""
    looks: dict[str, Look] = {
        "Keras": packages.backend,
        "data": lambda: data(deep),
        "profile": profile,
        "GPU": gpu,
    }
    return {**looks, "TensorFlow": tensorflow} if deep else looks


def settings_of(adopt: Callable[[], list[str]] | None = None) -> Finding:
    """Look at what is set.

    Parameters
    ----------
    adopt
        Returns a sentence for each name that is no setting, and raises `PawmarkError` for a wrong
        value; by default those of the environment. A grader's also reads the course's.
    """
    try:
        slips = (adopt or _environments_own)()
    except PawmarkError as error:
        return Finding.mend("settings", "they are refused", str(error))
    if slips:
        return Finding.mend("settings", "a name that nothing reads", " ".join(slips))
    given = ", ".join(s.variable for s in settings.EVERY.values() if settings.is_set(s.name))
    return Finding.ok("settings", given or "all as they are by default")


def _environments_own() -> list[str]:
    settings.require_valid()
    return settings.unknown()


def disk(course: Path) -> Finding:
    """Look for room where the cache and the course lie."""
    said, short = [], []
    for what, folder in (("cache", cache_dir()), ("course", course)):
        free = shutil.disk_usage(_existing(folder)).free
        said.append(f"{gigabytes(free)} free for the {what}")
        if free < ROOM:
            short.append(f"{folder.absolute()} ({what})")
    if not short:
        return Finding.ok("disk", ", ".join(said))
    remedy = f"Free {gigabytes(ROOM)} at {' and '.join(short)}; PAWMARK_CACHE moves the cache."
    return Finding.mend("disk", ", ".join(said), remedy)


def _existing(folder: Path) -> Path:
    folder = folder.absolute()
    return next(place for place in (folder, *folder.parents) if place.exists())


def gigabytes(size: float) -> str:
    """Return a number of bytes in words."""
    return f"{size / GIGABYTE:.0f} GB"


def data(deep: bool) -> Finding:
    """Say which photographs assignments would use, and whether they are complete."""
    named = _named_folder()
    folder = generator.folder_of() if named is None else named
    if named is None and not folder.exists():
        return Finding.ok("data", "drawn pictures, made when first needed (pawmark data make)")
    problems = layout.verify(folder, None if deep else layout.SAMPLE)
    if problems:
        where = f"{folder}: " if folder.is_dir() else ""
        return Finding.mend("data", where + " ".join(problems), _data_remedy(named))
    found = pets.dataset(folder)
    kind = "drawn pictures" if found.kind == "synthetic" else "real photographs"
    opened = "all opened" if deep else "a few opened"
    return Finding.ok("data", f"{len(found.names)} {kind} with masks, {opened}: {folder}")


def _named_folder() -> Path | None:
    """Return the folder that is read; None for the drawn pictures."""
    named = opening.folder_in_use()
    return None if named is None else Path(named).expanduser()


def _data_remedy(named: Path | None) -> str:
    if named is not None:
        return "Unpack the archives again, or unset PAWMARK_DATA to use drawn pictures."
    return "Delete that folder, then: pawmark data make"


def profile() -> Finding:
    """Say how large a training run would be."""
    choice = profiles.choose()
    chosen = choice.profile
    size = "x".join(map(str, chosen.img_size))
    says = f"{chosen.num_train} photographs of {size}, {chosen.epochs} epochs"
    return Finding.ok("profile", f"{chosen.name} ({choice.reason}): {says}")


def gpu() -> Finding:
    """Look for a graphics card, without TensorFlow."""
    card = _card()
    if card is None and settings.here.profile == profiles.GPU.name:
        return Finding.mend(
            "GPU",
            f"none found, but {profiles.VARIABLE} is gpu: training would take hours",
            f"Unset {profiles.VARIABLE}, or run this on a machine with a graphics card.",
        )
    return Finding.ok("GPU", card or "none, and none is needed for the quick profile")


def _card() -> str | None:
    """Name the graphics cards that the driver knows, or None."""
    command = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        done = subprocess.run(  # noqa: S603  (fixed arguments)
            command, capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return "/dev/nvidia0" if Path("/dev/nvidia0").exists() else None
    lines = done.stdout.split("\n") if done.returncode == 0 else []
    return "; ".join(line.strip() for line in lines if line.strip()) or None


def tensorflow() -> Finding:
    """Start TensorFlow, which takes a while, and ask it which graphics cards it can use."""
    try:
        done = subprocess.run(  # noqa: S603  (this Python)
            [sys.executable, "-c", _TENSORFLOW],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Finding.mend("TensorFlow", "does not start within five minutes", "Try again.")
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        return Finding.mend("TensorFlow", f"does not start: {said[0]}", "make environment")
    count = int(done.stdout.split()[-1])
    if _card() is not None and not count:
        return Finding.mend(
            "TensorFlow",
            "starts, but does not see the graphics card",
            "Install the build for it, with its libraries: in a checkout by make environment "
            "TENSORFLOW=gpu, else by python -m pip uninstall -y tensorflow tensorflow-cpu, then "
            "python -m pip install 'tensorflow[and-cuda]'",
        )
    return Finding.ok("TensorFlow", f"starts; graphics cards that it can use: {count}")
