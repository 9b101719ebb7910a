"""The cache folder, and how a result gets into it whole or not at all."""

import errno
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from pawmark import settings
from pawmark.errors import DataError

# The folder of what was made beforehand, and in a sandbox the variable that names it.
PRECOMPUTED = "precomputed"
PRECOMPUTED_VARIABLE = settings.Settings.precomputed.variable


def cache_dir() -> Path:
    """Give the cache folder: PAWMARK_CACHE, or where the system keeps a user's caches."""
    chosen = settings.here.cache
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("pawmark")


def kept(
    place: str, build: Callable[[Path], None], is_complete: Callable[[Path], bool], what: str
) -> Path:
    """Return a folder of the cache, built if need be; what was made beforehand is taken first.

    Parameters
    ----------
    place : str
        Where it lies in a cache, such as "arrays/KEY".
    build, is_complete, what
        As for `build_once`.

    Raises
    ------
    DataError
        The folder cannot be written, or the disk is full.
    """
    folder = settings.here.precomputed
    made = sorted(Path(folder).glob(f"*/{place}")) if folder else []
    found = next(filter(is_complete, made), None)
    return found or build_once(cache_dir() / place, build, is_complete, what)


def build_once(
    target: Path,
    build: Callable[[Path], None],
    is_complete: Callable[[Path], bool],
    what: str,
    waits: Callable[[], None] = lambda: None,
) -> Path:
    """Build a folder once, however many processes ask for it.

    The folder is built under another name beside the target and renamed at the end, so a target
    is either whole or absent. A lock lets one process build while others wait. What a killed
    process left behind is removed by the next one that builds.

    Parameters
    ----------
    target : pathlib.Path
        The folder that is wanted.
    build : callable
        ``build(folder)`` fills an empty folder.
    is_complete : callable
        ``is_complete(folder)`` says whether an existing target can be used as it is.
    what : str
        What is built, for messages: "the synthetic pictures".
    waits : callable
        Called once if another process is building it, before waiting for that one.

    Returns
    -------
    pathlib.Path
        The target.

    Raises
    ------
    DataError
        The folder cannot be written, or the disk is full.
    """
    if is_complete(target):
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(target.parent / f"{target.name}.lock", waits):
            if not is_complete(target):
                _replace(target, build)
    except OSError as error:
        raise _cannot_write(target.parent, what, error) from error
    return target


@contextmanager
def _locked(path: Path, waits: Callable[[], None]) -> Iterator[None]:
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        waits()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _replace(target: Path, build: Callable[[Path], None]) -> None:
    """Build beside the target, then put the result in its place. Called under the lock."""
    prefix = f".{target.name}.partial-"
    for leftover in target.parent.glob(f"{prefix}*"):
        _remove(leftover)
    partial = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    try:
        partial.chmod(0o755)
        build(partial)
        if target.exists():
            # Somebody deleted files from the finished folder: it is of no use any more.
            shutil.rmtree(target)
        partial.rename(target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _remove(folder: Path) -> None:
    """Remove what a killed process left; a worker of it may still be writing its last file."""
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)


def _cannot_write(folder: Path, what: str, error: OSError) -> DataError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        reason = f"the disk that holds {folder} is full"
        remedy = "Free some space there"
    else:
        reason = f"{folder} cannot be written ({error.strerror or error})"
        remedy = "Allow writing there"
    return DataError(
        f"Could not make {what}: {reason}. "
        f"{remedy}, or set PAWMARK_CACHE to a folder with room for it."
    )
