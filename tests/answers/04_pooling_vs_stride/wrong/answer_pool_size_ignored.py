"""Windows of 2 x 2, whatever size says.

names: size-ignored
severity: major
"""

# %% 04-max-pool
def max_pool(x, size=2):
    height, width = x.shape[0] // 2, x.shape[1] // 2
    windows = x[: height * 2, : width * 2].reshape(height, 2, width, 2, -1)
    return windows.max(axis=(1, 3))
