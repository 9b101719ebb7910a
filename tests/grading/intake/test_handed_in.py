"""Grading without training again: what was handed in counts for what it does, and no more."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from check_files import write_checks
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook

import pawmark
from pawmark import trained
from pawmark.errors import CourseError
from pawmark.grading.intake import stand_in
from pawmark.grading.intake.rebuild import Repaired
from pawmark.grading.run import recording
from pawmark.grading.sandbox import bubblewrap

ROOT = Path(__file__).resolve().parents[3]
NAME = "01_trains"
STAND_IN = {
    "files": ["weights.npy", "history.json"],
    "source": [
        "import json, pathlib",
        "folder = pathlib.Path.home() / '.pawmark-handed-in'",
        "weights = np.load(folder / 'weights.npy')",
        "history = json.loads((folder / 'history.json').read_text())",
    ],
}
CHECKS = '''
import numpy as np
import pytest
from pawmark.checks import expect, expect_array


@pytest.mark.cell("01-predict", points=1)
def test_prediction(student, rng):
    """The model predicts."""
    x = rng.normal(size=(5, 3))
    got = expect_array(student.evaluate("predict(weights, x)", x=x), shape=(5,))
    expect(np.allclose(got, x @ [1.0, 2.0, 3.0]), "the predictions are wrong")


@pytest.mark.cell("01-predict", points=1)
def test_not_trained_here(student):
    """The training cell did not run."""
    expect(not student.has("trained_here"), "the training cell was run")
'''
RIGHT = np.array([1.0, 2.0, 3.0])
needs_sandbox = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)


# Finding what was handed in ----------------------------------------------------------------------


def training_cell() -> NotebookNode:
    """Make a cell that trains, with what stands for it."""
    flags = {"grade": False, "solution": False, "locked": True, "task": False}
    settings = {"grade_id": "01-train", "schema_version": 3, **flags}
    metadata = {"nbgrader": settings, "pawmark": {"handed_in": STAND_IN}}
    source = "trained_here = True\nweights = np.array([1.0, 2.0, 3.0])\nhistory = {}"
    return new_code_cell(source, id="train", metadata=metadata)


@pytest.fixture
def replaced(tmp_path) -> Callable[[], Repaired]:
    """Return what replaces the training of a notebook by the files in submission/."""
    notebook = new_notebook(cells=[new_code_cell("1", id="one"), training_cell()])
    (tmp_path / "submission").mkdir()

    def run() -> Repaired:
        repaired = Repaired(notebook, ("renamed",), frozenset())
        return stand_in.replace_training(repaired, tmp_path / "submission", tmp_path / "course")

    return run


def put(folder: Path, weights: np.ndarray = RIGHT, history: str = "{}") -> None:
    """Write the two files that stand for a training."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "weights.npy", weights)
    (folder / "history.json").write_text(history)


def test_training_is_replaced(replaced, tmp_path):
    """The cell that trains reads the files instead; other cells and the original stay."""
    put(tmp_path / "submission" / "trained")
    made = replaced()

    assert made.notebook.cells[0].source == "1"
    assert "trained_here" not in made.notebook.cells[1].source
    assert made.notebook.cells[1].source.endswith(STAND_IN["source"][-1])
    files = stand_in.files_for(made.notebook, tmp_path / "course")
    assert np.array_equal(np.load(_file(files["weights.npy"])), RIGHT)
    assert made.repairs == ("renamed",)


def _file(content: bytes):
    import io

    return io.BytesIO(content)


def test_other_files_make_another_submission(replaced, tmp_path):
    """With another checkpoint the recording of an earlier run does not fit any more."""
    put(tmp_path / "submission")
    first = recording.key_of(replaced().notebook)
    assert recording.key_of(replaced().notebook) == first
    put(tmp_path / "submission", RIGHT + 1)
    assert recording.key_of(replaced().notebook) != first


def test_files_in_an_archive(replaced, tmp_path):
    """The files are found in a zip archive too, wherever in it they lie."""
    put(tmp_path / "away")
    with zipfile.ZipFile(tmp_path / "submission" / "work.zip", "w") as archive:
        archive.writestr("__MACOSX/trained/weights.npy", b"left by a file manager")
        archive.write(tmp_path / "away" / "weights.npy", "../../home/weights.npy")
        archive.write(tmp_path / "away" / "history.json", "trained/history.json")

    assert replaced().repairs == ("renamed",)


def test_missing_files_are_said(replaced):
    """What was not handed in is listed, by name."""
    repairs = replaced().repairs

    assert "weights.npy: it was not handed in" in repairs[1]
    assert "history.json: it was not handed in" in repairs[2]


