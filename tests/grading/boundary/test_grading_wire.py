"""The wire format: what may cross, and that nothing malformed gets through as an exception."""

import contextlib
import io
import json
import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pawmark.checks import CheckFailed, expect, expect_array, expect_close, expect_number
from pawmark.grading.boundary import wire
from pawmark.grading.checks.student import Student, StudentError
from pawmark.grading.inside.guest import Guest
from pawmark.grading.results.outcomes import Outcome
from pawmark.vision.asking import VisionStudent

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


def through(value):
    """Send a value through the bytes of a frame and back."""
    buffer = io.BytesIO()
    wire.write_frame(buffer.write, wire.encode(value))
    buffer.seek(0)
    return wire.decode(wire.read_frame(lambda count: buffer.read(count)))


@given(PLAIN)
@settings(deadline=None)
def test_plain_values_cross_unchanged(value):
    """Whatever is plain arrives as it was, types of containers included."""
    assert through(value) == value


@given(arrays(np.float32, st.tuples(st.integers(0, 4), st.integers(0, 4))))
@settings(deadline=None)
def test_arrays_keep_dtype_shape_and_values(value):
    """An array arrives with its dtype, shape and values, NaN and infinities included."""
    result = through(value)

    assert result.dtype == value.dtype
    np.testing.assert_array_equal(result, value)


def test_floats_that_json_lacks_cross():
    """NaN and infinities cross as themselves."""
    nan, infinite = through([math.nan, -math.inf])

    assert math.isnan(nan)
    assert infinite == -math.inf


def test_an_array_subclass_arrives_as_a_plain_array():
    """A subclass that says it equals everything loses its class on the way."""

    class Liar(np.ndarray):
        def __eq__(self, other):
            return True

    result = through(np.zeros(3).view(Liar))

    assert type(result) is np.ndarray


def test_pickled_object_arrays_never_load():
    """An array of objects is refused before anything is unpickled."""
    buffer = io.BytesIO()
    np.save(buffer, np.array([{}], dtype=object), allow_pickle=True)

    with pytest.raises(wire.WireError):
        wire.read_npy(buffer.getvalue())


def test_a_header_that_promises_more_than_there_is_is_refused():
    """A huge shape in front of few bytes sets no memory aside."""
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        buffer, {"shape": (10**12,), "fortran_order": False, "descr": "<f8"}
    )

    with pytest.raises(wire.WireError, match="does not fit"):
        wire.read_npy(buffer.getvalue())


