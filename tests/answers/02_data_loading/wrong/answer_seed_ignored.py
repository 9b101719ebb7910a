"""The seed is always 1337.

names: seed-ignored
severity: major
"""

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    shuffled = pairs.copy()
    random.Random(1337).shuffle(shuffled)
    return shuffled
