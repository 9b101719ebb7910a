"""Looking through a data set: odd pictures are read as the chapter's code would, or named."""

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from pawmark import pets
from pawmark.cli import app
from pawmark.errors import DataError
from pawmark.pets.inspection import inspect, lines_of

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def folder(small_pets, tmp_path) -> Path:
    """Copy the small set, to be changed."""
    return Path(shutil.copytree(small_pets.root, tmp_path / "pets"))


def encoded(picture: Image.Image, form: str, **options) -> bytes:
    """Write a picture into bytes."""
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def with_extra_bytes(jpeg: bytes) -> bytes:
    """Put bytes that mean nothing before the end mark, as in two of the real photographs."""
    return jpeg[:-2] + bytes(range(1, 241)) + jpeg[-2:]


def with_damage(jpeg: bytes) -> bytes:
    """Change bytes in the midst of the picture data."""
    middle = len(jpeg) * 2 // 3
    return jpeg[:middle] + b"\x55\xaa" * 8 + jpeg[middle + 16 :]


READ = {
    "RGBA in PNG": lambda p: encoded(p.convert("RGBA"), "PNG"),
    "palette in PNG": lambda p: encoded(p.quantize(16), "PNG"),
    "palette with transparency": lambda p: encoded(p.quantize(16), "PNG", transparency=b"\0\x80"),
    "GIF": lambda p: encoded(p, "GIF"),
    "CMYK": lambda p: encoded(p.convert("CMYK"), "JPEG"),
    "grey": lambda p: encoded(p.convert("L"), "JPEG"),
    "grey with alpha": lambda p: encoded(p.convert("LA"), "PNG"),
    "16 bits": lambda p: encoded(p.convert("L").convert("I;16"), "PNG"),
    "two colours": lambda p: encoded(p.convert("1"), "PNG"),
    "WebP": lambda p: encoded(p, "WEBP"),
    "BMP": lambda p: encoded(p, "BMP"),
    "progressive": lambda p: encoded(p, "JPEG", progressive=True),
    "turned": lambda p: encoded(p, "JPEG", exif=_turned()),
    "bytes before the end": lambda p: with_extra_bytes(encoded(p, "JPEG")),
    "damaged inside": lambda p: with_damage(encoded(p, "JPEG", quality=95)),
    "bytes after the end": lambda p: encoded(p, "JPEG") + b"left over",
}
UNREAD = {
    "cut off": lambda p: encoded(p, "JPEG")[:-400],
    "without its end mark": lambda p: encoded(p, "JPEG")[:-2],
    "head only": lambda p: encoded(p, "JPEG")[:100],
    "empty": lambda p: b"",
    "text": lambda p: b"<html>404</html>",
    "PNG cut off": lambda p: encoded(p, "PNG")[:-3000],
    "PNG with a wrong checksum": lambda p: _flipped(encoded(p, "PNG")),
    "huge": lambda p: _huge(),
}


def _turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif.tobytes()


def _flipped(png: bytes) -> bytes:
    return png[:60] + bytes([png[60] ^ 255]) + png[61:]


def _huge() -> bytes:
    """Write a small file that says it is a picture of 900 million pixels."""
    png = bytearray(encoded(Image.new("L", (8, 8)), "PNG"))
    png[16:24] = (30_000).to_bytes(4, "big") * 2
    import zlib

    png[29:33] = zlib.crc32(bytes(png[12:29])).to_bytes(4, "big")
    return bytes(png)


