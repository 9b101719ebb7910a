"""Answers with frames that are well formed and hold anything but an answer.

tries: frames on the question channel
stock: does not apply
outcome: failed, error in your code
"""

# %% 99-weigh
from pawmark.grading.inside import guest
from pawmark.grading.boundary import wire

ordinary = guest.Guest.answer
odd = [wire.encode(np.zeros(3)), wire.Message({"$": "opaque", "id": 2**70, "type": "x", "text": ""})]


def answer(self, message):
    return odd.pop() if "weigh" in str(message.tree) and odd else ordinary(self, message)


guest.Guest.answer = answer


def weigh(values):
    return values
