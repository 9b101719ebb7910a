"""Average pooling.

fails: test_pool_takes_the_largest_of_each_window
says: this is the mean
"""

# %% 04-max-pool
def max_pool(x, size=2):
    height, width = x.shape[0] // size, x.shape[1] // size
    windows = x[: height * size, : width * size].reshape(height, size, width, size, -1)
    return windows.mean(axis=(1, 3))
