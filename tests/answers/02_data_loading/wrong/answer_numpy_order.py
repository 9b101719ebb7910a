"""NumPy's generator gives the order.

names: numpy-order
severity: fatal
"""

# %% 02-shuffle-pairs
def shuffle_pairs(pairs, seed=1337):
    order = np.random.default_rng(seed).permutation(len(pairs))
    return [pairs[i] for i in order]
