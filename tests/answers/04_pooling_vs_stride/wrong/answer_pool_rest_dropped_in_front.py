"""The rest is cut off at the top and at the left.

names: rest-off-in-front
severity: major
"""

# %% 04-max-pool
def max_pool(x, size=2):
    height, width = x.shape[0] // size, x.shape[1] // size
    windows = x[-height * size :, -width * size :].reshape(height, size, width, size, -1)
    return windows.max(axis=(1, 3))
