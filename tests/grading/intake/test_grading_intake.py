"""A submission's folder read as hostile files: nothing followed, nothing unpacked, all capped."""

import bz2
import io
import json
import os
import struct
import time
import zipfile
from pathlib import Path

import pytest
from hand_ins import FILE, SHAPES, Work, put, tarred, to_bytes, with_outputs, zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pawmark.grading.intake import files
from pawmark.grading.intake.attempts import is_later
from pawmark.grading.intake.beside import shadows
from pawmark.grading.intake.budget import Budget
from pawmark.grading.intake.choosing import choose
from pawmark.grading.intake.finding import MAX_FOUND, find

WORK = Work()
RIGHT = to_bytes(WORK.notebook)
CELL = b'{"cells": [{"cell_type": "code", "source": "x"}]}'


def names(folder: Path) -> list[str]:
    """Return the names of the notebooks found."""
    return [found.name for found in find(folder).candidates]


def read(folder: Path, **limits):
    """Read a submission, within a budget of its own."""
    return choose(WORK.release, find(folder, Budget(**limits)), FILE)


def test_notebooks_are_found_at_any_depth_and_in_archives(tmp_path):
    """Folders and archives are searched, in order of their names, and stay as they are."""
    put(tmp_path, CELL, "b/c/n.IPYNB")
    put(tmp_path, CELL, "n.ipynb")
    put(tmp_path, b"words", "n.txt")
    put(tmp_path, zipped({"../../x.ipynb": CELL, "/etc/y": CELL, "z.txt": b"6"}), "a.zip")
    before = sorted(tmp_path.rglob("*"))

    assert names(tmp_path) == ["a.zip: ../../x.ipynb", "a.zip: /etc/y", "n.ipynb", "b/c/n.IPYNB"]
    assert sorted(tmp_path.rglob("*")) == before


def test_copies_that_programs_leave_are_known_as_such(tmp_path):
    """Checkpoints and a Mac's companions are no one's work."""
    for name in (".ipynb_checkpoints/a.ipynb", "._a.ipynb", "a.b/c.ipynb"):
        put(tmp_path, CELL, name)
    put(tmp_path, zipped({"__MACOSX/._a.ipynb": CELL}), "w.zip")

    shown = [found.name for found in find(tmp_path).candidates if not found.hidden]
    assert shown == ["a.b/c.ipynb"]


def test_links_pipes_and_folders_are_never_opened(tmp_path):
    """What is no regular file is passed over without waiting, and named."""
    put(tmp_path, RIGHT, "secret")
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "a.ipynb").symlink_to(tmp_path / "secret")
    (folder / "linked").symlink_to(tmp_path)
    (folder / "c.ipynb").mkdir()
    os.mkfifo(folder / "d.ipynb")
    os.mkfifo(folder / "e.zip")

    assert names(folder) == []
    assert "'a.ipynb': it is not a regular file" in read(folder).unread
    assert len(files.copy_extra(folder, tmp_path / "copy")) == 2
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("link", ["assignment", "student"])
def test_a_folder_that_is_a_link_is_nobodys_work(tmp_path, link):
    """The right answers of somebody else, reached by a link, are not read."""
    put(tmp_path / "victim" / "a", WORK.notebook)
    (tmp_path / "thief").mkdir()
    if link == "assignment":
        (tmp_path / "thief" / "a").symlink_to(tmp_path / "victim" / "a")
    else:
        (tmp_path / "thief").rmdir()
        (tmp_path / "thief").symlink_to("victim")
    folder = tmp_path / "thief" / "a"

    assert "is a link" in read(folder).unread
    assert files.copy_extra(folder, tmp_path / "copy") == []
    assert files.timestamp_of(folder) == ""


def test_links_in_archives_are_passed_over(tmp_path):
    """A link in an archive is text that names a place, and no notebook."""
    link = zipfile.ZipInfo("a.ipynb")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr(link, "/etc/passwd")

    assert names(tmp_path) == []
    assert read(tmp_path).unread


