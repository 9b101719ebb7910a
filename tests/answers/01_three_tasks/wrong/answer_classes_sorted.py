"""The places follow the alphabet.

names: sorted-classes
severity: fatal
"""

# %% 01-multi-hot
def multi_hot(labels, classes):
    ordered = sorted(classes)
    row = np.zeros(len(ordered))
    for label in labels:
        row[ordered.index(label)] = 1
    return row
