"""The original archives of the Oxford-IIIT Pets: fetching them into the cache, whole or not."""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pawmark import settings
from pawmark.errors import DataError
from pawmark.pets.cache import build_once, cache_dir
from pawmark.pets.fetching.download import Patience, RemoteFile, differs, download
from pawmark.pets.fetching.unpacking import unpack
from pawmark.pets.layout import image_names, trimap_names, verify

MARKER = "pawmark-archive.json"
ARCHIVES = settings.Settings.archives.variable
FOLDERS = ("images", "annotations")


@dataclass(frozen=True)
class Collection:
    """Archives that belong together, and where they are to be had.

    Attributes
    ----------
    files : tuple of RemoteFile
        The archives.
    mirrors : tuple of str
        Addresses of folders that hold all of them, in the order in which they are tried.
    """

    files: tuple[RemoteFile, ...]
    mirrors: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where they are unpacked: a folder of the cache that is named by their checksums."""
        key = hashlib.sha256("".join(file.sha256 for file in self.files).encode())
        return cache_dir() / f"photographs-{key.hexdigest()[:12]}"

    @property
    def downloads(self) -> Path:
        """Where they lie until they are unpacked."""
        return self.folder.with_name(f"{self.folder.name}-downloads")


# Bytes and sha256 as tensorflow_datasets knows them, md5 as torchvision does. Photographs hardly
# shrink when packed; of the annotations, small files that take a whole block each are most.
OXFORD = Collection(
    files=(
        RemoteFile(
            name="images.tar.gz",
            size=791_918_971,
            md5="5c4f3ee8e5d25df40f4fd59a7f44e54c",
            sha256="67195c5e1c01f1ab5f9b6a5d22b8c27a580d896ece458917e61d459337fa318d",
            unpacked=850_000_000,
        ),
        RemoteFile(
            name="annotations.tar.gz",
            size=19_173_078,
            md5="95a8c909bbe2e81eed6a22bccdf3f68f",
            sha256="52425fb6de5c424942b7626b428656fcbd798db970a937df61750c0f1d358e91",
            unpacked=150_000_000,
        ),
    ),
    mirrors=(
        "https://thor.robots.ox.ac.uk/~vgg/data/pets/",
        "https://www.robots.ox.ac.uk/~vgg/data/pets/data/",
    ),
)


def collection() -> Collection:
    """Return the archives that are meant: the original ones, unless the environment names others.

    PAWMARK_MIRRORS holds addresses, separated by blanks, that take the place of the built-in ones;
    the checksums stay. PAWMARK_ARCHIVES names a JSON file that describes other archives of the
    same layout, with their own addresses and checksums.

    Raises
    ------
    DataError
        The file that PAWMARK_ARCHIVES names cannot be used.
    """
    described = settings.here.archives
    found = _read_description(Path(described).expanduser()) if described else OXFORD
    return Collection(found.files, settings.here.mirrors or found.mirrors)


def downloaded() -> Path | None:
    """Return the folder of the archives that were fetched, or None when none were."""
    folder = collection().folder
    return folder if (folder / MARKER).is_file() else None


def fetch(
    mirrors: Sequence[str] = (),
    from_files: Sequence[Path] = (),
    say: Callable[[str], None] | None = None,
    patience: Patience | None = None,
) -> Path:
    """Bring the archives into the cache and unpack them there, unless that was done before.

    Of several processes one does the work, and the others wait. What has been downloaded stays
    when it is interrupted, and the next call goes on from there.

    Parameters
    ----------
    mirrors : sequence of str
        Addresses to use in place of the known ones.
    from_files : sequence of pathlib.Path
        The archives, when they are on this machine already; then nothing is downloaded.
    say : callable, optional
        Takes lines about what goes on; by default they are printed.
    patience : Patience, optional
        How long a mirror is waited for.

    Returns
    -------
    pathlib.Path
        The folder that holds ``images/`` and ``annotations/``.

    Raises
    ------
    DataError
        No mirror delivers, a checksum is wrong, the disk is too small or cannot be written, or an
        archive holds what it must not hold.
    """
    found = collection()
    say = say or partial(print, flush=True)
    job = _Fetching(Collection(found.files, tuple(mirrors) or found.mirrors), say, patience)
    path = build_once(
        found.folder,
        lambda folder: job.fill(folder, from_files),
        _is_complete,
        "the folder of the photographs",
        waits=lambda: say("Another process is fetching the photographs; waiting for it."),
    )
    shutil.rmtree(found.downloads, ignore_errors=True)
    return path


@dataclass(frozen=True)
class _Fetching:
    """One run of `fetch`, under its lock."""

    wanted: Collection
    say: Callable[[str], None]
    patience: Patience | None

    def fill(self, folder: Path, from_files: Sequence[Path]) -> None:
        """Fill an empty folder with the content of the archives."""
        self._look_for_space(folder, downloads=not from_files)
        archives = self._given(from_files) if from_files else self._downloads()
        for file, path in archives.items():
            self.say(f"{file.name}: unpacking")
            self._unpack(path, folder)
        # Their checksums were right: pixels are for `pawmark data check`.
        problems = verify(folder, most=0)
        if problems:
            listed = "\n".join(f"  - {problem}" for problem in problems)
            raise DataError(
                f"The archives were unpacked, but are no data set of this course:\n{listed}"
            )
        self._mark(folder)

    def _look_for_space(self, folder: Path, downloads: bool) -> None:
        needed = sum(file.unpacked for file in self.wanted.files)
        if downloads:
            needed += sum(self._missing(file) for file in self.wanted.files)
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise DataError(
                f"The photographs need {needed / 1e9:,.1f} GB of disk, and {free / 1e9:,.1f} GB "
                f"are free at {folder.parent}. Free some space there, or set PAWMARK_CACHE to a "
                "folder on another disk. Nothing was downloaded."
            )

    def _missing(self, file: RemoteFile) -> int:
        parts = [self.wanted.downloads / name for name in (file.name, f"{file.name}.part")]
        return max(0, file.size - sum(part.stat().st_size for part in parts if part.is_file()))

    def _downloads(self) -> dict[RemoteFile, Path]:
        folder = self.wanted.downloads
        return {
            file: download(file, self.wanted.mirrors, folder, self.say, self.patience)
            for file in self.wanted.files
        }

    def _given(self, paths: Sequence[Path]) -> dict[RemoteFile, Path]:
        """Tell which file is which by size, and check them."""
        found = {}
        for path in paths:
            if not (path.is_file() and os.access(path, os.R_OK)):
                raise DataError(f"There is no file {path} to read. {self._expected()}")
            size = path.stat().st_size
            alike = [f for f in self.wanted.files if size == f.size and f not in found]
            reasons = {file: differs(path, file) for file in alike}
            same = [file for file, reason in reasons.items() if reason is None]
            if not same:
                reason = next(iter(reasons.values()), f"it has {size:,} bytes")
                raise DataError(f"{path} is none of the archives: {reason}. {self._expected()}")
            found[same[0]] = path
        missing = [file.name for file in self.wanted.files if file not in found]
        if missing:
            raise DataError(f"{' and '.join(missing)} was not given. {self._expected()}")
        return found

    def _expected(self) -> str:
        listed = " and ".join(f"{file.name} ({file.size:,} bytes)" for file in self.wanted.files)
        return f"Expected are {listed}, downloaded whole."

    def _unpack(self, path: Path, folder: Path) -> None:
        try:
            unpack(path, folder, FOLDERS)
        except DataError:
            # A file that has the right checksum and cannot be unpacked will not get better.
            if path.parent == self.wanted.downloads:
                path.unlink()
            raise

    def _mark(self, folder: Path) -> None:
        """Write the file that says this folder is whole; everything else is on disk by then."""
        if hasattr(os, "sync"):
            os.sync()
        marker = {
            "archives": {file.name: file.sha256 for file in self.wanted.files},
            "photographs": len(image_names(folder)),
            "trimaps": len(trimap_names(folder)),
        }
        with (folder / MARKER).open("w", encoding="utf-8") as file:
            file.write(json.dumps(marker, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _is_complete(folder: Path) -> bool:
    """Tell whether a folder is whole; one from which files were deleted is fetched again."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        marker = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        counts = (len(image_names(folder)), len(trimap_names(folder)))
        return (marker["photographs"], marker["trimaps"]) == counts
    return False


def _read_description(path: Path) -> Collection:
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(_described(entry) for entry in tree["archives"])
        mirrors = tuple(map(str, tree.get("mirrors", ())))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{ARCHIVES} names {path}, which describes no archives ({error!r}). Expected is JSON: "
            '{"mirrors": ["https://..."], "archives": [{"name": "images.tar.gz", "size": bytes, '
            '"md5": "...", "sha256": "...", "unpacked": bytes}, ...]}. Unset it to use the '
            "original archives."
        ) from error
    return Collection(files, mirrors)


def _described(entry: dict[str, Any]) -> RemoteFile:
    name = str(entry["name"])
    if not name or name in (".", "..") or set(name) & set("/\\:\0"):
        raise ValueError(f"{name!r} is no name of a file")
    size = int(entry["size"])
    checksums = str(entry["md5"]), str(entry["sha256"])
    return RemoteFile(name, size, *checksums, unpacked=int(entry.get("unpacked", 2 * size)))
