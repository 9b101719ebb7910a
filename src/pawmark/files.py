"""Files that are written whole or not at all."""

import os
import secrets
from pathlib import Path

_PUBLIC, _PRIVATE = 0o666, 0o600  # the first as far as the user's umask allows


def write_whole(path: Path, data: bytes, private: bool = False) -> None:
    """Write a file whole or not at all: whoever reads it finds the old one or the new one.

    Parameters
    ----------
    path
        The file; folders above it are made.
    data
        All that is to be in it.
    private
        Let nobody else read it.

    Raises
    ------
    OSError
        If it cannot be written. Then what was there before is there still.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own: that of the file may be as long as a name can be.
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE if private else _PUBLIC)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
