"""Warm starts: nothing of one submission reaches another, or the template; results are equal."""

import ast
import json
import os
import re
import time
from pathlib import Path

import psutil
import pytest
from attack_course import HONEST, NAME, WRONG, Course

from pawmark.grading.boundary.limits import Limits
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.sandbox.namespaced import Bubblewrap
from pawmark.grading.session import warm
from pawmark.grading.session.kernel import StudentKernel

pytestmark = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)
LIMIT = 60.0
FULL, LIGHT = warm.libraries_for(["import keras"]), warm.libraries_for(["import numpy"])

# Variables that importing TensorFlow sets (one of them only beside JAX), and the number of a file.
OF_THE_IMPORT = {
    "ENABLE_RUNTIME_UPTIME_TELEMETRY", "HDF5_PLUGIN_PATH", "TF2_BEHAVIOR", "TPU_ML_PLATFORM",
    "TPU_ML_PLATFORM_VERSION", "TPU_SKIP_MDS_QUERY", "PAWMARK_CHANNEL_FD",
}  # fmt: skip

SURROUNDINGS = """
import os, re, resource, signal, sys
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines())
rights = ("Cap", "Uid", "Gid", "Groups", "Seccomp", "NoNewPrivs", "Umask", "Sig", "Shd")
links = [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if
         os.path.islink(f"/proc/self/fd/{n}")]
mounts = [line.split()[3:] for line in open("/proc/self/mountinfo")]
print(repr({
    "rights": {key: value for key, value in status.items() if key.startswith(rights)},
    "limits": open("/proc/self/limits").read(),
    "files": sorted(link.split(":")[0] for link in links),
    "mounts": sorted((" ".join(fields[:3])) for fields in mounts),
    "environment": dict(os.environ),
    "argv": [re.sub("kernel-[^/]*", "", word) for word in sys.argv],
    "path": sys.path,
    "cwd": os.getcwd(),
    "host": os.uname().nodename,
    "session": os.getsid(0) == os.getpid(),
    "nice": os.nice(0),
    "interrupt": str(signal.getsignal(signal.SIGINT)).split(" at ")[0],
    "flags": str(sys.flags),
    "recursion": sys.getrecursionlimit(),
}))
"""

PLANT = """
import builtins, os, random, socket, subprocess, sys
import numpy as np
mark = "".join(["surv", "ivor-", "@MARK@"])
for folder in ("/tmp", "/dev/shm", os.path.expanduser("~")):
    with open(f"{folder}/{mark}", "w") as file:
        file.write(mark)
os.environ["LEFT"] = mark
np.left = builtins.left = sys.modules["keras"].left = mark
kept = [mark * 1000 for _ in range(100)]
listening = socket.socket(socket.AF_UNIX)
listening.bind("\\0" + mark)
listening.listen()
code = "import sys, time; time.sleep(600)"
subprocess.Popen([sys.executable, "-c", code, mark], start_new_session=True)
print("planted")
"""

SEARCH = """
import builtins, os, re, sys
import numpy as np
pattern = re.compile(b"[s]urvivor-@MARK@")  # which is not itself what it finds
found = []
for root in ("/tmp", "/dev/shm", os.path.expanduser("~"), "/dev/mqueue"):
    for folder, _, names in os.walk(root):
        found += [f"{folder}/{name}" for name in names if pattern.search(name.encode())]
for name in filter(str.isdigit, os.listdir("/proc")):
    for part in ("cmdline", "environ"):
        try:
            text = open(f"/proc/{name}/{part}", "rb").read()
        except OSError:
            continue
        found += [f"/proc/{name}/{part}"] * bool(pattern.search(text))
found += ["unix socket"] * bool(pattern.search(open("/proc/net/unix", "rb").read()))
found += [str(module) for module in (np, builtins, sys.modules["keras"]) if hasattr(module, "left")]
with open("/proc/self/mem", "rb", 0) as memory:
    for line in open("/proc/self/maps"):
        place, rights = line.split()[:2]
        first, last = (int(part, 16) for part in place.split("-"))
        if rights.startswith("rw"):
            memory.seek(first)
            try:
                found += [line] * bool(pattern.search(memory.read(last - first)))
            except OSError:
                continue
processes = [open(f"/proc/{n}/comm").read().strip() for n in os.listdir("/proc") if n.isdigit()]
print(repr((found, processes)))
"""