def test_links_pipes_and_large_files(replaced, tmp_path, monkeypatch):
    """A link, a pipe and a file that is too large are refused, and nothing is read of them."""
    secret = tmp_path / "gradebook.db"
    secret.write_bytes(b"secret")
    (tmp_path / "submission" / "weights.npy").symlink_to(secret)
    os.mkfifo(tmp_path / "submission" / "history.json")
    assert [line.partition(":")[0] for line in replaced().repairs[1:]] == STAND_IN["files"]
    (tmp_path / "submission" / "weights.npy").unlink()
    (tmp_path / "submission" / "weights.npy").write_bytes(bytes(2000))
    monkeypatch.setattr(stand_in, "MAX_BYTES", 1000)
    assert "weights.npy: it is larger" in replaced().repairs[1]

    kept = tmp_path / "course" / stand_in.FOLDER
    assert not kept.exists() or list(kept.iterdir()) == []


def test_archives_that_swell(replaced, tmp_path, monkeypatch):
    """A file that unzips to more than is allowed is not taken, whatever its head says."""
    monkeypatch.setattr(stand_in, "MAX_BYTES", 100_000)
    path = tmp_path / "submission" / "work.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("weights.npy", bytes(5_000_000))
    (tmp_path / "submission" / "broken.zip").write_bytes(path.read_bytes()[:-30])

    assert "weights.npy: it was not handed in" in replaced().repairs[1]


def test_lost_files_are_the_graders_fault(replaced, tmp_path):
    """A file that was kept and is gone or changed stops the grading of that submission."""
    put(tmp_path / "submission")
    made = replaced()
    for path in (tmp_path / "course" / stand_in.FOLDER).iterdir():
        path.write_bytes(b"changed")
    with pytest.raises(CourseError, match="gone or damaged"):
        stand_in.files_for(made.notebook, tmp_path / "course")


def test_setting(monkeypatch):
    """The default is to train; a word that means nothing is refused."""
    monkeypatch.delenv(stand_in.VARIABLE, raising=False)
    assert not stand_in.wanted()
    monkeypatch.setenv(stand_in.VARIABLE, "handed-in")
    assert stand_in.wanted()
    monkeypatch.setenv(stand_in.VARIABLE, "handed in")
    with pytest.raises(CourseError, match="run or handed-in is wanted"):
        stand_in.wanted()


def test_what_a_student_keeps(tmp_path, capsys):
    """The notebook writes both files, and says where they are."""
    (tmp_path / "best.keras").write_bytes(b"weights")
    history = SimpleNamespace(history={"loss": [np.float32(0.5)], "val_loss": [np.float64(0.25)]})
    trained.keep("pets", tmp_path / "best.keras", history, tmp_path / "trained")

    assert (tmp_path / "trained" / "pets.keras").read_bytes() == b"weights"
    kept = json.loads((tmp_path / "trained" / "pets.json").read_text())
    assert kept == {"loss": [0.5], "val_loss": [0.25]}
    assert "pets.keras" in capsys.readouterr().out


def test_the_source_says_what_stands_for_its_training():
    """Assignment 03 tells which files stand for its training, and its notebook keeps these."""
    path = ROOT / "source" / "03_encoder_decoder" / "03_encoder_decoder.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    stand_ins = [cell.metadata.get("pawmark", {}).get("handed_in") for cell in cells]
    found = next(filter(None, stand_ins))

    assert found["files"] == ["pets_segmentation.keras", "pets_segmentation.json"]
    assert any('trained.keep("pets_segmentation"' in cell.source for cell in cells)
    compile("\n".join(found["source"]), "stand-in", "exec")


# Hostile checkpoints -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def restored(tmp_path_factory) -> dict:
    """Restore honest and hostile checkpoints in a process of their own."""
    folder = tmp_path_factory.mktemp("checkpoints")
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "support" / "restoring.py", folder],
        env={**os.environ, "PYTHONPATH": str(Path(pawmark.__file__).parents[1])},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("kind", ["honest", "lambda", "module"])
def test_only_weights_are_read(restored, kind):
    """Code that a checkpoint holds, as Lambda or as a module's name, is never looked at."""
    assert restored[kind] == "as the honest one"
    assert not restored["canary"]
    assert restored["armed"], "the attack itself does not work, so it shows nothing"


@pytest.mark.parametrize("kind", ["other", "text", "empty", "hollow", "noise", "bomb"])
def test_checkpoints_that_are_none(restored, kind):
    """Another model's, a damaged and a swelling checkpoint are refused with one message."""
    assert restored[kind].startswith(f"{kind}.keras is not the checkpoint of the model")
    assert "Was the model changed after training?" in restored[kind]


