"""The maximum of the whole window goes into every channel.

names: shared-maximum
severity: major
"""

# %% 04-max-pool
def max_pool(x, size=2):
    result = np.zeros((x.shape[0] // size, x.shape[1] // size, x.shape[2]))
    for i in range(result.shape[0]):
        for j in range(result.shape[1]):
            result[i, j] = np.max(x[i * size : (i + 1) * size, j * size : (j + 1) * size])
    return result
