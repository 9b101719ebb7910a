"""Only the classes are looked at, so unknown labels are lost.

names: unknown-lost
severity: minor
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    return np.array([1 if name in labels else 0 for name in classes])