def told(kernel: StudentKernel, source: str) -> str:
    """Run code and return what it printed."""
    run = kernel.run(source, LIMIT)
    assert run.outcome is None, run
    return "".join(o["text"] for o in run.outputs if o.get("name") == "stdout")


@pytest.fixture(scope="module", autouse=True)
def always_warm():
    """Start every submission warm, or skip where that cannot be."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAWMARK_WARM", "1")
        with StudentKernel(Bubblewrap(), libraries=FULL) as kernel:
            if not kernel.warm:
                pytest.skip(f"no warm starts here: {warm.broken}")
        yield
    warm.close()


@pytest.fixture
def kernel():
    """Give one warm submission."""
    with StudentKernel(Bubblewrap(), libraries=FULL) as started:
        assert started.warm
        yield started


def template_process() -> psutil.Process:
    """Return the process of the template."""
    (template,) = warm.templates()
    inner = psutil.Process(template.pid)
    while "preloaded" not in inner.cmdline()[:4]:  # what it hangs by, and bubblewrap
        (inner,) = inner.children()
    return inner


def test_student_code_finds_the_same_around_it(kernel):
    """Rights, limits, filter, mounts, open files, variables, paths are those of a cold start."""
    with StudentKernel(Bubblewrap()) as cold:
        until = time.monotonic() + 10
        expected, found = (ast.literal_eval(told(one, SURROUNDINGS)) for one in (cold, kernel))
        # Jupyter's other channels may be accepted while the first cell runs already.
        while found["files"] != expected["files"] and time.monotonic() < until:
            expected, found = (ast.literal_eval(told(one, SURROUNDINGS)) for one in (cold, kernel))
    for surroundings in (expected, found):
        for name in OF_THE_IMPORT:
            surroundings["environment"].pop(name, None)

    assert found == expected
    assert found["rights"]["CapEff"] == found["rights"]["CapBnd"] == "0" * 16
    assert found["rights"]["NoNewPrivs"] == "1"


@pytest.mark.parametrize("when", ["after", "beside"])
def test_nothing_of_one_submission_is_in_another(when):
    """No file, variable, process, socket, attribute or memory of one is found from the other."""
    mark = os.urandom(6).hex()
    with StudentKernel(Bubblewrap(), libraries=FULL) as first:
        assert told(first, PLANT.replace("@MARK@", mark)) == "planted\n"
        found, _ = ast.literal_eval(told(first, SEARCH.replace("@MARK@", mark)))
        assert len(found) > 8  # who planted it finds it: in files, processes, memory and so on
        if when == "after":
            first.close()
        with StudentKernel(Bubblewrap(), libraries=FULL) as second:
            assert second.warm
            found, processes = ast.literal_eval(told(second, SEARCH.replace("@MARK@", mark)))

    assert found == []
    assert sorted(processes) == ["bwrap", "cat", "python", "python"]


def test_the_template_keeps_nothing_of_a_submission(kernel):
    """The template has no more open files or children than before, and none of the marks."""
    template = template_process()
    files = template.num_fds()
    mark = os.urandom(6).hex()
    with StudentKernel(Bubblewrap(), libraries=FULL) as other:
        told(other, PLANT.replace("@MARK@", mark))
        assert template.num_fds() == files
    kernel.close()
    for _ in range(100):
        if not template.children():
            break
        time.sleep(0.05)

    assert template.children() == []
    assert mark.encode() not in Path(f"/proc/{template.pid}/environ").read_bytes()


def test_the_template_cannot_be_touched(kernel):
    """It has no number inside, is nobody's parent there, and a signal to all does not reach it."""
    template = template_process()
    source = f"""
import os
results = []
for act in (lambda: os.kill({template.pid}, 0), lambda: os.kill({template.ppid()}, 0),
            lambda: open("/proc/{template.pid}/mem"), lambda: os.pidfd_open({template.pid})):
    try:
        results.append(act())
    except OSError as error:
        results.append(type(error).__name__)
parents = {{open(f"/proc/{{n}}/stat").read().rsplit(")", 1)[1].split()[1]
           for n in os.listdir("/proc") if n.isdigit()}}
print(repr((results, sorted(parents))))
"""
    results, parents = ast.literal_eval(told(kernel, source))

    assert set(results) == {"ProcessLookupError", "FileNotFoundError"}
    assert parents == ["0", "1", "3"]  # nobody outside, process 1, the runner
    run = kernel.run("import os, signal, time\nos.kill(-1, signal.SIGKILL)\ntime.sleep(30)", 20)
    assert run.outcome is Outcome.CRASHED
    assert template.is_running()
    with StudentKernel(Bubblewrap(), libraries=FULL) as after:
        assert after.warm


