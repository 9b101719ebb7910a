"""The report of the benchmarks: ratios, targets, shares, and a picture that can be drawn."""

import runpy
import sys
import zipfile
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO))

from benchmarks import classes, installs, report, training  # noqa: E402  (lies beside the tests, not in the package)

FOUND = {
    "cores": 2,
    "stock untrained": 90.0,
    "stock trained": 60.0,
    "pawmark untrained": 10.0,
    "pawmark trained": 30.0,
    "untrained submissions": 6,
    "trained submissions": 3,
    "stock untrained cpu": 80.0,
    "stock trained cpu": 50.0,
    "pawmark untrained cpu": 18.0,
    "pawmark trained cpu": 40.0,
    "load": 2.5,
    "pawmark edited all": 12.0,
    "pawmark edited largest": 4.0,
    "pawmark unchanged all": 0.7,
    "pawmark unchanged largest": 0.1,
    "stock untrained 01_three_tasks": 12.0,
    "peak untrained": 1_200_000_000,
    "peak trained": 1_600_000_000,
    "peak stock untrained 01": 900_000_000,
    "killed": {"first": 5.0, "second": 6.0, "half": 1},
    "growth": {"stock": {"2": 10.0, "4": 20.0}, "pawmark": {"2": 4.0, "4": 6.0}},
    "copies": {
        "nbgrader": {"10": {"seconds": 4.0, "cpu": 3.0}},
        "pawmark": {"10": {"seconds": 1.0, "cpu": 1.5}},
    },
    "otter": {"version": "7.0.0", "assignment": "01_three_tasks", "seconds": [11.0, 12.0]},
    "profile untrained": {
        "wall": 10.0,
        "idle": 0.5,
        "cpu": {"workers": 0.5, "templates": 17.5, "nbgrader": 1.0, "": 0.2},
        "submissions": [
            {"worker": "worker-1", "student_cpu": 8.0, "worker_cpu": 1.0},
            {"worker": "worker-1", "student_cpu": 9.0, "worker_cpu": 2.0},
        ],
    },
    "profile trained": {
        "wall": 30.0,
        "idle": 3.0,
        "cpu": {"workers": 1.0, "templates": 0.0, "nbgrader": 0.0, "": 0.0},
        "submissions": [],
    },
}


def test_ratios_stand_beside_their_targets():
    """Each row says whether its target is reached; those without one say nothing."""
    table = {row.what: row for row in report.rows(FOUND)}

    assert table["all assignments, cold: 9 submissions"].ratio == "3.8"
    assert table["all assignments, cold: 9 submissions"].reached is False
    assert table["assignments without training, cold: 6"].reached is True
    assert table["regrade after a check edit, all: 9"].ratio == "12.5"
    assert table["regrade, unchanged, all: 9"].ratio == "214.3"
    assert table["regrade, unchanged, a class of 4 in one small assignment"].reached is True
    assert table["CPU efficiency, without training"].pawmark == "85%"
    assert table["peak memory of a worker"].reached is False


def test_the_cores_time_adds_up():
    """What the cores did is all they had: no second is counted twice."""
    parts = dict(report.profile(FOUND, "untrained"))

    assert parts["student code"] == 17
    assert parts["imports of templates, starts of sandboxes and kernels"] == pytest.approx(0.7)
    assert parts["idle"] == 0.5
    assert parts["the system, the measuring, and the last half second of each process"] == (
        pytest.approx(0.3)
    )
    assert sum(parts.values()) == pytest.approx(20)


def test_the_report_is_written(tmp_path):
    """Figures, page and picture, with machine and versions."""
    page = report.write(tmp_path, "quick", dict(FOUND))

    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".md", ".svg"}
    assert "tensorflow" in page
    assert "| 4 | 20.0 s | 6.0 s | 3.3 | 5.00 s and 1.00 s |" in page
    assert "| 10 | 4.0 s | 1.0 s | 3.0 s and 1.5 s | 300 ms and 150 ms |" in page
    assert "takes 23.0 s for the 2 submissions" in page


def checks_of(course, text):
    """Write a course with one exercise's checks; return their path."""
    path = course / "grader_tests" / "02_data_loading" / "test_02_list_pairs.py"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_an_edited_specification_counts_for_more(tmp_path):
    """The edit changes what the rows of one exercise pay, and nothing else of it."""
    original = next((REPO / "grader_tests").glob("02_*/test_02_train_val_split.py"))
    path = checks_of(tmp_path, original.read_text())

    classes.edit_a_check(tmp_path, "02_data_loading")

    before, after = (runpy.run_path(str(file))["exercise"] for file in (original, path))
    assert (before.shares.corners, after.shares.corners) == (0.2, 0.4)
    assert after.name == before.name
    assert path.read_text().startswith(original.read_text())


def test_an_edited_function_counts_for_more(tmp_path):
    """Where an assignment has no specification, the edit changes the points of one function."""
    path = checks_of(tmp_path, '@pytest.mark.cell("02-a", points=2)\ndef test_a(): ...\n')

    classes.edit_a_check(tmp_path, "02_data_loading")

    assert path.read_text() == '@pytest.mark.cell("02-a", points=7)\ndef test_a(): ...\n'


def test_the_work_of_a_layer_is_counted():
    """Each weight meets each place of the feature map, forward and twice backward."""
    import keras

    layers = [
        keras.Input((8, 8, 2)),
        keras.layers.Conv2D(4, 3, strides=2, padding="same"),  # 4 x 4 places of its output
        keras.layers.Conv2DTranspose(5, 3, strides=2, padding="same"),  # the same, of its input
    ]
    model = keras.Sequential(layers)

    assert training.operations(model) == 3 * 2 * 16 * (3 * 3 * 2 * 4 + 3 * 3 * 4 * 5)
    assert training.traffic(model, 2) == 5 * 2 * (4 * 4 * 4 + 8 * 8 * 5)


def test_training_is_timed():
    """The reference trains under each setting that was asked for, compared with the first."""
    settings = list(training.SETTINGS[:2])

    plain, compiled = training.measure(settings, size=8, batch=2, rounds=1, steps=1)

    assert plain["times_plain"] == 1
    assert compiled["name"] == "XLA"
    assert min(plain["images_a_second"], compiled["images_a_second"]) > 0
    assert training.peak_memory()["bytes"] > 1e8


@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_an_install_is_measured_as_it_lies_on_disk(tmp_path, tool):
    """What was asked for is counted, in packages and bytes, and pip itself is not."""
    info = "tiny-1.0.dist-info"
    with zipfile.ZipFile(tmp_path / "tiny-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny/blob.bin", bytes(3_000_000))
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")

    found = installs.measure("tiny", wheel.filename, tmp_path, tmp_path / "venv", tool)

    assert (found.name, found.packages, found.megabytes) == ("tiny", 1, 3)
    assert found.largest["tiny"] == 3
    assert found.seconds > 0
    assert not (tmp_path / "venv").exists()
