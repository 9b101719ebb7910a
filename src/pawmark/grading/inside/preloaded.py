"""Runs in a sandbox of its own: imports the libraries once, then lets copies of itself go.

``python -m pawmark.grading.inside preloaded FD LIBRARIES``: modules with commas between them.
The grader sends one request for each submission: a process of the sandbox that was made for
it, two sockets, the limits and the filter of system calls.
This process forks; the copy moves into that sandbox for good, gives up every right, and only then
becomes the runner and the kernel of the submission. The template itself never runs student code,
never reads a socket that student code can write to, and lies outside of every submission's name
spaces, where nothing can name it.
"""

import base64
import contextlib
import ctypes
import gc
import importlib
import json
import os
import random
import signal
import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from pawmark.grading.boundary.capabilities import checked, drop_capabilities, forbid_capabilities
from pawmark.grading.boundary.limits import Limits

# What a kernel needs before the first cell runs; a course adds its own. Nothing may start threads
# that hold locks: they do not survive a fork.
LIBRARIES = (
    "numpy",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "pawmark.grading.inside.guest",
    "pawmark.grading.inside.runner",
)
BACKEND = "module://matplotlib_inline.backend_inline"
MAX_REQUEST = 1 << 16

# All name spaces of a sandbox, by their flags.
_SPACES = {"user": 1 << 28, "mnt": 1 << 17, "pid": 1 << 29, "ipc": 1 << 27, "net": 1 << 30}
_SPACES |= {"uts": 1 << 26, "cgroup": 1 << 25}
_SET_DUMPABLE, _SET_SECCOMP, _NO_NEW_PRIVILEGES, _FILTER = 4, 22, 38, 2
_LARGEST_HOME_FILE = 1 << 20

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def main() -> None:
    """Import the libraries, say so, and serve requests until the grader closes the socket."""
    requests = socket.socket(fileno=int(sys.argv[1]))
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    preload(sys.argv[2].split(","))
    home = _files_at_home()
    # Children that nobody waits for: a sandbox cannot end before its processes are reaped.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()  # so that a copy's collector does not touch, and so copy, every page
    requests.send(json.dumps({"ready": os.getpid()}).encode())
    while True:
        data, descriptors, _, _ = socket.recv_fds(requests, MAX_REQUEST, 2)
        if not data:
            return
        reply = _serve(requests, json.loads(data), descriptors, home)
        requests.send(json.dumps(reply).encode())


def preload(libraries: Iterable[str]) -> None:
    """Import what notebooks use, as it would be imported in a kernel."""
    os.environ["MPLBACKEND"] = BACKEND  # which a kernel sets before matplotlib looks
    for name in libraries:
        importlib.import_module(name)
    del os.environ["MPLBACKEND"]


def _files_at_home() -> dict[str, bytes]:
    """Return the settings that the libraries wrote when they were imported."""
    home = Path.home()
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and path.stat().st_size <= _LARGEST_HOME_FILE
    }


def _serve(
    requests: socket.socket, request: dict[str, Any], passed: list[int], home: dict[str, bytes]
) -> dict[str, Any]:
    """Let one copy go; in the copy this never returns."""
    with contextlib.ExitStack() as stack:
        for number in passed:
            stack.callback(os.close, number)
        try:
            target = os.pidfd_open(request["pid"])
            stack.callback(os.close, target)
            if os.fork() == 0:
                _leave(requests, request, passed, target, home)
        except (OSError, KeyError, TypeError) as error:
            return {"status": "error", "reason": str(error)[:300]}
    return {"status": "ok"}


def _leave(
    requests: socket.socket,
    request: dict[str, Any],
    passed: list[int],
    target: int,
    home: dict[str, bytes],
) -> NoReturn:
    """Move into a submission's sandbox, give up all capabilities, and let the runner begin there.

    A process keeps its own process name space for life: the runner is a child of this one, which
    has nothing left to do but to wait for it, unseen from inside.
    """
    try:
        requests.detach()  # its number is closed below, and must not be closed a second time
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        left = _places()
        _setns(target, sum(_SPACES.values()))
        control, channel = _keep_only(*passed)
        Limits.from_text(request["limits"]).apply(namespaced=True)
        _give_up_capabilities(base64.b64decode(request["filter"] or ""))
        runner = os.fork()
        if runner == 0:
            _verify(left, bool(request["filter"]))
            _begin(control, channel, home)
        os.closerange(3, channel + 1)
        os.waitpid(runner, 0)
    except BaseException:  # whatever it is: this process must not go on as the template
        os._exit(1)
    os._exit(0)


def _begin(control: int, channel: int, home: dict[str, bytes]) -> NoReturn:
    from pawmark.grading.inside import runner

    os.setsid()
    _settle(home)
    _forget_chance()
    runner.serve(control, channel, runner.ForkedKernel(channel, control))


def _setns(descriptor: int, spaces: int) -> None:
    checked(_libc.setns(descriptor, spaces), "setns")


def _keep_only(control: int, channel: int) -> tuple[int, int]:
    """Close every file but the two sockets; the null device is standard input and output."""
    for wanted, number in enumerate((control, channel), start=_place_above(control, channel)):
        os.dup2(number, wanted)
    first = _place_above(control, channel)
    os.closerange(3, first)
    os.closerange(first + 2, os.sysconf("SC_OPEN_MAX"))
    for place, number in ((3, first), (4, first + 1)):
        os.dup2(number, place)
        os.close(number)
    return 3, 4


def _place_above(*numbers: int) -> int:
    return max(*numbers, 4) + 1


def _settle(home: dict[str, bytes]) -> None:
    os.chdir(Path.home())
    for name, data in home.items():
        path = Path.home() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _give_up_capabilities(program: bytes) -> None:
    """Drop all capabilities for good and put the filter of system calls on."""
    forbid_capabilities()
    drop_capabilities()
    checked(_libc.prctl(_SET_DUMPABLE, 1, 0, 0, 0), "prctl")
    checked(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "prctl")
    if program:
        filled = ctypes.create_string_buffer(program, len(program))
        block = _Program(len(program) // 8, ctypes.addressof(filled))
        checked(_libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(block), 0, 0), "prctl")


def _places() -> dict[str, str]:
    """Return the name spaces of this process."""
    return {name: str(Path(f"/proc/self/ns/{name}").readlink()) for name in _SPACES}


def _verify(left: dict[str, str], filtered: bool) -> None:
    """Look at what the system says of this process; raises rather than go on with a right."""
    lines = Path("/proc/self/status").read_text().splitlines()
    status = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    kept = [name for name in status if name.startswith("Cap") and int(status[name], 16)]
    foreign = [name for name, place in _places().items() if place == left[name]]
    shut = status["NoNewPrivs"] == "1" and (not filtered or status["Seccomp"] == "2")
    if kept or foreign or not shut or int(status["Threads"]) != 1:
        raise OSError(f"this copy still has {kept}, {foreign}, {status['Threads']} threads")


def _forget_chance() -> None:
    """Draw new seeds: those from the time of the import are the same in every copy."""
    import numpy as np

    random.seed()
    np.random.seed(None)