def test_histories_that_are_none(restored):
    """What is no history is refused with what was expected; a sound one is read."""
    *broken, sound = restored["histories"]

    assert len(broken) == 5
    assert all("a.json is no history of a training" in text for text in broken)
    assert sound == "[1.0, 0.7]"


# Grading -----------------------------------------------------------------------------------------


def nbgrader(course: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run nbgrader in a course as an instructor does."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    package = str(Path(pawmark.__file__).parents[1])
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env=os.environ | {"PATH": path, "PYTHONPATH": package} | environment,
        capture_output=True,
        text=True,
        timeout=500,
    )


def exercise() -> list[NotebookNode]:
    """Make the cells of the tiny assignment."""
    flags = {"schema_version": 3, "task": False}
    solved = {"grade_id": "01-f", "grade": False, "solution": True, "locked": False}
    check = {"grade_id": "01-predict-check", "grade": True, "solution": False, "locked": True}
    stub = "import numpy as np\n\ndef predict(weights, x):\n    ### BEGIN SOLUTION\n"
    stub += "    return x @ weights\n    ### END SOLUTION"
    return [
        new_code_cell(stub, id="f", metadata={"nbgrader": flags | solved}),
        training_cell(),
        new_code_cell(
            "assert True", id="check", metadata={"nbgrader": flags | check | {"points": 2}}
        ),
    ]


@pytest.fixture(scope="module")
def course(tmp_path_factory, small_pets) -> Path:
    """Return a course whose one assignment trains, graded without training again."""
    folder = tmp_path_factory.mktemp("trains")
    (folder / "source" / NAME).mkdir(parents=True)
    nbformat.write(new_notebook(cells=exercise()), folder / "source" / NAME / f"{NAME}.ipynb")
    write_checks(folder, NAME, CHECKS)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAWMARK_DATA", str(small_pets.root))
        done = nbgrader(folder, "generate_assignment", NAME)
        assert done.returncode == 0, done.stderr
        yield folder


def submission(course: Path, student: str) -> Path:
    """Hand in the right notebook; return its folder."""
    folder = course / "submitted" / student / NAME
    folder.mkdir(parents=True)
    notebook = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    notebook.cells[
        0
    ].source = "import numpy as np\n\ndef predict(weights, x):\n    return x @ weights"
    nbformat.write(notebook, folder / f"{NAME}.ipynb")
    return folder


def score(course: Path, student: str) -> float:
    """Return the score in the gradebook."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "pawmark") as gradebook:
        return gradebook.find_submission(NAME, student).score


@needs_sandbox
def test_graded_by_what_was_handed_in(course):
    """Right weights earn the points, others do not, whatever a history says; nothing is trained."""
    put(submission(course, "honest") / "trained")
    put(submission(course, "forged"), np.zeros(3), '{"loss": [0], "val_loss": [0]}')
    submission(course, "empty")
    linked = submission(course, "linked")
    put(course / "elsewhere")
    (linked / "weights.npy").symlink_to(course / "elsewhere" / "weights.npy")
    done = nbgrader(course, "autograde", NAME, PAWMARK_TRAINING="handed-in")

    assert done.returncode == 0, done.stderr[-3000:]
    assert score(course, "honest") == 2
    # The check that nothing was trained here is passed by all.
    assert [score(course, name) for name in ("forged", "empty", "linked")] == [1, 1, 1]
    empty = (course / "autograded" / "empty" / NAME / f"{NAME}.ipynb").read_text()
    assert "weights.npy: it was not handed in" in empty
    record = json.loads(
        (course / "autograded" / "honest" / NAME / f"{NAME}.record.json").read_text()
    )
    assert set(record["handed_in"]) == set(STAND_IN["files"])


@needs_sandbox
def test_the_default_is_to_train(course):
    """Without the setting the cell that trains runs, and what was handed in is left alone."""
    put(submission(course, "default"), np.zeros(3))
    done = nbgrader(course, "autograde", NAME, "--student", "default")

    assert done.returncode == 0, done.stderr[-3000:]
    assert score(course, "default") == 1


@pytest.mark.slow
@needs_sandbox
def test_a_setting_that_means_nothing_stops_grading(course):
    """Grading is refused with one message when the setting cannot be understood."""
    submission(course, "anybody")
    done = nbgrader(course, "autograde", NAME, "--force", PAWMARK_TRAINING="maybe")

    assert done.returncode != 0
    assert "PAWMARK_TRAINING is 'maybe'" in done.stderr
