"""The plugin of the course on computer vision: see `pawmark.grading.course`."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pawmark import pets, profiles, settings, trained
from pawmark.grading.course import Checking, Devices, ExhibitKind, Place, PlainCourse, Scale
from pawmark.vision import data as photographs
from pawmark.vision import precomputed
from pawmark.vision.exhibit import TrainingExhibit
from pawmark.vision.training import Training

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from pawmark.doctor.finding import Look

# What notebooks import, besides what every kernel needs. Nothing here may start threads that hold
# locks, or run an operation of TensorFlow's: neither survives a fork.
LIGHT = (
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "matplotlib.pyplot",
    "PIL.Image",
    "pawmark.pets",
    "pawmark.figures",
    "pawmark.vision.inside",
    "pawmark.vision.probing",
)
HEAVY = ("tensorflow", "keras")
# A cell that trains is given at least so many seconds in the source notebook.
TRAINS = 180
BACKEND = "KERAS_BACKEND"

_HEAVY = re.compile(r"tensorflow|keras")
# Cards, and what CUDA opens beside them.
_CARDS = ("nvidia[0-9]*", "nvidiactl", "nvidia-uvm")


class VisionCourse(PlainCourse):
    """Deep learning for computer vision: photographs, Keras models, Matplotlib figures.

    Attributes
    ----------
    course_id, operations, inside, libraries, left_out, exhibits
        See `pawmark.grading.course.CoursePlugin`.
    """

    operations = (
        "pawmark.vision.inside",
        "pawmark.vision.replaying",
        "pawmark.vision.probing",
    )
    inside = (
        "pawmark.vision.reading",
        "pawmark.pets",
        "pawmark.figures",
        "pawmark.profiles",
        "pawmark.models",
        "pawmark.trained",
        "pawmark.quiet",
        "pawmark.visible",
        "pawmark.progress",
    )
    libraries = ("tensorflow", "keras", "matplotlib", "pillow")
    left_out = ("*.keras", trained.FOLDER)
    exhibits: Mapping[str, ExhibitKind] = {Training.kind: TrainingExhibit()}

    def open_data(self, seed: int) -> pets.Pets:
        """Open the photographs of grading."""
        return photographs.grading_data(seed)

    def describe_data(self, data: pets.Pets) -> dict[str, Any]:
        """Describe photographs, or what drawn ones were drawn with."""
        return photographs.describe(data)

    def find_data(self, described: Mapping[str, Any]) -> pets.Pets:
        """Find described photographs, or draw them."""
        return photographs.find(described)

    def fixtures(self, checking: Checking) -> object:
        """Give ``pets``, and ``student`` with questions about models and plots."""
        from pawmark.vision.fixtures import VisionFixtures

        return VisionFixtures(checking)

    def preload(self, source: str) -> tuple[str, ...] | None:
        """Name TensorFlow and Keras for code that does; graphics cards and backends start cold."""
        if profiles.current() is profiles.GPU:
            return None
        if os.environ.get(BACKEND, "tensorflow") not in ("", "tensorflow"):
            return None
        return (*LIGHT, *HEAVY) if _HEAVY.search(source) else LIGHT

    def needs(self, notebook: "NotebookNode") -> dict[str, int]:
        """Ask for a card where an assignment trains under the profile `gpu`."""
        if profiles.current() is not profiles.GPU:
            return {}
        limits = (cell.metadata.get("pawmark", {}).get("seconds", 0) for cell in notebook.cells)
        return {"GPU": 1} if max(limits, default=0) >= TRAINS else {}

    def precompute(self, data: pets.Pets, source: str) -> None:
        """Make the decoded training pictures and the trained classifier, if code asks for them."""
        precomputed.make(data, [source])

    def precomputed(self, root: Path) -> Path:
        """Return where they lie."""
        return precomputed.folder_of(root)

    def environment(self, place: Place | None) -> dict[str, str]:
        """Set profile and backend, and what keeps libraries quiet and within their home."""
        values = {
            # Said, not left to the machine's look: in a sandbox no card may be seen, and both
            # sides have to speak of the same sizes.
            **settings.environment(profile=profiles.current().name),
            BACKEND: os.environ.get(BACKEND, ""),
        }
        if place is None:
            return values
        values |= {
            **settings.environment(progress=False),
            "MPLCONFIGDIR": f"{place.home}/.matplotlib",
            "TF_CPP_MIN_LOG_LEVEL": "2",
        }
        if place.data is not None:
            values |= settings.environment(data=place.data, precomputed=place.precomputed)
        return values

    def limits(self) -> Scale:
        """Give the profile `gpu` more: the chapter's sizes are 4 GiB of arrays untrained."""
        return Scale(10.0, 4.0) if profiles.current() is profiles.GPU else Scale()

    def devices(self) -> Devices:
        """Show cards to the profile that trains on them."""
        if profiles.current() is not profiles.GPU:
            return Devices()
        return Devices(_CARDS, f"set {settings.Settings.profile.variable}=quick")

    def doctor(self, deep: bool) -> dict[str, "Look"]:
        """Look at Keras, the photographs, the profile and the graphics card."""
        from pawmark.doctor import machine

        return machine.of_vision(deep)


course = VisionCourse("pawmark")
