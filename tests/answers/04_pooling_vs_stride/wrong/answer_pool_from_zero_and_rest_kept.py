"""Starts from zeros, and a rest becomes a window of its own.

names: from-zero+rest-kept
severity: major
"""

# %% 04-max-pool
def max_pool(x, size=2):
    result = np.zeros((-(-x.shape[0] // size), -(-x.shape[1] // size), x.shape[2]))
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            result[i // size, j // size] = np.maximum(result[i // size, j // size], x[i, j])
    return result
