"""Children that fork children, all of them busy.

tries: fork floods
outcome: failed, error in your code, crashed, timeout, out of memory
earns: 2, 4
"""

# %% 99-weigh
import os
import time

end = time.monotonic() + 30
while time.monotonic() < end:
    try:
        os.fork()
    except OSError:
        pass


def weigh(values):
    return values
