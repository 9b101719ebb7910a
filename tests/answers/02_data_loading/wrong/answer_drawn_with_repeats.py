"""Pairs are drawn with replacement: some are lost, some come twice.

fails: test_pairs_stay_together, test_order_of_the_default_seed
says: some pairs are lost
"""

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    return random.Random(seed).choices(pairs, k=len(pairs))
