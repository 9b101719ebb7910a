"""The order differs on each run.

names: nothing
severity: fatal
"""

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    shuffled = pairs.copy()
    random.shuffle(shuffled)
    return shuffled
