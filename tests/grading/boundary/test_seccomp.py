"""The filter of system calls: what it refuses in the real sandbox, and grading without it."""

import subprocess

import pytest

from pawmark.grading.boundary import seccomp
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.sandbox.namespaced import Bubblewrap
from pawmark.grading.session.kernel import StudentKernel

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)
needs_filter = pytest.mark.skipif(not bubblewrap.filtered(), reason="no libseccomp here")

# Numbers are those of x86-64 and of the table that newer processors share.
PROBE = """
import ctypes, errno, platform
libc = ctypes.CDLL(None, use_errno=True)
x86 = platform.machine() == "x86_64"
calls = {
    "ptrace": (101 if x86 else 117, 0, 0, 0, 0),
    "bpf": (321 if x86 else 280, 0, 0, 0),
    "perf_event_open": (298 if x86 else 241, 0, 0, -1, -1, 0),
    "userfaultfd": (323 if x86 else 282, 0),
    "keyctl": (250 if x86 else 219, 0, 0),
    "io_uring_setup": (425, 1, 0),
    "unshare": (272 if x86 else 97, 0x10000000),
    "mount": (165 if x86 else 40, 0, 0, 0, 0, 0),
    "open_by_handle_at": (304 if x86 else 265, -1, 0, 0),
    "process_vm_readv": (310 if x86 else 270, 1, 0, 0, 0, 0, 0),
    "shmget": (29 if x86 else 194, 0, 4096, 0o1600),
    "clone3": (435, 0, 0),
    "memfd_create": (319 if x86 else 279, b"x", 0),
    "clone with a user space": (56 if x86 else 220, 0x10000000 | 17, 0, 0, 0, 0),
    "socket of a virtual machine": (41 if x86 else 198, 40, 1, 0),
    "socket of the crypto interface": (41 if x86 else 198, 38, 5, 0),
}
for name, call in calls.items():
    result = libc.syscall(*call)
    print(name, errno.errorcode[ctypes.get_errno()] if result == -1 else "went through")
"""
ABSENT = ("clone3", "memfd_create")


@needs_filter
def test_what_student_code_never_needs_is_refused():
    """Each refused call fails with the filter's own error, not with one of its arguments."""
    with StudentKernel(Bubblewrap()) as kernel:
        run = kernel.run(PROBE, 30)

    lines = [line.rsplit(" ", 1) for line in run.outputs[0]["text"].splitlines()]
    assert len(lines) == 16
    for name, error in lines:
        expected = "ENOSYS" if name in ABSENT else "EPERM"
        assert error == ("EAFNOSUPPORT" if name.startswith("socket") else expected), name


@needs_filter
def test_usual_work_goes_on_behind_the_filter():
    """Threads, processes, shared memory and local sockets work."""
    source = (
        "import multiprocessing as m, socket, subprocess, threading\n"
        "from multiprocessing import shared_memory\n"
        "t = threading.Thread(target=print); t.start(); t.join()\n"
        "with m.get_context('fork').Pool(2) as pool: print(pool.map(abs, [-1, -2]))\n"
        "print(subprocess.run(['echo', 'a'], capture_output=True).stdout)\n"
        "block = shared_memory.SharedMemory(create=True, size=10); block.close(); block.unlink()\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname()).close()\n"
    )
    with StudentKernel(Bubblewrap()) as kernel:
        run = kernel.run(source, 60)

    assert run.outcome is None, run
    assert "[1, 2]\nb'a\\n'" in run.outputs[0]["text"]


def test_without_the_library_there_is_no_filter_and_no_error(monkeypatch):
    """Where libseccomp is not installed the sandbox works without the filter."""
    monkeypatch.setattr(seccomp, "LIBRARY", "libseccomp.so.absent")
    seccomp.program.cache_clear()
    try:
        assert seccomp.program() is None
        assert seccomp.open_program() is None
    finally:
        seccomp.program.cache_clear()
    done = subprocess.run(bubblewrap.command(["true"], None), check=False)
    assert done.returncode == 0
