"""The synthetic data set: drawn cats and dogs in the layout of the original archives."""

import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from functools import cache
from pathlib import Path

import numpy as np
import PIL

from pawmark.errors import DataError
from pawmark.pets.breeds import BREEDS
from pawmark.pets.cache import build_once, cache_dir
from pawmark.pets.layout import IMAGES, MARKER, TRIMAPS, image_names, trimap_names
from pawmark.pets.photographs import Pets, open_folder, read_marker
from pawmark.pets.synthetic.specimen import XMLS, write_specimen
from pawmark.processors import cpus
from pawmark.progress import progress_bar

# Raise it with every change that shows in a picture: bars are measured for one version.
GENERATOR_VERSION = 2

SEED = 1337
COUNT = 500

# The modules that decide on the bytes of a set; the others only read, fetch or check.
DRAWING = ("breeds.py", "synthetic/generator.py", "synthetic/specimen.py", "synthetic/drawing/*.py")

# Starting a process takes about as long as drawing this many pictures.
WORTH_A_PROCESS = 12


def synthetic(seed: int = SEED, count: int = COUNT) -> Pets:
    """Draw a data set, or find it in the cache.

    Parameters
    ----------
    seed : int
        The same seed and count give the same bytes, as long as program and libraries are the same.
    count : int
        Number of photographs, spread evenly over the 37 breeds.

    Returns
    -------
    Pets
        The data set, in the cache folder (PAWMARK_CACHE, or the user's cache).

    Raises
    ------
    DataError
        ``count`` is not positive, or the cache folder cannot be written.
    """
    seed, count = int(seed), int(count)
    if count < 1:
        raise DataError(f"A synthetic set needs at least 1 picture; asked for {count}.")
    target = folder_of(seed, count)
    build_once(
        target,
        lambda folder: write_set(folder, seed, count),
        lambda folder: _is_complete(folder, count),
        "the synthetic pictures",
    )
    return open_folder(target)


def folder_of(seed: int = SEED, count: int = COUNT) -> Path:
    """Name the folder of a set in the cache, whether or not it has been drawn."""
    return cache_dir() / f"synthetic-{fingerprint()}-seed{seed}-count{count}"


@cache
def fingerprint() -> str:
    """Name what decides on the bytes beside the seed: the drawing code and the JPEG encoder.

    A cache that another version of either filled is left alone.
    """
    digest = hashlib.sha256(f"{PIL.__version__} {np.__version__}".encode())
    package = Path(__file__).parents[1]
    for pattern in DRAWING:
        for source in sorted(package.glob(pattern)):
            digest.update(source.read_bytes())
    return f"v{GENERATOR_VERSION}-{digest.hexdigest()[:8]}"


def names_of(count: int) -> list[str]:
    """Name the photographs of a set: breed by breed in turn, numbers from 1.

    A larger set holds all photographs of a smaller one with the same seed.
    """
    return [f"{BREEDS[i % len(BREEDS)].name}_{i // len(BREEDS) + 1}" for i in range(count)]


def write_set(folder: Path, seed: int, count: int) -> None:
    """Draw a whole set into an empty folder; raises OSError when the disk is full."""
    for part in (IMAGES, TRIMAPS, XMLS):
        (folder / part).mkdir(parents=True)
    names = names_of(count)
    digests = {}
    with (
        progress_bar(f"Drawing {count} cats and dogs", count) as advance,
        closing(_draw_all(folder, seed, names)) as drawn,
    ):
        for name, digest in drawn:
            digests[name] = digest
            advance(1)
    _write_lists(folder, names, seed)
    _write_strays(folder, names)
    _write_marker(folder, seed, count, digests)


def _is_complete(folder: Path, count: int) -> bool:
    if read_marker(folder) is None:
        return False
    try:
        return len(image_names(folder)) == len(trimap_names(folder)) == count
    except FileNotFoundError:
        return False


