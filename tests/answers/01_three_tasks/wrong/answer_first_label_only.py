"""Only the first label counts.

names: first-only
severity: major
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    row = np.zeros(len(classes))
    row[classes.index(labels[0])] = 1
    return row
