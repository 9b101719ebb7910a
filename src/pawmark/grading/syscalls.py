"""A filter of system calls that student code never needs, compiled by the system's libseccomp.

Everything else is allowed: the filter takes ways into the system's kernel away, and ways to use
memory that the grader cannot count. It is called by its C interface, five functions that have
been stable since 2.3: the Python bindings on the package index have not been kept up.
"""

import ctypes
import errno
import functools
import os
import tempfile

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

_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_EQUAL, _GREATER, _MASKED = 4, 6, 7


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


@functools.cache
def program() -> bytes | None:
    """Return the compiled filter for this machine, or None where libseccomp is not installed."""
    try:
        library = ctypes.CDLL(LIBRARY)
        library.seccomp_init.restype = ctypes.c_void_p
        context = library.seccomp_init(ctypes.c_uint32(_ALLOW))
    except (OSError, AttributeError):
        return None
    if not context:
        return None
    handle = ctypes.c_void_p(context)
    try:
        _add_rules(library, handle)
        return _compiled(library, handle)
    except (OSError, AttributeError):
        return None
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
