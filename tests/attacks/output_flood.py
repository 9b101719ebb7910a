"""Prints and displays without end until it is stopped.

tries: output floods
outcome: timeout, failed
earns: 2, 4
"""

# %% 99-weigh
import sys

from IPython.display import display

while True:
    sys.stdout.write("x" * 100_000 + "\n")
    sys.stderr.write("y" * 1000)
    display({"text/plain": "z" * 1000}, raw=True)


def weigh(values):
    return values
