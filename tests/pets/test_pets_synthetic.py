"""The synthetic set: its layout, its traps, and how it gets into the cache."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, UnidentifiedImageError

from pawmark import pets
from pawmark.errors import DataError
from pawmark.pets.breeds import BREEDS
from pawmark.pets.cache import build_once, cache_dir
from pawmark.pets.synthetic.generator import names_of, write_set
from pawmark.pets.synthetic.specimen import write_specimen

pytestmark = pytest.mark.usefixtures("own_cache")

ASK = "from pawmark import pets; print(pets.synthetic(seed={seed}, count={count}).identity)"


def ask(cache: Path, seed: int, count: int) -> subprocess.Popen:
    """Ask for a synthetic set in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", ASK.format(seed=seed, count=count)],
        env={**os.environ, "PAWMARK_CACHE": str(cache)},
        stdout=subprocess.PIPE,
        text=True,
    )


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_layout_is_in_order(small_pets):
    """The set passes its own verification, every picture opened, and is marked as drawn."""
    assert pets.verify(small_pets.root, most=None) == ()
    assert small_pets.kind == "synthetic"
    assert len(small_pets.names) == 40
    assert small_pets.names[0] == "Abyssinian_1"
    assert pets.dataset(small_pets.root) == small_pets


def test_names_go_through_the_breeds():
    """Names go through all breeds before numbers rise, so a small set is part of a larger one."""
    names = names_of(75)

    assert names[0] == "Abyssinian_1"
    assert names[37] == "Abyssinian_2"
    assert names_of(20) == names[:20]
    assert len(set(names)) == 75


def test_species_rule(small_pets):
    """A capital letter means cat; list.txt says the same."""
    rows = list_rows(small_pets)

    assert {row[0]: row[2] for row in rows} == {
        name: "1" if small_pets.species(name) == "cat" else "2" for name in small_pets.names
    }
    assert all(small_pets.species(name) == "cat" for name in small_pets.names if name[0].isupper())


def list_rows(data: pets.Pets) -> list[list[str]]:
    """Read list.txt after its six header lines."""
    lines = (data.root / "annotations" / "list.txt").read_text().splitlines()
    assert all(line.startswith("#") for line in lines[:6])
    return [line.split() for line in lines[6:]]


def test_list_agrees_with_breeds(small_pets):
    """list.txt names every photograph once, with the numbers of its breed."""
    known = {breed.name: breed for breed in BREEDS}
    rows = list_rows(small_pets)

    assert sorted(row[0] for row in rows) == list(small_pets.names)
    for name, class_id, _, breed_id in rows:
        breed = known[small_pets.breed(name)]
        assert (int(class_id), int(breed_id)) == (breed.class_id, breed.breed_id)


def test_trainval_and_test_divide_the_list(small_pets):
    """trainval.txt and test.txt share out the photographs between them."""
    annotations = small_pets.root / "annotations"
    parts = [
        {line.split()[0] for line in (annotations / name).read_text().splitlines()}
        for name in ("trainval.txt", "test.txt")
    ]

    assert parts[0].isdisjoint(parts[1])
    assert parts[0] | parts[1] == set(small_pets.names)


def test_head_boxes(small_pets):
    """About half the photographs have a head box, inside the picture and of the right species."""
    boxes = sorted((small_pets.root / "annotations" / "xmls").glob("*.xml"))

    assert 0.25 < len(boxes) / len(small_pets.names) < 0.75
    for path in boxes:
        tree = ElementTree.parse(path)
        height, width = small_pets.read_trimap(path.stem).shape
        corners = [
            int(tree.findtext(f".//bndbox/{key}")) for key in ("xmin", "ymin", "xmax", "ymax")
        ]
        assert 1 <= corners[0] < corners[2] <= width
        assert 1 <= corners[1] < corners[3] <= height
        assert tree.findtext(".//object/name") == small_pets.species(path.stem)


def test_stray_files_lie_about(small_pets):
    """The traps of the original are there: .mat files, and ._ files that are no pictures."""
    mat = list(small_pets.images_dir.glob("*.mat"))
    double = list(small_pets.trimaps_dir.glob("._*.png"))

    assert len(mat) == 3
    assert double
    with pytest.raises(UnidentifiedImageError):
        Image.open(double[0])
    assert not any(name.startswith("._") for name in small_pets.names)


def test_odd_modes(small_pets, tmp_path):
    """A gray JPEG and an RGBA PNG hide behind .jpg, as in the original, and are read as RGB."""
    for part in ("images", "annotations/trimaps", "annotations/xmls"):
        (tmp_path / part).mkdir(parents=True)
    write_specimen(tmp_path, 7, "Abyssinian_5")
    with Image.open(tmp_path / "images" / "Abyssinian_5.jpg") as transparent:
        assert (transparent.mode, transparent.format) == ("RGBA", "PNG")
    with Image.open(small_pets.image_path("Egyptian_Mau_1")) as gray:
        assert (gray.mode, gray.format) == ("L", "JPEG")

    assert small_pets.read_image("Egyptian_Mau_1").shape[2] == 3
    assert pets.dataset(tmp_path).read_image("Abyssinian_5").shape[2] == 3


