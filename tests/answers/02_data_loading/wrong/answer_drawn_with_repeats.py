"""Pairs are drawn with replacement: some are lost, some come twice.

names: with-repeats
severity: fatal
"""

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    return random.Random(seed).choices(pairs, k=len(pairs))
