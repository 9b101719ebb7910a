"""Answers with a status that is an array, which compares with everything at once.

tries: frames on the question channel, array subclasses
stock: does not apply
outcome: error in your code
"""

# %% 99-weigh
from pawmark.grading.inside import guest
from pawmark.grading.boundary import wire

ordinary = guest.Guest.answer


def answer(self, message):
    if "weigh" in str(message.tree):
        return wire.encode({"status": np.array(["ok", "ok"]), "value": 1.0})
    return ordinary(self, message)


guest.Guest.answer = answer


def weigh(values):
    return values
