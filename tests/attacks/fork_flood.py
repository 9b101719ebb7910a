"""Forks without end.

tries: fork floods
stock: not run: it would take the machine's processes
outcome: failed, error in your code, crashed, timeout, out of memory
earns: 2, 4
"""

# %% 99-weigh
import os

count = 0
try:
    while count < 2000:
        if os.fork() == 0:
            import signal
            signal.pause()
        count += 1
except OSError as error:
    print(count, error)
assert count < 1500, f"CANA" f"RY-forked {count}"


def weigh(values):
    return values
