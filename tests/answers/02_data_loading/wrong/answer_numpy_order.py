"""NumPy's generator gives the order.

fails: test_order_of_the_default_seed
says: other generators
"""

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    order = np.random.default_rng(seed).permutation(len(pairs))
    return [pairs[i] for i in order]
