"""The result of shuffle is returned, which is None.

fails: test_order_of_the_default_seed, test_pairs_stay_together, test_seed_is_used, test_same_seed_same_order, test_given_list_unchanged
says: nothing came back
"""

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    return random.Random(seed).shuffle(pairs)
