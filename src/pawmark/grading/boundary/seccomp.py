"""A filter of system calls that student code never needs, compiled by the system's libseccomp.

Everything else is allowed: the filter takes ways into the system's kernel away, and ways to use
memory that the grader cannot count. It is called by its C interface, five functions that have
been stable since 2.3: the Python bindings on the package index have not been kept up.
"""

import ctypes
import errno
import functools
import os
import struct
import tempfile
from collections.abc import Callable

LIBRARY = "libseccomp.so.2"

# Other processes, keys, the kernel's own programs and modules, mounts, name spaces, the clock.
_REFUSED = tuple(
    """
    acct add_key adjtimex bpf chroot clock_adjtime clock_settime delete_module fanotify_init
    finit_module fsconfig fsmount fsopen fspick init_module io_uring_enter io_uring_register
    io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl lookup_dcookie
    memfd_secret mount mount_setattr move_mount mq_open name_to_handle_at nfsservctl
    open_by_handle_at open_tree perf_event_open personality pidfd_getfd pivot_root process_madvise
    process_vm_readv process_vm_writev ptrace quotactl quotactl_fd reboot request_key setdomainname
    sethostname setns settimeofday shmat shmctl shmget swapoff swapon syslog umount umount2 unshare
    uselib userfaultfd vhangup vmsplice
    """.split()  # noqa: SIM905  (a hundred lines otherwise)
)
# Their callers know another way when the system has no such call: files in memory that belong to
# no folder, and the form of clone whose flags a filter cannot see.
_ABSENT = ("clone3", "memfd_create")
_NEW_NAMESPACE = tuple(1 << bit for bit in (17, 25, 26, 27, 28, 29, 30))
# AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: in a network of their own they reach nothing else. ZeroMQ
# ends the process when it may not list the network's devices, which is what the last one is for.
_FAMILIES = (1, 2, 10, 16)

# Without name spaces of its own, student code shares these with everybody on the machine: System V
# messages and semaphores, messages of POSIX, what happens in other folders, the order in which
# processes are served, and how the system is put together.
_SHARED = tuple(
    """
    chroot fanotify_mark inotify_add_watch inotify_init inotify_init1 ioprio_set migrate_pages
    move_pages mq_getsetattr mq_notify mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv
    msgsnd process_mrelease semctl semget semop semtimedop set_mempolicy_home_node shmdt
    """.split()  # noqa: SIM905
)
_ATTRIBUTES = tuple(
    f"{link}{verb}xattr" for verb in ("get", "set", "list", "remove") for link in ("", "l", "f")
)
# Landlock does not ask who changes the mode, owner or times of a file. These seem to succeed and
# do nothing, since programs that copy files do not expect them to fail.
_MODES = tuple(
    """
    chmod chown fchmod fchmodat fchown fchownat futimesat lchown utime utimensat utimes
    """.split()  # noqa: SIM905
)
# Their first argument names a process or thread: 0 is the caller itself. The last ones seem to
# succeed and do nothing: a thread names itself by its number too, and ZeroMQ ends the process when
# it is refused.
_ON_OTHERS = {"prlimit64": errno.EPERM} | dict.fromkeys(
    ("sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler"), 0
)
_SOCKET_TYPES = (2, 3, 4)  # without a connection: each message may go to another address
_LARGEST_IOCTL = 0x5460  # terminals and descriptors; what steers devices and file systems is larger
_LOW_HALF = 0xFFFFFFFF
_SET_LEASE, _NOTIFY, _SET_DUMPABLE, _UNIX = 1024, 1026, 4, 1
# A call that is newer than this list (cachestat) is answered as an older system would answer it.
_NEWEST = 451

_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_UNEQUAL, _EQUAL, _GREATER, _MASKED = 1, 4, 6, 7
PROCESSORS = {"x86_64": 317, "aarch64": 277}  # with the number of seccomp
_ALL_THREADS = 1
_UNKNOWN = -1


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


@functools.cache
def program() -> bytes | None:
    """Return the compiled filter for this machine, or None where libseccomp is not installed."""
    try:
        return _program(_add_rules)
    except (OSError, AttributeError):
        return None


def landlocked_program(own_user: bool) -> bytes:
    """Return the filter for student code without name spaces, which Landlock alone does not hold.

    Parameters
    ----------
    own_user
        Whether student code runs as a user who owns nothing else. Modes, owners and times of files
        can be left to the system then.

    Raises
    ------
    OSError
        If there is no libseccomp, or it does not know all of the calls.
    """
    return _program(lambda library, context: _add_confining_rules(library, context, own_user))


def _program(add: Callable[[ctypes.CDLL, ctypes.c_void_p], None]) -> bytes:
    library = ctypes.CDLL(LIBRARY)
    library.seccomp_init.restype = ctypes.c_void_p
    context = library.seccomp_init(ctypes.c_uint32(_ALLOW))
    if not context:
        raise OSError(f"{LIBRARY} does not work")
    handle = ctypes.c_void_p(context)
    try:
        add(library, handle)
        return _compiled(library, handle)
    finally:
        library.seccomp_release(handle)


