"""Stops the runner and process 1 instead of ending them, and leaves children behind.

tries: signals
outcome: timeout, crashed
stock: does not apply
"""

# %% 99-weigh
import os
import signal
import subprocess
import sys

subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)", "@MARKER@"],
                 start_new_session=True)
for _number in (1, os.getppid()):
    for _signal in (signal.SIGSTOP, signal.SIGTSTP):
        try:
            os.kill(_number, _signal)
        except OSError:
            pass


def weigh(values):
    return values
