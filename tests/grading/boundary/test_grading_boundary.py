"""The trusted side of the sockets against a process that speaks garbage.

Whatever arrives, a question ends in time, with a value that is plain data or with a StudentError
that fails the check. The process is real, the sockets are real, and so is the code that reads.
"""

import contextlib
import io
import json
import os
import pickle
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pawmark.checks import CheckFailed, expect, expect_array, expect_close, expect_number
from pawmark.grading.boundary import wire
from pawmark.grading.boundary.limits import Limits, Usage
from pawmark.grading.checks.student import Student, StudentError
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.run.execution import Execution
from pawmark.grading.secret import PRACTICE
from pawmark.grading.session import kernel as module
from pawmark.grading.session.kernel import KernelLost, StudentKernel
from pawmark.vision.asking import VisionStudent

MANY = int(os.environ.get("PAWMARK_FUZZ_EXAMPLES", "700"))
LIMIT = 0.4
QUICK = settings(
    deadline=None,
    max_examples=MANY,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# Takes two sockets and a script: what to write where, and how to end.
MOUTH = """
import contextlib, pickle, socket, sys, time
orders = socket.socket(fileno=int(sys.argv[1]))
while True:
    head, numbers, _, _ = socket.recv_fds(orders, 8, 2)
    if not head:
        break
    data = b""
    while len(data) < int.from_bytes(head, "big"):
        data += orders.recv(1 << 20)
    steps, ending = pickle.loads(data)
    names = ("control", "channel")
    ends = {n: socket.socket(fileno=number) for n, number in zip(names, numbers, strict=False)}
    with contextlib.suppress(OSError):
        for name, part in steps:
            ends[name].sendall(part)
        if ending in ends:
            while True:
                ends[ending].sendall(b"\\0")
                time.sleep(0.01)
        closed = {"close": ("control", "channel"), "close channel": ("channel",)}.get(ending, ())
        for name in closed:  # says no more there, but listens: what was said is to be read
            ends[name].shutdown(socket.SHUT_WR)
        while ends["control"].recv(1 << 16):
            pass
        while closed and ends["channel"].recv(1 << 16):
            pass
    for end in ends.values():
        end.close()
"""


class Mouth:
    """The process that speaks garbage, on new sockets for each example."""

    def __init__(self) -> None:
        self.orders, inner = socket.socketpair()
        with inner:
            argv = [sys.executable, "-c", MOUTH, str(inner.fileno())]
            self.process = subprocess.Popen(argv, pass_fds=[inner.fileno()])

    def kernel(self, steps: list[tuple[str, bytes]], ending: str = "close") -> StudentKernel:
        """Return a kernel at whose other end the script is spoken."""
        kernel = StudentKernel(StandIn(self, [("control", READY), *steps], ending))
        kernel.start()
        return kernel

    def speak(self, script: tuple, control: int, channel: int) -> None:
        """Speak a script into the ends of two sockets."""
        data = pickle.dumps(script)
        head = len(data).to_bytes(8, "big")
        socket.send_fds(self.orders, [head], [control, channel])
        self.orders.sendall(data)

    def close(self) -> None:
        """End the process."""
        self.orders.close()
        self.process.wait(10)


class StandIn:
    """Stands for the sandbox, which is not what is tested here."""

    data, limits, peak_memory, pid = None, Limits(), 0, None

    def __init__(self, mouth: Mouth, steps: list[tuple[str, bytes]], ending: str) -> None:
        self.mouth, self.script = mouth, (steps, ending)
        self.ended = threading.Event()

    @property
    def alive(self):
        """Tell whether it has ended."""
        return not self.ended.is_set()

    def start(self, control, channel):
        """Let the script be spoken."""
        self.mouth.speak(self.script, control, channel)

    def usage(self):
        """Use nothing."""
        return Usage()

    def watch(self):
        """Wait for the end."""
        self.ended.wait()
        yield None

    def end(self):
        """End it."""
        self.ended.set()


@pytest.fixture(scope="module")
def mouth():
    speaker = Mouth()
    yield speaker
    speaker.close()


def student_of(kernel: StudentKernel) -> Student:
    """Return the student that checks ask, with what execution makes of a lost kernel."""
    execution = Execution(
        notebook=nbformat.v4.new_notebook(),
        not_attempted=frozenset(),
        course=Path(),
        data=None,
        guest_root="",
        new_kernel=lambda: None,
        sandbox="bubblewrap",
        seed=0,
        secret=PRACTICE,
        timeout=LIMIT,
    )
    execution.processes.adopt(kernel)
    return VisionStudent(execution.questioner("exercise"))


QUESTIONS = (
    lambda student: student.call("f", np.zeros(3)),
    lambda student: student.model(wire.Opaque(0, "m", "m")),
    lambda student: student.axes(wire.Opaque(0, "a", "a")),
    lambda student: student.weights(wire.Opaque(0, "m", "m")),
    lambda student: student.folder({"a": b"b"}),
    lambda student: student.read_file("a"),
)
CHECKS = (
    lambda value: expect(value is not None, "m", got=value),
    lambda value: expect_array(value, (3, None), np.float32),
    lambda value: expect_number(value),
    lambda value: expect_close(value, np.zeros(3), "m", show=True),
)


def ask(kernel: StudentKernel, question) -> None:
    """Ask, and check what comes; anything but the two errors that are meant goes through."""
    began = time.monotonic()
    with contextlib.closing(kernel), contextlib.suppress(StudentError):
        value = question(student_of(kernel))
        for check in CHECKS:
            with contextlib.suppress(CheckFailed):
                check(value)
    assert time.monotonic() - began < LIMIT + 5


def frame(tree, blobs=()) -> bytes:
    """Return the bytes of a frame, whatever is in it."""
    text = tree if isinstance(tree, bytes) else json.dumps(tree).encode("utf-8", "surrogatepass")
    lengths = struct.pack(f">{len(blobs)}Q", *map(len, blobs))
    return struct.pack(">II", len(text), len(blobs)) + lengths + text + b"".join(blobs)


READY = frame({"status": "ready", "dead": False})


def npy(array, **more) -> bytes:
    """Return an array as numpy saves it, pickled if need be."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True, **more)
    return buffer.getvalue()


def header(text: str) -> bytes:
    """Return the beginning of an array file with a made-up header."""
    data = text.encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(data)) + data


ODD_ARRAYS = [
    npy(np.array([{}, []], dtype=object)),
    npy(np.array([np.nan, np.inf, -np.inf])),
    npy(np.array([1 + 2j, np.nan])),
    npy(np.zeros(2, dtype=[("a", "f4"), ("b", "i8")])),
    npy(np.array(["a", "\x00"])),
    npy(np.array([b"a"])),
    npy(np.array(["2020-01-01"], dtype="M8[D]")),
    npy(np.zeros((0, 3))),
    npy(np.zeros((1,) * 30)),
    npy(np.float32(7)),
    header("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999,), }\n"),
    header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }\n"),
    header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n") + b"12345678",
    header("{'descr': '<U0', 'fortran_order': False, 'shape': (9, 9), }\n"),
    header("{'descr': '|V1000000000', 'fortran_order': False, 'shape': (1,), }\n"),
    header("{'descr': '<f8', 'fortran_order': False, 'shape': " + "(" * 90 + ")" * 90 + ", }\n"),
    header("__import__('os').system('true')\n"),
]
ODD_JSON = [
    b"[" * 100_000 + b"]" * 100_000,
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
    b"9" * 10_000,
    b"1e999",
    b"NaN",
    b"[-Infinity, NaN]",
    b'"\\ud800"',
    b'{"status": "ok", "value": "\\udfff"}',
    b'{"status": "ok"}',
    b"\xff\xfe",
    b"null",
    b"",
]
TEXTS = st.sampled_from(["ok", "error", "not attempted", "too large", "$", "v", "b", "\ud800", ""])
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
KINDS = ("array", "scalar", "bytes", "float", "path", "tuple", "dict", "opaque", "list")
KEYS = ("$", "v", "b", "id", "type", "text", "message", "detail", "status", "value", "layers")


def tagged(kind, value):
    """Build what the wire format uses for a value that JSON does not have."""
    return {"$": kind, "v": value, "b": value, "id": value, "type": value, "text": value}


TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
        | st.builds(tagged, st.sampled_from(KINDS), inner)
    ),
    max_leaves=15,
)
BLOBS = st.lists(st.sampled_from(ODD_ARRAYS) | st.binary(max_size=60), max_size=3)
ARRAYS = st.lists(st.sampled_from(ODD_ARRAYS), min_size=3, max_size=3)
STORED = st.builds(tagged, st.sampled_from(["array", "scalar", "bytes"]), st.integers(0, 2))
LAYER = {
    "class_name": "Conv2D",
    "name": "c",
    "config": {"filters": 3, "padding": "same"},
    "input_shape": (None, 8, 8, 3),
    "output_shape": (None, 8, 8, 3),
    "params": 84,
}
MODEL = {
    "name": "m",
    "params": 84,
    "trainable_params": 84,
    "input_shape": (None, 8, 8, 3),
    "output_shape": (None, 8, 8, 3),
    "layers": [LAYER],
    "loss": "mse",
    "optimizer": "Adam",
    "optimizer_config": {"rate": 0.1},
    "metrics": ["a"],
}
LINE = {"label": "l", "x": np.arange(3.0), "y": [1, 2], "linestyle": "-", "marker": "o"}
AXES = {"title": "t", "xlabel": "x", "ylabel": "y", "lines": [LINE], "legend": ["a"]}
RIGHT = [
    {"status": "ok", "value": MODEL},
    {"status": "ok", "value": AXES},
    {"status": "ok", "value": [np.zeros((2, 3)), 4.5]},
    {"status": "error", "type": "KeyError", "message": "m", "detail": "d"},
]


@st.composite
def nearly_right(draw):
    """Draw a right answer in which one thing has been put in the place of another."""
    message = wire.encode(draw(st.sampled_from(RIGHT)))
    odd = draw(STORED | TREES)
    tree = json.loads(json.dumps(message.tree))
    places = [(None, None), *_places(tree)]
    holder, key = draw(st.sampled_from(places))
    if holder is None:
        tree = odd
    else:
        holder[key] = odd
    return frame(tree, [*message.blobs, *draw(ARRAYS)][:3])


def _places(tree):
    """List all places in a tree as holder and key."""
    keys = range(len(tree)) if isinstance(tree, list) else list(tree)
    found = [(tree, key) for key in keys]
    for key in keys:
        if isinstance(tree[key], list | dict):
            found += _places(tree[key])
    return found


FRAMES = st.one_of(
    nearly_right(),
    st.builds(frame, TREES, BLOBS),
    st.builds(frame, st.sampled_from(ODD_JSON), BLOBS),
)


@st.composite
def garbage(draw):
    """Draw the bytes of one or more replies, whole, cut off, with wrong lengths or random."""
    data = draw(FRAMES)
    forms = ["whole", "whole", "whole", "cut", "lengths", "random", "flipped", "twice"]
    form = draw(st.sampled_from(forms))
    if form == "cut":
        return data[: draw(st.integers(0, len(data)))]
    if form == "lengths":
        numbers = st.sampled_from([0, 1, 4096, 4097, wire.MAX_JSON, wire.MAX_JSON + 1, 2**32 - 1])
        return struct.pack(">II", draw(numbers), draw(numbers)) + data[8:]
    if form == "flipped":
        place = draw(st.integers(0, len(data) - 1))
        return data[:place] + bytes([data[place] ^ draw(st.integers(1, 255))]) + data[place + 1 :]
    return {"random": draw(st.binary(max_size=100)), "twice": data + data}.get(form, data)


ENDED = frame({"status": "ok", "dead": False})


@given(garbage(), st.booleans(), st.sampled_from(QUESTIONS))
@QUICK
def test_garbage_as_an_answer_fails_the_check_and_nothing_else(mouth, answer, late, question):
    """Malformed answers of every kind give a StudentError, or a value that is plain data."""
    steps = [("control", ENDED), ("channel", answer)]
    ask(mouth.kernel(steps[::-1] if late else steps, "close channel"), question)


@given(garbage(), st.booleans(), st.sampled_from(QUESTIONS))
@QUICK
def test_garbage_on_the_control_socket_fails_the_check_and_nothing_else(
    mouth, words, late, question
):
    """The runner's own socket may say anything while a question is asked."""
    steps = [("control", words), ("channel", frame(wire.encode(RIGHT[0]).tree))]
    ask(mouth.kernel(steps[::-1] if late else steps), question)


def test_the_speaker_is_heard(mouth):
    """A right answer comes through: what the tests above see is the answer, and no lost socket."""
    message = wire.encode({"status": "ok", "value": MODEL})
    steps = [("channel", frame(message.tree)), ("control", ENDED)]
    with contextlib.closing(mouth.kernel(steps, "close channel")) as kernel:
        model = student_of(kernel).model(wire.Opaque(0, "m", "m"))
    with contextlib.closing(mouth.kernel([("control", frame({"dead": False}))])) as kernel:
        run = kernel.run("1", LIMIT)

    assert model.layers[0].class_name == "Conv2D"
    assert run.outcome is Outcome.STUDENT_ERROR  # read, and no status in it


@pytest.mark.parametrize("value", [1 + 2j, np.array([1 + 0j]), "1", ["1"], b"1", None, {}])
def test_what_is_no_real_number_is_not_close_to_one(value):
    """Complex numbers and digits in text fail the check, and raise nothing else."""
    with pytest.raises(CheckFailed):
        expect_close(value, 1, "m")


OUTPUT_TYPES = ["stream", "error", "display_data", "execute_result", 3]
TEXT = TEXTS | TREES
OUTPUT = st.fixed_dictionaries(
    {
        "output_type": st.sampled_from(OUTPUT_TYPES),
        "name": TEXT,
        "text": TEXT,
        "data": st.dictionaries(TEXTS | st.just("text/html"), TEXT, max_size=3) | TREES,
        "traceback": st.lists(TEXT, max_size=3) | TREES,
        "ename": TEXT,
        "evalue": TEXT,
        "execution_count": LEAVES,
    }
)
REPLIES = st.fixed_dictionaries(
    {"outputs": st.lists(OUTPUT | TREES, max_size=3)},
    optional={"status": TREES, "dead": st.booleans() | TREES, "ename": TEXT},
)


@given(garbage() | st.builds(frame, REPLIES))
@QUICK
def test_garbage_as_outputs_gives_a_notebook_that_can_be_stored(mouth, words):
    """Whatever is said of a cell's outputs, they are valid, or the cell counts as crashed."""
    with contextlib.closing(mouth.kernel([("control", words)])) as kernel:
        run = kernel.run("1", LIMIT)

    cell = nbformat.v4.new_code_cell("1", outputs=[nbformat.NotebookNode(o) for o in run.outputs])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode()
    assert run.error_name.encode() is not None


@pytest.mark.slow
def test_many_more_examples():
    """The same again, with twenty times the examples."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", __file__, "-m", "not slow", "-k", "garbage"],
        env=os.environ | {"PAWMARK_FUZZ_EXAMPLES": str(20 * MANY)},
        capture_output=True,
        text=True,
        timeout=580,
    )

    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("ending", ["channel", "control", "silence"])
@pytest.mark.parametrize(
    "beginning",
    [b"", b"\x00", struct.pack(">II", wire.MAX_JSON, 0), struct.pack(">II", 2, 1) + b"\xff" * 7],
)
def test_a_reply_that_never_ends_is_a_timeout(mouth, beginning, ending):
    """One byte at a time, or nothing at all, takes the limit and no longer."""
    kernel = mouth.kernel([("channel", beginning)], ending)
    began = time.monotonic()
    with pytest.raises(StudentError) as lost:
        student_of(kernel).call("f")

    # There is no other process here by which the cause of an end could be found.
    assert lost.value.outcome in (Outcome.TIMEOUT, Outcome.NOT_REACHED)
    assert time.monotonic() - began < LIMIT + 2


def test_a_process_that_never_listens_is_a_timeout(mouth):
    """A question larger than the socket's buffer, which nobody reads, takes the limit."""
    kernel = mouth.kernel([], "silence")
    with pytest.raises(KernelLost) as lost:
        kernel.ask(wire.encode(np.zeros(10**6)), LIMIT)

    assert lost.value.outcome is Outcome.TIMEOUT


def test_an_end_without_an_answer_is_not_waited_for(mouth, monkeypatch):
    """When the runner says that the question has ended, the answer has a moment left."""
    monkeypatch.setattr(module, "GRACE", 0.1)
    kernel = mouth.kernel([("control", ENDED)], "silence")
    with pytest.raises(KernelLost) as lost:
        kernel.ask(wire.encode(1), 30)

    assert lost.value.outcome is Outcome.CRASHED


def test_a_frame_larger_than_allowed_is_refused_before_it_is_read(mouth):
    """What a frame announces is compared with the caps before memory is set aside."""
    words = struct.pack(">IIQ", 2, 1, wire.MAX_BYTES + 1)
    with pytest.raises(KernelLost) as lost:
        mouth.kernel([("channel", words)], "silence").ask(wire.encode(1), 30)

    assert lost.value.outcome is Outcome.CRASHED


def test_keys_with_one_hash_do_not_stall_the_grader():
    """A dict whose keys all collide is refused; building it would take hours."""
    keys = [[n * (2**61 - 1), 0] for n in range(100_000)]
    value = {"$": "dict", "v": keys}
    answer = frame({"$": "dict", "v": [["status", "ok"], ["value", value]]})
    began = time.monotonic()
    with pytest.raises(StudentError, match="could not be read"):
        Student(lambda _: wire.read_frame(io.BytesIO(answer).read)).call("f")

    assert time.monotonic() - began < 5
