"""Never returns from its function and swallows every exception that would stop it.

tries: swallow-all loops
outcome: timeout
"""

# %% 99-weigh
import signal

for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)


def weigh(values):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
