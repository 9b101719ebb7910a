"""Silence for libraries that write start-up notes past Python's own streams."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

STDERR = 2


@contextmanager
def quietly() -> Iterator[None]:
    """Discard what compiled code writes to standard error inside the block.

    TensorFlow writes notes about processors and graphics cards while it is imported, before any
    of its settings for logging take effect. They go to the file descriptor itself, where neither
    ``warnings`` nor ``contextlib.redirect_stderr`` reaches them. Exceptions pass unchanged.

    Examples
    --------
    >>> with quietly():
    ...     import keras
    """
    kept = os.dup(STDERR)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, STDERR)
        yield
    finally:
        os.dup2(kept, STDERR)
        os.close(nowhere)
        os.close(kept)
