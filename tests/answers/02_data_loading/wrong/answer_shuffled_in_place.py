"""The caller's own list is shuffled.

names: contract-arguments
severity: minor
"""

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    random.Random(seed).shuffle(pairs)
    return pairs
