"""The value farthest from zero, as if the sign did not count.

names: largest-magnitude
severity: major
"""

# %% 04-max-pool
def max_pool(x, size=2):
    height, width = x.shape[0] // size, x.shape[1] // size
    windows = x[: height * size, : width * size].reshape(height, size, width, size, -1)
    largest, smallest = windows.max(axis=(1, 3)), windows.min(axis=(1, 3))
    return np.where(np.abs(smallest) > np.abs(largest), smallest, largest)
