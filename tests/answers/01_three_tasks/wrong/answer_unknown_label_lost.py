"""Only the classes are looked at, so unknown labels are lost.

fails: test_unknown_label_is_refused
says: lost silently
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    return np.array([1 if name in labels else 0 for name in classes])
