"""Fetching the original archives: over bad networks, in two processes, from disk, and broken."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from mirrors import CUT, describe, describe_all, pack, proxying, serving, wait_for

import pawmark
from pawmark import pets
from pawmark.errors import DataError
from pawmark.pets.fetching import archive
from pawmark.pets.fetching.archive import OXFORD, Collection
from pawmark.pets.fetching.download import Patience, RemoteFile, download
from pawmark.pets.fetching.unpacking import Bounds, unpack
from pawmark.pets.synthetic import generator
from pawmark.vision.data import grading_data

HASTE = Patience(connect=2, read=0.4, slowest=100_000, window=0.2, tries=2, pause=0.01)
PROXIES = [name for kind in ("http", "https", "all", "no")
           for name in (f"{kind}_proxy", f"{kind}_proxy".upper())]  # fmt: skip


@pytest.fixture(scope="session")
def packed(small_pets, tmp_path_factory) -> tuple[Path, Collection]:
    """Pack twelve drawn photographs as the original archives are packed."""
    folder = tmp_path_factory.mktemp("archives")
    return folder, pack(folder, small_pets, small_pets.names[:12])


@pytest.fixture
def web(packed):
    """Serve the archives."""
    with serving(packed[0]) as server:
        yield server


@pytest.fixture
def cache(packed, tmp_path, monkeypatch) -> Path:
    """Take the small archives for the original ones, with an empty cache and no proxy."""
    for name in (*PROXIES, "PAWMARK_DATA", "PAWMARK_MIRRORS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PAWMARK_CACHE", str(tmp_path / "cache"))
    description = describe_all(packed[1].files, tmp_path / "archives.json", [])
    monkeypatch.setenv("PAWMARK_ARCHIVES", str(description))
    return tmp_path / "cache"


def fetch(*mirrors: str, **options) -> tuple[Path, str]:
    """Fetch from mirrors in haste; return the folder and what was said."""
    said: list[str] = []
    folder = archive.fetch(mirrors, say=said.append, patience=HASTE, **options)
    return folder, "\n".join(said)


def refusal(*mirrors: str, **options) -> str:
    """Fetch what cannot be fetched, and return the message."""
    with pytest.raises(DataError) as error:
        fetch(*mirrors, **options)
    return str(error.value)


def rests(cache: Path) -> list[str]:
    """Return what lies in the cache besides locks, whole sets and downloads."""
    return sorted(p.name for p in cache.iterdir() if ".partial" in p.name)


# Fetching ----------------------------------------------------------------------------------------


def test_fetched_archives_are_found_by_themselves(cache, web, small_pets):
    """After a fetch the data set is the fetched one, in the layout of the original, strays kept."""
    folder, _ = fetch(web.mirror("good"))
    data = pets.dataset()

    assert (data.root, data.kind) == (folder, "real")
    assert data.names == small_pets.names[:12]
    assert data.read_image(data.names[0]).shape == small_pets.read_image(data.names[0]).shape
    assert (folder / "images" / "Abyssinian_100.mat").exists()
    assert len(list(folder.glob("annotations/trimaps/._*.png"))) == 12
    assert not (folder / "._annotations").exists()
    assert rests(cache) == []
    assert not list(cache.glob("*-downloads"))


def test_second_fetch_asks_nobody(cache, web):
    """What is there is not fetched again."""
    fetch(web.mirror("good"))
    asked = len(web.log)
    fetch(web.mirror("good"))

    assert len(web.log) == asked == 2


def test_deleted_files_are_fetched_again(cache, web):
    """A set from which somebody deleted a photograph is made whole."""
    folder, _ = fetch(web.mirror("good"))
    gone = folder / "images" / f"{pets.dataset().names[0]}.jpg"
    gone.unlink()
    fetch(web.mirror("good"))

    assert gone.exists()


def test_choice_of_data(cache, web, monkeypatch):
    """PAWMARK_DATA chooses between downloaded and drawn pictures by a word."""
    monkeypatch.setenv("PAWMARK_DATA", "real")
    with pytest.raises(DataError, match="pawmark data fetch"):
        pets.dataset()
    folder, _ = fetch(web.mirror("good"))
    assert pets.dataset().root == folder
    monkeypatch.setattr(generator, "COUNT", 2)
    monkeypatch.setattr(generator.synthetic, "__defaults__", (1337, 2))
    monkeypatch.setenv("PAWMARK_DATA", "synthetic")
    assert pets.dataset().kind == "synthetic"


def test_a_download_does_not_change_grading(cache, web, monkeypatch):
    """Grading takes downloaded photographs only when PAWMARK_DATA says so."""
    fetch(web.mirror("good"))
    monkeypatch.setattr(generator.synthetic, "__defaults__", (1337, 2))
    assert grading_data(1337).kind == "synthetic"
    monkeypatch.setenv("PAWMARK_DATA", "real")
    assert grading_data(1337).kind == "real"


# Mirrors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["good", "cutting", "lengthless", "labelled", "moved"])
def test_mirrors_that_deliver(cache, web, kind):
    """Ranges, cut connections, chunks, a wrong label and a redirection: the archives arrive."""
    fetch(web.mirror(kind))

    assert len(pets.dataset().names) == 12


def test_cut_connections_are_resumed(cache, web, packed):
    """After a cut only what is missing is asked for, and only if the file is still the same."""
    fetch(web.mirror("cutting"))
    asked = [entry for entry in web.log if entry[0].endswith("images.tar.gz")]
    count = -(-packed[1].files[0].size // CUT)

    assert [entry[1] for entry in asked] == [
        None,
        *(f"bytes={CUT * i}-" for i in range(1, count)),
    ]
    assert {entry[2] for entry in asked[1:]} == {'"one"'}


@pytest.mark.parametrize("kind", ["rangeless", "changing"])
def test_mirrors_that_begin_again(cache, web, kind):
    """Without ranges, or with another file than before, the download begins again."""
    fetch(web.mirror(kind))

    assert len(pets.dataset().names) == 12


def test_another_mirror_goes_on(cache, web, packed):
    """What one mirror began another one finishes."""
    folder = archive.collection().downloads
    folder.mkdir(parents=True)
    (folder / "images.tar.gz.part").write_bytes((packed[0] / "images.tar.gz").read_bytes()[:CUT])
    fetch(web.mirror("missing"), web.mirror("good"))

    assert ("/good/images.tar.gz", f"bytes={CUT}-", None) in web.log


def test_wrong_beginning_is_noticed(cache, web):
    """A beginning with wrong bytes costs one more download, and no more."""
    folder = archive.collection().downloads
    folder.mkdir(parents=True)
    (folder / "images.tar.gz.part").write_bytes(b"x" * CUT)
    fetch(web.mirror("good"))

    assert [entry[1] for entry in web.asked("good")] == [f"bytes={CUT}-", None, None]


def test_mirrors_are_tried_in_order(cache, web):
    """Mirrors that fail in every way are passed by; the one that delivers comes last."""
    bad = ["missing", "busy", "page", "wrong", "strange", "looping", "endless", "silent"]
    _, said = fetch(*map(web.mirror, bad), "http://127.0.0.1:9/", web.mirror("good"))

    order = [line.split("/")[3] for line in said.splitlines() if "images.tar.gz: from" in line]
    assert order == [*bad, "images.tar.gz", "good"]


def test_slow_mirror_is_left_for_a_quick_one(cache, web):
    """A slow mirror is left, and what it has sent is used."""
    _, said = fetch(web.mirror("slow"), web.mirror("good"))

    assert "it is slow" in said
    assert web.asked("good")[0][1] is not None


def test_slow_mirror_is_better_than_none(cache, web, packed):
    """Where no other mirror delivers, a slow one is used all the same."""
    small = Collection(packed[1].files[1:], ())
    path = download(
        small.files[0], [web.mirror("slow"), web.mirror("missing")], cache, print, HASTE
    )

    assert path.read_bytes() == (packed[0] / "annotations.tar.gz").read_bytes()


def test_all_mirrors_fail(cache, web, packed):
    """One message says for each mirror what was wrong, what was expected, and what to do."""
    kinds = ["missing", "busy", "page", "wrong", "endless", "silent"]
    text = refusal(*map(web.mirror, kinds), "http://127.0.0.1:9/pets")
    size = f"{packed[1].files[0].size:,} bytes"

    assert f"images.tar.gz could not be downloaded ({size} were expected)" in text
    for kind, reason in {
        "missing": "it answers 404",
        "busy": "it answers 503",
        "page": "it sends another file of 33 bytes",
        "wrong": "this is another file: its md5 checksum is",
        "endless": "it sends more bytes than the file has",
        "silent": "nothing came for 0.4 s",
    }.items():
        assert f"{web.mirror(kind)}images.tar.gz: {reason}" in text
    assert "http://127.0.0.1:9/pets/images.tar.gz: no connection" in text
    assert "HTTPS_PROXY" in text
    assert "--from-files" in text
    assert "Traceback" not in text
    assert archive.downloaded() is None


def test_useless_mirrors_are_asked_once(cache, web):
    """A mirror that has another file, or none, is not asked again."""
    refusal(web.mirror("missing"), web.mirror("wrong"), web.mirror("page"))

    assert [entry[0].split("/")[1] for entry in web.log] == ["missing", "wrong", "page"]


@pytest.mark.parametrize("address", ["ftp://example.org/pets", "pets", "file:///etc"])
def test_addresses_that_are_none(cache, address):
    """What is no address on the web is refused before anything is asked."""
    assert f"'{address}' is no address of a mirror" in refusal(address)


def test_passwords_in_addresses_stay_secret(cache, web):
    """The password of an address is not printed."""
    address = web.mirror("missing").replace("http://", "http://teacher:secret@")

    assert "secret" not in refusal(address)


def test_mirrors_from_the_environment(cache, web, monkeypatch):
    """PAWMARK_MIRRORS takes the place of the known addresses; checksums stay."""
    monkeypatch.setenv("PAWMARK_MIRRORS", f"{web.mirror('wrong')} {web.mirror('good')}")
    _, said = fetch()

    assert "this is another file: its md5 checksum" in said
    assert len(pets.dataset().names) == 12


def test_proxy(cache, web, monkeypatch):
    """HTTP_PROXY is used; a proxy that is not there is named as the reason."""
    with proxying(web) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        fetch("http://pets.invalid/cutting")
        assert {entry[0].split("/")[2] for entry in proxy.log} == {"pets.invalid"}
    monkeypatch.setenv("PAWMARK_CACHE", str(cache / "other"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    assert "the proxy is not there, or refuses" in refusal("http://pets.invalid/good")


def test_known_archives():
    """The built-in addresses and checksums are whole."""
    assert [file.name for file in OXFORD.files] == ["images.tar.gz", "annotations.tar.gz"]
    assert [len(file.md5) for file in OXFORD.files] == [32, 32]
    assert [len(file.sha256) for file in OXFORD.files] == [64, 64]
    assert all(mirror.startswith("https://") for mirror in OXFORD.mirrors)


def test_description_that_is_none(cache, tmp_path, monkeypatch):
    """A file that describes no archives is refused, with what was expected."""
    for text in ("", "[]", '{"archives": [{"name": "../x"}]}', '{"archives": [{"name": "a"}]}'):
        (tmp_path / "odd.json").write_text(text)
        monkeypatch.setenv("PAWMARK_ARCHIVES", str(tmp_path / "odd.json"))
        assert "describes no archives" in refusal()


# Disk --------------------------------------------------------------------------------------------


def test_space_is_looked_for_first(cache, packed, web, tmp_path, monkeypatch):
    """Where the disk is too small nothing is asked for, and the message says how much is needed."""
    huge = tuple(
        RemoteFile(file.name, file.size, file.md5, file.sha256, 10**17) for file in packed[1].files
    )
    described = describe_all(huge, tmp_path / "huge.json", [])
    monkeypatch.setenv("PAWMARK_ARCHIVES", str(described))
    text = refusal(web.mirror("good"))

    assert "The photographs need 200,000,000.0 GB of disk" in text
    assert "PAWMARK_CACHE" in text
    assert web.log == []


def test_unwritable_cache(cache, web, tmp_path, monkeypatch):
    """A cache that cannot be written gives one message."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PAWMARK_CACHE", str(tmp_path / "file"))

    assert "set PAWMARK_CACHE" in refusal(web.mirror("good"))


