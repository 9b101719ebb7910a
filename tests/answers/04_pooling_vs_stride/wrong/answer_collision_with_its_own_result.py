"""A picture and what pooling makes of it.

names: two pictures of one shape that differ
says: different shapes
"""

# %% 04-collision
def collision():
    a = np.arange(16.0).reshape(4, 4, 1)
    return a, a[1::2, 1::2]
