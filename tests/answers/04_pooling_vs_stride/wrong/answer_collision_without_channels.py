"""Pictures with two axes only.

fails: test_collision_gives_two_pictures
says: three axes
"""

# %% 04-collision
def collision():
    return np.array([[9.0, 0], [0, 0]]), np.array([[0, 0], [0, 9.0]])