def test_from_files(cache, packed, tmp_path):
    """On a machine without internet the archives come from files, in any order, and stay there."""
    files = [tmp_path / "b.tgz", tmp_path / "a.tgz"]
    for path, name in zip(files, ["annotations.tar.gz", "images.tar.gz"], strict=True):
        shutil.copy(packed[0] / name, path)
    fetch(from_files=files)

    assert len(pets.dataset().names) == 12
    assert all(path.exists() for path in files)


def test_from_files_that_are_others(cache, packed, tmp_path):
    """Files that are missing, cut off, changed or given twice are named, with the reason."""
    images, annotations = (packed[0] / name for name in ("images.tar.gz", "annotations.tar.gz"))
    content = bytearray(images.read_bytes())
    (tmp_path / "cut.tar.gz").write_bytes(content[:-5])
    content[500] ^= 1
    (tmp_path / "changed.tar.gz").write_bytes(content)
    nowhere = tmp_path / "nowhere.tar.gz"

    assert f"There is no file {nowhere}" in refusal(from_files=[nowhere, annotations])
    text = refusal(from_files=[tmp_path / "cut.tar.gz", annotations])
    assert f"it has {len(content) - 5:,} bytes" in text
    assert f"images.tar.gz ({len(content):,} bytes)" in text
    changed = refusal(from_files=[tmp_path / "changed.tar.gz", annotations])
    assert "its md5 checksum is" in changed
    assert "is none of the archives" in refusal(from_files=[images, images])
    assert rests(cache) == []


