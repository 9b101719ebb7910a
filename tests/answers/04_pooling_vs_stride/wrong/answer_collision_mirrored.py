"""A mirrored picture: its maxima are mirrored too.

names: two that max pooling cannot tell apart
says: another maximum
"""

# %% 04-collision
def collision():
    a = np.arange(16.0).reshape(4, 4, 1)
    return a, a[:, ::-1]
