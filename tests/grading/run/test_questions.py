"""What questions ask for by name, and what answers say is missing."""

import pytest

from pawmark.grading.boundary import wire
from pawmark.grading.checks.student import batch
from pawmark.grading.inside.guest import Guest
from pawmark.grading.run.questions import asked_by, lacking_in


def question(op: str, **arguments) -> wire.Message:
    """Build a question as checks do."""
    return wire.encode({"op": op, "args": arguments})


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (question("call", name="f", args=["g", wire.Opaque(1, "", "")], kwargs={"k": "h"}), {"f"}),
        (question("has", name="a"), {"a"}),
        (question("evaluate", expression="a.b + c", bindings={"c": 1}), {"a", "b"}),
        (question("my.module:look", name="a", text="b"), {"a"}),
        (question("read_file", path="a"), set()),
        (
            question(
                "probe",
                name="f",
                call={
                    "args": [
                        {"inside": "evaluate", "arguments": {"expression": "a", "bindings": {}}},
                        {"parts": [{"value": "b"}], "tuple": True},
                    ],
                    "kwargs": {"x": {"value": b"c"}},
                },
            ),
            {"f", "a"},
        ),
    ],
)
def test_what_a_question_asks_for(asked, names):
    """Names come from what is looked up or evaluated, alone and in a batch; data are none."""
    assert asked_by(asked) == names
    assert asked_by(batch([asked, question("has", name="z")], 1.0)) == names | {"z"}


def test_what_an_answer_lacks():
    """Only a NameError names what is missing, alone and in a batch, whatever else is in it."""
    guest = Guest({"f": lambda: missing, "g": lambda: 1 / 0})  # noqa: F821  (that is meant)
    lacking = question("call", name="f", args=[], kwargs={})
    other = question("call", name="g", args=[], kwargs={})

    assert lacking_in(guest.answer(lacking)) == {"missing"}
    assert lacking_in(guest.answer(question("call", name="h", args=[], kwargs={}))) == {"h"}
    assert lacking_in(guest.answer(other)) == set()
    assert lacking_in(guest.answer(batch([other, lacking], 1.0))) == {"missing"}
    for odd in ([1], {"$": "dict", "v": [1, [2], ["kinds", 3]]}, {"$": "bytes", "b": 9}, None):
        assert lacking_in(wire.Message(odd)) == set()
    nested = wire.encode({"status": "ok", "value": [b"no frame"]})
    assert lacking_in(nested) == set()
