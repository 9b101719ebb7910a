"""Warm starts: submissions whose interpreter has imported the libraries before they begin.

A template (`pawmark.grading.inside.preloaded`) imports them once for each process of the grader.
Every submission has a sandbox of its own, as without a template; what differs is only that its
first process comes as a copy of the template into it. Whatever goes wrong with a template, the
submission is started cold instead, with the same results.
"""

import atexit
import base64
import contextlib
import json
import os
import re
import select
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from pawmark import settings
from pawmark.grading import course as courses
from pawmark.grading.boundary import seccomp
from pawmark.grading.boundary.limits import Limits
from pawmark.grading.inside.preloaded import LIBRARIES
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.sandbox.namespaced import Bubblewrap, filter_of_calls

READY_LIMIT = 120.0
ANSWER_LIMIT = 20.0

_SAID = 4096
_ENVIRONMENT = re.compile(r"environ|putenv|setenv|set_env|%env|dotenv")
_NO_CHANGE = r"os\.environ\.setdefault\(\s*[\"']({names})[\"']\s*,[^()]*\)"
_lock = threading.Lock()
standing: dict[tuple[tuple[str, ...], frozenset[str]], "Template"] = {}
broken: list[str] = []
starts_asked_for = 0


class TemplateError(Exception):
    """A template that does not start or does not answer; the submission is started cold."""


class Template:
    """An interpreter with the libraries in it, which lets copies of itself go.

    Parameters
    ----------
    data
        The data set that its copies' sandboxes show, or None.
    libraries
        Modules that it imports.

    Attributes
    ----------
    served
        Whether it has ever let a copy go.
    """

    def __init__(self, data: Path | None, libraries: tuple[str, ...]) -> None:
        self.data = data
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        argv = [
            sys.executable,
            "-m",
            "pawmark.grading.inside",
            "preloaded",
            str(theirs.fileno()),
            ",".join(libraries),
        ]
        with theirs:
            command = bubblewrap.template_command(argv, data)
            self._process = bubblewrap.start(command, (theirs.fileno(),))
        self._spaces: tuple[int, int] | None = None
        self.served = False

    @property
    def pid(self) -> int:
        """The process that it hangs by."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can still be asked: it says nothing unasked, but for its end."""
        return self._process.poll() is None and (
            self._spaces is None or not _readable(self._requests, 0)
        )

    def wait(self) -> None:
        """Wait until the libraries are imported.

        Raises
        ------
        TemplateError
            If that does not come to an end.
        """
        if self._spaces is None:
            place = Path(f"/proc/{self._answer(READY_LIMIT)['ready']}/ns")
            try:
                user, mount = (
                    os.open(place / name, os.O_RDONLY | os.O_CLOEXEC) for name in ("user", "mnt")
                )
            except OSError as error:
                raise TemplateError(f"its name spaces cannot be opened: {error}") from error
            self._spaces = (user, mount)

    def hold(self, system_calls: int | None) -> subprocess.Popen[bytes]:
        """Make an empty sandbox within the template's; it stands until its input is closed.

        Raises
        ------
        TemplateError
            If there is none after a while.
        """
        assert self._spaces is not None, "it is waited for before"
        passed = [*self._spaces, *(() if system_calls is None else (system_calls,))]
        wrapped = bubblewrap.nested(["cat"], self.data is not None, system_calls, self._spaces)
        process = bubblewrap.start(wrapped, passed, hand_on=True, stdout=subprocess.PIPE)
        assert process.stdin is not None
        assert process.stdout is not None
        # What comes back has been through the sandbox: it stands. Nothing is read from it again.
        with process.stdout as back:
            with contextlib.suppress(OSError):
                process.stdin.write(b"\n")
                process.stdin.flush()
            if not _readable(back, ANSWER_LIMIT) or back.read(1) != b"\n":
                bubblewrap.end(process)
                raise TemplateError("no sandbox can be made within the template's")
        return process

    def enter(self, pid: int, ends: tuple[int, int], limits: Limits, filtered: bool) -> None:
        """Let a copy go into a sandbox, where it serves a submission as a runner does.

        Parameters
        ----------
        pid
            A process of that sandbox.
        ends
            The sandbox's ends of control and the question channel.
        limits
            What the submission may use.
        filtered
            Whether system calls are filtered.

        Raises
        ------
        TemplateError
            If the template does not do it.
        """
        program = base64.b64encode(seccomp.program() or b"").decode() if filtered else None
        request = {"pid": pid, "limits": limits.to_text(), "filter": program}
        try:
            socket.send_fds(self._requests, [json.dumps(request).encode()], ends)
        except OSError as error:
            raise TemplateError(f"it cannot be asked: {error}") from error
        answer = self._answer(ANSWER_LIMIT)
        if answer.get("status") != "ok":
            raise TemplateError(str(answer.get("reason")))
        self.served = True

    def close(self) -> None:
        """End it; copies that are at work go on."""
        self._requests.close()
        bubblewrap.end(self._process)
        for number in self._spaces or ():
            os.close(number)
        self._spaces = None

    def _answer(self, seconds: float) -> dict[str, Any]:
        data = b""
        with contextlib.suppress(OSError):
            if _readable(self._requests, seconds):
                data = self._requests.recv(_SAID)
        if not data:
            raise TemplateError("it ended, or gave no answer")
        answer: dict[str, Any] = json.loads(data)
        return answer


