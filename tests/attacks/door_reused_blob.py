"""Sends one array of many megabytes to which the JSON of the answer refers many thousand times.

tries: decompression bombs, frames on the question channel
stock: does not apply
outcome: error in your code, crashed
earns: 2, 4
"""

# %% 99-weigh
import os
import socket

from pawmark.grading.boundary import wire


def weigh(values):
    with socket.socket(fileno=os.dup(int(os.environ["PAWMARK_CHANNEL_FD"]))) as door:
        blob = wire.encode(np.zeros(8_000_000)).blobs
        many = [{"$": "array", "b": 0}] * 200_000
        tree = {"$": "dict", "v": [["status", "ok"], ["value", many]]}
        wire.write_frame(door.sendall, wire.Message(tree, blob))
    os._exit(0)
