"""The command line of bubblewrap: a sandbox that shows student code almost nothing.

Own user, process, network, mount, IPC and host name spaces, no capabilities, and where libseccomp
is installed a filter of system calls. What a process sees is read-only: the system's libraries, the
Python that grades, of this package what `view` lends, and one data set. What it may write lies in
memory, is capped, and is gone when the sandbox ends. `namespaced` starts, measures and ends it.
"""

import contextlib
import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from pawmark.grading import course as courses
from pawmark.grading.boundary import seccomp
from pawmark.grading.boundary.limits import MAX_DISK
from pawmark.grading.inside import user_namespace
from pawmark.grading.inside.user_namespace import GUEST_ID
from pawmark.grading.sandbox import lifeline, view

GUEST_HOME = "/home/student"
GUEST_DATA = "/data/pets"
GUEST_PRECOMPUTED = "/data/precomputed"

_PACKAGE = Path(__file__).resolve().parents[2]
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_PLAIN = tuple(f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom", "tty"))
_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "fonts", "alternatives", "localtime")
_DEVICES = Path("/dev")
_FREE_IDS = range(64100, 64200)
_FORKS = 40
_TRIAL = 20.0
_END = 20.0
# Proves, before any student code runs, that the system limits what becomes of root here.
_PROBE = f"""
import os, resource, time
os.setgroups([])
os.setresgid({GUEST_ID}, {GUEST_ID}, {GUEST_ID})
os.setresuid({GUEST_ID}, {GUEST_ID}, {GUEST_ID})
import numpy, pawmark.grading.boundary.wire  # this user must be allowed to read them
resource.setrlimit(resource.RLIMIT_NPROC, ({_FORKS} // 2, {_FORKS} // 2))
try:
    for _ in range({_FORKS}):
        if os.fork() == 0:
            time.sleep(5)
            os._exit(0)
except BlockingIOError:
    raise SystemExit(0)
raise SystemExit("the number of processes is not limited")
"""
_OPT_OUT = (
    "To grade without a sandbox, on a machine where students may read and change everything, "
    "set PAWMARK_SANDBOX=none."
)


@functools.cache
def available() -> str | None:
    """Tell why no sandbox can be had here: None if one works, else a reason and its remedy."""
    if not possible():
        return (
            "Grading needs Linux, WSL or a container: this system has nothing that locks student "
            f"code in. Releasing, feedback and reports work here.{_opting_out()}"
        )
    if _bwrap() is None:
        return (
            "bubblewrap is not installed, so student code cannot be locked in. Install it "
            f"(apt install bubblewrap, dnf install bubblewrap). {_OPT_OUT}"
        )
    reason = _tried(None)
    return None if reason is None else _refused(reason)


@functools.cache
def filtered() -> bool:
    """Tell whether system calls can be filtered here: libseccomp is there and its filter works."""
    descriptor = seccomp.open_program() if available() is None else None
    if descriptor is None:
        return False
    try:
        return _tried(descriptor) is None
    finally:
        os.close(descriptor)


def possible() -> bool:
    """Tell whether this is a system for which there are sandboxes."""
    return sys.platform == "linux"


def may_be_left_out() -> bool:
    """Tell whether student code can at least be run without a sandbox: not on Windows."""
    return sys.platform != "win32"


def _opting_out() -> str:
    return f" {_OPT_OUT}" if may_be_left_out() else ""


def installed() -> bool:
    """Tell whether bubblewrap is there, whether it works or not."""
    return _bwrap() is not None


@functools.cache
def outside_id() -> int | None:
    """Return the user that student code is to the system where root grades, apart from root.

    None where somebody else grades, whose processes the system limits in number anyway, and where
    no such user can be had. Then only the watcher limits root's.
    """
    if os.geteuid() != 0 or _bwrap() is None:
        return None
    number = next((free for free in _FREE_IDS if not _known(free)), None)
    argv = [sys.executable, "-c", _PROBE]
    wrapped = None if number is None else _wrapped(argv, None, None, number)
    return number if wrapped and _run(wrapped) is None else None


