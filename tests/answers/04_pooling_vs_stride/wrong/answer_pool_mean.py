"""Average pooling.

names: mean
severity: fatal
"""

# %% 04-max-pool
def max_pool(x, size=2):
    height, width = x.shape[0] // size, x.shape[1] // size
    windows = x[: height * size, : width * size].reshape(height, size, width, size, -1)
    return windows.mean(axis=(1, 3))
