"""The number of columns is computed from the height.

names: columns-of-rows
severity: major
"""

# %% 04-max-pool
def max_pool(x, size=2):
    count = x.shape[0] // size
    result = np.zeros((count, count, x.shape[2]))
    for i in range(count):
        for j in range(count):
            result[i, j] = x[i * size : (i + 1) * size, j * size : (j + 1) * size].max(axis=(0, 1))
    return result
