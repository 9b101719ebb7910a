"""A rest at the edge becomes a smaller window.

names: rest-kept
severity: major
"""

# %% 04-max-pool
def max_pool(x, size=2):
    height, width = -(-x.shape[0] // size), -(-x.shape[1] // size)
    result = np.zeros((height, width, x.shape[2]))
    for i in range(height):
        for j in range(width):
            result[i, j] = x[i * size : (i + 1) * size, j * size : (j + 1) * size].max(axis=(0, 1))
    return result