def _draw_all(folder: Path, seed: int, names: list[str]) -> Iterator[tuple[str, str]]:
    workers = min(cpus(), len(names) // WORTH_A_PROCESS)
    shares = [names[start::workers] for start in range(workers)] if workers > 1 else []
    with ExitStack() as stack:
        try:
            processes = [stack.enter_context(_Worker(folder, seed, share)) for share in shares]
        except OSError:
            # Not every place lets a process start others; then this one draws alone.
            processes = []
        if processes:
            yield from _in_turn(processes)
            return
    for name in names:
        yield name, write_specimen(folder, seed, name)


def _in_turn(processes: list["_Worker"]) -> Iterator[tuple[str, str]]:
    """Listen to one process after the other; what a faster one reports waits in its pipe."""
    for turn in range(max(process.size for process in processes)):
        for process in processes:
            if turn < process.size:
                yield process.next()


class _Worker:
    """One drawing process, and the reports that come back from it."""

    def __init__(self, folder: Path, seed: int, names: list[str]) -> None:
        self.size = len(names)
        self._order = json.dumps({"folder": str(folder), "seed": seed, "names": names})

    def __enter__(self) -> "_Worker":
        # -P: a student's folder may hold a file named like a module of the standard library.
        command = [sys.executable, "-P", "-m", "pawmark.pets.synthetic.worker"]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the one who waits, and that one ends it
        )
        # A worker that ended at once is noticed when it is listened to.
        with suppress(BrokenPipeError):
            self._process.stdin.write(self._order)
            self._process.stdin.close()
        return self

    def next(self) -> tuple[str, str]:
        """Wait for the next picture; raises what the worker met."""
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            raise DataError(
                f"A process that draws the synthetic pictures ended early (exit status {code}). "
                "Its message is above; often the machine had too little memory. Try again."
            )
        report = json.loads(line)
        if "errno" in report:
            raise OSError(report["errno"], report["strerror"])
        return report["name"], report["digest"]

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.stdout.close()
        self._process.wait()


def _environment() -> dict[str, str]:
    """Let the worker find this very package, and keep it to one thread."""
    package_parent = str(Path(__file__).resolve().parents[3])
    path = os.pathsep.join(filter(None, [package_parent, os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _write_lists(folder: Path, names: list[str], seed: int) -> None:
    """Write list.txt, trainval.txt and test.txt with the columns of the original."""
    rows = {name: _row(name) for name in sorted(names, key=_by_class)}
    header = (
        "#Image CLASS-ID SPECIES BREED-ID\n"
        "#CLASS-ID: 1-37\n"
        "#SPECIES: 1 cat, 2 dog\n"
        "#BREED-ID: 1-12 for cats, 1-25 for dogs\n"
        "#The name of a cat's image starts with a capital letter\n"
        "#The name of a dog's image starts with a small letter\n"
    )
    annotations = folder / "annotations"
    (annotations / "list.txt").write_text(header + "".join(rows.values()), encoding="ascii")
    shuffled = list(rows)
    random.Random(f"{seed} trainval").shuffle(shuffled)
    first_half = set(shuffled[: (len(shuffled) + 1) // 2])
    trainval = "".join(row for name, row in rows.items() if name in first_half)
    test = "".join(row for name, row in rows.items() if name not in first_half)
    (annotations / "trainval.txt").write_text(trainval, encoding="ascii")
    (annotations / "test.txt").write_text(test, encoding="ascii")


def _by_class(name: str) -> tuple[int, int]:
    breed, number = name.rsplit("_", 1)
    return _CLASS[breed].class_id, int(number)


def _row(name: str) -> str:
    breed = _CLASS[name.rsplit("_", 1)[0]]
    species = 1 if breed.species == "cat" else 2
    return f"{name} {breed.class_id} {species} {breed.breed_id}\n"


_CLASS = {breed.name: breed for breed in BREEDS}


def _write_strays(folder: Path, names: list[str]) -> None:
    """Leave the files lying about that the original archives have too."""
    matlab = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
    for number in (100, 101, 102):
        (folder / IMAGES / f"Abyssinian_{number}.mat").write_bytes(matlab)
    # What a Mac adds when it packs an archive: the AppleDouble magic number, and no picture.
    apple_double = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        ".ljust(82, b"\x00")
    for name in sorted(names)[:3]:
        (folder / TRIMAPS / f"._{name}.png").write_bytes(apple_double)


def _write_marker(folder: Path, seed: int, count: int, digests: dict[str, str]) -> None:
    """Say what this folder holds; the identity covers every byte of every picture."""
    listing = "".join(f"{name} {digests[name]}\n" for name in sorted(digests))
    marker = {
        "kind": "synthetic",
        "seed": seed,
        "count": count,
        "generator_version": GENERATOR_VERSION,
        "identity": f"synthetic-{hashlib.sha256(listing.encode()).hexdigest()[:16]}",
    }
    text = json.dumps(marker, indent=2) + "\n"
    (folder / MARKER).write_text(text, encoding="utf-8")
