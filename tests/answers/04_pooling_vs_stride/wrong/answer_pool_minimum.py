"""The smallest value of each window.

names: smallest
severity: fatal
"""

# %% 04-max-pool
def max_pool(x, size=2):
    height, width = x.shape[0] // size, x.shape[1] // size
    windows = x[: height * size, : width * size].reshape(height, size, width, size, -1)
    return windows.min(axis=(1, 3))
