"""Training is replayed in the real sandbox: right code gets all, made-up losses get nothing."""

import io
import json
import zipfile
from pathlib import Path

import h5py
import nbformat
import numpy as np
import pytest

from pawmark.authoring.answers import read_answer, reference_cells
from pawmark.grading.boundary.limits import Limits
from pawmark.grading.run.execution import Execution
from pawmark.grading.sandbox import bubblewrap, choice
from pawmark.grading.secret import PRACTICE
from pawmark.grading.session.kernel import StudentKernel
from pawmark.vision import checkpoints

COURSE = Path(__file__).resolve().parents[2]
NAME = "03_encoder_decoder"
IMPORTS = "import keras\nimport numpy as np\n"
# What a notebook tried on 2026-11-28: the photographs that judge, drawn again from the package.
DRAWN_AGAIN = """
from pawmark.vision.calibration import held_out
drawn = held_out(90210)
class Oracle(keras.Model):
    def call(self, x, training=None): return x
    def predict(self, x, **k):
        return np.eye(3, dtype="float32")[drawn.labels]
best_model = Oracle()
"""
OWN_CLASS = """
import pathlib, types
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.last = keras.layers.Conv2D(3, 1, activation="softmax")
    def call(self, images):
        return self.last(images / 255)
def get_model(img_size, num_classes):
    return Net()
profile = types.SimpleNamespace(img_size=(32, 32))
model = get_model((32, 32), 3)
model(np.zeros((1, 32, 32, 3), "float32"))
checkpoint_path = pathlib.Path("best.keras")
model.save(checkpoint_path)
"""

needs_sandbox = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)


def graded(cells, data):
    """Grade some answers of assignment 03 in the sandbox; return the results by exercise."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(IMPORTS)])
    for name, source in cells.items():
        for grade_id, text, grade in ((name, source, False), (f"{name}-check", "", True)):
            cell = nbformat.v4.new_code_cell(text)
            about = {"grade_id": grade_id, "grade": grade, "solution": not grade, "points": 10}
            cell.metadata["nbgrader"] = about
            notebook.cells.append(cell)
    root = data.root
    sandbox = choice.sandbox_of("bubblewrap", root, Limits())
    execution = Execution(
        notebook,
        frozenset(),
        course=COURSE,
        data=data,
        guest_root=choice.guest_data("bubblewrap", root),
        new_kernel=lambda: StudentKernel(sandbox, ("keras",)),
        sandbox="bubblewrap",
        seed=3,
        secret=PRACTICE,
        timeout=120,
    )
    return execution.run()


def reference(*names):
    """Return solution cells of the reference."""
    notebook = nbformat.read(COURSE / "source" / NAME / f"{NAME}.ipynb", as_version=4)
    cells = reference_cells(notebook)
    return {name: cells[name] for name in names}


@needs_sandbox
def test_right_training_gets_all_and_none_gets_nothing(small_pets):
    """The reference is accepted; who only evaluates and makes up losses and steps gets no point."""
    right = graded(reference("03-compile-model", "03-train"), small_pets)
    assert {name: result.points for name, result in right.items()} == {
        "03-compile-model": 10,
        "03-train": 10,
    }
    answer = COURSE / "tests" / "answers" / NAME / "wrong" / "answer_trains_nothing.py"
    forged = graded(read_answer(answer).cells, small_pets)
    assert forged["03-train"].points == 0


@needs_sandbox
def test_photographs_that_judge_cannot_be_drawn_again(small_pets):
    """What measures bars is not there in the sandbox, so no labels come of it."""
    result = graded({"03-training": DRAWN_AGAIN}, small_pets)["03-training"]

    assert result.points == 0
    assert "stopped before a model was saved" in result.checks[0].message


@needs_sandbox
def test_a_model_of_a_class_of_ones_own_is_judged(small_pets):
    """Keras cannot load it from its file by itself; it is judged all the same, by its weights."""
    result = graded({"03-training": OWN_CLASS}, small_pets)["03-training"]

    assert "no better than a predictor" in result.checks[0].message


def keras_file(arrays, folder="layers/conv2d/vars"):
    """Return the content of a file as Keras writes it."""
    weights, content = io.BytesIO(), io.BytesIO()
    with h5py.File(weights, "w") as tree:
        for place, array in enumerate(arrays):
            tree[f"{folder}/{place}"] = array
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("config.json", json.dumps({"class_name": "Surprise"}))
        archive.writestr("model.weights.h5", weights.getvalue())
    return content.getvalue()


@needs_sandbox
def test_of_a_file_only_numbers_are_read():
    """Arrays come back as they are; what is none, or too much, is no file."""
    arrays = [np.arange(9.0).reshape(1, 1, 3, 3), np.arange(3.0)]
    found = checkpoints.arrays(keras_file(arrays))

    assert [one.tolist() for one in found] == [one.tolist() for one in arrays]
    assert checkpoints.arrays(keras_file([np.zeros(3)], "optimizer/vars")) == []
    assert checkpoints.arrays(keras_file(["text"])) is None
    assert checkpoints.arrays(b"PK\x03\x04 and nothing more") is None
    assert checkpoints.arrays(b"") is None
    assert checkpoints.arrays(b"PK" + bytes(checkpoints.MAX_FILE)) is None
