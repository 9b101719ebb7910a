"""The wire format: what may cross, and that nothing malformed gets through as an exception."""

import contextlib
import io
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pawmark.grading.boundary import wire
from pawmark.grading.checks.student import StudentError
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
