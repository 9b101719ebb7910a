"""Prints and raises megabytes of terminal colours, each of which costs a renderer a copy of the rest.

tries: script and ANSI in outputs, output floods
outcome: error in your code
"""

# %% 99-weigh
from IPython.display import display

colours = "\x1b[31mx" * 300_000
print(colours)
display({"text/plain": colours}, raw=True)


def weigh(values):
    raise ValueError("\x1b[2J\x1b[1;1H\x1b]0;graded\x07 8 of 8 points \u202e\x9b31m" + colours[:900])

# %% last
raise ValueError(colours)