def _readable(end: socket.socket | IO[bytes], seconds: float) -> bool:
    poll = select.poll()
    poll.register(end, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def start(sandbox: Bubblewrap, libraries: tuple[str, ...], ends: tuple[int, int]) -> None:
    """Start a submission as a copy of the template, in a sandbox that is made first.

    Parameters
    ----------
    sandbox
        The sandbox, not yet started.
    libraries
        Modules that it has imported.
    ends
        The sandbox's ends of control and the question channel.

    Raises
    ------
    TemplateError
        If the template does not do it.
    SandboxError
        If the sandbox ended at once.
    """
    with filter_of_calls() as calls, template(sandbox.data, libraries) as found:
        pid = sandbox.adopt(found.hold(calls))
        found.enter(pid, ends, sandbox.limits, calls is not None)


@contextlib.contextmanager
def template(data: Path | None, libraries: tuple[str, ...]) -> Iterator[Template]:
    """Give the template of this process, imported and locked; starts it when there is none.

    Raises
    ------
    TemplateError
        If there is none to be had. When it never served, none is tried again in this process.
    """
    with _lock:
        if broken:
            raise TemplateError(broken[0])
        # Everything that decides how an interpreter is started is in the command line.
        command, own = tuple(bubblewrap.template_command([], data)), frozenset(libraries)
        # One with more libraries serves as well.
        fitting = (key for key in standing if key[0] == command and own <= key[1])
        circumstances = next(fitting, (command, own))
        found = standing.get(circumstances)
        try:
            if found is not None and not found.alive:
                standing.pop(circumstances).close()
                found = None
            if found is None:
                found = standing[circumstances] = Template(data, libraries)
            found.wait()
            yield found
        except TemplateError as error:
            close()
            if found is None or not found.served:
                broken.append(str(error))
            raise


def templates() -> list[Template]:
    """Return the templates of this process that stand."""
    return list(standing.values())


@atexit.register
def close() -> None:
    """End the templates of this process."""
    while standing:
        standing.popitem()[1].close()


def wanted() -> bool:
    """Tell whether the next submission of this process is to be started warm.

    ``PAWMARK_WARM=1`` says always, ``0`` never. Otherwise all are started cold where root grades
    and a cold start makes student code another user: only then does the system limit the number of
    its processes. Elsewhere the first one of a process is started cold, since one alone would wait
    for the template as long as for its own imports; not so by a worker, which expects more.
    """
    global starts_asked_for
    starts_asked_for += 1
    switch = settings.here.warm
    if switch == settings.ALWAYS:
        return _able()
    expected = switch == settings.OF_WORKERS or starts_asked_for > 1
    return switch != settings.NEVER and expected and bubblewrap.outside_id() is None and _able()


def _able() -> bool:
    """Tell whether copies can be made here."""
    return not broken and shutil.which("nsenter") is not None and hasattr(os, "pidfd_open")


def libraries_for(sources: Iterable[str]) -> tuple[str, ...]:
    """Return which libraries an interpreter may have imported before it runs some code.

    Libraries read some variables of the environment when they are imported, so code that sets any
    is started cold. A default for one that grading sets anyway changes nothing. Which libraries
    the code is likely to use, and whether copies of them are sound here, the course knows.

    Returns
    -------
    tuple of str
        Modules; empty for code that is to be started cold.
    """
    known = "|".join(map(re.escape, bubblewrap.environment("", None)))
    no_change = re.compile(_NO_CHANGE.format(names=known))
    text = "\n".join(sources)
    if _ENVIRONMENT.search(no_change.sub("", text)):
        return ()
    own = courses.plugin().preload(text)
    return () if own is None else (*LIBRARIES, *own)
