"""A whole-number picture and one of floats."""

# %% 04-collision
def collision():
    a = np.ones((2, 4, 1), int)
    b = np.ones((2, 4, 1), "float32")
    b[0, 0] = 0.25
    return a, b
