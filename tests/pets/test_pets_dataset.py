"""Reading a data set: real or drawn, whole or broken, as pictures, arrays and a split."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pawmark import pets
from pawmark.errors import DataError
from pawmark.pets.split import sizes
from pawmark.profiles import Profile
from pawmark.progress import is_wanted, progress_bar

pytestmark = pytest.mark.usefixtures("own_cache")

TINY = Profile("tiny", img_size=(16, 24), num_train=24, num_val=8, epochs=1, batch_size=4)


@pytest.fixture
def folder(small_pets, tmp_path) -> Path:
    """Copy the small set, to be broken."""
    return Path(shutil.copytree(small_pets.root, tmp_path / "pets"))


def message(root: Path) -> str:
    """Open a folder that must be refused and give the message."""
    with pytest.raises(DataError) as refusal:
        pets.dataset(root)
    return str(refusal.value)


def test_missing_folder(tmp_path):
    """A folder that is not there is named, with what was expected and how to mend it."""
    text = message(tmp_path / "nowhere")

    assert f"{tmp_path / 'nowhere'} does not exist" in text
    assert "Expected there: images/NAME.jpg" in text
    assert "leave PAWMARK_DATA unset" in text


def test_folder_that_is_a_file(tmp_path):
    """A file in place of a folder is named as such."""
    (tmp_path / "file").write_text("")

    assert "is not a folder" in message(tmp_path / "file")


@pytest.mark.parametrize("part", ["images", "annotations/trimaps"])
def test_missing_half(folder, part):
    """A folder without photographs or without trimaps is refused, the missing half named."""
    shutil.rmtree(folder / part)

    assert f"{folder / part} is missing" in message(folder)


def test_empty_folders(tmp_path):
    """Folders without any picture are refused."""
    (tmp_path / "images").mkdir()
    (tmp_path / "annotations" / "trimaps").mkdir(parents=True)

    assert "holds no .jpg file" in message(tmp_path)


def test_photographs_without_trimaps(folder):
    """Photographs without a trimap are named: a few, then how many more."""
    for path in sorted((folder / "annotations" / "trimaps").glob("[!.]*.png"))[:5]:
        path.unlink()
    text = message(folder)

    assert "5 photographs without a trimap: Abyssinian_1, " in text
    assert "and 2 more" in text


def test_trimap_without_photograph(folder):
    """A trimap without a photograph is named."""
    (folder / "images" / "pug_1.jpg").unlink()

    assert "1 trimap without a photograph: pug_1." in message(folder)


def test_unreadable_photograph(folder):
    """A photograph that is no picture is named."""
    (folder / "images" / "Abyssinian_1.jpg").write_bytes(b"not a picture")

    assert "1 file cannot be read as a picture: Abyssinian_1.jpg" in message(folder)


def test_truncated_photograph(folder):
    """A photograph that was cut off is named."""
    path = folder / "images" / "Abyssinian_1.jpg"
    path.write_bytes(path.read_bytes()[:600])

    assert "1 file cannot be read as a picture: Abyssinian_1.jpg" in message(folder)


def test_trimap_with_other_values(folder):
    """A trimap that holds 0 and 255 is named together with these values."""
    path = folder / "annotations" / "trimaps" / "Abyssinian_1.png"
    with Image.open(path) as picture:
        values = np.array(picture)
    values[values == 2] = 0
    values[values == 3] = 255
    Image.fromarray(values).save(path)

    assert "1 trimap with values other than 1, 2 and 3: Abyssinian_1 (0, 255)" in message(folder)


def test_trimap_of_another_size(folder):
    """A trimap of another size than its photograph is named with both sizes."""
    path = folder / "annotations" / "trimaps" / "Abyssinian_1.png"
    Image.fromarray(np.full((20, 30), 2, "uint8")).save(path)

    assert "of another size than the photograph: Abyssinian_1 (" in message(folder)


def test_all_problems_at_once(folder):
    """Independent problems are listed together."""
    (folder / "images" / "pug_1.jpg").unlink()
    (folder / "annotations" / "trimaps" / "boxer_1.png").unlink()
    (folder / "images" / "Abyssinian_1.jpg").write_bytes(b"")
    text = message(folder)

    assert text.count("\n  - ") == 3


def test_pixels_on_request(folder):
    """A quick look opens a few pictures only; on request every one is opened."""
    name = sorted(path.stem for path in (folder / "images").glob("*.jpg"))[1]
    Image.fromarray(np.zeros((5, 5), "uint8")).save(folder / f"annotations/trimaps/{name}.png")

    assert pets.verify(folder) == ()
    assert len(pets.verify(folder, most=None)) == 2


def test_optional_annotations(folder, small_pets):
    """Lists and head boxes may be missing."""
    shutil.rmtree(folder / "annotations" / "xmls")
    (folder / "annotations" / "list.txt").unlink()

    assert pets.dataset(folder).names == small_pets.names


def test_folder_from_the_environment(folder, monkeypatch):
    """PAWMARK_DATA chooses the folder, and a message about it says so."""
    monkeypatch.setenv("PAWMARK_DATA", str(folder))
    assert pets.dataset().root == folder

    monkeypatch.setenv("PAWMARK_DATA", str(folder / "images"))
    with pytest.raises(DataError, match="PAWMARK_DATA points to"):
        pets.dataset()


def test_real_photographs(real_pets):
    """Real photographs are in order, and told apart from drawn ones."""
    assert pets.verify(real_pets.root, most=None) == ()
    assert real_pets.kind == "real"
    assert real_pets.species("Abyssinian_1") == "cat"
    assert real_pets.species("great_pyrenees_174") == "dog"
    assert real_pets.breed("great_pyrenees_174") == "great_pyrenees"
    inputs, targets = real_pets.arrays((40, 48))
    assert inputs.shape == (len(real_pets.names), 40, 48, 3)
    assert set(np.unique(targets)) == {0, 1, 2}


def test_identity_follows_the_data(folder):
    """A real folder keeps its identity when it moves, and changes it with a file."""
    (folder / "pawmark-synthetic.json").unlink()
    before = pets.dataset(folder)
    moved = folder.rename(folder.with_name("elsewhere"))
    assert before.kind == "real"
    assert pets.dataset(moved).identity == before.identity

    path = moved / "images" / "pug_1.jpg"
    path.write_bytes(path.read_bytes() + b"\0")
    assert pets.dataset(moved).identity != before.identity


def test_unknown_name(small_pets):
    """An unknown name is refused with an example of a known one."""
    with pytest.raises(DataError, match="'Abyssinian_1'"):
        small_pets.read_image("../secret")


def test_arrays(small_pets):
    """Arrays have the chapter's types and ranges, in the order that was asked for."""
    names = small_pets.names[::-1]
    inputs, targets = small_pets.arrays((20, 30), names)

    assert (inputs.shape, inputs.dtype) == ((40, 20, 30, 3), np.float32)
    assert (targets.shape, targets.dtype) == ((40, 20, 30, 1), np.uint8)
    assert 0 <= inputs.min() < 30
    assert 225 < inputs.max() <= 255
    assert set(np.unique(targets)) == {0, 1, 2}
    for i in (0, 17, 39):
        assert np.array_equal(inputs[i], small_pets.read_image(names[i], (20, 30)))
        assert np.array_equal(targets[i, ..., 0] + 1, small_pets.read_trimap(names[i], (20, 30)))


