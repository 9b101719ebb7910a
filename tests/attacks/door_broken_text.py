"""Answers and prints with text that no file can hold: lone surrogates, megabytes, terminal codes.

tries: frames on the question channel, script and ANSI
stock: does not apply
outcome: error in your code
"""

# %% 99-weigh
from pawmark.grading.inside import guest
from pawmark.grading.boundary import wire

ordinary = guest.Guest.answer


def answer(self, message):
    if "weigh" in str(message.tree):
        text = "\ud800\udfff\x00\x1b[2J\u202e" + "x" * 1_000_000
        error = {"status": "error", "type": "\udc80" + text, "message": text, "detail": text}
        return wire.encode(error)
    return ordinary(self, message)


guest.Guest.answer = answer


def weigh(values):
    return values