def _add_rules(library: ctypes.CDLL, context: ctypes.c_void_p) -> None:
    for name in _REFUSED:
        _refuse(library, context, name, errno.EPERM)
    for name in _ABSENT:
        _refuse(library, context, name, errno.ENOSYS)
    for flag in _NEW_NAMESPACE:
        _refuse(library, context, "clone", errno.EPERM, _Comparison(0, _MASKED, flag, flag))
    for family in range(max(_FAMILIES)):
        if family not in _FAMILIES:
            comparison = _Comparison(0, _EQUAL, family, 0)
            _refuse(library, context, "socket", errno.EAFNOSUPPORT, comparison)
    largest = _Comparison(0, _GREATER, max(_FAMILIES), 0)
    _refuse(library, context, "socket", errno.EAFNOSUPPORT, largest)


def _add_confining_rules(library: ctypes.CDLL, context: ctypes.c_void_p, own_user: bool) -> None:
    to = (library, context)
    for names, error in _answers(own_user).items():
        for name in names:
            _known(library, name)
            _refuse(*to, name, error)
    for flag in _NEW_NAMESPACE:
        _refuse(*to, "clone", errno.EPERM, _Comparison(0, _MASKED, flag, flag))
    for name, error in _ON_OTHERS.items():
        _refuse(*to, name, error, _Comparison(0, _UNEQUAL, 0, 0))
    for argument in (0, 1):
        _refuse(*to, "setpriority", errno.EPERM, _Comparison(argument, _UNEQUAL, 0, 0))
    for name in ("socket", "socketpair"):
        # ZeroMQ ends the process when it is answered anything else about the network's devices.
        _refuse(*to, name, errno.EOPNOTSUPP, _Comparison(0, _UNEQUAL, _UNIX, 0))
        for kind in _SOCKET_TYPES:
            _refuse(*to, name, errno.EOPNOTSUPP, _Comparison(1, _MASKED, 0xF, kind))
    _refuse(*to, "ioctl", errno.ENOTTY, _Comparison(1, _GREATER, _LARGEST_IOCTL, 0))
    for command in (_SET_LEASE, _NOTIFY):
        _refuse(*to, "fcntl", errno.EPERM, _Comparison(1, _MASKED, _LOW_HALF, command))
    _refuse(*to, "prctl", errno.EPERM, _Comparison(0, _MASKED, _LOW_HALF, _SET_DUMPABLE))


def _answers(own_user: bool) -> dict[tuple[str, ...], int]:
    """Return what calls are answered with, whatever their arguments."""
    answers = {
        tuple(dict.fromkeys(_REFUSED + _SHARED)): errno.EPERM,
        _ABSENT: errno.ENOSYS,
        _ATTRIBUTES: errno.ENOTSUP,
    }
    return answers if own_user else {**answers, _MODES: 0}


def _known(library: ctypes.CDLL, name: str) -> None:
    if library.seccomp_syscall_resolve_name(name.encode()) == _UNKNOWN:
        raise OSError(f"{LIBRARY} is too old: it does not know {name}")


def install(data: bytes, all_threads: bool = False) -> None:
    """Put this process under a filter, for good; calls that are newer than it do not exist then.

    Raises
    ------
    OSError
        If the system does not take it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    flags = _ALL_THREADS if all_threads else 0
    for part in (data, _none_newer()):
        instructions = ctypes.create_string_buffer(part, len(part))
        head = _Program(len(part) // 8, ctypes.cast(instructions, ctypes.c_void_p))
        number = PROCESSORS[os.uname().machine]
        if libc.syscall(ctypes.c_long(number), 1, ctypes.c_long(flags), ctypes.byref(head)) != 0:
            raise OSError(ctypes.get_errno(), "the filter of system calls was not taken")


def seal() -> None:
    """Forbid this process, all its threads and all it starts, to connect to any socket."""
    install(
        _program(lambda library, context: _refuse(library, context, "connect", errno.EPERM)),
        all_threads=True,
    )


def _none_newer() -> bytes:
    """Return a filter: load the number of the call; above the newest, ENOSYS; else allow."""
    rows = [
        (0x20, 0, 0, 0),
        (0x25, 0, 1, _NEWEST),
        (0x06, 0, 0, _ERRNO | errno.ENOSYS),
        (0x06, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *row) for row in rows)


def _refuse(
    library: ctypes.CDLL,
    context: ctypes.c_void_p,
    name: str,
    error: int,
    *comparisons: _Comparison,
) -> None:
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number < 0:  # a call that this processor, or this version of the library, does not know
        return
    made = (_Comparison * max(len(comparisons), 1))(*comparisons)
    action = ctypes.c_uint32(_ERRNO | error)
    status = library.seccomp_rule_add_array(
        context, action, number, ctypes.c_uint(len(comparisons)), made
    )
    if status != 0:
        raise OSError(-status, f"the rule for {name} was not taken")


def _compiled(library: ctypes.CDLL, context: ctypes.c_void_p) -> bytes:
    with tempfile.TemporaryFile() as file:
        if library.seccomp_export_bpf(context, file.fileno()) != 0:
            raise OSError("the filter could not be written")
        file.seek(0)
        return file.read()


def open_program() -> int | None:
    """Return a file descriptor to read the filter from, which the caller closes; None without."""
    data = program()
    if data is None:
        return None
    reading, writing = os.pipe()
    try:
        os.write(writing, data)  # about a kilobyte: it fits into any pipe
    finally:
        os.close(writing)
    return reading
