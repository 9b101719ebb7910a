"""Shows Pawmark's own modules a Python as it is on Windows, as soon as it is imported.

They find no module that Windows has not, nor its names of ``os``, ``signal``, ``socket`` and the
like: Python's documentation says of each where it is available. Other libraries see this system
as it is, since their builds for Windows have other ways; backslashes in paths and files that are
locked while they are open cannot be brought here.
"""

import builtins
import os
import select
import signal
import socket
import sys
import time
import types

LACKING_MODULES = """
    crypt curses fcntl grp nis ossaudiodev posix pty pwd readline resource spwd syslog termios tty
"""
LACKING = {
    os: """
        O_CLOEXEC O_DIRECT O_DIRECTORY O_NOCTTY O_NOFOLLOW O_NONBLOCK O_PATH O_TMPFILE WNOHANG
        chown chroot copy_file_range fchdir fchmod fchown fork forkpty getegid geteuid getgid
        getgroups getloadavg getpgid getpriority getsid getuid getxattr initgroups killpg lchown
        listxattr lockf memfd_create mkfifo mknod nice openpty pathconf pidfd_open pipe2
        posix_fadvise posix_fallocate posix_spawn pread pwrite readv register_at_fork
        sched_getaffinity sched_setaffinity sendfile setegid seteuid setgid setpgid setpriority
        setsid setuid statvfs sync sysconf uname wait wait3 wait4 waitid writev
    """,
    select: "epoll kqueue poll",
    signal: """
        SIGALRM SIGBUS SIGCHLD SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGUSR1 SIGUSR2 alarm
        getitimer pthread_kill pthread_sigmask setitimer siginterrupt sigpending sigwait
    """,
    socket: "AF_UNIX CMSG_LEN SO_PEERCRED",
    time: "CLOCK_BOOTTIME clock_gettime tzset",
}


class _Seen(types.ModuleType):
    """A module without some of its names."""

    def __init__(self, module: types.ModuleType, lacking: str) -> None:
        super().__init__(module.__name__)
        names = {*dir(module)} - {*lacking.split()}
        vars(self).update({name: getattr(module, name) for name in names})


_SEEN = {module.__name__: _Seen(module, names) for module, names in LACKING.items()}
_SEEN["sys"] = _Seen(sys, "")
_SEEN["sys"].platform = "win32"
_import = builtins.__import__


def _as_on_windows(name, globals=None, locals=None, fromlist=(), level=0):
    if level or not str((globals or {}).get("__name__")).startswith("pawmark"):
        return _import(name, globals, locals, fromlist, level)
    if name in LACKING_MODULES.split():
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return _SEEN.get(name) or _import(name, globals, locals, fromlist, level)


builtins.__import__ = _as_on_windows
