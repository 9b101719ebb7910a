"""One window, true and false, one array for both."""

# %% 04-collision
def collision():
    return np.array([[[1], [0]], [[0], [0]]], bool), np.array([[[1], [1]], [[1], [1]]], bool)
