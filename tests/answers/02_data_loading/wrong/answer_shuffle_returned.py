"""The result of shuffle is returned, which is None.

names: nothing-returned
severity: fatal
"""

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    return random.Random(seed).shuffle(pairs)
