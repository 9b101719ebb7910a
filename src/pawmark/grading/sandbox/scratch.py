"""A submission's folder on disk, where there is no file system of its own: made, measured, removed.

What is in it was made by student code, which goes on changing it while it is measured.
"""

import contextlib
import itertools
import os
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from pawmark.grading.boundary.limits import MAX_DISK

_BLOCK = 512
_INODE = 4096
_FOLDERS = ("home", "tmp")
_SHARE = 4


class Scratch:
    """A folder that student code may change, as long as it stays small.

    Attributes
    ----------
    root
        The folder. ``home`` and ``tmp`` lie in it, which student code may change, and ``packages``.
    """

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="pawmark-")).resolve()
        for name in _FOLDERS:
            (self.root / name).mkdir(mode=0o700)
        self.good_until = 0.0
        self._free = _free(self.root)

    @property
    def home(self) -> str:
        """The home folder of the student's process."""
        return str(self.root / "home")

    @property
    def changes(self) -> tuple[str, ...]:
        """The folders that student code may change."""
        return tuple(str(self.root / name) for name in _FOLDERS)

    def lend(self, packages: Iterable[Path]) -> Path:
        """Put packages where Python finds them, without a look at what lies beside them."""
        folder = self.root / "packages"
        folder.mkdir()
        for package in packages:
            (folder / package.name).symlink_to(package)
        return folder

    def give(self, user: int) -> None:
        """Make what student code may change another user's, who may pass through the rest."""
        self.root.chmod(0o711)
        for path in self.changes:
            os.chown(path, user, user)

    def full(self, processes: list[Path]) -> bool:
        """Tell whether it holds too much, or the disk has become nearly full since it was made.

        Looking takes longer the more there is, and is done again after a few times as long.

        Parameters
        ----------
        processes
            The folders in ``/proc`` of the processes that use it: files without a name that they
            hold open count too.
        """
        began = time.monotonic()
        if began < self.good_until:
            return False
        full = self._low() or _more_than(MAX_DISK, self.root, processes)
        self.good_until = time.monotonic() + _SHARE * (time.monotonic() - began)
        return full

    def _low(self) -> bool:
        left = _free(self.root)
        return left < MAX_DISK and left < self._free // 2

    def remove(self) -> None:
        """Remove it with all in it; no process may use it any more."""
        remove(self.root)


def remove(root: Path) -> None:
    """Remove a folder of student code's, with all in it.

    The system's own programs do that: folders may be nested without end, and unreadable.
    """
    for command in (["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
        subprocess.run(  # noqa: S603
            [*command, "--", str(root)],
            env={"PATH": os.pathsep.join([os.environ.get("PATH", ""), os.defpath])},
            stderr=subprocess.DEVNULL,
            check=False,
        )


def _free(folder: Path) -> int:
    place = os.statvfs(folder)
    return place.f_bavail * place.f_frsize


def _more_than(most: int, root: Path, processes: list[Path]) -> bool:
    total = 0
    for size in itertools.chain(_nameless(processes), _sizes(root)):
        total += size
        if total > most:
            return True
    return False


def _sizes(root: Path) -> Iterator[int]:
    """Yield what each file and folder takes; no end of bytes for what cannot be looked into."""
    waiting = [str(root)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    yield _size(entry)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except (FileNotFoundError, NotADirectoryError):  # it was just removed or replaced
            continue
        except OSError:  # unreadable, or so deep that its name is too long
            yield 1 << 62


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return _INODE + entry.stat(follow_symlinks=False).st_blocks * _BLOCK
    except FileNotFoundError:
        return _INODE


def _nameless(processes: list[Path]) -> Iterator[int]:
    """Yield what each open file that has no name takes, once."""
    seen = set()
    for status in itertools.chain.from_iterable(map(_open_files, processes)):
        file = (status.st_dev, status.st_ino)
        if stat.S_ISREG(status.st_mode) and status.st_nlink == 0 and file not in seen:
            seen.add(file)
            yield status.st_blocks * _BLOCK


def _open_files(process: Path) -> Iterator[os.stat_result]:
    with contextlib.suppress(OSError):  # the process may end meanwhile
        for descriptor in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                yield descriptor.stat()
