"""Children that fork children, all of them waiting for their parents.

tries: fork floods
stock: not run: it would take the machine's processes
outcome: failed, error in your code, crashed, timeout, out of memory
earns: 2, 4
"""

# %% 99-weigh
import os
import time

for _ in range(11):
    try:
        os.fork()
    except OSError:
        pass
time.sleep(30)


def weigh(values):
    return values
