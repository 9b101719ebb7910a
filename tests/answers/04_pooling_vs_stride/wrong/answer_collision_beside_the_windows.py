"""The pictures differ only in a row that no window covers.

names: two pictures of one shape that differ
says: should be even
"""

# %% 04-collision
def collision():
    a, b = np.zeros((5, 5, 1)), np.zeros((5, 5, 1))
    b[4, 4] = 9
    return a, b
