"""Leaves the door to a child that goes on answering after its parent has died.

tries: frames on the question channel, double-forked children
stock: does not apply
outcome: crashed, timeout
earns: 2, 4
"""

# %% 99-weigh
import os
import socket
import time

from pawmark.grading.boundary import wire

if os.fork() == 0:
    os.setsid()
    door = socket.socket(fileno=int(os.environ["PAWMARK_CHANNEL_FD"]))
    while True:
        try:
            wire.read_frame(lambda count: door.recv(count, socket.MSG_WAITALL))
            wire.write_frame(door.sendall, wire.encode({"status": "ok", "value": np.zeros(9)}))
        except Exception:
            time.sleep(0.05)
time.sleep(0.5)
os._exit(0)
