"""Assignment 03, graded without training again: honest, borrowed and hostile checkpoints."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

import pawmark
from pawmark.authoring.answers import fill, reference_cells
from pawmark.grading.course_folder import copy_course
from pawmark.grading.sandbox import bubblewrap
from pawmark.profiles import QUICK

ROOT = Path(__file__).resolve().parents[3]
NAME = "03_encoder_decoder"
FILE = "pets_segmentation"
# What the training run needs, and its own check: the other exercises are graded elsewhere.
KEPT = {"03-imports", "03-data", "03-get-model", "03-prior", "03-compile-model", "03-train",
        "03-training-run", "03-training-check", "03-keep"}  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bubblewrap.available() is not None, reason=str(bubblewrap.available())),
]


@pytest.fixture(scope="module")
def environment(small_cache) -> dict[str, str]:
    """Return the surroundings of a grader without a graphics card."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    package = str(Path(pawmark.__file__).parents[1])
    chosen = {"PAWMARK_TRAINING": "handed-in", "PAWMARK_PROFILE": QUICK.name}
    places = {"PATH": path, "PYTHONPATH": package, "PAWMARK_CACHE": str(small_cache)}
    cleared = {k: v for k, v in os.environ.items() if k != "PAWMARK_DATA"}
    return cleared | places | chosen


def run(environment: dict[str, str], folder: Path, *command: object) -> None:
    """Run a command that must work."""
    done = subprocess.run(
        [sys.executable, *map(str, command)], cwd=folder, env=environment, capture_output=True,
        text=True, timeout=500,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def trainings(environment, tmp_path_factory) -> dict[str, Path]:
    """Return a folder of a sound training, and one of a model that was never trained."""
    folders = {}
    for name, epochs in (("sound", QUICK.epochs), ("never", 0)):
        folders[name] = tmp_path_factory.mktemp(name)
        run(
            environment,
            ROOT,
            ROOT / "tests" / "support" / "train_reference.py",
            folders[name],
            epochs,
        )
    return folders


@pytest.fixture(scope="module")
def course(environment, tmp_path_factory) -> Path:
    """Return a course with the training part of assignment 03, released."""
    folder = copy_course(ROOT, tmp_path_factory.mktemp("course"), [NAME])
    path = folder / "source" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") in KEPT
    ]
    nbformat.write(notebook, path)
    run(environment, folder, "-m", "nbgrader", "generate_assignment", NAME)
    return folder


def hand_in(course: Path, student: str, training: Path, **cells: str) -> Path:
    """Hand in the reference with a training; return the checkpoint's path."""
    folder = course / "submitted" / student / NAME
    folder.mkdir(parents=True)
    source, release = (
        nbformat.read(course / kind / NAME / f"{NAME}.ipynb", as_version=4)
        for kind in ("source", "release")
    )
    answers = {name.replace("_", "-"): text for name, text in cells.items()}
    nbformat.write(fill(release, reference_cells(source) | answers), folder / f"{NAME}.ipynb")
    (folder / "trained").mkdir()
    for end in ("keras", "json"):
        shutil.copy(training / f"{FILE}.{end}", folder / "trained")
    return folder / "trained" / f"{FILE}.keras"


def add_lambda(checkpoint: Path) -> None:
    """Put code into a checkpoint's description of its model."""
    with zipfile.ZipFile(checkpoint) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    layer = {"module": "os", "class_name": "system", "config": "touch /tmp/owned"}
    content["config.json"] = json.dumps({"class_name": "Sequential", "module": "keras",
                                         "config": {"layers": [layer]}}).encode()  # fmt: skip
    with zipfile.ZipFile(checkpoint, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)


def points(course: Path, student: str) -> float:
    """Return the points of the training, from the record."""
    path = course / "autograded" / student / NAME / f"{NAME}.record.json"
    checks = json.loads(path.read_text())["exercises"][0]["checks"]
    return sum(check["points"] for check in checks)


def test_points_follow_the_predictions(course, environment, trainings):
    """A sound checkpoint earns full points, code in it changes nothing, and lies earn none."""
    hand_in(course, "honest", trainings["sound"])
    add_lambda(hand_in(course, "hostile", trainings["sound"]))
    hand_in(course, "forged-history", trainings["never"])
    narrow = reference_cells(nbformat.read(course / "source" / NAME / f"{NAME}.ipynb", 4))
    narrow = narrow["03-get-model"].replace("64", "32")
    hand_in(course, "another-model", trainings["sound"], **{"03_get_model": narrow})
    run(environment, course, "-m", "nbgrader", "autograde", NAME)
    found = {path.name: points(course, path.name) for path in (course / "autograded").iterdir()}

    assert found == {
        "honest": pytest.approx(4),
        "hostile": pytest.approx(4),
        "forged-history": 0,
        "another-model": 0,
    }
    run_cell = (course / "autograded" / "honest" / NAME / f"{NAME}.ipynb").read_text()
    assert "Epoch 1/" not in run_cell