# Archives ----------------------------------------------------------------------------------------


def tar_of(path: Path, *members: tarfile.TarInfo, content: bytes = b"") -> Path:
    """Write an archive with these members, each with this content if it is a file."""
    with tarfile.open(path, "w:gz") as tar:
        for member in members:
            if member.isreg():
                member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    """Describe an entry of an archive."""
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, link
    return entry


DANGEROUS = {
    "parent": member("images/../../evil"),
    "absolute": member("/tmp/evil"),
    "backslash": member("images\\..\\evil"),
    "drive": member("C:/evil"),
    "symbolic link": member("images/evil", tarfile.SYMTYPE, "/etc/passwd"),
    "hard link": member("images/evil", tarfile.LNKTYPE, "../../evil"),
    "device": member("images/evil", tarfile.CHRTYPE),
    "block device": member("images/evil", tarfile.BLKTYPE),
    "pipe": member("images/evil", tarfile.FIFOTYPE),
    "deep": member("/".join(["images"] * 20)),
    "long": member(f"images/{'x' * 240}"),
}


@pytest.mark.parametrize("entry", DANGEROUS.values(), ids=DANGEROUS)
def test_dangerous_archives(tmp_path, entry):
    """Links, devices, pipes and paths that lead out are refused, and nothing of them is written."""
    (tmp_path / "inside").mkdir()
    path = tar_of(tmp_path / "a.tar.gz", member("images/first.jpg"), entry, content=b"x")
    with pytest.raises(DataError, match="was not unpacked"):
        unpack(path, tmp_path / "inside", ["images", "/", "C:"])

    assert [p.name for p in tmp_path.rglob("*evil*")] == []
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.tar.gz", "inside"]