def test_arrays_may_be_changed(small_pets):
    """What a caller does to its arrays does not reach the next caller."""
    inputs, targets = small_pets.arrays((20, 30))
    inputs[:], targets[:] = -1, 9
    again = small_pets.arrays((20, 30))

    assert again[0].min() >= 0
    assert again[1].max() == 2


def test_arrays_without_a_cache(small_pets, tmp_path, monkeypatch):
    """Where nothing can be cached the arrays are the same, only slower."""
    cached = small_pets.arrays((20, 30))
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PAWMARK_CACHE", str(tmp_path / "file"))
    plain = small_pets.arrays((20, 30))

    assert all(np.array_equal(a, b) for a, b in zip(cached, plain, strict=True))


def test_split(small_pets):
    """A split has the profile's sizes, shares no photograph, and is the same each time."""
    split = pets.training_split(TINY, small_pets)

    assert split.train_inputs.shape == (24, 16, 24, 3)
    assert split.train_targets.shape == (24, 16, 24, 1)
    assert split.val_inputs.shape == (8, 16, 24, 3)
    seen = {image.tobytes() for image in split.train_inputs}
    assert len(seen) == 24
    assert seen.isdisjoint(image.tobytes() for image in split.val_inputs)
    again = pets.training_split(TINY, small_pets)
    assert np.array_equal(split.val_inputs, again.val_inputs)
    assert np.array_equal(split.train_targets, again.train_targets)


