"""Tries to enter process 1's process group and session, and to end what lies in it.

tries: detached and double-forked children
outcome: failed, crashed
"""

# %% 99-weigh
import os
import signal
import subprocess
import sys

for _attempt in (lambda: os.setpgid(0, os.getpgid(1)), lambda: os.killpg(1, signal.SIGKILL),
                 lambda: os.kill(1, signal.SIGKILL), lambda: os.killpg(os.getsid(1), signal.SIGTERM)):
    if os.fork() == 0:
        try:
            _attempt()
            os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(3600)", "@MARKER@"])
        except OSError:
            pass
        os._exit(0)


def weigh(values):
    return values
