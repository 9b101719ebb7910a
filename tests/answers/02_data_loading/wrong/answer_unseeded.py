"""The order differs on each run.

fails: test_order_of_the_default_seed, test_same_seed_same_order
says: start a generator from it
"""

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    shuffled = pairs.copy()
    random.shuffle(shuffled)
    return shuffled
