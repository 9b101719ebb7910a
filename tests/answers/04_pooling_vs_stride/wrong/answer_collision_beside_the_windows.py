"""The pictures differ only in a row that no window covers.

fails: test_collision_gives_two_pictures
says: should be even
"""

# %% 04-collision
def collision():
    a, b = np.zeros((5, 5, 1)), np.zeros((5, 5, 1))
    b[4, 4] = 9
    return a, b