@pytest.fixture(scope="module")
def odd(small_pets, tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """Make a set with every odd picture; return it, and its photographs by what they are."""
    folder = Path(shutil.copytree(small_pets.root, tmp_path_factory.mktemp("odd") / "pets"))
    made, kinds = {}, {**READ, **UNREAD}
    for name, (what, make) in zip(small_pets.names, kinds.items(), strict=False):
        with Image.open(small_pets.image_path(name)) as picture:
            content = make(picture.convert("RGB"))
        (folder / "images" / f"{name}.jpg").write_bytes(content)
        made[what] = name
    assert len(made) == len(kinds)
    return folder, made


KERAS = """
import sys, warnings
from pathlib import Path
import numpy as np
from keras.utils import img_to_array, load_img
warnings.simplefilter("ignore")
for path in sorted(Path(sys.argv[1]).glob("*.jpg")):
    try:
        array = img_to_array(load_img(path, target_size=(40, 56))).astype("uint8")
    except Exception:
        continue
    np.save(Path(sys.argv[2]) / f"{path.stem}.npy", array)
"""


@pytest.fixture(scope="module")
def by_keras(odd, tmp_path_factory) -> Path:
    """Read the same files with the chapter's code."""
    target = tmp_path_factory.mktemp("arrays")
    done = subprocess.run(
        [sys.executable, "-c", KERAS, odd[0] / "images", target],
        capture_output=True,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return target


@pytest.mark.filterwarnings("ignore:Palette images with Transparency")
@pytest.mark.parametrize("what", [*READ, *UNREAD])
def test_odd_pictures_as_the_chapter_reads_them(odd, by_keras, what):
    """A picture of another kind gives the chapter's pixels; where its code fails, so do we."""
    folder, names = odd
    data = pets.Pets(folder, "real", "", tuple(names.values()))
    expected = by_keras / f"{names[what]}.npy"

    assert expected.exists() == (what in READ)
    if what in READ:
        assert np.array_equal(data.read_image(names[what], (40, 56)), np.load(expected))
    else:
        with pytest.raises(DataError, match=rf"{names[what]}\.jpg cannot be read as a picture"):
            data.read_image(names[what], (40, 56))


def test_unreadable_pictures_are_named(odd):
    """Every photograph that cannot be read is named, and none other."""
    folder, names = odd
    found = inspect(folder)

    wanted = sorted(f"{names[what]}.jpg" for what in UNREAD)
    assert sorted(found.problems["cannot be read as a picture"]) == wanted


def test_odd_modes_are_named(odd):
    """Photographs of another form or mode are named with what they are, and are no problem."""
    folder, names = odd
    told = dict(line.split(".jpg ") for line in inspect(folder).odd)

    assert told[names["RGBA in PNG"]] == "(PNG, RGBA)"
    assert told[names["palette in PNG"]] == "(PNG, P)"
    assert told[names["GIF"]] == "(GIF, P)"
    assert told[names["CMYK"]] == "(JPEG, CMYK)"
    assert told[names["grey"]] == "(JPEG, L)"
    assert names["bytes before the end"] not in told


def test_sets_in_order(small_pets, folder):
    """A set in order is counted, its values are told, and its strays are left alone."""
    found = inspect(folder)
    text = "\n".join(lines_of(found))

    assert found.counts == {"photographs": 40, "trimaps": 40, "pairs": 40}
    assert set(found.pixels) == {1, 2, 3}
    assert not found.problems
    assert "40 photographs, 40 trimaps, 40 pairs" in text
    assert ".mat in images/" in text
    assert "hidden in annotations/trimaps/" in text
    assert text.endswith("In order.")


def test_every_problem_is_named(folder):
    """Missing partners, other values and other sizes are listed by name, whatever their number."""
    (folder / "images" / "pug_1.jpg").unlink()
    (folder / "annotations" / "trimaps" / "boxer_1.png").unlink()
    masks = folder / "annotations" / "trimaps"
    with Image.open(masks / "Bengal_1.png") as picture:
        values = np.array(picture)
    values[values == 2] = 0
    Image.fromarray(values).save(masks / "Bengal_1.png")
    Image.fromarray(np.full((20, 30), 2, "uint8")).save(masks / "beagle_1.png")
    (masks / "Birman_1.png").write_bytes(b"")
    found = inspect(folder)

    assert found.problems["photographs without a trimap"] == ("boxer_1.jpg",)
    assert found.problems["trimaps without a photograph"] == ("pug_1.png",)
    assert found.problems["trimaps with values other than 1, 2 and 3"] == ("Bengal_1.png (0)",)
    sizes = found.problems["photograph and trimap of different sizes"]
    assert sizes[0].startswith("beagle_1 (")
    assert found.problems["cannot be read as a picture"] == ("Birman_1.png",)
    assert lines_of(found)[-1] == "This data set cannot be used as it is."


def test_names_are_safe_for_a_terminal(folder, small_pets):
    """A name out of a foreign archive cannot move the cursor of a terminal."""
    shutil.copy(small_pets.image_path("pug_1"), folder / "images" / "a\x1b[2Jb_1.jpg")

    assert "\x1b" not in "\n".join(lines_of(inspect(folder)))


def test_nothing_to_look_at(tmp_path):
    """Missing and empty folders are refused or reported, never in order."""
    with pytest.raises(DataError, match="is missing"):
        inspect(tmp_path / "nowhere")
    (tmp_path / "images").mkdir()
    with pytest.raises(DataError, match="trimaps is missing"):
        inspect(tmp_path)
    (tmp_path / "annotations" / "trimaps").mkdir(parents=True)
    assert "no photograph has a trimap" in inspect(tmp_path).problems


def test_exit_status(folder):
    """The command reports all, and its exit status says whether the set can be used."""
    run = CliRunner().invoke
    good = run(app, ["data", "check", str(folder)])
    assert good.exit_code == 0
    assert "In order." in good.output

    (folder / "images" / "pug_1.jpg").write_bytes(b"")
    bad = run(app, ["data", "check", str(folder)])
    assert bad.exit_code == 1
    assert "PROBLEM: cannot be read as a picture: 1\n  pug_1.jpg" in bad.output


def test_set_in_use(folder, monkeypatch):
    """Without a folder the data set that is in use is looked through."""
    monkeypatch.setenv("PAWMARK_DATA", str(folder))

    assert inspect().root == folder


def test_real_photographs(real_pets):
    """Real photographs are in order."""
    found = inspect(real_pets.root)

    assert not found.problems
    assert set(found.pixels) == {1, 2, 3}
