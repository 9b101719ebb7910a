"""Raises its own limits, renices itself, hides from the memory count and blocks its own end.

tries: environment tricks
stock: does not apply
outcome: failed
"""

# %% 99-weigh
import os
import resource
import signal

for kind in (resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU, resource.RLIMIT_AS):
    soft, hard = resource.getrlimit(kind)
    print(kind, soft, hard)
    if hard != resource.RLIM_INFINITY:
        try:
            resource.setrlimit(kind, (hard + 1, hard + 1))
            print("CANA" "RY-raised")
        except (ValueError, OSError) as error:
            print(error)
try:
    os.nice(-10)
    print("CANA" "RY-reniced")
except OSError as error:
    print(error)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))


def weigh(values):
    return values
