"""Pictures with two axes only.

names: two pictures of one shape that differ
says: three axes
"""

# %% 04-collision
def collision():
    return np.array([[9.0, 0], [0, 0]]), np.array([[0, 0], [0, 9.0]])
