"""A program of ours in a sandbox, in which no student code runs: for reading hostile files."""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator

from pawmark import settings
from pawmark.grading.sandbox import bubblewrap, choice, landlocked
from pawmark.grading.sandbox.namespaced import filter_of_calls


@contextlib.contextmanager
def running(argv: list[str], descriptor: int) -> Iterator[None]:
    """Run a program in the sandbox of this machine; it is ended with all it started.

    Parameters
    ----------
    argv
        The command. One word is added: ``own`` where the program may be root in a name space of its
        own and has to become the student's user, else ``shared``.
    descriptor
        A file descriptor that stays open in it.

    Raises
    ------
    SandboxError
        When nothing that is not trusted may be read here.
    """
    name = choice.require()
    if name == settings.LANDLOCK:
        with landlocked.running([*argv, "shared"], descriptor):
            yield
    elif name == settings.BUBBLEWRAP:
        with filter_of_calls() as calls:
            wrapped = bubblewrap.command([*argv, "own"], None, calls)
            passed = (descriptor,) if calls is None else (descriptor, calls)
            process = bubblewrap.start(wrapped, passed)
        try:
            yield
        finally:
            bubblewrap.end(process)
    else:
        with _unprotected([*argv, "shared"], descriptor):
            yield


@contextlib.contextmanager
def _unprotected(argv: list[str], descriptor: int) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="pawmark-") as home:
        process = subprocess.Popen(  # noqa: S603  (our own command line)
            argv,
            pass_fds=(descriptor,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=home,
            env=bubblewrap.environment(home, None),
        )
        try:
            yield
        finally:
            process.kill()
            process.wait()
