"""What the course makes of the data is made once, ahead of all submissions, and only shown."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest

from pawmark import models, pets
from pawmark.grading.sandbox import bubblewrap, landlocked
from pawmark.grading.sandbox.landlocked import Landlocked
from pawmark.grading.sandbox.namespaced import Bubblewrap
from pawmark.grading.session.kernel import StudentKernel
from pawmark.pets.cache import PRECOMPUTED_VARIABLE
from pawmark.pets.layout import MARKER
from pawmark.vision import precomputed

CODE = ["split = pets.training_split()"]
LIMIT = 60.0
# Pictures that cannot be decoded: arrays can only come from what was made ahead.
LOOK = """
import os
from pathlib import Path
from pawmark import models, pets
folder = Path(os.environ["PAWMARK_PRECOMPUTED"])
pets.photographs.Image = None
print(pets.training_split().train_inputs.sum())
"""
CHANGE = """
for folder, _, names in os.walk(folder):
    for path in [os.path.join(folder, name) for name in ("new", *names)]:
        try:
            open(path, "a").close()
            print("changed", path)
        except OSError:
            pass
"""


@pytest.fixture
def data(small_pets, tmp_path, monkeypatch):
    """Give a copy of the drawn photographs, and an empty cache that every user may read."""
    monkeypatch.setenv("PAWMARK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PAWMARK_PROFILE", "quick")
    shutil.copytree(small_pets.root, tmp_path / "pets")
    return pets.dataset(tmp_path / "pets")


@pytest.fixture
def made(data):
    precomputed.make(data, CODE)
    return precomputed.folder_of(data.root)


def test_made_once_and_only_what_is_asked_for(data, made):
    arrays = sorted(made.glob("*/arrays/*/images.npy"))
    written = [path.stat().st_mtime_ns for path in arrays]

    precomputed.make(data, CODE)

    assert arrays
    assert [path.stat().st_mtime_ns for path in arrays] == written
    assert not list(made.glob("cat_or_dog*"))


def test_package_takes_it_and_leaves_its_own_cache_alone(data, made, tmp_path, monkeypatch):
    """What was made ahead equals what the package would make by itself."""
    monkeypatch.setenv("PAWMARK_DATA", str(data.root))
    own = pets.training_split()
    shutil.rmtree(tmp_path / "cache" / "arrays")

    monkeypatch.setenv(PRECOMPUTED_VARIABLE, str(made))
    shown = pets.training_split()

    np.testing.assert_array_equal(shown.train_inputs, own.train_inputs)
    assert not (tmp_path / "cache" / "arrays").exists()


def test_other_data_are_made_anew(data, made):
    """A photograph less is other data: nothing stale is shown."""
    before = set(made.glob("training_split-*"))
    (data.image_path(data.names[0])).unlink()
    (data.root / MARKER).unlink(missing_ok=True)

    precomputed.make(pets.photographs.open_folder(data.root), CODE)

    assert set(made.glob("training_split-*")) > before


@pytest.mark.slow
def test_classifier_made_ahead_is_the_one_that_everybody_would_train(data, tmp_path, monkeypatch):
    """Weight by weight: else scores would depend on what was made ahead."""
    precomputed.make(data, ["classifier = models.cat_or_dog(data)"])
    monkeypatch.setenv("PAWMARK_CACHE", str(tmp_path / "another cache"))
    own = models.cat_or_dog(data).model.get_weights()

    monkeypatch.setenv("PAWMARK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv(PRECOMPUTED_VARIABLE, str(precomputed.folder_of(data.root)))
    monkeypatch.setattr(models, "train_classifier", None)
    shown = models.cat_or_dog(data).model.get_weights()

    assert all(map(np.array_equal, shown, own))


@pytest.mark.parametrize(
    "harm",
    [
        lambda data, path: data.image_path(data.names[0]).write_bytes(b"no picture"),
        lambda data, path: path.write_text("a file where the cache should be"),
    ],
    ids=["damaged picture", "no cache"],
)
def test_failure_costs_time_only(data, tmp_path, harm):
    """Nothing half-made stays; student code makes it, or meets the error, by itself."""
    harm(data, tmp_path / "cache")

    precomputed.make(data, CODE)

    assert not list(precomputed.folder_of(data.root).glob("training_split-*/*"))


@pytest.mark.parametrize(
    ("sandbox", "reason"),
    [(Bubblewrap, bubblewrap.available), (Landlocked, landlocked.available)],
    ids=["bubblewrap", "landlock"],
)
def test_student_code_reads_it_and_cannot_change_it(small_pets, monkeypatch, sandbox, reason):
    if reason() is not None:
        pytest.skip(reason())
    # Apart from the tests' own folders, which are closed to other users.
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        monkeypatch.setenv("PAWMARK_CACHE", f"{name}/cache")
        shutil.copytree(small_pets.root, f"{name}/pets")
        data = pets.dataset(f"{name}/pets")
        precomputed.make(data, CODE)
        before = sorted(Path(name, "cache").rglob("*"))

        with StudentKernel(sandbox(data.root)) as student:
            looked = student.run(LOOK, LIMIT)
            changed = student.run(CHANGE, LIMIT)

        after = sorted(Path(name, "cache").rglob("*"))
    assert looked.outcome is None, looked
    assert looked.outputs[0]["text"].strip()
    assert changed.outcome is None, changed
    assert changed.outputs == []
    assert after == before
