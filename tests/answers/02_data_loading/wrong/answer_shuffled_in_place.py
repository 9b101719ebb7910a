"""The caller's own list is shuffled.

fails: test_given_list_unchanged
says: shuffle a copy
"""

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    random.Random(seed).shuffle(pairs)
    return pairs
