"""Decoded pictures on disk: the second notebook reads arrays, not photographs."""

import shutil
import threading

import numpy as np
import pytest

from pawmark import pets
from pawmark.pets import decoded

SIZE = (24, 20)


@pytest.fixture
def data(small_pets, tmp_path, monkeypatch):
    """Give a copy of the drawn photographs, and an empty cache."""
    monkeypatch.setenv("PAWMARK_CACHE", str(tmp_path / "cache"))
    shutil.copytree(small_pets.root, tmp_path / "pets")
    return pets.dataset(tmp_path / "pets")


def test_second_time_no_photograph_is_read(data):
    """What was decoded once comes from memory-mapped files, in any order that is asked for."""
    inputs, targets = data.arrays(SIZE)
    shutil.rmtree(data.images_dir)

    again = data.arrays(SIZE, tuple(reversed(data.names)))
    images, _ = decoded.load(data, SIZE, data.names)

    np.testing.assert_array_equal(again[0], inputs[::-1])
    np.testing.assert_array_equal(again[1], targets[::-1])
    assert images.dtype == np.uint8


def test_other_data_or_size_are_other_files(data, tmp_path):
    """Arrays are kept by the identity of the data, size and names: nothing stale is ever read."""
    data.arrays(SIZE)
    data.arrays((20, 24))
    data.arrays(SIZE, data.names[:33])

    assert len(list((tmp_path / "cache" / "arrays").glob("*/images.npy"))) == 3


def test_many_readers_at_once(data, tmp_path):
    """Several that decode the same at once give the same, and leave one whole result."""
    results = []
    readers = [threading.Thread(target=lambda: results.append(data.arrays(SIZE))) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()

    assert len(results) == 4
    assert all(np.array_equal(one[0], results[0][0]) for one in results)
    kept = {path.name for path in (tmp_path / "cache" / "arrays").iterdir() if path.is_dir()}
    assert len(kept) == 1


def test_a_cut_off_file_is_decoded_again(data, tmp_path):
    """A cache file that a full disk or a crash cut off costs time, not numbers."""
    inputs, _ = data.arrays(SIZE)
    (path,) = (tmp_path / "cache" / "arrays").glob("*/images.npy")
    path.write_bytes(path.read_bytes()[:1000])

    np.testing.assert_array_equal(data.arrays(SIZE)[0], inputs)
