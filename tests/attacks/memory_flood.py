"""Takes memory until it gets no more.

tries: memory floods
stock: not run: it would take the machine's memory
outcome: out of memory, crashed, error in your code, timeout
earns: 2, 4
"""

# %% 99-weigh
kept = []


def weigh(values):
    while True:
        kept.append(bytearray(b"x") * (64 << 20))
