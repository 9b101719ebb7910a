"""A submission's folder read as hostile files: nothing followed, nothing unpacked, all capped."""

import os
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pawmark.grading.intake import files


def archive(path: Path, members: dict[str, bytes]) -> Path:
    """Write a zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def names(folder: Path) -> list[str]:
    """Return the names of the notebooks found."""
    return [found.name for found in files.notebooks_of(folder)]


def test_notebooks_are_found_at_any_depth_and_in_archives(tmp_path):
    """Folders and archives are searched, in order of their names; other files are passed over."""
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "b" / "c" / "n.IPYNB").write_bytes(b"1")
    (tmp_path / "n.ipynb").write_bytes(b"2")
    (tmp_path / "n.py").write_bytes(b"3")
    archive(tmp_path / "a.zip", {"../../x.ipynb": b"4", "/etc/y.ipynb": b"5", "z.txt": b"6"})

    assert names(tmp_path) == [
        "a.zip: ../../x.ipynb",
        "a.zip: /etc/y.ipynb",
        "n.ipynb",
        "b/c/n.IPYNB",
    ]
    assert {path.name for path in tmp_path.rglob("*")} == {
        "b",
        "c",
        "n.IPYNB",
        "n.ipynb",
        "n.py",
        "a.zip",
    }


def test_copies_that_programs_leave_are_known_as_such():
    """Checkpoints and a Mac's companions are no one's work."""
    hidden = (".ipynb_checkpoints/a.ipynb", "._a.ipynb", "w.zip: __MACOSX/._a.ipynb")

    assert all(files.Found(name, b"").hidden for name in hidden)
    assert not files.Found("w.zip: a.b/c.ipynb", b"").hidden


def test_links_pipes_and_folders_are_never_opened(tmp_path):
    """What is no regular file is passed over without waiting."""
    (tmp_path / "secret").write_text("{}")
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "a.ipynb").symlink_to(tmp_path / "secret")
    (folder / "linked").symlink_to(tmp_path)
    (folder / "c.ipynb").mkdir()
    os.mkfifo(folder / "d.ipynb")
    os.mkfifo(folder / "e.zip")

    assert names(folder) == []
    assert len(files.copy_extra(folder, tmp_path / "copy")) == 1
    assert not (tmp_path / "copy").exists()


def test_links_in_archives_are_passed_over(tmp_path):
    """A link in an archive is text that names a place, and no notebook."""
    link = zipfile.ZipInfo("a.ipynb")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr(link, "/etc/passwd")

    assert names(tmp_path) == []


def test_archives_that_swell_are_cut(tmp_path, monkeypatch):
    """What comes out of an archive is capped, whatever it says of its sizes."""
    monkeypatch.setattr(files, "MAX_BYTES", 1000)
    path = archive(tmp_path / "a.zip", {"bomb.ipynb": bytes(100_000), "b.ipynb": b"1"})
    data = path.read_bytes().replace(struct.pack("<I", 100_000), struct.pack("<I", 10))
    path.write_bytes(data)

    assert "a.zip: bomb.ipynb" not in names(tmp_path) or len(data) > 1000
    assert all(len(found.data) <= 1000 for found in files.notebooks_of(tmp_path))


def test_only_so_many_notebooks_are_looked_at(tmp_path):
    """Thousands of notebooks do not keep the others of the class waiting."""
    archive(tmp_path / "a.zip", {f"{n}.ipynb": b"{}" for n in range(100)})

    assert len(names(tmp_path)) == files.MAX_FOUND


@given(place=st.integers(0, 400), value=st.integers(0, 255), cut=st.integers(0, 400))
@settings(
    deadline=None, max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damaged_archives_raise_nothing(tmp_path, place, value, cut):
    """An archive with any byte changed, or cut off, gives what can be read or nothing."""
    path = archive(tmp_path / "a.zip", {"a.ipynb": b"{}" * 50, "b/c.ipynb": b"[]"})
    data = bytearray(path.read_bytes())
    data[place % len(data)] = value
    path.write_bytes(data[: len(data) - cut] if cut % 3 == 0 else data)

    for found in files.notebooks_of(tmp_path):
        assert isinstance(found.data, bytes)


def test_extra_files_are_copied_if_they_are_plain(tmp_path):
    """Plain files keep their places; what is left out is named."""
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "a").mkdir(parents=True)
    (source / "a" / "plain.txt").write_text("plain")
    (source / "n.ipynb").write_text("{}")
    (source / "link").symlink_to("/etc/passwd")
    left_out = files.copy_extra(source, target)

    assert left_out == ["the file 'link' was left out: it is not a regular file that can be opened"]
    assert [str(p.relative_to(target)) for p in target.rglob("*.*")] == ["a/plain.txt"]


def test_extra_files_are_copied_up_to_a_total(tmp_path, monkeypatch):
    """The sum of what is copied is capped."""
    monkeypatch.setattr(files, "MAX_EXTRA_BYTES", 1000)
    for name in "abc":
        (tmp_path / name).write_bytes(bytes(400))
    left_out = files.copy_extra(tmp_path, tmp_path / "target")

    assert len(left_out) == 1


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2024-01-02 03:04:05.6 UTC\n", "2024-01-02 03:04:05.6 UTC"),
        ("2024-01-02 03:04:05 ../../etc/passwd", ""),
        ("x" * 200, ""),
        ("\u0661", ""),
    ],
)
def test_a_time_is_read_as_text_that_looks_like_one(tmp_path, text, read):
    """No path, no megabytes and no other alphabet reach what reads times."""
    (tmp_path / "timestamp.txt").write_text(text, encoding="utf-8")

    assert files.timestamp_of(tmp_path) == read
