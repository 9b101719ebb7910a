"""nan differs from itself, which is no difference between pictures.

names: two pictures of one shape that differ
says: not finite numbers
"""

# %% 04-collision
def collision():
    a = np.full((2, 2, 1), np.nan)
    return a, a.copy()
