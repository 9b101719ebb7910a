"""Records of runs: plain files, whole under many writers, listed, shown and pruned by command."""

import hashlib
import json
import os
import threading

import numpy as np
import pytest
from made_records import make_record
from typer.testing import CliRunner

from pawmark.cli import app
from pawmark.errors import CourseError
from pawmark.grading.boundary import wire
from pawmark.grading.results import record
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.run import recording, store

DAY = 86400


def made_recording(seed=1, text="", assignment="01_one"):
    """Build a recording with two cells, one of which lost its process, and two answers."""
    about = {"assignment": assignment, "checks": "c" * 32}
    made = recording.Recording(seed, "bubblewrap", about=about)
    made.cells[0] = recording.RecordedCell([{"output_type": "stream", "text": text}], None)
    made.cells[3] = recording.RecordedCell([], Outcome.TIMEOUT)
    reply = wire.Message({"value": {"$": "bytes", "b": 0}}, (b"\x00\xff",))
    made.answers["01-f", "test_f"].append(recording.Answer("q" * 64, reply, None))
    made.answers["01-g", "test_g"].append(recording.Answer("r" * 64, None, Outcome.CRASHED))
    return made


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Give a course with two assignments and three recordings, used today, 10 and 100 days ago."""
    for name in ("01_one", "02_two"):
        (tmp_path / "source" / name).mkdir(parents=True)
        (tmp_path / "source" / name / f"{name}.ipynb").touch()
    for key, days, name in (("aa1", 0, "01_one"), ("aa2", 10, "02_two"), ("b3", 100, "01_one")):
        recording.write(tmp_path, key, recording.to_bytes(made_recording(assignment=name)))
        used = 1000 * DAY - days * DAY
        os.utime(recording.path_of(tmp_path, key), (used, used))
    path = record.path_of(tmp_path, "\x1b[31mann", "01_one")
    path.parent.mkdir(parents=True)
    path.write_bytes(make_record("\x1b[31mann", "01_one", recording="aa1").to_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments, status=0):
    """Run pawmark recordings and return what it printed."""
    done = CliRunner().invoke(app, ["recordings", *arguments])
    assert done.exit_code == status, done.output
    return done.output


def kept(course):
    """Return the names of the recordings that are there."""
    return {entry.key for entry in store.entries(course)}


def test_a_tape_is_plain_lines():
    """A recording is JSON lines that say what they are, and is read back as it was."""
    text = recording.to_bytes(made_recording(seed=7, text="caf\u00e9\u2028")).decode("ascii")

    head, *lines = [json.loads(line) for line in text.splitlines()]
    assert head["seed"] == 7
    assert head["about"]["assignment"] == "01_one"
    assert [line.get("cell", line.get("check")) for line in lines] == [0, 3, "test_f", "test_g"]
    assert recording.from_bytes(text.encode()) == made_recording(seed=7, text="caf\u00e9\u2028")


def with_arrays(sizes, check=False):
    """Return a recording whose answers hold so many bytes of noise, the same for the same size."""
    made = made_recording()
    for place, size in enumerate(sizes):
        noise = np.random.default_rng(size).bytes(size)
        reply = wire.encode({"value": {"first": noise, "again": noise}, "place": place})
        answer = recording.Answer(f"{place:064}", reply, None)
        if check:
            made.answers["01-f", "test_f"].append(answer)
        else:
            made.probes["01-f"][answer.question] = answer
    return made


@pytest.mark.parametrize("check", [False, True])
def test_a_large_array_is_kept_once(check):
    """However many answers hold an array above 64 kB, it is in the file once, by its digest."""
    made = with_arrays([200_000, 200_000, 100], check)
    data = recording.to_bytes(made)

    assert recording.from_bytes(data) == made
    assert 200_000 < len(data) < 300_000
    assert data.count(hashlib.sha256(np.random.default_rng(200_000).bytes(200_000)).hexdigest()
                      .encode()) == 5  # fmt: skip


def test_what_is_over_the_budget_is_the_largest():
    """Of the answers to single inputs the small ones are kept, whatever comes first."""
    made = with_arrays([3_000_000, 1_000_000, 2_500_000, 50_000, 20])
    data = recording.to_bytes(made)

    assert len(data) < recording.MAX_PROBES + 10_000
    assert {int(key) for key in recording.from_bytes(data).probes["01-f"]} == {1, 2, 3, 4}


def test_what_is_cut_off_is_no_tape():
    """A recording that ends early, at any byte, or holds something else, counts as none."""
    data = recording.to_bytes(made_recording())

    assert all(recording.from_bytes(data[:end]) is None for end in range(len(data) - 1))
    assert recording.from_bytes(b"\xff\xfe") is None
    assert recording.from_bytes(b'[1]\n{"cell": 1}\n') is None


def test_many_writers_and_readers(tmp_path):
    """While two write the same recording again and again, whoever reads it gets a whole one."""
    wanted = [made_recording(seed=1, text="a" * 20_000), made_recording(seed=2, text="b" * 30_000)]
    recording.save(tmp_path, "key", wanted[0])

    def write(one):
        for _ in range(200):
            recording.save(tmp_path, "key", one)

    writers = [threading.Thread(target=write, args=[one]) for one in wanted]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert recording.load(tmp_path, "key") in wanted
    assert [path.name for path in (tmp_path / recording.FOLDER).iterdir()] == ["key.jsonl"]


def test_a_disk_that_takes_nothing_keeps_the_old_tape(tmp_path):
    """What cannot be written leaves no piece behind: a recording only saves time."""
    (tmp_path / ".pawmark").write_text("no folder")

    recording.save(tmp_path, "key", made_recording())

    with pytest.raises(OSError, match=r"\.pawmark"):
        recording.write(tmp_path, "key", b"")


def test_list_says_whose_it_is(course):
    """The list has a line for each record, and a student's name cannot drive the terminal."""
    (course / recording.FOLDER / "c4.jsonl").write_text("cut o")
    printed = run("list")

    assert "aa1  01_one" in printed
    assert "\\x1b[31mann" in printed
    assert "\x1b" not in printed
    assert "c4  not whole" in printed
    assert "4 recordings" in printed


def test_show_counts_and_names_losses(course):
    """One record is shown by the start of its name: cells, questions, and what was lost."""
    printed = run("show", "b3")

    assert "cell 4: timeout" in printed
    assert "01-g test_g: 1, crashed" in printed
    for start in ("aa", "zz"):
        with pytest.raises(CourseError, match="Which recording"):
            store.find(course, start)


def test_prune_by_age_size_and_assignment(course):
    """Old ones go, then those used longest ago, within an assignment if one is named."""
    now, size = 1000 * DAY, store.entries(course)[0].size

    assert [entry.key for entry in store.prune(course, days=50, now=now, remove=False)] == ["b3"]
    assert len(kept(course)) == 3
    assert [entry.key for entry in store.prune(course, size=2 * size, now=now)] == ["b3"]
    assert store.prune(course, days=5, assignment="01_one", now=now) == []
    assert "2 recordings" not in run("prune", "--assignment", "02")
    assert kept(course) == {"aa1"}
    with pytest.raises(CourseError, match="Which recordings"):
        CliRunner().invoke(app, ["recordings", "prune"], catch_exceptions=False)


def test_prune_leaves_what_is_being_written(course):
    """Pieces of killed graders go when they are old; a young one may still become a record."""
    piece = course / recording.FOLDER / ".key-abc"
    piece.touch()

    store.prune(course, days=1e6)
    assert piece.exists()
    os.utime(piece, (0, 0))
    store.prune(course, days=1e6)
    assert not piece.exists()
