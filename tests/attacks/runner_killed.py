"""Kills, stops and signals every process that it can see, the runner among them.

tries: signals
outcome: failed, crashed, timeout
"""

# %% 99-weigh
import os
import signal

try:
    pids = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
except OSError:  # nothing is listed: guess
    pids = [*range(1, 30), *range(max(30, os.getpid() - 400), os.getpid() + 20)]
for number in (signal.SIGSTOP, signal.SIGUSR1, signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
    for pid in pids:
        if pid != os.getpid():
            try:
                os.kill(pid, number)
            except OSError:
                pass
os.kill(-1, signal.SIGKILL)


def weigh(values):
    return values