@pytest.mark.parametrize(
    ("bounds", "says"),
    [
        (Bounds(members=2), "more than 2 files"),
        (Bounds(member_bytes=900), "has 1,000 bytes"),
        (Bounds(total_bytes=2500), "more than 2,500 bytes"),
    ],
)
def test_archives_that_swell(tmp_path, bounds, says):
    """Too many files, too large ones, and too much in all are refused."""
    entries = [member(f"images/{i}.jpg") for i in range(3)]
    path = tar_of(tmp_path / "a.tar.gz", *entries, content=bytes(1000))
    with pytest.raises(DataError, match=says):
        unpack(path, tmp_path / "inside", ["images"], bounds)


def test_header_that_swells(tmp_path):
    """A header that unzips to more than a file may have is refused before it is in memory."""
    entry = member("images/a.jpg")
    entry.pax_headers = {"comment": "x" * 3_000_000}
    path = tar_of(tmp_path / "a.tar.gz", entry)
    with pytest.raises(DataError, match="too large"):
        unpack(path, tmp_path / "inside", ["images"], Bounds(member_bytes=1 << 20))


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b" + bytes(50)])
def test_archives_that_are_none(tmp_path, content):
    """What is no archive gives one message."""
    (tmp_path / "a.tar.gz").write_bytes(content)
    with pytest.raises(DataError, match=r"is damaged or no \.tar\.gz"):
        unpack(tmp_path / "a.tar.gz", tmp_path / "inside", ["images"])


