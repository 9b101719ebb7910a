"""The number of columns is computed from the height.

fails: test_pool_takes_the_largest_of_each_window, test_pool_drops_what_fills_no_window, test_pool_size_is_respected
says: the wrong shape
"""

# %% 04-max-pool
def max_pool(x, size=2):
    count = x.shape[0] // size
    result = np.zeros((count, count, x.shape[2]))
    for i in range(count):
        for j in range(count):
            result[i, j] = x[i * size : (i + 1) * size, j * size : (j + 1) * size].max(axis=(0, 1))
    return result
