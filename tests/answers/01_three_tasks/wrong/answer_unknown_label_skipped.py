"""Unknown labels are skipped on purpose.

names: unknown-lost
severity: minor
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    row = np.zeros(len(classes))
    for label in labels:
        if label in classes:
            row[classes.index(label)] = 1
    return row
