"""Takes away from a Python on Linux what Python on macOS lacks, as soon as it is imported.

Names of the standard library (Python's documentation says of each where it is available), calls of
the system's kernel, libseccomp, and ``/proc``. psutil and Python's own libraries were built for
this system and keep it: on macOS they have other ways. What macOS has instead, and other names for
folders, cannot be brought here, so ``sys.platform`` stays as it is.
"""

import builtins
import ctypes
import fcntl
import importlib
import inspect
import io
import os
import platform
import resource
import select
import signal
import socket
import sys
import sysconfig
import time
import types

_LACKING = {
    os: """
        O_DIRECT O_LARGEFILE O_PATH O_TMPFILE copy_file_range eventfd fdatasync getrandom getresgid
        getresuid getxattr listxattr memfd_create pidfd_open pipe2 posix_fadvise posix_fallocate
        removexattr sched_getaffinity sched_getparam sched_getscheduler sched_setaffinity
        sched_setparam sched_setscheduler setns setresgid setresuid setxattr splice unshare waitid
    """,
    fcntl: "F_ADD_SEALS F_GETPIPE_SZ F_GET_SEALS F_NOTIFY F_SETLEASE F_SETPIPE_SZ F_SETSIG",
    resource: "RLIMIT_MSGQUEUE RLIMIT_NICE RLIMIT_RTPRIO RLIMIT_RTTIME RLIMIT_SIGPENDING prlimit",
    select: "POLLRDHUP",
    signal: "SIGPOLL SIGPWR SIGRTMAX SIGRTMIN pidfd_send_signal sigtimedwait sigwaitinfo",
    socket: "AF_NETLINK AF_VSOCK MSG_CMSG_CLOEXEC SOCK_CLOEXEC SOCK_NONBLOCK SO_PEERCRED",
    time: "CLOCK_BOOTTIME",
}
# Modules that Python's and Jupyter's own files import on macOS, and nowhere else.
_OF_MACOS = {"_scproxy": ("_get_proxy_settings", "_get_proxies"), "appnope": ("nope",)}
_NOT_IN_LIBC = ("capset", "memfd_create", "prctl", "setns", "syscall", "unshare")
_OPENING = {
    builtins: ("open",),
    io: ("open",),
    os: ("access", "listdir", "lstat", "open", "readlink", "scandir", "stat"),
}


def _without_proc(function):
    def asked(path, *args, **kwargs):
        who = inspect.currentframe().f_back.f_globals.get("__name__", "")
        text = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
        if f"{text}/".startswith("/proc/") and not who.startswith("psutil"):
            raise FileNotFoundError(2, "No such file or directory", text)
        return function(path, *args, **kwargs)

    return asked


class _Library(ctypes.CDLL):
    def __init__(self, name, *args, **kwargs):
        if "seccomp" in str(name):
            raise OSError(f"dlopen({name}): no such file")
        super().__init__(name, *args, **kwargs)

    def __getattr__(self, name):
        if name in _NOT_IN_LIBC:
            raise AttributeError(f"dlsym: symbol not found: {name}")
        return super().__getattr__(name)


for module, names in _LACKING.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
importlib.import_module("psutil")  # sees which system it is, before that is hidden
for module, names in _OPENING.items():
    for name in names:
        setattr(module, name, _without_proc(getattr(module, name)))
ctypes.CDLL = _Library
os.uname = lambda: os.uname_result(("Darwin", "mac", "23.6.0", "Darwin Kernel 23.6.0", "arm64"))
sysconfig.get_config_vars()
sys.platform = "darwin"
platform.mac_ver = lambda *_: ("14.6.1", ("", "", ""), "arm64")
for name, functions in _OF_MACOS.items():
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(dict.fromkeys(functions, dict))
