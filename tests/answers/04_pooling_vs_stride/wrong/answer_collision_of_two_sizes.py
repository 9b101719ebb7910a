"""Two black pictures of different sizes.

fails: test_collision_gives_two_pictures, test_collision_pools_to_the_same
says: different shapes
"""

# %% 04-collision
def collision():
    return np.zeros((2, 2, 1)), np.zeros((4, 4, 1))