@settings(derandomize=True)
@given(st.integers(2, 9000), st.integers(1, 7000), st.integers(1, 2000))
def test_split_sizes(available, num_train, num_val):
    """Both parts hold a picture or more and never more than there are, in the profile's ratio."""
    train, val = sizes(available, num_train, num_val)

    assert train >= 0
    assert val >= 1
    assert train + val == min(available, num_train + num_val)
    assert abs(val / (train + val) - num_val / (num_train + num_val)) <= 1 / (train + val)


def test_split_of_too_little(small_pets, tmp_path):
    """One photograph cannot be split, and the message says so."""
    for part in ("images", "annotations/trimaps"):
        (tmp_path / part).mkdir(parents=True)
    shutil.copy(small_pets.image_path("pug_1"), tmp_path / "images")
    shutil.copy(small_pets.trimap_path("pug_1"), tmp_path / "annotations" / "trimaps")

    with pytest.raises(DataError, match="two images or more"):
        pets.training_split(TINY, pets.dataset(tmp_path))


COMPARE = """
import sys
import numpy as np
from keras.utils import img_to_array, load_img
from pawmark import pets
data = pets.dataset(sys.argv[1])
for name in data.names:
    image, trimap = data.image_path(name), data.trimap_path(name)
    for size in (None, (32, 32), (57, 91), (600, 600)):
        theirs = img_to_array(load_img(image, target_size=size))
        assert np.array_equal(theirs, data.read_image(name, size)), (name, size)
        theirs = img_to_array(load_img(trimap, target_size=size, color_mode="grayscale"))
        assert np.array_equal(theirs[..., 0], data.read_trimap(name, size)), (name, size)
"""


def test_same_pixels_as_keras(small_pets):
    """Photographs and trimaps are read to the same pixels as by Keras' load_img."""
    done = subprocess.run(
        [sys.executable, "-c", COMPARE, small_pets.root],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]


def test_no_heavy_imports():
    """Importing the data module brings in neither TensorFlow nor Matplotlib."""
    heavy = "{'tensorflow', 'keras', 'matplotlib'}"
    code = f"import sys, pawmark.pets; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_progress_is_silent_without_a_terminal(capsys, monkeypatch):
    """No bar is drawn where stderr is no terminal, nor where PAWMARK_PROGRESS is 0."""
    with progress_bar("Counting", 2) as advance:
        advance(1)
        advance()
    assert capsys.readouterr() == ("", "")

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.delenv("PAWMARK_PROGRESS", raising=False)
    assert is_wanted()
    monkeypatch.setenv("PAWMARK_PROGRESS", "0")
    assert not is_wanted()


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pseudo-terminal")
def test_progress_on_a_terminal():
    """On a terminal the bar names what goes on."""
    outer, inner = os.openpty()
    code = (
        "from pawmark.progress import progress_bar\nwith progress_bar('Counting', 1) as go: go(1)"
    )
    environment = {**os.environ, "TERM": "xterm", "PAWMARK_PROGRESS": "1"}
    subprocess.run([sys.executable, "-c", code], stderr=inner, env=environment, check=True)
    os.close(inner)

    assert b"Counting" in os.read(outer, 4096)
    os.close(outer)


def test_reading_a_trimap_with_other_values(folder):
    """A mask with other values than 1, 2 and 3 is never handed on; the message says where."""
    data = pets.dataset(folder)
    path = data.trimap_path(data.names[1])
    Image.fromarray(np.full(data.read_trimap(data.names[1]).shape, 7, "uint8")).save(path)

    with pytest.raises(DataError, match=rf"{path.name} holds the values \[7\]"):
        data.read_trimap(data.names[1])
