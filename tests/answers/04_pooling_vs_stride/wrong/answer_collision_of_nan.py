"""nan differs from itself, which is no difference between pictures.

fails: test_collision_gives_two_pictures, test_collision_pictures_differ
says: not finite numbers
"""

# %% 04-collision
def collision():
    a = np.full((2, 2, 1), np.nan)
    return a, a.copy()
