"""The same picture twice.

names: two pictures of one shape that differ
says: a collision needs two
"""

# %% 04-collision
def collision():
    a = np.arange(16.0).reshape(4, 4, 1)
    return a, a.copy()
