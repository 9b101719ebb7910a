"""Windows overlap: the step is one pixel.

names: step-of-one
severity: fatal
"""

# %% 04-max-pool
def max_pool(x, size=2):
    height, width = x.shape[0] - size + 1, x.shape[1] - size + 1
    result = np.zeros((height, width, x.shape[2]))
    for i in range(height):
        for j in range(width):
            result[i, j] = x[i : i + size, j : j + size].max(axis=(0, 1))
    return result
