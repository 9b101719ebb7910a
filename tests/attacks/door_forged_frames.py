"""Finds the door among its descriptors and writes answers of its own before any question comes.

tries: frames on the question channel
stock: does not apply
outcome: failed, error in your code, crashed, timeout
earns: 2
run: core
"""

# %% 99-weigh
import os
import socket

from pawmark.grading.boundary import wire

door = socket.socket(fileno=os.dup(int(os.environ["PAWMARK_CHANNEL_FD"])))
for value in (True, "passed", {"outcome": "passed", "points": 4}, np.zeros(9), 4.0):
    for _ in range(4):
        wire.write_frame(door.sendall, wire.encode({"status": "ok", "value": value}))


def weigh(values):
    return values
