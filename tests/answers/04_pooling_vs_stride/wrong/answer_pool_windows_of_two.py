"""The step grows with size, the window does not.

names: window-of-two
severity: major
"""

# %% 04-max-pool
def max_pool(x, size=2):
    rows, columns = range(x.shape[0] // size), range(x.shape[1] // size)
    return np.array(
        [[x[i * size :, j * size :][:2, :2].max(axis=(0, 1)) for j in columns] for i in rows]
    )
