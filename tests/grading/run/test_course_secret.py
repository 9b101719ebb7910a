"""A course draws its secret once; all that is hidden follows from it, and it shows nowhere."""

import json
import threading

import pytest

from pawmark.errors import CourseError
from pawmark.grading.course_folder import SECRET
from pawmark.grading.results import record
from pawmark.grading.run import course_secret, seeds
from pawmark.grading.secret import PRACTICE, Secret, data_seed, of_checks


def test_a_secret_is_drawn_once_and_kept_for_the_grader_alone(tmp_path):
    """256 bits in a file of mode 600; whoever asks again gets the same, another course another."""
    secret = course_secret.of(tmp_path / "a")
    path = tmp_path / "a" / SECRET

    assert path.stat().st_mode & 0o777 == 0o600
    assert len(bytes.fromhex(path.read_text())) == 32
    assert course_secret.of(tmp_path / "a") == secret != course_secret.of(tmp_path / "b")
    assert [kept.name for kept in path.parent.iterdir()] == ["secret"]


def test_graders_who_begin_at_once_have_one_secret(tmp_path):
    """Of several who draw it, one is first, and all go on with that one."""
    found = []
    barrier = threading.Barrier(8)

    def ask():
        barrier.wait()
        found.append(course_secret.of(tmp_path))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [course_secret.of(tmp_path)] * 8


def test_what_follows_is_told_apart_by_its_purpose():
    """Purposes, parts and secrets have seeds of their own, the same ones every time."""
    secret = Secret(b"one")
    drawn = [
        secret.seed("data"),
        secret.seed("hand-in", "a"),
        secret.seed("hand-i", "na"),
        secret.part("checks", "03").seed("data"),
        secret.part("checks", "04").seed("data"),
        Secret(b"other").seed("data"),
    ]

    assert len(set(drawn)) == len(drawn)
    assert all(0 <= seed < 1 << 52 for seed in drawn)
    assert secret.seed("hand-in", "a") == Secret(b"one").seed("hand-in", "a")


def test_it_is_not_printed():
    """What shows a secret, in a traceback or a log, shows none of its bytes."""
    secret = Secret(b"a very secret key")

    assert "secret key" not in f"{secret} {secret!r} {[secret]}"
    assert secret.name not in (secret.key.hex(), secret.key.decode())


def test_the_setting_takes_its_place(monkeypatch):
    """PAWMARK_GRADING_SEED makes photographs repeatable, of checks too, in any course."""
    monkeypatch.delenv("PAWMARK_GRADING_SEED")
    one, other = Secret(b"one"), Secret(b"other")
    assert data_seed(one) != data_seed(other)
    assert of_checks(one, "03") != of_checks(other, "03")
    monkeypatch.setenv("PAWMARK_GRADING_SEED", "5")

    assert data_seed(one) == data_seed(other) == 5
    assert of_checks(one, "03") == of_checks(other, "03") != of_checks(one, "04")


def graded_with(course, name):
    """Leave what of a record names the secret."""
    path = record.path_of(course, "ada", "03_encoder_decoder")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"version": record.VERSION, "secret": name}))
    return path


def test_a_lost_secret_is_not_drawn_anew_in_silence(tmp_path):
    """One message names file, grades and remedy; the word `new` in the file asks for another."""
    before = course_secret.of(tmp_path)
    graded_with(tmp_path, before.name)
    (tmp_path / SECRET).unlink()

    with pytest.raises(CourseError) as caught:
        course_secret.of(tmp_path)
    for words in ("is gone", str(tmp_path / SECRET), before.name, "backup", "word new"):
        assert words in str(caught.value)
    assert not (tmp_path / SECRET).exists()

    (tmp_path / SECRET).write_text("new\n")
    after = course_secret.of(tmp_path)
    assert after != before
    assert course_secret.of(tmp_path) == after
    assert (tmp_path / SECRET).stat().st_mode & 0o777 == 0o600


def test_grades_of_before_there_were_secrets_do_not_keep_one_from_being_drawn(tmp_path):
    """A class that an earlier Pawmark graded goes on: its records name no secret."""
    graded_with(tmp_path, "")

    assert course_secret.of(tmp_path).name


@pytest.mark.parametrize("content", [b"", b"abc", b"\xff\xfe", b"zz" * 32, b"00" * 31])
def test_a_damaged_secret_is_one_message(tmp_path, content):
    """What is no secret is not used and not replaced."""
    path = tmp_path / SECRET
    path.parent.mkdir()
    path.write_bytes(content)

    with pytest.raises(CourseError, match=r"cannot be used: .*secret"):
        course_secret.of(tmp_path)
    assert path.read_bytes() == content


def test_a_secret_that_cannot_be_kept_stops_grading(tmp_path):
    """Where nothing can be written the message says so: no run draws one for itself."""
    (tmp_path / ".pawmark").write_text("no folder")

    with pytest.raises(CourseError, match="nothing is graded without"):
        course_secret.of(tmp_path)


def test_seeds_of_hand_ins_outlive_the_secret(tmp_path):
    """Same hand-in, same seed, after another secret too; a new hand-in has a new one."""
    first = seeds.of(tmp_path, "abc")
    assert first == course_secret.of(tmp_path).seed("hand-in", "abc")
    (tmp_path / SECRET).write_text("new")

    assert seeds.of(tmp_path, "abc") == first
    assert seeds.of(tmp_path, "def") == course_secret.of(tmp_path).seed("hand-in", "def")


def test_practice_is_nobodys_secret(tmp_path):
    """What checks in an instructor's own notebook draw from is no course's."""
    assert course_secret.of(tmp_path).seed("data") != PRACTICE.seed("data")
