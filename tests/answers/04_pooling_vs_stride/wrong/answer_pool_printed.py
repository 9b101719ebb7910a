"""Prints the result and returns nothing.

fails: test_pool_takes_the_largest_of_each_window, test_pool_of_negative_values, test_pool_keeps_channels_apart, test_pool_drops_what_fills_no_window, test_pool_size_is_respected
says: is a return statement missing
"""

# %% 04-max-pool
def max_pool(x, size=2):
    height, width = x.shape[0] // size, x.shape[1] // size
    windows = x[: height * size, : width * size].reshape(height, size, width, size, -1)
    print(windows.max(axis=(1, 3)))
