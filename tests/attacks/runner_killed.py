"""Kills, stops and signals every process that it can see, the runner among them.

tries: signals
outcome: crashed, timeout
"""

# %% 99-weigh
import os
import signal

for number in (signal.SIGSTOP, signal.SIGUSR1, signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                os.kill(int(name), number)
            except OSError:
                pass
os.kill(-1, signal.SIGKILL)


def weigh(values):
    return values
