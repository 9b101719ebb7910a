"""Files are written whole or not at all."""

import os
import stat

import pytest

from pawmark.files import write_whole


def test_written_whole(tmp_path):
    """The file has the new content, its folders are made, and no piece is left beside it."""
    path = tmp_path / "new" / ("x" * 255)
    write_whole(path, b"one")
    write_whole(path, b"two")

    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_failure_leaves_what_was_there(tmp_path):
    """Where the new one cannot take its place, the old one is there, and no piece."""
    folder = tmp_path / "taken"
    folder.mkdir()
    (folder / "inner").touch()
    with pytest.raises(OSError, match="taken"):
        write_whole(folder, b"new")

    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize(("private", "mode"), [(True, 0o600), (False, 0o644)])
def test_who_may_read_it(tmp_path, private, mode):
    """A private file is the user's alone; others are as the umask has them."""
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "file", b"", private=private)
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode
