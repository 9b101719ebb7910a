"""The smallest value of each window.

fails: test_pool_takes_the_largest_of_each_window, test_pool_of_negative_values
says: this is the smallest
"""

# %% 04-max-pool
def max_pool(x, size=2):
    height, width = x.shape[0] // size, x.shape[1] // size
    windows = x[: height * size, : width * size].reshape(height, size, width, size, -1)
    return windows.min(axis=(1, 3))
