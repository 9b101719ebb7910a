"""Answers one byte at a time, so that the reply never ends and the socket is never silent.

tries: replies that never end
stock: does not apply
outcome: timeout
"""

# %% 99-weigh
import os
import time


def weigh(values):
    door = int(os.environ["PAWMARK_CHANNEL_FD"])
    os.write(door, (1 << 20).to_bytes(4, "big") + bytes(4))
    while True:
        os.write(door, b" ")
        time.sleep(0.02)
