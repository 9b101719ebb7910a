"""A real PostgreSQL server for a test, with its data in a folder and its socket beside them."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

_USER = "postgres"


def missing() -> str | None:
    """Tell what of a server is missing here; None if a test can have one."""
    if find_spec("psycopg") is None:
        return "psycopg, the driver, is not installed"
    if _program("initdb") is None:
        return "no PostgreSQL server is installed (Debian: apt-get install postgresql)"
    if os.geteuid() == 0 and _user() is None:
        return f"PostgreSQL does not run as root, and there is no user {_USER}"
    return None


def _user() -> str | None:
    try:
        return pwd.getpwnam(_USER).pw_name
    except KeyError:
        return None


def _program(name: str) -> str | None:
    """Return the path of one of the server's programs; Debian keeps them out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


@contextmanager
def server() -> Iterator[str]:
    """Start a server that listens on a socket only; give the address of an empty database."""
    # The name of a socket may have a hundred characters, and pytest's folders have long names.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        root = Path(folder)
        if os.geteuid() == 0:
            shutil.chown(root, _USER)
        data = str(root / "data")
        _run("initdb", "--pgdata", data, "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={root} -c fsync=off"
        start = ("--pgdata", data, "--options", options, "--log", str(root / "log"), "--wait")
        _run("pg_ctl", "start", *start)
        try:
            owner = _USER if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
            _run("createdb", "--host", str(root), "--username", owner, "gradebook")
            yield f"postgresql+psycopg://{owner}@/gradebook?host={root}"
        finally:
            _run("pg_ctl", "stop", "--pgdata", data, "--mode=immediate")


def _run(name: str, *arguments: str) -> None:
    program = _program(name)
    assert program is not None
    command: Sequence[str] = [program, *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", _USER, "--", *command]
    done = subprocess.run(
        command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
