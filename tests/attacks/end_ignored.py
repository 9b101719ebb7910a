"""Ignores every signal that asks for an end, and begins anew in a child whenever it has to.

tries: signals
outcome: failed
"""

# %% 99-weigh
import atexit
import os
import signal
import sys
import time

for _number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, signal.SIGCHLD):
    try:
        signal.signal(_number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
atexit.register(time.sleep, 3600)
if os.fork() == 0:
    os.setsid()
    while True:
        if os.fork():
            time.sleep(0.2)
            os._exit(0)
        if time.time() % 5 < 0.3:
            os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(3600)", "@MARKER@"])


def weigh(values):
    return values
