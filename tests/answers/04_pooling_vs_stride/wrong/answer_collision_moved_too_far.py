"""The bright dot is moved into the next window.

names: two that max pooling cannot tell apart
says: another maximum
"""

# %% 04-collision
def collision():
    a, b = np.zeros((4, 4, 1)), np.zeros((4, 4, 1))
    a[0, 1], b[0, 2] = 9, 9
    return a, b
