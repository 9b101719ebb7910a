"""The sandbox without name spaces: what student code cannot reach in it, tried with real code."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from attack_course import HONEST, NAME, WRONG, Course
from test_grading_limits import GRAB

from pawmark.grading.boundary import landlock, seccomp, wire
from pawmark.grading.boundary.limits import Limits
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.sandbox import choice, landlocked
from pawmark.grading.sandbox.landlocked import Landlocked
from pawmark.grading.sandbox.scratch import Scratch
from pawmark.grading.session.kernel import StudentKernel

needs_landlock = pytest.mark.skipif(
    landlocked.available() is not None, reason=str(landlocked.available())
)
REPO = Path(__file__).resolve().parents[3]
LIMIT = 60.0
SMALL = Limits(memory=700 << 20, tasks=120)

# Becomes its arguments, in a process that can make no name space, as in most containers.
WITHOUT_NAME_SPACES = """
import os, sys
from pawmark.grading.boundary import landlock, seccomp
landlock.no_new_privileges()
seccomp.install(seccomp.program())
os.execv(sys.argv[1], sys.argv[1:])
"""
TRY = """
import ctypes, os, socket, sqlite3
libc = ctypes.CDLL(None, use_errno=True)
def attempt():
{}
try:
    print("reached", attempt())
except (OSError, sqlite3.Error) as error:
    print("refused", error)
"""
CALLS = """
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
for call in {}:
    result = libc.syscall(*map(ctypes.c_long, call))
    print(errno.errorcode[ctypes.get_errno()] if result == -1 else "went through")
