"""The sandbox of student code: a bubblewrap command line that shows it almost nothing.

Own user, process, network, mount, IPC and host name spaces, no capabilities, and where libseccomp
is installed a filter of system calls. What a process sees
is read-only: the system's libraries, the Python that grades, this package and one data set. What
it may write lies in memory, is capped, and is gone when the sandbox ends.
"""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

from pawmark import profiles
from pawmark.grading import syscalls
from pawmark.grading.limits import MAX_DISK

GUEST_HOME = "/home/student"
GUEST_DATA = "/data/pets"

_PACKAGE = Path(__file__).resolve().parents[1]
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "fonts", "alternatives", "localtime")
_HANDED_ON = ("KERAS_BACKEND",)
_DEVICES = Path("/dev")
_DRIVER = ("nvidiactl", "nvidia-uvm")  # what CUDA opens beside the cards themselves
_OPT_OUT = (
    "To grade without a sandbox, on a machine where students may read and change everything, "
    "set PAWMARK_SANDBOX=none."
)


@functools.cache
def available() -> str | None:
    """Tell why no sandbox can be had here: None if one works, else a reason and its remedy."""
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
    descriptor = syscalls.open_program() if available() is None else None
    if descriptor is None:
        return False
    try:
        return _tried(descriptor) is None
    finally:
        os.close(descriptor)


def _tried(system_calls: int | None) -> str | None:
    """Run next to nothing in the sandbox; return why that did not work."""
    passed = () if system_calls is None else (system_calls,)
    try:
        done = subprocess.run(  # noqa: S603  (our own command line)
            command(["true"], None, system_calls=system_calls),
            pass_fds=passed,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else done.stderr.strip()[-300:]


def _refused(reason: str) -> str:
    return (
        f"bubblewrap does not work here: {reason}. It needs version 0.7 or newer and a kernel that "
        "grants user namespaces (in a container: allow them, for example docker run "
        "--security-opt seccomp=unconfined --security-opt apparmor=unconfined; on Ubuntu: sysctl "
        f"kernel.apparmor_restrict_unprivileged_userns=0). {_OPT_OUT}"
    )


def command(
    argv: list[str], data: Path | None, enabled: bool = True, system_calls: int | None = None
) -> list[str]:
    """Wrap a command so that it runs in the sandbox.

    Parameters
    ----------
    argv
        The command; file descriptors that are passed to the whole stay open in it.
    data
        The data set that it sees, read-only, as `GUEST_DATA`.
    enabled
        False returns the command as it is: then it is the caller who gives `environment`.
    system_calls
        A file descriptor to read a compiled filter of system calls from; none are refused without.
    """
    if not enabled:
        return argv
    return [
        _bwrap() or "bwrap",
        *_isolation(),
        *_mounts(data),
        *_environment_options(data),
        *("--remount-ro", "/", "--chdir", GUEST_HOME),
        *(() if system_calls is None else ("--seccomp", str(system_calls))),
        "--",
        *argv,
    ]


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
        "PAWMARK_PROGRESS": "0",
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        # Said, not left to the machine's look: in here no card may be seen, and both sides have to
        # speak of the same sizes.
        "PAWMARK_PROFILE": profiles.current().name,
    }
    if not _cards():
        values["CUDA_VISIBLE_DEVICES"] = "-1"
    if not _PACKAGE.is_relative_to(Path(sys.prefix).resolve()):
        values["PYTHONPATH"] = str(_PACKAGE.parent)
    if data is not None:
        values["PAWMARK_DATA"] = data
    for name in _HANDED_ON:
        if name in os.environ:
            values[name] = os.environ[name]
    return values


def _cards() -> list[str]:
    """Return the device files of the graphics cards, where the profile trains on them."""
    if profiles.current() is not profiles.GPU:
        return []
    found = [*_DEVICES.glob("nvidia[0-9]*"), *(_DEVICES / name for name in _DRIVER)]
    return [str(path) for path in sorted(found) if path.exists()]


def _bwrap() -> str | None:
    return shutil.which("bwrap")


@functools.cache
def _knows(option: str) -> bool:
    bwrap = _bwrap()
    if bwrap is None:
        return False
    done = subprocess.run([bwrap, "--help"], capture_output=True, text=True, check=False)  # noqa: S603
    return option in done.stdout + done.stderr


def _isolation() -> list[str]:
    options = ["--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000"]
    options += ["--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    options += ["--hostname", "student"]
    # Without namespaces of its own, student code reaches less of the system's kernel.
    return options + (["--disable-userns"] if _knows("--disable-userns") else [])


def _mounts(data: Path | None) -> list[str]:
    options = [option for path in _SYSTEM for option in _system(Path(path))]
    for name in _ETC:
        options += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    # Where root grades, student code is root to the files of /proc/sys, and one of them names a
    # program that the system runs outside of any sandbox.
    options += ["--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev"]
    for folder in ("/dev/shm", "/tmp", GUEST_HOME):  # noqa: S108  (fresh ones, in memory)
        options += ["--size", str(MAX_DISK), "--tmpfs", folder]
    options += [option for path in _cards() for option in ("--dev-bind", path, path)]
    options += ["--remount-ro", "/dev"]
    for path in _code():
        options += ["--ro-bind", path, path]
    if data is not None:
        options += ["--ro-bind", str(Path(data).resolve()), GUEST_DATA]
    return options


def _system(path: Path) -> list[str]:
    if path.is_symlink():
        return ["--symlink", str(path.readlink()), str(path)]
    return ["--ro-bind", str(path), str(path)] if path.is_dir() else []


def _code() -> list[str]:
    """Return the folders of Python and this package; the checkout around them stays hidden."""
    folders = dict.fromkeys([sys.base_prefix, sys.prefix, str(_PACKAGE)])
    return [folder for folder in folders if not Path(folder).is_relative_to("/usr")]


def _environment_options(data: Path | None) -> list[str]:
    options = ["--clearenv"]
    for name, value in environment(GUEST_HOME, GUEST_DATA if data else None).items():
        options += ["--setenv", name, value]
    return options