TREES = st.recursive(
    st.none() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["$", "v", "b", "id", "type", "text"]), inner, max_size=4)
        | st.builds(
            lambda kind, value: {"$": kind, "v": value, "b": value, "id": value},
            st.sampled_from(
                ["array", "scalar", "bytes", "float", "path", "tuple", "dict", "opaque"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@given(TREES, st.lists(st.binary(max_size=40), max_size=3))
@settings(deadline=None, max_examples=1500)
def test_malformed_messages_give_wire_errors_only(tree, blobs):
    """Whatever tree and blobs arrive, decoding gives a value or a WireError."""
    with contextlib.suppress(wire.WireError):
        wire.decode(wire.Message(json.loads(json.dumps(tree)), tuple(blobs)))


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=1000)
def test_random_bytes_are_never_an_array_by_accident(data):
    """Random bytes give a WireError."""
    with pytest.raises(wire.WireError):
        wire.read_npy(data)


@given(TREES)
@settings(deadline=None, max_examples=500)
def test_a_lying_reply_fails_the_check_and_not_the_grader(tree):
    """Whatever a student's process replies about a model, the check gets a StudentError."""
    student = VisionStudent(lambda message: wire.encode({"status": "ok", "value": tree}))

    with pytest.raises(StudentError) as caught:
        student.model(wire.Opaque(0, "Model", "m"))

    assert caught.value.outcome is Outcome.STUDENT_ERROR


def guest_that_returns(value) -> Student:
    """Return what asks a notebook whose ``give`` returns a value, by the bytes of real frames.

    The student's side has no caps of its own there: it was taken over.
    """
    guest = Guest({"give": lambda: value, "take": lambda *args, **more: "taken"})

    def ask(message: wire.Message) -> wire.Message:
        question = framed(message)
        with uncapped():
            answer = guest.answer(wire.read_frame(question.read))
            reply = framed(answer)
        try:
            return wire.read_frame(reply.read)
        except wire.WireError as error:  # as the grader's end of the sockets does
            raise StudentError(Outcome.CRASHED, "lost") from error

    return Student(ask)


def framed(message: wire.Message) -> io.BytesIO:
    """Return the bytes of a message as a stream."""
    stream = io.BytesIO()
    wire.write_frame(stream.write, message)
    stream.seek(0)
    return stream


@contextlib.contextmanager
def uncapped():
    """Let the student's side write what it likes."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("MAX_DEPTH", "MAX_NESTING", "MAX_JSON"):
            patch.setattr(wire, name, 10**9)
        yield


def nested(levels: int, kind: str, leaf):
    """Return a value so many levels deep."""
    wraps = {
        "list": lambda inner: [inner],
        "tuple": lambda inner: (inner,),
        "dict": lambda inner: {"k": inner, (): 1},
    }
    for _ in range(levels):
        leaf = wraps[kind](leaf)
    return leaf


LEAVES = (
    st.none()
    | st.integers(-(10**400), 10**400)
    | st.sampled_from([10**400, -(10**400), 10**4200, math.inf, 1e308, "\ud800", "\x00\u20ac😀"])
    | st.floats()
    | st.text(max_size=9)
    | st.binary(max_size=9)
    | arrays(st.sampled_from(["f4", "i8", "c16", "U3", "?"]), st.sampled_from([(), (0,), (2, 3)]))
)
DEEP = st.builds(nested, st.integers(0, 90), st.sampled_from(["list", "tuple", "dict"]), LEAVES)
HELPERS = (
    lambda value: expect(False, "m", got=value, expected=value),
    lambda value: expect_array(value, (3, None), np.float32),
    lambda value: expect_number(value),
    lambda value: expect_close(value, np.zeros(3), "m", show=True),
    lambda value: expect_close(value, 1.0, "m", show=True),
)


@given(DEEP | PLAIN)
@settings(deadline=None, max_examples=300)
def test_what_comes_goes_back_or_is_the_students_error(value):
    """Whatever a reply holds, the next question sends it back, or the student's work is at fault.

    Anything else that is raised would be an error of the grader.
    """
    student = guest_that_returns(value)
    with contextlib.suppress(StudentError):
        came = student.call("give")
        for helper in HELPERS:
            with contextlib.suppress(CheckFailed):
                helper(came)
        assert student.call("take", came) == "taken"
        assert student.evaluate("take(given)", given={"k": came}) == "taken"


@pytest.mark.parametrize("levels", range(34, 44))
def test_caps_of_depth_are_the_same_both_ways(levels):
    """What is read is never deeper than what can be written."""
    student = guest_that_returns(nested(levels, "list", 1))
    if levels < wire.MAX_DEPTH:
        wire.encode(student.call("give"))
    else:
        with pytest.raises(StudentError, match="could not be read"):
            student.call("give")


@pytest.mark.parametrize("text", ["é" * 3_900_000, "\u20ac" * 2_700_000])
def test_text_does_not_grow_on_its_way_back(text):
    """Letters that JSON could spell with six bytes take as many on their way back as before."""
    student = guest_that_returns(text)
    came = student.call("give")

    assert student.call("take", came) == "taken"


def test_numbers_that_grow_on_their_way_back_are_the_students_error():
    """``1e15`` comes in four bytes and is written in eighteen: what no longer fits is refused."""
    reply = b'{"$":"dict","v":[["status","ok"],["value",[%s]]]}' % b",".join([b"1e15"] * 1_500_000)
    frame = len(reply).to_bytes(4, "big") + bytes(4) + reply

    def ask(message: wire.Message) -> wire.Message:
        framed(message)
        return wire.read_frame(io.BytesIO(frame).read)

    student = Student(ask)
    came = student.call("give")
    with pytest.raises(StudentError, match="cannot be handed on") as caught:
        student.call("take", came)

    assert caught.value.outcome is Outcome.STUDENT_ERROR


def test_json_nested_for_its_own_sake_is_refused():
    """Lists in lists that are no value end no reader and no writer by recursion."""
    text = b"[" * 700 + b"]" * 700
    frame = len(text).to_bytes(4, "big") + bytes(4) + text

    with pytest.raises(wire.WireError, match="nested too deep"):
        wire.read_frame(io.BytesIO(frame).read)


@pytest.mark.parametrize("shape", [(6,) * 9, (2,) * 23])
def test_an_array_of_many_short_dimensions_is_shown_at_once(shape):
    """NumPy would write millions of numbers; a message has room for a few."""
    array, began = np.zeros(shape, np.int8), time.monotonic()
    for got in (array, [array], {"k": (array,)}):
        with pytest.raises(CheckFailed) as failed:
            expect(False, "m", got=got)
        assert len(failed.value.got) <= 500

    assert time.monotonic() - began < 5
