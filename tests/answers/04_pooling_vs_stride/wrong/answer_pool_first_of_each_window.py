"""Keeps the top left value of each window: sampling, not pooling.

names: first-value
severity: fatal
"""

# %% 04-max-pool
def max_pool(x, size=2):
    height, width = x.shape[0] // size, x.shape[1] // size
    return x[: height * size : size, : width * size : size]
