"""Two black pictures of different sizes.

names: two pictures of one shape that differ
says: different shapes
"""

# %% 04-collision
def collision():
    return np.zeros((2, 2, 1)), np.zeros((4, 4, 1))
