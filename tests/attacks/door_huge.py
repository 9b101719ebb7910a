"""Announces the largest frame that is allowed, then frames beyond all limits, and writes zeros.

tries: huge replies
stock: does not apply
outcome: crashed, timeout
"""

# %% 99-weigh
import os
import struct

rounds = []


def weigh(values):
    rounds.append(1)
    door = int(os.environ["PAWMARK_CHANNEL_FD"])
    os.write(door, struct.pack(">II", 2**32 - 1, 2**32 - 1))
    while True:
        os.write(door, bytes(1 << 16))