def test_a_sandbox_of_its_own_each(kernel):
    """Two submissions at once, and the template, share no name space."""
    source = "import os; print(repr({n: os.readlink(f'/proc/self/ns/{n}') for n in "
    source += "('user', 'mnt', 'pid', 'ipc', 'net', 'uts', 'cgroup')}))"
    with StudentKernel(Bubblewrap(), libraries=FULL) as other:
        first, second = (ast.literal_eval(told(one, source)) for one in (kernel, other))
    folder = Path(f"/proc/{template_process().pid}/ns")

    for name in first:
        assert len({first[name], second[name], str((folder / name).readlink())}) == 3, name


def test_limits_hold_for_a_copy():
    """What a submission takes on top of the template counts, and ends it when it is too much."""
    with StudentKernel(Bubblewrap(None, Limits(memory=1 << 30)), libraries=FULL) as kernel:
        assert kernel.warm
        assert (
            kernel.run("import keras, numpy as np\nsmall = np.ones(10_000_000)", 30).outcome is None
        )
        run = kernel.run("import time\nkept = bytearray(b'x') * (3 << 29)\ntime.sleep(20)", 30)

    assert run.outcome in (Outcome.OUT_OF_MEMORY, Outcome.STUDENT_ERROR)


def test_chance_is_drawn_anew(kernel):
    """Random numbers that nobody seeded differ between two submissions."""
    source = "import random, numpy as np; print(random.random(), np.random.rand())"
    with StudentKernel(Bubblewrap(), libraries=FULL) as other:
        ours, theirs = told(kernel, source).split(), told(other, source).split()

    assert not set(ours) & set(theirs)


def test_a_template_that_ended_is_replaced(kernel):
    """The submission at work goes on, and the next one starts warm from a new template."""
    template = template_process()
    template.kill()
    template.wait(10)

    assert told(kernel, "print(6 * 7)") == "42\n"
    with StudentKernel(Bubblewrap(), libraries=FULL) as other:
        assert other.warm
        assert told(other, "print(7 * 7)") == "49\n"


def test_without_a_template_the_start_is_cold(monkeypatch):
    """A template that does not come up costs a moment, and no submission."""
    monkeypatch.setattr(bubblewrap, "template_command", lambda argv, data: ["false"])
    monkeypatch.setattr(warm, "standing", {})
    monkeypatch.setattr(warm, "broken", [])
    with StudentKernel(Bubblewrap(), libraries=FULL) as kernel:
        assert not kernel.warm
        assert told(kernel, "print(6 * 7)") == "42\n"
    assert warm.broken
    assert not warm.wanted()


def test_the_switch(monkeypatch):
    """Left alone, all start cold for root, else the first one; 0 and 1 say never and always."""
    alone = [False, bubblewrap.outside_id() is None]
    monkeypatch.setattr(warm, "starts_asked_for", 0)
    monkeypatch.setattr(warm, "broken", [])
    for switch, expected in {"": alone, "0": [False] * 2, "1": [True] * 2}.items():
        monkeypatch.setattr(warm, "starts_asked_for", 0)
        monkeypatch.setenv("PAWMARK_WARM", switch)
        assert [warm.wanted(), warm.wanted()] == expected


