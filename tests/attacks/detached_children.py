"""Leaves detached and double-forked children that would outlive grading.

tries: detached and double-forked children
outcome: failed
"""

# %% 99-weigh
import os
import subprocess
import sys
import time

sleep = [sys.executable, "-c", "import time; time.sleep(3600)", "@MARKER@"]
subprocess.Popen(sleep, start_new_session=True, close_fds=False)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 3)
        os.execv(sleep[0], sleep)
    os._exit(0)
os.wait()
time.sleep(0.3)


def weigh(values):
    return values