"""
NAMED = """
import os
for number in range(99):
    with open(f"../tmp/{number}", "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 16 << 20)
import time; time.sleep(60)
"""
NAMELESS = """
import os, tempfile, time
kept = []
for number in range(99):
    kept.append(tempfile.TemporaryFile())
    os.posix_fallocate(kept[-1].fileno(), 0, 16 << 20)
time.sleep(60)
"""
HIDDEN = """
import os, time
os.mkdir("dark", 0o300)
for number in range(99):
    with open(f"dark/{number}", "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 16 << 20)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def kernel():
    with StudentKernel(Landlocked()) as started:
        yield started


@pytest.fixture
def outside(tmp_path):
    """Make a folder that everybody may read and change, as far as modes go, with a secret in it."""
    tmp_path.chmod(0o777)
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    secret.chmod(0o666)
    return tmp_path


def printed(kernel: StudentKernel, source: str) -> str:
    run = kernel.run(source, LIMIT)
    assert run.outcome is None, run
    return "".join(output.get("text", "") for output in run.outputs)


def tried(kernel: StudentKernel, expression: str) -> str:
    """Return what came of an expression in the sandbox."""
    return printed(kernel, TRY.format(f"    return {expression}"))


@needs_landlock
@pytest.mark.parametrize(
    "expression",
    [
        "open('{0}/secret.txt').read()",
        "os.listdir('{0}')",
        "open('{0}/secret.txt', 'a').write('x')",
        "open('{0}/new.txt', 'w')",
        "os.truncate('{0}/secret.txt', 0)",
        "os.remove('{0}/secret.txt')",
        "os.rename('{0}/secret.txt', '{0}/other.txt')",
        "os.link('{0}/secret.txt', 'linked')",
        "os.rename('{0}/secret.txt', 'moved')",
        "os.mkdir('{0}/folder')",
        "os.symlink('/', '{0}/link')",
        "os.setxattr('{0}/secret.txt', 'user.a', b'x')",
        "sqlite3.connect('{0}/book.db').execute('create table a (b)')",
        "os.open('{0}', os.O_TMPFILE | os.O_WRONLY)",
        "os.symlink('{0}/secret.txt', 'way') or open('way').read()",
        "open('{1}/pyproject.toml').read()",
        "os.listdir('{1}')",
        "os.listdir(os.path.expanduser('~root'))",
        "open('/etc/passwd').read()",
        "os.listdir('/proc')",
        "open('/proc/{2}/cmdline').read()",
        "open('/proc/{2}/environ').read()",
        "open('/proc/{2}/mem', 'rb').read(1)",
        "os.open('/proc/self/mem', os.O_WRONLY)",
        "os.listdir('/dev/shm')",
        "open('/dev/shm/x', 'w')",
    ],
)
def test_files_outside_are_out_of_reach(kernel, outside, expression):
    """Neither mode bits, links nor names lead to a file or folder that is not shown."""
    before = {path.name: path.read_bytes() for path in outside.iterdir()}
    said = tried(kernel, expression.format(outside, REPO, os.getpid()))

    assert said.startswith("refused"), said
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == before


@needs_landlock
def test_modes_owners_and_times_of_other_files_stay(kernel, outside):
    """What Landlock does not ask about is refused by the filter, or does nothing."""
    path = outside / "secret.txt"
    before = path.stat()
    for call in ("chmod({0!r}, 0o777)", "utime({0!r}, (1, 1))", "chown({0!r}, -1, -1)"):
        tried(kernel, "os." + call.format(str(path)))

    after = path.stat()
    assert (after.st_mode, after.st_mtime, after.st_uid) == (
        before.st_mode,
        before.st_mtime,
        before.st_uid,
    )


@needs_landlock
@pytest.mark.parametrize(
    "expression",
    [
        "socket.create_connection(('127.0.0.1', {port}), 2)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_INET6)",
        "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "socket.socket(socket.AF_UNIX).connect('\\0{abstract}')",
        "socket.socket(socket.AF_UNIX).connect('{named}')",
        "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)",
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
    ],
)
def test_no_socket_leads_out(kernel, outside, expression):
    """Servers that listen for everybody, by port, by name and by abstract name, hear nothing."""
    named, abstract = str(outside / "s"), f"pawmark-{os.getpid()}-{time.monotonic_ns()}"
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as by_name,
        socket.socket(socket.AF_UNIX) as by_abstract_name,
    ):
        by_name.bind(named)
        by_name.listen()
        Path(named).chmod(0o777)
        by_abstract_name.bind(f"\0{abstract}")
        by_abstract_name.listen()
        port = server.getsockname()[1]
        said = tried(kernel, expression.format(port=port, named=named, abstract=abstract))

    assert said.startswith("refused"), said


@needs_landlock
@pytest.mark.parametrize(
    "expression",
    [
        "os.kill({0}, 0)",
        "os.kill({1}, 0)",
        "os.kill(os.getppid(), 0)",
        "__import__('signal').pidfd_send_signal(os.pidfd_open({0}), 0)",
        "__import__('resource').prlimit({0}, 7, (9, 9))",
        "os.setpriority(os.PRIO_PROCESS, {0}, 19)",
        "os.setpriority(os.PRIO_USER, 0, 19)",
        "libc.ptrace(16, {0}, 0, 0) and os.open('/nowhere', 0)",
        "open('/proc/self/oom_score_adj', 'w')",
    ],
)
def test_processes_outside_are_out_of_reach(kernel, expression):
    """The grader, the supervisor and the runner can be neither signalled, traced nor limited."""
    supervisor = kernel.sandbox.pid
    said = tried(kernel, expression.format(os.getpid(), supervisor))

    assert said.startswith("refused"), said


@needs_landlock
def test_the_order_of_others_stays(kernel):
    """A call that moves another process to other processors seems to succeed, and does nothing."""
    before = os.sched_getaffinity(0)
    tried(kernel, f"os.sched_setaffinity({os.getpid()}, {{0}})")

    assert os.sched_getaffinity(0) == before


@needs_landlock
def test_what_everybody_on_the_machine_shares_is_refused(kernel):
    """System V and POSIX messages, watches, leases, keys, new calls and steering fail."""
    x86 = os.uname().machine == "x86_64"
    calls = {
        (68 if x86 else 186, 1, 0o1600): "EPERM",  # msgget
        (64 if x86 else 190, 1, 1, 0o1600): "EPERM",  # semget
        (29 if x86 else 194, 1, 4096, 0o1600): "EPERM",  # shmget
        (294 if x86 else 26, 0): "EPERM",  # inotify_init1
        (250 if x86 else 219, 0, 0): "EPERM",  # keyctl
        (72 if x86 else 25, 1, 1024 + (7 << 32), 0): "EPERM",  # fcntl: a lease
        (157 if x86 else 167, 4, 0, 0, 0, 0): "EPERM",  # prctl: hide from the watcher
        (16 if x86 else 29, 1, 0x40086602, 0): "ENOTTY",  # ioctl: flags of a file
        (452, -100, 0, 0, 0): "ENOSYS",  # fchmodat2, newer than the filter
        (469, -100, 0, 0, 0, 0): "ENOSYS",  # file_setattr
        (425, 1, 0): "EPERM",  # io_uring_setup
        (435, 0, 0): "ENOSYS",  # clone3
    }
    said = printed(kernel, CALLS.format(list(calls))).split()

    assert dict(zip(calls, said, strict=True)) == calls


@needs_landlock
def test_student_code_has_no_rights_of_its_own(kernel):
    """No capability but, where Python lies in root's home, that to look; no way to get one."""
    status = dict(
        line.split(":\t") for line in printed(kernel, "print(open('/proc/self/status').read())"
                                              ).strip().splitlines()
    )  # fmt: skip

    assert int(status["CapEff"], 16) in (0, 1 << 2)
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert "0" not in status["Uid"].split()


@needs_landlock
def test_usual_work_goes_on(kernel):
    """Threads, processes, pipes, copies of files, pictures and programs work."""
    source = (
        "import os, shutil, subprocess, sys, tempfile, threading\n"
        "t = threading.Thread(target=print); t.start(); t.join()\n"
        "open('a.txt', 'w').write('a'); shutil.copy2('a.txt', tempfile.gettempdir())\n"
        "os.replace('a.txt', os.path.join(tempfile.mkdtemp(), 'b.txt'))\n"
        "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.savefig('a.png'); plt.close()\n"
        "print(subprocess.run(['echo', 'a'], capture_output=True).stdout, os.cpu_count() > 0)\n"
        "print(subprocess.run([sys.executable, '-c', 'import numpy'], check=True).returncode)\n"
    )
    assert printed(kernel, source).strip() == "b'a\\n' True\n0"


@needs_landlock
def test_a_question_is_answered(kernel):
    """The question channel to the student's namespace works as in the other sandbox."""
    kernel.run("def double(x):\n    return 2 * x", LIMIT)
    question = {"op": "call", "args": {"name": "double", "args": [21], "kwargs": {}}}

    assert wire.decode(kernel.ask(wire.encode(question), LIMIT)) == {"status": "ok", "value": 42}


@needs_landlock
def test_everything_is_gone_afterwards():
    """Detached and double-forked children, orphans and the folder end with the kernel."""
    mark = f"{time.time_ns() % 10**6 + 10**6}"
    source = (
        "import os, subprocess\n"
        f"sleep = ['sleep', '{mark}']\n"
        "subprocess.Popen(sleep, start_new_session=True)\n"
        "for _ in range(3):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork() == 0: os.execvp('sleep', sleep)\n"
        "        os._exit(0)\n"
        "os.makedirs('/'.join('d' * 900), exist_ok=True); os.mkdir('dark', 0o300)\n"
        "os.mkdir('dark/in', 0); print(os.getcwd())\n"
    )
    with StudentKernel(Landlocked()) as kernel:
        folder = Path(printed(kernel, source).strip())
        assert len(_sleeping(mark)) == 4
        assert folder.is_dir()
    assert _sleeping(mark) == []
    assert not folder.parent.exists()


@needs_landlock
def test_everything_ends_with_a_grader_that_is_killed():
    """When the grader's process is killed, the supervisor ends what it kept and tidies up."""
    mark = f"{time.time_ns() % 10**6 + 10**6}"
    source = (
        "import time\nfrom pawmark.grading.sandbox.landlocked import Landlocked\n"
        "from pawmark.grading.session.kernel import StudentKernel\n"
        "kernel = StudentKernel(Landlocked())\nkernel.start()\n"
        f"kernel.run(\"import subprocess; subprocess.Popen(['sleep', '{mark}'])\", 9)\n"
        "print(kernel.sandbox.scratch.root, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE) as grader:
        folder = Path(grader.stdout.readline().decode().strip())
        assert _sleeping(mark)
        assert folder.is_dir()
        grader.kill()
    until = time.monotonic() + LIMIT
    while (_sleeping(mark) or folder.exists()) and time.monotonic() < until:
        time.sleep(0.05)
    assert _sleeping(mark) == []
    assert not folder.exists()


@needs_landlock
@pytest.mark.parametrize(
    ("source", "outcomes"),
    [
        pytest.param(GRAB, {Outcome.OUT_OF_MEMORY}, id="memory of several processes"),
        pytest.param(NAMED, {Outcome.OUT_OF_MEMORY}, id="files"),
        pytest.param(NAMELESS, {Outcome.OUT_OF_MEMORY}, id="files without a name"),
        pytest.param(HIDDEN, {Outcome.OUT_OF_MEMORY}, id="files in a folder that cannot be read"),
    ],
)
def test_what_all_processes_use_together_is_limited(source, outcomes):
    """Too much memory or disk ends the submission's processes, soon and with the reason."""
    with StudentKernel(Landlocked(None, SMALL)) as kernel:
        run = kernel.run(source, LIMIT)

    assert run.outcome in outcomes
    assert run.seconds < LIMIT


@needs_landlock
def test_processes_are_limited_in_number():
    """A process that starts others again and again is stopped at the limit."""
    source = "import os, signal\nfor count in range(400):\n    if os.fork() == 0: signal.pause()\n"
    with StudentKernel(Landlocked(None, SMALL)) as kernel:
        run = kernel.run(source, LIMIT)

    # Each of them counts as large as the first one until there is time to look closer.
    assert run.outcome in (Outcome.CRASHED, Outcome.STUDENT_ERROR, Outcome.OUT_OF_MEMORY), run
    assert run.error_name in ("", "BlockingIOError")


@needs_landlock
def test_a_data_set_that_cannot_be_read_is_no_students_fault(tmp_path):
    """Where student code could not read the data, it is not started, and the reason says so."""
    (tmp_path / "images").symlink_to("/etc/passwd")

    assert "Permission denied" in landlocked.available(tmp_path)


def test_an_old_system_is_refused_with_the_reason(monkeypatch):
    """Where Landlock cannot keep signals in, nothing is graded, and the reason says what can."""
    monkeypatch.setattr(landlock, "version", lambda: 5)
    reason = landlocked.available.__wrapped__()

    assert "version 5" in reason
    assert "Linux 6.12" in reason


def test_without_a_filter_it_is_refused(monkeypatch):
    """Landlock alone does not hold: without libseccomp nothing is graded."""
    monkeypatch.setattr(landlock, "version", lambda: 6)
    monkeypatch.setattr(seccomp, "LIBRARY", "libseccomp.so.absent")

    assert "libseccomp" in landlocked.available.__wrapped__()


def test_an_unknown_sandbox_is_refused():
    """A name that is misspelt does not lead to another sandbox than was asked for."""
    done = _python("from pawmark.grading.sandbox import choice; print(choice.refusal())", "landlok")

    assert "landlok" in done.stdout
    assert "bubblewrap, landlock or none" in done.stdout


@needs_landlock
def test_a_graphics_card_is_not_promised(monkeypatch):
    """Where the profile trains on a card, which this sandbox does not show, grading refuses."""
    ask = "from pawmark.grading.sandbox import choice; print(choice.refusal())"
    monkeypatch.setenv("PAWMARK_PROFILE", "gpu")

    assert "PAWMARK_PROFILE=quick" in _python(ask, "landlock").stdout


@needs_landlock
def test_the_better_sandbox_is_preferred():
    """Landlock is taken where it is asked for, or where bubblewrap can make no name spaces."""
    ask = "from pawmark.grading.sandbox import choice; print(choice.chosen(), choice.refusal())"

    assert _python(ask, "landlock").stdout == "landlock None\n"
    if choice.bubblewrap.available() is None:
        assert _python(ask, "").stdout == "bubblewrap None\n"
        assert _python(ask, "", forbidden=True).stdout == "landlock None\n"


@needs_landlock
def test_a_scratch_folder_counts_what_is_in_it():
    """The measure sees files with and without a name, and an end to what it looks at."""
    scratch = Scratch()
    try:
        assert not scratch.full([])
        scratch.good_until = 0.0
        with (scratch.root / "tmp" / "sparse").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, 513 << 20)
            assert scratch.full([])
            Path(file.name).unlink()
            scratch.good_until = 0.0
            assert scratch.full([Path("/proc/self")])
            scratch.good_until = 0.0
            assert not scratch.full([])
    finally:
        scratch.remove()
    assert not scratch.root.exists()


@pytest.mark.slow
@needs_landlock
@pytest.mark.timeout(400)
def test_a_course_is_graded_where_name_spaces_are_forbidden(tmp_path, small_pets):
    """Plain ``nbgrader autograde`` takes Landlock there, says so, and gives the usual points."""
    course = Course(tmp_path, small_pets.root)
    course.build()
    course.hand_in("honest", HONEST)
    course.hand_in("wrong", WRONG)
    done = _without_name_spaces(
        ["-m", "nbgrader", "autograde", NAME], course.environment, cwd=course.root
    )

    assert done.returncode == 0, done.stderr
    assert "confined by Landlock" in done.stderr
    assert course.scores() == {"honest": 8, "wrong": 4}
    assert course.record("honest")["sandbox"] == "landlock"


@pytest.mark.slow
@needs_landlock
@pytest.mark.timeout(600)
def test_the_core_of_the_attack_bank_holds():
    """The attacks that every run tries gain nothing here either, through real nbgrader."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-m",
            "not slow",
            "tests/attacks_bank/test_attacks.py",
        ],
        cwd=REPO,
        env={**os.environ, choice.VARIABLE: choice.LANDLOCK},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


def _python(source: str, wanted: str, forbidden: bool = False) -> subprocess.CompletedProcess:
    if forbidden:
        return _without_name_spaces(["-c", source], {choice.VARIABLE: wanted})
    environment = {**os.environ, choice.VARIABLE: wanted}
    return subprocess.run(
        [sys.executable, "-c", source], env=environment, capture_output=True, text=True, check=True
    )


def _without_name_spaces(arguments, environment, cwd=None) -> subprocess.CompletedProcess:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_NAME_SPACES, sys.executable, *arguments],
        env={**os.environ, "PATH": path, choice.VARIABLE: ""} | environment,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _sleeping(mark: str) -> list[int]:
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if process.info["cmdline"] == ["sleep", mark]
    ]
