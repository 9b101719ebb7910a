"""b is a second name of a, so the change shows in both.

names: two pictures of one shape that differ
says: a collision needs two
"""

# %% 04-collision
def collision():
    a = np.zeros((4, 4, 1))
    b = a
    b[1, 1] = 9
    return a, b