def bounds_processes(data: Path | None = None) -> bool:
    """Tell whether the system limits the number of a submission's processes.

    Parameters
    ----------
    data
        The data set: where root grades, users apart from root must be allowed to read it.
    """
    return os.geteuid() != 0 or (outside_id() is not None and _readable(data))


def _known(number: int) -> bool:
    import grp  # neither is there on Windows, where this module is imported too
    import pwd

    for look in (pwd.getpwuid, grp.getgrgid):
        try:
            look(number)
        except KeyError:
            continue
        return True
    return False


def _readable(data: Path | None) -> bool:
    """Tell whether everybody may read a data set, as far as its folders and first files tell."""
    if data is None:
        return True
    inner = _folders_in(data)
    folders = [data, *inner, *(folder for outer in inner for folder in _folders_in(outer))]
    files = [
        next((path for path in folder.iterdir() if path.is_file()), None) for folder in folders
    ]
    return all(path.stat().st_mode & 0o5 == 0o5 for path in folders) and all(
        path.stat().st_mode & 0o4 for path in files if path is not None
    )


def _folders_in(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return [Path(entry.path) for entry in entries if entry.is_dir()]


def shown() -> tuple[list[str], list[str]]:
    """Return what is shown of the real file system: folders with programs, and places to read.

    Of packages that are lent only parts are shown, also where they lie in such a folder: see
    `view`.
    """
    return [*_SYSTEM, *_installed()], [f"/etc/{name}" for name in _ETC]


def _tried(system_calls: int | None) -> str | None:
    """Run next to nothing in the sandbox; return why that did not work."""
    return _run(command(["true"], None, system_calls=system_calls), system_calls)


def _run(wrapped: list[str], system_calls: int | None = None) -> str | None:
    passed = () if system_calls is None else (system_calls,)
    try:
        with start(wrapped, passed, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            assert process.stderr is not None
            try:
                status = process.wait(_TRIAL)
            finally:
                end(process)
            message = process.stderr.read().decode(errors="replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if status == 0 else message.strip()[-300:]


def start(
    wrapped: list[str],
    passed: Iterable[int],
    hand_on: bool = False,
    stdout: int | IO[bytes] = subprocess.DEVNULL,
    stderr: int | IO[bytes] = subprocess.DEVNULL,
    environment: dict[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start what `command` or one of its like has wrapped, so that it never outlives this process.

    Its standard input is what it hangs by: see `lifeline`, and `end`.

    Parameters
    ----------
    wrapped
        The command line.
    passed
        File descriptors that stay open in it.
    hand_on
        Whether standard input is handed on to the command, which sees nothing of it otherwise.
    stdout, stderr
        As for `subprocess.Popen`.
    environment
        All its variables; by default there are none.
    """
    kind = lifeline.HANDED_ON if hand_on else lifeline.OWN
    return subprocess.Popen(  # noqa: S603  (our own command line)
        [sys.executable, "-I", "-S", lifeline.__file__, kind, *wrapped],
        pass_fds=tuple(passed),
        start_new_session=True,
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        env=environment or {},
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """End what `start` has started, with everything in it, and wait until it is gone."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):  # what was written to it and never read
        process.stdin.close()

    try:
        process.wait(_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _refused(reason: str) -> str:
    return (
        f"bubblewrap does not work here: {reason}. It needs version 0.7 or newer and a kernel that "
        "grants user namespaces (in a container: allow them, for example docker run "
        "--security-opt seccomp=unconfined --security-opt apparmor=unconfined; on Ubuntu: sysctl "
        f"kernel.apparmor_restrict_unprivileged_userns=0). {_OPT_OUT}"
    )


def command(argv: list[str], data: Path | None, system_calls: int | None = None) -> list[str]:
    """Wrap a command so that it runs in the sandbox.

    Parameters
    ----------
    argv
        The command; file descriptors that are passed to the whole stay open in it.
    data
        The data set that it sees, read-only, as `GUEST_DATA`.
    system_calls
        A file descriptor to read a compiled filter of system calls from; none are refused without.
    """
    number = outside_id() if _readable(data) else None
    return _wrapped(argv, data, system_calls, number)


def _wrapped(
    argv: list[str], data: Path | None, system_calls: int | None, number: int | None
) -> list[str]:
    launch = [sys.executable, "-I", "-S", user_namespace.__file__, str(number)]
    return [
        *([] if number is None else launch),
        _bwrap() or "bwrap",
        *_isolation(number is not None),
        *_mounts(data),
        *_environment_options(data),
        *("--remount-ro", "/", "--chdir", GUEST_HOME),
        *(() if system_calls is None else ("--seccomp", str(system_calls))),
        "--",
        *argv,
    ]


def template_command(argv: list[str], data: Path | None) -> list[str]:
    """Wrap the command of a template: it sees what student code sees, and may make sandboxes.

    It shares the grader's process name space, so that both mean the same by a number, and its
    /proc, without which no sandbox could be made within this one. See `nested`.
    """
    options = ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    options += ["--unshare-ipc", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    options += ["--die-with-parent", "--new-session", "--hostname", "student"]
    # It needs none of its own: what it may enter are the sandboxes that its user made within it.
    options += ["--cap-drop", "ALL"]
    mounts = _mounts(data)
    place = mounts.index("--proc")
    # Bubblewrap's own /dev would take a second user name space, and then this one's folders belong
    # to another than its processes: only root could enter both.
    devices = [option for path in _PLAIN for option in ("--dev-bind", path, path)]
    mounts[place : place + 6] = ["--bind", "/proc", "/proc", "--tmpfs", "/dev", *devices]
    end = ("--remount-ro", "/", "--chdir", GUEST_HOME, "--", *argv)
    return [_bwrap() or "bwrap", *options, *mounts, *_environment_options(data), *end]


def nested(
    argv: list[str], data: bool, system_calls: int | None, spaces: tuple[int, int]
) -> list[str]:
    """Wrap a command in a sandbox as `command` does, but within that of a template.

    Parameters
    ----------
    argv
        The command.
    data
        Whether the template has a data set to pass on.
    system_calls
        As for `command`.
    spaces
        File descriptors of the template's user and mount name spaces.
    """
    user, mount = (f"/proc/self/fd/{number}" for number in spaces)
    enter = [shutil.which("nsenter") or "nsenter", "--preserve-credentials"]
    # No `user_namespace`: whoever enters the template's may have no other user in it.
    inner = _wrapped(argv, Path(GUEST_DATA) if data else None, system_calls, None)
    return [*enter, f"--user={user}", f"--mount={mount}", "--", *inner]


def environment(home: str, data: str | None) -> dict[str, str]:
    """Return all variables that student code sees; nothing else of the grader's is handed on.

    Parameters
    ----------
    home
        The home folder as the student's process sees it.
    data
        The data set as the student's process sees it.
    """
    values = {
        "HOME": home,
        "USER": "student",
        "LOGNAME": "student",
        "PATH": os.pathsep.join([str(Path(sys.prefix) / "bin"), "/usr/bin", "/bin"]),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if not _devices():
        values["CUDA_VISIBLE_DEVICES"] = "-1"
    if packages := lent():
        values["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(str(p.parent) for p in packages))
    place = courses.Place(home, data, None if data is None else _precomputed(data))
    values |= courses.plugin().environment(place)
    return {name: value for name, value in values.items() if value}


def lent() -> list[Path]:
    """Return packages and modules that student code imports and that lie beside this Python."""
    found = dict.fromkeys([_PACKAGE, *courses.places_inside()])
    installed = [Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix)]
    return [path for path in found if not any(map(path.is_relative_to, installed))]


def _precomputed(data: str) -> str | None:
    """Return where lies what was made of a data set for all, seen from where the data set is."""
    if data == GUEST_DATA:
        return GUEST_PRECOMPUTED
    folder = courses.plugin().precomputed(Path(data))
    return None if folder is None else str(folder)


def _devices() -> list[str]:
    """Return the files of the devices that the course uses, as far as they are here."""
    patterns = courses.plugin().devices().patterns
    return [str(path) for path in sorted(p for name in patterns for p in _DEVICES.glob(name))]


def _bwrap() -> str | None:
    return shutil.which("bwrap")


@functools.cache
def _knows(option: str) -> bool:
    bwrap = _bwrap()
    if bwrap is None:
        return False
    done = subprocess.run([bwrap, "--help"], capture_output=True, text=True, check=False)  # noqa: S603
    return option in done.stdout + done.stderr


def _isolation(launched: bool) -> list[str]:
    options = ["--die-with-parent", "--new-session", "--hostname", "student"]
    options += ["--cap-drop", "ALL"]
    if launched:  # in a namespace that allows no others, whose root the runner soon ceases to be
        options += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
        options += ["--unshare-cgroup-try"]
        wanted = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
        return options + [option for name in wanted for option in ("--cap-add", name)]
    options += ["--unshare-all", "--unshare-user", "--uid", str(GUEST_ID), "--gid", str(GUEST_ID)]
    # Without namespaces of its own, student code reaches less of the system's kernel.
    return options + (["--disable-userns"] if _knows("--disable-userns") else [])


def _mounts(data: Path | None) -> list[str]:
    options = [option for path in _SYSTEM for option in _system(Path(path))]
    for name in _ETC:
        options += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    # Where root grades, student code may be root to the files of /proc/sys, and one of them names
    # a program that the system runs outside of any sandbox.
    options += ["--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev"]
    options += _folders_above([GUEST_HOME])
    for folder in ("/dev/shm", "/tmp", GUEST_HOME):  # noqa: S108  (fresh ones, in memory)
        options += ["--perms", "1777", "--size", str(MAX_DISK), "--tmpfs", folder]
    options += [option for path in _devices() for option in ("--dev-bind", path, path)]
    options += ["--remount-ro", "/dev"]
    packages = view.packages()
    options += _folders_above([*_installed(), *map(str, packages), GUEST_DATA])
    for path in _installed():
        options += ["--ro-bind", path, path]
    for package, parts in packages.items():
        options += _in_part(package, parts)
    if data is not None:
        source = data if str(data) == GUEST_DATA else Path(data).resolve()
        options += ["--ro-bind", str(source), GUEST_DATA]
        if (made := _precomputed(str(data))) is not None:
            options += ["--ro-bind-try", made, GUEST_PRECOMPUTED]
    return options


def _system(path: Path) -> list[str]:
    if path.is_symlink():
        return ["--symlink", str(path.readlink()), str(path)]
    return ["--ro-bind", str(path), str(path)] if path.is_dir() else []


def _folders_above(paths: list[str]) -> list[str]:
    """Make the folders above some paths, outermost first: those of bubblewrap are root's only."""
    found = {str(parent) for path in paths for parent in Path(path).parents} - {"/", "/tmp"}  # noqa: S108
    made = sorted(folder for folder in found if not folder.startswith("/usr"))
    return [option for folder in made for option in ("--perms", "0755", "--dir", folder)]


def _installed() -> list[str]:
    """Return where Python lies, and what is installed for it, unless the system shows it anyway."""
    folders = dict.fromkeys([sys.base_prefix, sys.prefix])
    return [folder for folder in folders if not Path(folder).is_relative_to("/usr")]


def _in_part(package: Path, parts: list[Path]) -> list[str]:
    """Show some parts of a package; what lies beside them is hidden, wherever the package lies."""
    if not package.is_dir():
        return ["--ro-bind", str(package), str(package)]
    options = ["--perms", "0755", "--tmpfs", str(package)]
    above = {folder for part in parts for folder in part.parents if package in folder.parents}
    for folder in sorted(above.difference(parts)):
        options += ["--perms", "0755", "--dir", str(folder)]
    for part in parts:
        options += ["--ro-bind", str(part), str(part)]
    return [*options, "--remount-ro", str(package)]


def _environment_options(data: Path | None) -> list[str]:
    options = ["--clearenv"]
    for name, value in environment(GUEST_HOME, GUEST_DATA if data else None).items():
        options += ["--setenv", name, value]
    return options