def dropped_members(count: int) -> bytes:
    """Return an archive of few bytes that names one file of 50 MB again and again."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.ipynb", b"{" + bytes(50_000_000))
    raw = buffer.getvalue()
    begin, end = raw.rindex(b"PK\x01\x02"), raw.rindex(b"PK\x05\x06")
    central = raw[begin:end] * count
    numbers = (0, 0, count, count, len(central), begin, 0)
    return raw[:begin] + central + struct.pack("<4s4H2LH", b"PK\x05\x06", *numbers)


def test_what_is_unpacked_and_thrown_away_counts(tmp_path):
    """A small archive cannot keep the grader busy: a person is asked when the budget is spent."""
    put(tmp_path, dropped_members(1000), "work.zip")
    began = time.thread_time()
    repaired = read(tmp_path, total_bytes=100_000_000)

    assert "more than 100 MB when it is unpacked" in repaired.unread
    assert time.thread_time() - began < 20


def test_sparse_files_count(tmp_path):
    """A file of nothing that takes no room on the disk costs what it is said to hold."""
    with (tmp_path / "a.ipynb").open("wb") as file:
        file.write(b'{"cells": [')
        file.truncate(10_000_000_000)

    assert "larger than" in read(tmp_path, total_bytes=10**9).unread


def test_many_files_end_the_search_and_ask_a_person(tmp_path):
    """What was found until then is graded, and a person is told that there was more."""
    put(tmp_path, RIGHT, "a.ipynb")
    put(tmp_path, zipped({f"{n}.txt": b"x" for n in range(300)}), "b.zip")
    repaired = read(tmp_path, files=100)

    assert len(repaired.attempted) == 3
    assert "more than 100 files" in repaired.doubts[0].reason


def test_seconds_end_the_search(tmp_path):
    """Brackets without end are given up when the time is over."""
    put(tmp_path, b'{"metadata": [' + b"[],[]," * 1_000_000 + b"1]}")
    began = time.thread_time()
    repaired = read(tmp_path, seconds=0.2)

    assert "longer than 0.2 s" in repaired.unread
    assert time.thread_time() - began < 3


def test_only_so_many_notebooks_are_looked_at(tmp_path):
    """Thousands of notebooks do not keep the others of the class waiting."""
    put(tmp_path, zipped({f"{n}.ipynb": CELL for n in range(100)}), "a.zip")

    assert len(names(tmp_path)) == MAX_FOUND


@pytest.mark.slow
def test_sixty_megabytes_of_outputs_are_dropped(tmp_path):
    """A notebook with 60 MB of saved outputs is graded as any other."""
    put(tmp_path, with_outputs(WORK, 60_000_000))
    repaired = read(tmp_path)

    assert len(repaired.attempted) == 3
    assert repaired.doubts == ()


@given(place=st.integers(0, 400), value=st.integers(0, 255), cut=st.integers(0, 400))
@settings(
    deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.bz2"])
def test_damaged_archives_raise_nothing(tmp_path, kind, place, value, cut):
    """An archive with any byte changed, or cut off, gives what can be read or asks a person."""
    members = {"a.ipynb": CELL * 2, "b/c.ipynb": b"[]"}
    data = bytearray(zipped(members) if kind == "zip" else tarred(members, f"w:{kind[4:]}"))
    data[place % len(data)] = value
    put(tmp_path, bytes(data[: len(data) - cut] if cut % 3 == 0 else data), "a.bin")
    repaired = read(tmp_path)

    assert repaired.unread


NAMES = st.one_of(
    st.sampled_from([FILE, "a (1).ipynb", "a.ipynb.txt", "work.zip", ".x", "-1.ipynb", "é\u202e"]),
    st.text(
        st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=20
    ),
)
CONTENTS = st.one_of(
    st.sampled_from([RIGHT, CELL, b"", bytes(3000), RIGHT.decode().encode("utf-16"), b"[" * 9000]),
    st.builds(lambda cut: RIGHT[:cut], st.integers(0, len(RIGHT))),
    st.builds(
        lambda place, junk: RIGHT[:place] + junk + RIGHT[place:],
        st.integers(0, 3000),
        st.binary(max_size=9),
    ),
    st.binary(max_size=300),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["cells", "worksheets", "content", "source", "metadata", "id", "x"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    ).map(lambda tree: json.dumps(tree).encode()),
)
ARCHIVES = st.recursive(
    CONTENTS,
    lambda inner: st.builds(
        lambda members, pack: pack(members),
        st.dictionaries(NAMES.filter(lambda name: len(name.encode()) < 90), inner, max_size=3),
        st.sampled_from([zipped, tarred, lambda members: bz2.compress(tarred(members, "w"))]),
    ),
    max_leaves=5,
)
ENTRIES = st.one_of(
    st.tuples(st.just("file"), ARCHIVES),
    st.tuples(st.just("link"), st.sampled_from(["/dev/zero", "..", "a", "/etc/passwd"])),
    st.tuples(st.sampled_from(["pipe", "folder", "sparse", "shut"]), st.none()),
)


def build(folder: Path, tree: dict) -> None:
    """Build a folder from drawn entries; what the system does not take is left out."""
    for name, (kind, what) in tree.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if kind == "file":
                path.write_bytes(what)
            elif kind == "link":
                path.symlink_to(what)
            elif kind == "pipe":
                os.mkfifo(path)
            elif kind == "folder":
                path.mkdir()
            else:
                path.write_bytes(b"{")
                os.truncate(path, 10**10 if kind == "sparse" else 1)
                path.chmod(0 if kind == "shut" else 0o644)
        except OSError:
            continue


@given(
    tree=st.dictionaries(st.lists(NAMES, min_size=1, max_size=4).map("/".join), ENTRIES, max_size=6)
)
@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
def test_whatever_is_handed_in_is_graded_or_a_person_is_asked(tmp_path_factory, tree):
    """Trees, archives, encodings, links and sizes: one outcome, within the budget."""
    folder = tmp_path_factory.mktemp("fuzz")
    build(folder, tree)
    began = time.thread_time()
    repaired = read(folder, total_bytes=30_000_000, seconds=5)

    assert time.thread_time() - began < 20
    assert bool(repaired.unread) == (not repaired.graded)
    assert repaired.unread == "" or repaired.doubts
    json.dumps(repaired.notebook, ensure_ascii=False).encode()
    assert all(".." not in name.split("/") and name[0] != "/" for name in repaired.beside)


def test_extra_files_are_copied_if_they_are_plain(tmp_path):
    """Plain files keep their places; what is left out is named."""
    source, target = tmp_path / "source", tmp_path / "target"
    put(source, b"plain", "a/plain.txt")
    put(source, b"{}", "n.ipynb")
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
        ("2024-01-02 03:04:05.6 America/Los_Angeles", "2024-01-02 03:04:05.6 America/Los_Angeles"),
        ("2024-01-02 03:04:05 ../../etc/passwd", ""),
        ("2024-01-02 03:04:05 /etc/localtime", ""),
        ("../x 03:04:05 Europe/Budapest", ""),
        ("x" * 200, ""),
        ("\u0661", ""),
    ],
)
def test_a_time_is_read_as_text_that_looks_like_one(tmp_path, text, read):
    """No path, no megabytes and no other alphabet reach what reads times."""
    (tmp_path / "timestamp.txt").write_text(text, encoding="utf-8")

    assert files.timestamp_of(tmp_path) == read


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("a.ipynb", "a-1.ipynb"),
        ("a (1).ipynb", "a (2).ipynb.txt"),
        ("x/a-Copy1.ipynb", "a-Copy2.ipynb"),
        ("a - Copy.ipynb", "a - Copy (2).ipynb"),
        ("a_v2.ipynb", "a_V3.ipynb"),
        ("doe_1_2_a.ipynb", "doe_1_3_a.ipynb"),
        ("doe_1_9_a.ipynb", "doe_LATE_1_3_a.ipynb"),
        ("z 2026-11-27 23.10.ipynb", "a 2026-11-28.ipynb"),
        ("z_20261127_2310.ipynb", "a_20261127_2311.ipynb"),
        ("b - Nov 9, 2026 1105 AM - a.ipynb", "a - Nov 9, 2026 105 PM - a.ipynb"),
    ],
)
def test_names_tell_which_attempt_is_later(earlier, later):
    """Numbers, words and dates that browsers, servers and people put into names."""
    assert is_later((later, None), (earlier, None))
    assert is_later((earlier, None), (later, None)) is False


@pytest.mark.parametrize(
    ("one", "other"),
    [("a.ipynb", "b-1.ipynb"), ("a.ipynb", "x/a.ipynb"), ("01.ipynb", "02.ipynb"), ("(1)", "(2)")],
)
def test_names_that_tell_nothing(one, other):
    """Where names are those of other files, or the same, nothing is known."""
    assert is_later((one, None), (other, None)) is None


@pytest.mark.parametrize(
    "path", ["numpy.py", "Random.py", "keras/__init__.py", "json.pyc", "pawmark.py"]
)
def test_names_of_libraries_are_known(path):
    """A module in the working folder comes before a library of its name."""
    assert shadows(Path(path))


@pytest.mark.parametrize("path", ["helpers.py", "random.png", "data/json.csv"])
def test_other_names_hide_nothing(path):
    """Pictures and modules of other names may lie there."""
    assert not shadows(Path(path))


def test_the_shapes_are_of_every_kind():
    """Each kind of hand-in has its own shapes beside the one that was reported."""
    kinds = {}
    for name in SHAPES:
        kinds.setdefault(name.split("_")[0], []).append(name)

    assert all(len(found) >= 3 for kind, found in kinds.items() if kind != "plain"), kinds
