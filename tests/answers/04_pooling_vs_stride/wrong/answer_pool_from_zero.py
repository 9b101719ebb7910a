"""Starts from zeros and keeps what is larger, so negative windows give 0.

names: from-zero
severity: major
"""

# %% 04-max-pool
def max_pool(x, size=2):
    result = np.zeros((x.shape[0] // size, x.shape[1] // size, x.shape[2]))
    for i in range(result.shape[0] * size):
        for j in range(result.shape[1] * size):
            result[i // size, j // size] = np.maximum(result[i // size, j // size], x[i, j])
    return result