@pytest.mark.parametrize(
    ("source", "libraries"),
    [
        ("import keras", FULL),
        ("import numpy", LIGHT),
        ("import keras, os\nos.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', \"2\")", FULL),
        ("os.environ['KERAS_BACKEND'] = 'jax'", ()),
        ("os.environ.setdefault('KERAS_BACKEND', 'jax')", ()),
        ("%env TF_ENABLE_ONEDNN_OPTS=0", ()),
        ("from os import putenv as p", ()),
    ],
)
def test_code_that_sets_variables_starts_cold(source, libraries):
    """What may change how a library is imported is run as it always was."""
    assert warm.libraries_for(["x = 1", source]) == libraries


def test_the_sources_of_the_course_suit():
    """Every assignment can be started warm."""
    paths = list(Path(__file__).resolve().parents[3].glob("source/*/*.ipynb"))

    assert len(paths) == 6
    for path in paths:
        cells = json.loads(path.read_text())["cells"]
        sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
        assert warm.libraries_for(sources), path.name


def test_a_light_template_has_no_tensorflow():
    """Code that never names it does not wait for it; a full template serves such code too."""
    source = "import sys; print('tensorflow' in sys.modules, 'matplotlib' in sys.modules)"
    with StudentKernel(Bubblewrap(), libraries=LIGHT) as kernel:
        assert kernel.warm
        assert told(kernel, source) == "True True\n"
    warm.close()
    with StudentKernel(Bubblewrap(), libraries=LIGHT) as kernel:
        assert kernel.warm
        assert told(kernel, source) == "False True\n"
        assert told(kernel, "import keras; print(keras.backend.backend())") == "tensorflow\n"
    warm.close()


def test_warm_and_cold_write_the_same(tmp_path, small_pets):
    """Records, scores and outputs of a class are the same bytes but for times."""
    course = Course(tmp_path, small_pets.root)
    course.build()
    plot = "import matplotlib.pyplot as plt\nimport numpy as np, random, keras\n"
    plot += "keras.utils.set_random_seed(3)\nprint(random.random(), keras.random.normal((2,)))\n"
    plot += "plt.plot([1, 2, 3]);"
    crash = HONEST | {"99-clip": "def clipped(values, low, high):\n    import os; os._exit(1)"}
    for student, cells in {"ada": HONEST | {"last": plot}, "ben": WRONG, "cy": crash}.items():
        course.hand_in(student, cells)
    seen = []
    course.environment["PAWMARK_CELL_TIMEOUT"] = "150"  # a busy machine imports for long
    for switch in "01":
        course.environment |= {"PAWMARK_WARM": switch, "PAWMARK_SEED": "5", "PAWMARK_FRESH": "1"}
        done = course.nbgrader("autograde", NAME, "--force")
        # A person is asked about its written answer: code stands below the untouched placeholder.
        assert done.returncode == 1, done.stderr
        assert "A person must look: ada, 99_target" in done.stderr
        seen.append((course.scores(), _written(course)))

    assert seen[0][0] == seen[1][0]
    assert seen[0][1].splitlines() == seen[1][1].splitlines()
    assert "image/png" in seen[0][1]


def _written(course: Course) -> str:
    """Return notebooks and records without times, and without what libraries say of themselves.

    That goes to standard error past Python, and comes before or after what is printed by chance.
    """
    folder = course.root / "autograded"
    texts = [
        re.sub(r'"(seconds|memory)": [0-9.]+', "", path.read_text())
        for path in sorted(folder.rglob("*.json"))
    ]
    for path in sorted(folder.rglob("*.ipynb")):
        notebook = json.loads(path.read_text())
        for cell in notebook["cells"]:
            cell["outputs"] = _without_notes(cell.get("outputs", []))
        texts.append(json.dumps(notebook, indent=1))
    return "\n".join(texts)


def _without_notes(outputs: list[dict]) -> list[dict]:
    kept: list[dict] = []
    for output in outputs:
        if output.get("name") == "stderr":
            output["text"] = [line for line in output["text"] if line.startswith("Grader: ")]
        if not output.get("text", True):
            continue
        if kept and "name" in output and kept[-1].get("name") == output["name"]:
            kept[-1]["text"] += output["text"]
        else:
            kept.append(output)
    return kept