def test_archive_cut_short(tmp_path, packed):
    """An archive without its end gives one message."""
    content = (packed[0] / "images.tar.gz").read_bytes()
    (tmp_path / "a.tar.gz").write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match=r"is damaged or no \.tar\.gz"):
        unpack(tmp_path / "a.tar.gz", tmp_path / "inside", ["images"])


def test_modes_are_reset(tmp_path):
    """No file comes out of an archive as a program, nor for others to write."""
    entry = member("images/a.jpg")
    entry.mode = 0o4777
    unpack(tar_of(tmp_path / "a.tar.gz", entry), tmp_path / "inside", ["images"])

    assert (tmp_path / "inside/images/a.jpg").stat().st_mode & 0o7133 == 0


def test_archives_of_another_layout(cache, web, packed, tmp_path, monkeypatch):
    """Archives with the right checksums and the wrong content leave nothing behind."""
    files = []
    for name in ("images.tar.gz", "annotations.tar.gz"):
        path = tar_of(tmp_path / name, member("images/a.jpg"), content=b"x")
        files.append(describe(path))
    described = describe_all(tuple(files), tmp_path / "odd.json", [])
    monkeypatch.setenv("PAWMARK_ARCHIVES", str(described))
    text = refusal(from_files=[tmp_path / file.name for file in files])

    assert "are no data set of this course" in text
    assert rests(cache) == []
    assert archive.downloaded() is None


# The command -------------------------------------------------------------------------------------


def command(*arguments: str) -> subprocess.Popen:
    """Start the command line in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", "from pawmark.cli import main; main()", "data", *arguments],
        env={**os.environ, "PYTHONPATH": str(Path(pawmark.__file__).parents[1])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_interrupted_fetch_goes_on(cache, web):
    """Ctrl-C ends a fetch with one message; the same command asks only for the rest."""
    downloads = archive.collection().downloads
    first = command("fetch", "--mirror", web.mirror("slow"))
    wait_for(lambda: (downloads / "images.tar.gz.part").is_file()
             and (downloads / "images.tar.gz.part").stat().st_size > 0)  # fmt: skip
    first.send_signal(signal.SIGINT)
    _, errors = first.communicate(timeout=30)
    assert first.returncode == 130
    assert errors.startswith("pawmark: interrupted. What has come is kept")
    assert "Traceback" not in errors
    kept = (downloads / "images.tar.gz.part").stat().st_size

    second = command("fetch", "--mirror", web.mirror("good"))
    out, errors = second.communicate(timeout=60)
    assert second.returncode == 0, errors
    assert f"The photographs are in {archive.collection().folder}" in out
    assert web.asked("good")[0][1] == f"bytes={kept}-"
    assert rests(cache) == []


def test_killed_fetch_goes_on(cache, web):
    """A fetch that was killed leaves what came; the next one clears up and goes on."""
    downloads = archive.collection().downloads
    first = command("fetch", "--mirror", web.mirror("slow"))
    wait_for(lambda: (downloads / "images.tar.gz.part").is_file())
    first.kill()
    first.communicate(timeout=30)
    fetch(web.mirror("good"))

    assert rests(cache) == []


def test_second_process_waits(cache, web):
    """Of two processes one downloads; the other waits, says so, and finds the result."""
    first = command("fetch", "--mirror", web.mirror("held"))
    wait_for(lambda: web.log)
    second = command("fetch", "--mirror", web.mirror("good"))
    assert "Another process is fetching" in second.stdout.readline()
    web.released.set()
    outputs = [process.communicate(timeout=100)[0] for process in (first, second)]

    assert [process.returncode for process in (first, second)] == [0, 0]
    assert all("The photographs are in" in text for text in outputs)
    assert web.asked("good") == []


def test_fetch_says_what_is_wrong(cache, web):
    """A fetch that fails has exit status 1, one message and no traceback."""
    process = command("fetch", "--mirror", web.mirror("missing"))
    _, errors = process.communicate(timeout=30)

    assert process.returncode == 1
    assert errors.startswith("pawmark: images.tar.gz could not be downloaded")
    assert "Traceback" not in errors


def test_marker_names_the_archives(cache, web, packed):
    """The fetched folder says which archives it came from."""
    folder, _ = fetch(web.mirror("good"))
    marker = json.loads((folder / archive.MARKER).read_text())

    assert marker["archives"] == {file.name: file.sha256 for file in packed[1].files}
    assert marker["photographs"] == marker["trimaps"] == 12
