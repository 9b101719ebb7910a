"""The row is turned into a column, as masks have a last axis.

names: contract-shape
severity: minor
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    row = np.zeros((len(classes), 1))
    for label in labels:
        row[classes.index(label)] = 1
    return row