def test_sizes_vary(small_pets):
    """Landscape, portrait and square pictures of many sizes occur."""
    sizes = [small_pets.read_trimap(name).shape for name in small_pets.names]

    assert len(set(sizes)) > 20
    assert {np.sign(width - height) for height, width in sizes} == {-1, 0, 1}


def test_same_seed_same_bytes(small_pets, tmp_path):
    """A picture depends on seed and name only: not on the count, nor on who draws it."""
    write_set(tmp_path, seed=7, count=8)
    whole, part = bytes_of(small_pets.root), bytes_of(tmp_path)

    pictures = [name for name in part if Path(name).suffix in (".jpg", ".png", ".xml")]
    pictures = [name for name in pictures if not Path(name).name.startswith("._")]
    assert len(pictures) >= 16
    assert all(part[name] == whole[name] for name in pictures)


def test_other_seed_other_pictures(small_pets, tmp_path):
    """Another seed gives other pictures and another identity."""
    write_set(tmp_path, seed=8, count=3)
    other = pets.dataset(tmp_path)

    assert other.identity != small_pets.identity
    assert other.image_path("Abyssinian_1").read_bytes() != (
        small_pets.image_path("Abyssinian_1").read_bytes()
    )


def test_second_call_finds_the_first(small_pets):
    """What was drawn once is found again, not drawn again."""
    before = (small_pets.root / "pawmark-synthetic.json").stat().st_mtime_ns
    again = pets.synthetic(seed=7, count=40)

    assert again == small_pets
    assert (again.root / "pawmark-synthetic.json").stat().st_mtime_ns == before


def test_a_gap_in_the_cache_is_mended(tmp_path, monkeypatch):
    """A set from which files were deleted is drawn again."""
    monkeypatch.setenv("PAWMARK_CACHE", str(tmp_path))
    first = pets.synthetic(seed=1, count=3)
    first.image_path("Abyssinian_1").unlink()

    assert pets.synthetic(seed=1, count=3) == first
    assert first.image_path("Abyssinian_1").exists()


def test_two_processes_at_once(tmp_path):
    """Two processes that ask at the same time get the same whole set."""
    both = [ask(tmp_path, seed=5, count=30) for _ in range(2)]
    identities = [process.communicate(timeout=120)[0].strip() for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert identities[0] == identities[1]
    folders = [path for path in tmp_path.iterdir() if path.is_dir()]
    assert len(folders) == 1
    assert pets.verify(folders[0], most=None) == ()


def test_killed_half_way(tmp_path, monkeypatch):
    """A killed process leaves no half set, and the next one cleans up and draws it whole."""
    process = ask(tmp_path, seed=6, count=60)
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob(".*partial*/images/*.jpg"))) < 5:
        assert time.monotonic() < deadline, "nothing was drawn"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    finished = [path for path in tmp_path.iterdir() if path.is_dir() and path.name[0] != "."]
    assert finished == []
    assert list(tmp_path.glob(".*partial*"))

    monkeypatch.setenv("PAWMARK_CACHE", str(tmp_path))
    data = pets.synthetic(seed=6, count=60)

    assert pets.verify(data.root, most=None) == ()
    assert len(data.names) == 60
    assert list(tmp_path.glob(".*partial*")) == []


def test_drawn_from_a_script_without_a_main_guard(tmp_path):
    """A plain script that asks for a set runs once: drawing does not start it a second time."""
    script = tmp_path / "script.py"
    script.write_text("print('once')\n" + ASK.format(seed=4, count=30))
    environment = {**os.environ, "PAWMARK_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("once") == 1


@pytest.mark.parametrize("count", [0, -3])
def test_no_pictures_asked_for(count):
    """A set of no pictures is refused with a sentence."""
    with pytest.raises(DataError, match="at least 1 picture"):
        pets.synthetic(count=count)


def test_cache_that_cannot_be_written(tmp_path, monkeypatch):
    """A cache folder that cannot exist gives one readable message that says what to set."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PAWMARK_CACHE", str(tmp_path / "file" / "cache"))

    with pytest.raises(DataError, match=r"cannot be written.*set PAWMARK_CACHE"):
        pets.synthetic(seed=1, count=2)


def test_full_disk(tmp_path):
    """A full disk gives a message of its own, and nothing half-made stays."""

    def fill(folder: Path) -> None:
        (folder / "something").write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(DataError, match=r"is full.*Free some space"):
        build_once(tmp_path / "target", fill, Path.exists, "the synthetic pictures")

    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_cache_folder_is_the_one_chosen(monkeypatch, tmp_path):
    """PAWMARK_CACHE decides on the cache folder."""
    monkeypatch.setenv("PAWMARK_CACHE", str(tmp_path))

    assert cache_dir() == tmp_path


def test_marker_says_what_the_folder_holds(small_pets):
    """The marker holds seed, count, generator version and identity."""
    marker = json.loads((small_pets.root / "pawmark-synthetic.json").read_text())

    assert marker == {
        "kind": "synthetic",
        "seed": 7,
        "count": 40,
        "generator_version": pets.GENERATOR_VERSION,
        "identity": small_pets.identity,
    }
