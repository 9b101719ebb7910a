"""Labels are counted.

names: counted
severity: minor
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    row = np.zeros(len(classes))
    for label in labels:
        row[classes.index(label)] += 1
    return row
