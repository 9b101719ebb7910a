"""The row is a list.

names: contract-type
severity: minor
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    row = [0] * len(classes)
    for label in labels:
        row[classes.index(label)] = 1
    return row
