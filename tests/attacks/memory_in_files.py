"""Takes memory where no process seems to hold it: anonymous files in memory.

tries: memory floods
stock: not run: it would take the machine's memory
outcome: out of memory, crashed, error in your code, timeout
earns: 2, 4
"""

# %% 99-weigh
import os

kept = []


def weigh(values):
    piece = b"x" * (64 << 20)
    for _ in range(118):
        kept.append(os.memfd_create("kept"))
        os.write(kept[-1], piece)
    print("CANA" "RY-memory without end")
    raise RuntimeError("CANA" "RY-memory without end")
