"""A random colour picture whose windows are mirrored; whole numbers, in a list."""

# %% 04-collision
def collision():
    a = np.random.default_rng().integers(0, 255, (8, 6, 3)).astype("uint8")
    a[0, :2] = [[1, 2, 3], [200, 100, 50]]
    b = a.reshape(4, 2, 3, 2, 3)[:, :, :, ::-1].reshape(8, 6, 3)
    return [a, b]
