"""The window grows with size, the step does not.

names: step-of-two
severity: major
"""

# %% 04-max-pool
def max_pool(x, size=2):
    rows, columns = range(0, x.shape[0] - size + 1, 2), range(0, x.shape[1] - size + 1, 2)
    return np.array([[x[i : i + size, j : j + size].max(axis=(0, 1)) for j in columns] for i in rows])
